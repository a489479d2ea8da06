"""The half-cells a structure stands on, from the outline the facts give."""

from collections.abc import Sequence

import numpy as np

from llm_pysc2.engine.movement.bodies import Bools


def half_cell_mask(polygon: Sequence[Sequence[float]]) -> Bools:
    """Return the half-cells inside an outline as bool of shape (rows, columns), row 0 at the bottom, centred on (0, 0).

    The corners may come in any order; their convex hull is meant. A half-cell belongs to it if its middle lies inside.

    >>> pylon = [(-1, 0.5), (-0.5, 1), (0.5, 1), (1, 0.5), (1, -0.5), (0.5, -1), (-0.5, -1), (-1, -0.5)]
    >>> half_cell_mask(pylon).astype(int)
    array([[0, 1, 1, 0],
           [1, 1, 1, 1],
           [1, 1, 1, 1],
           [0, 1, 1, 0]])
    """
    corners = _hull([(float(x), float(y)) for x, y in polygon])
    reach = [int(np.ceil(2 * max(abs(corner[axis]) for corner in corners))) for axis in (0, 1)]
    x = (np.arange(-reach[0], reach[0]) + 0.5) / 2
    y = ((np.arange(-reach[1], reach[1]) + 0.5) / 2)[:, None]
    inside = np.ones((2 * reach[1], 2 * reach[0]), dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0
    return inside


def _hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the convex hull of points, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]


def _chain(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points of one side of the hull, turning left all the way."""
    chain: list[tuple[float, float]] = []
    for x, y in ordered:
        while len(chain) >= 2:
            (ax, ay), (bx, by) = chain[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain
