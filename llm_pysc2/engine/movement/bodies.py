"""What movement is told about each unit, what it remembers from loop to loop, and what it answers."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from llm_pysc2.engine.movement.crowd import Crowd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Bodies:
    """One row per unit, read only: where it is, what it is, where it wants to be. Arrays of shape (units,)."""

    x: Floats
    y: Floats
    """Centre in cells."""
    facing: Floats
    """Radians, counter-clockwise from east, in [0, 2 pi)."""
    vx: Floats
    vy: Floats
    """How far the unit came in the last loop, cells per loop: `Moved.vx`, `Moved.vy` of that loop, 0 at birth."""
    goal_x: Floats
    goal_y: Floats
    """Where it wants to be, cells; the target's centre for a chase. Ignored where not `wants_move`."""
    stop_within: Floats
    """It has arrived when this near to the goal, centre to centre in cells; 0 for a plain move."""
    wants_move: Bools
    """It has somewhere to go in this loop."""
    brakes: Bools
    """It comes to rest at its goal; false when another order is queued, so that it passes at full speed."""
    holds: Bools
    """It stands its ground (attacking, casting, on hold position): nobody pushes it aside."""
    immovable: Bools
    """It moves neither by itself nor by others: a structure, a force field, a sieged or burrowed unit."""
    speed: Floats
    """Top speed in cells per loop, with creep, upgrades and buffs."""
    acceleration: Floats
    """Cells per loop squared; 3.9 (the catalog's 1000) is as good as at once, and so is infinity."""
    turn_rate: Floats
    """Radians per loop that `facing` can turn."""
    inner_radius: Floats
    """Cells; ground units never come nearer than the sum of theirs, and keep this far from cliffs and footprints."""
    separation_radius: Floats
    """Cells; units at rest drift apart to the sum of theirs, air units always do."""
    layers: Ints
    """Collision bit mask: two units are in each other's way if the masks share a bit and both fly or both do not."""
    flying: Bools
    """In the air: over everything, with soft separation only."""
    climbs: Bools
    """Walks over cliffs (colossus, reaper); stopped only by the map's void, and by footprints."""
    push_priority: Ints
    """A moving unit pushes idle allies aside whose priority is not above its own (10 for nearly all)."""
    team: Ints
    """Allies share a number; only allies are pushed."""


@dataclass
class Tracks:
    """What movement remembers of each unit between loops; part of a snapshot. The engine only carries it.

    Arrays of shape (units,) or (2, units), x and y, in unit order.
    """

    waypoint: Floats
    """The corner it is heading for, cells, shape (2, units)."""
    planned: Floats
    """The goal for which that corner was found, cells, shape (2, units); NaN without a plan; kept after arrival."""
    direct: Bools
    """The goal itself is in a straight line: the waypoint follows the goal."""
    ends: Bools
    """The waypoint is not the goal, but as near to it as the ground lets the unit come."""
    plan_loop: Ints
    """The game loop from which the plan is looked over again."""
    turn: Ints
    """How it goes around what is in its way: an index into `steering.TURNS`, 0 for straight on."""
    side: Floats
    """On which side it last went around something: negative right, positive left, fading to 0."""
    stalled_loops: Ints
    """For how many loops it has wanted to move and came no nearer; forgotten in a few loops in which it does."""
    best_cells: Floats
    """How near it has come to its goal or corner, kept while somebody is stalled."""
    stale_loops: Ints
    """For how many loops it has not come nearer than that."""
    rests: Bools
    """It has arrived at `planned`, and others of its group that press against it have arrived too."""
    backs: Bools
    """In a jam it lets allies that come the other way push it back."""

    def __post_init__(self) -> None:
        self.calm_at: Floats | None = None
        """Where everybody was in a loop in which nothing moved, shape (2, units). Derived, like `crowd`: kept
        beside the columns because it costs time to work out, never part of a result."""
        self.crowd: Crowd | None = None

    @classmethod
    def empty(cls, count: int) -> Self:
        """Return the memory of `count` newborn units."""
        flags = [np.zeros(count, dtype=np.bool_) for _ in range(4)]
        numbers = [np.zeros(count, dtype=np.int64) for _ in range(4)]
        return cls(
            waypoint=np.zeros((2, count)),
            planned=np.full((2, count), np.nan),
            direct=flags[0],
            ends=flags[1],
            plan_loop=numbers[0],
            turn=numbers[3],
            side=np.zeros(count),
            stalled_loops=numbers[1],
            best_cells=np.full(count, np.inf),
            stale_loops=numbers[2],
            rests=flags[2],
            backs=flags[3],
        )

    def grown(self, count: int) -> Self:
        """Return this memory with `count` newborn rows at the end."""
        newborn = type(self).empty(count)
        names = [field.name for field in fields(self)]
        return type(self)(*(np.concatenate((getattr(self, name), getattr(newborn, name)), axis=-1) for name in names))

    def kept(self, rows: Bools | Ints) -> Self:
        """Return the memory of the given rows only: a mask of shape (units,), or row numbers in their new order."""
        return type(self)(*(getattr(self, field.name)[..., rows] for field in fields(self)))

    def copy(self) -> Self:
        """Return an independent copy."""
        return type(self)(*(getattr(self, field.name).copy() for field in fields(self)))


@dataclass(slots=True)
class Moved:
    """Where everybody is after one loop. All arrays have shape (units,) and are new."""

    x: Floats
    y: Floats
    """Centre in cells, a multiple of 1/4096."""
    facing: Floats
    """Radians in [0, 2 pi), turned towards the way of those that moved by themselves; others keep theirs."""
    vx: Floats
    vy: Floats
    """How far the unit came in this loop by itself, cells; pushing is not counted."""
    arrived: Bools
    """It wanted to move and is as near to its goal as it will come: within `stop_within`; where that is 0 also behind
    others of its group that rest there; or at the edge of what the ground lets it reach."""
    stalled_loops: Ints
    """For how many loops it has wanted to move and came no nearer: when large, a reason to choose another target."""
