"""Points and rectangles on the world grid: cells, origin at the bottom left, y up."""

from math import hypot
from typing import NamedTuple


class Point(NamedTuple):
    """A point on the world grid, in cells."""

    x: float
    y: float

    def distance_to(self, other: "Point") -> float:
        """Return the distance to another point in cells."""
        return hypot(self.x - other.x, self.y - other.y)


class Rect(NamedTuple):
    """A rectangle on the world grid, in cells, `right` and `top` exclusive."""

    left: float
    bottom: float
    right: float
    top: float

    def contains(self, point: Point) -> bool:
        """Return whether the point lies inside."""
        return self.left <= point.x < self.right and self.bottom <= point.y < self.top

    @property
    def centre(self) -> Point:
        """The middle of the rectangle."""
        return Point((self.left + self.right) / 2, (self.bottom + self.top) / 2)
