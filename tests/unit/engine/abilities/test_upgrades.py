"""Upgrades that change abilities, effects, behaviours and what units carry: each change of the facts does something.

Numbers are those of the game's tables: seconds of the catalog are 16 loops.
"""

import tomllib
from dataclasses import replace
from functools import cache

import pytest

from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import shipped_spellbook
from llm_pysc2.engine.state.upgraded import subjects, upgraded
from llm_pysc2.engine.state.weapon_tables import arm
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.conditions import PlayerRequirement
from llm_pysc2.knowledge.units import UnitType, load_units
from llm_pysc2.knowledge.upgrades import Upgrade, load_upgrades, upgrade_by_name
from llm_pysc2.packs import find_file
from tests.arena import ATTACK, ENEMY, HOLD, MOVE
from tests.unit.engine.abilities.api_arena import ApiArena

BURROW_MINE, MINE_ATTACK, BURROW_LURKER = 2095, 2099, 2108
BOOST, DEFEND, LOCK_ON = 2116, 2558, 2350
LOAD_BUNKER, LOAD_CENTRE, UNLOAD_BUNKER = 407, 416, 408


def with_upgrade(*names: str) -> ApiArena:
    return ApiArena(*(upgrade_by_name(name).id for name in names))


@cache
def without_effect() -> dict[str, str]:
    """Return why changes of upgrades do nothing here, by subject, from coverage.toml."""
    content = tomllib.loads(find_file("knowledge_base/facts", "coverage").read_text(encoding="utf-8"))
    return {subject: entry["why"] for entry in content["without_effect"] for subject in entry["subjects"]}


UPGRADES = pytest.mark.parametrize("upgrade", load_upgrades().values(), ids=lambda upgrade: upgrade.name)


@UPGRADES
def test_every_change_of_an_upgrade_is_applied_or_named_with_its_reason(upgrade: Upgrade) -> None:
    book = shipped_spellbook()
    for change in upgrade.changes:
        rows, after = subjects(book, change), subjects(upgraded(book, [upgrade.id]), change)
        assert (rows != after) != (change.subject in without_effect()), change


@UPGRADES
def test_every_change_of_a_unit_or_a_weapon_is_applied(upgrade: Upgrade) -> None:
    for unit_type in load_units().values():
        own = [change for change in unit_type.changes if change.upgrade_id == upgrade.id]
        assert not own or _nature(unit_type, upgrade.id) != _nature(unit_type), (unit_type.name, own)
        for weapon in unit_type.weapons:
            for change in [one for one in weapon.changes if one.upgrade_id == upgrade.id]:
                alone = replace(unit_type, weapons=(replace(weapon, changes=(change,), enabled=True),))
                applied = arm(alone, [upgrade.id]) != arm(alone, [])
                assert applied != (change.subject in without_effect()), change


@UPGRADES
def test_every_upgrade_is_of_some_use(upgrade: Upgrade) -> None:
    changes = [change.subject for change in upgrade.changes]
    for unit_type in load_units().values():
        own = (unit_type.changes, *(weapon.changes for weapon in unit_type.weapons))
        changes += [one.subject for changed in own for one in changed if one.upgrade_id == upgrade.id]
    needs = [need for ability in load_abilities().values() for need in ability.needs if need.kind == "upgrade"]
    conditions = shipped_spellbook().conditions.values()
    asked = [one.upgrades for one in conditions if isinstance(one, PlayerRequirement)]
    allows = any(upgrade.id in need.ids for need in needs) or any(upgrade.id in ids for ids in asked)
    useful = allows or bool(set(changes) - set(without_effect()))
    assert useful != (f"upgrade:{upgrade.link}" in without_effect())


def test_what_is_listed_without_effect_is_in_the_facts() -> None:
    units = load_units().values()
    subjects_of = {one.subject for upgrade in load_upgrades().values() for one in upgrade.changes}
    subjects_of |= {one.subject for unit in units for weapon in unit.weapons for one in weapon.changes}
    subjects_of |= {f"upgrade:{upgrade.link}" for upgrade in load_upgrades().values()}
    assert set(without_effect()) <= subjects_of


