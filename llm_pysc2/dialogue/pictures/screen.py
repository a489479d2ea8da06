"""A team's screen as a picture: the 24 x 24 cells around it, with every unit under its short id.

Places are ticked in the frame of the text, so that what is seen can be named in an order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, sin

import numpy as np
from PIL import Image as PillowImage

from llm_pysc2.chat import Image
from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.outline import UNLISTED_TYPES, team_frames
from llm_pysc2.dialogue.pictures.canvas import INK, Canvas, Colour, Spot
from llm_pysc2.dialogue.pictures.ground import COLOURS, EFFECT, SHIELD, Pixels, colour_of, ground_colours
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.frames import SCREEN_CELLS, SCREEN_PX, ScreenFrame
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, MapView, UnitView

SIZE_PX = 512
_CELL_PX = SIZE_PX / SCREEN_CELLS
_BEYOND: Colour = (12, 12, 16)
"""Outside of the map."""
_ATTACK: Colour = (214, 140, 60)
_ERRAND: Colour = (96, 150, 112)
_SMALLEST_PX = 5.0
_BAR_PX = 3
_AROUND = ((0, 1), (1, 0), (-1, 0), (1, 1), (-1, 1), (0, -1), (1, -1), (-1, -1))
"""Where there may be room for the text of a unit, as seen from it."""
_LEADER_PX = 12.0
"""A text farther away from its unit has a line to it."""


def draw_screens(situation: Situation) -> tuple[Image, ...]:
    """Return a picture of each team's screen."""
    return tuple(_draw_screen(situation, name, frame) for name, frame in team_frames(situation))


