"""Stimpack, Guardian Shield, Psi Storm and Blink against the facts, each with its calculation written out.

Loops are counted from 1: loop n is the n-th that is played, and has the number n - 1 while it is played.
"""

import pytest

from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.upgrades import upgrade_by_name
from tests.arena import ATTACK, ENEMY, MOVE, Arena, check_goes_on_alike

STIM, STIM_MARAUDER, GENERAL_STIM = 380, 253, 3675
GUARDIAN_SHIELD, PSI_STORM, BLINK = 76, 1036, 1442
STIM_BUFF, SHIELD_BUFF, STORM_BUFF = 27, 18, 28


@pytest.fixture
def arena() -> Arena:
    return Arena(random_delay="none")


def energy(arena: Arena, tag: int) -> float:
    return float(arena.game.units.energy[arena.row(tag)])


def set_energy(arena: Arena, tag: int, amount: float) -> None:
    arena.game.set_unit_value(tag, "energy", amount)


def buffs(arena: Arena, tag: int) -> list[int]:
    return sorted(arena.game.units.buffs[arena.row(tag)])


def grant(arena: Arena, *names: str) -> None:
    for name in names:
        arena.game.grant_upgrade(1, upgrade_by_name(name).id)


def test_stimpack_costs_life_and_quickens(arena: Arena) -> None:
    # 10 life; speed 2.25 / 16 x 1.5; period 13.7728 / 1.5 = 9.1819 loops; 240 loops.
    marine = arena.add("Marine", 20, 20)
    assert arena.order(marine, STIM) == Result.TECH_REQUIREMENTS_NOT_MET
    grant(arena, "Stimpack")
    assert STIM in arena.game.available_abilities(marine)
    assert arena.order(marine, STIM) == 1
    assert arena.life(marine) == 35
    assert buffs(arena, marine) == [STIM_BUFF]
    row = arena.row(marine)
    assert arena.game.units.speed[row] == pytest.approx(2.25 / 16 * 1.5)
    assert arena.game.units.arms[row].weapons[0].period_loops == pytest.approx(13.7728 / 1.5, abs=1 / 4096)
    arena.step(240)
    assert buffs(arena, marine) == [STIM_BUFF]
    arena.step()
    assert buffs(arena, marine) == []
    assert arena.game.units.speed[row] == pytest.approx(2.25 / 16)
    assert arena.game.units.arms[row] is arena.match.armament(int(arena.game.units.row[row]), 1)


def test_stimpack_by_its_general_id_and_again(arena: Arena) -> None:
    # A second dose costs again and lasts 240 loops from then on; no dose kills.
    grant(arena, "Stimpack")
    marauder = arena.add("Marauder", 20, 20)
    assert arena.order(marauder, GENERAL_STIM) == 1
    assert arena.life(marauder) == 125 - 20
    arena.step(100)
    assert arena.order(marauder, STIM_MARAUDER) == 1
    assert arena.life(marauder) == 125 - 40
    arena.step(240)
    assert buffs(arena, marauder) == [24]
    arena.step()
    assert buffs(arena, marauder) == []
    arena.game.set_unit_value(marauder, "life", 20)
    assert arena.order(marauder, STIM_MARAUDER) == Result.NOT_ENOUGH_LIFE
    assert arena.life(marauder) == 20


def test_stimpack_does_not_disturb_orders(arena: Arena) -> None:
    grant(arena, "Stimpack")
    marine = arena.add("Marine", 20, 20)
    arena.order(marine, MOVE, (30.0, 20.0))
    arena.order(marine, STIM)
    arena.step(16)
    assert arena.place(marine)[0] == pytest.approx(20 + 16 * 2.25 / 16 * 1.5, abs=0.05)


def test_stimmed_marine_shoots_faster(arena: Arena) -> None:
    # Period 9.1819 -> a shot every 10 loops instead of every 14 (the remainder is not carried).
    grant(arena, "Stimpack")
    marine, hydralisk = arena.add("Marine", 20, 20), arena.add_inert("Ultralisk", 25, 20)
    arena.order(marine, STIM)
    arena.order(marine, ATTACK, hydralisk)
    before = arena.life(hydralisk)
    arena.step(1 + 1 + 5 * 10)
    per_shot = 6 - 2
    assert before - arena.life(hydralisk) == pytest.approx(6 * per_shot, abs=1.0)


def test_guardian_shield_protects_from_ranged_damage_only(arena: Arena) -> None:
    # 75 energy; 2 less from each ranged hit: a Marine's 6 become 4 on shields. Nothing against melee: a Zergling's 5.
    sentry = arena.add_inert("Sentry", 20, 20, owner=1)
    zealot = arena.add_inert("Zealot", 22, 20, owner=1)
    set_energy(arena, sentry, 100)
    assert arena.order(sentry, GUARDIAN_SHIELD) == 1
    assert energy(arena, sentry) == 25
    assert arena.order(sentry, GUARDIAN_SHIELD) == Result.NOT_ENOUGH_ENERGY
    set_energy(arena, sentry, 100)
    assert arena.order(sentry, GUARDIAN_SHIELD) == Result.COOLDOWN
    arena.step(10)
    assert buffs(arena, zealot) == [SHIELD_BUFF] == buffs(arena, sentry)
    marine = arena.add("Marine", 26, 20, owner=ENEMY, facing_deg=180)
    arena.order(marine, ATTACK, zealot)
    arena.step(2)
    assert arena.vitals(zealot) == (46, 100)


