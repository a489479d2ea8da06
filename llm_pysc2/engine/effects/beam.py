"""Beams: a caster gives what it has of one vital for another of its target, loop by loop, as long as it holds them."""

from collections.abc import Mapping

from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.effects import persist
from llm_pysc2.engine.state.effect_records import Cast, Persistent
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import NEVER, ActionError, quantise
from llm_pysc2.engine.units import accounts
from llm_pysc2.knowledge.effects import CreateHealer
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_COLUMNS = {"Life": "life", "Shields": "shield", "Energy": "energy"}


def run(match: Match, _perform: Perform, effect: CreateHealer, cast: Cast) -> None:
    """Begin a beam on the target; it lasts until its condition fails, the price is gone, or the caster lets go."""
    beam = Persistent(effect.name, cast, due=float(NEVER), channelled=True, started_loop=match.loop)
    match.spells.persistents.append(beam)


def advance(match: Match, perform: Perform) -> None:
    """Let all beams do the work of one loop."""
    for one in list(match.spells.persistents):
        beam = match.spellbook.effects[one.name]
        if not isinstance(beam, CreateHealer):
            continue
        if beam.recharge_vital:
            _give(match, perform, one, beam)
        elif beam.drain_resource_cost_factor is not None:
            _mend(match, perform, one, beam.drain_resource_cost_factor)


def _mend(match: Match, perform: Perform, one: Persistent, factors: Mapping[str, float]) -> None:
    """Repair the target for one loop, for a part of its price; several workers add up."""
    units, target = match.units, match.units.row_of(one.cast.target_tag)
    unit_type = match.types.types[int(units.row[target])] if target >= 0 else None
    if unit_type is None or not unit_type.repair_loops or not 0 < units.life[target] < units.life_max[target]:
        persist.end(match, perform, one)
        return
    most = float(units.life_max[target])
    given = min(most / unit_type.repair_loops, most - float(units.life[target]))
    share, player = given / most, match.players[one.cast.owner]
    costs = (unit_type.minerals * factors["Minerals"] * share, unit_type.vespene * factors["Vespene"] * share)
    answer = accounts.drain(player, *map(quantise, costs))
    if answer is not Result.SUCCESS:
        order = units.orders[units.row_of(one.cast.caster_tag)][0]
        player.events.action_errors.append(ActionError(one.cast.caster_tag, order.ability_id, int(answer)))
        persist.end(match, perform, one)
        return
    units.life[target] = min(quantise(float(units.life[target]) + given), most)
    player.score.total_healed.life += given


def _give(match: Match, perform: Perform, one: Persistent, beam: CreateHealer) -> None:
    units = match.units
    caster, target = units.row_of(one.cast.caster_tag), units.row_of(one.cast.target_tag)
    if caster < 0 or target < 0 or units.life[target] <= 0:
        persist.end(match, perform, one)
        return
    column = _COLUMNS[beam.recharge_vital]
    price = getattr(units, _COLUMNS[beam.drain_vital])
    missing = float(getattr(units, f"{column}_max")[target] - getattr(units, column)[target])
    given = min(beam.recharge_vital_rate / LOOPS_PER_GAME_SECOND, missing)
    if price[caster] < given * beam.drain_vital_cost_factor:
        persist.end(match, perform, one)
        return
    price[caster] = quantise(float(price[caster]) - given * beam.drain_vital_cost_factor)
    getattr(units, column)[target] = quantise(float(getattr(units, column)[target]) + given)
