"""Effect trees: what abilities and behaviours do step by step; from `knowledge_base/facts/spells.json`.

What the rows may say stands in `effects` and `conditions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import PackError, closest_names
from llm_pysc2.knowledge.conditions import TESTS, AllOf, AnyOf, Condition
from llm_pysc2.knowledge.effects import KINDS, Effect, Unknown
from llm_pysc2.knowledge.records import read_record
from llm_pysc2.packs import facts_file, read_json


@dataclass(frozen=True, slots=True)
class Missile:
    """How a missile flies."""

    speed: float | None
    """Cells per game second; None where the catalog throws it (ballistic)."""
    acceleration: float | None
    """None = at full speed at once."""


@dataclass(frozen=True, slots=True)
class Spells:
    """The tables, by name."""

    effects: Mapping[str, Effect]
    conditions: Mapping[str, Condition]
    missiles: Mapping[str, Missile]


@cache
def load_spells() -> Spells:
    """Return the tables. Raises PackError that names the file and the row."""
    path = facts_file("spells")
    content = read_json(path)
    try:
        effects = {row["name"]: decode_effect(row, str(path)) for row in content["effects"]}
        conditions = {row["name"]: decode_condition(row, str(path)) for row in content["conditions"]}
        missiles = {name: Missile(*row) for name, row in content["missiles"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PackError(f"{path}: {type(error).__name__}: {error}") from error
    return Spells(MappingProxyType(effects), MappingProxyType(conditions), MappingProxyType(missiles))


def decode_effect(row: Mapping[str, Any], source: str = "effects") -> Effect:
    """Return a step from its JSON object. Raises PackError that names source, row, and the closest key or kind."""
    where = f"{source}: {row.get('name')}"
    do = row.get("do", "")
    if do not in KINDS and "missing" not in row:
        raise PackError(f"{where}: unknown do {do!r}; {closest_names(str(do), KINDS)}")
    fields = {key: value for key, value in row.items() if key != "do"}
    return read_record(KINDS[do] if do else Unknown, fields, where)


def decode_condition(row: Mapping[str, Any], source: str = "conditions") -> Condition:
    """Return a condition from its JSON object. Raises PackError that names source, row, and the closest key or test."""
    where = f"{source}: {row.get('name')}"
    if "all" in row or "any" in row:
        return read_record(AllOf if "all" in row else AnyOf, row, where)
    test = str(row.get("test"))
    if test not in TESTS:
        raise PackError(f"{where}: unknown test {test!r}; {closest_names(test, TESTS)}")
    return read_record(TESTS[test], {key: value for key, value in row.items() if key != "test"}, where)
