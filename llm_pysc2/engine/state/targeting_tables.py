"""What follows from who is alive and whose they are: who can hit whom, how far, and how much they want to.

Worked out when units are born, die or change sides, planes or weapons; read in every loop.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from llm_pysc2.engine.state.unit_columns import Bools, Floats, Ints

_ROWS = ("healers", "autocasters", "hangars", "cloaked", "passengers")
"""Fields that hold rows of units."""


@dataclass(frozen=True, slots=True)
class TargetingTables:
    """Derived tables; matrices have shape (units, units), row = the unit that looks or shoots."""

    radius_sum: Floats
    """Cells between two middles when the edges touch."""
    reach: Floats
    """Longest range edge to edge of the weapons that can hit the other, -1 = none can; for healers their heal range."""
    limit: Floats
    """Cells between two middles at which the other is just within reach."""
    limit_square: Floats
    hostile: Bools
    attraction: Floats
    """Rank of the other as a target: threat, then attack priority; -inf if it is none. Distance is subtracted."""
    top: Floats
    """The highest attraction of all to each unit, shape (units,): whoever attacks that looks for nobody else."""
    healers: Ints
    """Rows of units that can heal."""
    autocasters: Ints
    """Rows of units that use abilities of their own accord and have researched them."""
    hangars: Ints
    """Rows of units that keep and launch others."""
    cloaked: Ints
    """Rows of cloaked or burrowed units, which only some see."""
    passengers: Ints
    """Rows of units that are aboard of others."""
    by_angle: Bools
    """Which units prefer, of equal targets, the one they have to turn least for; shape (units,)."""
    any_by_angle: bool
    has_min_reach: bool
    """Of these flags those hold that were true of anybody when the tables were worked out, now perhaps dead."""
    life_mends: bool
    shields_mend: bool
    energy_mends: bool
    timed_lives: bool
    everyone: Ints
    """0, 1, ... units - 1."""

    def kept(self, alive: Bools) -> "TargetingTables":
        """Return the tables without the dead, `alive` of shape (units,): what there is between two units stays."""
        rows, renumber = alive.nonzero()[0], alive.cumsum() - 1
        values: dict[str, Any] = {}
        for name, value in ((column.name, getattr(self, column.name)) for column in fields(self)):
            if name in _ROWS:
                values[name] = renumber[value[alive[value]]]
            elif isinstance(value, np.ndarray):
                values[name] = value[rows[:, None], rows] if value.ndim > 1 else value[rows]
            else:
                values[name] = value
        values["top"] = values["attraction"].max(axis=1, initial=-np.inf)
        values["everyone"] = np.arange(rows.size)
        return TargetingTables(**values)
