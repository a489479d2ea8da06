"""What a melee game starts with, creep, and numbers of the economy; from `knowledge_base/facts/economy.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import PackError
from llm_pysc2.knowledge.footprints import Cell
from llm_pysc2.packs import facts_file, read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceStart:
    """What a player of a race starts with; numbers of units are unit type ids."""

    race: str
    town_hall: int
    worker: int
    gas_building: int
    supply: int
    workers: int
    """How many."""
    minerals: int
    vespene: int
    others: tuple[tuple[int, int], ...] = ()
    """Further units: (type, count)."""


@dataclass(frozen=True, slots=True)
class CreepSource:
    """How creep spreads around a structure; cells are offsets from the structure's cell."""

    name: str
    period_loops: float
    """From one growth to the next."""
    birth: frozenset[Cell]
    """At once."""
    grown: frozenset[Cell]
    """In the end."""


@dataclass(frozen=True, slots=True)
class Economy:
    """The table."""

    numbers: Mapping[str, float]
    """Single numbers by name, the unit of measure at its end: larva_spawn_loops, food_max, ..."""
    races: Mapping[str, RaceStart]
    creep: Mapping[str, CreepSource]


@cache
def load_economy() -> Economy:
    """Return the table. Raises PackError that names the file."""
    path = facts_file("economy")
    content = read_json(path)
    try:
        races = {row["race"]: _decode_race(row) for row in content["races"]}
        creep = {row["name"]: _decode_creep(row) for row in content["creep"]}
        numbers = {name: float(value) for name, value in content["numbers"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PackError(f"{path}: {type(error).__name__}: {error}") from error
    return Economy(MappingProxyType(numbers), MappingProxyType(races), MappingProxyType(creep))


def _decode_race(row: dict[str, Any]) -> RaceStart:
    return RaceStart(**{**row, "others": tuple((unit, count) for unit, count in row.get("others", ()))})


def _decode_creep(row: dict[str, Any]) -> CreepSource:
    return CreepSource(row["name"], row["period_loops"], _cells(row.get("birth")), _cells(row.get("grown")))


def _cells(mask: dict[str, Any] | None) -> frozenset[Cell]:
    if mask is None:
        return frozenset()
    return frozenset(
        (mask["left"] + right, mask["bottom"] + up)
        for up, line in enumerate(reversed(mask["rows"]))
        for right, letter in enumerate(line)
        if letter == "x"
    )
