"""Each moving unit looks a little ahead, goes around what will not give way, and makes idle allies step aside."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats, Ints, Tracks
from llm_pysc2.engine.movement.course import Course
from llm_pysc2.engine.movement.crowd import Pairs
from llm_pysc2.engine.movement.ground import PROBE_CELLS, Ground
from llm_pysc2.engine.movement.pushing import gives_way
from llm_pysc2.engine.movement.steering import TURNS, choose_turn, earliest, loops_to_contact, square_gap, turned
from llm_pysc2.engine.movement.switches import MovementSwitches

_APPROACH = 0.003
"""Slower approaches (distance times closing speed, cells squared per loop) are left to the pushing."""

_SIDE_MEMORY = 0.85
"""What is left each time of the memory on which side a unit went around something."""

_SIDE_HINT = 0.1
"""Weight of the easier side for a unit that remembers none, against 1 for the side it has just taken."""

_EVEN = 1e-6

_SAME_WAY_SHARE = 0.4
"""A neighbour that comes along by at least this share of the unit's stride is followed, not gone around."""

_RIGHT_OF_WAY = (0.8, 0.6)
"""In a jam of allies those have right of way who go more in this direction; it only has to be the same for all."""


@dataclass(slots=True)
class Views:
    """What walkers have near them: one row per (unit, neighbour)."""

    owner: Ints
    other: Ints
    way: Floats
    """From the unit to the neighbour, cells, shape (2, views)."""
    apart_cells: Floats

    @classmethod
    def of(cls, pairs: Pairs, of_i: Ints, of_j: Ints) -> Self:
        """Return some pairs (rows) as their first units see them, then some as their second units do."""
        rows = np.concatenate((of_i, of_j))
        i, j, way = pairs.i[rows], pairs.j[rows], pairs.way.take(rows, axis=1)
        first = of_i.size
        way[:, :first] *= -1
        owner, other = np.concatenate((i[:first], j[first:])), np.concatenate((j[:first], i[first:]))
        return cls(owner, other, way, pairs.apart_cells[rows])

    def picked(self, rows: Ints) -> Self:
        """Return some of the views."""
        return type(self)(self.owner[rows], self.other[rows], self.way.take(rows, axis=1), self.apart_cells[rows])


@dataclass(slots=True)
class Motion:
    """What everybody is about to do, cells per loop, shape (2, units)."""

    stride: Floats
    expected: Floats
    """What others count on: the stride, or for those who are held up what they did in the last loop."""


def steer(
    who: tuple[Bodies, Tracks, Ground], course: Course, pairs: Pairs, loop: int, switches: MovementSwitches
) -> tuple[Floats, Floats | None]:
    """Return by how much each unit moves by itself, and idle allies step aside, cells, shape (2, units) or None."""
    bodies, tracks, _ = who
    decides = loop % switches.steer_loops == 0
    heading = course.direction if decides else _kept_turn(course, tracks)
    stride = heading * course.length
    if decides:
        tracks.turn[:] = 0
    if not pairs.i.size:
        return stride, None
    motion = Motion(stride, _expected(bodies, tracks, stride))
    views, loops = _approached(course, pairs, motion)
    if not views.owner.size:
        return stride, None
    if tracks.stalled_loops[tracks.stalled_loops.argmax()] >= switches.jam_loops or np.count_nonzero(tracks.backs):
        _let_back((bodies, tracks), course, views, loops, switches)
        stride *= course.moving
    soon = ((loops < switches.look_ahead_loops) & course.moving[views.owner]).nonzero()[0]
    if not soon.size:
        return stride, None
    views, loops = views.picked(soon), loops[soon]
    yields = gives_way(bodies, tracks, course, views.owner, views.other)
    aside = _step_aside(bodies, course, views, yields & (loops < switches.yield_loops), switches)
    blocking = _solid(course, views, yields, motion) & (
        loops * course.length[views.owner] < course.remaining[views.owner]
    )
    if np.count_nonzero(blocking):
        rows = blocking.nonzero()[0]
        if decides:
            hints = _easier_sides(views.picked(rows), loops[rows], motion)
            _go_around(who, (course, hints), pairs, motion, switches)
        else:
            limit = np.ones(course.length.size)
            np.minimum.at(limit, views.owner[rows], loops[rows])
            stride *= limit
    return stride, aside


