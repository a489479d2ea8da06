"""What `avoidance` does, for a few units at a time in plain numbers: the same result, to the last bit.

NumPy takes as long for three neighbours as for three hundred; below some dozens of them Python is faster. What seldom
happens here (walls, idle allies who step aside) is left to the functions for many.
"""

from dataclasses import dataclass
from math import copysign, sqrt
from typing import Self

import numpy as np

from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.avoidance import (
    APPROACH,
    EVEN,
    SAME_WAY_SHARE,
    SIDE_HINT,
    SIDE_MEMORY,
    Motion,
    step_aside,
)
from llm_pysc2.engine.movement.bodies import Bodies, Floats
from llm_pysc2.engine.movement.course import Course
from llm_pysc2.engine.movement.crowd import Views
from llm_pysc2.engine.movement.ground import PROBE_CELLS, Ground
from llm_pysc2.engine.movement.pushing import gives_way
from llm_pysc2.engine.movement.steering import NEVER, TURNS, turned
from llm_pysc2.engine.movement.tracks import Tracks

FEW_VIEWS = 64
"""Up to so many (unit, neighbour) plain numbers are faster than arrays."""

_ALL_OPEN = [1.0] * TURNS.shape[1]
_Obstacle = tuple[float, float, float, float, float]
"""The way to a neighbour, x and y in cells, the squared gap to it, and how it is expected to move, x and y."""
_TURNS: list[tuple[float, float]] = list(zip(*TURNS.tolist(), strict=True))


@dataclass(slots=True)
class _Scene:
    """What everybody does, and who is near whom: lists by unit, and the last four by view."""

    stride: list[list[float]]
    expected: list[list[float]]
    direction: list[list[float]]
    length: list[float]
    moving: list[bool]
    owner: list[int]
    other: list[int]
    way: list[list[float]]
    apart_cells: list[float]

    @classmethod
    def of(cls, course: Course, seen: Views, motion: Motion) -> Self:
        """Return the scene of one loop."""
        return cls(
            motion.stride.tolist(),
            motion.expected.tolist(),
            course.direction.tolist(),
            course.length.tolist(),
            course.moving.tolist(),
            seen.owner.tolist(),
            seen.other.tolist(),
            seen.way.tolist(),
            seen.apart_cells.tolist(),
        )

    def obstacle(self, view: int) -> _Obstacle:
        """Return what the unit of a view sees of its neighbour."""
        across, up, apart, other = self.way[0][view], self.way[1][view], self.apart_cells[view], self.other[view]
        return across, up, across * across + up * up - apart * apart, self.expected[0][other], self.expected[1][other]

    def is_followed(self, view: int) -> bool:
        """Return whether the neighbour goes the same way as the unit, so that it need not be gone around."""
        one, other, (x, y) = self.owner[view], self.other[view], self.direction
        along = x[one] * self.expected[0][other] + y[one] * self.expected[1][other]
        return along >= self.length[one] * SAME_WAY_SHARE and x[one] * x[other] + y[one] * y[other] >= 0


def avoid_few(
    who: tuple[Bodies, Tracks, Ground], course: Course, seen: Views, motion: Motion, assumptions: MovementAssumptions
) -> Floats | None:
    """Do and return the same as `avoidance.avoid`, while nobody is jammed."""
    bodies, tracks, _ = who
    scene = _Scene.of(course, seen, motion)
    soon = _soon(scene, assumptions.look_ahead_loops)
    if not soon:
        return None
    yields = _yielding((bodies, tracks), course, seen, scene)
    near = (
        [view for view, loops in soon.items() if loops < assumptions.yield_loops and view in yields] if yields else []
    )
    aside = step_aside(bodies, course, seen.picked(np.array(near)), assumptions) if near else None
    remaining = course.remaining.tolist()
    blocking = {
        view: loops
        for view, loops in soon.items()
        if view not in yields
        and loops * scene.length[scene.owner[view]] < remaining[scene.owner[view]]
        and not scene.is_followed(view)
    }
    if motion.decides and blocking:
        _go_around(who, (course, _easier_sides(scene, blocking)), (scene, yields), motion, assumptions)
    else:
        _stop_short(scene, blocking, motion)
    return aside


def _soon(scene: _Scene, look_ahead_loops: float) -> dict[int, float]:
    """Return the views in which a moving unit comes nearer to a neighbour and touches it soon, with the loops to it."""
    soon, moving, (x, y), (their_x, their_y) = {}, scene.moving, scene.stride, scene.expected
    for view, (one, other, across, up) in enumerate(zip(scene.owner, scene.other, *scene.way, strict=True)):
        if not moving[one]:
            continue
        closing_x, closing_y = x[one] - their_x[other], y[one] - their_y[other]
        approach = across * closing_x + up * closing_y
        if approach > APPROACH:
            apart = scene.apart_cells[view]
            loops = _loops_to_contact(approach, closing_x, closing_y, across * across + up * up - apart * apart)
            if loops < look_ahead_loops:
                soon[view] = loops
    return soon


def _yielding(who: tuple[Bodies, Tracks], course: Course, seen: Views, scene: _Scene) -> set[int]:
    """Return the views of moving units whose neighbour is an idle ally that is pushed aside."""
    bodies, tracks = who
    idle = course.idle.tolist()
    if True not in idle:
        return set()
    pairs = enumerate(zip(scene.owner, scene.other, strict=True))
    views = np.array([view for view, (one, other) in pairs if idle[other] and scene.moving[one]], dtype=np.int64)
    if not views.size:
        return set()
    return set(views[gives_way(bodies, tracks, course, seen.owner[views], seen.other[views])].tolist())


