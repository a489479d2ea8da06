"""What maps do by themselves: units at the start, their attack, a new start when all are dead, the end."""

from dataclasses import replace

import numpy as np
import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps import CreateUnits, EndCheck, StartTriggers, known_maps, load_map
from llm_pysc2.engine.order import OrderKind
from llm_pysc2.engine.state import PlayerSetup
from tests.arena import empty_field

PLAYERS = (PlayerSetup(race="protoss"), PlayerSetup(kind="computer", race="zerg"))
SMAC = [name for name in known_maps() if load_map(name).group == "smac"]


def names_and_owners(game: Game) -> list[tuple[str, int]]:
    names = [game.types.types[row].name for row in game.units.row.tolist()]
    return list(zip(names, game.units.owner.tolist(), strict=True))


def test_start_of_2s3z() -> None:
    game = Game(load_map("2s3z"), PLAYERS, seed=1)
    ours = [("Stalker_RL", 1)] * 2 + [("Zealot_RL", 1)] * 3
    assert names_and_owners(game) == ours + [("Stalker", 2)] * 2 + [("Zealot", 2)] * 3
    assert game.units.type_id[:5].tolist() == [1970, 1970, 1971, 1971, 1971]
    assert not game.fog
    for row in range(5, 10):
        (order,) = game.units.orders[row]
        assert (order.ability_id, order.target) == (23, (9.0, 16.0))
    assert all(not orders for orders in game.units.orders[:5])


def test_everything_begins_again_when_all_are_dead() -> None:
    game = Game(load_map("2s3z"), PLAYERS, seed=1)
    begin, tags = names_and_owners(game), game.units.tag.tolist()
    places = game.units.x.tolist(), game.units.y.tolist()
    game.step(20)
    game.kill_units(tags[:5])
    game.step(2)
    assert len(game.units) == 5
    game.kill_units(tags[5:])
    assert len(game.units) == 0
    game.step(1)
    assert names_and_owners(game) == begin
    assert not set(game.units.tag.tolist()) & set(tags)
    assert np.allclose(game.units.x, places[0], atol=0.2)
    assert np.allclose(game.units.y, places[1], atol=0.2)
    assert set(game.take_events(1).dead_tags) == set(tags)


def test_units_created_at_one_point_do_not_overlap() -> None:
    game = Game(load_map("27m_vs_30m"), PLAYERS, seed=1)
    units = game.units
    apart = np.hypot(np.subtract.outer(units.x, units.x), np.subtract.outer(units.y, units.y))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= 0.75 - 1 / 1024
    assert (units.x[0], units.y[0]) == (9, 16)


@pytest.mark.parametrize("name", SMAC)
def test_every_smac_map_has_a_winner_in_time(name: str) -> None:
    # Our units attack whoever is nearest, until one side has nobody left who can fight (a Medivac may survive).
    game = Game(load_map(name), PLAYERS, seed=1)
    for _ in range(400):
        units = game.units
        foes = np.flatnonzero(units.owner == 2)
        ours = np.flatnonzero(units.owner == 1)
        if not any(units.arms[row].weapons for row in foes) or not any(units.arms[row].weapons for row in ours):
            return
        for row in ours.tolist():
            away = np.hypot(units.x[foes] - units.x[row], units.y[foes] - units.y[row])
            game.order(1, 3674, [int(units.tag[row])], int(units.tag[foes[away.argmin()]]))
        game.step(8)
    raise AssertionError("nobody has won")


def test_end_checks_give_results() -> None:
    start = StartTriggers(
        fog=False,
        melee=False,
        create=(CreateUnits(48, 1, 1, (30.0, 30.0)), CreateUnits(48, 1, 2, (60.0, 60.0))),
        order=(),
    )
    ends = (EndCheck("victory", 80, alive=(1,), empty=(2,)), EndCheck("tie", 400, alive=(1, 2), empty=()))
    field = replace(empty_field(), start=start, ends=ends)
    won = Game(field, PLAYERS, seed=1)
    won.kill_units([int(won.units.tag[1])])
    won.step(80)
    assert not won.is_over
    won.step(10)
    assert [won.players[player].result for player in (1, 2)] == ["victory", "defeat"]
    ended = won.loop
    won.step(5)
    assert won.loop == ended
    tied = Game(field, PLAYERS, seed=1)
    tied.step(500)
    assert [tied.players[player].result for player in (1, 2)] == ["tie", "tie"]


def test_modes_are_the_orders_that_are_shown() -> None:
    game = Game(load_map("MMM"), PLAYERS, seed=1)
    medivac = next(row for row in range(len(game.units)) if names_and_owners(game)[row] == ("Medivac", 2))
    assert game.units.mode[medivac] == OrderKind.SCAN_MOVE
    assert game.units.orders[medivac][0].ability_id == 19
