"""What a player sees: fog, cloaking, the screen. Computed when asked for; what units shoot at is none of its business.

A cell is seen if it lies within the sight of an own unit and, for ground units, no cliff level above it. Cells seen
once stay explored. Maps without fog show everything.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from s2clientprotocol import raw_pb2 as raw

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.units import Sight
from llm_pysc2.engine.state import Bools, Ints, Units

HIDDEN, FOGGED, VISIBLE = 0, 1, 2
"""Values of the API's visibility map; 3, fully hidden, is not used: our maps have no mask."""
UNDER_CONSTRUCTION_SIGHT_CELLS = 4.0

VisibilityGrid = NDArray[np.uint8]


class Watch:
    """What one player has explored, and sees now."""

    def __init__(self, game: Game, player_id: int) -> None:
        terrain, types = game.terrain, game.types
        self._game = game
        self._player_id = player_id
        self._terrain = terrain
        self._fog = game.match.fog
        self._sight_cells = np.array([unit_type.sight_cells for unit_type in types.types])
        self._explored: Bools = np.zeros(terrain.pathable.shape, dtype=np.bool_)
        self._everything = np.full(terrain.pathable.shape, VISIBLE, dtype=np.uint8)
        self._lasting = np.array([unit_type.fog_visibility == "Snapshot" for unit_type in types.types])
        self._known: set[int] = set()
        """Tags of what was seen and stays on the map as a snapshot."""

    def visibility(self, units: Units, reveal: bool) -> VisibilityGrid:
        """Return the visibility map of shape (height, width), row 0 = y 0: 0 hidden, 1 fogged, 2 visible."""
        if reveal or not self._fog:
            return self._everything
        seen = self._seen_cells(units)
        self._explored |= seen
        return np.where(seen, VISIBLE, np.where(self._explored, FOGGED, HIDDEN)).astype(np.uint8)

    def sight(self, units: Units, visibility: VisibilityGrid, show_cloaked: bool) -> Sight:
        """Return how each unit is seen; screen and selection are left empty."""
        own = units.owner == self._player_id
        display = np.full(len(units), raw.Visible, dtype=np.int64)
        if visibility is not self._everything:
            seen = own | self._in_sight(units, visibility)
            display[~seen] = 0
            self._remember(units, seen, display)
        cloak = np.full(len(units), raw.NotCloaked, dtype=np.int64)
        concealed = units.cloaked | units.burrowed
        if concealed.any():
            cloak = self._cloak(units, own, concealed)
            undetected = (cloak == raw.Cloaked) & (display == raw.Visible)
            display[undetected] = raw.Hidden if show_cloaked else 0
        cloak[display == raw.Snapshot] = raw.CloakedUnknown
        display[units.aboard >= 0] = 0
        nothing = np.zeros(len(units), dtype=np.bool_)
        return Sight(display, cloak, nothing, nothing)

    @staticmethod
    def _in_sight(units: Units, visibility: VisibilityGrid) -> Bools:
        height, width = visibility.shape
        columns = np.clip(units.x.astype(np.intp), 0, width - 1)
        rows = np.clip(units.y.astype(np.intp), 0, height - 1)
        in_sight: Bools = visibility[rows, columns] == VISIBLE
        return in_sight

    def _remember(self, units: Units, seen: Bools, display: Ints) -> None:
        """Show what stays on the map once seen, such as structures, and all neutral units, as snapshots in the fog."""
        lasting = self._lasting[units.row]
        self._known.update(units.tag[seen & lasting].tolist())
        known = np.isin(units.tag, list(self._known)) | (units.owner == 0)
        display[~seen & lasting & known] = raw.Snapshot

    def _cloak(self, units: Units, own: Bools, concealed: Bools) -> Ints:
        """Return the `CloakState` of each unit."""
        cloak = np.full(len(units), raw.NotCloaked, dtype=np.int64)
        cloak[concealed & own] = raw.CloakedAllied
        for row in np.flatnonzero(concealed & ~own):
            cloak[row] = raw.CloakedDetected if self._game.can_see(self._player_id, int(row)) else raw.Cloaked
        return cloak

    def _seen_cells(self, units: Units) -> Bools:
        seen = np.zeros(self._explored.shape, dtype=np.bool_)
        level = self._terrain.cliff_level
        for row in np.flatnonzero(units.owner == self._player_id):
            x, y = int(units.x[row]), int(units.y[row])
            reach = float(self._sight_cells[units.row[row]])
            if units.build_progress[row] < 1.0:
                reach = min(reach, UNDER_CONSTRUCTION_SIGHT_CELLS)
            disc = _disc(reach)
            half = disc.shape[0] // 2
            bottom, left = max(y - half, 0), max(x - half, 0)
            window = seen[bottom : y + half + 1, left : x + half + 1]
            if not window.size:
                continue
            stamp = disc[bottom - y + half :, left - x + half :][: window.shape[0], : window.shape[1]]
            if units.flying[row]:
                window |= stamp
            else:
                eye = level[min(max(y, 0), level.shape[0] - 1), min(max(x, 0), level.shape[1] - 1)]
                window |= stamp & (level[bottom : y + half + 1, left : x + half + 1] <= eye)
        return seen


@lru_cache(maxsize=64)
def _disc(radius_cells: float) -> Bools:
    """Return the cells around a unit that lie within a radius: shape (2 n + 1, 2 n + 1), read-only."""
    half = int(radius_cells)
    offsets = np.arange(-half, half + 1)
    disc = offsets[:, None] ** 2 + offsets[None, :] ** 2 <= radius_cells**2
    disc.setflags(write=False)
    return disc
