"""Power fields: what needs one and has none makes nothing and does not fire; units are warped in where one reaches."""

import numpy as np

from llm_pysc2.engine.behaviors import modifiers
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Bools


def run(match: Match) -> None:
    """Work out anew who has power, if somebody was born, died or changed."""
    if not match.power_stale:
        return
    match.power_stale = False
    units = match.units
    needing = match.types.needs_power[units.row]
    if not needing.any():
        return
    unpowered = np.zeros(len(units), dtype=np.bool_)
    for row in needing.nonzero()[0].tolist():
        unpowered[row] = not reaches(match, int(units.owner[row]), (float(units.x[row]), float(units.y[row])))
    changed = (unpowered != units.unpowered).nonzero()[0].tolist()
    units.unpowered = unpowered
    for row in changed:
        modifiers.refresh(match, row)


def reaches(match: Match, player_id: int, point: tuple[float, float]) -> bool:
    """Return whether a power field of a player reaches a point."""
    return bool(_fields_at(match, player_id, point).any())


def is_fast(match: Match, player_id: int, point: tuple[float, float]) -> bool:
    """Return whether units are warped in fast at a point: by a prism, or a pylon near a town hall or warp gate."""
    units, types = match.units, match.types
    fields = _fields_at(match, player_id, point)
    if (fields & (types.fast_power_cells[units.row] > 0)).any():
        return True
    quick = (units.owner == player_id) & (units.build_progress >= 1) & (types.fast_power_cells[units.row] > 0)
    for row in fields.nonzero()[0].tolist():
        away = np.hypot(units.x - units.x[row], units.y - units.y[row])
        if (quick & (away <= types.fast_power_cells[units.row])).any():
            return True
    return False


def _fields_at(match: Match, player_id: int, point: tuple[float, float]) -> Bools:
    """Return which units have a power field that reaches a point, shape (units,)."""
    units = match.units
    reach = match.types.power_cells[units.row]
    away = np.hypot(units.x - point[0], units.y - point[1])
    fields: Bools = (units.owner == player_id) & (units.build_progress >= 1) & (reach > 0) & (away <= reach)
    return fields
