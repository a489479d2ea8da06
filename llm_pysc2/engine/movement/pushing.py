"""Who pushes whom, and how far: ground units that overlap are moved apart, air units and idle ones drift apart."""

import numpy as np

from llm_pysc2.engine.movement.arrays import anybody, square_length
from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats, Ints
from llm_pysc2.engine.movement.collision import overlap_push, scatter, separated
from llm_pysc2.engine.movement.course import Course
from llm_pysc2.engine.movement.crowd import Crowd, Pairs
from llm_pysc2.engine.movement.ground import Ground
from llm_pysc2.engine.movement.neighbours import near_pairs
from llm_pysc2.engine.movement.tracks import Tracks

SAME_GOAL_CELLS = 0.5
"""Units whose goals are nearer than this to each other were sent to the same place."""

_HOLDER_GIVES = 1e-9
"""Against anybody else a unit that stands its ground gives nothing; two of them share."""

_LEAST_GIVES = 1e-3

_IDLE_ENEMY_GIVES = 1e-4

_IDLE_ENEMY, _HOLDER, _ALL, _NOTHING, _LEAST_SUM = (
    np.array(value) for value in (_IDLE_ENEMY_GIVES, _HOLDER_GIVES, 1.0, 0.0, 1e-12)
)
"""As arrays: NumPy takes longer for plain numbers."""


def gives_way(bodies: Bodies, tracks: Tracks, course: Course, owner: Ints, other: Ints) -> Bools:
    """Return for each (moving unit, neighbour) whether the neighbour is an idle ally that is pushed aside."""
    if not anybody(course.idle):
        return np.zeros(owner.size, dtype=bool)
    pushed: Bools = course.idle[other] & (bodies.team[owner] == bodies.team[other])
    pushed &= bodies.push_priority[owner] >= bodies.push_priority[other]
    pushed &= ~(tracks.rests[other] & same_goal(bodies, tracks, owner, other))
    return pushed


def same_goal(bodies: Bodies, tracks: Tracks, owner: Ints, other: Ints) -> Bools:
    """Return whether the goal of each unit is where the other was last sent."""
    dx, dy = bodies.goal_x[owner] - tracks.planned[0, other], bodies.goal_y[owner] - tracks.planned[1, other]
    near: Bools = dx * dx + dy * dy < SAME_GOAL_CELLS * SAME_GOAL_CELLS
    return near


def push_apart(
    who: tuple[Bodies, Tracks, Ground], course: Course, pairs: Pairs, xy: Floats, assumptions: MovementAssumptions
) -> tuple[Floats, bool]:
    """Return places after moving overlapping ground units apart, shape (2, units), and whether somebody was pushed."""
    if not pairs.i.size:
        return xy, False
    square = square_length(xy.take(pairs.i, axis=1) - xy.take(pairs.j, axis=1))
    enough = pairs.apart_cells - _ENOUGH
    if not anybody(square < enough * enough):
        return xy, False
    bodies, tracks, ground = who
    reach = pairs.apart_cells + _CHAIN
    near = pairs.picked((square < reach * reach).nonzero()[0])
    share = _shares((bodies, tracks), course, near.i, near.j, assumptions)
    before, walled = xy, None
    radius = bodies.inner_radius * np.array(assumptions.wall_radius)
    for number in range(assumptions.overlap_passes):
        xy, settled = separated(xy, near, share, _ENOUGH_CELLS * (1 + number / _ENOUGH_DOUBLES))
        if settled:
            break
        if number % 2:
            walled = _walled(bodies, ground, before, radius) if walled is None else walled
            if walled.size:
                xy[:, walled] = ground.keep_out(xy.take(walled, axis=1), radius[walled], bodies.climbs[walled])
    return xy, True


def _walled(bodies: Bodies, ground: Ground, xy: Floats, radius: Floats) -> Ints:
    """Return who may come into walls by being pushed (rows)."""
    near = ground.near_walls(xy, radius + _CHAIN, bodies.climbs)
    return (near & ~(bodies.flying | bodies.immovable)).nonzero()[0]


