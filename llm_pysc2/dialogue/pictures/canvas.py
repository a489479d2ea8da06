"""What all pictures are drawn with: shapes with smooth edges, texts that make room for one another, and PNG."""

from collections.abc import Iterable
from functools import cache, lru_cache
from io import BytesIO

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

Colour = tuple[int, int, int]
Spot = tuple[float, float]
INK: Colour = (236, 236, 236)
GROUND: Colour = (16, 16, 20)
_GRID: Colour = (88, 88, 98)
_EMPTY: Colour = (30, 30, 30)
_TICK: Colour = (190, 190, 196)
_FONT_PX = 12
_TEXT = 1 << 12
"""Weight of a px of text: all that else is worth seeing under a label weighs less."""
_SHARPNESS = 4
"""How many times as large a shape is drawn before it is scaled down, which makes its edges smooth."""
_BORDER_PX = 14
"""Lines nearer to the border carry no tick: it would be cut off, or cover the tick in the corner."""


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own letters, which need no font files."""
    return ImageFont.load_default(_FONT_PX)


@lru_cache(4096)
def _label(text: str, colour: Colour) -> PillowImage.Image:
    """Return a text on its dark ground; kept, since the same short ids are drawn turn after turn."""
    left, top, right, bottom = _font().getbbox(text)
    label = PillowImage.new("RGB", (round(right - left) + 4, round(bottom - top) + 4), GROUND)
    ImageDraw.Draw(label).text((2 - left, 2 - top), text, font=_font(), fill=colour)
    return label


@lru_cache(1024)
def _shape(kind: str, radius: float, fill: Colour | None, outline: Colour) -> PillowImage.Image:
    """Return a disc or a square with its outline, on nothing."""
    size = 2 * round(radius + 1) + 1
    middle, reach = size * _SHARPNESS / 2, radius * _SHARPNESS
    box = (middle - reach, middle - reach, middle + reach, middle + reach)
    ground = (*(fill or outline), 0)
    large = PillowImage.new("RGBA", (size * _SHARPNESS, size * _SHARPNESS), ground)
    pen = ImageDraw.Draw(large)
    draw = pen.ellipse if kind == "disc" else pen.rectangle
    draw(box, fill, outline, 2 * _SHARPNESS)
    return large.resize((size, size), PillowImage.Resampling.BOX)


class Canvas:
    """A picture being drawn."""

    def __init__(self, image: PillowImage.Image) -> None:
        self.image = image
        self.pen = ImageDraw.Draw(image)
        self._weights = np.zeros((image.height, image.width), dtype=np.int32)
        """How bad it is to write over a px."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.image.size

    def text(self, text: str, colour: Colour, *spots: Spot) -> Spot:
        """Write a text around the first spot unless it covers another there, else where it covers least; return it."""
        label = _label(text, colour)
        size = label.size
        found, area = spots[0], self._area(size, spots[0])
        least = int(self._weights[area].sum()) // _TEXT * _TEXT
        for spot in spots[1:] if least else ():
            other = self._area(size, spot)
            covered = int(self._weights[other].sum())
            if covered < least:
                found, area, least = spot, other, covered
            if not covered:
                break
        down, across = area
        self.image.paste(label, (across.start, down.start))
        self._weights[area] = _TEXT
        return found

    def _area(self, size: tuple[int, int], spot: Spot) -> tuple[slice, slice]:
        """Return the rows and columns of a label around a spot, all of it on the picture."""
        (width, height), (rows, columns) = size, self._weights.shape
        left = max(0, min(round(spot[0] - width / 2), columns - width))
        top = max(0, min(round(spot[1] - height / 2), rows - height))
        return slice(top, top + height), slice(left, left + width)

    def bar(self, left: int, top: int, size: tuple[int, int], share: float, colour: Colour) -> None:
        """Draw a bar of which a share is filled; texts keep off it if they can."""
        right, bottom = left + size[0], top + size[1]
        self.pen.rectangle((left, top, right - 1, bottom - 1), fill=_EMPTY)
        if (filled := round(size[0] * min(1.0, share))) > 0:
            self.pen.rectangle((left, top, left + filled - 1, bottom - 1), fill=colour)
        self._weights[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 1

    def disc(self, x: float, y: float, radius: float, fill: Colour | None, outline: Colour) -> None:
        """Draw a circle around a point."""
        self._stamp(_shape("disc", round(radius, 1), fill, outline), x, y)

    def square(self, x: float, y: float, radius: float, fill: Colour | None, outline: Colour) -> None:
        """Draw a square around a point."""
        self._stamp(_shape("square", round(radius, 1), fill, outline), x, y)

    def _stamp(self, shape: PillowImage.Image, x: float, y: float) -> None:
        self.image.paste(shape, (round(x) - shape.width // 2, round(y) - shape.height // 2), shape)

    def grid(self, columns: Iterable[tuple[float, str]], rows: Iterable[tuple[float, str]]) -> None:
        """Draw lines at the given places, each with its tick at the upper or left border."""
        width, height = self.size
        for x, tick in columns:
            self.pen.line((x, 0, x, height), fill=_GRID)
            if _BORDER_PX < x < width - _BORDER_PX:
                self.text(tick, _TICK, (x, 0))
        for y, tick in rows:
            self.pen.line((0, y, width, y), fill=_GRID)
            if _BORDER_PX < y < height - _BORDER_PX:
                self.text(tick, _TICK, (0, y))

    def png(self) -> bytes:
        """Return the picture as a PNG file of at most 256 colours, which is a third of the size and as fast."""
        few = self.image.quantize(256, PillowImage.Quantize.FASTOCTREE, dither=PillowImage.Dither.NONE)
        return to_png(few)


def to_png(image: PillowImage.Image) -> bytes:
    """Return an image as a PNG file."""
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
