"""Keep discs out of blocked half-cells: the nearest wall pushes, and pushes again where two walls meet."""

import numpy as np

from llm_pysc2.engine.movement.bodies import Floats, Ints
from llm_pysc2.engine.movement.surface import MARGIN_HALF_CELLS, Surface

_PASSES = 2


def keep_out(surface: Surface, xy: Floats, radius: Floats, passes: int = _PASSES) -> Floats:
    """Return points of shape (2, points) moved so that their discs touch no blocked half-cell, as far as there is room.

    `radius` is at most one cell. Points whose middle is in a blocked half-cell are left where they are.
    """
    close = surface.near_walls(xy, radius).nonzero()[0]
    if not close.size:
        return xy
    near, near_radius = xy[:, close], radius[close]
    reach = int(np.ceil(2 * near_radius.max()))
    steps = np.arange(-reach, reach + 1)
    up, right = np.repeat(steps, steps.size), np.tile(steps, steps.size)
    for _ in range(passes):
        near = _pushed_once(surface, near, near_radius, up, right)
    kept = xy.copy()
    kept[:, close] = near
    return kept


def _pushed_once(surface: Surface, xy: Floats, radius: Floats, up: Ints, right: Ints) -> Floats:
    """Return points moved away from the nearest blocked half-cell, if that is nearer than their radius."""
    doubled = xy * 2
    cell = np.floor(doubled)
    walled = surface.walled
    highest = np.array((walled.shape[1], walled.shape[0]))[:, None] - MARGIN_HALF_CELLS
    index = np.minimum(np.maximum(cell.astype(np.int64) + MARGIN_HALF_CELLS, MARGIN_HALF_CELLS - 1), highest)
    middle = index[1] * walled.shape[1] + index[0]
    blocked = walled.ravel().take(middle[:, None] + (up * walled.shape[1] + right))
    from_middle = (doubled - cell - 0.5)[:, :, None] - np.array((right, up))[:, None, :]
    away = from_middle - np.minimum(np.maximum(from_middle, -0.5), 0.5)
    square = np.where(blocked, away[0] * away[0] + away[1] * away[1], np.inf)
    nearest = square.argmin(axis=1)
    unit = np.arange(nearest.size)
    half_cells = np.sqrt(square[unit, nearest])
    short = (half_cells < radius * 2) & (half_cells > 0)
    share = np.where(short, radius / np.where(short, half_cells, 1) - 0.5, 0)
    pushed: Floats = xy + away[:, unit, nearest] * share
    return pushed
