"""Workers: idle ones mine, gas buildings have three, and towns that have too many send some to those that lack them."""

from collections import Counter
from math import hypot

from llm_pysc2.engine.computer.view import Town, View
from llm_pysc2.engine.economy import harvest
from llm_pysc2.engine.orders.commands import Target, attempt
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import BUILD, GATHER, IDLE, RETURN

GAS_CREW = 3
MOVED_AT_ONCE = 4
RICH_VESPENE = 400
"""With so much more vespene than minerals gas is left alone."""


def put_to_work(view: View) -> None:
    """Give workers without work something to do, and share them out among the towns."""
    if not view.towns:
        return
    crews = harvest.crews_of(view.match)
    _fill_gas(view, crews)
    for row in view.rows.get(view.race.worker, ()):
        if view.match.units.mode[row] == IDLE and int(view.match.units.tag[row]) not in view.mind.defenders:
            _mine(view, row, _neediest(view, crews, row), crews)
    _balance(view, crews)


def nearest_worker(view: View, target: Target, used: set[int]) -> int:
    """Return the row of the worker that is to build at a target, the nearest with empty hands, -1 = there is none."""
    match, units = view.match, view.match.units
    x, y = _place(match, target)
    rows = [row for row in view.rows.get(view.race.worker, ()) if row not in used and _may_leave(match, row)]

    def cost(row: int) -> tuple[float, int]:
        job = match.industry.jobs.get(int(units.tag[row]))
        loaded = 6.0 if job is not None and job.amount else 0.0
        return hypot(units.x[row] - x, units.y[row] - y) + loaded, row

    return min(rows, key=cost, default=-1)


def _place(match: Match, target: Target) -> tuple[float, float]:
    if isinstance(target, tuple):
        return target
    row = match.units.row_of(target) if isinstance(target, int) else -1
    return (float(match.units.x[row]), float(match.units.y[row])) if row >= 0 else (0.0, 0.0)


def _may_leave(match: Match, row: int) -> bool:
    units, tag = match.units, int(match.units.tag[row])
    if tag in match.industry.builders or units.mode[row] == BUILD:
        return False
    return units.mode[row] in (IDLE, GATHER, RETURN)


def _fill_gas(view: View, crews: Counter[int]) -> None:
    """Bring the crews of gas buildings to three, or send them off where there is far too much vespene."""
    match, units, player = view.match, view.match.units, view.player
    rich = player.vespene > player.minerals + RICH_VESPENE and player.vespene > 2 * RICH_VESPENE
    for town in view.towns:
        for building in town.gas:
            tag = int(units.tag[building])
            lacking = GAS_CREW - crews[tag]
            if rich or lacking <= 0:
                _thin(view, tag, -lacking if not rich else 1, town, crews)
                continue
            near = sorted(
                (row for row in view.rows.get(view.race.worker, ()) if _mines_empty(match, row)),
                key=lambda row: (hypot(units.x[row] - units.x[building], units.y[row] - units.y[building]), row),
            )
            for row in near[:lacking]:
                _send(view, row, tag, crews)


def _thin(view: View, tag: int, count: int, town: Town, crews: Counter[int]) -> None:
    """Send some of a gas building's crew to minerals."""
    if count <= 0 or not town.minerals:
        return
    for row in view.rows.get(view.race.worker, ()):
        job = view.match.industry.jobs.get(int(view.match.units.tag[row]))
        if count > 0 and job is not None and job.field == tag and not job.amount:
            _mine(view, row, town, crews)
            count -= 1


def _mines_empty(match: Match, row: int) -> bool:
    """Return whether a worker (row) is on its way to minerals with empty hands, or idle."""
    units = match.units
    if units.mode[row] == IDLE:
        return True
    job = match.industry.jobs.get(int(units.tag[row]))
    if units.mode[row] != GATHER or job is None or job.amount or job.works_at:
        return False
    field = units.row_of(job.field)
    return field >= 0 and bool(match.types.is_mineral_field[units.row[field]])


def _neediest(view: View, crews: Counter[int], row: int) -> Town:
    """Return the town that a worker (row) is sent to: the nearest that has room, else the emptiest."""
    units = view.match.units
    with_room = [town for town in view.towns if town.minerals and _load(view, town, crews) < 2 * len(town.minerals)]
    if with_room:
        return min(with_room, key=lambda one: hypot(one.site.x - units.x[row], one.site.y - units.y[row]))
    with_fields = [town for town in view.towns if town.minerals] or view.towns
    return min(with_fields, key=lambda one: _load(view, one, crews) / max(len(one.minerals), 1))


def _load(view: View, town: Town, crews: Counter[int]) -> int:
    """Return how many workers mine a town's minerals."""
    return sum(crews[int(view.match.units.tag[field])] for field in town.minerals)


def _mine(view: View, row: int, town: Town, crews: Counter[int]) -> None:
    """Send a worker (row) to the field of a town that has fewest workers."""
    units = view.match.units
    if town.minerals:
        field = min(
            town.minerals,
            key=lambda one: (
                crews[int(units.tag[one])],
                hypot(units.x[one] - town.site.x, units.y[one] - town.site.y),
                one,
            ),
        )
        _send(view, row, int(units.tag[field]), crews)


def _send(view: View, row: int, field_tag: int, crews: Counter[int]) -> None:
    match = view.match
    job = match.industry.jobs.get(int(match.units.tag[row]))
    if job is not None and job.field:
        crews[job.field] -= 1
    gather = harvest.ability_of(match, row, "gather")
    attempt(match, view.player_id, (gather, field_tag), int(match.units.tag[row]))
    crews[field_tag] += 1


def _balance(view: View, crews: Counter[int]) -> None:
    """Send workers from towns with more than two to a field to those with fewer."""
    loads = {town.site.number: _load(view, town, crews) for town in view.towns}
    for town in view.towns:
        spare = min(loads[town.site.number] - 2 * len(town.minerals), MOVED_AT_ONCE)
        others = [one for one in view.towns if loads[one.site.number] < 2 * len(one.minerals) - 1]
        if spare <= 0 or not others:
            continue
        fields = {int(view.match.units.tag[field]) for field in town.minerals}
        for row in view.rows.get(view.race.worker, ()):
            job = view.match.industry.jobs.get(int(view.match.units.tag[row]))
            if spare > 0 and job is not None and job.field in fields and _mines_empty(view.match, row):
                _mine(view, row, others[0], crews)
                spare -= 1
