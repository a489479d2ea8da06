"""What lies under a pixel: places and units of the world, as the player sees them.

The unit under a pixel is the one that the feature layers show there: those in the air lie on top, of the others those
that came last.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.frames import Frame, minimap_frame, screen_frame
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.engine.units.selection import selectable

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pointer:
    """One player's pixels on the screen and the minimap."""

    game: Game
    player_id: int
    setup: Any
    """`SpatialCameraSetup` of the client."""

    @property
    def screen(self) -> Frame:
        """What the screen shows now."""
        return screen_frame(self.setup, self.game.players[self.player_id].camera)

    @property
    def minimap(self) -> Frame:
        """What the minimap shows."""
        return minimap_frame(self.setup, self.game.terrain, self.game.map.playable)

    def screen_point(self, pixel: Any) -> Point | None:
        """Return the point in cells under a pixel of the screen, None beyond its edge."""
        return self._point(self.screen, pixel)

    def minimap_point(self, pixel: Any) -> Point | None:
        """Return the point in cells under a pixel of the minimap, None beyond its edge."""
        return self._point(self.minimap, pixel)

    def target_at(self, pixel: Any) -> int:
        """Return the row of the unit on top at a pixel that can be aimed at, -1 if there is none."""
        return self._on_top(pixel, self.game.seen_by(self.player_id) & self.game.types.targetable[self.game.units.row])

    def unit_at(self, pixel: Any) -> int:
        """Return the row of the unit on top at a pixel that can be selected, -1 if there is none."""
        return self._on_top(pixel, self._pickable())

    def _on_top(self, pixel: Any, of: Bools) -> int:
        units, frame = self.game.units, self.screen
        x, y = frame.px_to_world(pixel.x, pixel.y)
        under = np.hypot(units.x - x, units.y - y) <= units.radius
        column, line = np.floor(frame.world_to_px(units.x, units.y))
        under |= (column == pixel.x) & (line == pixel.y)
        rows = np.flatnonzero(under & of)
        return max(rows.tolist(), key=lambda row: (bool(units.flying[row]), row), default=-1)

    def units_within(self, corner: Any, other: Any) -> list[int]:
        """Return the rows of the units that a rectangle between two pixels of the screen touches."""
        frame, units = self.screen, self.game.units
        half = frame.cells_per_px / 2
        left, top = frame.px_to_world(min(corner.x, other.x), min(corner.y, other.y))
        right, bottom = frame.px_to_world(max(corner.x, other.x), max(corner.y, other.y))
        away_x = units.x - np.clip(units.x, left - half, right + half)
        away_y = units.y - np.clip(units.y, bottom - half, top + half)
        rows: list[int] = np.flatnonzero((np.hypot(away_x, away_y) <= units.radius) & self._pickable()).tolist()
        return rows

    def units_on_screen(self) -> list[int]:
        """Return the rows of all units on the screen."""
        frame, units = self.screen, self.game.units
        column, line = frame.world_to_px(units.x, units.y)
        inside = (column >= 0) & (column < frame.width_px) & (line >= 0) & (line < frame.height_px)
        rows: list[int] = np.flatnonzero(inside & self._pickable()).tolist()
        return rows

    def _pickable(self) -> Bools:
        return self.game.seen_by(self.player_id) & selectable(self.game.match)

    @staticmethod
    def _point(frame: Frame, pixel: Any) -> Point | None:
        return frame.px_to_world(pixel.x, pixel.y) if frame.contains_px(pixel.x, pixel.y) else None