def _draw_screen(situation: Situation, name: str, frame: ScreenFrame) -> Image:
    view = situation.view
    canvas = Canvas(PillowImage.fromarray(_ground(view.map, frame)))
    on_screen = situation.speaker.points == "screen"
    canvas.grid(*(_screen_ticks() if on_screen else _world_ticks(frame)))
    places = _Places(frame, {unit.tag: unit.position for unit in view.units})
    shown = [unit for unit in view.units if _reaches(frame, unit)]
    shown.sort(key=lambda unit: (unit.is_flying, unit.alliance is Alliance.ENEMY))
    for effect in view.effects:
        for position in effect.positions:
            canvas.disc(*places.of(position), effect.radius_cells * _CELL_PX, None, EFFECT)
    for unit in shown:
        _draw_order(canvas, unit, places, situation)
    for unit in shown:
        _draw_unit(canvas, unit, places.of(unit.position))
    for effect in view.effects:
        if effect.positions:
            canvas.text(words.effect(effect.effect_id), EFFECT, *map(places.of, effect.positions))
    for unit in _by_need_of_room(shown):
        _name_unit(canvas, situation.short_ids.name(unit.tag), unit, places.of(unit.position))
    unit_of_ticks = "px of this screen" if on_screen else "cells of the map"
    return Image(canvas.png(), f"Screen of team {name}: {SCREEN_CELLS:g} x {SCREEN_CELLS:g} cells, in {unit_of_ticks}.")


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things are on the picture of a screen."""

    frame: ScreenFrame
    positions: dict[int, Point]
    """Of all units in view, by tag."""

    def of(self, point: Point) -> Spot:
        """Return where a world point is."""
        x, y = self.frame.world_to_screen(point)
        return x * SIZE_PX / SCREEN_PX, y * SIZE_PX / SCREEN_PX

    def of_target(self, target: Point | int | None) -> Spot | None:
        """Return where an order leads, if that is known."""
        point = target if isinstance(target, Point) else self.positions.get(target or 0)
        return self.of(point) if point else None


def _reaches(frame: ScreenFrame, unit: UnitView) -> bool:
    half = SCREEN_CELLS / 2 + unit.radius_cells
    return abs(unit.position.x - frame.centre.x) < half and abs(unit.position.y - frame.centre.y) < half


def _ground(map_view: MapView, frame: ScreenFrame) -> Pixels:
    """Return the ground that a screen shows as uint8 of shape (SIZE_PX, SIZE_PX, 3), row 0 at the top."""
    colours = ground_colours(map_view)
    height, width, _ = colours.shape
    steps = (np.arange(SIZE_PX) + 0.5) / _CELL_PX - SCREEN_CELLS / 2
    columns = np.floor(frame.centre.x + steps).astype(int)
    rows = height - 1 - np.floor(frame.centre.y - steps).astype(int)
    inside = rows.clip(0, height - 1)
    lowest = inside.min()
    strip = colours[lowest : inside.max() + 1][:, columns.clip(0, width - 1)]
    ground: Pixels = strip[inside - lowest]
    ground[(rows < 0) | (rows >= height)] = _BEYOND
    ground[:, (columns < 0) | (columns >= width)] = _BEYOND
    return ground


Ticks = list[tuple[float, str]]


@cache
def _screen_ticks() -> tuple[Ticks, Ticks]:
    """Return columns and rows of a grid with a line every 16 px of the screen."""
    ticks = [(tick * SIZE_PX / SCREEN_PX, str(tick)) for tick in range(0, SCREEN_PX, 16)]
    return ticks, ticks


def _world_ticks(frame: ScreenFrame) -> tuple[Ticks, Ticks]:
    """Return columns and rows of a grid with a line every 4 cells of the map."""
    left, bottom, _, top = frame.view
    columns = [((tick - left) * _CELL_PX, str(tick)) for tick in _multiples_of_4(left)]
    rows = [((top - tick) * _CELL_PX, str(tick)) for tick in _multiples_of_4(bottom)]
    return columns, rows


def _multiples_of_4(start: float) -> range:
    return range(-int(-start // 4) * 4, int(start + SCREEN_CELLS) + 1, 4)


def _draw_order(canvas: Canvas, unit: UnitView, places: _Places, situation: Situation) -> None:
    """Draw a line from an own unit to where its order leads."""
    target = places.of_target(unit.orders[0].target) if unit.orders else None
    if target and unit.alliance is Alliance.SELF:
        attacks = situation.book.verb(unit.orders[0].ability_id) == "Attack"
        canvas.pen.line((*places.of(unit.position), *target), fill=_ATTACK if attacks else _ERRAND, width=1)


def _draw_unit(canvas: Canvas, unit: UnitView, spot: Spot) -> None:
    x, y = spot
    radius, colour = _radius_px(unit), colour_of(unit)
    dim: Colour = (colour[0] * 2 // 5, colour[1] * 2 // 5, colour[2] * 2 // 5)
    solid = unit.is_complete and not (unit.is_cloaked or unit.is_burrowed or unit.is_hallucination or unit.is_snapshot)
    outline = INK if unit.is_flying else colour
    if unit.type_name in _structures():
        canvas.square(x, y, radius, dim if solid else None, outline)
    else:
        canvas.disc(x, y, radius, dim if solid else None, outline)
        if unit.alliance is not Alliance.NEUTRAL:
            _draw_nose(canvas, unit, spot, outline)
    if unit.alliance is not Alliance.NEUTRAL:
        _draw_bars(canvas, unit, x, y - radius - 4, max(18.0, 2 * radius))


def _radius_px(unit: UnitView) -> float:
    return max(_SMALLEST_PX, unit.radius_cells * _CELL_PX)


def _draw_nose(canvas: Canvas, unit: UnitView, spot: Spot, colour: Colour) -> None:
    """Draw where a unit faces."""
    ahead, up = cos(unit.facing_radians), sin(unit.facing_radians)
    near, far = _radius_px(unit), _radius_px(unit) + 5
    ends = (spot[0] + near * ahead, spot[1] - near * up, spot[0] + far * ahead, spot[1] - far * up)
    canvas.pen.line(ends, fill=colour, width=3)


def _draw_bars(canvas: Canvas, unit: UnitView, x: float, y: float, width: float) -> None:
    """Draw what is left of health, of shields above it, and above both how much of a building stands."""
    left, top = round(x - width / 2), round(y) - _BAR_PX
    bars = [
        (unit.health, unit.health_max, COLOURS[unit.alliance]),
        (unit.shield, unit.shield_max, SHIELD),
        (unit.build_progress, 0.0 if unit.is_complete else 1.0, INK),
    ]
    for has, most, colour in bars:
        if most:
            canvas.bar(left, top, (round(width), _BAR_PX), has / most, colour)
            top -= _BAR_PX + 1


def _by_need_of_room(units: Sequence[UnitView]) -> Iterator[UnitView]:
    """Yield the units whose ids are written, those first that must be told apart."""
    named = [unit for unit in units if unit.type_name not in UNLISTED_TYPES]
    order = (Alliance.SELF, Alliance.ENEMY, Alliance.ALLY, Alliance.NEUTRAL)
    yield from sorted(named, key=lambda unit: order.index(unit.alliance))


def _name_unit(canvas: Canvas, name: str, unit: UnitView, spot: Spot) -> None:
    """Write the id of a unit on it, or where there is room near it."""
    radius = _radius_px(unit)
    around = [
        (spot[0] + (radius + gap) * dx * 1.3, spot[1] + (radius + gap) * dy) for gap in (9, 24) for dx, dy in _AROUND
    ]
    colour = colour_of(unit)
    found = canvas.text(name, colour, spot, *around)
    distance = hypot(found[0] - spot[0], found[1] - spot[1])
    if distance > radius + _LEADER_PX:
        share = radius / distance
        start = (spot[0] + (found[0] - spot[0]) * share, spot[1] + (found[1] - spot[1]) * share)
        end = (spot[0] + (found[0] - spot[0]) * 0.7, spot[1] + (found[1] - spot[1]) * 0.7)
        canvas.pen.line((*start, *end), fill=colour, width=1)


@cache
def _structures() -> frozenset[str]:
    return frozenset(unit.name for unit in load_units().values() if unit.structure)
