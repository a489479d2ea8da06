"""Stasis wards: built by an Oracle that stays at it, cloaked when they are done, sprung by who comes near, and gone."""

import pytest

from llm_pysc2.engine.state.results import Result
from tests.arena import ENEMY, MOVE
from tests.unit.engine.abilities.api_arena import ApiArena

BUILD, CANCEL, CANCEL_ANY, CANCEL_SITE, SPRING = 2505, 2535, 3659, 314, 2536
TRAP, STASIS = 732, 129
PLACE = (26.5, 40.5)


@pytest.fixture
def arena() -> ApiArena:
    return ApiArena()


def ward_of(arena: ApiArena) -> int:
    """Return the tag of the only ward, 0 = there is none."""
    found = arena.game.units.tag[arena.game.units.type_id == TRAP].tolist()
    return found[0] if found else 0


def step_until_held(arena: ApiArena, tag: int) -> None:
    for _ in range(200):
        if arena.buffs(tag) == [STASIS]:
            return
        arena.step()
    raise AssertionError(f"{arena.name(tag)} is not held")


def test_an_oracle_builds_a_ward_for_energy(arena: ApiArena) -> None:
    # 50 energy, from within 5 cells, 80 loops; nothing of minerals.
    oracle = arena.caster("Oracle", 49, x=16)
    assert arena.order(oracle, BUILD, PLACE) == Result.NOT_ENOUGH_ENERGY
    arena.game.set_unit_value(oracle, "energy", 60)
    assert arena.order(oracle, BUILD, PLACE) == 1
    for _ in range(40):
        arena.step()
        if ward_of(arena):
            break
    ward = ward_of(arena)
    radii = float(arena.game.units.radius[arena.row(oracle)]) + 0.375
    away = PLACE[0] - arena.place(oracle)[0] - radii
    assert 3.5 < away <= 5.1
    assert arena.place(ward) == PLACE
    assert arena.energy(oracle) == pytest.approx(10, abs=2)
    assert arena.vitals(ward) == pytest.approx((3, 3), abs=1)
    assert not arena.game.units.cloaked[arena.row(ward)]
    arena.step(78)
    assert arena.unit(ward).build_progress < 1
    arena.step(4)
    assert arena.unit(ward).build_progress == 1
    assert arena.vitals(ward) == pytest.approx((30, 30), abs=0.5)
    assert bool(arena.game.units.cloaked[arena.row(ward)])
    assert arena.orders(oracle) == []
    assert arena.game.players[1].minerals == 50


def test_a_ward_needs_a_free_place(arena: ApiArena) -> None:
    oracle = arena.caster("Oracle", 100, x=22)
    arena.add_inert("Pylon", 27, 41, owner=1)
    assert arena.order(oracle, BUILD, PLACE) == Result.CANT_BUILD_LOCATION_INVALID
    assert arena.order(oracle, BUILD) == Result.CANT_BUILD_LOCATION_INVALID
    assert not arena.orders(oracle)


def test_orders_wait_while_it_is_built_and_cancelling_it_costs_the_energy(arena: ApiArena) -> None:
    oracle = arena.caster("Oracle", 100, x=22)
    assert arena.order(oracle, CANCEL) == Result.CANT_FIND_CANCEL_ORDER
    assert arena.order(oracle, BUILD, PLACE) == 1
    arena.step(20)
    assert ward_of(arena)
    assert arena.order(oracle, MOVE, (10.0, 40.0)) == 1
    arena.step(10)
    assert arena.place(oracle)[0] == pytest.approx(22, abs=0.5)
    energy = arena.energy(oracle)
    assert arena.order(oracle, CANCEL_ANY) == 1
    arena.step(2)
    assert not ward_of(arena)
    assert arena.energy(oracle) <= energy + 1
    arena.step(20)
    assert arena.place(oracle)[0] < 21


@pytest.mark.parametrize("ability", [CANCEL_SITE, CANCEL_ANY])
def test_the_ward_itself_can_be_told_to_end(arena: ApiArena, ability: int) -> None:
    oracle = arena.caster("Oracle", 100, x=22)
    assert arena.order(oracle, BUILD, PLACE) == 1
    arena.step(20)
    assert arena.order(ward_of(arena), ability) == 1
    arena.step(3)
    assert not ward_of(arena)
    assert arena.orders(oracle) == []


def test_a_ward_without_its_oracle_does_not_grow_until_another_comes(arena: ApiArena) -> None:
    oracle = arena.caster("Oracle", 100, x=22)
    assert arena.order(oracle, BUILD, PLACE) == 1
    arena.step(40)
    arena.game.kill_units([oracle])
    arena.step(100)
    progress = arena.unit(ward_of(arena)).build_progress
    assert progress < 0.6
    other = arena.caster("Oracle", 0, x=22)
    assert arena.order(other, BUILD, ward_of(arena)) in (1, Result.NOT_ENOUGH_ENERGY)


