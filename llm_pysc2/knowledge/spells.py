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
from llm_pysc2.knowledge.effects import KINDS, ApplyBehavior, Effect, Unknown
from llm_pysc2.knowledge.records import read_record
from llm_pysc2.knowledge.tables import merged_rows
from llm_pysc2.packs import facts_files, read_json


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
    effects = merged_rows("spells", _name, "effects").items()
    conditions = merged_rows("spells", _name, "conditions").items()
    return Spells(
        MappingProxyType({name: decode_effect(row, str(path)) for name, (path, row) in effects}),
        MappingProxyType({name: decode_condition(row, str(path)) for name, (path, row) in conditions}),
        _load_missiles(),
    )


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name"])


def _load_missiles() -> Mapping[str, Missile]:
    missiles: dict[str, Missile] = {}
    for path in facts_files("spells"):
        try:
            missiles |= {name: Missile(*row) for name, row in read_json(path).get("missiles", {}).items()}
        except (AttributeError, TypeError) as error:
            raise PackError(f"{path}: missiles: expected NAME: [speed, acceleration]: {error}") from error
    return MappingProxyType(missiles)


def decode_effect(row: Mapping[str, Any], source: str = "effects") -> Effect:
    """Return a step from its JSON object. Raises PackError that names source, row, and the closest key or kind."""
    where = f"{source}: {row.get('name')}"
    do = row.get("do", "")
    if do not in KINDS and "missing" not in row:
        raise PackError(f"{where}: unknown do {do!r}; {closest_names(str(do), KINDS)}")
    fields = {key: value for key, value in row.items() if key != "do"}
    if do == ApplyBehavior.__name__:
        fields.setdefault("behavior", row.get("name"))
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
