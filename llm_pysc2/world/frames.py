"""Frames in which points are written: a team's screen, the minimap, and the world.

The screen is a virtual camera of 24 x 24 cells centred on a team, 128 x 128 px, x right, y down; the minimap is
64 x 64 px, x right, y down, scaled by the longer side of the map as in PySC2. The world is in cells, y up.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from llm_pysc2.world.geometry import Point, Rect

SCREEN_CELLS = 24.0
SCREEN_PX = 128
MINIMAP_PX = 64
_SCREEN_PX_PER_CELL = SCREEN_PX / SCREEN_CELLS


@dataclass(frozen=True, slots=True)
class ScreenFrame:
    """The screen of one team."""

    centre: Point
    """Middle of the screen, in world cells."""

    def world_to_screen(self, point: Point) -> Point:
        """Return the place of a world point on the screen in px, fractions included."""
        return Point(
            (point.x - self.centre.x) * _SCREEN_PX_PER_CELL + SCREEN_PX / 2,
            (self.centre.y - point.y) * _SCREEN_PX_PER_CELL + SCREEN_PX / 2,
        )

    def screen_to_world(self, point: Point) -> Point:
        """Return the world point in cells at a place of the screen in px, fractions included."""
        return Point(
            self.centre.x + (point.x - SCREEN_PX / 2) / _SCREEN_PX_PER_CELL,
            self.centre.y - (point.y - SCREEN_PX / 2) / _SCREEN_PX_PER_CELL,
        )

    @property
    def view(self) -> Rect:
        """The part of the world that the screen shows, in cells."""
        half = SCREEN_CELLS / 2
        return Rect(self.centre.x - half, self.centre.y - half, self.centre.x + half, self.centre.y + half)


@dataclass(frozen=True, slots=True)
class MinimapFrame:
    """The minimap of a map."""

    size_cells: tuple[int, int]
    """Width and height of the map."""

    @property
    def px_per_cell(self) -> float:
        """Scale: px of the minimap in one cell."""
        return MINIMAP_PX / max(1, *self.size_cells)

    def world_to_minimap(self, point: Point) -> Point:
        """Return the place of a world point on the minimap in px, fractions included."""
        return Point(point.x * self.px_per_cell, (self.size_cells[1] - point.y) * self.px_per_cell)

    def minimap_to_world(self, point: Point) -> Point:
        """Return the world point in cells at a place of the minimap in px, fractions included."""
        return Point(point.x / self.px_per_cell, self.size_cells[1] - point.y / self.px_per_cell)


def centre_of(points: Iterable[Point]) -> Point:
    """Return the mean of some points, or the origin if there are none."""
    found = list(points)
    if not found:
        return Point(0.0, 0.0)
    return Point(sum(point.x for point in found) / len(found), sum(point.y for point in found) / len(found))


def to_px(point: Point, size_px: int) -> tuple[int, int]:
    """Return the px that a place lies in, kept inside 0 .. size - 1.

    >>> to_px(Point(12.7, 200.0), 128)
    (12, 127)
    """
    last = size_px - 1
    return min(max(int(point.x // 1), 0), last), min(max(int(point.y // 1), 0), last)


def px_middle(point: Point) -> Point:
    """Return the middle of a px named by whole numbers; a point with fractions stays as it is.

    >>> px_middle(Point(12, 7)), px_middle(Point(12.25, 7))
    (Point(x=12.5, y=7.5), Point(x=12.25, y=7))
    """
    if point.x == int(point.x) and point.y == int(point.y):
        return Point(point.x + 0.5, point.y + 0.5)
    return point
