"""Who sees whom: what lies in sight, and of that what is cloaked or burrowed only where it is detected.

With fog off everything lies in everybody's sight.
"""

import numpy as np

from llm_pysc2.engine.behaviors import modifiers
from llm_pysc2.engine.behaviors.vision_sources import vision_sources
from llm_pysc2.engine.state import fog
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.unit_columns import Bools, Floats, Ints
from llm_pysc2.engine.units import order_queue


def run(match: Match) -> None:
    """Bring `match.sight` up to date, and let units lose targets that went out of sight."""
    concealed = targeting_of(match).cloaked
    if match.fogs:
        fog.watch(match, vision_sources(match))
    elif not concealed.size:
        match.sight = None
        return
    match.sight = _sight(match, concealed)
    units = match.units
    seen = match.sight[units.owner, units.target]
    for row in np.flatnonzero((units.target >= 0) & ~seen & ~units.heals).tolist():
        if not knows(match, int(units.owner[row]), int(units.target[row])):
            order_queue.lose_target(match, row)


def can_see(match: Match, player_id: int, row: int) -> bool:
    """Return whether a player can see a unit now."""
    return match.units.aboard[row] < 0 and (match.sight is None or bool(match.sight[player_id, row]))


def knows(match: Match, player_id: int, row: int) -> bool:
    """Return whether a player can aim at a unit: it sees it, or remembers that it stands there."""
    remembered = player_id in match.fogs and int(match.units.tag[row]) in match.fogs[player_id].memory
    return remembered or can_see(match, player_id, row)


def seen_by(match: Match, player_id: int) -> Bools:
    """Return which units a player sees now, shape (units,)."""
    on_map = match.units.aboard < 0
    return on_map if match.sight is None else match.sight[player_id] & on_map


def reaching(match: Match, player_id: int, reach: Floats) -> Ints:
    """Return the rows of a player's finished units whose types have a reach (cells, by type row), such as detectors."""
    units = match.units
    has = reach[units.row] > 0
    if not np.count_nonzero(has):
        return _NOBODY
    return np.flatnonzero(has & (units.owner == player_id) & (units.build_progress >= 1.0))


_NOBODY = np.zeros(0, dtype=np.intp)


def detected_by(match: Match, player_id: int, rows: Ints) -> Bools:
    """Return which of some units (rows) a player's detectors and scans reach, of the same shape."""
    units = match.units
    detectors = reaching(match, player_id, match.types.detector_cells)
    if match.spells.held:
        detectors = np.array([row for row in detectors if not modifiers.is_blind(match, int(units.tag[row]))], np.intp)
    x, y, reach = units.x[detectors], units.y[detectors], match.types.detector_cells[units.row[detectors]]
    scans = [one for one in vision_sources(match) if one.detects and one.owner == player_id]
    if scans:
        more = np.array([(one.x, one.y, one.radius_cells) for one in scans]).T
        x, y, reach = (np.append(own, seen) for own, seen in zip((x, y, reach), more, strict=True))
    away = np.hypot(units.x[rows, None] - x, units.y[rows, None] - y)
    return np.asarray((away - units.radius[rows, None] <= reach).any(axis=1))


def _sight(match: Match, concealed: Ints) -> Bools:
    """Return what each player sees, shape (highest player id + 1, units)."""
    units = match.units
    sight = np.zeros((max(match.players) + 1, len(units)), dtype=np.bool_)
    for player_id in match.players:
        seen = fog.in_sight(match, player_id)
        if concealed.size:
            seen[concealed] &= detected_by(match, player_id, concealed) | (units.owner[concealed] == player_id)
        sight[player_id] = seen
    return sight
