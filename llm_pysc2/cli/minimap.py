"""A small map for a terminal: terrain as shades, units as letters."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from llm_pysc2.orchestrator.events import UNIT_COLUMNS

MOST_COLUMNS = 48
STYLES = {"s": "bold green", "a": "cyan", "n": "yellow", "e": "bold red"}
_TYPE, _ALLIANCE, _X, _Y = (UNIT_COLUMNS.index(name) for name in ("type", "alliance", "x", "y"))


def draw_minimap(terrain: Sequence[str], units: Sequence[Sequence[Any]]) -> Text:
    """Return the map as lines of text, one column for one or more cells, one row for twice as many.

    `terrain` has a string for each row of cells, top first; `units` has rows with the columns of UNIT_COLUMNS. Rows
    without anything to walk on at the top and the bottom are left out.
    """
    height, width = len(terrain), len(terrain[0]) if terrain else 0
    scale = max(1, -(-width // MOST_COLUMNS))
    letters = _letters(units, height, scale)
    text = Text()
    walkable = [row for row in range(height) if "." in terrain[row]]
    top, bottom = (walkable[0], walkable[-1]) if walkable else (0, height - 1)
    for line in range(top // (2 * scale), bottom // (2 * scale) + 1):
        for column in range(-(-width // scale)):
            letter = letters.get((column, line))
            if letter:
                text.append(*letter)
            else:
                text.append(*_ground(terrain, column * scale, line * 2 * scale, scale))
        text.append("\n")
    text.rstrip()
    return text


def _letters(units: Sequence[Sequence[Any]], height: int, scale: int) -> dict[tuple[int, int], tuple[str, str]]:
    letters: dict[tuple[int, int], tuple[str, str]] = {}
    for unit in units:
        place = int(unit[_X] // scale), int((height - unit[_Y]) // (2 * scale))
        letters[place] = unit[_TYPE][:1] or "?", STYLES.get(unit[_ALLIANCE], "white")
    return letters


def _ground(terrain: Sequence[str], left: int, top: int, scale: int) -> tuple[str, str]:
    cells = [cell for row in terrain[top : top + 2 * scale] for cell in row[left : left + scale]]
    share = cells.count(".") / len(cells) if cells else 0.0
    return ("·", "bright_black") if share >= 0.5 else ("░", "bright_black")
