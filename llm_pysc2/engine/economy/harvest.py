"""Workers harvest: to the field, a time of work there, home, and back again, until somebody orders otherwise.

A field serves one worker at a time; others wait, or go to a field nearby that has fewer. In a gas building they are
inside. Workers on their way to a field or home walk through other units.
"""

from collections import Counter
from functools import cache
from math import ceil, hypot

import numpy as np

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.state import alerts, round_points
from llm_pysc2.engine.state.economy_records import Delivery, Job
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.order import GATHER, RETURN, Order, OrderKind
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import NEVER, Bools, Ints, Player, quantise
from llm_pysc2.engine.units import accounts, order_queue
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.units import Resource, UnitType


def run(match: Match) -> None:
    """Let workers who arrived, or whose work is done, go on."""
    if not match.industry.jobs:
        return
    units = match.units
    at_work = (units.mode == GATHER) | (units.mode == RETURN)
    for row in (at_work & (units.arrived | (units.work_until <= match.loop))).nonzero()[0].tolist():
        units.arrived[row] = False
        if units.mode[row] == RETURN:
            _come_home(match, row)
        else:
            _gather(match, row)


def ability_of(match: Match, row: int, kind: str) -> int:
    """Return the ability by which a unit (row) gathers or returns ("gather", "return"), 0 = none."""
    card = match.types.types[int(match.units.row[row])].abilities
    known = load_abilities()
    return next((one for one in card if one in known and known[one].kind == kind), 0)


def check_field(match: Match, row: int, tag: int) -> Result:
    """Return why a unit (row) cannot harvest from the unit with a tag, or SUCCESS."""
    units = match.units
    field = units.row_of(tag)
    resource = _resource(match, field) if field >= 0 else None
    if resource is None:
        return Result.MUST_TARGET_RESOURCES
    if resource.raw:
        return Result.MUST_BUILD_REFINERY_FIRST
    if units.owner[field] not in (NEUTRAL, units.owner[row]):
        return Result.CANT_HARVEST_THAT_RESOURCE
    if units.build_progress[field] < 1:
        return Result.BUILDING_IS_UNDER_CONSTRUCTION
    if resource.kind != "minerals" and _lives_for_a_time(match, row):
        return Result.CANT_HARVEST_THAT_RESOURCE
    return Result.SUCCESS if contents_of(match, field) else Result.CANT_TARGET_EXHAUSTED_RESOURCES


def send(match: Match, row: int, field_tag: int, queued: bool = False) -> None:
    """Order a worker (row) to harvest from a field."""
    job = match.industry.jobs.setdefault(int(match.units.tag[row]), Job())
    if not queued:
        job.field = field_tag
    order_queue.give(match, row, Order(ability_of(match, row, "gather"), OrderKind.GATHER, field_tag), queued)


def send_home(match: Match, row: int, queued: bool = False) -> Result:
    """Order a worker (row) to bring home what it carries."""
    hall = nearest_hall(match, row)
    job = match.industry.jobs.get(int(match.units.tag[row]))
    if job is None or not job.amount or hall < 0:
        return Result.CANT_FIND_DROP_OFF
    tag = int(match.units.tag[hall])
    order_queue.give(match, row, Order(ability_of(match, row, "return"), OrderKind.RETURN, tag), queued)
    return Result.SUCCESS


def seek(match: Match, row: int, near: tuple[float, float]) -> bool:
    """Let a worker (row) go on with the best mineral field around a point. Returns whether there is one."""
    found = [field for field in fields_near(match, near).tolist() if contents_of(match, field)]
    if not found:
        return False
    crews, units = crews_of(match), match.units
    crews[match.industry.jobs.setdefault(int(units.tag[row]), Job()).field] -= 1

    def cost(field: int) -> tuple[int, float, int]:
        away = hypot(units.x[field] - units.x[row], units.y[field] - units.y[row])
        return max(crews[int(units.tag[field])], 0), away, field

    send(match, row, int(units.tag[min(found, key=cost)]))
    return True


def fields_near(match: Match, point: tuple[float, float]) -> Ints:
    """Return the rows of the mineral fields around a point, as far as workers look for another."""
    units = match.units
    away = np.hypot(units.x - point[0], units.y - point[1])
    reach = load_economy().numbers["gather_acquire_cells"]
    rows: Ints = (match.types.is_mineral_field[units.row] & (away <= reach)).nonzero()[0]
    return rows


