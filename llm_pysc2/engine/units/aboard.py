"""Who is aboard of what, and which carriers share their passengers."""

import numpy as np

from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Units
from llm_pysc2.engine.state.unit_types import TypeTable

NETWORK = frozenset({"NydusNetwork", "NydusCanal"})
"""Carriers of a player that share their passengers."""


def passengers_of(match: Match, row: int) -> list[int]:
    """Return the rows of the units aboard a carrier (row), in the order in which they got in."""
    return aboard_of(match.units, match.types, row)


def aboard_of(units: Units, types: TypeTable, row: int) -> list[int]:
    """Return the same as `passengers_of`, for whoever has the units and not the game."""
    aboard = np.flatnonzero(units.aboard >= 0)
    if aboard.size:
        aboard = aboard[np.isin(units.aboard[aboard], carriers_sharing(units, types, row))]
    return [int(one) for one in aboard[np.argsort(units.boarded[aboard], kind="stable")]]


def carriers_sharing(units: Units, types: TypeTable, row: int) -> list[int]:
    """Return the carriers whose passengers a carrier (row) can let out."""
    rows = units.row.tolist()
    if types.types[rows[row]].name not in NETWORK:
        return [row]
    same = np.flatnonzero(units.owner == units.owner[row]).tolist()
    return [other for other in same if types.types[rows[other]].name in NETWORK]
