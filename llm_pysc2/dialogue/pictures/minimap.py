"""The whole map as a picture: units as dots, and the screens of the teams."""

from collections.abc import Iterable, Iterator
from functools import cache

from PIL import Image as PillowImage

from llm_pysc2.chat import Image
from llm_pysc2.dialogue.outline import team_frames
from llm_pysc2.dialogue.pictures.canvas import INK, Canvas, Spot
from llm_pysc2.dialogue.pictures.ground import colour_of, ground_colours
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.world.frames import MINIMAP_PX, MinimapFrame
from llm_pysc2.world.geometry import Rect
from llm_pysc2.world.view import Alliance, MapView, UnitView

SIZE_PX = 448
"""Of the longer side."""
_LARGE_MAP_CELLS = 64
_ORDER = (Alliance.NEUTRAL, Alliance.ALLY, Alliance.SELF, Alliance.ENEMY)
"""Later ones are drawn over earlier ones."""


def draw_minimap(situation: Situation) -> tuple[Image, ...]:
    """Return one picture of the whole map."""
    view = situation.view
    scale = _scale(view.map)
    canvas = Canvas(_ground(view.map).copy())
    on_screen = situation.speaker.points == "screen"
    canvas.grid(*_ticks(view.map, on_screen=on_screen))
    _draw_dots(canvas, view.units, view.map.size_cells[1], scale)
    frames = team_frames(situation)
    boxes = [_box(frame.view, view.map.size_cells[1], scale) for _, frame in frames]
    for box in boxes:
        canvas.pen.rectangle(box, outline=INK)
    for (name, _), box in zip(frames, boxes, strict=True):
        canvas.text(name, INK, *_spots_of_name(box))
    unit_of_ticks = "px of the minimap" if on_screen else "cells of the map"
    return (Image(canvas.png(), f"Minimap, in {unit_of_ticks}; the rectangles are your teams' screens."),)


def _scale(map_view: MapView) -> float:
    """Return the px of the picture in one cell."""
    return SIZE_PX / max(1, *map_view.size_cells)


@cache
def _ground(map_view: MapView) -> PillowImage.Image:
    width, height = map_view.size_cells
    size = (max(1, round(width * _scale(map_view))), max(1, round(height * _scale(map_view))))
    if not width * height:
        return PillowImage.new("RGB", size)
    return PillowImage.fromarray(ground_colours(map_view)).resize(size, PillowImage.Resampling.NEAREST)


def _ticks(map_view: MapView, *, on_screen: bool) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
    """Return the columns and rows of the grid: every 8 px of the minimap, or every 8 or 16 cells of the map."""
    width, height = map_view.size_cells
    scale = _scale(map_view)
    if on_screen:
        px = scale / MinimapFrame(map_view.size_cells).px_per_cell
        ticks = [(tick * px, str(tick)) for tick in range(0, MINIMAP_PX, 8)]
        return ticks, ticks
    step = 8 if max(width, height) <= _LARGE_MAP_CELLS else 16
    columns = [(tick * scale, str(tick)) for tick in range(0, width, step)]
    return columns, [((height - tick) * scale, str(tick)) for tick in range(0, height, step)]


def _draw_dots(canvas: Canvas, units: Iterable[UnitView], height: int, scale: float) -> None:
    for unit in sorted(units, key=lambda unit: _ORDER.index(unit.alliance)):
        x, y = unit.position.x * scale, (height - unit.position.y) * scale
        radius = max(2.5, unit.radius_cells * scale)
        colour = colour_of(unit)
        canvas.disc(x, y, radius, None if unit.is_snapshot else colour, colour)


def _box(area: Rect, height: int, scale: float) -> tuple[float, float, float, float]:
    """Return the rectangle of a screen on the picture: left, top, right, bottom."""
    return area.left * scale, (height - area.top) * scale, area.right * scale, (height - area.bottom) * scale


def _spots_of_name(box: tuple[float, float, float, float]) -> Iterator[Spot]:
    """Yield where the name of a team may stand: along the upper edge of its screen, then the lower, then inside."""
    left, top, right, bottom = box
    for y in (top, bottom, (top + bottom) / 2):
        for share in (0.5, 0.25, 0.75):
            yield left + (right - left) * share, y
