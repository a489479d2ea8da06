"""Frames: which part of the world an image of the API shows, and the way from its pixels to cells and back."""

from dataclasses import dataclass
from math import floor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from llm_pysc2.engine.maps.terrain import Terrain

Measure = TypeVar("Measure", float, NDArray[np.float64])

DEFAULT_CAMERA_WIDTH_CELLS = 24.0
"""What the camera shows where the client did not say; PySC2's default too."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the world an image shows; row 0 is its upper edge."""

    left: float
    top: float
    """The upper left corner, cells."""
    cells_per_px: float
    width_px: int
    height_px: int

    def pixel_centres(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return x by column, shape (width,), and y by row, shape (height,), in cells."""
        x = self.left + (np.arange(self.width_px) + 0.5) * self.cells_per_px
        y = self.top - (np.arange(self.height_px) + 0.5) * self.cells_per_px
        return x, y

    def world_to_px(self, x: Measure, y: Measure) -> tuple[Measure, Measure]:
        """Return column and row of points in cells, not rounded."""
        return (x - self.left) / self.cells_per_px, (self.top - y) / self.cells_per_px

    def px_to_world(self, column: float, row: float) -> tuple[float, float]:
        """Return the point in cells at the middle of a pixel."""
        return self.left + (column + 0.5) * self.cells_per_px, self.top - (row + 0.5) * self.cells_per_px

    def contains_px(self, column: int, row: int) -> bool:
        """Return whether the image has such a pixel."""
        return 0 <= column < self.width_px and 0 <= row < self.height_px

    def nearest_px(self, x: float, y: float) -> tuple[int, int]:
        """Return column and row of the pixel in which a point in cells lies, the nearest one for points outside."""
        column, row = (floor(place) for place in self.world_to_px(x, y))
        return min(max(column, 0), self.width_px - 1), min(max(row, 0), self.height_px - 1)


def camera_setup(options: Any, space: str) -> Any:
    """Return the `SpatialCameraSetup` of an `InterfaceOptions` for "feature_layer" or "render".

    Pictures in colour show what the feature layers show: where their setup does not say how wide the camera is and
    whether the minimap is cropped, that of the layers does.
    """
    setup = getattr(options, space)
    if space == "render" and options.HasField("feature_layer"):
        chosen = type(setup)()
        for name in ("width", "crop_to_playable_area"):
            setattr(chosen, name, getattr(options.feature_layer, name))
        chosen.MergeFrom(setup)
        return chosen
    return setup


def screen_size_cells(options: Any) -> tuple[float, float]:
    """Return width and height in cells of what the screen of an `InterfaceOptions` shows."""
    space = "feature_layer" if options.HasField("feature_layer") else "render"
    setup = camera_setup(options, space)
    width = setup.width or DEFAULT_CAMERA_WIDTH_CELLS
    return width, width * setup.resolution.y / setup.resolution.x if setup.resolution.x else width


def screen_frame(setup: Any, camera: tuple[float, float]) -> Frame:
    """Return the part of the world that a `SpatialCameraSetup` shows around a camera in cells."""
    columns, rows = setup.resolution.x, setup.resolution.y
    cells_per_px = (setup.width or DEFAULT_CAMERA_WIDTH_CELLS) / columns
    left = camera[0] - columns * cells_per_px / 2
    return Frame(left, camera[1] + rows * cells_per_px / 2, cells_per_px, columns, rows)


def minimap_frame(setup: Any, terrain: Terrain, playable: tuple[int, int, int, int]) -> Frame:
    """Return what the minimap of a `SpatialCameraSetup` shows of the world: the whole map, or what is played on."""
    left, bottom, right, top = playable if setup.crop_to_playable_area else (0, 0, terrain.width, terrain.height)
    columns, rows = setup.minimap_resolution.x, setup.minimap_resolution.y
    cells_per_px = max((right - left) / columns, (top - bottom) / rows)
    return Frame(left, top, cells_per_px, columns, rows)


def camera_window(camera: Frame, minimap: Frame) -> tuple[int, int, int, int]:
    """Return where a screen lies on a minimap: first column and row, and the first ones after it; may lie outside."""
    left, top = (floor(edge) for edge in minimap.world_to_px(camera.left, camera.top))
    columns = floor(camera.width_px * camera.cells_per_px / minimap.cells_per_px)
    rows = floor(camera.height_px * camera.cells_per_px / minimap.cells_per_px)
    return left, top, left + columns, top + rows
