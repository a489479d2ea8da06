"""LLM-PySC2's task maps hold what its own maps do: who stands where with what, and what happens when."""

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import known_maps, load_map
from llm_pysc2.engine.maps.trigger_rules import Triggers
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units.aboard import passengers_of
from llm_pysc2.knowledge.ids import load_ids

TASKS = [name for name in known_maps() if name.startswith("pvz_") and not name.endswith("_open")]
PLAYERS = (PlayerSetup(race="protoss"), PlayerSetup("computer", "zerg", "", 1))
IDS = {name: type_id for type_id, name in load_ids().units.items()}
UPGRADES = {name: upgrade_id for upgrade_id, name in load_ids().upgrades.items()}


def summary(raw_maps: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = raw_maps["llm_pysc2"][name]["triggers_summary"]
    return found


def test_there_are_24_tasks_each_with_and_without_its_own_ends():
    assert len(TASKS) == 24
    for name in TASKS:
        task, opened = load_map(name), load_map(f"{name}_open")
        assert (opened.units, opened.triggers.start, opened.triggers.timed) == (
            task.units,
            task.triggers.start,
            task.triggers.timed,
        )
        assert task.triggers.ends
        assert not opened.triggers.ends


@pytest.mark.parametrize("name", TASKS)
def test_units_and_energies_are_those_of_the_map(name: str, raw_maps: dict[str, Any]):
    raw = raw_maps["llm_pysc2"][name]
    energies = {
        action["object_id"]: action["value"]
        for action in summary(raw_maps, name)["map_init"]
        if action["do"] == "unit_property"
    }
    expected = [
        (IDS[unit["type"]], unit["owner"], unit["x"], unit["y"], energies.get(unit["id"]))
        for unit in raw["preplaced_units"]
    ]
    found = [(unit.type_id, unit.owner, unit.x, unit.y, unit.energy) for unit in load_map(name).units]
    assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("name", TASKS)
def test_what_players_start_with_is_what_the_map_gives(name: str, raw_maps: dict[str, Any]):
    start = load_map(name).triggers.start
    given = {player.player: player for player in start.players}
    init = summary(raw_maps, name)["map_init"]
    upgrades = [(act["player"], UPGRADES[act["upgrade"]]) for act in init if act["do"] == "upgrade"]
    assert sorted((player, one) for player in given for one in given[player].upgrades) == sorted(upgrades)
    assert {player: given[player].minerals for player in given if given[player].minerals is not None} == {
        act["player"]: act["value"] for act in init if act["do"] == "player_property"
    }
    assert (start.melee, start.fog) == (True, False)


def times(triggers: Triggers) -> list[tuple[int, int, int, int]]:
    return [
        (timed.at_loop, timed.every_loops, len(timed.actions.create), len(timed.actions.order))
        for timed in triggers.timed
    ]


@pytest.mark.parametrize("name", TASKS)
def test_timed_attacks_are_those_of_the_task(name: str):
    triggers = load_map(name).triggers
    task = int(name[len("pvz_task")])
    if task == 3:
        assert times(triggers) == [(0, 0, 2, 1), (240, 0, 2, 1), (480, 0, 2, 1)]
        ships = [(ship.point, ship.cargo.count if ship.cargo else 0) for ship in triggers.created()]
        places = [(48, 48), (16, 72), (40, 72), (40, 24), (16, 24), (5, 48)]
        assert ships == [((float(x), float(y)), 4) for x, y in places]
        assert [(trigger.region, len(trigger.actions.order)) for trigger in triggers.enter] == [("Region 001", 2)]
    elif 4 <= task <= 7:
        assert times(triggers) == [(160, 160, 0, 1)]
        (attack,) = triggers.timed[0].actions.order
        assert (attack.owner, attack.point, attack.without) == (2, (25.5, 48.5), ("Structure", "Worker"))
    else:
        assert not triggers.timed


TIME_OUT_LOOPS = {1: 1440, 2: 1440, 3: 960, 4: 1440, 5: 1440, 6: 1440, 7: 1440, 8: 1920}


@pytest.mark.parametrize("name", TASKS)
def test_the_game_begins_with_two_bases_and_what_the_map_adds(name: str):
    game = Game(load_map(name), PLAYERS, seed=1)
    counts = Counter(
        (owner, game.types.types[row].name)
        for row, owner in zip(game.units.row.tolist(), game.units.owner.tolist(), strict=True)
        if owner
    )
    added = Counter((unit.owner, game.types.by_id(unit.type_id).name) for unit in load_map(name).units if unit.owner)
    melee = Counter({(1, "Nexus"): 1, (1, "Probe"): 12, (2, "Hatchery"): 1, (2, "Drone"): 12, (2, "Overlord"): 1})
    melee[2, "Larva"] = counts[2, "Larva"]
    assert counts == added + melee
    assert game.players[1].minerals == (1600 if "task8" in name else 1000)


@pytest.mark.parametrize("name", [name for name in TASKS if name.endswith("level1")])
def test_every_task_comes_to_its_end_by_itself(name: str):
    game = Game(load_map(name), PLAYERS, seed=1)
    limit = TIME_OUT_LOOPS[int(name[len("pvz_task")])]
    game.step(limit + 1)
    assert game.is_over
    assert {game.players[1].result, game.players[2].result} in ({"victory", "defeat"}, {"tie"})


def undefended(name: str) -> Game:
    """Return task 3 without those who shoot at drops."""
    game = Game(load_map(name), PLAYERS, seed=1)
    armed = [IDS["Stalker"], IDS["PhotonCannon"]]
    game.kill_units(game.units.tag[(game.units.owner == 1) & np.isin(game.units.type_id, armed)].tolist())
    return game


def carriers(game: Game) -> list[int]:
    """Return the tags of the transports, the oldest first."""
    tags: list[int] = game.units.tag[game.units.type_id == IDS["OverlordTransport"]].tolist()
    return tags


def aboard(game: Game, carrier: int) -> int:
    return len(passengers_of(game.match, game.units.row_of(carrier)))


def leaving(game: Game, carrier: int, loops: int) -> list[int]:
    """Return the loops in which one gets out of a transport."""
    times = []
    for _ in range(loops):
        before = aboard(game, carrier)
        game.step(1)
        times += [game.loop] * (before - aboard(game, carrier))
    return times


def test_a_drop_over_the_mineral_line_lets_one_out_every_game_second():
    game = undefended("pvz_task3_level1_open")
    game.step(1)
    times = leaving(game, carriers(game)[1], 760)
    assert [later - earlier for earlier, later in pairwise(times)] == [16, 16, 16]
    assert int(np.count_nonzero(game.units.type_id == IDS["Probe"])) < 12


def test_the_next_wave_calls_a_carrier_away_and_whoever_enters_sends_it_back_to_unload():
    # The map's own triggers: at loop 240 all of the enemy's units are ordered to attack, in place of what they do.
    game = undefended("pvz_task3_level2_open")
    game.step(1)
    carrier = carriers(game)[1]
    assert len(leaving(game, carrier, 239)) == 2
    row = game.units.row_of(carrier)
    assert game.units.orders[row][0].kind is OrderKind.CAST
    game.step(1)
    assert game.units.orders[row][0].kind is OrderKind.SCAN_MOVE
    assert len(leaving(game, carrier, 200)) == 2


def test_carriers_that_crowd_at_one_place_all_let_their_passengers_out():
    game = undefended("pvz_task3_level2_open")
    game.step(900)
    assert len(carriers(game)) == 6
    assert [aboard(game, carrier) for carrier in carriers(game)] == [0] * 6
