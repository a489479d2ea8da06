"""Single fights with the whole calculation written out. Loops are counted from 1: loop n is the n-th that is played.

A shot begun in loop 1 with a damage point of p loops goes off in loop 1 + ceil(p). The random delay is off where
exact loops are asked for.
"""

import pytest

from tests.arena import ATTACK, ENEMY, HEAL, MOVE, Arena


@pytest.fixture
def arena() -> Arena:
    return Arena(random_delay="none")


def test_marine_against_zealot(arena: Arena) -> None:
    # 6 damage; shields 50 without armor: 8 shots take 48, the 9th 2 from the shields and 6 - 2 - 1 armor = 3 from life.
    # Then 5 a shot: 97 = 19 x 5 + 2, so 20 more: shot 29 kills. Period 13.7728 -> 14 loops, damage point 0.8 -> 1 loop.
    marine, zealot = arena.add("Marine", 20, 20), arena.add_inert("Zealot", 24, 20)
    arena.order(marine, ATTACK, zealot)
    arena.step(1 + 1)
    assert arena.vitals(zealot) == (44, 100)
    arena.step(8 * 14)
    assert arena.vitals(zealot) == (0, 97)
    arena.step(19 * 14)
    assert arena.vitals(zealot) == (0, 2)
    assert arena.loops_until_dead(zealot) == 14


def test_stalker_against_zealot_missiles_fly(arena: Arena) -> None:
    # 13 (+5 Armored; a Zealot is Light). Shields 50: 3 shots take 39, the 4th 11 and 13 - 11 - 1 = 1 life. Then 12 a
    # shot: 99 / 12 -> 9 shots, shot 13 kills. Period 29.92 -> 30 loops; damage point 2.672 -> 3 loops. Middles are 6
    # cells apart; 18.75 / 16 = 1.171875 cells a loop: 6 loops of flight, of which the first is the launch loop.
    stalker, zealot = arena.add("Stalker", 20, 20), arena.add_inert("Zealot", 26, 20)
    arena.order(stalker, ATTACK, zealot)
    first = 1 + 3 + 5
    arena.step(first - 1)
    assert arena.vitals(zealot) == (50, 100)
    arena.step(1)
    assert arena.vitals(zealot) == (37, 100)
    arena.step(3 * 30)
    assert arena.vitals(zealot) == (0, 99)
    arena.step(8 * 30)
    assert arena.life(zealot) == 99 - 8 * 12
    assert arena.loops_until_dead(zealot) == 30


def test_marauder_against_stalker_by_attribute(arena: Arena) -> None:
    # 10 + 10 Armored = 20. Shields 80: 4 shots. Life 80 at 20 - 1 armor = 19: 4 x 19 = 76, a 5th kills: 9 shots.
    # Period 24, damage point 0; middles 6.5 apart at 20 / 16 = 1.25 cells a loop: 6 loops of flight, impact in the 6th.
    marauder, stalker = arena.add("Marauder", 20, 20), arena.add_inert("Stalker", 26.5, 20)
    arena.order(marauder, ATTACK, stalker)
    assert arena.loops_until_dead(stalker) == 1 + 8 * 24 + 5


def test_zealot_against_zealot_hits_twice(arena: Arena) -> None:
    # 2 x 8 a shot, armor counts for each: shields 50 take 6 hits (48), the 7th 2 and 8 - 2 - 1 = 5 life; then 7 a
    # hit: 95 / 7 -> 14 hits, the 21st kills: the first of shot 11. Shots every 19.2 -> 20 loops; second hits 4.48 ->
    # 5 loops later.
    zealot, other = arena.add("Zealot", 20, 20), arena.add_inert("Zealot", 21.0625, 20)
    arena.order(zealot, ATTACK, other)
    arena.step(1)
    assert arena.shield(other) == 42
    arena.step(4)
    assert arena.shield(other) == 42
    arena.step(1)
    assert arena.shield(other) == 34
    assert arena.loops_until_dead(other) + 6 == 1 + 10 * 20


def test_zealot_walks_away_between_its_blows(arena: Arena) -> None:
    zealot, other = arena.add("Zealot", 20, 20), arena.add_inert("Zealot", 21.0625, 20)
    arena.order(zealot, ATTACK, other)
    arena.step(2)
    arena.order(zealot, MOVE, (10, 20))
    arena.step(20)
    assert arena.shield(other) == 42


