"""Conditions over how many units players have left; maps and scenarios are won and lost by them.

Written in data files as alternatives of which one must hold in all its parts:

    when = [["p2 Drone < 6"], ["p2 Zergling = 0", "p2 Queen = 0"]]

Values only: who counts the units is up to whoever asks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {"<": lt, "<=": le, "=": eq, ">=": ge, ">": gt}
_FORM = re.compile(r"p(\d+) (?:(unfinished) )?(\w+) (<=|>=|<|=|>) (\d+)")
ANY_UNIT = "units"
"""In place of a unit type: units of all types."""


@dataclass(frozen=True, slots=True)
class Count:
    """One part of a condition: how many finished units of a type a player has, compared with a number."""

    player: int
    unit: str
    """Name of the unit type, or "units" for all."""
    comparison: str
    number: int
    unfinished: bool = False
    """Whether units that are still being made count too."""


Condition: TypeAlias = tuple[tuple[Count, ...], ...]
"""Alternatives of which one must hold in all its parts; without alternatives it always holds."""

Counter: TypeAlias = Callable[[int, str, bool], int]
"""Returns how many units a player has of a type, by name or "units"; the flag says whether unfinished ones count."""


def parse_condition(rows: Any) -> Condition:
    """Return the condition written as lists of texts. Raises ValueError that says what was expected.

    >>> parse_condition([["p1 Probe < 6"]])
    ((Count(player=1, unit='Probe', comparison='<', number=6, unfinished=False),),)
    """
    if not isinstance(rows, list) or not all(isinstance(row, list) and row for row in rows):
        raise ValueError(f'expected lists such as [["p1 Probe < 6"], ["p1 Adept = 0", "p2 Drone > 6"]], found {rows!r}')
    return tuple(tuple(_parse_count(text) for text in row) for row in rows)


def render_condition(condition: Condition) -> list[list[str]]:
    """Return the lists of texts that `parse_condition` reads."""
    return [[_render_count(part) for part in alternative] for alternative in condition]


def holds(condition: Condition, count: Counter) -> bool:
    """Return whether one of the alternatives holds in all its parts; a condition without alternatives holds.

    >>> holds(parse_condition([["p1 Probe < 6"], ["p1 units = 0"]]), lambda player, unit, unfinished: 6)
    False
    """
    return not condition or any(all(_compare(part, count) for part in parts) for parts in condition)


def _compare(part: Count, count: Counter) -> bool:
    return _COMPARISONS[part.comparison](count(part.player, part.unit, part.unfinished), part.number)


def _parse_count(text: Any) -> Count:
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f'expected a count such as "p2 Drone < 6", found {text!r}')
    player, unfinished, unit, comparison, number = found.groups()
    return Count(int(player), unit, comparison, int(number), unfinished is not None)


def _render_count(part: Count) -> str:
    unfinished = "unfinished " if part.unfinished else ""
    return f"p{part.player} {unfinished}{part.unit} {part.comparison} {part.number}"
