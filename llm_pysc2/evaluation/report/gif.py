"""A trace as an animated GIF: the part of the map where the action is, units with their health, and the clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.evaluation.report.looks import look_of
from llm_pysc2.evaluation.report.records import name_units
from llm_pysc2.orchestrator.events import UNIT_COLUMNS, EpisodeEnded, EpisodeStarted, Event, Observed
from llm_pysc2.world.clock import loops_to_clock, loops_to_seconds
from llm_pysc2.world.geometry import Rect

WIDTH_PX = 520
CAPTION_PX = 34
SHARPNESS = 2
"""Drawn so many times larger and scaled down, which smooths all edges."""
PICTURES_PER_SECOND = 10
MOST_PICTURES = 500
LAST_PICTURE_MS = 2500
MARGIN_CELLS = 2.0
LEAST_SPAN_CELLS = 14.0
_COLUMN = {name: place for place, name in enumerate(UNIT_COLUMNS)}
_COLORS = {"s": "#1769d2", "e": "#cf4514", "a": "#0b8578", "n": "#9aa2ab"}
_GROUND, _WALL, _INK, _SOFT, _TRACK, _SHIELD = "#e8ebe4", "#bcc3c6", "#1b2027", "#55606d", "#cfd5d8", "#58aef0"
_RESULTS = {"win": "#17803f", "loss": "#c22a37", "tie": "#a96a00"}


@dataclass(frozen=True, slots=True)
class _Shot:
    """What one picture shows."""

    observed: Observed
    died: tuple[tuple[float, float, str], ...]
    """Where units died just before, and whose they were."""


def write_gif(events: Iterable[Event], path: Path, speed: float = 2.0) -> int:
    """Write an animation at so many times the game's speed and return how many pictures it has.

    Raises UsageError if there is nothing to draw, the file cannot be written, or the speed is not above 0; TraceError
    if the events hold what no episode can hold.
    """
    if not speed > 0:
        raise UsageError(f"--speed: expected a number above 0 for a GIF, found {speed:g}")
    start, end, observed = _sort(events)
    if start is None or not observed:
        raise UsageError(f"{path}: the trace holds nothing to draw")
    try:
        pictures = _draw_all(start, end, _choose(observed, speed))
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise TraceError(f"a unit in the trace does not hold what it should: {error}") from error
    first, *others = [picture.quantize(64, dither=Image.Dither.NONE) for picture in pictures]
    durations = [1000 // PICTURES_PER_SECOND] * len(others) + [LAST_PICTURE_MS]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        first.save(path, format="GIF", save_all=True, append_images=others, duration=durations, loop=0, optimize=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
    return len(pictures)


def _sort(events: Iterable[Event]) -> tuple[EpisodeStarted | None, EpisodeEnded | None, list[Observed]]:
    start: EpisodeStarted | None = None
    end: EpisodeEnded | None = None
    observed: list[Observed] = []
    for event in events:
        match event:
            case EpisodeStarted():
                start, observed = event, []
            case Observed():
                observed.append(event)
            case EpisodeEnded():
                end = event
            case _:
                pass
    return start, end, observed


def _choose(observed: Sequence[Observed], speed: float) -> list[_Shot]:
    """Return what is drawn: a picture for each tenth of a second, the last observation always."""
    first, last = observed[0].game_loop, observed[-1].game_loop
    seconds = loops_to_seconds(last - first) / speed
    pictures = max(1, min(MOST_PICTURES, round(seconds * PICTURES_PER_SECOND)))
    shots: list[_Shot] = []
    place = 0
    for number in range(pictures + 1):
        due = first + (last - first) * number / pictures
        before = place
        while place + 1 < len(observed) and observed[place + 1].game_loop <= due:
            place += 1
        if not shots or place != before:
            shots.append(_Shot(observed[place], tuple(_deaths(observed[before : place + 1]))))
    return shots


def _deaths(observed: Sequence[Observed]) -> Iterable[tuple[float, float, str]]:
    for before, after in pairwise(observed):
        dead = set(after.dead)
        yield from (
            (row[_COLUMN["x"]], row[_COLUMN["y"]], row[_COLUMN["alliance"]]) for row in before.units if row[0] in dead
        )


def _draw_all(start: EpisodeStarted, end: EpisodeEnded | None, shots: Sequence[_Shot]) -> list[Image.Image]:
    canvas = _Canvas(start, _frame(start, [row for shot in shots for row in shot.observed.units]))
    pictures = []
    short_ids = ShortIds()
    for shot in shots:
        short_ids = name_units(short_ids, shot.observed.units)
        is_last = shot is shots[-1]
        pictures.append(canvas.draw(shot, short_ids, end if is_last else None))
    return pictures


def _frame(start: EpisodeStarted, rows: Sequence[Sequence[Any]]) -> Rect:
    """Return the part of the map in which units of both sides ever are, with a margin, inside the playable area."""
    playable = Rect(*start.playable)
    places = [(row[_COLUMN["x"]], row[_COLUMN["y"]]) for row in rows if row[_COLUMN["alliance"]] in "se"]
    if not places:
        return playable
    left, right = _span([x for x, _ in places], playable.left, playable.right)
    bottom, top = _span([y for _, y in places], playable.bottom, playable.top)
    return Rect(left, bottom, right, top)


def _span(values: Sequence[float], least: float, most: float) -> tuple[float, float]:
    pad = max(MARGIN_CELLS, (LEAST_SPAN_CELLS - (max(values) - min(values))) / 2)
    return max(least, min(values) - pad), min(most, max(values) + pad)


class _Canvas:
    """Draws moments of one episode."""

    def __init__(self, start: EpisodeStarted, frame: Rect) -> None:
        self._start = start
        self._frame = frame
        self._scale = WIDTH_PX * SHARPNESS / (frame.right - frame.left)
        height = round((frame.top - frame.bottom) * self._scale)
        self._size = WIDTH_PX * SHARPNESS, height + CAPTION_PX * SHARPNESS
        self._caption_top = height
        self._ground = self._paint_ground()
        self._font = ImageFont.load_default(14 * SHARPNESS)

    def draw(self, shot: _Shot, short_ids: ShortIds, end: EpisodeEnded | None) -> Image.Image:
        """Return the picture of a moment, with the result if it is the last."""
        image = self._ground.copy()
        drawing = ImageDraw.Draw(image)
        places = {row[0]: self._to_px(row[_COLUMN["x"]], row[_COLUMN["y"]]) for row in shot.observed.units}
        for row in shot.observed.units:
            self._draw_attack(drawing, row, places)
        for x, y, side in shot.died:
            self._draw_cross(drawing, self._to_px(x, y), _COLORS.get(side, _SOFT))
        for row in shot.observed.units:
            self._draw_unit(drawing, row, places[row[0]], short_ids.name(row[0]))
        self._draw_caption(drawing, shot.observed, end)
        return image.resize((self._size[0] // SHARPNESS, self._size[1] // SHARPNESS), Image.Resampling.LANCZOS)

    def _to_px(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._frame.left) * self._scale, (self._frame.top - y) * self._scale

    def _paint_ground(self) -> Image.Image:
        image = Image.new("RGB", self._size, _GROUND)
        drawing = ImageDraw.Draw(image)
        height = len(self._start.terrain)
        for line, cells in enumerate(self._start.terrain):
            for column, cell in enumerate(cells):
                if cell == "#":
                    left, top = self._to_px(column, height - line)
                    drawing.rectangle((left, top, left + self._scale, top + self._scale), _WALL)
        return image

    def _draw_attack(
        self, drawing: ImageDraw.ImageDraw, row: Sequence[Any], places: dict[int, tuple[float, float]]
    ) -> None:
        target = row[_COLUMN["engaged"]] if len(row) > _COLUMN["engaged"] else row[_COLUMN["order_target"]]
        if isinstance(target, int) and target in places:
            drawing.line(
                (*places[row[0]], *places[target]), _COLORS.get(row[_COLUMN["alliance"]], _SOFT), 2 * SHARPNESS
            )

    def _draw_cross(self, drawing: ImageDraw.ImageDraw, place: tuple[float, float], color: str) -> None:
        x, y = place
        size = 0.5 * self._scale
        for up in (-1, 1):
            drawing.line((x - size, y - up * size, x + size, y + up * size), color, 3 * SHARPNESS)

    def _draw_unit(
        self, drawing: ImageDraw.ImageDraw, row: Sequence[Any], place: tuple[float, float], name: str
    ) -> None:
        side, look = row[_COLUMN["alliance"]], look_of(str(row[_COLUMN["type"]]))
        radius = max(3.0 * SHARPNESS, look.radius_cells * self._scale * 0.8)
        width = max(2, round(radius * 0.2))
        color = _COLORS.get(side, _SOFT)
        if side != "n":
            if row[_COLUMN["shield_max"]]:
                share = row[_COLUMN["shield"]] / row[_COLUMN["shield_max"]]
                self._draw_ring(drawing, _box(place, radius + 2 * width), width, share, _SHIELD)
            share = row[_COLUMN["health"]] / (row[_COLUMN["health_max"]] or 1)
            self._draw_ring(drawing, _box(place, radius + width), width, share, _health_color(share))
        if look.form == "structure":
            drawing.rounded_rectangle(_box(place, radius * 0.92), radius * 0.2, color)
        elif look.form == "air":
            corners = [
                (place[0] + sin(k * pi / 2) * radius * 1.15, place[1] - cos(k * pi / 2) * radius * 1.15)
                for k in range(4)
            ]
            drawing.polygon(corners, color)
        else:
            drawing.ellipse(_box(place, radius), color)
        label = name[1:] if side in ("e", "a", "n") else name
        if radius >= 7 * SHARPNESS and not name.startswith("0x"):
            font = ImageFont.load_default(min(radius * 0.95, radius * 2.4 / len(label)))
            drawing.text(place, label, "#ffffff", font, anchor="mm")

    def _draw_ring(
        self,
        drawing: ImageDraw.ImageDraw,
        box: tuple[float, float, float, float],
        width: int,
        share: float,
        color: str,
    ) -> None:
        drawing.arc(box, 0, 360, _TRACK, width)
        drawing.arc(box, -90, -90 + 360 * min(1.0, share), color, width)

    def _draw_caption(self, drawing: ImageDraw.ImageDraw, observed: Observed, end: EpisodeEnded | None) -> None:
        middle = self._caption_top + CAPTION_PX * SHARPNESS / 2
        drawing.rectangle((0, self._caption_top, *self._size), "#ffffff")
        pad = 12 * SHARPNESS
        title = f"{self._start.scenario}   {loops_to_clock(observed.game_loop)}"
        drawing.text((pad, middle), title, _INK, self._font, anchor="lm")
        if end is not None:
            drawing.text(
                (self._size[0] / 2, middle), end.result.upper(), _RESULTS.get(end.result, _INK), self._font, anchor="mm"
            )
        right: float = self._size[0] - pad
        for side in ("e", "s"):
            text = f"{sum(row[_COLUMN['alliance']] == side for row in observed.units)} units"
            drawing.text((right, middle), text, _COLORS[side], self._font, anchor="rm")
            right -= drawing.textlength(text, self._font) + pad


def _box(place: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    return place[0] - radius, place[1] - radius, place[0] + radius, place[1] + radius


def _health_color(share: float) -> str:
    if share > 0.6:
        return "#2fa35b"
    return "#e0a020" if share > 0.3 else "#d93b3b"
