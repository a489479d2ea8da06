"""Arguments of an action as they were written: unit names, points, and when to carry it out."""

import re
from dataclasses import dataclass

from llm_pysc2.world.geometry import Point

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?"
_TOKEN = re.compile(
    rf"[\[(]\s*(?P<x>{_NUMBER})(?:\s*[,;]\s*|\s+)(?P<y>{_NUMBER})\s*[\])]"
    r"|(?P<key>[A-Za-z_]\w*)\s*[=:]"
    r"|(?P<word>0[xX][0-9a-fA-F]+|[A-Za-z_][\w-]*)"
    rf"|(?P<number>{_NUMBER})"
    r"|(?P<other>[^\s,;()\[\]'\"`.])",
    re.ASCII,
)
_WHEN = {"queued": True, "queue": True, "now": False}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands between the brackets of an action."""

    names: tuple[str, ...] = ()
    """Everything that can name a unit, in order."""
    points: tuple[Point, ...] = ()
    queued: bool | None = None
    """True for "queued", False for "now", None if it does not say."""
    trouble: str = ""
    """What cannot be read; empty if all can."""


def read_arguments(body: str) -> Arguments:
    """Return the arguments in a text such as "(S1, [12, 30.5], queued)". Never raises.

    >>> read_arguments("(S1, [12, 30.5], queued)")
    Arguments(names=('S1',), points=(Point(x=12.0, y=30.5),), queued=True, trouble='')
    """
    names: list[str] = []
    points: list[Point] = []
    numbers: list[str] = []
    queued: bool | None = None
    trouble = ""
    for token in _TOKEN.finditer(_inside(body)):
        kind, found = token.lastgroup, token[0]
        if kind == "y":
            points.append(Point(float(token["x"]), float(token["y"])))
        elif kind == "word" and found.lower() in _WHEN:
            queued = _WHEN[found.lower()]
        elif kind == "word":
            names.append(found)
        elif kind == "number":
            numbers.append(found)
        elif kind == "other":
            trouble = f"cannot read {found!r}"
    if len(numbers) == 2 and not points:
        points.append(Point(float(numbers[0]), float(numbers[1])))
    elif numbers:
        trouble = f"{numbers[0][:20]} is neither a unit nor a point [x, y]"
    return Arguments(tuple(names), tuple(points), queued, trouble)


def _inside(body: str) -> str:
    """Return what is between the first and the last round bracket, or all of it where there is none."""
    start = body.find("(") + 1
    end = body.rfind(")")
    return body[start:end] if end >= start else body[start:]
