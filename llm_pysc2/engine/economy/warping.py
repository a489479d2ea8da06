"""Warp gates: a unit is warped in where a power field reaches, fast in a fast one; the gate then has to wait."""

from llm_pysc2.engine.behaviors import modifiers, requirements
from llm_pysc2.engine.economy import construction, placement, power
from llm_pysc2.engine.state.economy_records import Site
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import after, cooldown_name
from llm_pysc2.engine.units import accounts, spawning
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.economy import load_economy


def check(match: Match, row: int, ability: Ability) -> Result:
    """Return why a gate (row) cannot warp in a unit now, prices aside, or SUCCESS."""
    units, tag = match.units, int(match.units.tag[row])
    if units.unpowered[row]:
        return Result.CANT_TRAIN_TOO_FAR_FROM_TRAIN_POWER_SOURCE
    if not requirements.are_met(match, row, ability):
        return Result.TECH_REQUIREMENTS_NOT_MET
    if modifiers.bars(match, tag, ability.kind):
        return Result.ERROR
    if tag in match.industry.queues:
        return Result.NOT_WHILE_OCCUPIED
    cheats = match.players[int(units.owner[row])].cheats
    ready = match.spells.cooldowns.get(tag, {}).get(cooldown_name(ability), 0.0)
    return Result.COOLDOWN if ready > match.loop and not cheats.cooldown else Result.SUCCESS


def check_cost(match: Match, row: int, ability: Ability) -> Result:
    """Return what the owner of a gate (row) lacks to warp in a unit, or SUCCESS."""
    player = match.players[int(match.units.owner[row])]
    answer = accounts.check_price(player, accounts.price_of(ability))
    if answer is not Result.SUCCESS:
        return answer
    return accounts.check_food(player, match.types.by_id(ability.unit).food_used)


def warp_in(match: Match, row: int, ability: Ability, point: tuple[float, float]) -> Result:
    """Let a gate (row) begin to warp in a unit at a point in cells."""
    player = match.players[int(match.units.owner[row])]
    unit_type = match.types.by_id(ability.unit)
    answer = placement.check_warp_in(match, player.id, unit_type, point)
    if answer is not Result.SUCCESS:
        return answer
    price = accounts.pay(player, accounts.price_of(ability))
    accounts.reserve_food(player, unit_type.food_used)
    fast = power.is_fast(match, player.id, point)
    loops = load_economy().numbers["warp_in_fast_loops"] if fast else ability.loops
    tag = int(match.units.tag[row])
    match.spells.cooldowns.setdefault(tag, {})[cooldown_name(ability)] = after(match.loop, ability.cooldown_loops)
    birth = spawning.Birth(unit_type.id, player.id, finished=False)
    construction.raise_site(match, birth, point, Site(ability.id, price, loops))
    return Result.SUCCESS
