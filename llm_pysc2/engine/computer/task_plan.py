"""How the computer plays the maps of tasks, read from `knowledge_base/facts/computer_tasks.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.packs import find_file, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How well it plays."""

    difficulty: int
    """From which `Difficulty` of the API on."""
    think_loops: int
    """Game loops from one decision to the next."""
    workers_per_base: int
    first_attack_loops: int
    """It does not set out before."""
    attack_food: int
    """Supply of the army with which it sets out."""
    casts: bool
    pulls_workers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """So many of something, from a supply on."""

    make: int
    """Unit type."""
    count: int
    food: int
    """The supply in use from which it is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RacePlan:
    """What a race builds. Unit types."""

    worker: int
    supply: int
    gas: int
    army: tuple[int, ...]
    """The first that can be made is made."""
    goals: tuple[Goal, ...]
    """The first that is not met is saved for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it."""

    levels: tuple[Level, ...]
    races: Mapping[str, RacePlan]

    def level(self, difficulty: int) -> Level:
        """Return how a computer of a difficulty plays; 0 = as the easiest."""
        return [level for level in self.levels if level.difficulty <= max(difficulty, 1)][-1]


@cache
def load_plan() -> Plan:
    """Return the shipped plan. Raises PackError that names the file."""
    path = find_file("knowledge_base/facts", "computer_tasks")
    content: dict[str, Any] = read_toml(path)
    try:
        levels = tuple(Level(**row) for row in content["levels"])
        races = {name: _decode_race(row) for name, row in content["races"].items()}
    except (KeyError, TypeError, UsageError) as error:
        raise PackError(f"{path}: {error}") from error
    return Plan(levels, MappingProxyType(races))


def _decode_race(row: dict[str, Any]) -> RacePlan:
    kinds = {key: unit_by_name(row[key]).id for key in ("worker", "supply", "gas")}
    goals = tuple(Goal(make=unit_by_name(goal.pop("make")).id, **goal) for goal in row["goals"])
    return RacePlan(**kinds, army=tuple(unit_by_name(name).id for name in row["army"]), goals=goals)
