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
    """Return points moved away from the nearest blocked half-cell around them that is nearer than their radius."""
    doubled = xy * 2
    cell = np.floor(doubled)
    walled = surface.walled
    index = cell.astype(np.int64) + MARGIN_HALF_CELLS
    row = np.minimum(np.maximum(index[1], MARGIN_HALF_CELLS - 1), walled.shape[0] - MARGIN_HALF_CELLS)
    column = np.minimum(np.maximum(index[0], MARGIN_HALF_CELLS - 1), walled.shape[1] - MARGIN_HALF_CELLS)
    blocked = walled.ravel().take((row * walled.shape[1] + column)[:, None] + (up * walled.shape[1] + right))
    within_x, within_y = (doubled - cell)[:, :, None]
    away_x = np.where(right > 0, within_x - right, np.where(right < 0, within_x - right - 1, 0.0))
    away_y = np.where(up > 0, within_y - up, np.where(up < 0, within_y - up - 1, 0.0))
    square = np.where(blocked, away_x * away_x + away_y * away_y, np.inf)
    nearest = square.argmin(axis=1)
    index = np.arange(nearest.size)
    half_cells = np.sqrt(square[index, nearest])
    short = (half_cells < radius * 2) & (half_cells > 0)
    share = np.where(short, radius / np.where(short, half_cells, 1) - 0.5, 0)
    pushed: Floats = xy + np.array((away_x[index, nearest], away_y[index, nearest])) * share
    return pushed
