"""Policies for raids on a mineral line: get round its guards, kill workers, and keep away from what shoots."""

from collections.abc import Sequence

from llm_pysc2.backends.scripted.policies import Answer
from llm_pysc2.backends.scripted.reading import ReadUnit
from llm_pysc2.backends.scripted.tactics import Field, Place, away_from, distance, middle

WORKERS = frozenset({"Drone", "Probe", "SCV"})
FLANK_CELLS = 14.0
"""From so near on a raider goes straight for the workers."""
SAFE_CELLS = 2.0
"""A guard's reach and so much more is what a raider keeps away from while its weapon loads."""
STEP_CELLS = 2.5
LIFT_ENERGY = 50
LIFTED = "GravitonBeam"


def harass(field: Field) -> Answer:
    """Walk round the guards into the mineral line; all shoot the same worker, and step away from guards in between."""
    answer = Answer("We go for the workers and keep away from their guards.")
    raiders = [unit for unit in field.seen.own if field.reach_cells(unit)]
    workers, guards = _workers(field), _guards(field)
    target = min(workers, key=lambda worker: _cost(worker, raiders, guards), default=None)
    for unit in raiders:
        near = [guard for guard in guards if guard.distance_to(unit) < field.reach_cells(guard) + SAFE_CELLS]
        if target is None or not _is_there(unit, field):
            answer.act(unit, "Move_To", _way_round(unit, field))
        elif near and (unit.weapon_seconds or 0) > 0.5:
            answer.act(unit, "Move_To", field.inside(*away_from(unit, near, STEP_CELLS)))
        else:
            answer.attack(unit, target)
    return answer


def _workers(field: Field) -> list[ReadUnit]:
    return [enemy for enemy in field.seen.enemies if enemy.type in WORKERS]


def _guards(field: Field) -> list[ReadUnit]:
    return [enemy for enemy in field.seen.enemies if enemy.type not in WORKERS and field.reach_cells(enemy)]


def _cost(worker: ReadUnit, raiders: Sequence[ReadUnit], guards: Sequence[ReadUnit]) -> float:
    """Return how far a worker is, with more for those that stand near guards and for those that are still whole."""
    x, y = middle(raiders)
    danger = sum(max(0.0, 8.0 - worker.distance_to(guard)) for guard in guards)
    return distance((x, y), (worker.x, worker.y)) + danger + worker.hit_points / 20


def _is_there(unit: ReadUnit, field: Field) -> bool:
    return distance((unit.x, unit.y), field.goal()) < FLANK_CELLS


def _way_round(unit: ReadUnit, field: Field) -> Place:
    """Return where to go next: along the edge of the map until beside the goal, then straight there."""
    x, y = field.goal()
    edge = field.inside(x, 0.0)
    return edge if unit.x < x - FLANK_CELLS / 2 else (x, y)


def lift(field: Field) -> Answer:
    """One lifts a worker far from guards, the others shoot it; all fly round the guards, and home when spent."""
    answer = Answer("One lifts a worker, the others shoot it.")
    workers, guards = _workers(field), _guards(field)
    lifted = next((enemy for enemy in field.seen.enemies if LIFTED in enemy.buffs), None)
    lifting = [unit for unit in field.seen.own if "GravitonBeam" in unit.orders]
    able = [unit for unit in field.seen.own if unit.energy >= LIFT_ENERGY]
    lifter = None if lifting else max(able, key=lambda unit: unit.energy, default=None)
    target = min(workers, key=lambda worker: _cost(worker, field.seen.own, guards), default=None)
    for unit in field.seen.own:
        if unit in lifting:
            continue
        if lifted:
            answer.attack(unit, lifted)
        elif not able:
            answer.act(unit, "Move_To", field.inside(0.0, 0.0))
        elif target is None or not _is_there(unit, field):
            answer.act(unit, "Move_To", _way_round(unit, field))
        elif unit is lifter:
            answer.orders[unit.id] = f"Ability_GravitonBeam_Unit({target.id})"
        else:
            answer.act(unit, "Move_To", (target.x, target.y))
    return answer