def test_queen_talons_near_spines_in_the_air(arena: Arena) -> None:
    # Against ground from 3 to 5 cells: two missiles of 4, the second 4.8 -> 5 loops later, at 40 / 16 = 2.5 cells a
    # loop. Middles 5.5 apart: 3 loops. Damage point 3: first impact in loop 1 + 3 + 2.
    queen, marine = arena.add("Queen", 20, 20), arena.add_inert("Marine", 25.5, 20)
    arena.order(queen, ATTACK, marine)
    arena.step(6)
    assert arena.life(marine) == 41
    arena.step(5)
    assert arena.life(marine) == 37
    # Nearer than 3 cells the claws hit at once: in loop 1 + 3.
    queen, marine = arena.add("Queen", 20, 40), arena.add_inert("Marine", 23, 40)
    arena.order(queen, ATTACK, marine)
    arena.step(4)
    assert arena.life(marine) == 41
    # In the air one missile of 9 at up to 8 cells: 9.5 cells between middles is a gap of 8.875 - 1.0 = 7.625.
    queen, ray = arena.add("Queen", 40, 20), arena.add_inert("VoidRay", 49.5, 20)
    arena.order(queen, ATTACK, ray)
    arena.step(1 + 3 + 3)
    assert arena.shield(ray) == 100 - 9


def test_tempest_has_one_weapon_for_each_plane(arena: Arena) -> None:
    # In the air 30 + 22 Massive at 15 cells, on the ground 40 at 10: a Colossus is on both, the first weapon is taken.
    tempest, roach = arena.add("Tempest", 20, 20), arena.add_inert("Roach", 30, 20)
    arena.order(tempest, ATTACK, roach)
    arena.step(1 + 3 + 8)  # 10 cells at 1.171875 a loop: 9 loops
    assert arena.life(roach) == 145 - (40 - 1)
    tempest, colossus = arena.add("Tempest", 20, 40), arena.add_inert("Colossus", 35, 40)
    arena.order(tempest, ATTACK, colossus)
    arena.step(1 + 3 + 12)  # 15 cells: 13 loops
    assert arena.shield(colossus) == 150 - 52


def test_ground_weapons_level_three_against_armor_and_shields_level_two(arena: Arena) -> None:
    # Zealot 8 + 3 = 11 a hit; shield armor 2: 9 each; life armor 1 + 2: 8 each.
    game = arena.game
    for upgrade in (39, 40, 41):
        game.grant_upgrade(1, upgrade)
    for upgrade in (42, 43, 45, 46):
        game.grant_upgrade(ENEMY, upgrade)
    zealot, other = arena.add("Zealot", 20, 20), arena.add_inert("Zealot", 21.0625, 20)
    arena.order(zealot, ATTACK, other)
    arena.step(1)
    assert arena.vitals(other) == (41, 100)
    arena.step(5)
    assert arena.vitals(other) == (32, 100)
    game.set_unit_value(other, "shields", 0)
    arena.step(15)
    assert arena.vitals(other) == (0, 92)


def test_stalker_bonus_grows_with_upgrades(arena: Arena) -> None:
    # 13 + 1 and 5 + 1 Armored at level 1.
    arena.game.grant_upgrade(1, 39)
    stalker, roach = arena.add("Stalker", 20, 20), arena.add_inert("Roach", 26, 20)
    arena.order(stalker, ATTACK, roach)
    arena.step(9)
    assert arena.life(roach) == 145 - (14 + 6 - 1)


def test_upgrades_reach_units_that_live(arena: Arena) -> None:
    stalker, roach = arena.add("Stalker", 20, 20), arena.add_inert("Roach", 26, 20)
    arena.game.grant_upgrade(1, 39)
    arena.order(stalker, ATTACK, roach)
    arena.step(9)
    assert arena.life(roach) == 145 - (14 + 6 - 1)


def test_least_damage_is_half_a_point(arena: Arena) -> None:
    # Broodling 4 against an Ultralisk with 2 + 2 (Chitinous Plating) + 3 armor: 0.5 a hit.
    for upgrade in (56, 57, 58, 4):
        arena.game.grant_upgrade(ENEMY, upgrade)
    ling, ultra = arena.add("Broodling", 20, 20), arena.add_inert("Ultralisk", 21.4, 20)
    assert arena.game.units.armor[arena.row(ultra)] == 7
    arena.order(ling, ATTACK, ultra)
    arena.step(4)
    assert arena.life(ultra) == 500 - 0.5


def test_shields_come_back_after_160_loops_life_of_zerg_always(arena: Arena) -> None:
    marine, zealot = arena.add("Marine", 20, 20), arena.add_inert("Zealot", 24, 20)
    roach = arena.add_inert("Roach", 30, 30)
    arena.game.set_unit_value(roach, "life", 100)
    arena.order(marine, ATTACK, zealot)
    arena.step(2)  # the shot falls in the second loop played, which is game loop 1
    arena.order(marine, MOVE, (5, 20))
    arena.step(159)
    assert arena.shield(zealot) == 44
    arena.step(16)
    assert arena.shield(zealot) == 46  # 2 a game second
    assert arena.life(roach) == 100 + 177 * round(0.2734 / 16 * 4096) / 4096
    arena.step(100)
    assert arena.shield(zealot) == 50


