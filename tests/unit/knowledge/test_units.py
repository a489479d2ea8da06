"""Unit types: numbers that others published, the subtle weapons, and errors that name the file."""

import json
from pathlib import Path

import pytest

from llm_pysc2 import packs
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge import units
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.units import load_units, unit_by_name, unit_type

# Life, shield, armor, speed; weapon damage, bonus, range, period in game seconds of the weapon named.
# Build 4.10.0.75689 with the multiplayer rules; the weapons' numbers are those the API displays.
PUBLISHED = [
    ("Probe", (20, 20, 0, 2.8125), ("ParticleBeam", 5, {}, 0.1, 1.5)),
    ("Zealot", (100, 50, 1, 2.25), ("PsiBlades", 8, {}, 0.1, 1.2)),
    ("Stalker", (80, 80, 1, 2.9531), ("ParticleDisruptors", 13, {"Armored": 5}, 6, 1.87)),
    ("Sentry", (40, 40, 1, 2.25), ("DisruptionBeam", 6, {}, 5, 1.0)),
    ("Adept", (70, 70, 1, 2.5), ("Adept", 10, {"Light": 12}, 4, 2.25)),
    ("HighTemplar", (40, 40, 0, 1.875), ("HighTemplarWeapon", 4, {}, 6, 1.754)),
    ("DarkTemplar", (40, 80, 1, 2.8125), ("WarpBlades", 45, {}, 0.1, 1.694)),
    ("Archon", (10, 350, 0, 2.8125), ("PsionicShockwave", 25, {"Biological": 10}, 3, 1.754)),
    ("Immortal", (200, 100, 1, 2.25), ("PhaseDisruptors", 20, {"Armored": 30}, 6, 1.45)),
    ("Colossus", (200, 150, 1, 2.25), ("ThermalLances", 10, {"Light": 5}, 7, 1.5)),
    ("Phoenix", (120, 60, 0, 4.25), ("IonCannons", 5, {"Light": 5}, 5, 1.1)),
    ("VoidRay", (150, 100, 0, 2.5), ("VoidRaySwarm", 6, {"Armored": 4}, 6, 0.5)),
    ("Tempest", (150, 125, 2, 2.25), ("Tempest", 30, {"Massive": 22}, 15, 3.3)),
    ("Interceptor", (40, 40, 0, 7.5), ("InterceptorBeam", 5, {}, 2, 3.0)),
    ("PhotonCannon", (150, 150, 1, 0), ("PhotonCannon", 20, {}, 7, 1.25)),
    ("Drone", (40, 0, 0, 2.8125), ("Spines", 5, {}, 0.1, 1.5)),
    ("Zergling", (35, 0, 0, 2.9531), ("Claws", 5, {}, 0.1, 0.696)),
    ("Roach", (145, 0, 1, 2.25), ("AcidSaliva", 16, {}, 4, 2.0)),
    ("Ravager", (120, 0, 1, 2.75), ("RavagerWeapon", 16, {}, 6, 1.6)),
    ("Hydralisk", (90, 0, 0, 2.25), ("NeedleSpines", 12, {}, 5, 0.825)),
    ("Ultralisk", (500, 0, 2, 2.9531), ("KaiserBlades", 35, {}, 1, 0.86)),
    ("Corruptor", (200, 0, 2, 3.375), ("ParasiteSpore", 14, {"Massive": 6}, 6, 1.9)),
    ("BroodLord", (225, 0, 1, 1.4062), ("BroodlingStrike", 20, {}, 10, 2.5)),
    ("SpineCrawler", (300, 0, 2, 0), ("ImpalerTentacle", 25, {"Armored": 5}, 7, 1.85)),
    ("SporeCrawler", (400, 0, 1, 0), ("AcidSpew", 15, {"Biological": 15}, 7, 0.8608)),
    ("SCV", (45, 0, 0, 2.8125), ("FusionCutter", 5, {}, 0.1, 1.5)),
    ("Marine", (45, 0, 0, 2.25), ("GuassRifle", 6, {}, 5, 0.8608)),
    ("Marauder", (125, 0, 1, 2.25), ("PunisherGrenades", 10, {"Armored": 10}, 6, 1.5)),
]


