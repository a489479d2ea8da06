"""Teleports: a unit is somewhere else at once, at most so far, where there is room and ground to stand on."""

from math import hypot

from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.state.effect_records import Cast, Point
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.effects import Teleport


def run(match: Match, _perform: Perform, effect: Teleport, cast: Cast) -> None:
    """Move a unit to a place."""
    row = unit_of(match, cast, effect.on)
    if row >= 0:
        put(match, row, destination(match, row, effect, cast), effect.placement_range_cells)


def destination(match: Match, row: int, effect: Teleport, cast: Cast) -> Point:
    """Return where a unit (row) is to be moved. A group that a recall takes keeps its shape around the place."""
    units = match.units
    here = (float(units.x[row]), float(units.y[row]))
    _, point = aim_of(match, cast, effect.target_location)
    if effect.source_location is not None:
        _, around = aim_of(match, cast, effect.source_location)
        point = (point[0] + here[0] - around[0], point[1] + here[1] - around[1])
    return shortened(here, point, effect.range_cells) if effect.range_cells else point


def is_dark(match: Match, row: int, effect: Teleport, cast: Cast) -> bool:
    """Return whether a teleport of a unit (row) asks for sight of its end (TestFog, on by default), and has none."""
    seen = match.fogs.get(int(match.units.owner[row]))
    if seen is None or "TestFog" in effect.teleport_flags_off:
        return False
    x, y = destination(match, row, effect, cast)
    height, width = seen.watchers.shape
    return not seen.watchers[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)]


def shortened(here: Point, there: Point, most_cells: float) -> Point:
    """Return the point on the way from here to there that is at most so far.

    >>> shortened((0.0, 0.0), (10.0, 0.0), 8.0)
    (8.0, 0.0)
    """
    away = hypot(there[0] - here[0], there[1] - here[1])
    share = min(1.0, most_cells / away) if away else 0.0
    return here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share


def put(match: Match, row: int, point: Point, placement_cells: float = 0.0) -> bool:
    """Place a unit (row) at the free place nearest to a point; return whether there is one within a distance of it."""
    units = match.units
    unit_type = match.types.types[int(units.row[row])]
    x, y = spawning.free_places(match, unit_type, point, 1, mover=row)[0]
    open_ground = bool(units.flying[row]) or bool(match.ground.is_open(x, y)[0])
    if not open_ground or (placement_cells and hypot(x - point[0], y - point[1]) > placement_cells):
        return False
    units.x[row], units.y[row] = quantise(x), quantise(y)
    units.goal_x[row], units.goal_y[row] = units.x[row], units.y[row]
    units.vx[row] = units.vy[row] = 0.0
    match.apart = None
    return True
