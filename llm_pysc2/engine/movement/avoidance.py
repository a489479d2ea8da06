"""Each moving unit looks a little ahead, goes around what will not give way, and makes idle allies step aside."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from llm_pysc2.engine.movement.arrays import anybody
from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats
from llm_pysc2.engine.movement.course import Course
from llm_pysc2.engine.movement.crowd import Views
from llm_pysc2.engine.movement.ground import PROBE_CELLS, Ground
from llm_pysc2.engine.movement.pushing import gives_way
from llm_pysc2.engine.movement.steering import TURNS, choose_turn, earliest, loops_to_contact, square_gap, turned
from llm_pysc2.engine.movement.tracks import Tracks

APPROACH = 0.003
"""Slower approaches (distance times closing speed, cells squared per loop) are left to the pushing."""

SIDE_MEMORY = 0.85
"""What is left each time of the memory on which side a unit went around something."""

SIDE_HINT = 0.1
"""Weight of the easier side for a unit that remembers none, against 1 for the side it has just taken."""

EVEN = 1e-6

SAME_WAY_SHARE = 0.4
"""A neighbour that comes along by at least this share of the unit's stride is followed, not gone around."""

_RIGHT_OF_WAY = (0.8, 0.6)
"""In a jam of allies those have right of way who go more in this direction; it only has to be the same for all."""


def _kept_turn(course: Course, tracks: Tracks) -> Floats:
    """Return the directions of all units, turned as they decided last, shape (2, units)."""
    if not np.count_nonzero(tracks.turn):
        return course.direction
    cosine, sine = TURNS.take(tracks.turn, axis=1)
    x, y = course.direction
    return np.array((x * cosine - y * sine, x * sine + y * cosine))


@dataclass(slots=True)
class Motion:
    """What everybody is about to do, cells per loop, shape (2, units)."""

    stride: Floats
    expected: Floats
    """What others count on: the stride, or for those who are held up what they did in the last loop."""
    decides: bool
    """In this loop units decide anew how to go around what is in their way."""

    @classmethod
    def of(cls, who: tuple[Bodies, Tracks], course: Course, loop: int, assumptions: MovementAssumptions) -> Self:
        """Return what everybody would do if nobody were in the way; those who still go around something turn."""
        bodies, tracks = who
        decides = loop % assumptions.steer_loops == 0
        if decides:
            tracks.turn[:] = 0
        stride = (course.direction if decides else _kept_turn(course, tracks)) * course.length
        if not course.longest_stall_loops:
            return cls(stride, stride, decides)
        return cls(stride, np.where(tracks.stalled_loops > 0, (bodies.vx, bodies.vy), stride), decides)


def avoid(
    who: tuple[Bodies, Tracks, Ground], course: Course, seen: Views, motion: Motion, assumptions: MovementAssumptions
) -> Floats | None:
    """Turn and shorten the strides of those who would run into somebody.

    Returns by how much idle allies step aside, cells, shape (2, units), None when nobody has to.
    """
    bodies, tracks, _ = who
    views, loops = _approached(course, seen, motion)
    if is_jammed(course, tracks, assumptions) and loops.size:
        _let_back((bodies, tracks), course, views, loops, assumptions)
        motion.stride *= course.moving
    soon = ((loops < assumptions.look_ahead_loops) & course.moving[views.owner]).nonzero()[0]
    if not soon.size:
        return None
    views, loops = views.picked(soon), loops[soon]
    yields = gives_way(bodies, tracks, course, views.owner, views.other)
    near = (yields & (loops < assumptions.yield_loops)).nonzero()[0]
    aside = step_aside(bodies, course, views.picked(near), assumptions) if near.size else None
    blocking = _solid(course, views, yields, motion)
    blocking &= loops * course.length[views.owner] < course.remaining[views.owner]
    rows = blocking.nonzero()[0]
    if motion.decides and rows.size:
        _go_around(who, (course, _easier_sides(views.picked(rows), loops[rows], motion)), seen, motion, assumptions)
    elif rows.size:
        limit = np.ones(course.length.size)
        np.minimum.at(limit, views.owner[rows], loops[rows])
        motion.stride *= limit
    return aside


def is_jammed(course: Course, tracks: Tracks, assumptions: MovementAssumptions) -> bool:
    """Return whether somebody has to be let back, or was in the last loop."""
    return bool(course.longest_stall_loops >= assumptions.jam_loops or anybody(tracks.backs))


def _approached(course: Course, views: Views, motion: Motion) -> tuple[Views, Floats]:
    """Return what moving units come nearer to, and after how many loops they touch it, shape (views,)."""
    closing = motion.stride.take(views.owner, axis=1) - motion.expected.take(views.other, axis=1)
    approach = views.way * closing
    approach = approach[0] + approach[1]
    rows = ((approach > APPROACH) & course.moving[views.owner]).nonzero()[0]
    nearing = views.picked(rows)
    gap = square_gap(nearing.way, nearing.apart_cells)
    return nearing, loops_to_contact(approach[rows], closing.take(rows, axis=1), gap)


