"""The ground of a picture: terrain with relief, creep on it, and the dark of what is out of sight."""

from functools import lru_cache
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from llm_pysc2.engine.maps.terrain import Terrain, byte_to_z
from llm_pysc2.engine.observe.frames import Frame
from llm_pysc2.engine.observe.rgb.look import load_look
from llm_pysc2.engine.observe.sight import FOGGED, HIDDEN, View, known_creep
from llm_pysc2.engine.state.unit_columns import Bools, Floats

FINE_PX = 8
"""Pixels to a cell of the picture of a whole map from which frames are cut."""
_HIGHEST_LEVEL = 4
"""Of the cliff levels that maps have; those above look alike."""

Picture = Image.Image


def ground_picture(terrain: Terrain, frame: Frame) -> Picture:
    """Return the terrain in a frame as a picture; beyond the map there is nothing."""
    return cut(_map_picture(terrain), frame, terrain.height)


def creep_mask(frame: Frame, creep: Bools | None, view: View) -> Picture | None:
    """Return how much of each pixel the creep covers that the player knows of, as grey 0 to 255; None = none."""
    known = known_creep(creep, view.visibility)
    if creep is None or not known.any():
        return None
    soft = cut(_grey(known * 255.0), frame, len(known))
    return soft.point(lambda value: min(max((value - 96) * 4, 0), 255))


def brightness(frame: Frame, view: View) -> Picture | None:
    """Return how bright each pixel is, by what the player sees, as grey 0 to 255; None = all of it in full light."""
    if view.visibility.min() > FOGGED:
        return None
    shares = np.where(view.visibility == HIDDEN, 0.0, np.where(view.visibility == FOGGED, _fogged(), 1.0))
    return cut(_grey(shares * 255), frame, len(shares))


def cut(picture: Picture, frame: Frame, height_cells: int) -> Picture:
    """Return what a frame shows of a picture of the whole map, north at the top; black beyond the map."""
    fine = picture.height / height_cells
    width_cells = picture.width / fine
    first, end = _pixels_inside(frame.left, frame.cells_per_px, frame.width_px, width_cells)
    upper, lower = _pixels_inside(height_cells - frame.top, frame.cells_per_px, frame.height_px, height_cells)
    shown = Image.new(picture.mode, (frame.width_px, frame.height_px))
    if first < end and upper < lower:
        columns = [(frame.left + edge * frame.cells_per_px) * fine for edge in (first, end)]
        rows = [(height_cells - frame.top + edge * frame.cells_per_px) * fine for edge in (upper, lower)]
        box = (max(columns[0], 0.0), max(rows[0], 0.0), min(columns[1], picture.width), min(rows[1], picture.height))
        size = end - first, lower - upper
        shown.paste(picture.resize(size, Image.Resampling.BICUBIC, box=box), (first, upper))
    return shown


def _pixels_inside(start_cells: float, cells_per_px: float, count_px: int, end_cells: float) -> tuple[int, int]:
    """Return the first pixel along an axis that lies within the map, and the first after those."""
    first = ceil(-start_cells / cells_per_px - 1e-6)
    end = floor((end_cells - start_cells) / cells_per_px + 1e-6)
    return max(first, 0), min(end, count_px)


@lru_cache(maxsize=4)
def _map_picture(terrain: Terrain) -> Picture:
    """Return a picture of a whole map, FINE_PX to a cell, north at the top."""
    look, level = load_look().ground, np.clip(terrain.cliff_level, 0, _HIGHEST_LEVEL)
    size = terrain.width * FINE_PX, terrain.height * FINE_PX
    heights = _enlarged(byte_to_z(terrain.height_byte), size)
    share = _enlarged(np.maximum(level - 1, 0) / (_HIGHEST_LEVEL - 1), size)[..., None]
    colours = np.array(look["low"]) * (1 - share) + np.array(look["high"]) * share
    for wanted, name in ((terrain.pathable, "blocked"), (level > 0, "void")):
        inside = np.clip((_enlarged(wanted.astype(np.float64), size) - 0.5) * 4 + 0.5, 0, 1)[..., None]
        colours = np.array(look[name]) * (1 - inside) + colours * inside
    lit = 1 + look["relief"] * _relief(heights) + look["grain"] * _grain(size)
    return Image.fromarray(np.clip(colours * lit[..., None], 0, 255).astype(np.uint8))


def _relief(heights: Floats) -> Floats:
    """Return how light slopes are, light from the upper left, -1 to 1, of the shape of the heights."""
    down, right = np.gradient(heights, 1 / FINE_PX)
    return np.asarray(np.tanh((right + down) * 0.8))


def _grain(size: tuple[int, int]) -> Floats:
    """Return the texture of the ground, the same for every map of a size, shape (height, width)."""
    rng = np.random.default_rng(0)
    columns, rows = size
    coarse = _enlarged(rng.standard_normal((rows // FINE_PX, columns // FINE_PX)), size)
    return coarse + 0.5 * rng.standard_normal((rows, columns))


def _enlarged(grid: NDArray[Any], size: tuple[int, int]) -> Floats:
    """Return a grid over cells, row 0 = y 0, as floats of a picture's size, north at the top."""
    small = Image.fromarray(np.ascontiguousarray(grid[::-1], dtype=np.float32))
    return np.asarray(small.resize(size, Image.Resampling.BILINEAR), dtype=np.float64)


def _grey(grid: NDArray[Any]) -> Picture:
    """Return values 0 to 255 over cells, row 0 = y 0, as a grey picture, north at the top."""
    return Image.fromarray(np.ascontiguousarray(grid[::-1]).astype(np.uint8))


def _fogged() -> float:
    return float(load_look().ground["fogged"])
