"""Effect trees: what abilities and behaviours do step by step; from `knowledge_base/facts/spells.json`.

For an interpreter: about twenty kinds of step (`do`), each with its own fields as the table names them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from llm_pysc2.errors import PackError
from llm_pysc2.packs import facts_file, read_json


@dataclass(frozen=True, slots=True)
class Effect:
    """One step."""

    name: str
    do: str
    """"Set", "Damage", "ApplyBehavior", "RemoveBehavior", "CreatePersistent", "EnumArea", "LaunchMissile",
    "CreateUnit", "Teleport", "ModifyUnit", "Switch", "IssueOrder", ...; "" = named by others, but unknown."""
    fields: Mapping[str, Any]
    """Everything else of the entry."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a test, or "all", "any" or "not" of others."""

    name: str
    fields: Mapping[str, Any]


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
    """Return the tables. Raises PackError that names the file."""
    path = facts_file("spells")
    content = read_json(path)
    try:
        effects = {row["name"]: _decode_effect(row) for row in content["effects"]}
        conditions = {row["name"]: Condition(row["name"], _rest(row, "name")) for row in content["conditions"]}
        missiles = {name: Missile(*row) for name, row in content["missiles"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PackError(f"{path}: {type(error).__name__}: {error}") from error
    return Spells(MappingProxyType(effects), MappingProxyType(conditions), MappingProxyType(missiles))


def _decode_effect(row: dict[str, Any]) -> Effect:
    return Effect(row["name"], row.get("do", ""), _rest(row, "name", "do"))


def _rest(row: dict[str, Any], *keys: str) -> Mapping[str, Any]:
    return MappingProxyType({key: value for key, value in row.items() if key not in keys})
