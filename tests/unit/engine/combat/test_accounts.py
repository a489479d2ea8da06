"""What is kept about a game: scores, events, values set from outside, copies, and a flat use of memory."""

from dataclasses import fields

import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.movement import MovementAssumptions
from llm_pysc2.engine.state.assumptions import guesses, make_assumptions
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.errors import UsageError
from tests.arena import ATTACK, ENEMY, Arena


@pytest.fixture
def arena() -> Arena:
    return Arena(random_delay="none")


def test_score_of_a_kill(arena: Arena) -> None:
    stalker, zealot = arena.add("Stalker", 30, 30), arena.add_inert("Zealot", 36, 30)
    arena.order(stalker, ATTACK, zealot)
    arena.loops_until_dead(zealot)
    ours, theirs = arena.game.players[1].score, arena.game.players[ENEMY].score
    assert (ours.killed_minerals["army"], ours.killed_vespene["army"], ours.killed_value_units) == (100, 0, 100)
    assert (theirs.lost_minerals["army"], theirs.lost_vespene["army"]) == (100, 0)
    assert (ours.total_damage_dealt.shields, ours.total_damage_dealt.life) == (50, 100)
    assert (theirs.total_damage_taken.shields, theirs.total_damage_taken.life) == (50, 100)
    assert ours.total_value_units == 175
    assert theirs.food_used["army"] == 0


def test_score_of_healing_and_friendly_fire(arena: Arena) -> None:
    arena.add("Medivac", 30, 30)
    marine = arena.add("Marine", 32, 30)
    arena.game.set_unit_value(marine, "life", 40)
    arena.step(30)
    assert arena.game.players[1].score.total_healed.life == 5
    zealot = arena.add("Zealot", 33.0, 30)
    arena.order(zealot, ATTACK, marine)
    arena.loops_until_dead(marine)
    assert arena.game.players[1].score.friendly_fire_minerals["army"] == 50
    assert arena.game.players[1].score.killed_minerals["army"] == 0


def test_events_are_given_once(arena: Arena) -> None:
    marine = arena.add("Marine", 30, 30)
    arena.game.kill_units([marine, 12345])
    assert [arena.game.take_events(player).dead_tags for player in (1, ENEMY)] == [[marine]] * 2
    assert arena.game.take_events(1).dead_tags == []


def test_values_set_from_outside_stay_in_range(arena: Arena) -> None:
    zealot, templar = arena.add("Zealot", 30, 30), arena.add("HighTemplar", 30, 33)
    arena.game.set_unit_value(zealot, "life", 5000)
    arena.game.set_unit_value(zealot, "shields", 7.25)
    arena.game.set_unit_value(templar, "energy", 200)
    assert arena.vitals(zealot) == (7.25, 100)
    assert arena.game.units.energy[arena.row(templar)] == 200
    arena.game.set_unit_value(zealot, "life", 0)
    assert not arena.alive(zealot)
    arena.game.set_unit_value(zealot, "life", 5)
    with pytest.raises(UsageError, match="expected life, shields, energy"):
        arena.game.set_unit_value(templar, "luck", 7)


def test_created_units_of_unknown_types_and_owners_are_refused(arena: Arena) -> None:
    with pytest.raises(UsageError, match="no unit type with id 60000"):
        arena.game.create_units(60000, 1, 30, 30)
    with pytest.raises(UsageError, match="no player 7"):
        arena.game.create_units(48, 7, 30, 30)
    assert len(arena.game.create_units(48, 1, 30, 30, count=5)) == 5


def test_gods_take_no_damage(arena: Arena) -> None:
    stalker, zealot = arena.add("Stalker", 30, 30), arena.add_inert("Zealot", 36, 30)
    arena.game.players[ENEMY].cheats.god = True
    arena.order(stalker, ATTACK, zealot)
    arena.step(100)
    assert arena.vitals(zealot) == (50, 100)


def test_images_do_no_damage_and_take_twice(arena: Arena) -> None:
    image, stalker = arena.add("Stalker", 30, 30), arena.add("Stalker", 36, 30, owner=ENEMY, facing_deg=180)
    arena.game.units.hallucination[arena.row(image)] = True
    arena.order(image, ATTACK, stalker)
    arena.order(stalker, ATTACK, image)
    arena.step(1 + 3 + 5)
    assert arena.shield(stalker) == 80
    assert arena.shield(image) == 80 - 2 * 18


def test_a_snapshot_can_be_restored_more_than_once() -> None:
    game = Game(load_map("3s_vs_3z"), [PlayerSetup(), PlayerSetup()], seed=5)
    game.step(40)
    saved, digest = game.snapshot(), game.digest()
    ends = []
    for _ in range(2):
        game.restore(saved)
        assert game.digest() == digest
        game.order(1, ATTACK, game.units.tag[game.units.owner == 1].tolist(), (23.0, 16.0))
        game.step(60)
        ends.append(game.digest())
    assert ends[0] == ends[1] != digest


def test_a_snapshot_keeps_the_ground_under_structures() -> None:
    game = Game(load_map("2s_vs_1sc"), [PlayerSetup(), PlayerSetup()], seed=5)
    spine = int(game.units.tag[game.units.owner == 2][0])
    row = game.units.row_of(spine)
    x, y = float(game.units.x[row]), float(game.units.y[row])
    saved = game.snapshot()
    assert not game.ground.is_open(x, y)[0]
    game.kill_units([spine])
    assert game.ground.is_open(x, y)[0]
    game.restore(saved)
    assert not game.ground.is_open(x, y)[0]


def test_switches_have_reasons_and_refuse_nonsense() -> None:
    for guess in guesses().values():
        assert guess.accepts(guess.default)
        assert len(guess.why) > 20
        assert guess.between or len(guess.allowed) > 1
    with pytest.raises(UsageError, match=r"no assumption named 'scan_perod_loops'.*scan_period_loops"):
        make_assumptions(scan_perod_loops=4)
    with pytest.raises(UsageError, match="scan_period_loops: expected one of"):
        make_assumptions(scan_period_loops=3)
    assert make_assumptions().changed() == {}
    assert make_assumptions(missile_path="edge").changed() == {"missile_path": "edge"}


@pytest.mark.parametrize("name", [name for name, guess in guesses().items() if not guess.between])
def test_a_game_can_be_played_with_every_value_of_every_switch(name: str) -> None:
    for value in guesses()[name].allowed:
        game = Game(load_map("MMM"), [PlayerSetup(), PlayerSetup()], 1, make_assumptions(**{name: value}))
        game.order(1, ATTACK, game.units.tag[game.units.owner == 1].tolist(), (23.0, 16.0))
        game.step(160)
        assert len(game.units) < 20


def test_memory_does_not_grow_with_resets() -> None:
    game = Game(load_map("3m"), [PlayerSetup(), PlayerSetup()], seed=1)
    for _ in range(30):
        game.step(40)
        game.kill_units(game.units.tag.tolist())
        game.step(2)
        game.take_events(1)
        game.take_events(2)
    match = game.match
    assert len(game.units) == 6
    assert len(match.strikes) + len(match.missiles) + len(match.call_loops) < 20
    assert len(match.weapon_tables) <= 3


def test_every_guess_about_movement_is_in_the_file() -> None:
    named = {name.partition(".")[2] for name in guesses() if name.startswith("movement.")}
    assert named == {column.name for column in fields(MovementAssumptions)}
    assert make_assumptions(**{"movement.settle_loops": 3}).movement.settle_loops == 3
    assert make_assumptions(**{"movement.settle_loops": 3}).changed() == {"movement.settle_loops": 3}
