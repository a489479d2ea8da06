"""The ground of a map: heights, where one can walk, cliff levels; and its file format.

A terrain file (`scenarios/maps/terrain/NAME.txt`) can be read and drawn by a person: one character a cell,
north at the top. Knows no units and no game.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from llm_pysc2.errors import PackError
from llm_pysc2.packs import find_file

LEGEND = """\
# ground: one character a cell, north at the top, west at the left
#   .    cliff level 0, nobody walks here     1-9  cliff level, walkable     a-i  cliff level 1-9, not walkable
# height: the game's byte of each cell's lower left corner (z = byte / 255 * 32 - 16); 135x6 = six cells of 135
# both: a line that ends in *n stands for n equal rows
"""

Z_LOWEST = -16.0
Z_SPAN = 32.0
"""Of the byte of the API's terrain_height: z = byte / 255 * 32 - 16."""
FLAT_BYTES = 2
"""Corners of a cell that differ by more are a slope, on which nothing is built; 2 bytes are a quarter of a cell."""

_LEVELS = ".123456789"
_BLOCKED = "abcdefghi"
_REPEATED_ROWS = 8
"""From this many equal rows on, the writer folds them."""
_NONE, _WHOLE = np.array(0.0), np.array(1.0)
"""As arrays: NumPy takes longer for plain numbers."""

ByteGrid: TypeAlias = NDArray[np.uint8]
BoolGrid: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Terrain:
    """Grids of shape (height, width), row 0 = y 0, column 0 = x 0; read-only."""

    name: str
    height_byte: ByteGrid
    """Of the lower left corner of each cell, as the API gives it."""
    pathable: BoolGrid
    """Where ground units walk, structures and resources not counted."""
    cliff_level: NDArray[np.int8]
    """0 = the void around the map."""
    placement: BoolGrid
    """Where structures may stand, as far as the ground is concerned: walkable, level, on one cliff level."""

    @property
    def width(self) -> int:
        """Cells from west to east."""
        return int(self.pathable.shape[1])

    @property
    def height(self) -> int:
        """Cells from south to north."""
        return int(self.pathable.shape[0])

    def z_at(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
        """Return the height of the ground in cells at points, of the shape of x and y; points outside are clipped."""
        height, width = self.height_byte.shape
        xs = np.minimum(np.maximum(np.asarray(x, dtype=np.float64), _NONE), np.array(width - 1.0))
        ys = np.minimum(np.maximum(np.asarray(y, dtype=np.float64), _NONE), np.array(height - 1.0))
        left = np.minimum(xs.astype(np.intp), np.array(max(width - 2, 0)))
        bottom = np.minimum(ys.astype(np.intp), np.array(max(height - 2, 0)))
        east, north = xs - left, ys - bottom
        west, corner = _WHOLE - east, bottom * np.array(width) + left
        right, top = np.array(min(1, width - 1)), np.array(min(1, height - 1) * width)
        bytes_at = self.height_byte.ravel().take
        south_z = bytes_at(corner) * west + bytes_at(corner + right) * east
        corner += top
        north_z = bytes_at(corner) * west + bytes_at(corner + right) * east
        return np.asarray(byte_to_z(south_z * (_WHOLE - north) + north_z * north))


def byte_to_z(height_byte: ArrayLike) -> NDArray[np.float64]:
    """Return heights in cells from the API's terrain bytes, of the same shape.

    >>> float(byte_to_z(255))
    16.0
    """
    return np.asarray(height_byte, dtype=np.float64) / 255.0 * Z_SPAN + Z_LOWEST


def make_terrain(name: str, height_byte: ArrayLike, pathable: ArrayLike, cliff_level: ArrayLike) -> Terrain:
    """Return a terrain of grids of shape (height, width), row 0 = y 0. Raises ValueError if they do not fit."""
    heights = np.array(height_byte, dtype=np.uint8)
    walkable = np.array(pathable, dtype=np.bool_)
    levels = np.array(cliff_level, dtype=np.int8)
    if not heights.shape == walkable.shape == levels.shape or heights.ndim != 2 or not heights.size:
        raise ValueError(f"expected three grids of one shape, found {heights.shape}, {walkable.shape}, {levels.shape}")
    if levels.min() < 0 or levels.max() > len(_BLOCKED) or (walkable & (levels == 0)).any():
        raise ValueError("expected cliff levels 0 to 9, and 1 to 9 where one can walk")
    buildable = walkable & (_spread(heights) <= FLAT_BYTES) & (_spread(levels) == 0)
    for grid in (heights, walkable, levels, buildable):
        grid.setflags(write=False)
    return Terrain(name, heights, walkable, levels, buildable)


def _spread(corners: NDArray[np.uint8] | NDArray[np.int8]) -> NDArray[np.int16]:
    """Return the range over the four corners of each cell, of the same shape; beyond the edge the edge goes on."""
    grid = np.pad(corners.astype(np.int16), ((0, 1), (0, 1)), mode="edge")
    four = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[:-1, 1:], grid[1:, 1:]])
    return np.asarray(four.max(axis=0) - four.min(axis=0), dtype=np.int16)


