"""What others add by entry points: agents, styles, backends, providers, policies, paces. Packs are found by `packs`.

The contracts stand in docs/extending.md. An extension is loaded when it is asked for by name, never before.
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from llm_pysc2.errors import UsageError

Kind = Literal["agents", "styles", "backends", "providers", "policies", "paces"]
"""The group of the entry points is "llm_pysc2." and this."""


def extension_names(kind: Kind) -> list[str]:
    """Return the names of the installed extensions of a kind, sorted."""
    return sorted(_points(kind))


def load_extension(kind: Kind, name: str) -> Any:
    """Return what an entry point names, or None if there is no such. Raises UsageError if it cannot be loaded."""
    point = _points(kind).get(name)
    if point is None:
        return None
    try:
        return point.load()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(
            f"{name}: the entry point {point.value!r} in llm_pysc2.{kind} cannot be loaded: {why}"
        ) from error


@cache
def _points(kind: Kind) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"llm_pysc2.{kind}")}