def test_energy_comes_back(arena: Arena) -> None:
    templar = arena.add("HighTemplar", 20, 20)
    arena.step(160)
    assert arena.game.units.energy[arena.row(templar)] == 50 + 160 * 0.5625 / 16


def test_missiles_overkill_and_instant_weapons_do_not(arena: Arena) -> None:
    # Two Stalkers fire in the same loop at a Marine of 10 life: both missiles are spent. Two Immortals: the second
    # keeps its shot.
    ready = []
    for name, y in (("Stalker", 10), ("Immortal", 40)):
        first, second = arena.add(name, 20, y), arena.add(name, 20, y + 2)
        victim, bystander = arena.add_inert("Marine", 25, y), arena.add_inert("Marine", 25, y + 2)
        arena.game.set_unit_value(victim, "life", 10)
        for shooter in (first, second):
            arena.order(shooter, ATTACK, victim)
            arena.order(shooter, ATTACK, bystander, queued=True)
        ready.append((second, victim, bystander))
    arena.step(1 + 3 + 5)
    (stalker, marine, _), (immortal, other, _) = ready
    assert not arena.alive(marine)
    assert not arena.alive(other)
    assert arena.game.units.cooldown[arena.row(stalker)] > 15
    # The Immortal's shot went off in loop 4, found its target dead, and turned to the next within the same loops.
    assert arena.life(ready[1][2]) == 45 - 20
    assert arena.life(ready[0][2]) == 45
    assert immortal


def test_siege_tank_splash_rings_and_least_range(arena: Arena) -> None:
    # 40 (+30 Armored): full share within 0.4687, half within 0.7812, a quarter within 1.25, measured to the edge of a
    # unit. A Zergling has a radius of 0.375 and no armor. Friendly fire: its own side is hit as well.
    tank, centre = arena.add("SiegeTankSieged", 20, 20), arena.add_inert("Zergling", 28, 20)
    near = arena.add_inert("Zergling", 28, 20.8)  # edge at 0.425: 40, dead
    half = arena.add_inert("Roach", 29.2, 20)  # radius 0.5, edge at 0.7: (40 + 30) / 2 - 1 armor
    quarter = arena.add_inert("Zergling", 28, 18.5)  # edge at 1.125: 10
    ours = arena.add("Marine", 27, 19)  # edge at 1.414 - 0.375 = 1.039: 10
    away = arena.add_inert("Zergling", 28, 17)  # edge at 2.625
    below = arena.add("SiegeTankSieged", 26.6, 24)
    arena.match.units.looks[:] = False
    arena.order(tank, ATTACK, centre)
    arena.step(1 + 3)
    assert not arena.alive(centre)
    assert not arena.alive(near)
    assert arena.life(half) == pytest.approx(145 - 34)
    assert arena.life(quarter) == 25
    assert arena.life(ours) == 35
    assert arena.life(away) == 35
    assert arena.life(below) == 175
    too_near = arena.add_inert("Zergling", 21.5, 20)  # gap 1.5 - 0.875 - 0.375 < 2
    arena.order(tank, ATTACK, too_near)
    arena.step(120)
    assert arena.life(too_near) == 35


def test_banelings_take_a_cluster_and_themselves(arena: Arena) -> None:
    # 20 + 15 Light to every ground enemy whose edge is within 2.2 cells of the Baneling: Zerglings (35, Light) die, a
    # Roach loses 20 - 1 armor; a structure takes 80, and armor does not count.
    bane = arena.add("Baneling", 20, 20)
    first, second = arena.add_inert("Zergling", 20.9, 20), arena.add_inert("Zergling", 20, 22)
    roach, spine = arena.add_inert("Roach", 18, 20), arena.add_inert("SpineCrawler", 20, 17.5)
    far, friend = arena.add_inert("Zergling", 20, 24), arena.add("Zergling", 20, 20.9)
    arena.match.units.looks[:] = False
    arena.order(bane, ATTACK, first)
    arena.step(1)
    assert not any(arena.alive(tag) for tag in (bane, first, second))
    assert arena.life(roach) == 145 - 19
    assert arena.life(spine) == 300 - 80
    assert arena.life(far) == 35
    assert arena.life(friend) == 35


