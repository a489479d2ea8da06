"""Frames in which points are written; they are those of `world.frames`."""

from llm_pysc2.world.frames import (
    MINIMAP_PX,
    SCREEN_CELLS,
    SCREEN_PX,
    MinimapFrame,
    ScreenFrame,
    centre_of,
    px_middle,
    to_px,
)

__all__ = ["MINIMAP_PX", "SCREEN_CELLS", "SCREEN_PX", "MinimapFrame", "ScreenFrame", "centre_of", "px_middle", "to_px"]