def _stop_short(scene: _Scene, blocking: dict[int, float], motion: Motion) -> None:
    """Shorten the strides of those who would run into something."""
    limits: dict[int, float] = {}
    for view, loops in blocking.items():
        one = scene.owner[view]
        limits[one] = min(limits.get(one, 1.0), loops)
    for one, limit in limits.items():
        motion.stride[:, one] *= limit


def _easier_sides(scene: _Scene, blocking: dict[int, float]) -> dict[int, float]:
    """Return for those who have something in their way on which side most of it is not, by row, in order of rows."""
    hints: dict[int, float] = {}
    for view, loops in blocking.items():
        one, other = scene.owner[view], scene.other[view]
        x, y = scene.stride[0][one] - scene.expected[0][other], scene.stride[1][one] - scene.expected[1][other]
        left_of_line = x * scene.way[1][view] - y * scene.way[0][view]
        even = EVEN if left_of_line < -EVEN else -EVEN
        hints[one] = hints.get(one, 0.0) + (even - left_of_line) / (1 + loops)
    return {one: hints[one] or -EVEN for one in sorted(hints)}


def _go_around(
    who: tuple[Bodies, Tracks, Ground],
    whose: tuple[Course, dict[int, float]],
    near_by: tuple[_Scene, set[int]],
    motion: Motion,
    assumptions: MovementAssumptions,
) -> None:
    """Turn the strides of units that would run into something, and shorten them where they still would."""
    tracks, (course, hints), (scene, yields) = who[1], whose, near_by
    neighbours: dict[int, list[int]] = {one: [] for one in hints}
    for view, one in enumerate(scene.owner):
        if one in neighbours and view not in yields and not scene.is_followed(view):
            neighbours[one].append(view)
    sides = {one: tracks.side.item(one) * SIDE_MEMORY for one in hints}
    tracks.side *= SIDE_MEMORY
    open_ways = _open_ways(who, course, list(hints))
    for one, hint in hints.items():
        side = sides[one] if abs(sides[one]) >= SIDE_HINT else copysign(SIDE_HINT, hint)
        turn, stride = _best_turn(scene, (one, neighbours[one]), open_ways.get(one, _ALL_OPEN), side, assumptions)
        tracks.turn[one] = turn
        tracks.side[one] = copysign(1.0, _TURNS[turn][1]) if turn else side
        motion.stride[0, one], motion.stride[1, one] = stride


def _open_ways(who: tuple[Bodies, Tracks, Ground], course: Course, rows: list[int]) -> dict[int, list[float]]:
    """Return for those of some units (rows) who are near walls 1 for each direction tried that is open, else 0."""
    bodies, _, ground = who
    x, y, radius, climbs = course.xy[0], course.xy[1], bodies.inner_radius, bodies.climbs
    near = [
        one
        for one in rows
        if ground.near_wall(x.item(one), y.item(one), radius.item(one) + PROBE_CELLS, climbs.item(one))
    ]
    if not near:
        return {}
    picked = np.array(near)
    probes = turned(course.direction.take(picked, axis=1)) * PROBE_CELLS
    ways = ground.leads_into_open(course.xy.take(picked, axis=1), probes, radius[picked], climbs[picked])
    return dict(zip(near, ways.tolist(), strict=True))


def _best_turn(
    scene: _Scene, whose: tuple[int, list[int]], open_ways: list[float], side: float, assumptions: MovementAssumptions
) -> tuple[int, tuple[float, float]]:
    """Return the number of the best turn for a unit among some neighbours (views), and its stride then, cells.

    The best is the one that `steering.choose_turn` takes; one that could not be better is not looked at.
    """
    one, views = whose
    x, y, length = scene.direction[0][one], scene.direction[1][one], scene.length[one]
    look_ahead, loyalty = assumptions.look_ahead_loops, abs(side) * assumptions.loyalty
    obstacles = [scene.obstacle(view) for view in views]
    best, stride, most = 0, (0.0, 0.0), -1.0
    for turn, (cosine, sine) in enumerate(_TURNS):
        weight = cosine + assumptions.sideways
        if not turn or (sine > 0) == (side > 0):
            weight += loyalty
        if look_ahead * open_ways[turn] * weight <= most:
            continue
        reach_x, reach_y = (x * cosine - y * sine) * length, (x * sine + y * cosine) * length
        loops = _earliest(obstacles, reach_x, reach_y)
        worth = min(loops, look_ahead) * open_ways[turn] * weight
        if worth > most:
            share = min(loops, 1.0)
            best, stride, most = turn, (reach_x * share, reach_y * share), worth
    return best, stride


def _earliest(obstacles: list[_Obstacle], x: float, y: float) -> float:
    """Return after how many loops one who comes by (x, y) cells in each first touches an obstacle."""
    first = NEVER
    for across, up, gap, their_x, their_y in obstacles:
        closing_x, closing_y = x - their_x, y - their_y
        approach = across * closing_x + up * closing_y
        if approach > 0:
            first = min(first, _loops_to_contact(approach, closing_x, closing_y, gap))
    return first


def _loops_to_contact(approach: float, closing_x: float, closing_y: float, square_gap: float) -> float:
    """Return the same as `steering.loops_to_contact` for one pair whose approach is above 0."""
    square_speed = closing_x * closing_x + closing_y * closing_y
    inside = approach * approach - square_speed * square_gap
    return max((approach - sqrt(inside)) / square_speed, 0.0) if inside > 0 else NEVER
