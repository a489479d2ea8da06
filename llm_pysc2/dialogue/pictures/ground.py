"""What all drawn pictures agree on: the colours of sides and of the ground."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from llm_pysc2.dialogue.pictures.canvas import Colour
from llm_pysc2.world.view import Alliance, MapView, UnitView

Pixels = NDArray[np.uint8]

COLOURS: dict[Alliance, Colour] = {
    Alliance.SELF: (84, 214, 124),
    Alliance.ALLY: (96, 170, 255),
    Alliance.NEUTRAL: (150, 150, 150),
    Alliance.ENEMY: (244, 92, 80),
}
SHIELD: Colour = (120, 170, 255)
EFFECT: Colour = (240, 200, 60)
_MINERALS: Colour = (90, 200, 230)
_GAS: Colour = (64, 160, 166)


def colour_of(unit: UnitView) -> Colour:
    """Return the colour of a unit: that of its side, or of what can be harvested."""
    if unit.mineral_contents or unit.type_name.endswith(("MineralField", "MineralField750")):
        return _MINERALS
    return _GAS if unit.alliance is Alliance.NEUTRAL and "Geyser" in unit.type_name else COLOURS[unit.alliance]


@cache
def ground_colours(map_view: MapView) -> Pixels:
    """Return the colours of a map's cells as uint8 of shape (height, width, 3), row 0 at the top.

    Higher ground is lighter, and what cannot be walked on is dark.
    """
    width, height = map_view.size_cells
    cells = width * height
    levels, walks = _grid(map_view.terrain_height, cells, 127), _grid(map_view.pathing, cells, 1)
    shade = levels.astype(np.float32)
    light = 34.0 + 34.0 * (shade - shade.min()) / (float(np.ptp(shade)) or 1.0)
    colours = np.stack([light, light * 0.97, light * 0.9], axis=-1)
    colours[walks == 0] *= (0.45, 0.45, 0.55)
    return np.ascontiguousarray(colours.astype(np.uint8).reshape(height, width, 3)[::-1])


def _grid(data: bytes, cells: int, default: int) -> Pixels:
    """Return a grid of the map as uint8 of shape (cells,); where the game gave none, the default everywhere."""
    return np.frombuffer(data, np.uint8) if len(data) == cells else np.full(cells, default, np.uint8)
