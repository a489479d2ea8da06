"""Where each unit heads in this loop, and how far it gets if nobody is in its way."""

from dataclasses import dataclass

import numpy as np

from llm_pysc2.engine.movement.arrays import anybody, everybody, square_length
from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats
from llm_pysc2.engine.movement.crowd import Crowd
from llm_pysc2.engine.movement.ground import Ground
from llm_pysc2.engine.movement.tracks import Tracks

ARRIVED_CELLS = 1 / 512
"""Nearer than this to where it may stop, a unit is there; one that would come so near goes all the way."""

_FAR_SHARE = 1 / 36
"""From six cells on, a goal may move the farther before a new way is looked for, the farther it is."""

_CORNER_CELLS = 0.4
"""So near to a corner a unit looks for the next one."""

_ZERO, _LEAST_CELLS, _ONE_SQUARE, _ARRIVED_CELLS = (np.array(value) for value in (0.0, 1e-9, 1.0, ARRIVED_CELLS))


@dataclass(slots=True)
class Course:
    """What each unit would do on its own in this loop."""

    xy: Floats
    """Where it is, cells, shape (2, units)."""
    wants: Bools
    """It has somewhere to go, shape (units,)."""
    moving: Bools
    """It moves by itself in this loop, shape (units,)."""
    idle: Bools
    """It could be moved, does not move by itself, and does not stand its ground, shape (units,)."""
    direction: Floats
    """Unit vector to the waypoint, shape (2, units); zero for those who do not move."""
    length: Floats
    """Cells it can come in this loop, shape (units,); 0 for those who do not move."""
    remaining: Floats
    """Cells to the place where it may stop, or to the corner ahead, shape (units,)."""
    longest_stall_loops: int
    """For how long that unit has come no nearer which has done so longest."""

    def stop(self, rows: Bools, bodies: Bodies) -> None:
        """Let some units not move by themselves in this loop after all."""
        self.moving = self.moving & ~rows
        self.idle = ~(self.moving | bodies.holds | bodies.immovable)


def set_course(
    who: tuple[Bodies, Tracks, Crowd], ground: Ground, loop: int, assumptions: MovementAssumptions
) -> Course:
    """Return the courses of all units; looks for ways where that is due."""
    bodies, tracks, crowd = who
    xy = np.array((bodies.x, bodies.y))
    goal = np.array((bodies.goal_x, bodies.goal_y))
    wants = bodies.wants_move & crowd.movable if crowd.any_immovable else bodies.wants_move
    way, enough = goal - xy, bodies.stop_within
    _find_ways(who, (xy, goal, way, wants), ground, loop, assumptions)
    straight = tracks.direct | bodies.flying if crowd.any_flying else tracks.direct
    if not everybody(straight):
        way, enough = np.where(straight, goal, tracks.waypoint) - xy, bodies.stop_within * straight
    away = np.sqrt(square_length(way))
    remaining = away - enough
    moving = wants & (remaining > _ZERO)
    longest_stall = tracks.stalled_loops.item(tracks.stalled_loops.argmax())
    if assumptions.wait_loops and longest_stall >= assumptions.patience_loops:
        moving &= ~_waits(tracks, loop, assumptions)
    moves = moving.astype(np.float64)
    direction = way * (moves / np.maximum(away, _LEAST_CELLS))
    length = _lengths(bodies, tracks, direction, remaining, assumptions)
    length = np.where(remaining - length <= _ARRIVED_CELLS, remaining, length)
    idle = ~(moving | bodies.holds | bodies.immovable)
    return Course(xy, wants, moving, idle, direction, length * moves, remaining, longest_stall)


def _waits(tracks: Tracks, loop: int, assumptions: MovementAssumptions) -> Bools:
    """Return who has run into others for so long that it now stands for a while, then tries again, not all at once."""
    stalled = tracks.stalled_loops
    turn = (loop + np.arange(stalled.size) * _STAGGER_LOOPS) // assumptions.wait_loops
    waits: Bools = (stalled >= assumptions.patience_loops) & (turn % 2 == 0)
    return waits


