"""A battle as a picture from above: the ground, agents green, enemies red, the darker the more hurt."""

import numpy as np
import numpy.typing as npt

from llm_pysc2.marl.scene import Ground, Side

Pixels = npt.NDArray[np.uint8]

CELL_PX = 16
UNIT_PX = 7
"""Radius of the disc that stands for a unit, whatever its size."""
WALKABLE, BLOCKED = (58, 60, 64), (22, 23, 26)
AGENT, ENEMY = (70, 220, 90), (235, 70, 60)
HURT_SHARE = 0.35
"""How bright a unit without life would be, beside one with all of it."""


def draw_battle(ground: Ground, agents: Side, enemies: Side) -> Pixels:
    """Return the picture as uint8 of shape (height, width, 3), north at the top, 16 pixels a cell."""
    cells = np.where(ground.pathing.T[::-1, :, None], WALKABLE, BLOCKED).astype(np.uint8)
    picture = cells.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
    for side, colour in ((enemies, ENEMY), (agents, AGENT)):
        for row in side.alive.nonzero()[0].tolist():
            brightness = HURT_SHARE + (1 - HURT_SHARE) * side.life[row] / side.life_max[row]
            _disc(picture, side.x[row], side.y[row], np.array(colour) * brightness)
    return picture


def _disc(picture: Pixels, x: float, y: float, colour: npt.NDArray[np.float64]) -> None:
    """Paint a disc around a point in cells; what lies beyond the edge is cut off."""
    height, width = picture.shape[:2]
    column, row = x * CELL_PX, height - y * CELL_PX
    left, right = max(int(column) - UNIT_PX, 0), min(int(column) + UNIT_PX + 1, width)
    top, bottom = max(int(row) - UNIT_PX, 0), min(int(row) + UNIT_PX + 1, height)
    rows, columns = np.mgrid[top:bottom, left:right] + 0.5
    inside = (rows - row) ** 2 + (columns - column) ** 2 <= UNIT_PX**2
    picture[top:bottom, left:right][inside] = colour.astype(np.uint8)