def _kept_turn(course: Course, tracks: Tracks) -> Floats:
    """Return the directions of all units, turned as they decided last, shape (2, units)."""
    if not np.count_nonzero(tracks.turn):
        return course.direction
    cosine, sine = TURNS.take(tracks.turn, axis=1)
    x, y = course.direction
    return np.array((x * cosine - y * sine, x * sine + y * cosine))


def _expected(bodies: Bodies, tracks: Tracks, stride: Floats) -> Floats:
    """Return how others expect each unit to move: as it intends, or as in the last loop where it is held up."""
    held_up = tracks.stalled_loops > 0
    return np.where(held_up, (bodies.vx, bodies.vy), stride) if np.count_nonzero(held_up) else stride


def _approached(course: Course, pairs: Pairs, motion: Motion) -> tuple[Views, Floats]:
    """Return what moving units come nearer to, and after how many loops they touch it, shape (views,)."""
    i, j, stride, expected = pairs.i, pairs.j, motion.stride, motion.expected
    near, loops = _nearing(pairs, stride.take(j, axis=1) - expected.take(i, axis=1))
    near_i, loops_i = near, loops
    if expected is not stride:
        near_i, loops_i = _nearing(pairs, expected.take(j, axis=1) - stride.take(i, axis=1))
    moves_i, moves_j = course.moving[i[near_i]].nonzero()[0], course.moving[j[near]].nonzero()[0]
    views = Views.of(pairs, near_i[moves_i], near[moves_j])
    return views, np.concatenate((loops_i[moves_i], loops[moves_j]))


def _nearing(pairs: Pairs, velocity: Floats) -> tuple[Ints, Floats]:
    """Return the pairs (rows) that come nearer to each other, and after how many loops they touch.

    `velocity` is that of the second unit less that of the first, shape (2, pairs).
    """
    approach = pairs.way * velocity
    rows = (approach[0] + approach[1] > _APPROACH).nonzero()[0]
    if not rows.size:
        return rows, np.zeros(0)
    way, apart = pairs.way.take(rows, axis=1), pairs.apart_cells[rows]
    return rows, loops_to_contact(way, square_gap(way, apart), velocity.take(rows, axis=1))


def _solid(course: Course, views: Views, yields: Bools, motion: Motion) -> Bools:
    """Return which neighbours have to be gone around: they neither give way nor go the same way."""
    heading = course.direction.take(views.owner, axis=1)
    along = heading * motion.expected.take(views.other, axis=1)
    intended = heading * course.direction.take(views.other, axis=1)
    follows = along[0] + along[1] >= course.length[views.owner] * _SAME_WAY_SHARE
    solid: Bools = ~(yields | (follows & (intended[0] + intended[1] >= 0)))
    return solid


def _let_back(
    who: tuple[Bodies, Tracks], course: Course, views: Views, loops: Floats, switches: MovementSwitches
) -> None:
    """Make those stop who stand in a jam against allies that have right of way, and those behind them."""
    bodies, tracks = who
    one, other = views.owner, views.other
    stuck = tracks.stalled_loops >= switches.jam_loops
    close = (loops < 2) & (bodies.team[one] == bodies.team[other]) & stuck[one]
    heading, theirs = course.direction.take(one, axis=1), course.direction.take(other, axis=1)
    along = heading[0] * theirs[0] + heading[1] * theirs[1]
    rank = course.direction[0] * _RIGHT_OF_WAY[0] + course.direction[1] * _RIGHT_OF_WAY[1]
    loses = (along < -0.3) & stuck[other] & (rank[one] < rank[other])
    follows = tracks.backs[other] & ((along > 0.3) | ~course.moving[other])
    backs = np.zeros_like(tracks.backs)
    backs[one[close & (loses | follows)]] = True
    tracks.backs = backs
    course.moving = course.moving & ~backs


