"""Abilities, upgrades, behaviours, footprints and ids: they load, refer to what exists, and hold the facts."""

import json
from pathlib import Path

import pytest

from llm_pysc2 import packs
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge import abilities, ids
from llm_pysc2.knowledge.abilities import Need, ability, carriers, load_abilities, members_by_general
from llm_pysc2.knowledge.behaviors import load_behaviors, load_buffs, load_ground_effects
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.effects import ApplyBehavior, CreatePersistent
from llm_pysc2.knowledge.footprints import load_footprints
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.records import references
from llm_pysc2.knowledge.spells import load_spells
from llm_pysc2.knowledge.units import load_units, unit_by_name, unit_type
from llm_pysc2.knowledge.upgrades import load_upgrades, upgrade_by_name

FACTS = packs.shipped_root() / "knowledge_base" / "facts"


@pytest.mark.parametrize("path", sorted(FACTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_table_is_json_with_one_entity_a_line_and_says_what_it_is(path: Path):
    text = path.read_text(encoding="utf-8")
    assert "_about" in json.loads(text)
    assert max(len(line) for line in text.splitlines()) < 12_000


def test_abilities_refer_to_units_and_upgrades_that_exist():
    known, upgrades = load_units(), load_ids().upgrades.keys() | load_upgrades().keys()
    for entry in load_abilities().values():
        assert {entry.unit, entry.consumes, *entry.via, *entry.costs_by_source} - {0} <= known.keys(), entry
        assert {entry.upgrade} - {0} <= upgrades
        assert {entry.general} - {0} <= load_abilities().keys()
        for need in entry.needs:
            assert set(need.ids) <= (upgrades if need.kind == "upgrade" else known.keys())


def test_units_carry_abilities_that_exist():
    assert carriers().keys() <= load_abilities().keys()
    assert unit_by_name("Stalker").id in carriers()[1442]


def test_upgrades_that_change_units_exist():
    changes = [change for unit in load_units().values() for change in unit.changes]
    changes += [change for unit in load_units().values() for weapon in unit.weapons for change in weapon.changes]
    assert {change.upgrade_id for change in changes} <= load_upgrades().keys()


def test_footprints_that_units_name_exist():
    names = {name for unit in load_units().values() for name in (unit.footprint, unit.placement_footprint)} - {""}
    assert names <= load_footprints().keys()


def test_blink_costs_no_energy_but_time_and_an_upgrade():
    blink = ability(1442)
    assert (blink.kind, blink.target, blink.cooldown_loops, blink.energy) == ("effect", "point", 160, 0)
    assert blink.needs == (Need("upgrade", (87,)),)
    assert blink.general == 3687
    assert 1442 in members_by_general()[3687]


def test_prices_are_those_that_are_paid():
    assert (ability(916).minerals, ability(916).loops, ability(916).unit) == (100, 608, 73)
    lurker = ability(2332)
    assert lurker.costs_by_source[107] == (50, 100)
    assert [phase.unit for phase in lurker.phases] == [501, 502]
    assert ability(1155).consumes == unit_by_name("Drone").id
    assert (ability(1413).loops, ability(1413).cooldown_loops) == (256, 448)


def test_conditions_tell_here_from_anywhere():
    assert Need("fewer", (10,), fewer_than=1) in ability(110).needs
    assert Need("attached", (39,)) in ability(594).needs
    assert Need("unit", (100, 101)) in ability(216).needs
    assert Need("behavior", name="AdeptPhaseShiftCaster") in ability(2594).needs


def test_upgrades_are_found_by_either_name():
    assert upgrade_by_name("Blink").id == upgrade_by_name("blinktech").id == 87
    assert upgrade_by_name("Blink").researched_at == (65,)
    with pytest.raises(UsageError, match="closest: "):
        upgrade_by_name("Blinck")


def test_buffs_say_what_they_do():
    field = load_buffs()[121]
    assert (field.name, field.harmful, field.modification["move_speed_multiplier"]) == ("TemporalField", True, 0.5)
    assert load_behaviors()["Stimpack"].duration_loops == 240
    assert load_ground_effects()[1].radius_cells == 1.5


def test_a_mineral_field_blocks_two_cells_and_keeps_town_halls_away():
    minerals = load_footprints()["FootprintMineralsRounded"]
    assert {cell for cell, flags in minerals.sets.items() if "NoBuild" in flags} == {(-1, 0), (0, 0)}
    assert "NearResources" in minerals.sets[3, 2]
    assert "NearResources" in load_footprints()["Footprint5x5DropOff"].forbids[0, 0]


def test_every_race_starts_with_a_town_hall_and_twelve_workers():
    races = load_economy().races
    assert {race: (unit_type(start.town_hall).name, start.workers) for race, start in races.items()} == {
        "terran": ("CommandCenter", 12),
        "protoss": ("Nexus", 12),
        "zerg": ("Hatchery", 12),
    }
    assert [(unit_type(kind).name, count) for kind, count in races["zerg"].others] == [("Overlord", 1)]


def test_creep_grows_from_sources_that_structures_name():
    named = {unit.creep_source for unit in load_units().values()} - {""}
    assert named <= load_economy().creep.keys()
    hatchery = load_economy().creep[unit_by_name("Hatchery").creep_source]
    assert hatchery.birth < hatchery.grown
    assert load_economy().numbers["larva_spawn_loops"] == 240


def test_effects_of_abilities_are_known_and_lead_to_known_ones():
    spells = load_spells()
    named = {name for entry in load_abilities().values() for name in entry.effects}
    assert named <= spells.effects.keys()
    for effect in spells.effects.values():
        followers = {one.name for one in references(effect) if one.table == "effect"}
        assert followers <= spells.effects.keys(), effect.name
        assert set(effect.only_if) <= spells.conditions.keys(), effect.name


def test_a_psi_storm_searches_seven_times():
    storm = load_spells().effects["PsiStormPersistent"]
    assert isinstance(storm, CreatePersistent)
    assert (storm.initial_effect, storm.period_count) == ("PsiStormSearch", 6)


def test_behaviors_that_effects_apply_are_known():
    applied = {one.behavior for one in load_spells().effects.values() if isinstance(one, ApplyBehavior)} - {""}
    resources = {"HarvestableRichVespeneGeyserGas"}  # stands with its unit type
    looks = {"ChannelSnipeCombatBeamDummy"}
    assert applied - resources - looks <= load_behaviors().keys()


def test_id_tables_are_complete():
    tables = load_ids()
    assert [
        len(table) for table in (tables.units, tables.abilities, tables.upgrades, tables.buffs, tables.effects)
    ] == [
        1949,
        3797,
        296,
        289,
        13,
    ]
    assert (tables.units[73], tables.units[7], tables.upgrades[87]) == ("Zealot", "InfestorTerran", "BlinkTech")
    assert (tables.abilities[318].link, tables.abilities[319].index) == ("TerranBuild", 1)


def test_id_tables_equal_the_raw_ones(raw_facts):
    raw, tables = raw_facts("stable_ids"), load_ids()
    assert dict(tables.units) == dict(raw["units"])
    assert dict(tables.upgrades) == dict(raw["upgrades"])
    assert dict(tables.buffs) == dict(raw["buffs"])
    for key, link, index, button, name, _general, target, available in raw["abilities"]:
        entry = tables.abilities[key]
        assert (entry.link, entry.index, entry.button, entry.available) == (link, index, button, bool(available))
        if key not in load_abilities():
            assert (entry.friendly_name, entry.target) == (name, target)


def test_abilities_equal_the_raw_ones(raw_facts):
    for raw in raw_facts("abilities")["abilities"].values():
        entry = ability(raw["id"])
        assert (entry.name, entry.link, entry.general) == (raw["name"], raw["link"], raw.get("remaps_to", 0))
        assert (entry.kind, entry.target) == (raw["does"]["kind"], raw["target"])
        assert entry.energy == (raw["does"].get("cost", {}).get("energy") or entry.energy)
        assert entry.minerals == raw.get("cost", {}).get("minerals", entry.minerals)


def test_a_broken_entry_is_an_error_that_names_file_and_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    facts = tmp_path / "knowledge_base" / "facts"
    facts.mkdir(parents=True)
    (facts / "abilities.json").write_text(
        '{"abilities": [{"id": 1, "name": "x", "link": "x", "kind": "x", "mana": 3}]}'
    )
    (facts / "ids.json").write_text('{"units": {"0": "Nothing"}}')
    monkeypatch.setattr(packs, "_user_packs", [tmp_path])
    with pytest.raises(PackError, match=r"abilities\.json: abilities 1 \(x\): unknown key 'mana'; closest: "):
        abilities.load_abilities.__wrapped__()
    with pytest.raises(PackError, match=r"ids\.json: KeyError: 'upgrades'"):
        ids.load_ids.__wrapped__()


def test_an_id_that_stands_twice_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    facts = tmp_path / "knowledge_base" / "facts"
    facts.mkdir(parents=True)
    row = {"id": 1, "name": "x", "link": "x", "kind": "x"}
    (facts / "abilities.json").write_text(json.dumps({"abilities": [row, row]}))
    monkeypatch.setattr(packs, "_user_packs", [tmp_path])
    with pytest.raises(PackError, match="1 stands there twice"):
        abilities.load_abilities.__wrapped__()
