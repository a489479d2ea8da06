"""Where units lie in an image: each a disc around its place, all of them drawn at once as arrays.

A disc covers the pixels whose middle lies in it, and at least the pixel of its own middle.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from llm_pysc2.engine.observe.frames import Frame
from llm_pysc2.engine.state.unit_columns import Bools, Floats, Ints

SUBPIXELS = 4
"""To each side, for anti-aliased density: 16 in all."""
_OFFSETS = (np.arange(SUBPIXELS) + 0.5) / SUBPIXELS - 0.5


@dataclass(frozen=True, slots=True)
class UnitMasks:
    """What discs cover of an image; pixels as indices into the flat image, row by row."""

    covered: Ints
    """Pixels that a disc covers, ascending."""
    top: Ints
    """For each of them the disc on top."""
    density: Ints
    """Discs at each pixel of the image, flat."""
    touched: Ints
    """For each pixel that a disc may touch, and each disc apart: the pixel."""
    share: Ints
    """For each of those: how much of the pixel the disc covers, in sixteenths."""

    def density_aa(self) -> Ints:
        """Return the density anti-aliased: 16 for each disc that covers a whole pixel, flat, at most 255."""
        sums = np.bincount(self.touched, weights=self.share, minlength=len(self.density))
        return np.minimum(sums, 255).astype(np.int64)


def stamp(frame: Frame, x: Floats, y: Floats, radius: Floats) -> UnitMasks:
    """Draw discs in their order, the later ones on top; middles and radii in cells, shape (discs,)."""
    column, line = frame.world_to_px(x, y)
    reach = radius / frame.cells_per_px
    left, columns = _span(column, reach, frame.width_px)
    upper, rows = _span(line, reach, frame.height_px)
    disc = np.repeat(np.arange(len(x)), columns * rows)
    nth = np.arange(len(disc)) - np.repeat(np.cumsum(columns * rows) - columns * rows, columns * rows)
    down, right = np.divmod(nth, columns[disc])
    px, py = left[disc] + right, upper[disc] + down
    away_x, away_y = px + 0.5 - column[disc], py + 0.5 - line[disc]
    limit = (reach * reach)[disc]
    full = (away_x * away_x + away_y * away_y <= limit) | (
        (px == np.floor(column)[disc]) & (py == np.floor(line)[disc])
    )
    pixel = py * frame.width_px + px
    size = frame.width_px * frame.height_px
    highest = np.full(size, -1, dtype=np.int64)
    highest[pixel[full]] = disc[full]
    covered = (highest >= 0).nonzero()[0]
    density = np.bincount(pixel[full], minlength=size)
    return UnitMasks(covered, highest[covered], density, pixel, _sixteenths(away_x, away_y, limit))


def _span(middle: Floats, reach: Floats, end: int) -> tuple[Ints, Ints]:
    """Return the first pixel along an axis that each disc may touch, and how many there are, within the image."""
    first = np.maximum(np.floor(middle - reach), 0)
    last = np.minimum(np.floor(middle + reach), end - 1)
    return first.astype(np.int64), np.maximum(last - first + 1, 0).astype(np.int64)


def _sixteenths(away_x: Floats, away_y: Floats, limit: Floats) -> Ints:
    """Return how many sixteenths of pixels lie within discs, by the way from the disc's middle to the pixel's."""
    far_x, far_y = np.abs(away_x), np.abs(away_y)
    inside = (far_x + 0.5) ** 2 + (far_y + 0.5) ** 2 <= limit
    near_x, near_y = np.maximum(far_x - 0.5, 0), np.maximum(far_y - 0.5, 0)
    edge = (~inside & (near_x * near_x + near_y * near_y <= limit)).nonzero()[0]
    share = np.where(inside, SUBPIXELS * SUBPIXELS, 0)
    fine_x = (away_x[edge, None] + _OFFSETS) ** 2
    fine_y = (away_y[edge, None] + _OFFSETS) ** 2
    within: Bools = fine_y[:, :, None] + fine_x[:, None, :] <= limit[edge, None, None]
    share[edge] = within.sum(axis=(1, 2))
    return share


@lru_cache(maxsize=8)
def cell_index(frame: Frame, width: int, height: int) -> Ints:
    """Return for each pixel the cell under its middle, as an index into the flat map; beyond the map, the one after."""
    x, y = frame.pixel_centres()
    columns, rows = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    inside = ((rows >= 0) & (rows < height))[:, None] & (columns >= 0) & (columns < width)
    index = np.where(inside, rows[:, None] * width + columns, width * height).ravel()
    index.setflags(write=False)
    return index
