"""How the build's own computer plays: its plans by race and level, from `knowledge_base/facts/computer/`.

A plan is a list of steps `[verb, ...]`; `engine.computer.plans` carries them out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import PackError
from llm_pysc2.packs import facts_file, read_json, read_toml

Step = list[Any]

VERBS = frozenset({
    "have", "more", "supply", "workers", "share", "army", "pick", "clock", "when", "plan", "upgrades", "late_army",
    "fast_expand", "attack_when", "weight", "default", "line", "defense_stock", "production", "economy", "expansion",
    "adjusted_expansion", "full_economy", "least_workers", "tech_up", "make_counters", "defense_main_town",
    "defense_other_towns", "stay", "done", "end",
})  # fmt: skip
"""All words that a step begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceRules:
    """What a race makes its economy of, by names of units."""

    hall: str
    worker: str
    supply: str
    gas: str
    defense_stock: tuple[tuple[str, int], ...]
    """Made first while home is in danger."""
    defense_at_towns: tuple[tuple[str, int], ...]
    """Structures at each town."""
    expands_from_workers: int
    """Timed computers take no second town with fewer workers."""
    expand_minerals: int
    """With so many in hand a second town is ordered."""
    save_minerals: int
    """While it is on its way, so many are kept."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all plans, from `rules.toml`; tables as they stand there."""

    levels: Mapping[str, Any]
    income: tuple[Mapping[str, float], ...]
    opening: Mapping[str, Mapping[str, list[int]]]
    late: Mapping[str, Mapping[str, list[int]]]
    races: Mapping[str, RaceRules]
    tech_up: Mapping[str, Mapping[str, list[tuple[str, int]]]]
    counts_as: Mapping[str, list[str]]
    strength: Mapping[str, float]
    danger: Mapping[str, Any]

    def by_level(self, name: str, level: int) -> int:
        """Return what a list by level says for a level, 1 to 10."""
        return int(self.levels[name][level - 1])


@cache
def load_rules() -> Rules:
    """Return the rules. Raises PackError that names the file."""
    path = facts_file("computer/counters").with_name("rules.toml")
    content = read_toml(path)
    try:
        races = {name: _decode_race(row) for name, row in content["races"].items()}
        return Rules(**{**content, "income": tuple(content["income"]), "races": MappingProxyType(races)})
    except (KeyError, TypeError) as error:
        raise PackError(f"{path}: {error}") from error


def _decode_race(row: dict[str, Any]) -> RaceRules:
    pairs = {key: tuple((name, count) for name, count in row[key]) for key in ("defense_stock", "defense_at_towns")}
    return RaceRules(**{**row, **pairs})


@cache
def load_plans(race: str) -> Mapping[tuple[int, str], list[Step]]:
    """Return the steps of a race's plans by level and name. Raises PackError for a step nobody can carry out."""
    path = facts_file(f"computer/{race}")
    plans: dict[tuple[int, str], list[Step]] = {}
    for row in read_json(path)["plans"]:
        _check(row["steps"], f"{path}: {row['plan']}")
        for level in row["levels"]:
            plans[level, row["plan"]] = row["steps"]
    return MappingProxyType(plans)


def _check(steps: list[Step], place: str) -> None:
    for step in steps:
        if step[0] not in VERBS:
            raise PackError(f"{place}: expected one of {', '.join(sorted(VERBS))}, found {step[0]!r}")
        for _, inner in step[1] if step[0] in ("when", "pick") else ():
            _check(inner, place)


@dataclass(frozen=True, slots=True)
class Counter:
    """How many of what are made against one enemy unit."""

    ratio: float
    unit: str
    ratio_any_tech: float
    unit_any_tech: str


@cache
def load_counters(race: str) -> Mapping[str, Counter]:
    """Return a race's answers to enemy units, by the enemy's name."""
    rows = read_json(facts_file("computer/counters"))["counters"]
    return {row["against"]: Counter(*row["present"], *row["any"]) for row in rows if row["race"] == race}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the build's own tables expect of an army: supply, resources, and seconds since its phase began."""

    race: str
    level: int
    phase: str
    build: str
    food: int
    resources: int
    seconds: int


@cache
def load_expected() -> tuple[Expected, ...]:
    """Return the armies that are expected of levels 1 to 5."""
    return tuple(Expected(**row) for row in read_json(facts_file("computer/expected"))["expected"])
