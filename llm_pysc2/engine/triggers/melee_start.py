"""How a melee game begins: a town hall, workers around it that harvest at once, and what the race has besides."""

from collections.abc import Container, Iterator
from math import hypot

import numpy as np

from llm_pysc2.engine.economy import creep, harvest, larvae
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.economy import RaceStart, load_economy

RING_CELLS = 3
RACES = ("protoss", "terran", "zerg")


def start(match: Match) -> None:
    """Give every player who plays a race its start; those without a place of their own draw one."""
    playing = [player for player in match.players.values() if player.setup is not None]
    free = _drawn(match, {player.start_location for player in playing})
    for player in playing:
        if player.race not in RACES:
            player.race = RACES[int(match.rng.integers(len(RACES)))]
        if player.start_location is None:
            player.start_location = next(free, None)
        if player.start_location is not None:
            _settle(match, player, load_economy().races[player.race], player.start_location)


def _drawn(match: Match, taken: Container[tuple[float, float] | None]) -> Iterator[tuple[float, float]]:
    """Yield the free start locations in an order drawn by lot, when the first is asked for.

    How a seed decides is the game's secret but for one draw: on Flat64, seed 42 puts the first player into the west,
    where PySC2's `replay_obs_test` builds to the right of its base. Lots fall so, too.
    """
    places = match.map.start_locations
    for lot in match.rng.random(len(places)).argsort().tolist():
        if places[lot] not in taken:
            yield places[lot]


def _settle(match: Match, player: Player, race: RaceStart, start: tuple[float, float]) -> None:
    hall_x, hall_y = start
    player.minerals, player.vespene = float(race.minerals), float(race.vespene)
    hall = spawning.create(match, race.town_hall, player.id, hall_x, hall_y)
    nearest, ring = _nearest_field(match, start), _ring()
    if nearest is not None:
        first = min(ring, key=lambda cell: hypot(hall_x + cell[0] - nearest[1], hall_y + cell[1] - nearest[2]))
        ring = _both_ways(ring, ring.index(first))
        match.industry.rallies[hall] = {"workers": (nearest[0],)}
    places = [(hall_x + right, hall_y + up) for right, up in ring]
    workers = spawning.create_at(match, spawning.Birth(race.worker, player.id), places[: race.workers])
    for type_id, count in race.others:
        spawning.create_at(match, spawning.Birth(type_id, player.id), places[-count:])
    larvae.settle(match, hall)
    creep.begin(match, match.units.row_of(hall), grown=True)
    for tag in workers:
        harvest.seek(match, match.units.row_of(tag), start)


def _nearest_field(match: Match, point: tuple[float, float]) -> tuple[int, float, float] | None:
    """Return tag and place of the nearest mineral field, None if there is none."""
    units = match.units
    rows = (match.types.is_mineral_field[units.row] & (units.owner == NEUTRAL)).nonzero()[0]
    if not rows.size:
        return None
    row = int(rows[np.hypot(units.x[rows] - point[0], units.y[rows] - point[1]).argmin()])
    return int(units.tag[row]), float(units.x[row]), float(units.y[row])


def _ring() -> list[tuple[int, int]]:
    """Return the cells of the square ring around a town hall, one after the other."""
    reach, side = RING_CELLS, range(-RING_CELLS, RING_CELLS)
    up = [(reach, step) for step in side]
    left = [(-step, reach) for step in side]
    down = [(-reach, -step) for step in side]
    right = [(step, -reach) for step in side]
    return up + left + down + right


def _both_ways(ring: list[tuple[int, int]], first: int) -> list[tuple[int, int]]:
    """Return a ring from one cell on, alternating to both sides, the opposite cell last.

    >>> _both_ways([(0, 0), (1, 0), (2, 0), (3, 0)], 1)
    [(1, 0), (2, 0), (0, 0), (3, 0)]
    """
    steps = [0, *(sign * step for step in range(1, len(ring)) for sign in (1, -1))]
    return [ring[(first + step) % len(ring)] for step in steps][: len(ring)]