_STAGGER_LOOPS = 7


def _lengths(
    bodies: Bodies, tracks: Tracks, direction: Floats, remaining: Floats, assumptions: MovementAssumptions
) -> Floats:
    """Return how far each unit can come in this loop, by top speed, acceleration and braking, cells."""
    gradual = bodies.acceleration < bodies.speed
    if not anybody(gradual):
        return bodies.speed
    if assumptions.turn_slows:
        carried = np.maximum(bodies.vx * direction[0] + bodies.vy * direction[1], 0)
    else:
        carried = np.sqrt(bodies.vx * bodies.vx + bodies.vy * bodies.vy)
    length = np.minimum(carried + bodies.acceleration, bodies.speed)
    if assumptions.brakes:
        rate = np.where(gradual, bodies.acceleration, 1.0)
        stoppable = rate * (np.sqrt(1 + 8 * np.maximum(remaining, 0) / rate) - 1) / 2
        comes_to_rest = bodies.brakes & (bodies.flying | tracks.direct | tracks.ends)
        length = np.where(comes_to_rest, np.minimum(length, np.maximum(stoppable, rate)), length)
    return np.where(gradual, length, bodies.speed)


def _find_ways(
    who: tuple[Bodies, Tracks, Crowd],
    where: tuple[Floats, Floats, Floats, Bools],
    ground: Ground,
    loop: int,
    assumptions: MovementAssumptions,
) -> None:
    """Write waypoints for walkers that have none, whose goal has moved, who come to a corner, or whose turn it is."""
    bodies, tracks, crowd = who
    xy, goal, way, wants = where
    astray = _astray(goal - tracks.planned, way, wants, assumptions)
    due = (tracks.plan_loop <= np.array(loop)) | astray
    if not everybody(tracks.direct):
        corner = square_length(tracks.waypoint - xy) < _CORNER_CELLS * _CORNER_CELLS
        due |= corner & ~(tracks.direct | tracks.ends)
    due &= wants
    if not anybody(due):
        return
    tracks.stalled_loops[astray] = 0
    tracks.best_cells[astray] = np.inf
    tracks.rests &= ~due
    if crowd.any_flying:
        _fly_straight((bodies, tracks), due & bodies.flying, goal, loop, assumptions)
        due &= crowd.walks
    rows = due.nonzero()[0]
    if not rows.size:
        return
    nature = bodies.stop_within[rows], bodies.inner_radius[rows], bodies.climbs[rows]
    goals = goal.take(rows, axis=1)
    legs = ground.next_legs(xy.take(rows, axis=1), goals, *nature)
    tracks.best_cells[rows[~(legs.direct & tracks.direct[rows])]] = np.inf
    tracks.waypoint[:, rows], tracks.planned[:, rows] = legs.waypoint, goals
    tracks.direct[rows], tracks.ends[rows] = legs.direct, legs.ends
    later = np.where(legs.direct, np.array(assumptions.replan_loops), rows & _LOOPS_APART)
    tracks.plan_loop[rows] = later + np.array(loop + assumptions.replan_loops)


_LOOPS_APART = np.array(3)
"""Bits of their rows that tell units apart who look for their ways around corners, so that not all do in one loop."""


def _astray(strayed: Floats, way: Floats, wants: Bools, assumptions: MovementAssumptions) -> Bools:
    """Return who has somewhere to go, but no plan that serves for it since the goal has moved so far.

    The farther the way, the more that may be.
    """
    square, least = square_length(strayed), np.array(assumptions.replan_cells**2)
    astray: Bools = wants & ~(square <= least)
    if anybody(astray):
        astray &= ~(square <= np.maximum(square_length(way) * _FAR_SHARE, _ONE_SQUARE) * least)
    return astray


def _fly_straight(
    who: tuple[Bodies, Tracks], due: Bools, goal: Floats, loop: int, assumptions: MovementAssumptions
) -> None:
    """Write the plans of air units, which need no waypoints."""
    tracks = who[1]
    tracks.planned[:, due] = goal[:, due]
    tracks.plan_loop[due] = loop + assumptions.replan_loops