def _step_aside(bodies: Bodies, course: Course, views: Views, due: Bools, switches: MovementSwitches) -> Floats | None:
    """Return the steps of idle allies out of the line of those who come, shape (2, units), None when there are none."""
    pick = due.nonzero()[0]
    if not pick.size:
        return None
    owner, other = views.owner[pick], views.other[pick]
    heading, way = course.direction.take(owner, axis=1), views.way.take(pick, axis=1)
    left_of_line = heading[0] * way[1] - heading[1] * way[0]
    side = np.where(left_of_line >= 0, 1.0, -1.0)
    step = side * np.minimum(bodies.speed[other], course.length[owner]) * switches.yield_sideways
    count = bodies.x.size
    aside = np.array((np.bincount(other, -heading[1] * step, count), np.bincount(other, heading[0] * step, count)))
    size = np.sqrt(aside[0] * aside[0] + aside[1] * aside[1])
    limit = bodies.speed * switches.yield_sideways
    shortened: Floats = aside * (np.minimum(size, limit) / np.maximum(size, 1e-9))
    return shortened


def _easier_sides(views: Views, loops: Floats, motion: Motion) -> Floats:
    """Return for those who have something in their way on which side most of it is not, shape (units,).

    Positive is left, negative right, 0 for those who have nothing in their way. Judged by how the two move relative to
    each other, so that two who meet head on do not step into each other's way; if all is even, both keep to the right.
    """
    closing = motion.stride.take(views.owner, axis=1) - motion.expected.take(views.other, axis=1)
    left_of_line = closing[0] * views.way[1] - closing[1] * views.way[0]
    weight = np.where(left_of_line < -_EVEN, _EVEN - left_of_line, -_EVEN - left_of_line) / (1 + loops)
    hints: Floats = np.asarray(np.bincount(views.owner, weight, motion.stride.shape[1]), dtype=np.float64)
    hints[views.owner] -= (hints[views.owner] == 0) * _EVEN
    return hints


def _go_around(
    who: tuple[Bodies, Tracks, Ground],
    whose: tuple[Course, Floats],
    pairs: Pairs,
    motion: Motion,
    switches: MovementSwitches,
) -> None:
    """Turn the strides of units that would run into something, and shorten them where they still would."""
    bodies, tracks, ground = who
    course, hints = whose
    rows = (hints != 0).nonzero()[0]
    number = np.full(hints.size, -1)
    number[rows] = np.arange(rows.size)
    views = Views.of(pairs, (number[pairs.i] >= 0).nonzero()[0], (number[pairs.j] >= 0).nonzero()[0])
    yields = gives_way(bodies, tracks, course, views.owner, views.other)
    solid = _solid(course, views, yields, motion).nonzero()[0]
    views = views.picked(solid[number[views.owner[solid]].argsort(kind="stable")])
    owner = number[views.owner]
    directions = turned(course.direction[:, rows])
    reach = directions * course.length[rows, None]
    closing = reach.take(owner, axis=1) - motion.expected.take(views.other, axis=1)[:, :, None]
    loops = loops_to_contact(views.way[:, :, None], square_gap(views.way, views.apart_cells)[:, None], closing)
    loops = earliest(loops, owner, rows.size)
    freedom = np.minimum(loops, switches.look_ahead_loops)
    freedom *= ground.leads_into_open(
        course.xy[:, rows], directions * PROBE_CELLS, bodies.inner_radius[rows], bodies.climbs[rows]
    )
    side = tracks.side[rows] * _SIDE_MEMORY
    side = np.where(np.absolute(side) < _SIDE_HINT, np.sign(hints[rows]) * _SIDE_HINT, side)
    turn = choose_turn(freedom, side, switches.sideways, switches.loyalty)
    tracks.turn[rows] = turn
    tracks.side *= _SIDE_MEMORY
    tracks.side[rows] = np.where(turn > 0, np.sign(TURNS[1][turn]), side)
    index = np.arange(rows.size)
    motion.stride[:, rows] = reach[:, index, turn] * np.minimum(loops[index, turn], 1.0)
