"""Whom units shoot at, how long they keep at it, and who never starts."""

import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from tests.arena import ATTACK, ENEMY, HOLD, MOVE, STOP, Arena


@pytest.fixture
def arena() -> Arena:
    return Arena()


def test_nearest_of_equals(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    arena.add_inert("Marine", 24, 20)
    near = arena.add_inert("Marine", 20, 23.5)
    arena.step(5)
    assert arena.target(marine) == near


def test_the_older_of_two_at_the_same_distance_or_the_younger_by_switch() -> None:
    for ties, index in (("first", 0), ("last", 1)):
        arena = Arena(target_ties=ties)
        marine = arena.add("Marine", 20, 20)
        pair = arena.add_inert("Marine", 24, 20), arena.add_inert("Marine", 16, 20)
        arena.step(5)
        assert arena.target(marine) == pair[index]


def test_a_threat_before_what_cannot_shoot_back(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    arena.add_inert("Medivac", 22, 20)
    arena.add_inert("SupplyDepot", 20, 23)
    threat = arena.add_inert("Marine", 25, 20)
    arena.step(5)
    assert arena.target(marine) == threat


def test_priority_before_distance_among_harmless_units(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    arena.add_inert("SupplyDepot", 22, 20)
    unit = arena.add_inert("Medivac", 25, 20)
    arena.step(5)
    assert arena.target(marine) == unit


def test_units_look_only_at_what_they_can_hit(arena: Arena) -> None:
    zealot = arena.add("Zealot", 20, 20)
    arena.add_inert("Mutalisk", 22, 20)
    arena.step(5)
    assert arena.target(zealot) == 0
    ground = arena.add_inert("Zergling", 24, 20)
    arena.step(5)
    assert arena.target(zealot) == ground


def test_a_target_is_kept_until_one_of_higher_rank_comes(arena: Arena) -> None:
    marine, depot = arena.add("Marine", 20, 20), arena.add_inert("SupplyDepot", 24, 20)
    arena.step(10)
    assert arena.target(marine) == depot
    nearer = arena.add_inert("SupplyDepot", 20, 23)
    arena.step(20)
    assert arena.target(marine) == depot
    assert nearer
    threat = arena.add_inert("Marine", 25, 22)
    arena.step(30)
    assert arena.target(marine) == threat


def test_scan_range_of_ranged_and_melee_units(arena: Arena) -> None:
    # A Stalker looks 6.5 cells (its range and a half), a Zealot 5, from edge to edge.
    stalker, zealot = arena.add("Stalker", 20, 20), arena.add("Zealot", 20, 40)
    arena.add_inert("Roach", 20 + 0.625 + 0.5 + 6.6, 20)
    arena.add_inert("Roach", 20 + 0.5 + 0.5 + 5.1, 40)
    arena.step(8)
    assert (arena.target(stalker), arena.target(zealot)) == (0, 0)
    seen = arena.add_inert("Roach", 20 - 0.625 - 0.5 - 6.4, 20), arena.add_inert("Roach", 20 - 0.5 - 0.5 - 4.9, 40)
    arena.step(8)
    assert (arena.target(stalker), arena.target(zealot)) == seen


def test_idle_units_return_to_their_post_after_a_kill(arena: Arena) -> None:
    zealot, ling = arena.add("Zealot", 20, 20), arena.add_inert("Zergling", 25, 20)
    arena.step(60)
    assert arena.place(zealot)[0] > 23
    arena.game.kill_units([ling])
    arena.step(80)
    assert arena.place(zealot) == pytest.approx((20, 20), abs=0.1)


def test_the_leash_ends_a_chase(arena: Arena) -> None:
    zealot, bait = arena.add("Zealot", 20, 30), arena.add_inert("Zergling", 24, 30)
    arena.step(5)
    assert arena.target(zealot) == bait
    arena.order(bait, MOVE, (70, 30))
    farthest = 0.0
    for _ in range(600):
        arena.step()
        farthest = max(farthest, arena.place(zealot)[0])
    assert 41 <= farthest < 42.5
    assert arena.place(zealot)[0] == pytest.approx(20, abs=0.1)


def test_an_ultralisk_prefers_what_lies_ahead_a_battlecruiser_what_is_near(arena: Arena) -> None:
    ultralisk, behind = arena.add("Ultralisk", 30, 30), arena.add_inert("Marine", 27, 30)
    ahead = arena.add_inert("Marine", 34.5, 30)
    arena.step(5)
    assert arena.target(ultralisk) == ahead
    assert behind
    cruiser, depot = arena.add("Battlecruiser", 30, 60), arena.add_inert("SupplyDepot", 33, 60)
    arena.add_inert("Marine", 25, 60)
    arena.step(5)
    assert arena.target(cruiser) == depot


def test_hold_position_fires_and_does_not_chase(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    arena.order(marine, HOLD)
    far = arena.add_inert("Zealot", 26.2, 20)  # gap 5.325: seen, but out of range
    arena.step(40)
    assert arena.place(marine) == (20, 20)
    assert arena.shield(far) == 50
    near = arena.add_inert("Zealot", 24, 20)
    arena.step(40)
    assert arena.place(marine) == (20, 20)
    assert arena.shield(near) < 50


def test_workers_do_not_start_fights(arena: Arena) -> None:
    probe, ling = arena.add("Probe", 20, 20), arena.add_inert("Zergling", 21, 20)
    arena.step(40)
    assert arena.life(ling) == 35
    assert arena.target(probe) == 0


def test_a_unit_that_is_shot_from_afar_turns_on_the_attacker_and_calls_for_help(arena: Arena) -> None:
    tank = arena.add_inert("SiegeTankSieged", 33, 20)
    victim, friend = arena.add("Marauder", 20.5, 20), arena.add("Marauder", 19, 22)
    stranger = arena.add("Marauder", 20.5, 27)
    arena.order(tank, ATTACK, victim)
    arena.step(20)
    assert arena.target(victim) == tank
    assert arena.target(friend) == tank
    assert arena.target(stranger) == 0


def test_units_on_a_move_order_do_not_answer(arena: Arena) -> None:
    marine, foe = arena.add("Marine", 20, 20), arena.add("Marine", 24, 20, owner=ENEMY)
    arena.order(marine, MOVE, (20, 40))
    arena.step(30)
    assert arena.target(foe) == marine
    assert arena.target(marine) == 0


def test_smac_units_stand_still_until_they_are_ordered() -> None:
    game = Game(load_map("3m"), [PlayerSetup(), PlayerSetup(kind="computer")], seed=1)
    ours = [int(tag) for tag in game.units.tag[game.units.owner == 1]]
    places = game.units.x[:3].tolist()
    game.step(70)
    alive = [game.units.row_of(tag) for tag in ours]
    assert all(game.units.target[row] < 0 for row in alive if row >= 0)
    assert game.units.x[alive[0]] == pytest.approx(places[0], abs=0.05)  # they stand a little closely at first
    assert (game.units.life[game.units.owner == 2] == 45).all()


def test_stop_lets_a_unit_look_again(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    arena.order(marine, MOVE, (40, 20))
    arena.step(4)
    arena.order(marine, STOP)
    foe = arena.add_inert("Marine", 24, 20)
    arena.step(8)
    assert arena.target(marine) == foe


def test_a_phoenix_fires_on_the_move(arena: Arena) -> None:
    phoenix, mutalisk = arena.add("Phoenix", 10, 20), arena.add_inert("Mutalisk", 25, 22)
    arena.order(phoenix, MOVE, (40, 20))
    arena.step(130)
    assert arena.life(mutalisk) < 120
    assert arena.place(phoenix)[0] == pytest.approx(40, abs=0.5)


def test_cloaked_units_are_no_targets_without_a_detector(arena: Arena) -> None:
    marine, templar = arena.add("Marine", 20, 20), arena.add_inert("DarkTemplar", 24, 20)
    arena.step(20)
    assert arena.target(marine) == 0
    assert arena.order(marine, ATTACK, templar) == 83
    arena.add("Raven", 22, 22)
    arena.step(20)
    assert arena.target(marine) == templar
    assert arena.shield(templar) < 80


def test_melee_units_spread_over_targets_they_can_reach(arena: Arena) -> None:
    # Eight Zerglings on a line attack-move past two Marines: both get hurt, nobody waits for the first to die.
    lings = [arena.add("Zergling", 10 + index * 0.9, 20, owner=ENEMY) for index in range(8)]
    marines = [arena.add_inert("Marine", 30, 19.5, owner=1), arena.add_inert("Marine", 30, 20.5, owner=1)]
    for ling in lings:
        arena.order(ling, ATTACK, (45.0, 20.0))
    arena.step(140)
    assert all(arena.life(marine) < 45 for marine in marines)


def shot_at(arena: Arena, victim: str, attacker: str) -> tuple[int, float]:
    """Let an enemy shoot an idle unit at (20, 20) from the east for 40 loops; return the unit and its x then."""
    tag, foe = arena.add(victim, 20, 20), arena.add(attacker, 23, 20, owner=ENEMY)
    arena.order(foe, ATTACK, tag)
    arena.step(40)
    return tag, arena.place(tag)[0]


def test_an_idle_unit_that_cannot_hit_back_runs_and_stays_where_it_ran_to(arena: Arena) -> None:
    zealot, x = shot_at(arena, "Zealot", "VoidRay")
    assert x < 19  # a zealot walks 2.25 cells a game second
    assert not arena.orders(zealot)
    row = arena.row(zealot)
    assert (arena.game.units.life[row] + arena.game.units.shield[row]) < 150


def test_workers_and_overlords_run_though_a_worker_could_fight(arena: Arena) -> None:
    assert shot_at(arena, "Probe", "Marine")[1] < 19
    assert shot_at(Arena(), "Overlord", "Marine")[1] < 20


def test_nobody_runs_who_fights_stands_his_ground_or_is_of_no_response(arena: Arena) -> None:
    marine, x = shot_at(arena, "Marine", "VoidRay")
    assert x >= 20 - 0.1
    assert arena.life(marine) < 45
    held = Arena()
    zealot, foe = held.add("Zealot", 20, 20), held.add("VoidRay", 23, 20, owner=ENEMY)
    held.order(zealot, HOLD)
    held.order(foe, ATTACK, zealot)
    held.step(40)
    assert held.place(zealot) == (20, 20)
    for assumptions in ({"helpless_flee": False}, {"flee_cells": 0.0}):
        assert shot_at(Arena(**assumptions), "Zealot", "VoidRay")[1] == 20


def test_nobody_hits_back_at_what_nobody_sees(arena: Arena) -> None:
    ghost = arena.add("DarkTemplar", 20, 20)
    zealots = [arena.add("Zealot", 21.5, 20 + side, owner=ENEMY) for side in (-0.6, 0.6)]
    for zealot in zealots:
        arena.order(zealot, ATTACK, (10.0, 20.0))
    arena.order(ghost, ATTACK, zealots[0])
    arena.step(60)
    assert arena.shield(zealots[0]) < 50
    assert arena.vitals(ghost) == (80, 40)
