"""Abilities are carried out: into range, the time it takes, the price, the effect, the channel, the morph.

What an ability costs is paid in the moment of its effect; one that is cut off before costs nothing.
"""

from collections.abc import Mapping
from math import atan2, pi

from llm_pysc2.engine.behaviors import lasting, modifiers
from llm_pysc2.engine.behaviors.places import make_cast
from llm_pysc2.engine.cargo import transport
from llm_pysc2.engine.cargo.transport import CONTACT_CELLS
from llm_pysc2.engine.combat import hangars
from llm_pysc2.engine.economy import addons, creep, merging, placement, transform
from llm_pysc2.engine.effects import persist
from llm_pysc2.engine.effects.interpreter import perform
from llm_pysc2.engine.orders import legality
from llm_pysc2.engine.orders.legality import Target
from llm_pysc2.engine.state.effect_records import Casting
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import TRANSPORT_KINDS, after, cooldown_name
from llm_pysc2.engine.state.unit_columns import ActionError, quantise
from llm_pysc2.engine.units import order_queue
from llm_pysc2.knowledge.abilities import Ability

_ROUNDING_CELLS = 1e-9
_TOUCH_CELLS = 1 / 16
"""Units count as touching what they are this near to: positions are rounded."""
_SETTLES_CELLS = 0.25
"""So near to its place a unit comes down, or takes root, and slides the rest."""


_PHASES: Mapping[str, frozenset[str]] = {
    "morph": frozenset(),
    "prepare": frozenset({"Prep", "Cast"}),
    "channel": frozenset({"Channel"}),
    "outro": frozenset({"Cast"}),
    "finish": frozenset({"Finish"}),
}
"""The catalog's phases of those stages in which orders may have to wait."""


def run(match: Match) -> None:
    """Let one loop pass for all units that carry out an ability."""
    spells = match.spells
    while spells.broken:
        stop_channel(match, spells.broken.pop(0))
    for tag in sorted(spells.casting):
        row = match.units.row_of(tag)
        casting = spells.casting.get(tag)
        if casting is not None and row >= 0:
            _go_on(match, row, casting)


def use(match: Match, row: int, ability: Ability, target: Target) -> None:
    """Let an ability happen now: pay for it and do what it does."""
    units, tag = match.units, int(match.units.tag[row])
    cheats = match.players[int(units.owner[row])].cheats
    if not cheats.free:
        units.energy[row] = quantise(float(units.energy[row]) - ability.energy)
    units.life[row] = quantise(float(units.life[row]) - ability.life)
    _start_cooldown(match, row, ability)
    cast = make_cast(match, row, target)
    match ability.kind:
        case "behavior_on":
            for name in ability.behaviors:
                lasting.add(match, perform, name, cast)
                creep.begin(match, row, name)
        case "behavior_off":
            for name in ability.behaviors:
                lasting.remove(match, perform, tag, name)
                creep.end(match, row, name)
        case "cancel_effect":
            stop_channel(match, tag)
        case "arm_magazine":
            hangars.order(match, row)
        case _:
            for name in ability.effects:
                perform(match, name, cast)


def _start_cooldown(match: Match, row: int, ability: Ability) -> None:
    """Let the time run until a unit (row) may use an ability again."""
    if ability.cooldown_loops and not match.players[int(match.units.owner[row])].cheats.cooldown:
        waits = match.spells.cooldowns.setdefault(legality.cooldown_holder(match, row, ability), {})
        waits[cooldown_name(ability)] = after(match.loop, ability.cooldown_loops)


def is_bound(match: Match, row: int) -> bool:
    """Return whether a unit is in a morph, or in a phase of an ability, that orders do not cut off."""
    casting = match.spells.casting.get(int(match.units.tag[row]))
    if casting is None or casting.stage not in _PHASES:
        return False
    ability = _ability(match, row)
    if casting.stage == "morph":
        return "Interruptible" not in ability.flags
    return bool(_PHASES[casting.stage] & ability.uninterruptible)


def stop_channel(match: Match, tag: int) -> None:
    """End what a unit keeps up by channelling."""
    spells = match.spells
    for one in [one for one in spells.persistents if one.channelled and one.cast.caster_tag == tag]:
        persist.end(match, perform, one)
    spells.missiles = [one for one in spells.missiles if not (one.channelled and one.cast.caster_tag == tag)]
    lasting.end_channel(match, perform, tag)


def _ability(match: Match, row: int) -> Ability:
    """Return the ability that a unit (row) carries out, with its owner's upgrades."""
    return match.book(int(match.units.owner[row])).abilities[match.units.orders[row][0].ability_id]


def _go_on(match: Match, row: int, casting: Casting) -> None:
    """Let a unit go on with its ability, through as many stages as take no time."""
    order, ability = match.units.orders[row][0], _ability(match, row)
    if ability.kind in TRANSPORT_KINDS or ability.kind == "smart":
        transport.go_on(match, row, ability, casting)
        return
    if ability.kind == "merge":
        merging.go_on(match, row, ability)
        return
    if modifiers.states_of(match, int(match.units.tag[row])) & modifiers.NO_ABILITIES and casting.stage != "morph":
        order_queue.finish(match, row)
    elif casting.stage == "approach":
        _approach(match, row, ability, casting, order.target)
    if casting.stage == "prepare":
        _prepare(match, row, ability, casting, order.target)
    if casting.stage == "channel":
        _channel(match, row, ability, order.target)
    if casting.stage == "morph":
        _end_morph(match, row, ability, casting, order.target)
    if match.spells.casting.get(int(match.units.tag[row])) is not casting:
        return  # what it did has given the unit another order
    _wind_up(match, row, ability, casting)


