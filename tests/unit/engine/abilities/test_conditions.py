"""Conditions: each that the facts name is interpreted, or named with its reason; what players have, know and see."""

import tomllib

import numpy as np
import pytest

from llm_pysc2.engine.behaviors import lasting
from llm_pysc2.engine.behaviors.conditions import STATES, TESTS, holds
from llm_pysc2.engine.effects.interpreter import perform
from llm_pysc2.engine.maps.filters import TRAITS, trait
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.spellbook import shipped_spellbook
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.behaviors import decode_behavior, load_behaviors
from llm_pysc2.knowledge.conditions import AllOf, AnyOf, LocationEnumArea, UnitBehaviorState, UnitFilters
from llm_pysc2.knowledge.effects import Search
from llm_pysc2.knowledge.records import references
from llm_pysc2.knowledge.spells import load_spells
from llm_pysc2.knowledge.upgrades import upgrade_by_name
from llm_pysc2.packs import find_file
from tests.arena import ENEMY, Arena
from tests.unit.engine.abilities.api_arena import ApiArena
from tests.unit.engine.abilities.casters import Casters


def taken_to_hold(key: str) -> set[str]:
    content = tomllib.loads(find_file("knowledge_base/facts", "coverage").read_text(encoding="utf-8"))
    return {name for entry in content["holds"] if entry["why"] for name in entry.get(key, ())}


def test_every_condition_is_interpreted_or_named_with_its_reason() -> None:
    spells = load_spells()
    rows = (*spells.effects.values(), *spells.conditions.values())
    asked = {one.name for row in rows for one in references(row) if one.table == "condition"}
    for behavior in load_behaviors().values():
        asked |= {*behavior.remove_unless, *behavior.disable_unless}
    for ability in load_abilities().values():
        asked |= set(ability.autocast_needs)
    assert asked - spells.conditions.keys() == taken_to_hold("conditions")
    tests = {type(one) for one in spells.conditions.values()} - {AllOf, AnyOf}
    assert {one.__name__ for one in tests - TESTS.keys()} == taken_to_hold("tests")


def test_every_name_of_a_filter_is_interpreted_or_named_with_its_reason() -> None:
    spells = load_spells()
    texts = [one.filters for one in spells.effects.values() if isinstance(one, Search)]
    texts += [one.filters for one in spells.conditions.values() if isinstance(one, UnitFilters)]
    texts += [one.search_filters for one in spells.conditions.values() if isinstance(one, LocationEnumArea)]
    texts += [text for one in load_abilities().values() for text in (one.filters, one.autocast_filters)]
    names = {name for text in texts for name in text.replace("-", "").replace(";", ",").split(",") if name}
    relations = {"Self", "Player", "Ally", "Neutral", "Enemy"}
    assert names - {*TRAITS, *STATES} - relations == taken_to_hold("filters")


def cast_at(arena: Arena, caster: int, target: int) -> Cast:
    owner = int(arena.game.units.owner[arena.row(caster)])
    return Cast(caster, owner, caster, arena.place(caster), target, arena.place(target))


@pytest.mark.parametrize(("upgrade", "name"), [(None, "ChangelingMarine"), ("ShieldWall", "ChangelingMarineShield")])
def test_changelings_look_like_the_marines_of_their_enemy(upgrade: str | None, name: str) -> None:
    arena = ApiArena()
    if upgrade:
        arena.game.grant_upgrade(ENEMY, upgrade_by_name(upgrade).id)
    changeling = arena.add_inert("Changeling", 20, 40, owner=1)
    arena.enemy("Marine", 3)
    arena.step(40)
    assert arena.name(changeling) == name


def test_upgrades_are_asked_of_the_player_that_is_meant() -> None:
    arena = ApiArena(upgrade_by_name("ShieldWall").id)
    ours, theirs = arena.caster("Marine", 0), arena.enemy("Marine")
    cast = cast_at(arena, ours, theirs)
    assert not holds(arena.match, cast, ["HasMarineShieldUpgrade"])
    assert holds(arena.match, cast, ["MissingMarineShieldUpgrade"])
    assert holds(arena.match, cast_at(arena, theirs, ours), ["HasMarineShieldUpgrade"])
    assert not holds(arena.match, cast, ["HaveRavenEnhancedMunitionsUpgrade"])
    assert holds(arena.match, cast, ["NotHaveRavenEnhancedMunitionsUpgrade"])


