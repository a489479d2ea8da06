"""What maps that are played for points do: place the units of a round, see contacts, and count points."""

from collections.abc import Callable
from math import cos, hypot, pi, sin

import numpy as np

from llm_pysc2.conditions import Condition
from llm_pysc2.engine.maps.definitions import Region
from llm_pysc2.engine.maps.round_rules import Contact, Placement, Round
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.round_points import give_points
from llm_pysc2.engine.units import order_queue, spawning

Point = tuple[float, float]

_TRIES = 60
"""How many random points are tried before the distances asked for are cut by a tenth."""
_RING_STEP_DEG = 120.0


def start(match: Match) -> None:
    """Begin all rounds."""
    match.rounds_begun = [0] * len(match.map.triggers.rounds.rounds)
    for index in range(len(match.rounds_begun)):
        _begin(match, index)


def run(match: Match, holds: Callable[[Condition], bool]) -> None:
    """Give points for contacts, and begin the rounds whose time has come."""
    rounds = match.map.triggers.rounds
    for contact in rounds.contacts:
        _see_contacts(match, contact)
    for index, one in enumerate(rounds.rounds):
        if one.when and holds(one.when):
            _begin(match, index)


def _begin(match: Match, index: int) -> None:
    """Place the units of a round; those who are gathered stand with the new ones."""
    one: Round = match.map.triggers.rounds.rounds[index]
    sides = min(len(placed.regions) for placed in one.place)
    side = int(match.rng.integers(sides)) if sides > 1 else 0
    later = match.rounds_begun[index] > 0
    match.rounds_begun[index] += 1
    for placed in one.place:
        left = _rows_of(match, placed.type_id, placed.owner) if placed.gather else []
        tags = match.units.tag[left].tolist()
        points = _points(match, placed, side, len(left) + (placed.later if later else placed.first))
        for tag, point in zip(tags, points, strict=False):
            _put(match, match.units.row_of(tag), point)
        for point in points[len(left) :]:
            spawning.create(match, placed.type_id, placed.owner, *point)


def _see_contacts(match: Match, contact: Contact) -> None:
    units = match.units
    things = _rows_of(match, contact.type_id, None)
    own = np.flatnonzero((units.owner == contact.owner) & (units.aboard < 0))
    if not things or not own.size:
        return
    away = np.hypot(units.x[things][:, None] - units.x[own], units.y[things][:, None] - units.y[own]).min(axis=1)
    for row in np.array(things)[away <= contact.within_cells].tolist():
        give_points(match, contact.points)
        if contact.then == "take":
            units.life[row] = 0
        else:
            placed = _placement_of(match, contact.type_id)
            _put(match, row, _random_point(match, placed, 0, []))


def _placement_of(match: Match, type_id: int) -> Placement:
    rounds = match.map.triggers.rounds.rounds
    return next(placed for one in rounds for placed in one.place if placed.type_id == type_id)


def _rows_of(match: Match, type_id: int, owner: int | None) -> list[int]:
    units = match.units
    alive = (units.type_id == type_id) & (units.life > 0)
    rows: list[int] = np.flatnonzero(alive if owner is None else alive & (units.owner == owner)).tolist()
    return rows


def _put(match: Match, row: int, point: Point) -> None:
    """Let a unit (row) stand somewhere else, without orders."""
    units = match.units
    units.x[row], units.y[row] = point
    units.vx[row] = units.vy[row] = 0.0
    match.apart = None
    order_queue.clear(match, row)


def _points(match: Match, placed: Placement, side: int, count: int) -> list[Point]:
    """Return where the units of a placement stand, on the grid of positions."""
    if placed.spread == "apart":
        points: list[Point] = []
        for _ in range(count):
            points.append(_random_point(match, placed, side, points))
        return points
    region = match.map.region(placed.regions[side % len(placed.regions)])
    if placed.spread == "ring":
        left, bottom, right, top = region.bounds
        angles = [index * _RING_STEP_DEG / 180 * pi for index in range(count)]
        middle = (left + right) / 2, (bottom + top) / 2
        around = [(placed.radius_cells * cos(angle), placed.radius_cells * sin(angle)) for angle in angles]
    else:
        middle = _random_in(match, region)
        around = [(0.0, _column_offset(placed, index)) for index in range(count)]
    return [spawning.on_grid(middle[0] + x, middle[1] + y) for x, y in around]


def _column_offset(placed: Placement, index: int) -> float:
    if index < len(placed.offsets_y):
        return placed.offsets_y[index]
    return float((index // 2) * (1 if index % 2 else -1))


def _random_point(match: Match, placed: Placement, side: int, taken: list[Point]) -> Point:
    """Return a point of the placement's region that keeps its distances, or as much of them as can be had."""
    units = match.units
    own = units.owner == placed.owner
    region = match.map.region(placed.regions[side % len(placed.regions)])
    share = 1.0
    while True:
        for _ in range(_TRIES):
            x, y = _random_in(match, region)
            away = np.hypot(units.x - x, units.y - y)
            near = [hypot(x - other_x, y - other_y) for other_x, other_y in taken]
            apart = min(away[own].min(initial=np.inf), min(near, default=np.inf))
            if apart >= placed.apart_cells * share and away[~own].min(initial=np.inf) >= placed.away_cells * share:
                return spawning.on_grid(x, y)
        share *= 0.9


def _random_in(match: Match, region: Region) -> Point:
    """Return a random point of a region where one can stand."""
    left, bottom, right, top = region.bounds
    while True:
        x, y = left + (right - left) * match.rng.random(), bottom + (top - bottom) * match.rng.random()
        if region.contains(x, y) and match.map.terrain.pathable[int(y), int(x)]:
            return x, y
