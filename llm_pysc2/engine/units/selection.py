"""What a player has selected, and its control groups, as rows of units that are alive now.

A selection holds own units, or one unit of somebody else. It is shown with the leading types first: by the catalog's
subgroup priority, then by type, then in order of creation.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Bools

MOST_GROUPS = 10


def selected(match: Match, player_id: int) -> list[int]:
    """Return the rows of the units that a player has selected, leaders first."""
    return in_order(match, player_id, match.players[player_id].hand.selection)


def group(match: Match, player_id: int, number: int) -> list[int]:
    """Return the rows of the living units of a control group, leaders first."""
    return in_order(match, player_id, match.players[player_id].hand.groups.get(number, ()))


def in_order(match: Match, player_id: int, tags: Sequence[int]) -> list[int]:
    """Return the rows of units, leaders first; the dead, passengers, and others' units beside own ones are left out."""
    units = match.units
    rows = [row for row in map(units.row_of, tags) if row >= 0 and units.aboard[row] < 0]
    own = [row for row in rows if units.owner[row] == player_id]
    types = match.types.types

    def place(row: int) -> tuple[int, int, int]:
        kind = types[int(units.row[row])]
        return -kind.subgroup_priority, kind.id, row

    return sorted(set(own), key=place) if own else rows[:1]


def select(match: Match, player_id: int, rows: Iterable[int], *, add: bool = False) -> bool:
    """Select units (rows), alone or beside those selected. Returns whether there was anything to select."""
    units, hand = match.units, match.players[player_id].hand
    found = [row for row in rows if selectable(match)[row]]
    if not found:
        return False
    before = selected(match, player_id) if add else []
    tags = units.tag[in_order(match, player_id, units.tag[[*before, *found]].tolist())]
    hand.selection = tuple(tags.tolist())
    return True


def deselect(match: Match, player_id: int, rows: Iterable[int]) -> None:
    """Take units (rows) out of the selection."""
    hand = match.players[player_id].hand
    dropped = set(match.units.tag[list(rows)].tolist())
    hand.selection = tuple(tag for tag in hand.selection if tag not in dropped)


def selectable(match: Match) -> Bools:
    """Return which units can be selected at all, shape (units,)."""
    return np.asarray(match.types.selectable[match.units.row] & (match.units.aboard < 0))
