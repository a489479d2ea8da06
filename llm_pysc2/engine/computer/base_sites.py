"""Where bases can stand: one place for a hall beside each group of mineral fields and geysers, worked out for a map.

How the game itself does that is not visible; here it is the place nearest to the group's resources that the rules of
placement allow.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.unit_columns import Bools

if TYPE_CHECKING:
    from llm_pysc2.engine.maps.definitions import MapDefinition
    from llm_pysc2.engine.state.unit_columns import Floats

LINK_CELLS = 9.5
"""Resources nearer to each other belong to one group."""
REACH_CELLS = 11
SPARE_CELLS = 3
"""Between a hall's edge and resources."""
HALL_HALF = 2.5
LEAST_FIELDS = 4


@dataclass(frozen=True)
class BaseSite:
    """One place for a base."""

    number: int
    x: float
    y: float
    resources: tuple[tuple[float, float], ...]
    geysers: tuple[int, ...]
    """Tags; they are the same in every game on a map."""


def base_sites(match: Match) -> tuple[BaseSite, ...]:
    """Return the base locations of the match's map; start locations are among them."""
    return _sites(match.map, _resources(match))


def _resources(match: Match) -> tuple[tuple[int, float, float, bool], ...]:
    """Return tag, place and whether it is a geyser, of what the map had at the start."""
    known = _KNOWN.get(id(match.map))
    if known is not None and known[0] is match.map:
        return known[1]
    units, found = match.units, []
    for row in (units.owner == NEUTRAL).nonzero()[0].tolist():
        kind = match.types.types[int(units.row[row])]
        if kind.resource is not None:
            found.append((int(units.tag[row]), float(units.x[row]), float(units.y[row]), kind.resource.raw))
    _KNOWN[id(match.map)] = (match.map, tuple(found))
    return tuple(found)


_KNOWN: dict[int, tuple["MapDefinition", tuple[tuple[int, float, float, bool], ...]]] = {}


@lru_cache(maxsize=32)
def _sites(definition: "MapDefinition", found: tuple[tuple[int, float, float, bool], ...]) -> tuple[BaseSite, ...]:
    sites: list[BaseSite] = []
    for group in _groups(found):
        if sum(not raw for *_, raw in group) < LEAST_FIELDS:
            continue
        places = tuple((x, y) for _, x, y, _ in group)
        hall = _hall_place(definition, places)
        if hall is not None:
            geysers = tuple(tag for tag, _, _, raw in group if raw)
            sites.append(BaseSite(len(sites), *hall, places, geysers))
    return tuple(sites)


def _groups(
    found: tuple[tuple[int, float, float, bool], ...],
) -> list[list[tuple[int, float, float, bool]]]:
    """Return the resources in groups: mineral fields that hang together, each geyser with the nearest of them."""
    groups: list[list[tuple[int, float, float, bool]]] = []
    for one in (resource for resource in found if not resource[3]):
        touching = [group for group in groups if any(_away(one, other) < LINK_CELLS / 2 for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([one, *(other for group in touching for other in group)])
    for geyser in (resource for resource in found if resource[3]):
        near = min(groups, key=lambda group: min(_away(geyser, one) for one in group), default=None)
        if near is not None and min(_away(geyser, one) for one in near) < 2 * LINK_CELLS:
            near.append(geyser)
    return groups


def _away(one: tuple[int, float, float, bool], other: tuple[int, float, float, bool]) -> float:
    return hypot(one[1] - other[1], one[2] - other[2])


def _hall_place(definition: "MapDefinition", resources: tuple[tuple[float, float], ...]) -> tuple[float, float] | None:
    """Return where a hall stands best at some resources: a start location, else the allowed place nearest to them."""
    middle = np.mean(np.array(resources), axis=0)
    for start in definition.start_locations:
        if hypot(start[0] - middle[0], start[1] - middle[1]) < REACH_CELLS:
            return start
    best, found = np.inf, None
    allowed = _room_for_halls(definition)
    for column in range(int(middle[0]) - REACH_CELLS, int(middle[0]) + REACH_CELLS + 1):
        for row in range(int(middle[1]) - REACH_CELLS, int(middle[1]) + REACH_CELLS + 1):
            if not (0 <= row < allowed.shape[0] and 0 <= column < allowed.shape[1] and allowed[row, column]):
                continue
            x, y = column + 0.5, row + 0.5
            cost = _cost(x, y, resources)
            if cost < best:
                best, found = cost, (x, y)
    return found


def _cost(x: float, y: float, resources: tuple[tuple[float, float], ...]) -> float:
    """Return the sum of the distances to resources, infinite where one is too near."""
    clear = HALL_HALF + SPARE_CELLS
    total = 0.0
    for other_x, other_y in resources:
        if abs(x - other_x) < clear + 1.0 and abs(y - other_y) < clear + 0.5:
            return float("inf")
        total += hypot(x - other_x, y - other_y)
    return total


@lru_cache(maxsize=32)
def _room_for_halls(definition: "MapDefinition") -> Bools:
    """Return the middle cells of 5 x 5 cells of ground to build on, shape (height, width)."""
    return windows(definition.terrain.placement, 2, 2)


def windows(free: Bools, before: int, after: int) -> Bools:
    """Return the cells around which all cells from so many before to so many after are free, of the same shape.

    >>> windows(np.ones((3, 3), dtype=bool), 1, 1).sum()
    np.int64(1)
    """
    height, width = free.shape
    size = before + after + 1
    sums = np.zeros((height + 1, width + 1), dtype=np.int64)
    sums[1:, 1:] = free.cumsum(axis=0).cumsum(axis=1)
    whole = np.zeros_like(free)
    if height >= size and width >= size:
        full = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
        whole[before : height - after, before : width - after] = full == size * size
    return whole


def walk_cells(match: Match, place: tuple[float, float]) -> "Floats":
    """Return how far it is to walk from a place over the bare ground, cells, shape (height, width); infinite if not."""
    return _walk(match.map, int(place[0]), int(place[1]))


@lru_cache(maxsize=256)
def _walk(definition: "MapDefinition", column: int, row: int) -> "Floats":
    open_cells = definition.terrain.pathable.copy()
    open_cells[max(row - 3, 0) : row + 4, max(column - 3, 0) : column + 4] = True
    distance = np.full(open_cells.shape, np.inf)
    front = np.zeros_like(open_cells)
    row, column = min(max(row, 0), front.shape[0] - 1), min(max(column, 0), front.shape[1] - 1)
    front[row, column], distance[row, column], steps = True, 0.0, 0
    while front.any():
        steps += 1
        spread = np.zeros_like(front)
        spread[1:] |= front[:-1]
        spread[:-1] |= front[1:]
        if steps % 2 == 0:
            wide = spread.copy()
            spread[:, 1:] |= wide[:, :-1]
            spread[:, :-1] |= wide[:, 1:]
        spread[:, 1:] |= front[:, :-1]
        spread[:, :-1] |= front[:, 1:]
        front = spread & open_cells & np.isinf(distance)
        distance[front] = steps
    return distance
