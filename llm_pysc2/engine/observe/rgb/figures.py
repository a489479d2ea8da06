"""Units in a picture: outlines that show race, kind and facing, in the colour of their side, with their bars."""

from dataclasses import dataclass
from math import cos, sin
from typing import Any

import numpy as np

from llm_pysc2.engine.observe.rgb.look import Colour, Look, font
from llm_pysc2.engine.state.unit_columns import Floats
from llm_pysc2.knowledge.units import UnitType

SMALLEST_PX = 2.2
"""Radius below which a unit is drawn as a dot of this size."""
BARS_FROM_PX = 5.0
LETTERS_FROM_PX = 15.0
"""Radii from which on there is room for bars and letters, pixels of the drawing."""
_CORE = 0.5
_SNAPSHOT_OPACITY, _CLOAKED_OPACITY, _HALLUCINATION_OPACITY = 150, 110, 150


@dataclass(frozen=True, slots=True)
class Figure:
    """One unit as it is to be drawn; pixels of the drawing."""

    kind: UnitType
    letters: str
    side: str
    """"own", "enemy" or "neutral"."""
    column: float
    row: float
    radius: float
    facing_radians: float
    life: float
    shield: float
    energy: float
    """Shares of what it can have, 0 to 1; below 0 = it has none."""
    build_progress: float = 1.0
    snapshot: bool = False
    cloaked: bool = False
    hallucination: bool = False
    selected: bool = False

    @property
    def opacity(self) -> int:
        """How solid it looks, 0 to 255."""
        states = (self.snapshot, _SNAPSHOT_OPACITY), (self.cloaked, _CLOAKED_OPACITY)
        held = [opacity for state, opacity in (*states, (self.hallucination, _HALLUCINATION_OPACITY)) if state]
        return min(held, default=255)


def draw_body(canvas: Any, look: Look, figure: Figure) -> None:
    """Draw a unit without its bars."""
    radius = max(figure.radius, SMALLEST_PX)
    at = figure.column, figure.row
    if figure.selected:
        _ring(canvas, at, radius * 1.25, look.marks["selected"], max(radius * 0.12, 2))
    if figure.kind.is_flying:
        shadow = at[0] + radius * 0.35, at[1] + radius * 0.55
        _polygon(canvas, look.shape_of(figure.kind), shadow, radius * 0.9, figure.facing_radians, (0, 0, 0, 90))
    turn = 0.0 if figure.kind.structure or figure.side == "neutral" else figure.facing_radians
    core = look.core_of(figure.kind)
    body = _mix(core, (0, 0, 0), 0.35) if figure.side == "neutral" else look.sides[figure.side]
    shape = look.shape_of(figure.kind)
    _polygon(canvas, shape, at, radius * 1.02 + 1, turn, (*look.marks["outline"], figure.opacity))
    _polygon(canvas, shape, at, radius * 0.94, turn, (*_mix(body, (0, 0, 0), 0.3), figure.opacity))
    _polygon(canvas, shape, at, radius * 0.8, turn, (*body, figure.opacity))
    _polygon(canvas, shape, at, radius * _CORE, turn, (*core, figure.opacity))
    if radius >= LETTERS_FROM_PX and figure.side != "neutral":
        height = int(min(radius * 0.72, 24))
        canvas.text(at, figure.letters, fill=(*look.marks["letters"], figure.opacity), font=font(height), anchor="mm")


def draw_bars(canvas: Any, look: Look, figure: Figure) -> None:
    """Draw life, shields, energy and what is built of a unit above it."""
    radius = figure.radius
    if figure.side == "neutral" or figure.snapshot or radius < BARS_FROM_PX:
        return
    thickness = min(max(radius * 0.1, 3.0), 8.0)
    left, right = figure.column - radius, figure.column + radius
    bars = [(figure.shield, look.bars["shield"]), (figure.life, look.life_colour(figure.life))]
    if figure.energy >= 0 and figure.side == "own":
        bars.append((figure.energy, look.bars["energy"]))
    if figure.build_progress < 1:
        bars.append((figure.build_progress, look.bars["work"]))
    shown = [(share, tuple(colour)) for share, colour in bars if share >= 0]
    upper = figure.row - radius * 1.12 - len(shown) * thickness
    canvas.rectangle((left - 1, upper - 1, right + 1, upper + len(shown) * thickness), fill=(*look.bars["back"], 210))
    for number, (share, colour) in enumerate(shown):
        top = upper + number * thickness
        end = left + (right - left) * min(share, 1.0)
        if end > left:
            canvas.rectangle((left, top, end, top + thickness - 1), fill=colour)


def draw_disc(canvas: Any, at: tuple[float, float], radius: float, colour: Colour, fill: int, edge: int) -> None:
    """Draw a disc with an edge; opacities 0 to 255."""
    box = at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius
    canvas.ellipse(box, fill=(*colour, fill), outline=(*colour, edge), width=3)


def _ring(canvas: Any, at: tuple[float, float], radius: float, colour: Colour, width: float) -> None:
    box = at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius
    canvas.ellipse(box, outline=colour, width=round(width))


def _polygon(
    canvas: Any, shape: Floats, at: tuple[float, float], radius: float, turn: float, colour: tuple[int, ...]
) -> None:
    """Draw an outline of shape (points, 2) turned by an angle and filled; angles count against the clock."""
    along, across = np.array([cos(turn), -sin(turn)]), np.array([-sin(turn), -cos(turn)])
    points = np.array(at) + (shape[:, :1] * along + shape[:, 1:] * across) * radius
    canvas.polygon([(x, y) for x, y in points.tolist()], fill=colour)


def _mix(colour: Colour, other: Colour, share: float) -> Colour:
    """Return a colour with a share of another."""
    red, green, blue = (int(one * (1 - share) + two * share) for one, two in zip(colour, other, strict=True))
    return red, green, blue
