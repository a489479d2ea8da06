"""What movement remembers of every unit from loop to loop, row by row, and the crowd kept beside it."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from llm_pysc2.engine.movement.assumptions import MovementAssumptions
from llm_pysc2.engine.movement.bodies import Bodies, Bools, Floats, Ints
from llm_pysc2.engine.movement.crowd import Crowd, new_crowd


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


def crowd_of(bodies: Bodies, tracks: Tracks, assumptions: MovementAssumptions) -> Crowd:
    """Return the crowd these units are, kept in `tracks` while nobody changes."""
    key = (
        bodies.layers.tobytes(),
        bodies.flying.tobytes(),
        bodies.immovable.tobytes(),
        bodies.climbs.tobytes(),
        bodies.inner_radius.tobytes(),
        bodies.separation_radius.tobytes(),
    )
    if tracks.crowd is None or tracks.crowd.key != key:
        tracks.crowd = new_crowd(bodies, key, assumptions)
    return tracks.crowd