def test_a_ward_is_sprung_and_holds_enemies_on_the_ground(arena: ApiArena) -> None:
    # Enemies on the ground within 3 of it spring it; 8 loops later all of them within 5 are held for 480 loops: they
    # cannot be hurt, moved or ordered to use anything. It is gone 26.56 loops after that. It detects nobody.
    arena.add("StasisTrap", *PLACE)
    arena.step(2)
    ship, worker = arena.enemy("Banshee", 6), arena.add_inert("Probe", 28, 41, owner=1)
    arena.step(20)
    assert ward_of(arena)
    marine = arena.enemy("Marine", 14)
    near, far = arena.enemy("Thor", 6.5, 5.5), arena.enemy("Marauder", 6.5, 7.5)
    arena.step(20)
    assert ward_of(arena)
    arena.order(marine, MOVE, (20.0, 40.0))
    step_until_held(arena, marine)
    held = [tag for tag in (ship, worker, marine, near, far) if arena.buffs(tag) == [STASIS]]
    assert held == [marine, near]
    row, place = arena.row(marine), arena.place(marine)
    assert bool(arena.game.units.invulnerable[row])
    assert arena.game.units.speed[row] == 0
    assert arena.order(arena.caster("Stalker", 0), 23, marine) == Result.CANT_TARGET_INVULNERABLE_UNITS
    arena.step(25)
    assert ward_of(arena)
    arena.step(3)
    assert not ward_of(arena)
    arena.step(480 - 28 - 2)
    assert arena.place(marine) == place
    assert arena.buffs(marine) == [STASIS]
    arena.step(4)
    assert arena.buffs(marine) == []
    arena.step(20)
    assert arena.place(marine) != place


def test_who_is_not_seen_springs_no_ward(arena: ApiArena) -> None:
    arena.add("StasisTrap", *PLACE)
    arena.step(2)
    templar = arena.enemy("DarkTemplar", 7.5)
    arena.step(20)
    assert ward_of(arena)
    arena.add_inert("Observer", 22, 40, owner=1)
    step_until_held(arena, templar)


def test_a_ward_can_be_sprung_by_hand(arena: ApiArena) -> None:
    ward = arena.add("StasisTrap", *PLACE)
    arena.step(2)
    marine = arena.enemy("Marine", 6.5 + 4)
    arena.step(10)
    assert arena.buffs(marine) == []
    assert arena.order(ward, SPRING) == 1
    arena.step(10)
    assert arena.buffs(marine) == [STASIS]


def test_a_ward_is_sprung_only_when_it_is_done(arena: ApiArena) -> None:
    oracle = arena.caster("Oracle", 100, x=22)
    assert arena.order(oracle, BUILD, PLACE) == 1
    arena.step(10)
    marine = arena.enemy("Marine", 7.5)
    arena.step(60)
    assert arena.buffs(marine) == []
    arena.step(30)
    assert arena.buffs(marine) == [STASIS]


def test_a_ward_lasts_for_170_seconds(arena: ApiArena) -> None:
    ward = arena.add("StasisTrap", *PLACE)
    arena.step(3808 - 2)
    assert arena.alive(ward)
    arena.step(10)
    assert not arena.alive(ward)


def test_the_time_of_a_ward_begins_when_it_is_built(arena: ApiArena) -> None:
    oracle = arena.caster("Oracle", 100, x=22)
    assert arena.order(oracle, BUILD, PLACE) == 1
    while not ward_of(arena) or arena.game.units.build_progress[arena.row(ward_of(arena))] < 1:
        arena.step()
        assert arena.game.loop < 400
    ward = ward_of(arena)
    arena.step(3808 - 3)
    assert arena.alive(ward)
    arena.step(10)
    assert not arena.alive(ward)


def test_what_is_held_does_not_come_off_cooldown(arena: ApiArena) -> None:
    # Its cooldowns run at a thousandth.
    arena.add("StasisTrap", *PLACE)
    stalker = arena.add_inert("Stalker", 36, 40, ENEMY)
    arena.game.grant_upgrade(ENEMY, 87)
    assert arena.order(stalker, 1442, (28.0, 40.0)) == 1
    step_until_held(arena, stalker)
    (left,) = (ready - arena.game.loop for ready in arena.match.spells.cooldowns[stalker].values())
    arena.step(400)
    (after,) = (ready - arena.game.loop for ready in arena.match.spells.cooldowns[stalker].values())
    assert after == pytest.approx(left, abs=1.5)


def test_a_worker_who_is_held_stops_building(arena: ApiArena) -> None:
    arena.game.players[ENEMY].minerals = 100
    arena.add_inert("CommandCenter", 60, 50)
    scv = arena.add_inert("SCV", 31, 40)
    arena.step()
    assert arena.order(scv, 319, (29.0, 40.0)) == 1
    arena.step(20)
    depot = int(arena.game.units.tag[-1])
    arena.add("StasisTrap", 31.5, 41.5)
    step_until_held(arena, scv)
    progress = float(arena.game.units.build_progress[arena.row(depot)])
    assert 0 < progress < 1
    arena.step(100)
    assert arena.game.units.build_progress[arena.row(depot)] == progress
