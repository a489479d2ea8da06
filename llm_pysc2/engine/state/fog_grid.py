"""What one player sees and knows of the map, as grids; the rules of the fog are in `fog`."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from llm_pysc2.engine.state.unit_columns import Bools, Floats

Eye = tuple[int, int, float, int]
"""Column and row of a unit's cell, how far it sees in cells, and the highest cliff level that it looks over."""


@dataclass(slots=True)
class Fog:
    """What one player sees and knows; grids of shape (height, width), row 0 = y 0."""

    watchers: NDArray[np.int16]
    """How many of the player's units see each cell."""
    explored: Bools
    eyes: dict[int, Eye] = field(default_factory=dict)
    """By tag, what is counted in `watchers`; numbers below 0 are other vision sources."""
    landmarks: set[int] = field(default_factory=set)
    """Tags of others' units in sight now that will stay on the map out of sight: structures, resources."""
    memory: dict[int, dict[str, float]] = field(default_factory=dict)
    """Columns of such units out of sight, by tag, as they were last seen."""
    revealed: dict[int, int] = field(default_factory=dict)
    """Tag of an attacker out of the fog -> the loop until which it is shown."""

    @classmethod
    def over(cls, shape: tuple[int, ...]) -> Self:
        """Return the fog over a map of which nothing has been seen."""
        return cls(np.zeros(shape, dtype=np.int16), np.zeros(shape, dtype=np.bool_))

    def copy(self) -> Self:
        """Return an independent copy; what is remembered of a unit is never changed."""
        return type(self)(
            watchers=self.watchers.copy(),
            explored=self.explored.copy(),
            eyes=dict(self.eyes),
            landmarks=set(self.landmarks),
            memory=dict(self.memory),
            revealed=dict(self.revealed),
        )

    def sees(self, x: Floats, y: Floats) -> Bools:
        """Return whether points in cells lie in sight, of the same shape; points outside are clipped."""
        height, width = self.watchers.shape
        columns = np.clip(x.astype(np.intp), 0, width - 1)
        rows = np.clip(y.astype(np.intp), 0, height - 1)
        return np.asarray(self.watchers[rows, columns] > 0)


@dataclass(frozen=True, slots=True)
class VisionSource:
    """A disc of the map that a player sees without having a unit there."""

    owner: int
    x: float
    y: float
    """Middle, cells."""
    radius_cells: float
    detects: bool
    """It shows what is cloaked or burrowed, too."""