_ENOUGH_CELLS = 0.02
"""Shallower overlaps than this, beyond the slop, wait for the next loop."""

_ENOUGH = np.array(_ENOUGH_CELLS)

_ENOUGH_DOUBLES = 6
"""After so many passes twice that is enough."""

_CHAIN_CELLS = 0.2
"""Pairs this near to contact can come into contact while others are pushed."""

_CHAIN = np.array(_CHAIN_CELLS)


def _shares(who: tuple[Bodies, Tracks], course: Course, i: Ints, j: Ints, assumptions: MovementAssumptions) -> Floats:
    """Return which part of an overlap the first unit of each pair gives way, 0 to 1."""
    bodies, tracks = who
    allied = bodies.team[i] == bodies.team[j]
    moving_gives, idle_gives = (
        max(1 - assumptions.idle_yields, _LEAST_GIVES),
        max(assumptions.idle_yields, _LEAST_GIVES),
    )
    friendly = np.where(course.moving, np.array(moving_gives), np.array(idle_gives))
    hostile = np.where(course.moving, course.length, _IDLE_ENEMY)
    firm = np.where(bodies.immovable, _NOTHING, np.where(bodies.holds, _HOLDER, _ALL))
    friendly, hostile = friendly * firm, hostile * firm
    gives_i = np.where(allied, friendly[i], hostile[i])
    gives_j = np.where(allied, friendly[j], hostile[j])
    resting = tracks.rests[i] ^ tracks.rests[j]
    if anybody(resting):
        firmer_i = resting & tracks.rests[i] & same_goal(bodies, tracks, j, i)
        firmer_j = resting & tracks.rests[j] & same_goal(bodies, tracks, i, j)
        gives_i = np.where(firmer_i, gives_i * assumptions.mates_yield, gives_i)
        gives_j = np.where(firmer_j, gives_j * assumptions.mates_yield, gives_j)
    share: Floats = gives_i / np.maximum(gives_i + gives_j, _LEAST_SUM)
    return share


def drift(
    who: tuple[Bodies, Crowd], course: Course, pairs: Pairs, xy: Floats, assumptions: MovementAssumptions
) -> Floats:
    """Return places after one small step towards comfortable distances: idle ground units, and all in the air."""
    bodies, crowd = who
    if not (crowd.any_flying or crowd.any_roomy):
        return xy
    if pairs.i.size and anybody(course.idle & crowd.roomy):
        pick = (course.idle[pairs.i] & course.idle[pairs.j]).nonzero()[0]
        i, j = pairs.i[pick], pairs.j[pick]
        apart = bodies.separation_radius[i] + bodies.separation_radius[j]
        xy = xy + _limited(xy, i, j, apart, assumptions.rest_separation_cells, 0.5)
    if crowd.any_flying:
        flyers = bodies.flying.nonzero()[0]
        xy = xy + _air_drift(bodies, flyers, xy, assumptions)
    return xy


def _limited(xy: Floats, i: Ints, j: Ints, apart: Floats, most: float, part: float) -> Floats:
    """Return small steps apart, at most `most` cells for each unit, shape (2, units)."""
    push, depth = overlap_push(xy, i, j, apart)
    if not np.count_nonzero(depth):
        return np.zeros_like(xy)
    step = scatter(i, j, push * part, np.full(i.size, 0.5), xy.shape[1])
    size = np.sqrt(square_length(step))
    limited: Floats = step * (np.minimum(size, most) / np.maximum(size, 1e-9))
    return limited


def _air_drift(bodies: Bodies, flyers: Ints, xy: Floats, assumptions: MovementAssumptions) -> Floats:
    """Return the small steps of air units out of each other's way, shape (2, units)."""
    reach = 2 * float(bodies.separation_radius[flyers].max())
    i, j = near_pairs(xy[0, flyers], xy[1, flyers], reach)
    i, j = flyers[i], flyers[j]
    shared = (bodies.layers[i] & bodies.layers[j]) != 0
    i, j = i[shared], j[shared]
    apart = bodies.separation_radius[i] + bodies.separation_radius[j]
    return _limited(xy, i, j, apart, assumptions.air_separation_cells, assumptions.air_separation)
