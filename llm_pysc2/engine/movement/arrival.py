"""Who has arrived, who is stuck, where everybody looks: what is left to say once all are in their places."""

from math import atan2, floor, tau

import numpy as np

from llm_pysc2.engine.movement.arrays import anybody, square_length
from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats, Moved
from llm_pysc2.engine.movement.course import ARRIVED_CELLS, Course
from llm_pysc2.engine.movement.crowd import Pairs
from llm_pysc2.engine.movement.pushing import SAME_GOAL_CELLS, same_goal
from llm_pysc2.engine.movement.tracks import Tracks

_TURN_STEPS = 4096 * 16
"""Facings are multiples of one in so many radians, so that they are the same on every machine."""

_WALKING_SHARE = 0.2
"""A unit that comes along by less than this share of its stride keeps its facing."""

_TOUCH_CELLS = 0.15
"""Units with less room between them than this stand together."""

_NEARER_CELLS = 0.02

_PROGRESS_SHARE = 0.25
"""Coming nearer to its waypoint by less than this share of its stride, a unit is stalled."""


def settle(
    who: tuple[Bodies, Tracks],
    course: Course,
    pairs: Pairs,
    places: tuple[Floats, Floats],
    assumptions: MovementAssumptions,
) -> Moved:
    """Return the answer of a loop, and remember in the tracks what the next one needs."""
    bodies, tracks = who
    new, stride = places
    came = new - course.xy
    tracks.calm_at = None if np.count_nonzero(came) else new
    gained = came * course.direction
    stalls = course.wants & (gained[0] + gained[1] <= course.length * _PROGRESS)
    _count_stalls(tracks, course, stalls)
    arrived = course.wants & (course.remaining - course.length <= _ARRIVED)
    if anybody(arrived):
        arrived &= _is_there(bodies, tracks, new)
        tracks.rests |= arrived
    if tracks.stale_loops.item(tracks.stale_loops.argmax()) >= assumptions.settle_loops:
        stuck = course.wants & (tracks.stale_loops >= assumptions.settle_loops)
        stuck &= (bodies.stop_within == 0) & ~arrived
        if anybody(stuck):
            arrived |= _behind_its_group((bodies, tracks), pairs, new, arrived, stuck, assumptions)
            tracks.rests |= arrived
    vx, vy = came * course.moving.astype(np.float64)
    facing = _facing(bodies, course, came, stride)
    return Moved(new[0], new[1], facing, vx, vy, arrived, tracks.stalled_loops.copy())


