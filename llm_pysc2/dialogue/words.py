"""How things are written: names of buffs and effects, numbers and points. One place, so that all texts agree."""

from functools import lru_cache

from llm_pysc2.knowledge.behaviors import load_ground_effects
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.world.geometry import Point


def buff(buff_id: int) -> str:
    """Return the name of a buff by its API id."""
    return load_ids().buffs.get(buff_id) or f"Buff{buff_id}"


def effect(effect_id: int) -> str:
    """Return the name of an effect on the ground by its API id."""
    known = load_ground_effects().get(effect_id)
    return known.friendly_name if known else f"Effect{effect_id}"


def one_line(text: str) -> str:
    """Return a text on one line, so that no part of it can be taken for a line of ours."""
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def format_point(point: Point) -> str:
    """Return a world point as it is written everywhere: cells to one decimal.

    >>> format_point(Point(12.34, 16.0))
    '12.3,16'
    """
    return f"{format_number(point.x)},{format_number(point.y)}"


def format_number(value: float) -> str:
    """Return a number with one decimal, or none if that is zero.

    >>> format_number(-0.04), format_number(12.25), format_number(3.0)
    ('0', '12.2', '3')
    """
    text = f"{value:.1f}"
    if text.endswith(".0"):
        text = text[:-2]
    return "0" if text == "-0" else text