def _nature(unit_type: UnitType, *upgrades: int) -> dict[str, float]:
    """Return the columns of a new unit of ours."""
    arena = ApiArena(*upgrades)
    tag = arena.add(unit_type.name, 20, 40)
    units, row = arena.game.units, arena.row(tag)
    names = ("life_max", "life", "armor", "shield_armor", "speed", "acceleration", "creep_speed", "energy")
    return {name: float(getattr(units, name)[row]) for name in (*names, "cargo_slots")}


@pytest.mark.parametrize(("upgrades", "loops"), [((), 320), (("HighCapacityFuelTanks",), 320 - 7 * 16)])
def test_fuel_tanks_shorten_the_cooldown_of_the_boost(upgrades: tuple[str, ...], loops: int) -> None:
    arena = with_upgrade(*upgrades)
    medivac = arena.caster("Medivac")
    assert arena.order(medivac, BOOST) == 1
    arena.step(loops - 1)
    assert arena.order(medivac, BOOST) == Result.COOLDOWN
    arena.step()
    assert arena.order(medivac, BOOST) == 1


@pytest.mark.parametrize(("upgrades", "cells"), [((), 5.0), (("AdvancedBallistics",), 9.0)])
def test_ballistics_let_liberators_defend_further_away(upgrades: tuple[str, ...], cells: float) -> None:
    arena = with_upgrade(*upgrades)
    liberator = arena.caster("Liberator", 0)
    radius = float(arena.game.units.radius[arena.row(liberator)])
    assert arena.order(liberator, DEFEND, (20 + 14.0, 40.0)) == 1
    for _ in range(120):
        arena.step()
        if not arena.game.units.travels[arena.row(liberator)] and arena.place(liberator)[0] > 20:
            break
    assert 34 - radius - arena.place(liberator)[0] == pytest.approx(cells, abs=0.4)


@pytest.mark.parametrize(
    ("name", "down", "becomes", "upgrade", "loops", "quick"),
    [
        ("Hellion", 1998, "Hellbat", "SmartServos", 64, 32),
        ("Thor", 2362, "ThorHighImpactMode", "SmartServos", 40, 16),
        ("VikingFighter", 403, "VikingAssault", "SmartServos", 37.44, 21.28),
        ("WidowMine", BURROW_MINE, "WidowMineBurrowed", "DrillingClaws", 48, 16),
        ("Lurker", BURROW_LURKER, "LurkerBurrowed", "AdaptiveTalons", 40, 16),
    ],
)
def test_changes_of_mode_are_quicker(
    name: str, down: int, becomes: str, upgrade: str, loops: float, quick: float
) -> None:
    for upgrades, expected, delay in (((), loops, 8), ((upgrade,), quick, 8)):
        arena = with_upgrade(*upgrades)
        arena.add_inert("Armory", 50, 60, owner=1)
        tag = arena.caster(name, 0)
        assert arena.order(tag, down) == 1
        arena.step(int(expected) - 1)
        assert arena.name(tag) == name
        arena.step(delay + 3)
        assert arena.name(tag) == becomes


@pytest.mark.parametrize(("upgrades", "hidden"), [((), False), (("DrillingClaws",), True)])
def test_drilling_claws_hide_a_mine_that_has_fired(upgrades: tuple[str, ...], hidden: bool) -> None:
    arena = with_upgrade(*upgrades)
    mine = arena.caster("WidowMineBurrowed", 0)
    arena.step(2)
    assert bool(arena.game.units.cloaked[arena.row(mine)])
    marauder = arena.enemy("Marauder", 4)
    arena.step()
    assert arena.order(mine, MINE_ATTACK, marauder) == 1
    arena.step(60)
    assert not arena.alive(marauder)
    assert bool(arena.game.units.cloaked[arena.row(mine)]) == hidden
    assert arena.match.sight is None or bool(arena.match.sight[ENEMY, arena.row(mine)]) != hidden
    arena.step(640)
    assert bool(arena.game.units.cloaked[arena.row(mine)])