def _wind_up(match: Match, row: int, ability: Ability, casting: Casting) -> None:
    """End the last stages of an ability when their time is up, and its order with them."""
    if casting.stage == "outro" and casting.until <= match.loop:
        casting.stage = "finish"
        casting.until = after(casting.until, ability.finish_loops)
    if casting.stage in ("finish", "morph") and casting.until <= match.loop:
        casting.stage = ""
        order_queue.finish(match, row)


def _approach(match: Match, row: int, ability: Ability, casting: Casting, target: Target) -> None:
    """Bring a unit into range, and begin when it is."""
    units = match.units
    answer = legality.check_unit(match, row, ability)
    if answer is Result.SUCCESS:
        answer = legality.check_target(match, row, ability, target)
    near = answer is Result.SUCCESS and _is_near(match, row, ability, target)
    if answer is Result.SUCCESS and not near and units.speed[row] <= 0:
        answer = Result.TARGET_IS_OUT_OF_RANGE
    if answer is not Result.SUCCESS:
        _refuse(match, row, ability, casting, answer)
        return
    units.travels[row] = not near
    if not near and units.arrived[row]:
        order_queue.finish(match, row)
    elif near:
        _face(match, row, target)
        casting.stage = "morph" if ability.kind == "morph" else "prepare"
        casting.until = after(match.loop, ability.prepare_loops + ability.cast_loops)
        if ability.kind == "morph":
            transform.begin(match, ability, casting)


def _is_near(match: Match, row: int, ability: Ability, target: Target) -> bool:
    """Return whether a unit is where it can use an ability; one that settles at a place goes right there."""
    if ability.kind != "morph" or not isinstance(target, tuple):
        return _in_range(match, row, ability.range_cells, target)
    units = match.units
    x, y = placement.snapped(match.types.by_id(ability.unit), target)
    units.goal_x[row], units.goal_y[row] = x, y
    if abs(units.x[row] - x) > _SETTLES_CELLS or abs(units.y[row] - y) > _SETTLES_CELLS:
        return False
    units.x[row], units.y[row] = x, y
    match.apart = None
    return True


def _end_morph(match: Match, row: int, ability: Ability, casting: Casting, target: Target) -> None:
    """Let a unit that changes go on; one that settles stays as it was if its place was taken meanwhile."""
    answer = Result.SUCCESS
    if ability.target == "point" and casting.until <= match.loop:
        answer = legality.check_target(match, row, ability, target)
    if answer is Result.SUCCESS:
        transform.advance(match, perform, row, ability, casting)
        if match.units.structure[row] and casting.until <= match.loop:
            addons.resettle(match, row)
            if "RallyReset" in ability.flags:
                match.industry.rallies.pop(int(match.units.tag[row]), None)
    else:
        _refuse(match, row, ability, casting, answer)


def _refuse(match: Match, row: int, ability: Ability, casting: Casting, answer: Result) -> None:
    """End the order of a unit that cannot carry it out, and tell its owner."""
    error = ActionError(int(match.units.tag[row]), ability.id, int(answer))
    match.players[int(match.units.owner[row])].events.action_errors.append(error)
    casting.stage = ""
    order_queue.finish(match, row)


def _in_range(match: Match, row: int, range_cells: float, target: Target) -> bool:
    """Return whether a target is in range; a walker that touches a building is, however short the range."""
    other = match.units.row_of(target) if isinstance(target, int) else -1
    if other >= 0 and match.units.structure[other] and not match.units.flying[row]:
        range_cells = max(range_cells, CONTACT_CELLS)
    elif other >= 0:
        range_cells = max(range_cells, _TOUCH_CELLS)
    return legality.gap_cells(match, row, target) <= range_cells + _ROUNDING_CELLS


def _face(match: Match, row: int, target: Target) -> None:
    """Turn a unit towards what it casts at."""
    units = match.units
    point = make_cast(match, row, target).point
    if target is not None and units.turn_rate[row] > 0 and point != (units.x[row], units.y[row]):
        units.facing[row] = atan2(point[1] - units.y[row], point[0] - units.x[row]) % (2 * pi)


def _prepare(match: Match, row: int, ability: Ability, casting: Casting, target: Target) -> None:
    """Wait until the ability happens, and let it happen if it still can."""
    tag = int(match.units.tag[row])
    if casting.until > match.loop:
        return
    if isinstance(target, int) and match.units.row_of(target) < 0:
        casting.stage = ""
        order_queue.finish(match, row)
        return
    casting.stage = "outro"
    casting.until = after(casting.until, ability.outro_loops)
    use(match, row, ability, target)
    if match.spells.channels(tag):
        casting.stage = "channel"


def _channel(match: Match, row: int, ability: Ability, target: Target) -> None:
    """Hold a channel while it lasts and its target stays within the range and the slop."""
    tag = int(match.units.tag[row])
    gone = isinstance(target, int) and match.units.row_of(target) < 0
    reach = ability.range_cells + ability.range_slop_cells
    if "DeferCooldown" in ability.flags:  # its time runs from the end of the channel, however that comes
        _start_cooldown(match, row, ability)
    away = not gone and not _in_range(match, row, reach, target)
    if away and "ReExecutable" in ability.flags:
        stop_channel(match, tag)
        match.spells.casting[tag].stage = "approach"
    elif gone or away or not match.spells.channels(tag):
        match.spells.casting[tag].stage = ""
        stop_channel(match, tag)
        order_queue.finish(match, row)
