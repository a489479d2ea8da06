"""`feature_layer_data`: the screen around the camera and the minimap, as one image per feature.

Row 0 of an image is its upper edge. A unit is a disc of its radius; of several the one that came last is on top, and
those in the air are above those on the ground. Images hold 1, 8 or 32 bits a pixel, as recorded games have them.
"""

from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from s2clientprotocol import common_pb2, spatial_pb2
from s2clientprotocol import raw_pb2 as raw

from llm_pysc2.engine.observe.frames import Frame
from llm_pysc2.engine.observe.sight import View
from llm_pysc2.engine.observe.units import NEUTRAL_OWNER
from llm_pysc2.engine.order import OrderKind
from llm_pysc2.engine.state import Bools, Ints
from llm_pysc2.engine.terrain import Terrain, byte_to_z

Image = NDArray[Any]

SCREEN_BITS = {
    **dict.fromkeys(("height_map", "visibility_map", "player_id", "player_relative", "build_progress"), 8),
    **dict.fromkeys(("unit_density", "unit_density_aa", "effects", "buff_duration"), 8),
    **dict.fromkeys(("unit_hit_points_ratio", "unit_energy_ratio", "unit_shields_ratio"), 8),
    **dict.fromkeys(("unit_type", "unit_hit_points", "unit_energy", "unit_shields", "buffs"), 32),
    **dict.fromkeys(("creep", "power", "selected", "hallucinations", "cloaked", "blip", "active"), 1),
    **dict.fromkeys(("buildable", "pathable", "placeholder"), 1),
}
MINIMAP_BITS = {
    **dict.fromkeys(("height_map", "visibility_map", "player_id", "player_relative", "alerts"), 8),
    "unit_type": 32,
    **dict.fromkeys(("creep", "camera", "selected", "buildable", "pathable"), 1),
}
SELF, NEUTRAL, ENEMY = 1, 3, 4
"""Of `player_relative`."""
HEIGHT_PER_CELL = 21.25
"""Of the height map of the layers, measured on a recorded observation: z = 8 is 170."""
SUBPIXELS = 4
"""To each side, for anti-aliased density: 16 in all."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: the world as one player sees it."""

    view: View
    terrain: Terrain
    player_id: int
    camera: Frame
    """The screen, whose outline the minimap shows."""


class LayerPainter:
    """Draws the layers of one frame from a scene."""

    def __init__(self, scene: Scene, frame: Frame) -> None:
        self._scene = scene
        self._frame = frame
        self._rows, self._columns, self._inside = _cells_of(frame, scene.terrain)
        self._top, self._density, self._density_aa = self._stamp_units()

    def screen(self) -> spatial_pb2.FeatureLayers:
        """Return all layers of the screen."""
        units = self._scene.view.units
        images = {
            **self._ground(),
            **self._owners(),
            "unit_type": self._of_units(units.type_id),
            "selected": self._of_units(self._scene.view.sight.selected),
            "unit_hit_points": self._of_units(np.ceil(units.life)),
            "unit_hit_points_ratio": self._of_units(_ratio(units.life, units.life_max)),
            "unit_energy": self._of_units(units.energy),
            "unit_energy_ratio": self._of_units(_ratio(units.energy, units.energy_max)),
            "unit_shields": self._of_units(units.shield),
            "unit_shields_ratio": self._of_units(_ratio(units.shield, units.shield_max)),
            "unit_density": self._density,
            "unit_density_aa": self._density_aa,
            "hallucinations": self._of_units(self._scene.view.sight.hallucination),
            "cloaked": self._of_units(np.isin(self._scene.view.sight.cloak, _CLOAKED)),
            "active": self._of_units(units.mode != OrderKind.IDLE),
            "build_progress": self._of_units(np.where(units.build_progress < 1, units.build_progress * 255, 0)),
            "buffs": self._of_units(np.array([next(iter(buffs), 0) for buffs in units.buffs], dtype=np.int64)),
        }
        return spatial_pb2.FeatureLayers(**self._encode(images, SCREEN_BITS))

    def minimap(self) -> spatial_pb2.FeatureLayersMinimap:
        """Return all layers of the minimap."""
        images = {
            **self._ground(),
            **self._owners(),
            "unit_type": self._of_units(self._scene.view.units.type_id),
            "selected": self._of_units(self._scene.view.sight.selected),
            "camera": self._camera(),
        }
        return spatial_pb2.FeatureLayersMinimap(**self._encode(images, MINIMAP_BITS))

    def _encode(self, images: dict[str, Image], bits: dict[str, int]) -> dict[str, common_pb2.ImageData]:
        size = common_pb2.Size2DI(x=self._frame.width_px, y=self._frame.height_px)
        nothing = np.zeros((self._frame.height_px, self._frame.width_px), dtype=np.uint8)
        return {
            name: common_pb2.ImageData(bits_per_pixel=depth, size=size, data=_pack(images.get(name, nothing), depth))
            for name, depth in bits.items()
        }

    def _ground(self) -> dict[str, Image]:
        terrain = self._scene.terrain
        heights = np.clip(np.round(byte_to_z(terrain.height_byte) * HEIGHT_PER_CELL), 0, 255)
        return {
            "height_map": self._of_cells(heights),
            "visibility_map": self._of_cells(self._scene.view.visibility),
            "buildable": self._of_cells(terrain.placement),
            "pathable": self._of_cells(terrain.pathable),
        }

    def _owners(self) -> dict[str, Image]:
        owner = self._scene.view.units.owner
        relative = np.where(owner == self._scene.player_id, SELF, np.where(owner == 0, NEUTRAL, ENEMY))
        return {
            "player_id": self._of_units(np.where(owner == 0, NEUTRAL_OWNER, owner)),
            "player_relative": self._of_units(relative),
        }

    def _camera(self) -> Bools:
        """Return the outline of the screen on the minimap."""
        camera, frame = self._scene.camera, self._frame
        right = camera.left + camera.width_px * camera.cells_per_px
        bottom = camera.top - camera.height_px * camera.cells_per_px
        first_column, first_row = (floor(edge) for edge in frame.world_to_px(camera.left, camera.top))
        last_column, last_row = (floor(edge) for edge in frame.world_to_px(right, bottom))
        column, row = np.arange(frame.width_px), np.arange(frame.height_px)[:, None]
        within = (column >= first_column) & (column <= last_column) & (row >= first_row) & (row <= last_row)
        border = (column == first_column) | (column == last_column) | (row == first_row) | (row == last_row)
        outline: Bools = within & border
        return outline

    def _of_cells(self, grid: Image) -> Image:
        """Return a grid over the map's cells as it shows in the frame, 0 beyond the map."""
        return np.where(self._inside, grid[self._rows[:, None], self._columns], 0)

    def _of_units(self, values: Image) -> Image:
        """Return a value of shape (units,) for the unit on top at each pixel, 0 where there is none."""
        return np.append(values, 0)[self._top]

    def _stamp_units(self) -> tuple[Ints, Ints, Ints]:
        """Return the row of the unit on top at each pixel (-1 = none), and the density, plain and anti-aliased."""
        frame, units = self._frame, self._scene.view.units
        top = np.full((frame.height_px, frame.width_px), -1, dtype=np.int64)
        density, smooth = np.zeros_like(top), np.zeros_like(top)
        shown = np.flatnonzero((self._scene.view.sight.display != 0) & (self._scene.view.sight.display != raw.Hidden))
        for row in shown[np.argsort(units.flying[shown], kind="stable")].tolist():
            radius_px = float(units.radius[row]) / frame.cells_per_px
            column, line = frame.world_to_px(float(units.x[row]), float(units.y[row]))
            window = _window(column, line, radius_px, frame)
            if window is None:
                continue
            full, share = _disc(column, line, radius_px, window)
            top[window][full] = row
            density[window] += full
            smooth[window] += share
        return top, density, np.minimum(smooth, 255)