def crews_of(match: Match) -> Counter[int]:
    """Return how many workers harvest from each field or gas building, by tag."""
    units = match.units
    crews: Counter[int] = Counter()
    for row in ((units.mode == GATHER) | (units.mode == RETURN)).nonzero()[0].tolist():
        job = match.industry.jobs.get(int(units.tag[row]))
        if job is not None and job.field:
            crews[job.field] += 1
    return crews


def contents_of(match: Match, field: int) -> int:
    """Return what is left in a field, geyser or gas building (row)."""
    industry, tag = match.industry, int(match.units.tag[field])
    source = industry.geysers.get(tag, tag)
    if source not in industry.contents:
        row = match.units.row_of(source)
        resource = _resource(match, row) if row >= 0 else None
        industry.contents[source] = resource.contents if resource is not None else 0
    return industry.contents[source]


def nearest_hall(match: Match, row: int) -> int:
    """Return the row of the nearest place where a worker (row) can bring what it carries, -1 = there is none."""
    units = match.units
    halls: Bools = match.types.is_drop_off[units.row] & (units.owner == units.owner[row]) & (units.build_progress >= 1)
    rows = halls.nonzero()[0]
    if not rows.size:
        return -1
    away = np.hypot(units.x[rows] - units.x[row], units.y[rows] - units.y[row])
    return int(rows[away.argmin()])


def bereave(match: Match, row: int, gone: tuple[float, float]) -> None:
    """Let a worker (row) whose field or town hall is gone go on with another; the place of it is given, cells."""
    if match.units.mode[row] == RETURN:
        if send_home(match, row) is not Result.SUCCESS:
            order_queue.finish(match, row)
    elif not seek(match, row, gone):
        order_queue.finish(match, row)


def _gather(match: Match, row: int) -> None:
    """Begin, end or take up work at the field that a worker has come to."""
    units = match.units
    job = match.industry.jobs[int(units.tag[row])]
    job.field = units.orders[row][0].target_tag
    field = units.row_of(job.field)
    resource = _resource(match, field) if field >= 0 else None
    if resource is None:
        bereave(match, row, (float(units.x[row]), float(units.y[row])))
    elif job.works_at == job.field and units.work_until[row] < NEVER:
        _take(match, row, job, (field, resource))
    elif job.amount:
        _carry_home(match, row)
    elif check_field(match, row, job.field) is not Result.SUCCESS:
        bereave(match, row, (float(units.x[row]), float(units.y[row])))
    elif _is_taken(match, row, job.field):
        _wait(match, row, job, field)
    else:
        _begin_work(match, row, job, (field, resource))


def _is_taken(match: Match, row: int, field_tag: int) -> bool:
    """Return whether another worker is at work at a field."""
    if _lives_for_a_time(match, row):
        return False
    other_tag = match.industry.miners.get(field_tag, 0)
    other = match.units.row_of(other_tag)
    if other < 0 or other == row:
        return False
    busy = match.units.mode[other] == GATHER and match.units.work_until[other] < NEVER
    return bool(busy and match.industry.jobs[other_tag].works_at == field_tag)


def _wait(match: Match, row: int, job: Job, field: int) -> None:
    """Let a worker wait at a field, or go to one nearby that has fewer workers."""
    units = match.units
    job.works_at = 0
    units.work_until[row] = match.loop + 1
    units.travels[row] = False
    if not match.types.is_mineral_field[units.row[field]]:
        return
    crews = crews_of(match)
    near = (float(units.x[field]), float(units.y[field]))
    if any(crews[int(units.tag[other])] + 1 < crews[job.field] for other in fields_near(match, near).tolist()):
        seek(match, row, near)


def _begin_work(match: Match, row: int, job: Job, source: tuple[int, Resource]) -> None:
    units, (field, resource) = match.units, source
    loops = resource.harvest_loops
    if _lives_for_a_time(match, row):
        loops *= load_economy().numbers["mule_gather_time_factor"]
    else:
        match.industry.miners[job.field] = int(units.tag[row])
    job.works_at = job.field
    units.travels[row] = False
    units.work_until[row] = match.loop + ceil(loops)
    if resource.kind == "vespene":
        passengers.hide(match, field, row)


