"""What maps do by themselves: units at the start, their attack, a new start when all are dead, the end."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from llm_pysc2.conditions import parse_condition
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import MapDefinition, PlacedUnit, Region, known_maps, load_map
from llm_pysc2.engine.maps.trigger_rules import (
    Actions,
    Cargo,
    CreateUnits,
    EndCheck,
    EnterTrigger,
    GroupOrder,
    PlayerStart,
    StartTriggers,
    TimedTrigger,
)
from llm_pysc2.engine.state.assumptions import make_assumptions
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from tests.arena import check_goes_on_alike, empty_field

PLAYERS = (PlayerSetup(race="protoss"), PlayerSetup(kind="computer", race="zerg"))
SMAC = [name for name in known_maps() if load_map(name).group == "smac"]


def with_triggers(**triggers: Any) -> MapDefinition:
    """An empty field on which these triggers, and no others, are at work."""
    field = replace(empty_field(), regions=(Region("bridge", ((40.0, 40.0, 50.0, 50.0),), (), ()),))
    return replace(field, triggers=replace(field.triggers, **triggers))


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


def test_the_ring_of_created_units_begins_at_60_degrees_and_they_are_listed_from_the_west() -> None:
    """Three Marines, 0.75 cells wide, at nine tenths of that: one in the middle, the others at 60 and 120 degrees."""
    game = Game(load_map("3m"), PLAYERS, seed=1)
    units = game.units
    away = 0.9 * 0.75
    west, middle, east = (9 - away * 0.5, 16 + away * 3**0.5 / 2), (9, 16), (9 + away * 0.5, 16 + away * 3**0.5 / 2)
    assert list(zip(units.x[:3], units.y[:3], strict=True)) == [
        pytest.approx(p, abs=1e-3) for p in (west, middle, east)
    ]
    groups = make_assumptions(spawn_order="rings", spawn_ring_deg=0.0, spawn_spacing=1.0)
    before = Game(load_map("3m"), PLAYERS, 1, groups).units
    assert (before.x[0], before.y[0]) == (9, 16)
    assert (before.x[1], before.y[1]) == (9.75, 16)


def test_units_created_at_one_point_are_soon_apart() -> None:
    game = Game(load_map("27m_vs_30m"), PLAYERS, seed=1)
    units = game.units
    apart = np.hypot(np.subtract.outer(units.x, units.x), np.subtract.outer(units.y, units.y))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= 0.9 * 0.75 - 1 / 1024
    assert ((units.x == 9) & (units.y == 16)).any()
    game.step(16)
    units = game.units
    apart = np.hypot(np.subtract.outer(units.x, units.x), np.subtract.outer(units.y, units.y))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= 0.75 - 0.05 - 0.03


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
    both = (CreateUnits(48, 1, 1, (30.0, 30.0)), CreateUnits(48, 1, 2, (60.0, 60.0)))
    ends = (
        EndCheck("victory", 80, parse_condition([["p1 units > 0", "p2 units = 0"]])),
        EndCheck("tie", 400, parse_condition([])),
    )
    field = with_triggers(start=StartTriggers(fog=False, actions=Actions(create=both)), ends=ends)
    won = Game(field, PLAYERS, seed=1)
    won.kill_units([int(won.units.tag[1])])
    won.step(79)
    assert not won.is_over
    won.step(1)
    assert [won.players[player].result for player in (1, 2)] == ["victory", "defeat"]
    ended = won.loop
    won.step(5)
    assert won.loop == ended
    tied = Game(field, PLAYERS, seed=1)
    tied.step(500)
    assert [tied.players[player].result for player in (1, 2)] == ["tie", "tie"]


MARINE, QUEEN, OVERLORD, DRONE = 48, 126, 106, 104
OVERLORD_TRANSPORT, BANELING = 893, 9


def attack_of(owner: int, x: float, y: float, **how: Any) -> GroupOrder:
    return GroupOrder(owner, "attack", (x, y), None, None, **how)


def test_what_players_have_at_the_start() -> None:
    stimpack = 15
    field = with_triggers(start=StartTriggers(players=(PlayerStart(1, 1600, (stimpack,)), PlayerStart(2, None, ()))))
    queens = tuple(
        PlacedUnit(QUEEN, 2, 30.0 + x, 30.0, None, energy) for x, energy in ((0, None), (4, 150.0), (8, 900.0))
    )
    game = Game(replace(field, units=queens), PLAYERS, seed=1)
    assert (game.players[1].minerals, game.players[1].upgrades) == (1600, (stimpack,))
    assert game.units.energy.tolist() == [25, 150, 200]


@pytest.mark.parametrize(("at_loop", "every_loops", "births"), [(40, 0, [40]), (0, 0, [0]), (30, 30, [30, 60, 90])])
def test_timed_triggers_create_at_their_loops(at_loop: int, every_loops: int, births: list[int]) -> None:
    create = CreateUnits(MARINE, 1, 1, (30.0, 30.0))
    game = Game(with_triggers(timed=(TimedTrigger(at_loop, every_loops, Actions((create,))),)), PLAYERS, seed=1)
    seen = []
    for _ in range(100):
        before = len(game.units)
        game.step()
        if len(game.units) > before:
            seen.append(game.loop - 1)
    assert seen == births


def test_orders_to_groups_leave_out_whom_they_name() -> None:
    without = ("Structure", "Worker", "HasEnergy")
    order = attack_of(2, 20.0, 20.0, without=without)
    field = with_triggers(timed=(TimedTrigger(0, 0, Actions(order=(order,))),))
    game = Game(field, PLAYERS, seed=1)
    kinds = {kind: game.create_units(kind, 2, 30.0 + kind % 7, 60.0)[0] for kind in (MARINE, QUEEN, OVERLORD, DRONE)}
    mine = game.create_units(MARINE, 1, 50.0, 20.0)[0]
    game.step()
    orders = {kind: game.units.orders[game.units.row_of(tag)] for kind, tag in kinds.items()}
    assert [kind for kind in orders if orders[kind]] == [MARINE, OVERLORD]
    assert orders[MARINE][0].target_point == (20.0, 20.0)
    assert not game.units.orders[game.units.row_of(mine)]


def test_who_enters_a_region_sets_off_its_trigger_each_time() -> None:
    order = attack_of(2, 45.0, 45.0, region="bridge", first=True)
    field = with_triggers(enter=(EnterTrigger("bridge", Actions(order=(order,))),))
    game = Game(field, PLAYERS, seed=1)
    guard = game.create_units(OVERLORD, 2, 42.0, 42.0)[0]
    outside = game.create_units(OVERLORD, 2, 60.0, 60.0)[0]
    walker = game.create_units(DRONE, 1, 36.0, 48.0)[0]
    game.step(2)
    assert game.units.orders[game.units.row_of(guard)] != []
    game.order(2, 16, [guard], (48.0, 48.0))
    assert [order.ability_id for order in game.units.orders[game.units.row_of(guard)]] == [16]
    game.order(1, 16, [walker], (44.0, 48.0))
    game.step(60)
    assert [order.ability_id for order in game.units.orders[game.units.row_of(guard)]] == [19, 16]
    assert game.units.orders[game.units.row_of(outside)] == []


def test_created_carriers_have_their_passengers_aboard() -> None:
    create = CreateUnits(OVERLORD_TRANSPORT, 2, 2, (30.0, 30.0), Cargo(BANELING, 4))
    game = Game(with_triggers(timed=(TimedTrigger(0, 0, Actions((create,))),)), PLAYERS, seed=1)
    game.step()
    units = game.units
    carriers = np.flatnonzero(units.type_id == OVERLORD_TRANSPORT).tolist()
    assert [units.aboard.tolist().count(carrier) for carrier in carriers] == [4, 4]
    assert np.count_nonzero(units.type_id == BANELING) == 8


def test_carriers_in_a_region_go_to_a_point_and_let_all_out() -> None:
    create = CreateUnits(OVERLORD_TRANSPORT, 1, 2, (42.0, 42.0), Cargo(BANELING, 4))
    unload = GroupOrder(2, "unload_all_at", (48.0, 48.0), None, None, region="bridge", without=("Structure",))
    attack = attack_of(2, 55.0, 55.0, region="bridge", without=("Air",), first=True)
    enter = EnterTrigger("bridge", Actions(order=(unload, attack)))
    field = with_triggers(timed=(TimedTrigger(0, 0, Actions((create,))),), enter=(enter,))
    game = Game(field, PLAYERS, seed=1)
    game.step(2)
    aboard = np.flatnonzero(game.units.aboard >= 0).tolist()
    assert [game.units.orders[row] for row in aboard] == [[], [], [], []]
    game.step(400)
    banelings = np.flatnonzero(game.units.type_id == BANELING)
    assert game.units.aboard[banelings].tolist() == [-1] * 4
    assert np.hypot(game.units.x[banelings] - 55, game.units.y[banelings] - 55).max() < 2


def test_snapshots_hold_who_is_in_a_region() -> None:
    field = with_triggers(enter=(EnterTrigger("bridge", Actions((CreateUnits(MARINE, 1, 1, (30.0, 30.0)),))),))
    game = Game(field, PLAYERS, seed=1)
    game.create_units(OVERLORD, 2, 42.0, 42.0)
    game.step(2)
    check_goes_on_alike(game, 20)
    assert len(game.units) == 2


def test_modes_are_the_orders_that_are_shown() -> None:
    game = Game(load_map("MMM"), PLAYERS, seed=1)
    medivac = next(row for row in range(len(game.units)) if names_and_owners(game)[row] == ("Medivac", 2))
    assert game.units.mode[medivac] == OrderKind.SCAN_MOVE
    assert game.units.orders[medivac][0].ability_id == 19
