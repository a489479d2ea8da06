"""How pictures look: colours, outlines and two letters for each unit type; the numbers are in `look.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ImageFont

from llm_pysc2.engine.state.unit_columns import Floats
from llm_pysc2.knowledge.units import UnitType

Colour = tuple[int, int, int]

_LOOK_FILE = Path(__file__).with_name("look.toml")


@dataclass(frozen=True, slots=True)
class Look:
    """The content of `look.toml`."""

    sides: Mapping[str, Colour]
    races: Mapping[str, Colour]
    ground: Mapping[str, Any]
    bars: Mapping[str, Any]
    marks: Mapping[str, Colour]
    shapes: Mapping[str, Floats]
    """Outlines of shape (points, 2)."""
    effects: Mapping[str, Colour]

    def shape_of(self, kind: UnitType) -> Floats:
        """Return the outline of a unit type."""
        return self.shapes[_shape_name(kind)]

    def core_of(self, kind: UnitType) -> Colour:
        """Return the colour of the inner part of a unit type."""
        return self.races[kind.resource.kind if kind.resource and kind.race == "neutral" else kind.race]

    def life_colour(self, share: float) -> Colour:
        """Return the colour of a bar of life, from empty to full."""
        stops = np.array(self.bars["life"], dtype=np.float64)
        red, green, blue = (int(np.interp(share, stops[:, 0], stops[:, channel])) for channel in (1, 2, 3))
        return red, green, blue


@cache
def load_look() -> Look:
    """Return how pictures look."""
    data = tomllib.loads(_LOOK_FILE.read_text(encoding="utf-8"))
    tables = {name: _colours(data[name]) for name in ("sides", "races", "marks", "effects")}
    shapes = {name: np.array(outline, dtype=np.float64) for name, outline in data["shapes"].items()}
    return Look(**tables, ground=data["ground"], bars=data["bars"], shapes=shapes)


@cache
def font(height_px: int) -> Any:
    """Return Pillow's own font, which needs no file of the system."""
    return ImageFont.load_default(height_px)


def type_letters(types: Iterable[UnitType]) -> dict[int, str]:
    """Return two letters for each type id, which no other type of its race has; modes share those of their unit.

    Types of a smaller id come first, because those are the ones that everybody plays.
    """
    letters: dict[int, str] = {}
    taken: dict[str, dict[str, str]] = {}
    for kind in sorted(types, key=lambda kind: kind.id):
        known = taken.setdefault(kind.race, {})
        base = next((name for name in known if kind.name.startswith(name)), kind.name)
        if base not in known:
            known[base] = _fresh_letters(base, set(known.values()))
        letters[kind.id] = known[base]
    return letters


def _fresh_letters(name: str, taken: set[str]) -> str:
    """Return the first letter of a name with the first later one that gives a new pair.

    >>> _fresh_letters("Marauder", {"Ma"})
    'Mr'
    """
    pairs = [name[0] + letter for letter in name[1:]]
    return next((pair for pair in pairs if pair not in taken), pairs[0])


def _shape_name(kind: UnitType) -> str:
    if kind.race == "neutral":
        return kind.resource.kind if kind.resource else "neutral"
    if kind.structure and not kind.is_flying:
        return f"{kind.race}_building"
    if "Worker" in kind.flags:
        return "worker"
    return f"{kind.race}_air" if kind.is_flying else kind.race


def _colours(hosted: Mapping[str, list[int]]) -> dict[str, Colour]:
    return {name: (red, green, blue) for name, (red, green, blue) in hosted.items()}