def test_a_mine_spares_images_that_are_detected() -> None:
    for detected in (False, True):
        arena = ApiArena()
        mine, image = arena.add("WidowMineBurrowed", 20, 40), arena.enemy("Zealot", 4)
        arena.game.units.hallucination[arena.row(image)] = True
        arena.game.units.traits[arena.row(image)] |= trait("Hallucination")
        if detected:
            arena.add_inert("Raven", 21, 40, owner=1)
        arena.step(40)
        cast = cast_at(arena, mine, image) if arena.alive(image) else None
        assert (cast is not None) == detected
        if cast is not None:
            assert not holds(arena.match, cast, ["NotDetected"])


def test_creep_is_looked_for_at_a_place_and_around_it() -> None:
    arena = ApiArena()
    zergling = arena.add_inert("Zergling", 20.5, 40.5, owner=1)
    cast = cast_at(arena, zergling, zergling)
    creep = np.zeros_like(arena.match.map.terrain.cliff_level, dtype=np.bool_)
    arena.match.creep = creep
    assert not holds(arena.match, cast, ["OnCreep"])
    assert holds(arena.match, cast, ["NotNearCreep"])
    creep[40, 21] = True  # begins half a cell away
    assert not holds(arena.match, cast, ["OnCreep"])
    assert holds(arena.match, cast, ["NotNearCreep"])
    arena.game.units.x[arena.row(zergling)] = 20.75
    assert not holds(arena.match, cast, ["NotNearCreep"])
    creep[40, 20] = True
    assert holds(arena.match, cast, ["OnCreep"])


def test_buildings_of_the_zerg_suffer_off_creep() -> None:
    # 1 life each 5.3312 loops, whatever their armor; 0.2734 a game second comes back.
    arena = ApiArena()
    pool, crawler = arena.add("SpawningPool", 20.5, 40.5), arena.add("SpineCrawlerUprooted", 30, 40)
    assert arena.match.creep is None
    arena.step(2)
    before = arena.life(pool)
    arena.step(160)
    assert before - arena.life(pool) == pytest.approx(30 - 0.2734 * 10, abs=1)
    assert arena.life(crawler) == 300
    arena.cover_with_creep()
    before = arena.life(pool)
    arena.step(160)
    assert arena.life(pool) - before == pytest.approx(0.2734 * 10, abs=0.1)
    assert arena.game.players[1].score.total_damage_dealt.life == 0


def test_sight_is_asked_of_the_owner_of_the_target() -> None:
    arena = Casters()
    ours, theirs = arena.caster("DarkTemplar", 0), arena.enemy("Marine")
    arena.step()
    assert not holds(arena.match, cast_at(arena, ours, theirs), ["TargetHasVisionOfSource"])
    arena.enemy("Raven", 3)
    arena.step()
    assert holds(arena.match, cast_at(arena, ours, theirs), ["TargetHasVisionOfSource"])
    assert holds(arena.match, cast_at(arena, theirs, ours), ["TargetHasVisionOfSource"])


def test_a_cloak_ends_where_energy_cannot_be_spent() -> None:
    arena = Casters()
    arena.match.spellbook = shipped_spellbook().with_rows(
        behaviors=[decode_behavior({"name": "Drained", "modification": {"state_flags": ["SuppressEnergy"]}})],
        conditions=[UnitBehaviorState(name="IsThere", behavior_state="Cloak", find=True)],
    )
    arena.match.books.clear()
    banshee = arena.caster("Banshee", 100)
    assert arena.order(banshee, 392) == 1
    arena.step(5)
    cast = cast_at(arena, banshee, banshee)
    assert holds(arena.match, cast, ["CanSpendEnergy", "IsThere"])
    lasting.add(arena.match, perform, "Drained", cast)
    arena.step()
    assert not arena.game.units.cloaked[arena.row(banshee)]


def test_a_lock_is_lost_with_the_sight_of_the_target() -> None:
    arena = ApiArena(upgrade_by_name("BansheeCloak").id)
    arena.game.grant_upgrade(ENEMY, upgrade_by_name("BansheeCloak").id)
    cyclone, banshee = arena.caster("Cyclone", 0), arena.enemy("Banshee", 5)
    arena.game.set_unit_value(banshee, "energy", 100)
    assert arena.order(cyclone, 2350, banshee) == 1
    arena.step(30)
    assert 116 in arena.buffs(banshee)
    assert arena.order(banshee, 392) == 1
    arena.step(20)
    assert 116 not in arena.buffs(banshee)
    assert not arena.orders(cyclone)


def test_people_and_computers_are_told_apart() -> None:
    arena = Arena()
    ours, theirs = arena.add_inert("Marine", 20, 40, owner=1), arena.add_inert("Marine", 24, 40)
    assert holds(arena.match, cast_at(arena, theirs, ours), ["PickupPlayerCheck"])
    assert not holds(arena.match, cast_at(arena, ours, theirs), ["PickupPlayerCheck"])
