"""A spell of a known shape is data; the table of what is played is complete; what is under way is part of the state."""

from dataclasses import replace

import pytest

from llm_pysc2.engine.effects.interpreter import KINDS
from llm_pysc2.engine.orders import economy_commands
from llm_pysc2.engine.orders.legality import is_carried_out
from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.engine.state.order import order_kinds
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import shipped_spellbook
from llm_pysc2.engine.state.unit_types import TypeTable
from llm_pysc2.knowledge.abilities import decode_ability
from llm_pysc2.knowledge.behaviors import decode_behavior
from llm_pysc2.knowledge.effects import ApplyBehavior, Area, Damage, EnumArea, LaunchMissile
from llm_pysc2.knowledge.spells import Missile
from llm_pysc2.knowledge.units import load_units, unit_by_name
from tests.unit.engine.abilities.casters import Casters

FROST = 900001
ABILITY = {
    "id": FROST, "name": "Effect Frost", "link": "Frost", "kind": "effect", "target": "point", "energy": 30,
    "range_cells": 6, "cooldown_loops": 40, "effects": ["FrostThrow"],
}  # fmt: skip
BEHAVIOR = {
    "name": "Frozen", "duration_loops": 20, "period_loops": 5, "periodic_effect": "FrostBite",
    "modification": {"move_speed_multiplier": 0.5, "life_armor_bonus": -1},
}  # fmt: skip
EFFECTS = [
    LaunchMissile(name="FrostThrow", at="TargetPoint", movers=("Frost",), impact_effect="FrostArea"),
    EnumArea(name="FrostArea", filters="Ground;Player", areas=(Area(radius_cells=2, effect="FrostHold"),)),
    ApplyBehavior(name="FrostHold", behavior="Frozen"),
    Damage(name="FrostBite", damage=3, armor_factor=0, kind="Spell"),
]


def test_a_new_spell_is_data() -> None:
    arena = Casters()
    match = arena.match
    stalker = unit_by_name("Stalker")
    mage = replace(stalker, abilities=(*stalker.abilities, FROST), energy_max=100, energy_start=100)
    match.types = TypeTable([*load_units().values(), mage])
    match.spellbook = shipped_spellbook().with_rows(
        abilities=[decode_ability(ABILITY)],
        behaviors=[decode_behavior(BEHAVIOR)],
        effects=EFFECTS,
        missiles={"Frost": Missile(16.0, None)},
    )
    caster, victim, friend = arena.caster("Stalker", 50), arena.enemy("Marauder"), arena.add_inert("Zealot", 25, 41, 1)
    assert FROST in arena.game.available_abilities(caster)
    assert arena.order(caster, FROST, (25.0, 40.0)) == 1
    arena.step(5)
    row = arena.row(victim)
    assert (arena.energy(caster), arena.game.units.armor[row]) == (20, 0)
    assert arena.game.units.speed[row] == pytest.approx(2.25 / 16 / 2)
    arena.step(22)
    assert arena.life(victim) == 125 - 4 * 3
    assert arena.vitals(friend) == (50, 100)
    assert arena.game.units.armor[row] == 1
    assert arena.order(caster, FROST, (25.0, 40.0)) == Result.NOT_ENOUGH_ENERGY


def test_every_ability_of_a_command_card_is_accounted_for_once() -> None:
    coverage = load_coverage()
    cards = {ability for unit_type in load_units().values() for ability in unit_type.abilities}
    assert set(coverage.listed) == cards
    assert len(coverage.listed) == len(cards)


def test_what_is_done_is_carried_out() -> None:
    book = shipped_spellbook()
    arena = Casters()
    for ability_id in load_coverage().done:
        ability = book.abilities[ability_id]
        assert (
            ability_id in order_kinds() or economy_commands.carries_out(ability) or is_carried_out(arena.match, ability)
        )
        assert all(type(book.effects[name]) in KINDS for name in ability.effects if ability_id not in order_kinds())


def test_what_is_not_done_is_refused() -> None:
    arena = Casters()
    scv = arena.caster("SCV", x=30)
    assert arena.order(scv, 26) == Result.NOT_SUPPORTED
    assert 26 not in arena.game.available_abilities(scv)


def test_refusals_cost_nothing_and_are_reported() -> None:
    arena = Casters()
    sentry = arena.caster("Sentry", 40)
    assert arena.order(sentry, 1526, (25.0, 40.0)) == Result.NOT_ENOUGH_ENERGY
    assert arena.order(sentry, 1526) == Result.NOT_ENOUGH_ENERGY
    assert arena.energy(sentry) == 40
    errors = arena.game.take_events(1).action_errors
    assert [(error.tag, error.ability_id, error.result) for error in errors] == [(sentry, 1526, 17)] * 2
    assert 1526 not in arena.game.available_abilities(sentry)


def test_a_caster_that_dies_casts_no_more() -> None:
    arena = Casters()
    ghost, victim = arena.caster("Ghost"), arena.enemy("Ultralisk", 8)
    arena.order(ghost, 2714, victim)
    arena.step(10)
    before = arena.life(victim)
    arena.game.kill_units([ghost])
    arena.step(60)
    assert arena.life(victim) >= before
    assert arena.match.spells.idle


def test_queued_abilities_follow_each_other() -> None:
    arena = Casters()
    templar = arena.caster("HighTemplar")
    arena.order(templar, 16, (22.0, 40.0))
    assert arena.order(templar, 1036, (28.0, 40.0), queued=True) == 1
    assert len(arena.orders(templar)) == 2
    arena.step(60)
    assert arena.energy(templar) < 130
    assert arena.orders(templar) == []


def test_everything_under_way_is_in_a_snapshot() -> None:
    arena = Casters()
    arena.order(arena.caster("Ghost"), 2714, arena.enemy("Ultralisk", 8))
    arena.order(arena.caster("Viper", x=19), 2542, arena.enemy("VoidRay", 3, 4))
    arena.order(arena.caster("Adept", x=18), 2544, (30.0, 44.0))
    arena.order(arena.caster("SiegeTank", x=15), 388)
    arena.order(arena.caster("Infestor", x=17), 74, (26.0, 40.0))
    arena.step(6)
    saved = arena.game.snapshot()
    digests = []
    for _ in range(2):
        arena.game.restore(saved)
        arena.step(200)
        digests.append(arena.game.digest())
    assert digests[0] == digests[1]