def _take(match: Match, row: int, job: Job, source: tuple[int, Resource]) -> None:
    """End the work of a worker: it has its load, and leaves after a moment."""
    units, industry, (field, resource) = match.units, match.industry, source
    left = contents_of(match, field)
    wanted = resource.harvest_amount
    if _lives_for_a_time(match, row):
        wanted = int(load_economy().numbers["mule_trip_minerals"])
    job.kind, job.amount, job.works_at = resource.kind, min(wanted, left), 0
    industry.contents[industry.geysers.get(job.field, job.field)] = left - job.amount
    units.work_until[row] = match.loop + ceil(resource.return_delay_loops)
    if units.aboard[row] >= 0:
        _step_out(match, row, field)
    if job.amount:
        job.buff = _carry_buff(match.types.types[int(units.row[field])])
        units.buffs[row][job.buff] = NEVER
    if left == job.amount and job.amount:
        exhausted = alerts.MINERALS_EXHAUSTED if resource.kind == "minerals" else alerts.VESPENE_EXHAUSTED
        alerts.raise_alert(match, int(units.owner[row]), exhausted, alerts.place_of(match, field))
    if left == job.amount and resource.kind == "minerals":
        industry.consumed.add(int(units.tag[field]))
        units.life[field] = 0.0


def _step_out(match: Match, row: int, building: int) -> None:
    """Let a worker out of a gas building, on the side of its way home."""
    units = match.units
    hall = nearest_hall(match, row)
    x, y = float(units.x[building]), float(units.y[building])
    towards = (float(units.x[hall]) - x, float(units.y[hall]) - y) if hall >= 0 else (0.0, -1.0)
    far = hypot(*towards) or 1.0
    reach = float(units.radius[building] + units.radius[row])
    place = match.ground.nearest_open(
        x + towards[0] / far * reach, y + towards[1] / far * reach, float(units.inner_radius[row])
    )
    units.x[row], units.y[row] = quantise(place[0]), quantise(place[1])
    passengers.show(match, row)


def _carry_home(match: Match, row: int) -> None:
    """Turn a worker that has its load homewards; what was to come after the harvest comes then."""
    if len(match.units.orders[row]) > 1 or send_home(match, row) is not Result.SUCCESS:
        order_queue.finish(match, row)


def _come_home(match: Match, row: int) -> None:
    """Hand over what a worker carries, and send it back to where that came from."""
    units = match.units
    tag = int(units.tag[row])
    job = match.industry.jobs[tag]
    owner = int(units.owner[row])
    if job.amount:
        accounts.deliver(match.players[owner], job.kind, _counted(match.players[owner], job.amount))
        round_points.count_delivery(match, owner, job.kind, job.amount)
        match.industry.deliveries.append(Delivery(match.loop, owner, job.kind, job.amount))
        units.buffs[row].pop(job.buff, None)
        job.amount, job.kind, job.buff = 0, "", 0
    if len(units.orders[row]) > 1:
        order_queue.finish(match, row)
    elif job.field and units.row_of(job.field) >= 0:
        send(match, row, job.field)
    elif not seek(match, row, (float(units.x[row]), float(units.y[row]))):
        order_queue.finish(match, row)


def _counted(player: Player, amount: int) -> int:
    """Return what an amount counts for a player; parts of a mineral wait for the next time."""
    exact = amount * player.income + player.income_rest
    player.income_rest = exact - int(exact)
    return int(exact)


def _resource(match: Match, row: int) -> Resource | None:
    return match.types.types[int(match.units.row[row])].resource


def _lives_for_a_time(match: Match, row: int) -> bool:
    """Return whether a worker only lives for a time (MULE): it shares fields with others."""
    return match.types.types[int(match.units.row[row])].timed_life_loops > 0


@cache
def _carry_buff(unit_type: UnitType) -> int:
    """Return the buff by which the API shows what comes from a field."""
    names = {name: buff_id for buff_id, name in load_ids().buffs.items()}
    found = [names[f"Carry{behavior}"] for behavior in unit_type.behaviors if f"Carry{behavior}" in names]
    rich = any("HighYield" in behavior for behavior in unit_type.behaviors)
    fallback = "CarryHighYieldMineralFieldMinerals" if rich else "CarryMineralFieldMinerals"
    return found[0] if found else names[fallback]
