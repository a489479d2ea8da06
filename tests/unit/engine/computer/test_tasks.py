"""The computer on maps of tasks: it mines and builds by its plan, guards its base, and casts by its level."""

import numpy as np

from llm_pysc2.engine.computer.task_plan import load_plan
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.knowledge.units import unit_by_name


def game_of(name: str, difficulty: int = 3) -> Game:
    return Game(load_map(name), (PlayerSetup(race="protoss"), PlayerSetup("computer", "zerg", "", difficulty)), seed=1)


def count(game: Game, name: str, owner: int = 2) -> int:
    units = game.units
    return int(np.count_nonzero((units.type_id == unit_by_name(name).id) & (units.owner == owner)))


def test_it_mines_keeps_supply_ahead_and_builds_by_its_plan() -> None:
    game = game_of("pvz_task1_level1_open")
    assert (count(game, "Drone"), count(game, "Overlord"), count(game, "SpawningPool")) == (12, 1, 0)
    game.step(1400)
    assert count(game, "SpawningPool") == 1
    assert count(game, "Overlord") >= 2
    assert count(game, "Drone") >= 13
    assert game.players[2].food_used <= game.players[2].food_cap


def test_it_sends_its_army_against_intruders() -> None:
    game = game_of("pvz_task1_level1_open")
    queens = np.flatnonzero(game.units.type_id == unit_by_name("Queen").id)
    adept = game.create_units(unit_by_name("Adept").id, 1, 74.0, 53.0)[0]
    game.step(100)
    assert game.units.row_of(adept) < 0 or game.units.shield[game.units.row_of(adept)] < 70
    assert len(queens) == count(game, "Queen")


def test_casters_cast_from_the_level_on_that_says_so() -> None:
    biles = []
    for difficulty in (1, 3):
        game = game_of("pvz_task4_level3_open", difficulty)
        game.step(420)
        ravagers = {
            int(game.units.tag[row]) for row in np.flatnonzero(game.units.type_id == unit_by_name("Ravager").id)
        }
        biles.append(bool(ravagers & game.match.spells.cooldowns.keys()))
    assert biles == [False, True]


def test_levels_that_are_not_listed_play_as_the_one_below() -> None:
    plan = load_plan()
    assert plan.level(0) == plan.level(1)
    assert plan.level(5) == plan.level(4)
    assert plan.level(10) == plan.level(6)
