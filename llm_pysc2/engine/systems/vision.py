"""Who sees whom. With fog off everybody sees everything but cloaked and burrowed units that nobody detects."""

import numpy as np

from llm_pysc2.engine.census import census_of
from llm_pysc2.engine.match import Match
from llm_pysc2.engine.systems import orders


def run(match: Match) -> None:
    """Bring `match.sight` up to date, and let units lose targets that went out of sight."""
    if not census_of(match).cloaked.size:
        match.sight = None
        return
    match.sight = _sight(match)
    units = match.units
    seen = match.sight[units.owner, units.target]
    for row in np.flatnonzero((units.target >= 0) & ~seen & ~units.heals).tolist():
        orders.lose_target(match, row)


def can_see(match: Match, player_id: int, row: int) -> bool:
    """Return whether a player can see and target a unit."""
    return match.units.aboard[row] < 0 and (match.sight is None or bool(match.sight[player_id, row]))


def _sight(match: Match) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return what each player sees, shape (highest player id + 1, units)."""
    units = match.units
    census = census_of(match)
    sight = np.ones((max(match.players) + 1, len(units)), dtype=np.bool_)
    types = match.types.types
    detects = np.array([types[row].detector_cells for row in units.row.tolist()])
    away = np.sqrt(match.distances().square[census.cloaked]) - units.radius[census.cloaked, None]
    for index, row in enumerate(census.cloaked.tolist()):
        watchers = units.owner[(detects > 0) & (away[index] <= detects)]
        sight[:, row] = False
        sight[watchers, row] = True
        sight[units.owner[row], row] = True
    return sight
