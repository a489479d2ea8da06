"""Loading and unloading: a carrier goes to a passenger, a passenger to its carrier, and all come out one by one."""

from math import hypot

import numpy as np

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.state.effect_records import Casting
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import Ability as Basic
from llm_pysc2.engine.state.order import Order, OrderKind
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import after
from llm_pysc2.engine.state.unit_columns import ActionError
from llm_pysc2.engine.units import order_queue
from llm_pysc2.engine.units.aboard import passengers_of
from llm_pysc2.knowledge.abilities import Ability

Target = tuple[float, float] | int | None

_DOORWAY = "Cargo"
"""What the time between two passengers is counted under."""
CONTACT_CELLS = 0.75
"""A walker comes no nearer to a building than this: footprints are square, and the radius lies within."""
_THERE_CELLS = 0.5
"""A carrier this near to a place is there."""
_CALL_CELLS = 11.0
"""How far a building calls its workers in from: as far as it sees (Command Center)."""


def check(match: Match, row: int, ability: Ability, target: Target) -> Result:
    """Return why a carrier (row) cannot load or unload there, or SUCCESS."""
    units = match.units
    if ability.kind == "load":
        other = units.row_of(target) if isinstance(target, int) else -1
        if other < 0 or units.aboard[other] >= 0:
            return Result.MUST_TARGET_UNIT
        answer = passengers.check(match, row, other)
        if answer is Result.SUCCESS and units.speed[other] <= 0 and units.speed[row] <= 0:
            return Result.CANT_LOAD_IMMOBILE_UNITS
        return answer
    if ability.kind == "load_all":
        return Result.SUCCESS if _workers_near(match, row) else Result.LOAD_ALL_NO_TARGETS_FOUND
    return Result.SUCCESS if passengers_of(match, row) else Result.NO_CARGO_TO_UNLOAD


def begin(match: Match, row: int, ability: Ability, target: Target) -> bool:
    """Do at once what takes no time; return whether that was all. A building calls its passengers instead of going."""
    units = match.units
    if ability.kind == "load_all":
        for other in _workers_near(match, row):
            _call(match, row, other)
    elif ability.kind == "load" and units.speed[row] <= 0 and isinstance(target, int):
        other = units.row_of(target)
        if _gap_cells(match, row, other) > _reach_cells(match, row):
            _call(match, row, other)
        else:
            _take(match, row, other)
    elif ability.kind == "unload_all" and not _unload_period_loops(match, row):
        while (waiting := passengers_of(match, row)) and passengers.leave(match, row, waiting[0]):
            pass
        if waiting:
            _fail(match, row, ability.id, Result.CANT_UNLOAD_UNITS_THERE)
    else:
        return False
    return True


def let_one_out(match: Match, row: int, index: int) -> Result:
    """Let the passenger out that is the index-th aboard of a carrier (row), now; return why not, or SUCCESS."""
    aboard = passengers_of(match, row)
    if not 0 <= index < len(aboard):
        return Result.NO_CARGO_TO_UNLOAD
    if not _door_is_free(match, row):
        return Result.COOLDOWN
    if not passengers.leave(match, row, aboard[index]):
        return Result.CANT_UNLOAD_UNITS_THERE
    _close_door(match, row, _unload_period_loops(match, row))
    return Result.SUCCESS


def go_on(match: Match, row: int, ability: Ability, casting: Casting) -> None:
    """Let a unit go on with loading, unloading or getting in."""
    target = match.units.orders[row][0].target
    if ability.kind == "load":
        _fetch(match, row, ability, target)
    elif ability.kind == "smart":
        _get_in(match, row, target)
    elif casting.stage == "approach":
        _go_there(match, row, casting, target)
    else:
        _let_out(match, row, ability)


def _fetch(match: Match, row: int, ability: Ability, target: Target) -> None:
    """Bring a carrier to a unit and take it in."""
    answer = check(match, row, ability, target)
    if answer is not Result.SUCCESS or not isinstance(target, int):
        _fail(match, row, ability.id, answer)
        order_queue.finish(match, row)
        return
    other = match.units.row_of(target)
    near = _gap_cells(match, row, other) <= _reach_cells(match, row)
    match.units.travels[row] = not near
    if near and _door_is_free(match, row):
        match.units.follow[row] = -1  # who is taken in ends the orders of all who follow him: this one ends below
        _take(match, row, other)
        order_queue.finish(match, row)


