"""Orders: what they do, how they queue, and the answers to those that cannot be carried out."""

import pytest
from s2clientprotocol import error_pb2

from llm_pysc2.engine.state.results import Result
from tests.arena import ATTACK, ENEMY, HEAL, HOLD, MOVE, PATROL, STOP, Arena

GENERAL = {23: 3674, 16: 3794, 4: 3665, 18: 3793, 17: 3795}


@pytest.fixture
def arena() -> Arena:
    return Arena()


def test_move_goes_at_full_speed_and_ends(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    assert arena.order(marine, MOVE, (29.0, 20.0)) == Result.SUCCESS
    assert [(order.ability_id, order.target) for order in arena.orders(marine)] == [(16, (29.0, 20.0))]
    arena.step(32)
    assert arena.place(marine)[0] == pytest.approx(20 + 32 * 2.25 / 16, abs=0.01)
    arena.step(40)
    assert arena.place(marine) == pytest.approx((29, 20), abs=0.01)
    assert arena.orders(marine) == []


@pytest.mark.parametrize(("specific", "general"), GENERAL.items())
def test_general_ids_are_shown_as_the_specific_ones(arena: Arena, specific: int, general: int) -> None:
    marine = arena.add("Marine", 20, 20)
    target = None if specific in (STOP, HOLD) else (30.0, 20.0)
    assert arena.order(marine, general, target) == Result.SUCCESS
    shown = [order.ability_id for order in arena.orders(marine)][:1]
    assert shown == ([] if specific == STOP else [specific])


def test_queued_orders_follow_one_another(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    for x, y in ((22.0, 20.0), (22.0, 22.0), (20.0, 22.0)):
        arena.order(marine, MOVE, (x, y), queued=True)
    seen = []
    for _ in range(60):
        arena.step()
        seen.append(arena.place(marine))
    assert max(x for x, _ in seen) == pytest.approx(22, abs=0.2)
    assert seen[-1] == pytest.approx((20, 22), abs=0.05)


def test_an_order_replaces_those_before(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    arena.order(marine, MOVE, (30.0, 20.0))
    arena.order(marine, MOVE, (30.0, 30.0), queued=True)
    arena.order(marine, MOVE, (10.0, 20.0))
    assert len(arena.orders(marine)) == 1
    arena.step(30)
    assert arena.place(marine)[0] < 17


def test_attack_move_fights_on_the_way_and_goes_on(arena: Arena) -> None:
    zealot, ling = arena.add("Zealot", 20, 20), arena.add_inert("Zergling", 26, 21)
    arena.order(zealot, ATTACK, (32.0, 20.0))
    assert arena.orders(zealot)[0].ability_id == ATTACK
    arena.step(250)
    assert not arena.alive(ling)
    assert arena.place(zealot) == pytest.approx((32, 20), abs=0.1)
    assert arena.orders(zealot) == []


def test_attack_on_a_unit_chases_it_anywhere(arena: Arena) -> None:
    hunter, prey = arena.add("Zealot", 10, 20), arena.add_inert("Drone", 20, 20)
    arena.order(hunter, ATTACK, prey)
    arena.order(prey, MOVE, (55.0, 20.0))
    arena.step(100)
    assert arena.target(hunter) == prey
    assert arena.place(hunter)[0] > 20
    arena.step(300)
    assert not arena.alive(prey)
    assert arena.orders(hunter) == []


def test_the_same_attack_again_does_not_take_the_shot_back() -> None:
    once, again = Arena(seed=4), Arena(seed=4)
    pairs = [(a, a.add("Stalker", 20, 20), a.add_inert("Zealot", 26, 20)) for a in (once, again)]
    for a, stalker, zealot in pairs:
        a.order(stalker, ATTACK, zealot)
    for _ in range(30):
        again.order(pairs[1][1], ATTACK, pairs[1][2])
        once.step()
        again.step()
    assert once.vitals(pairs[0][2]) == again.vitals(pairs[1][2])


def test_a_new_order_before_the_damage_point_takes_the_shot_back(arena: Arena) -> None:
    stalker, zealot = arena.add("Stalker", 20, 20), arena.add_inert("Zealot", 26, 20)
    arena.order(stalker, ATTACK, zealot)
    arena.step(2)
    arena.order(stalker, MOVE, (5.0, 20.0))
    arena.step(1)
    assert arena.game.units.cooldown[arena.row(stalker)] == 0
    arena.step(20)
    assert arena.shield(zealot) == 50


def test_a_new_order_ends_the_backswing(arena: Arena) -> None:
    # After the shot in loop 4 a Stalker would stand for 8 loops.
    stalker, zealot = arena.add("Stalker", 20, 20), arena.add_inert("Zealot", 26, 20)
    arena.order(stalker, ATTACK, zealot)
    arena.step(4)
    arena.order(stalker, MOVE, (10.0, 20.0))
    arena.step(2)
    assert arena.place(stalker)[0] < 19.8
    assert arena.game.units.cooldown[arena.row(stalker)] > 20


def test_patrol_walks_to_and_fro(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    arena.order(marine, PATROL, (24.0, 20.0))
    xs = []
    for _ in range(150):
        arena.step()
        xs.append(arena.place(marine)[0])
    assert max(xs) == pytest.approx(24, abs=0.2)
    assert min(xs[40:]) == pytest.approx(20, abs=0.2)
    assert xs.index(max(xs)) < 45
    assert arena.orders(marine)[0].ability_id == PATROL


def test_follow_a_unit_until_it_dies(arena: Arena) -> None:
    leader, marine = arena.add("Zealot", 20, 20), arena.add("Marine", 15, 20)
    arena.order(marine, MOVE, leader)
    arena.order(leader, MOVE, (35.0, 20.0))
    arena.step(150)
    assert arena.gap(leader, marine) < 1
    arena.game.kill_units([leader])
    arena.step(2)
    assert arena.orders(marine) == []


def test_attack_of_weaponless_units_is_a_scan_move(arena: Arena) -> None:
    observer, medivac = arena.add("Observer", 20, 20), arena.add("Medivac", 20, 25)
    assert arena.order(observer, 3674, (30.0, 20.0)) == Result.SUCCESS
    assert arena.order(medivac, 3674, (30.0, 25.0)) == Result.SUCCESS
    assert [arena.orders(tag)[0].ability_id for tag in (observer, medivac)] == [19, 19]


def test_a_click_means_what_lies_under_it(arena: Arena) -> None:
    marine, friend = arena.add("Marine", 20, 20), arena.add("Zealot", 22, 20)
    foe = arena.add_inert("Zergling", 30, 20)
    for target, ability in (((25.0, 25.0), MOVE), (friend, MOVE), (foe, ATTACK)):
        arena.order(marine, 1, target)
        assert arena.orders(marine)[0].ability_id == ability


def test_refusals(arena: Arena) -> None:
    marine, zealot, spine = arena.add("Marine", 20, 20), arena.add("Zealot", 20, 22), arena.add("SpineCrawler", 20, 30)
    foe, medivac, mutalisk = (
        arena.add_inert("Marine", 40, 20),
        arena.add("Medivac", 22, 22),
        arena.add_inert("Mutalisk", 40, 40),
    )
    nothing = 0x123450001
    refused = {
        (nothing, MOVE, (5.0, 5.0)): Result.ERROR,
        (marine, ATTACK, nothing): Result.MUST_TARGET_VISIBLE_UNIT,
        (marine, ATTACK, 2**64 - 1): Result.MUST_TARGET_VISIBLE_UNIT,
        (2**64 - 1, MOVE, (5.0, 5.0)): Result.ERROR,
        (marine, ATTACK, marine): Result.CANT_TARGET_THAT_UNIT,
        (marine, MOVE, (-1.0, 5.0)): Result.MUST_TARGET_VISIBLE_LOCATION,
        (marine, MOVE, (5.0, 1.0 * arena.game.map.size_cells[1])): Result.MUST_TARGET_VISIBLE_LOCATION,
        (marine, MOVE, (float("nan"), 5.0)): Result.MUST_TARGET_VISIBLE_LOCATION,
        (marine, MOVE, None): Result.MUST_TARGET_UNIT,
        (marine, 1442, (25.0, 20.0)): Result.NOT_SUPPORTED,
        (marine, 99999, None): Result.NOT_SUPPORTED,
        (marine, HEAL, medivac): Result.NOT_SUPPORTED,
        (zealot, ATTACK, mutalisk): Result.CANT_TARGET_AIR_UNITS,
        (spine, MOVE, (25.0, 20.0)): Result.UNIT_CANT_MOVE,
        (medivac, HEAL, foe): Result.CANT_TARGET_ENEMY_UNITS,
        (medivac, HEAL, marine): Result.CANT_TARGET_THAT_UNIT,
    }
    for (tag, ability, target), answer in refused.items():
        assert arena.game.order(1, ability, [tag], target) == [answer], (ability, target)
    assert arena.game.order(1, MOVE, [foe], (5.0, 5.0)) == [Result.YOU_CANT_CONTROL_THAT_UNIT]
    assert arena.game.order(9, MOVE, [marine], (5.0, 5.0)) == [Result.ERROR]
    errors = arena.game.take_events(1).action_errors
    assert len(errors) == len(refused) + 1
    assert (errors[0].tag, errors[0].ability_id, errors[0].result) == (nothing, MOVE, Result.ERROR)
    arena.step(10)
    assert arena.place(marine) == (20, 20)


def test_one_order_to_many_answers_for_each(arena: Arena) -> None:
    marine, foe = arena.add("Marine", 20, 20), arena.add_inert("Marine", 40, 20)
    answers = arena.game.order(1, MOVE, [marine, foe, 77], (30.0, 20.0))
    assert answers == [Result.SUCCESS, Result.YOU_CANT_CONTROL_THAT_UNIT, Result.ERROR]


def test_a_target_that_dies_ends_the_order(arena: Arena) -> None:
    marine, first, second = (
        arena.add("Marine", 20, 20),
        arena.add_inert("Marine", 30, 20),
        arena.add_inert("Marine", 35, 20),
    )
    arena.order(marine, ATTACK, first)
    arena.order(marine, ATTACK, second, queued=True)
    arena.order(marine, MOVE, (10.0, 10.0), queued=True)
    arena.game.kill_units([second, first])
    assert [order.ability_id for order in arena.orders(marine)] == [MOVE]
    arena.step(1)


def test_available_abilities_are_those_that_work(arena: Arena) -> None:
    marine, medivac = arena.add("Marine", 20, 20), arena.add("Medivac", 25, 20)
    assert arena.game.available_abilities(marine) == [4, 16, 17, 18, 23]
    assert arena.game.available_abilities(medivac) == [4, 16, 17, 18, 19, 386, 394, 2116]
    assert arena.game.available_abilities(5) == []


def test_the_queue_is_full_at_some_time(arena: Arena) -> None:
    marine = arena.add("Marine", 20, 20)
    answers = {arena.order(marine, MOVE, (30.0, 20.0), queued=True) for _ in range(40)}
    assert answers == {Result.SUCCESS, Result.ORDER_QUEUE_IS_FULL}


def test_autocast_can_be_switched_off(arena: Arena) -> None:
    medivac, marine = arena.add("Medivac", 20, 20), arena.add("Marine", 22, 20)
    assert arena.game.set_autocast(1, HEAL, [medivac]) == [Result.SUCCESS]
    assert arena.game.set_autocast(1, HEAL, [marine]) == [Result.NOT_SUPPORTED]
    arena.game.set_unit_value(marine, "life", 10)
    arena.step(40)
    assert arena.life(marine) == 10


def test_results_have_the_numbers_of_the_api() -> None:
    for result in Result:
        name = "".join(word.capitalize() for word in result.name.split("_"))
        assert error_pb2.ActionResult.Value(name) == result


def test_enemy_units_obey_with_the_cheat(arena: Arena) -> None:
    foe = arena.add_inert("Marine", 40, 20, owner=ENEMY)
    arena.game.players[1].cheats.control_enemy = True
    assert arena.game.order(1, MOVE, [foe], (45.0, 20.0)) == [Result.SUCCESS]
