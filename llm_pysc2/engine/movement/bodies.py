"""What movement is told about each unit, what it remembers from loop to loop, and what it answers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
