"""docs/extending.md names every key that a file may have, and no other."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.backends.options import _KINDS, _PRICES
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.actions import ActionRow
from llm_pysc2.knowledge.behaviors import Behavior, DamageResponse, Modification
from llm_pysc2.knowledge.conditions import TESTS
from llm_pysc2.knowledge.effects import KINDS
from llm_pysc2.roster import Role, TeamRule
from llm_pysc2.scenario import EndRule, Scenario

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")


def documented(row: str) -> set[str]:
    """Return the keys in the last cell of the row of a table that begins so."""
    (line,) = [line for line in DOCS.splitlines() if line.startswith(f"| {row} |")]
    return set(re.findall(r"`([a-z_]+)`", line.split("|")[-2]))


def keys(kind: type[Any], *without: str) -> set[str]:
    return {field.name.removesuffix("_") for field in fields(kind)} - set(without)


CASES: list[tuple[str, Iterable[str]]] = [
    ("scenario |", keys(Scenario, "name", "pack")),
    ("scenario | `end`", keys(EndRule)),
    ("roster | `agents`", keys(Role)),
    ("roster | `agents.teams`", keys(TeamRule)),
    ("model file | `models.NAME`", {"provider", "model", *_KINDS}),
    ("model file | `models.NAME.price`", _PRICES),
    *((f"`{name}`", keys(kind, "name", "only_if")) for name, kind in KINDS.items() if keys(kind, "name", "only_if")),
    *((f"`{name}`", keys(kind, "name", "negate")) for name, kind in TESTS.items()),
    ("behavior", keys(Behavior)),
    ("behavior `modification`", Modification.__annotations__),
    ("behavior `damage_response`", DamageResponse.__annotations__),
    ("ability", keys(Ability)),
    ("action", keys(ActionRow)),
]


@pytest.mark.parametrize(("row", "known"), CASES, ids=[row for row, _ in CASES])
def test_the_keys_of_a_row_are_those_of_the_code(row: str, known: Iterable[str]) -> None:
    assert documented(row) == set(known)


def test_all_keys_of_the_shipped_maps_are_documented() -> None:
    known = documented("map |")
    for path in (ROOT / "scenarios" / "maps").rglob("*.toml"):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        assert content.keys() <= known, path
        for key, value in content.items():
            rows = value if isinstance(value, list) else [value]
            for row in rows if key not in ("points", "unit_types") else ():
                assert not isinstance(row, dict) or row.keys() <= documented(f"map | `{key}`"), (path, key)