_CLOAKED = (raw.Cloaked, raw.CloakedDetected, raw.CloakedAllied)


def _cells_of(frame: Frame, terrain: Terrain) -> tuple[Ints, Ints, Bools]:
    """Return the map's row for each row of an image, its column for each column, and where the map is at all."""
    x, y = frame.pixel_centres()
    columns, rows = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    inside = ((rows >= 0) & (rows < terrain.height))[:, None] & (columns >= 0) & (columns < terrain.width)
    return np.clip(rows, 0, terrain.height - 1), np.clip(columns, 0, terrain.width - 1), inside


def _window(column: float, line: float, radius_px: float, frame: Frame) -> tuple[slice, slice] | None:
    """Return the rows and columns of an image that a disc may touch, None if it lies outside."""
    first_row, last_row = max(floor(line - radius_px), 0), min(floor(line + radius_px) + 1, frame.height_px)
    first_column, last_column = max(floor(column - radius_px), 0), min(floor(column + radius_px) + 1, frame.width_px)
    if first_row >= last_row or first_column >= last_column:
        return None
    return slice(first_row, last_row), slice(first_column, last_column)


def _disc(column: float, line: float, radius_px: float, window: tuple[slice, slice]) -> tuple[Bools, Ints]:
    """Return which pixels of a window a disc covers, and by how many sixteenths; at least the pixel of its middle."""
    rows = np.arange(window[0].start, window[0].stop)
    columns = np.arange(window[1].start, window[1].stop)
    full = (rows[:, None] + 0.5 - line) ** 2 + (columns + 0.5 - column) ** 2 <= radius_px**2
    full |= (rows[:, None] == floor(line)) & (columns == floor(column))
    offsets = (np.arange(SUBPIXELS) + 0.5) / SUBPIXELS
    fine_y = (rows[:, None] + offsets).ravel() - line
    fine_x = (columns[:, None] + offsets).ravel() - column
    fine = fine_y[:, None] ** 2 + fine_x**2 <= radius_px**2
    share = fine.reshape(len(rows), SUBPIXELS, len(columns), SUBPIXELS).sum(axis=(1, 3))
    return full, share


def _ratio(value: NDArray[np.float64], most: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shares of shape (units,) as 0 to 255."""
    share: NDArray[np.float64] = np.divide(value, most, out=np.zeros_like(value), where=most > 0) * 255
    return share


def _pack(image: Image, bits: int) -> bytes:
    if bits == 1:
        return np.packbits(image.astype(np.bool_)).tobytes()
    return image.astype("<u1" if bits == 8 else "<i4").tobytes()
