"""What the game itself draws: its feature layers as a sheet with a title over each, and RGB as it comes."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from llm_pysc2.chat import Image
from llm_pysc2.dialogue.pictures.canvas import GROUND, INK, Canvas, to_png
from llm_pysc2.dialogue.pictures.ground import COLOURS, Pixels
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.dialogue.words import format_point
from llm_pysc2.world.view import Alliance, CameraView, RasterView

_TILE_PX = 128
_TITLE_PX = 18
_GAP_PX = 26
"""Between tiles, since a title may be wider than its layer."""
_COLUMNS = 5
_RGB_BITS = 24
_KINDS = frozenset(
    {"unit_type", "player_id", "visibility_map", "effects", "buffs", "alerts", "selected", "creep", "camera"}
)
"""Layers whose values are names, not amounts: each value has a colour of its own."""
_SIDES = {1: Alliance.SELF, 2: Alliance.ALLY, 3: Alliance.NEUTRAL, 4: Alliance.ENEMY}
"""Values of the layer player_relative."""
_RAMP = ((18, 14, 40), (92, 32, 110), (196, 70, 80), (246, 160, 60), (252, 244, 170))
"""Colours of amounts from the least to the most."""
_NAME_COLOURS = 4096


def draw_layers(situation: Situation) -> tuple[Image, ...]:
    """Return a sheet of the layers of the screen and one of those of the minimap."""
    camera = situation.view.camera
    if camera is None:
        return ()
    place = f"the game's camera at {format_point(camera.centre)}"
    sheets = ((f"Feature layers of {place}", camera.screen), ("Feature layers of the minimap", camera.minimap))
    return tuple(_draw_sheet(title, layers) for title, rasters in sheets if (layers := _layers(rasters)))


def _layers(rasters: Sequence[RasterView]) -> list[RasterView]:
    return [raster for raster in rasters if raster.bits_per_pixel != _RGB_BITS]


def _draw_sheet(title: str, layers: Sequence[RasterView]) -> Image:
    """Return the layers in which there is something to see; the caption names the others with their one value."""
    values = {layer.name: _values(layer) for layer in layers}
    plain = [f"{name} {grid.flat[0]}" for name, grid in values.items() if grid.min() == grid.max()]
    drawn = {name: grid for name, grid in values.items() if grid.min() != grid.max()}
    columns = max(1, min(_COLUMNS, len(drawn)))
    rows = max(1, -(-len(drawn) // columns))
    size = (columns * (_TILE_PX + _GAP_PX), rows * (_TILE_PX + _TITLE_PX) + _GAP_PX // 2)
    canvas = Canvas(PillowImage.new("RGB", size, GROUND))
    for number, (name, grid) in enumerate(drawn.items()):
        left = _GAP_PX // 2 + number % columns * (_TILE_PX + _GAP_PX)
        top = number // columns * (_TILE_PX + _TITLE_PX)
        tile = PillowImage.fromarray(_colours(name, grid))
        canvas.image.paste(tile.resize(_tile_size(tile), PillowImage.Resampling.NEAREST), (left, top + _TITLE_PX))
        canvas.text(f"{name} {grid.min()}-{grid.max()}", INK, (left + _TILE_PX / 2, top + _TITLE_PX / 2))
    rest = f"; the same everywhere: {', '.join(plain)}" if plain else ""
    return Image(canvas.png(), f"{title}, each with its least and greatest value{rest}.")


def _tile_size(tile: PillowImage.Image) -> tuple[int, int]:
    scale = _TILE_PX / max(tile.size)
    return max(1, round(tile.width * scale)), max(1, round(tile.height * scale))


def _values(layer: RasterView) -> NDArray[np.int32]:
    """Return the values of a layer as int32 of shape (height, width), row 0 at the top."""
    width, height = layer.size_px
    if layer.bits_per_pixel == 1:
        flat = np.unpackbits(np.frombuffer(layer.data, np.uint8), count=width * height)
    else:
        flat = np.frombuffer(layer.data, "<u1" if layer.bits_per_pixel == 8 else "<i4")
    return flat.astype(np.int32).reshape(height, width)


def _colours(name: str, grid: NDArray[np.int32]) -> Pixels:
    """Return a layer in colours as uint8 of shape (height, width, 3)."""
    if name == "player_relative":
        sides = np.zeros((max(_SIDES) + 1, 3), dtype=np.uint8)
        for value, alliance in _SIDES.items():
            sides[value] = COLOURS[alliance]
        of_sides: Pixels = sides[grid.clip(0, max(_SIDES))]
        return of_sides
    if name in _KINDS:
        return _colours_of_names()[grid % _NAME_COLOURS]
    least, most = int(grid.min()), int(grid.max())
    shade = (grid - least) * (len(_RAMP) - 1) / max(1, most - least)
    ramp = np.array(_RAMP, dtype=np.float64)
    channels = [np.interp(shade, range(len(_RAMP)), ramp[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


@cache
def _colours_of_names() -> Pixels:
    """Return a colour for each value as uint8 of shape (_NAME_COLOURS, 3), far from its neighbours'; 0 is black."""
    numbers = np.arange(_NAME_COLOURS, dtype=np.int64)
    colours = np.stack([90 + numbers * factor % 160 for factor in (97, 57, 131)], axis=-1).astype(np.uint8)
    colours[0] = 0
    return colours


def draw_rgb(situation: Situation) -> tuple[Image, ...]:
    """Return the screen as a person would see it, and the minimap."""
    camera = situation.view.camera
    return tuple(_draw_rgb(camera)) if camera else ()


def _draw_rgb(camera: CameraView) -> Iterator[Image]:
    captions = (f"What the game's camera sees at {format_point(camera.centre)}.", "The game's minimap.")
    for rasters, caption in zip((camera.screen, camera.minimap), captions, strict=True):
        for raster in rasters:
            if raster.bits_per_pixel == _RGB_BITS:
                image = PillowImage.frombytes("RGB", raster.size_px, raster.data)
                yield Image(to_png(image), caption)
