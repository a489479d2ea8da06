"""Who is where in one moment, as arrays in the order of agents and enemies: what observations are made of."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Side:
    """The units of one side, each in the place it has from the start of the episode; arrays of shape (units,).

    Who is dead keeps its type, its last place and its maxima, and has no life and no shield.
    """

    tag: Ints
    type_id: Ints
    x: Floats
    y: Floats
    """Middle, cells."""
    life: Floats
    life_max: Floats
    shield: Floats
    shield_max: Floats
    energy: Floats
    cooldown: Floats
    """Loops until the weapon is ready."""

    def __len__(self) -> int:
        """Return how many units the side began with."""
        return int(self.tag.size)

    @property
    def alive(self) -> Bools:
        """Who lives, shape (units,)."""
        return np.asarray(self.life > 0)

    def picked(self, order: Ints) -> "Side":
        """Return the units of some rows, in that order."""
        return Side(*(getattr(self, field.name)[order] for field in fields(self)))

    def updated(self, now: "Side") -> "Side":
        """Return the same units as another look shows them; whom it does not show is dead."""
        place = {tag: row for row, tag in enumerate(now.tag.tolist())}
        rows = np.array([place.get(tag, -1) for tag in self.tag.tolist()], dtype=np.int64)
        shown = rows >= 0
        if shown.all():
            return now.picked(rows)
        found = [
            np.where(shown, getattr(now, f.name)[rows] if len(now) else 0, getattr(self, f.name)) for f in fields(Side)
        ]
        side = Side(*found)
        side.life, side.shield = np.where(shown, side.life, 0.0), np.where(shown, side.shield, 0.0)
        return side


@dataclass(frozen=True, slots=True)
class Ground:
    """The map, as masks are made of it."""

    pathing: Bools
    """Shape (width, height): where one can walk."""
    height: Floats
    """Shape (width, height): heights from 0 to 1."""
    playable: tuple[float, float, float, float]
    """Least x and y, largest x and y of the playable area, cells."""
