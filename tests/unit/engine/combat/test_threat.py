"""Whom units turn on: who attacks them before who attacks others before who stands by; and what makes them let go."""

import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from tests.arena import ATTACK, ENEMY, HEAL, MOVE, Arena

TURN_LOOPS = 8
"""Two looks of 4 loops: enough to see what others do, and to answer."""


@pytest.fixture
def arena() -> Arena:
    return Arena()


def test_a_unit_leaves_who_stands_by_for_who_attacks_it(arena: Arena) -> None:
    """A Spine Crawler and two Stalkers: the nearer one has stopped fighting, the farther one shoots on."""
    crawler = arena.add("SpineCrawler", 30, 30, ENEMY)
    arena.cover_with_creep()
    near = arena.add_inert("Stalker", 34, 30, owner=1)
    arena.step(2)
    assert arena.target(crawler) == near
    far = arena.add("Stalker", 30, 36)
    arena.order(near, MOVE, (34.5, 30))
    arena.order(far, ATTACK, crawler)
    arena.step(TURN_LOOPS)
    assert arena.target(crawler) == far


def test_it_stays_with_the_nearer_one_where_being_armed_is_threat_enough() -> None:
    arena = Arena(threat="armed")
    arena.cover_with_creep()
    crawler = arena.add("SpineCrawler", 30, 30, ENEMY)
    near = arena.add_inert("Stalker", 34, 30, owner=1)
    arena.step(2)
    far = arena.add("Stalker", 30, 36)
    arena.order(near, MOVE, (34.5, 30))
    arena.order(far, ATTACK, crawler)
    arena.step(TURN_LOOPS)
    assert arena.target(crawler) == near


def test_of_those_who_attack_it_a_unit_keeps_the_one_it_has(arena: Arena) -> None:
    """The second attacker stands nearer, but is of the same level."""
    marine = arena.add("Marine", 30, 30, ENEMY)
    first = arena.add("Marine", 34.5, 30)
    arena.step(2)
    assert arena.target(marine) == first
    arena.add("Marine", 32, 30)
    arena.step(TURN_LOOPS)
    assert arena.target(marine) == first


def test_who_has_a_target_in_reach_does_not_walk_to_one_out_of_reach(arena: Arena) -> None:
    """A Zealot at a Zealot that stands by is shot at by a Stalker from 6 cells: it strikes on where it is."""
    zealot = arena.add("Zealot", 30, 30, ENEMY)
    beside = arena.add_inert("Zealot", 31, 30, owner=1)
    arena.step(4)
    assert arena.target(zealot) == beside
    stalker = arena.add("Stalker", 30, 36.5)
    arena.order(stalker, ATTACK, zealot)
    arena.step(TURN_LOOPS)
    assert arena.target(zealot) == beside


@pytest.mark.parametrize(("retarget", "turns"), [("chasing", True), ("never", False), ("blocked", False)])
def test_a_free_chase_goes_on_unless_nearer_ones_are_always_taken(retarget: str, turns: bool) -> None:
    """Two unarmed targets; the second comes nearer than the first while the Zealot is on its way, unhindered."""
    arena = Arena(retarget=retarget)
    zealot = arena.add("Zealot", 20, 20)
    first = arena.add_inert("Probe", 24, 20)
    arena.order(zealot, ATTACK, (40, 20))
    arena.step(4)
    assert arena.target(zealot) == first
    second = arena.add_inert("Probe", 20.9, 21.2)
    arena.step(4)
    assert (arena.target(zealot) == second) is turns


def test_a_healed_unit_dies_when_its_life_is_gone(arena: Arena) -> None:
    """Eight Marines shoot at one with a Medivac beside it: 8 x 6 damage at once are more than its 45 life."""
    patient = arena.add_inert("Marine", 30, 30, ENEMY)
    medivac = arena.add("Medivac", 31, 30, ENEMY)
    arena.order(medivac, HEAL, patient)
    for place in range(8):
        arena.order(arena.add("Marine", 26 + place / 10, 27 + place * 0.8), ATTACK, patient)
    assert arena.loops_until_dead(patient, limit=120) < 120


def test_mmm_ends_with_the_dead_dead() -> None:
    """Nobody is left with no life at the end of any loop, though Medivacs are about."""
    game = Game(load_map("MMM"), [PlayerSetup(), PlayerSetup(kind="computer")], seed=3)
    ours = game.units.tag[game.units.owner == 1].tolist()
    for _ in range(60):
        game.order(1, ATTACK, ours, (23.0, 16.0))
        game.step(4)
        assert (game.units.life > 0).all()
    assert len(game.units) < 20


def test_allies_push_who_waits_for_its_next_shot_and_not_who_fires(arena: Arena) -> None:
    """A Marine leaves between two friends who fight with 1.43 cells between their middles; it needs 1.5."""
    prey = [arena.add_inert("Hatchery", 36, y) for y in (27.0, 33.0)]
    friends = [arena.add("Marine", 30, y) for y in (29.285, 30.715)]
    for friend, target in zip(friends, prey, strict=True):
        arena.order(friend, ATTACK, target)
    arena.step(4)
    hurt = arena.add("Marine", 30.75, 30)
    arena.order(hurt, MOVE, (27, 30))
    arena.step(60)
    assert arena.place(hurt)[0] < 28.0
    assert all(arena.target(friend) for friend in friends)
