"""Conditions of plans: nested lists such as [">=", ["begun", "Roach"], 8], worked out for a view."""

from collections.abc import Callable, Iterable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from llm_pysc2.engine.computer import judgement
from llm_pysc2.engine.computer.base_sites import base_sites
from llm_pysc2.engine.computer.view import View
from llm_pysc2.errors import PackError
from llm_pysc2.knowledge.computer import load_rules

PHASES = {"open": 1, "mid": 2, "late": 3, "final": 4}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt, "==": eq, "!=": ne}


def holds(view: View, condition: Any, names: Mapping[str, Any]) -> bool:
    """Return whether a condition holds; `names` are values of the moment, such as the "state" of a late army."""
    return bool(value(view, condition, names))


def value(view: View, term: Any, names: Mapping[str, Any]) -> Any:
    """Return what a term stands for. Raises PackError for a word that nobody knows."""
    if isinstance(term, list):
        return _call(view, term, names)
    if not isinstance(term, str):
        return term
    if term in names:
        return names[term]
    if term in _WORDS:
        return _WORDS[term](view)
    return PHASES.get(term, term)


def _call(view: View, term: list[Any], names: Mapping[str, Any]) -> Any:
    word, *rest = term
    if word in _COMPARE:
        return _COMPARE[word](value(view, rest[0], names), value(view, rest[1], names))
    if word in _JOINED:
        return _JOINED[word](value(view, one, names) for one in rest)
    if word == "not":
        return not holds(view, rest[0], names)
    if word in _FIGURES:
        return _FIGURES[word](view, *rest)
    raise PackError(f"computer's plans: expected a condition, found {word!r}")


def is_expanding(view: View) -> bool:
    """Return whether a second town stands, is being built or is ordered."""
    return view.queued[view.race.hall] >= 2


def has_open_expansion(view: View) -> bool:
    """Return whether the map has a place for a base that is not the player's own."""
    return len(base_sites(view.match)) > len(view.towns)


def _never(view: View) -> bool:
    """Return what holds as long as nobody here drops units or plays on islands."""
    del view
    return False


_JOINED: Mapping[str, Callable[[Iterable[Any]], Any]] = {"and": all, "or": any, "+": sum}
_FIGURES: Mapping[str, Callable[..., Any]] = {
    "have": lambda view, name: view.have[name],
    "begun": lambda view, name: view.begun[name],
    "queued": lambda view, name: view.queued[name],
    "incomplete_only": lambda view, name: view.begun[name] - view.have[name],
    "has_res": lambda view, minerals, vespene: view.player.minerals >= minerals and view.player.vespene >= vespene,
    "suspect_detection_danger": lambda view, when: judgement.suspects(view, "detection", when.startswith("late")),
    "suspect_air_danger": lambda view, when: judgement.suspects(view, "air", when.startswith("late")),
}
_WORDS: Mapping[str, Callable[[View], Any]] = {
    "seconds": lambda view: view.seconds,
    "food_used": lambda view: view.player.food_used,
    "opening_type": lambda view: view.mind.opening,
    "late_game_type": lambda view: view.mind.late,
    "prev_build_idx": lambda view: view.mind.build,
    "late_loop": lambda view: view.mind.late_loops,
    "num_ground_start_locs": lambda view: len(view.match.map.start_locations) - 1,
    "is_expanding_or_has_expanded": is_expanding,
    "has_nearby_open_expansion": has_open_expansion,
    "needs_detection": lambda view: judgement.suspects_seen(view, load_rules().danger["detection"]),
    "high_currently_under_heavy_attack": judgement.is_under_heavy_attack,
    "enemy_buildings_only_on_other_islands": _never,
    "wants_multiple_transport": _never,
}
