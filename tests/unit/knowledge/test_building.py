"""The scripts that build the tables: they leave out just what the loaders fill in, and make the shipped files."""

import dataclasses
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.behaviors import Behavior
from llm_pysc2.knowledge.units import Resource, UnitType
from llm_pysc2.knowledge.upgrades import Upgrade
from llm_pysc2.knowledge.weapons import Hit, Weapon
from llm_pysc2.packs import shipped_root

ROOT = Path(__file__).resolve().parents[3]
FACTS = shipped_root() / "knowledge_base" / "facts"


@pytest.fixture
def fact_tables(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not (ROOT / "tools" / "fact_tables").is_dir():
        pytest.skip("tools/ is not part of an installed package")
    monkeypatch.syspath_prepend(str(ROOT))
    from tools import fact_tables
    from tools.fact_tables import abilities, economy, hits, spells, tables, units  # noqa: F401 - found as attributes

    return fact_tables


def defaults_of(cls: type) -> dict[str, Any]:
    """Return the default of each field that has one, sets and tuples as lists."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        value = field.default
        if field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        if value is not dataclasses.MISSING:
            found[field.name] = sorted(value) if isinstance(value, frozenset) else value
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def test_defaults_of_the_script_are_those_of_the_loader(fact_tables: ModuleType):
    pairs = [
        (fact_tables.units.UNIT_DEFAULTS, UnitType),
        (fact_tables.units.WEAPON_DEFAULTS, Weapon),
        (fact_tables.units.RESOURCE_DEFAULTS, Resource),
        (fact_tables.hits.HIT_DEFAULTS, Hit),
        (fact_tables.abilities.ABILITY_DEFAULTS, Ability),
        (fact_tables.upgrades.UPGRADE_DEFAULTS, Upgrade),
        (fact_tables.tables.BEHAVIOR_DEFAULTS, Behavior),
    ]
    for ours, cls in pairs:
        theirs = defaults_of(cls)
        assert {name: theirs.get(name, value) for name, value in ours.items()} == ours, cls.__name__


def test_the_script_makes_the_shipped_tables(fact_tables: ModuleType, raw_facts, tmp_path: Path):
    units, trees = raw_facts("units"), raw_facts("effect_trees")
    abilities, upgrades = raw_facts("abilities")["abilities"], raw_facts("upgrades")["upgrades"]
    fact_tables.units.write_units(units, trees, upgrades, tmp_path)
    fact_tables.abilities.write_abilities(abilities, units["units"], upgrades, tmp_path / "abilities.json")
    fact_tables.spells.write_spells(trees, abilities, units["units"], upgrades, tmp_path / "spells.json")
    fact_tables.upgrades.write_upgrades(upgrades, units["units"], abilities, trees, tmp_path / "upgrades.json")
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (FACTS / made.name).read_bytes(), made.name
