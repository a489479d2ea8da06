"""PySC2's mini-games that are played with a base: CollectMineralsAndGas and BuildMarines."""

import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map, read_map
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.errors import PackError
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.packs import find_file

GATHER, REFINERY, DEPOT, BARRACKS, TRAIN_MARINE, TRAIN_SCV = 295, 320, 319, 321, 560, 524
GAME_LOOPS = {"CollectMineralsAndGas": 420 * 16, "BuildMarines": 900 * 16}


def begin(name: str) -> Game:
    return Game(load_map(name), [PlayerSetup(race="terran")], 1)


def tags(game: Game, name: str) -> list[int]:
    return [int(tag) for tag in game.units.tag[game.units.type_id == unit_by_name(name).id]]


def refused(game: Game, tag: int, ability: int, target=None) -> Result:
    return Result(game.order(1, ability, [tag], target, False)[0])


@pytest.mark.parametrize("name", GAME_LOOPS)
def test_they_begin_with_a_base_and_end_when_the_time_is_up(name: str) -> None:
    game = begin(name)
    assert (len(tags(game, "CommandCenter")), len(tags(game, "SCV"))) == (1, 12)
    player = game.players[1]
    assert (player.minerals, player.vespene, player.food_used, player.food_cap) == (50, 0, 12, 15)
    assert player.score.score == 0
    game.kill_units(game.units.tag.tolist())
    game.step(GAME_LOOPS[name] - 1)
    assert not game.is_over
    game.step()
    assert player.result == "tie"


def test_all_that_comes_home_counts() -> None:
    game = begin("CollectMineralsAndGas")
    game.step(200)
    player = game.players[1]
    assert player.score.score == 0, "the workers wait for orders"
    scvs, fields = tags(game, "SCV"), tags(game, "MineralField")
    game.order(1, GATHER, scvs[:8], fields[0], False)
    player.minerals = 75
    assert refused(game, scvs[8], REFINERY, tags(game, "VespeneGeyser")[0]) is Result.SUCCESS
    game.step(1200)
    assert player.score.collected_vespene > 0
    assert player.score.collected_minerals > 100
    assert player.score.score == player.score.collected_minerals + player.score.collected_vespene


def test_each_marine_counts_and_nothing_else_can_be_built() -> None:
    game = begin("BuildMarines")
    game.step(300)
    player, scvs = game.players[1], tags(game, "SCV")
    assert player.score.collected_minerals > 50, "the workers mine"
    assert refused(game, scvs[0], REFINERY, (30.0, 35.0)) is Result.NOT_SUPPORTED
    assert refused(game, tags(game, "CommandCenter")[0], 417) is Result.NOT_SUPPORTED
    player.minerals, player.cheats.fast_build = 1000, True
    assert refused(game, scvs[0], DEPOT, (36.0, 34.0)) is Result.SUCCESS
    game.step(150)
    assert refused(game, scvs[0], BARRACKS, (38.5, 28.5)) is Result.SUCCESS
    game.step(150)
    (barracks,) = tags(game, "Barracks")
    assert refused(game, barracks, 421) is Result.NOT_SUPPORTED
    assert [refused(game, barracks, TRAIN_MARINE) for _ in range(3)] == [Result.SUCCESS] * 3
    refused(game, tags(game, "CommandCenter")[0], TRAIN_SCV)
    game.step(60)
    assert player.score.score == 3 == len(tags(game, "Marine"))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("abilities = [524, 203, 308]", "abilities = [524, 99999]", "abilities"),
        ("[[trained]]", "[[tained]]", "tained"),
        ('ability = "gather"', 'ability = "mine"', "ability"),
    ],
)
def test_mistakes_in_their_rules_are_named(tmp_path, old: str, new: str, complaint: str) -> None:
    text = find_file("scenarios/maps", "BuildMarines").read_text()
    assert old in text
    (tmp_path / "Mine.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(PackError, match=complaint):
        read_map(tmp_path / "Mine.toml")


def melee_game() -> Game:
    return Game(load_map("Simple64"), [PlayerSetup(race="zerg"), PlayerSetup(kind="computer", race="terran")], 1)


def test_who_has_no_structures_left_has_lost_a_melee_game() -> None:
    game = melee_game()
    game.step(100)
    tumor = unit_by_name("CreepTumorBurrowed").id
    game.create_units(tumor, 1, *(game.players[1].start_location or (0, 0)))
    game.kill_units(tags(game, "Hatchery"))
    game.step(16)
    assert (game.players[1].result, game.players[2].result) == ("defeat", "victory"), "tumors do not count"


def test_who_loses_everything_at_once_ties() -> None:
    game = melee_game()
    game.kill_units(tags(game, "Hatchery") + tags(game, "CommandCenter"))
    game.step(16)
    assert {player.result for player in game.players.values() if player.setup} == {"tie"}


def test_a_structure_in_the_making_or_in_the_air_keeps_its_player_in() -> None:
    game = melee_game()
    game.create_units(unit_by_name("BarracksFlying").id, 2, 40.0, 40.0)
    game.kill_units(tags(game, "CommandCenter"))
    game.step(64)
    assert not game.is_over