@pytest.mark.parametrize(("name", "body", "weapon"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_numbers_equal_the_published_ones(name, body, weapon):
    unit = unit_by_name(name)
    weapon_name, damage, bonus, range_cells, period_game_seconds = weapon
    found = next(item for item in unit.weapons if item.name == weapon_name)
    assert (unit.life_max, unit.shield_max, unit.armor, unit.speed) == body
    assert (found.display_damage, found.display_bonus, found.range_cells) == (damage, bonus, range_cells)
    assert found.period_loops == pytest.approx(period_game_seconds * 16)


def test_there_are_286_types_with_ids_of_their_own_in_order():
    ids = list(load_units())
    assert len(ids) == 286
    assert ids == sorted(set(ids))
    assert len({unit.name for unit in load_units().values()}) == 286


def test_every_reference_to_a_type_resolves():
    known = load_ids().units
    for unit in load_units().values():
        others = {unit.unit_alias, unit.tech_requirement, *unit.built_on} - {0}
        assert others <= known.keys(), unit.name


def test_values_are_within_what_they_can_be():
    for unit in load_units().values():
        assert unit.race in ("protoss", "terran", "zerg", "neutral")
        assert unit.acquire_level in ("Offensive", "Defensive", "Passive", "None")
        assert unit.response in ("Acquire", "Flee", "Nothing")
        assert 0 < unit.life_start <= unit.life_max
        assert 0 <= unit.inner_radius_cells <= 10
        for weapon in unit.weapons:
            assert weapon.period_loops > 0 or weapon.hidden
            assert all(hit.damage > 0 and hit.times > 0 for hit in weapon.hits)
            assert all(not hit.sweep_cells or len(hit.sweep_cells) == hit.times for hit in weapon.hits)


def test_a_zealot_hits_twice_and_the_second_comes_later():
    (weapon,) = unit_by_name("Zealot").weapons
    (hit,) = weapon.hits
    assert (hit.times, hit.period_loops, weapon.is_instant, weapon.melee) == (2, (0, 4.48), True, True)


def test_a_thor_fires_two_shots_though_both_are_of_one_effect():
    hammer = next(weapon for weapon in unit_by_name("Thor").weapons if weapon.name == "ThorsHammer")
    assert [(hit.times, hit.period_loops) for hit in hammer.hits] == [(2, (0, 6))]


def test_a_stalker_fires_a_missile():
    (weapon,) = unit_by_name("Stalker").weapons
    assert not weapon.is_instant
    assert weapon.hits[0].missile_speed == 18.75


def test_a_colossus_sweeps_twice_across_its_target():
    (weapon,) = unit_by_name("Colossus").weapons
    sweeps = [hit for hit in weapon.hits if hit.sweep_cells]
    assert [hit.sweep_cells[0] for hit in sweeps] == [(-1.25, 0), (1.25, 0)]
    assert all(hit.times == 11 and hit.search_radius_cells == 0.15 and hit.once_per_unit for hit in sweeps)
    assert not any(hit.search_excludes_target for hit in sweeps)


def test_a_hellion_burns_a_line_away_from_itself():
    (weapon,) = unit_by_name("Hellion").weapons
    line = weapon.hits[1]
    assert (line.search_origin, line.sweep_cells[0], line.sweep_cells[-1]) == ("caster", (0, 0.25), (0, 6.5))
    assert line.search_excludes_target


def test_splash_of_an_archon_has_three_rings():
    (weapon,) = unit_by_name("Archon").weapons
    rings = [(ring.radius_cells, ring.fraction) for ring in weapon.hits[0].splash]
    assert rings == [(0.25, 1), (0.5, 0.5), (1, 0.25)]
    assert not weapon.hits[0].splash_hits_centre


def test_a_baneling_dies_of_its_weapon_and_hurts_around_itself():
    weapon = unit_by_name("Baneling").weapons[0]
    assert weapon.kills_caster
    around = {hit.effect: hit for hit in weapon.hits if hit.splash}
    assert {hit.splash_origin for hit in around.values()} == {"caster"}
    assert (around["VolatileBurstU"].damage, around["VolatileBurstU"].bonus) == (20, {"Light": 15})
    assert (around["VolatileBurstU2"].damage, around["VolatileBurstU2"].armor_factor) == (80, 0)


def test_a_sieged_tank_cannot_hit_what_is_near():
    (weapon,) = unit_by_name("SiegeTankSieged").weapons
    assert weapon.min_range_cells == 2
    assert {hit.condition for hit in weapon.hits} == {
        ("TargetRadiusSmall or IsSupplyDepotLowered",),
        ("TargetRadiusLarge",),
    }


def test_a_bouncing_missile_seeks_from_one_target_to_the_next():
    (weapon,) = unit_by_name("Mutalisk").weapons
    assert [(hit.damage, hit.search_origin, hit.search_max_count) for hit in weapon.hits] == [
        (9, "target", 0),
        (3, "previous", 1),
        (1, "previous", 1),
    ]


def test_beams_hit_every_period_without_chance():
    for name in ("VoidRay", "Sentry", "Oracle"):
        (weapon,) = unit_by_name(name).weapons
        assert weapon.beam
        assert len(weapon.hits) == 1


def test_weapons_that_are_hidden_or_off_say_so():
    weapons = {
        weapon.name: weapon for name in ("Hydralisk", "Oracle", "Queen") for weapon in unit_by_name(name).weapons
    }
    assert weapons["HydraliskMelee"].hidden
    assert not weapons["NeedleSpines"].hidden
    assert not weapons["Oracle"].enabled
    assert weapons["TalonsMissile"].min_range_cells == 3


def test_upgrades_change_weapons_and_units():
    zealot = unit_by_name("Zealot")
    weapon_changes = {(change.upgrade_id, change.subject, change.value) for change in zealot.weapons[0].changes}
    assert weapon_changes == {(39, "effect:PsiBlades", 1), (40, "effect:PsiBlades", 1), (41, "effect:PsiBlades", 1)}
    assert (86, "Speed", 0.7031) in {(change.upgrade_id, change.field, change.value) for change in zealot.changes}


def test_what_is_special_about_a_type_is_there():
    assert unit_by_name("DarkTemplar").cloaked
    assert unit_by_name("RoachBurrowed").burrowed
    assert unit_by_name("Observer").detector_cells == 11
    assert unit_by_name("Pylon").power_cells == 6.5
    assert unit_by_name("Gateway").needs_power
    assert unit_by_name("Broodling").timed_life_loops == 128
    assert unit_by_name("Reaper").life_regen_delay_loops == 160
    assert unit_by_name("MineralField").resource.contents == 1800
    assert unit_by_name("Assimilator").resource.kind == "vespene"
    assert unit_type(4).name == "Colossus"


def test_names_are_found_in_any_case_and_close_ones_are_offered():
    assert unit_by_name("zEALOT").id == 73
    with pytest.raises(UsageError, match="no unit named 'Zealott'; closest: Zealot"):
        unit_by_name("Zealott")
    with pytest.raises(UsageError, match="no unit type with id 123456"):
        unit_type(123456)


def test_an_unknown_key_is_an_error_that_names_file_and_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    facts = tmp_path / "knowledge_base" / "facts"
    facts.mkdir(parents=True)
    row = {"id": 1, "name": "Golem", "life_max": 9, "radius_cells": 1, "colour": "grey"}
    (facts / "units.json").write_text(json.dumps({"units": [row]}))
    monkeypatch.setattr(packs, "_user_packs", [tmp_path])
    with pytest.raises(PackError, match=r"units\.json: units 1 \(.*\): unknown key 'colour'; "):
        units.load_units.__wrapped__()


def test_the_table_is_not_read_before_it_is_asked_for():
    source = Path(units.__file__).read_text(encoding="utf-8")
    assert "\nload_units()" not in source


def test_all_raw_facts_of_bodies_arrive(raw_facts):
    for raw in raw_facts("units")["units"].values():
        unit = unit_type(raw["id"])
        assert unit.name == raw.get("pysc2_name", raw["name"])
        assert (unit.life_max, unit.life_start) == (raw["life"]["max"], raw["life"]["start"])
        assert unit.shield_max == raw.get("shield", {}).get("max", 0)
        assert unit.energy_start == raw.get("energy", {}).get("start", 0)
        assert unit.speed == raw["speed_cells_per_game_second"]
        assert (unit.radius_cells, unit.inner_radius_cells) == (raw["radius_cells"], raw["inner_radius_cells"])
        assert unit.separation_radius_cells == raw["separation_radius_cells"]
        assert unit.planes == frozenset(raw["planes"])
        assert unit.collide == frozenset(raw["collide"])
        assert (unit.minerals, unit.vespene) == (raw["cost_data"]["minerals"], raw["cost_data"]["gas"])
        assert unit.stationary_turning_deg_per_game_second == raw.get("stationary_turning_deg_per_game_second", 0)


def test_all_raw_facts_of_weapons_arrive(raw_facts):
    for raw in raw_facts("units")["units"].values():
        for weapon, facts in zip(unit_type(raw["id"]).weapons, raw["weapons"], strict=True):
            assert weapon.name == facts["name"]
            assert weapon.period_loops == facts["period_loops"]
            assert weapon.damage_point_loops == facts["damage_point_loops"]
            assert weapon.random_delay_loops == tuple(facts["random_delay_loops"])
            assert weapon.range_slop_cells == facts["range_slop_cells"]
            assert weapon.turret == facts.get("turret", "")
            assert {hit.effect for hit in weapon.hits} == {
                hit["effect"] for hit in facts.get("hits", ()) if hit["damage"]
            }
            changed = {(change.upgrade_id, change.subject, change.field, change.value) for change in weapon.changes}
            rows = {(c["upgrade_id"], c["on"], c["field"], c["value"]) for c in facts.get("upgrades", ()) if c["value"]}
            assert changed == rows