@cache
def load_terrain(name: str) -> Terrain:
    """Return the terrain of that name. Raises UsageError with the closest names, PackError if the file is broken."""
    return read_terrain(find_file("scenarios/maps/terrain", name, ".txt"))


def read_terrain(path: Path) -> Terrain:
    """Return the terrain in a file. Raises PackError that names the file and what was expected."""
    try:
        return decode_terrain(path.stem, path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise PackError(f"{path}: {error}") from error


def decode_terrain(name: str, text: str) -> Terrain:
    """Return the terrain that a text of the format above describes. Raises ValueError saying what was expected."""
    sections: dict[str, list[str]] = {}
    rows: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped in ("ground", "height"):
            rows = sections.setdefault(stripped, [])
        elif stripped and not stripped.startswith("#"):
            rows.extend(_unfold(stripped))
    if sections.keys() != {"ground", "height"}:
        raise ValueError(f"expected the sections ground and height, found {', '.join(sections) or 'none'}")
    ground = [_decode_ground(row) for row in reversed(sections["ground"])]
    heights = [_decode_heights(row) for row in reversed(sections["height"])]
    widths = {len(row) for row in (*ground, *heights)}
    if len(widths) != 1 or len(ground) != len(heights):
        raise ValueError(
            f"expected as many cells in every row of ground and height, found {len(ground)} and {len(heights)} rows, "
            f"of {sorted(widths)} cells"
        )
    codes = np.array(ground, dtype=np.int8)
    return make_terrain(name, np.array(heights), (codes > 0) & (codes < len(_LEVELS)), codes % len(_LEVELS))


def _unfold(line: str) -> list[str]:
    row, _, count = line.partition("*")
    if not count:
        return [row.strip()]
    if not count.strip().isdigit():
        raise ValueError(f"expected a number of rows after *, found {line[-12:]!r}")
    return [row.strip()] * int(count)


def _decode_ground(row: str) -> list[int]:
    """Return a code for each cell: its cliff level, plus 10 if it is not walkable."""
    alphabet = _LEVELS + "?" + _BLOCKED
    codes = [alphabet.find(cell) for cell in row]
    if min(codes) < 0 or "?" in row:
        raise ValueError(f"expected the characters {_LEVELS}{_BLOCKED} in ground, found {row!r}")
    return codes


def _decode_heights(row: str) -> list[int]:
    heights: list[int] = []
    for run in row.split():
        match = re.fullmatch(r"(\d{1,3})(?:x(\d{1,4}))?", run)
        if match is None or int(match[1]) > 255:
            raise ValueError(f"expected runs such as 135x6 with bytes up to 255 in height, found {run!r}")
        heights.extend([int(match[1])] * int(match[2] or 1))
    return heights


def encode_terrain(terrain: Terrain) -> str:
    """Return the text of a terrain in the format above; `decode_terrain` gives the same terrain back."""
    blocked = np.where(terrain.pathable, 0, len(_LEVELS)) * (terrain.cliff_level > 0)
    alphabet = np.array(list(_LEVELS + "?" + _BLOCKED))
    ground = ["".join(row) for row in alphabet[terrain.cliff_level + blocked][::-1]]
    heights = [_encode_heights(row.tolist()) for row in terrain.height_byte[::-1]]
    return "\n".join([LEGEND.rstrip(), "ground", *_fold(ground), "height", *_fold(heights)]) + "\n"


def _encode_heights(row: list[int]) -> str:
    runs: list[list[int]] = []
    for value in row:
        if runs and runs[-1][0] == value:
            runs[-1][1] += 1
        else:
            runs.append([value, 1])
    return " ".join(str(value) if count == 1 else f"{value}x{count}" for value, count in runs)


def _fold(rows: list[str]) -> list[str]:
    folded: list[str] = []
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or rows[end] != rows[start]:
            same = end - start
            folded += [f"{rows[start]} *{same}"] if same >= _REPEATED_ROWS else [rows[start]] * same
            start = end
    return folded