def _count_stalls(tracks: Tracks, course: Course, stalls: Bools) -> None:
    """Count up the loops of those who come no nearer to where they go; those who do forget the count in a few loops."""
    if course.longest_stall_loops or anybody(stalls) or np.count_nonzero(tracks.stale_loops):
        stalled = tracks.stalled_loops
        counted = np.where(stalls, stalled + _ONE, np.maximum(stalled - _ONE - stalled // _FOUR, _ZERO))
        tracks.stalled_loops = np.where(course.wants, counted, _ZERO)
        nearer = (course.remaining < tracks.best_cells - _NEARER) | ~course.wants
        tracks.best_cells = np.where(nearer, course.remaining, tracks.best_cells)
        tracks.stale_loops = np.where(nearer, _ZERO, tracks.stale_loops + _ONE)


def _is_there(bodies: Bodies, tracks: Tracks, xy: Floats) -> Bools:
    """Return who is as near to the goal as asked, or as the ground allows, shape (units,)."""
    dx, dy = bodies.goal_x - xy[0], bodies.goal_y - xy[1]
    enough = bodies.stop_within + _ARRIVED
    there: Bools = dx * dx + dy * dy <= enough * enough
    if anybody(tracks.ends):
        dx, dy = tracks.waypoint[0] - xy[0], tracks.waypoint[1] - xy[1]
        there |= tracks.ends & ~bodies.flying & (dx * dx + dy * dy <= ARRIVED_CELLS * ARRIVED_CELLS)
    return there


def _behind_its_group(
    who: tuple[Bodies, Tracks], pairs: Pairs, xy: Floats, arrived: Bools, stuck: Bools, assumptions: MovementAssumptions
) -> Bools:
    """Return which of the stuck have arrived too: close to the goal, or touching mates who rest there."""
    bodies, tracks = who
    straight = tracks.direct | bodies.flying
    dx = np.where(straight, bodies.goal_x, tracks.waypoint[0]) - xy[0]
    dy = np.where(straight, bodies.goal_y, tracks.waypoint[1]) - xy[1]
    close = bodies.inner_radius + assumptions.crowd_cells
    settled: Bools = stuck & (straight | tracks.ends) & (dx * dx + dy * dy <= close * close)
    candidates = stuck & _within_crowd(bodies, tracks, xy, stuck, assumptions)
    settled |= candidates & bodies.flying
    resting = tracks.rests | arrived
    away = xy.take(pairs.i, axis=1) - xy.take(pairs.j, axis=1)
    gap = np.sqrt(away[0] * away[0] + away[1] * away[1]) - pairs.apart_cells
    beside = np.where(tracks.stale_loops >= assumptions.patience_loops, assumptions.look_ahead_cells, _TOUCH_CELLS)
    for one, mate in ((pairs.i, pairs.j), (pairs.j, pairs.i)):
        joins = np.flatnonzero(candidates[one] & resting[mate] & (gap < beside[one]))
        joins = joins[same_goal(bodies, tracks, one[joins], mate[joins])]
        settled[one[joins]] = True
    return settled


def _within_crowd(
    bodies: Bodies, tracks: Tracks, xy: Floats, candidates: Bools, assumptions: MovementAssumptions
) -> Bools:
    """Return which candidates are so near to their goal that the crowd of all who were sent there may reach to them."""
    rows = np.flatnonzero(candidates)
    away = np.array((bodies.goal_x[rows], bodies.goal_y[rows]))
    within = np.zeros_like(candidates)
    strayed = away[:, :, None] - tracks.planned[:, None, :]
    mates = strayed[0] * strayed[0] + strayed[1] * strayed[1] < SAME_GOAL_CELLS * SAME_GOAL_CELLS
    disc = np.where(mates, bodies.inner_radius * bodies.inner_radius, 0.0).cumsum(axis=1)[:, -1]
    reach = assumptions.crowd_cells + assumptions.crowd_looseness * np.sqrt(disc)
    away -= xy[:, rows]
    within[rows] = away[0] * away[0] + away[1] * away[1] <= reach * reach
    return within


def _facing(bodies: Bodies, course: Course, came: Floats, stride: Floats) -> Floats:
    """Return where everybody looks, radians: those who walk turn towards their way, at most by their turn rate."""
    least = course.length * _WALKING
    walks = (course.moving & (square_length(came) > least * least)).nonzero()[0]
    facing = bodies.facing.copy()
    looks, rates, (x, y) = facing[walks].tolist(), bodies.turn_rate[walks].tolist(), stride.take(walks, axis=1).tolist()
    facing[walks] = [_turned(*each) for each in zip(looks, rates, x, y, strict=True)]
    return facing


def _turned(facing: float, turn_rate: float, x: float, y: float) -> float:
    """Return where a unit looks, radians, that turns towards the direction (x, y)."""
    turn = atan2(y, x) - facing
    turn -= round(turn / tau) * tau
    looks = min(max(turn, -turn_rate), turn_rate) + facing
    looks -= floor(looks / tau) * tau
    return floor(looks * _TURN_STEPS) / _TURN_STEPS


_WALKING, _PROGRESS, _ARRIVED = (np.array(value) for value in (_WALKING_SHARE, _PROGRESS_SHARE, ARRIVED_CELLS))
"""As arrays: NumPy takes longer for plain numbers."""
_ZERO, _ONE, _FOUR, _NEARER = np.array(0), np.array(1), np.array(4), np.array(_NEARER_CELLS)