@pytest.mark.parametrize(("upgrades", "damage"), [((), 20), (("LockOn",), 40)])
def test_lock_on_hurts_the_armored_more(upgrades: tuple[str, ...], damage: int) -> None:
    arena = with_upgrade(*upgrades)
    cyclone, thor = arena.caster("Cyclone", 0), arena.enemy("Thor", 6)
    arena.order(thor, HOLD)
    assert arena.order(cyclone, LOCK_ON, thor) == 1
    before = arena.life(thor)
    while arena.life(thor) == before:
        arena.step()
    assert before - arena.life(thor) == damage


@pytest.mark.parametrize(("upgrades", "slots"), [((), 4), (("TerranStructureArmor",), 6)])
def test_bunkers_have_more_room(upgrades: tuple[str, ...], slots: int) -> None:
    arena = with_upgrade(*upgrades)
    bunker = arena.add("Bunker", 30, 30)
    marines = [arena.add_inert("Marine", 27, 27 + n, owner=1) for n in range(7)]
    assert arena.unit(bunker).cargo_space_max == slots
    for marine in marines:
        arena.order(bunker, LOAD_BUNKER, marine, queued=True)
    arena.step(120)
    assert arena.unit(bunker).cargo_space_taken == slots
    assert arena.order(bunker, LOAD_BUNKER, marines[-1]) == Result.NOT_ENOUGH_ROOM_TO_LOAD_UNIT


@pytest.mark.parametrize(
    ("name", "upgrade", "energy"), [("Raven", "RavenCorvidReactor", 50), ("Infestor", "PathogenGlands", 50)]
)
def test_casters_are_born_with_more_energy_and_the_living_get_none(name: str, upgrade: str, energy: int) -> None:
    arena = ApiArena()
    elder = arena.add_inert(name, 20, 40, owner=1)
    arena.game.grant_upgrade(1, upgrade_by_name(upgrade).id)
    arena.step()
    younger = arena.add_inert(name, 26, 40, owner=1)
    assert (round(arena.energy(elder)), arena.energy(younger)) == (energy, energy + 25)


@pytest.mark.parametrize(("upgrades", "bare"), [((), 2.9531), (("AnabolicSynthesis",), 2.9531 + 0.5898)])
def test_ultralisks_are_quicker_off_creep_only(upgrades: tuple[str, ...], bare: float) -> None:
    # On creep: 2.9531 x 1.3 = 3.839, and with the upgrade 3.5429 x (1.3 - 0.2165) = 3.839 cells per game second.
    arena = with_upgrade(*upgrades)
    for covered, speed in ((False, bare), (True, 3.839)):
        ultralisk = arena.add("Ultralisk", 15, 46)
        if covered:
            arena.cover_with_creep()
        arena.order(ultralisk, MOVE, (40.0, 46.0))
        arena.step(10)
        before = arena.place(ultralisk)[0]
        arena.step(10)
        assert (arena.place(ultralisk)[0] - before) * 1.6 == pytest.approx(speed, abs=0.02)
        arena.game.kill_units([ultralisk])
        arena.step()


@pytest.mark.parametrize(
    ("upgrades", "name", "slowed"),
    [
        ((), "Zealot", False),
        (("PunisherGrenades",), "Zealot", True),
        (("PunisherGrenades",), "Colossus", False),
        (("PunisherGrenades",), "Pylon", False),
    ],
)
def test_concussive_shells_slow_whom_a_marauder_hits(upgrades: tuple[str, ...], name: str, slowed: bool) -> None:
    # Half the speed for 24 loops (buff 33); neither the massive nor structures.
    arena = with_upgrade(*upgrades)
    marauder, victim = arena.caster("Marauder", 0), arena.enemy(name, 4)
    speed = float(arena.game.units.speed[arena.row(victim)])
    assert arena.order(marauder, ATTACK, victim) == 1
    before = sum(arena.vitals(victim))
    while sum(arena.vitals(victim)) == before:
        arena.step()
    assert arena.unit(victim).buff_ids == ([33] if slowed else [])
    assert arena.game.units.speed[arena.row(victim)] == pytest.approx(speed * (0.5 if slowed else 1))
    arena.game.kill_units([marauder])
    arena.step(22)
    assert arena.buffs(victim) == ([33] if slowed else [])
    arena.step(3)
    assert arena.buffs(victim) == []