def _solid(course: Course, views: Views, yields: Bools, motion: Motion) -> Bools:
    """Return which neighbours have to be gone around: they neither give way nor go the same way."""
    heading = course.direction.take(views.owner, axis=1)
    along = heading * motion.expected.take(views.other, axis=1)
    intended = heading * course.direction.take(views.other, axis=1)
    follows = along[0] + along[1] >= course.length[views.owner] * SAME_WAY_SHARE
    solid: Bools = ~(yields | (follows & (intended[0] + intended[1] >= 0)))
    return solid


def _let_back(
    who: tuple[Bodies, Tracks], course: Course, views: Views, loops: Floats, assumptions: MovementAssumptions
) -> None:
    """Make those stop who stand in a jam against allies that have right of way, and those behind them."""
    bodies, tracks = who
    one, other = views.owner, views.other
    stuck = tracks.stalled_loops >= assumptions.jam_loops
    close = (loops < 2) & (bodies.team[one] == bodies.team[other]) & stuck[one]
    heading, theirs = course.direction.take(one, axis=1), course.direction.take(other, axis=1)
    along = heading[0] * theirs[0] + heading[1] * theirs[1]
    rank = course.direction[0] * _RIGHT_OF_WAY[0] + course.direction[1] * _RIGHT_OF_WAY[1]
    loses = (along < -0.3) & stuck[other] & (rank[one] < rank[other])
    follows = tracks.backs[other] & ((along > 0.3) | ~course.moving[other])
    backs = np.zeros_like(tracks.backs)
    backs[one[close & (loses | follows)]] = True
    tracks.backs = backs
    course.stop(backs, bodies)


def step_aside(bodies: Bodies, course: Course, views: Views, assumptions: MovementAssumptions) -> Floats:
    """Return the steps of idle allies, the others of views, out of the line of the owners, shape (2, units)."""
    owner, other, way = views.owner, views.other, views.way
    heading = course.direction.take(owner, axis=1)
    left_of_line = heading[0] * way[1] - heading[1] * way[0]
    side = np.where(left_of_line >= 0, 1.0, -1.0)
    step = side * np.minimum(bodies.speed[other], course.length[owner]) * assumptions.yield_sideways
    count = bodies.x.size
    aside = np.array((np.bincount(other, -heading[1] * step, count), np.bincount(other, heading[0] * step, count)))
    size = np.sqrt(aside[0] * aside[0] + aside[1] * aside[1])
    limit = bodies.speed * assumptions.yield_sideways
    shortened: Floats = aside * (np.minimum(size, limit) / np.maximum(size, 1e-9))
    return shortened


def _easier_sides(views: Views, loops: Floats, motion: Motion) -> Floats:
    """Return for those who have something in their way on which side most of it is not, shape (units,).

    Positive is left, negative right, 0 for those who have nothing in their way. Judged by how the two move relative to
    each other, so that two who meet head on do not step into each other's way; if all is even, both keep to the right.
    """
    closing = motion.stride.take(views.owner, axis=1) - motion.expected.take(views.other, axis=1)
    left_of_line = closing[0] * views.way[1] - closing[1] * views.way[0]
    weight = np.where(left_of_line < -EVEN, EVEN - left_of_line, -EVEN - left_of_line) / (1 + loops)
    hints: Floats = np.asarray(np.bincount(views.owner, weight, motion.stride.shape[1]), dtype=np.float64)
    hints[views.owner] -= (hints[views.owner] == 0) * EVEN
    return hints


def _go_around(
    who: tuple[Bodies, Tracks, Ground],
    whose: tuple[Course, Floats],
    seen: Views,
    motion: Motion,
    assumptions: MovementAssumptions,
) -> None:
    """Turn the strides of units that would run into something, and shorten them where they still would."""
    bodies, tracks, ground = who
    course, hints = whose
    rows = (hints != 0).nonzero()[0]
    number = np.full(hints.size, -1)
    number[rows] = np.arange(rows.size)
    views = seen.picked((number[seen.owner] >= 0).nonzero()[0])
    yields = gives_way(bodies, tracks, course, views.owner, views.other)
    solid = _solid(course, views, yields, motion).nonzero()[0]
    views = views.picked(solid[number[views.owner[solid]].argsort(kind="stable")])
    owner = number[views.owner]
    directions = turned(course.direction[:, rows])
    reach = directions * course.length[rows, None]
    closing = reach.take(owner, axis=1) - motion.expected.take(views.other, axis=1)[:, :, None]
    approach = views.way[:, :, None] * closing
    gap = square_gap(views.way, views.apart_cells)[:, None]
    loops = earliest(loops_to_contact(approach[0] + approach[1], closing, gap), owner, rows.size)
    freedom = np.minimum(loops, assumptions.look_ahead_loops)
    freedom *= ground.leads_into_open(
        course.xy[:, rows], directions * PROBE_CELLS, bodies.inner_radius[rows], bodies.climbs[rows]
    )
    side = tracks.side[rows] * SIDE_MEMORY
    side = np.where(np.absolute(side) < SIDE_HINT, np.sign(hints[rows]) * SIDE_HINT, side)
    turn = choose_turn(freedom, side, assumptions.sideways, assumptions.loyalty)
    tracks.turn[rows] = turn
    tracks.side *= SIDE_MEMORY
    tracks.side[rows] = np.where(turn > 0, np.sign(TURNS[1][turn]), side)
    index = np.arange(rows.size)
    motion.stride[:, rows] = reach[:, index, turn] * np.minimum(loops[index, turn], 1.0)