def _get_in(match: Match, row: int, target: Target) -> None:
    """Bring a unit to its carrier and let it get in."""
    carrier = match.units.row_of(target) if isinstance(target, int) else -1
    answer = passengers.check(match, carrier, row) if carrier >= 0 else Result.MUST_TARGET_UNIT
    if answer is not Result.SUCCESS:
        _fail(match, row, int(Basic.SMART), answer)
        order_queue.finish(match, row)
        return
    near = _gap_cells(match, carrier, row) <= _reach_cells(match, carrier)
    match.units.travels[row] = not near
    if near:
        _take(match, carrier, row)


def _go_there(match: Match, row: int, casting: Casting, target: Target) -> None:
    """Bring a carrier to where its passengers shall get out, or as near as others let it.

    Aimed at itself, or without wings, it is there.
    """
    units = match.units
    x, y = float(units.x[row]), float(units.y[row])
    point = (x, y)
    if isinstance(target, tuple):
        point = target
    elif isinstance(target, int) and (other := units.row_of(target)) >= 0:
        point = (float(units.x[other]), float(units.y[other]))
    there = units.speed[row] <= 0 or bool(units.arrived[row]) or hypot(x - point[0], y - point[1]) <= _THERE_CELLS
    units.travels[row] = not there
    if there:
        casting.stage = "unload"
        casting.until = float(match.loop)


def _let_out(match: Match, row: int, ability: Ability) -> None:
    """Let the next passenger out when it is time; the order ends with the last one."""
    waiting = passengers_of(match, row)
    if waiting and not _door_is_free(match, row):
        return
    if waiting and passengers.leave(match, row, waiting[0]):
        _close_door(match, row, _unload_period_loops(match, row))
        waiting = waiting[1:]
    elif waiting:
        _fail(match, row, ability.id, Result.CANT_UNLOAD_UNITS_THERE)
        waiting = []
    if not waiting:
        order_queue.finish(match, row)


def _take(match: Match, carrier: int, row: int) -> bool:
    """Take a unit in, unless another has just gone through the door."""
    if not _door_is_free(match, carrier):
        return False
    passengers.board(match, carrier, row)
    _close_door(match, carrier, match.types.types[int(match.units.row[carrier])].cargo_load_period_loops)
    return True


def _call(match: Match, carrier: int, row: int) -> None:
    order = Order(int(Basic.SMART), OrderKind.CAST, int(match.units.tag[carrier]))
    order_queue.give(match, row, order, queued=False)


def _door_is_free(match: Match, carrier: int) -> bool:
    return match.spells.cooldowns.get(int(match.units.tag[carrier]), {}).get(_DOORWAY, 0.0) <= match.loop


def _close_door(match: Match, carrier: int, loops: float) -> None:
    if loops:
        match.spells.cooldowns.setdefault(int(match.units.tag[carrier]), {})[_DOORWAY] = after(match.loop, loops)


def _unload_period_loops(match: Match, row: int) -> float:
    return match.types.types[int(match.units.row[row])].cargo_unload_period_loops


def _reach_cells(match: Match, carrier: int) -> float:
    units = match.units
    reach = match.types.types[int(units.row[carrier])].cargo_load_range_cells
    return reach + (0.0 if units.flying[carrier] else CONTACT_CELLS)


def _gap_cells(match: Match, row: int, other: int) -> float:
    """Return the distance between two units, edge to edge."""
    units = match.units
    away = hypot(float(units.x[row] - units.x[other]), float(units.y[row] - units.y[other]))
    return away - float(units.radius[row] + units.radius[other])


def _workers_near(match: Match, row: int) -> list[int]:
    """Return the rows of a building's nearest workers that there is room for, nearest first."""
    units, types = match.units, match.types.types
    own = np.flatnonzero((units.owner == units.owner[row]) & (units.aboard < 0)).tolist()
    near = sorted(
        (gap, other)
        for other in own
        if "Worker" in types[int(units.row[other])].flags and (gap := _gap_cells(match, row, other)) <= _CALL_CELLS
    )
    room = int(units.cargo_slots[row]) - passengers.space_taken(match, row)
    return [other for _, other in near if passengers.check(match, row, other) is Result.SUCCESS][: max(room, 0)]


def _fail(match: Match, row: int, ability_id: int, answer: Result) -> None:
    error = ActionError(int(match.units.tag[row]), ability_id, int(answer))
    match.players[int(match.units.owner[row])].events.action_errors.append(error)