def test_archon_splash_spares_its_own(arena: Arena) -> None:
    # 25 + 10 Biological; half of it from 0.25 to 0.5 cells. Marines (Biological, radius 0.375, no armor).
    archon, centre = arena.add("Archon", 20, 20), arena.add_inert("Marine", 24, 20)
    beside = arena.add_inert("Marine", 24, 20.8)  # edge at 0.425
    ours = arena.add("Marine", 24, 19.2)
    arena.match.units.looks[:] = False
    arena.order(archon, ATTACK, centre)
    arena.step(4)
    assert arena.life(centre) == 10
    assert arena.life(beside) == 45 - 17.5
    assert arena.life(ours) == 45


def test_colossus_sweeps_across_its_target(arena: Arena) -> None:
    # Two lines of areas from 1.25 left to 1.25 right of the target: 10 + 5 Light each. Zerglings in the line lose 30,
    # one behind it nothing.
    colossus, target = arena.add("Colossus", 20, 20), arena.add_inert("Zergling", 26, 20)
    left, right = arena.add_inert("Zergling", 26, 21.2), arena.add_inert("Zergling", 26, 18.8)
    behind = arena.add_inert("Zergling", 27.2, 20)
    arena.match.units.looks[:] = False
    arena.order(colossus, ATTACK, target)
    arena.step(20)
    regained = 35 - 30 + 1
    for tag in (target, left, right):
        assert 5 <= arena.life(tag) < regained
    assert arena.life(behind) == 35


def test_hellion_burns_a_line(arena: Arena) -> None:
    # 8 + 6 Light to the target and to all in a line of 6.5 cells; a Zergling (35) is left with 21.
    hellion, target = arena.add("Hellion", 20, 20), arena.add_inert("Zergling", 23, 20)
    behind, beside = arena.add_inert("Zergling", 25, 20), arena.add_inert("Zergling", 23, 21.5)
    arena.match.units.looks[:] = False
    arena.order(hellion, ATTACK, target)
    arena.step(1 + 4)
    assert arena.life(target) == 21
    assert arena.life(behind) == 21
    assert arena.life(beside) == 35


def test_mutalisk_bounces_to_the_nearest_others(arena: Arena) -> None:
    # 9, then 3, then 1, each to another enemy within 3 cells.
    mutalisk, first = arena.add("Mutalisk", 20, 20), arena.add_inert("Marine", 23, 20)
    second, third = arena.add_inert("Marine", 25, 20), arena.add_inert("Marine", 27, 20)
    fourth = arena.add_inert("Marine", 29, 20)
    arena.match.units.looks[:] = False
    arena.order(mutalisk, ATTACK, first)
    arena.step(12)
    assert [arena.life(tag) for tag in (first, second, third, fourth)] == [36, 42, 44, 45]


def test_sentry_beam_hits_every_period_without_delay() -> None:
    # With the random delay on: a beam holds its target, and its hits come every 16 loops all the same.
    arena = Arena(seed=3)
    sentry, zealot = arena.add("Sentry", 20, 20), arena.add_inert("Zealot", 25, 20)
    arena.order(sentry, ATTACK, zealot)
    arena.step(4)
    assert arena.shield(zealot) == 44
    for hits in range(2, 6):
        arena.step(15)
        assert arena.shield(zealot) == 50 - 6 * (hits - 1)
        arena.step(1)
        assert arena.shield(zealot) == 50 - 6 * hits


def test_medivac_heals_for_energy(arena: Arena) -> None:
    # 9 life a game second = 0.5625 a loop, for 0.33 energy a point; it gains 0.5625 / 16 energy a loop itself.
    medivac, marine = arena.add("Medivac", 20, 20), arena.add("Marine", 22, 20)
    arena.game.set_unit_value(marine, "life", 9)
    assert arena.order(medivac, HEAL, marine) == 1
    arena.step(32)
    assert arena.life(marine) == 9 + 32 * 0.5625
    energy = float(arena.game.units.energy[arena.row(medivac)])
    cost = round(0.5625 * 0.33 * 4096) / 4096
    assert energy == 50 + 32 * (0.5625 / 16 - cost)
    arena.step(40)
    assert arena.life(marine) == 45
    assert arena.orders(medivac) == []


def test_medivac_heals_on_its_own(arena: Arena) -> None:
    medivac, marine, zealot = arena.add("Medivac", 20, 20), arena.add("Marine", 25, 20), arena.add("Immortal", 20, 23)
    arena.game.set_unit_value(marine, "life", 9)
    arena.game.set_unit_value(zealot, "life", 9)
    arena.step(60)
    assert arena.life(marine) > 9
    assert arena.life(zealot) == 9
    assert arena.gap(medivac, marine) <= 4