def test_guardian_shield_range_and_end(arena: Arena) -> None:
    # Radius 4.5 + the Sentry's 0.5 from its middle to the edge of others; 30 searches, every 8 loops, the last in
    # loop 240 after the cast; the buff of a search lasts 9.6 loops, so it is gone when loop 250 begins.
    sentry = arena.add_inert("Sentry", 20, 20, owner=1)
    near = arena.add_inert("Zealot", 20 + 5 + 0.5 - 0.01, 20, owner=1)
    far = arena.add_inert("Zealot", 20, 20 + 5 + 0.5 + 0.01, owner=1)
    enemy = arena.add_inert("Marine", 18, 20)
    set_energy(arena, sentry, 100)
    arena.order(sentry, GUARDIAN_SHIELD)
    arena.step(9)
    assert [buffs(arena, tag) for tag in (near, far, enemy)] == [[SHIELD_BUFF], [], []]
    arena.step(240)
    assert buffs(arena, near) == [SHIELD_BUFF]
    arena.step(2)
    assert buffs(arena, near) == []


def test_psi_storm_does_eighty_in_all(arena: Arena) -> None:
    # 75 energy, range 9. 10 at once, then 7 ticks of 10 each 9.136 loops while searches renew the buff: 80.
    grant(arena, "PsiStormTech")
    templar = arena.add("HighTemplar", 20, 20)
    marauder, ally = arena.add_inert("Marauder", 28, 20), arena.add_inert("Zealot", 28, 21, owner=1)
    set_energy(arena, templar, 100)
    assert arena.order(templar, PSI_STORM, (28.0, 20.0)) == 1
    arena.step()
    assert energy(arena, templar) == pytest.approx(25, abs=0.1)
    assert arena.life(marauder) == 125 - 10
    assert buffs(arena, marauder) == [STORM_BUFF]
    assert arena.order(templar, PSI_STORM, (28.0, 20.0)) == Result.NOT_ENOUGH_ENERGY
    set_energy(arena, templar, 100)
    assert arena.order(templar, PSI_STORM, (28.0, 20.0)) == Result.COOLDOWN
    arena.step(9)
    assert arena.life(marauder) == 125 - 10
    arena.step(1)
    assert arena.life(marauder) == 125 - 20
    arena.step(80)
    assert arena.life(marauder) == 125 - 80
    assert arena.shield(ally) < 50
    assert buffs(arena, marauder) == []


def test_psi_storm_is_walked_to_and_refused(arena: Arena) -> None:
    templar = arena.add("HighTemplar", 20, 20)
    assert arena.order(templar, PSI_STORM, (40.0, 20.0)) == Result.TECH_REQUIREMENTS_NOT_MET
    grant(arena, "PsiStormTech")
    set_energy(arena, templar, 75)
    assert arena.order(templar, PSI_STORM) == Result.MUST_TARGET_UNIT
    assert arena.order(templar, PSI_STORM, (400.0, 20.0)) == Result.MUST_TARGET_VISIBLE_LOCATION
    assert arena.order(templar, PSI_STORM, (40.0, 20.0)) == 1
    target = arena.add_inert("Marine", 40, 20)
    arena.step(40)
    assert energy(arena, templar) >= 75
    while energy(arena, templar) >= 75:
        arena.step()
    assert 40 - arena.place(templar)[0] == pytest.approx(9 + 0.375, abs=0.2)
    assert arena.life(target) == 35


def test_two_storms_do_not_add_up(arena: Arena) -> None:
    grant(arena, "PsiStormTech")
    target = arena.add_inert("Marauder", 28, 20)
    for y in (19, 21):
        templar = arena.add("HighTemplar", 20, y)
        set_energy(arena, templar, 75)
        arena.order(templar, PSI_STORM, (28.0, 20.0))
    arena.step(90)
    assert arena.life(target) == 125 - 80


def test_blink(arena: Arena) -> None:
    # At most 8 cells towards the point, at once; 160 loops until the next.
    stalker = arena.add("Stalker", 20, 20)
    assert arena.order(stalker, BLINK, (30.0, 20.0)) == Result.TECH_REQUIREMENTS_NOT_MET
    grant(arena, "BlinkTech")
    assert arena.order(stalker, BLINK, (40.0, 20.0)) == 1
    arena.step()
    assert arena.place(stalker) == pytest.approx((28, 20), abs=0.01)
    assert arena.orders(stalker) == []
    assert arena.order(stalker, BLINK, (40.0, 20.0)) == Result.COOLDOWN
    arena.step(158)
    assert arena.order(stalker, BLINK, (31.0, 20.0)) == Result.COOLDOWN
    arena.step()
    assert arena.order(stalker, BLINK, (31.0, 20.0)) == 1
    arena.step()
    assert arena.place(stalker) == pytest.approx((31, 20), abs=0.01)


def test_a_snapshot_holds_what_is_under_way(arena: Arena) -> None:
    grant(arena, "PsiStormTech", "Stimpack")
    templar, marine = arena.add("HighTemplar", 20, 20), arena.add_inert("Marauder", 28, 20, owner=1)
    set_energy(arena, templar, 100)
    arena.order(templar, PSI_STORM, (28.0, 20.0))
    arena.order(marine, STIM_MARAUDER)
    arena.step(5)
    check_goes_on_alike(arena.game, 60)
