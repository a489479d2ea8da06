"""A budget of tokens: how many a text takes, about, and what is left out first where it is too long."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from llm_pysc2.dialogue.outline import Outline, UnitRow

_PIECE = re.compile(r"[A-Za-z]{1,5}|\d|[^\sA-Za-z\d]|\n")
_TOKENS_PER_PIECE = 0.97
LEAST_ENEMIES = 4
"""The nearest enemies that are told however small the budget is."""


def count_tokens(text: str) -> int:
    """Return about how many tokens a text takes, by a vocabulary that takes digits one by one.

    >>> count_tokens("Stalker 80+80:")
    8
    """
    return round(len(_PIECE.findall(text)) * _TOKENS_PER_PIECE)


def without_changes(outline: Outline) -> Outline:
    """Leave out who was hurt and healed; deaths and sightings stay."""
    events = outline.events
    if not (events.hurt or events.healed or events.enemy_hurt or events.enemy_healed):
        return outline
    fewer = replace(events, hurt=(), healed=(), enemy_hurt=(), enemy_healed=())
    return _left_out(replace(outline, events=fewer), "who was hurt and healed")


def without_resources(outline: Outline) -> Outline:
    """Leave out minerals and geysers but for their number."""
    if not outline.resources:
        return outline
    return _left_out(replace(outline, resources=()), f"resources in view: {_types(outline.resources)}")


def without_allies(outline: Outline) -> Outline:
    """Leave out units of others on one's own side but for their number."""
    if not outline.allies:
        return outline
    return _left_out(replace(outline, allies=()), f"allies in view: {_types(outline.allies)}")


def without_far_enemies(outline: Outline) -> Outline:
    """Leave out the half of the enemies that is farther away, but for their number."""
    if len(outline.enemies) <= LEAST_ENEMIES:
        return outline
    keep = max(LEAST_ENEMIES, len(outline.enemies) // 2)
    near = sorted(outline.enemies, key=_nearest)[:keep]
    names = {row.name for row in near}
    far = [row for row in outline.enemies if row.name not in names]
    shorter = replace(outline, enemies=tuple(row for row in outline.enemies if row.name in names))
    return _left_out(shorter, f"enemies {_nearest(far[0]):.0f} cells and farther: {_types(far)}")


CUTS: tuple[Callable[[Outline], Outline], ...] = (
    without_changes,
    without_resources,
    without_allies,
    without_far_enemies,
)
"""What is left out, what matters least first; each gives the same value back when there is no more of it."""


def _nearest(row: UnitRow) -> float:
    return min(row.distances_cells, default=0.0)


def _types(rows: Iterable[UnitRow]) -> str:
    return ", ".join(f"{name} x{count}" for name, count in sorted(Counter(row.unit.type_name for row in rows).items()))


def _left_out(outline: Outline, what: str) -> Outline:
    return replace(outline, left_out=(*outline.left_out, what))
