"""PySC2's mini-games: where units are placed, what gives points, when a new round begins, and when it is over."""

from itertools import combinations
from math import hypot

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb
from s2clientprotocol import score_pb2

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map, read_map
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.errors import PackError
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient, layer_options

BEACON, SHARD = 317, 1680
MARINE, ZERGLING, BANELING, ROACH = (unit_by_name(name).id for name in ("Marine", "Zergling", "Baneling", "Roach"))
MOVE = 16
POINT_GAMES = (
    *("MoveToBeacon", "CollectMineralShards", "FindAndDefeatZerglings"),
    *("DefeatRoaches", "DefeatZerglingsAndBanelings"),
)


def begin(name: str, seed: int = 1) -> Game:
    players = [PlayerSetup()] + [PlayerSetup(kind="computer")] * (len(load_map(name).players) - 1)
    return Game(load_map(name), players, seed)


def rows(game: Game, type_id: int) -> list[int]:
    return (game.units.type_id == type_id).nonzero()[0].tolist()


def tags(game: Game, type_id: int) -> list[int]:
    return game.units.tag[rows(game, type_id)].tolist()


def places(game: Game, type_id: int) -> list[tuple[float, float]]:
    found = rows(game, type_id)
    return list(zip(game.units.x[found].tolist(), game.units.y[found].tolist(), strict=True))


def score(game: Game) -> float:
    return game.players[1].score.score


def away(a: tuple[float, float], b: tuple[float, float]) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def walk_to(game: Game, goal: tuple[float, float], limit: int = 400) -> None:
    """Send all marines to a place and play until the score changes."""
    before = score(game)
    game.order(1, MOVE, tags(game, MARINE), goal)
    for _ in range(limit):
        game.step()
        if score(game) != before:
            return


@pytest.mark.parametrize("seed", range(8))
def test_the_beacon_moves_when_the_marine_stands_in_its_circle(seed):
    game = begin("MoveToBeacon", seed)
    for reached in range(1, 5):
        (marine,), (beacon,) = places(game, MARINE), places(game, BEACON)
        assert away(marine, beacon) >= 4.99
        assert game.map.region("Beacon Spawn Region").contains(*beacon)
        walk_to(game, beacon)
        assert score(game) == reached
        assert 0.95 < away(places(game, MARINE)[0], beacon) <= 1.25
        assert places(game, BEACON) != [beacon]


def test_shards_are_taken_and_come_again_when_all_are_gone():
    game = begin("CollectMineralShards")
    assert (len(places(game, MARINE)), len(places(game, SHARD))) == (2, 20)
    first = tags(game, SHARD)
    assert all(away(marine, shard) >= 2 for marine in places(game, MARINE) for shard in places(game, SHARD))
    nearest = min(places(game, SHARD), key=lambda shard: away(shard, places(game, MARINE)[0]))
    walk_to(game, nearest)
    taken = score(game)
    assert taken >= 1
    game.step()
    assert len(tags(game, SHARD)) == 20 - taken
    assert set(tags(game, SHARD)) < set(first)
    game.kill_units(tags(game, SHARD))
    game.step()
    assert len(tags(game, SHARD)) == 20
    assert not set(tags(game, SHARD)) & set(first)
    assert len(tags(game, MARINE)) == 2


@pytest.mark.parametrize("seed", range(4))
def test_zerglings_are_far_from_each_other_and_hidden(seed):
    game = begin("FindAndDefeatZerglings", seed)
    assert game.fog
    zerglings, marines = places(game, ZERGLING), places(game, MARINE)
    assert (len(zerglings), len(marines)) == (25, 3)
    assert all(away(marine, (32, 28)) == pytest.approx(1, abs=0.01) for marine in marines)
    assert min(away(a, b) for a, b in combinations(zerglings, 2)) >= 5 * 0.9**3
    assert sum(game.map.region("Zergling Spawn Inner").contains(*at) for at in zerglings) == 2
    game.kill_units(tags(game, ZERGLING))
    assert score(game) == 25
    game.step()
    fresh = places(game, ZERGLING)
    assert len(fresh) == 25
    assert min(away(marine, zergling) for marine in marines for zergling in fresh) >= 9 * 0.9**3


@pytest.mark.parametrize(
    ("name", "enemies", "points", "more"),
    [("DefeatRoaches", {ROACH: 4}, 10, 5), ("DefeatZerglingsAndBanelings", {ZERGLING: 6, BANELING: 4}, 5, 4)],
)
def test_fights_in_rounds(name, enemies, points, more):
    game = begin(name)
    sides = set()
    for seed in range(6):
        middle = sum(x for x, _ in places(begin(name, seed), MARINE)) / 9
        sides.add(middle < 33)
    assert sides == {True, False}
    assert len(tags(game, MARINE)) == 9
    assert {kind: len(tags(game, kind)) for kind in enemies} == enemies
    survivors = tags(game, MARINE)[1:]
    game.kill_units(tags(game, MARINE)[:1])
    assert score(game) == -1
    game.set_unit_value(survivors[0], "life", 20)
    game.kill_units([tag for kind in enemies for tag in tags(game, kind)])
    assert score(game) == points * sum(enemies.values()) - 1
    game.step()
    assert {kind: len(tags(game, kind)) for kind in enemies} == enemies
    assert len(tags(game, MARINE)) == 8 + more
    assert set(survivors) < set(tags(game, MARINE))
    assert game.units.life[game.units.row_of(survivors[0])] == 20
    marine_x = [x for x, _ in places(game, MARINE)]
    enemy_x = [x for kind in enemies for x, _ in places(game, kind)]
    assert max(marine_x) < min(enemy_x) or max(enemy_x) < min(marine_x)


@pytest.mark.parametrize("name", POINT_GAMES)
def test_it_is_over_when_the_time_is_up(name):
    game = begin(name)
    game.kill_units(game.units.tag[game.units.owner == 2].tolist()[:-1])
    for row in range(len(game.units)):
        game.units.acquires[row] = game.units.responds[row] = game.units.looks[row] = False
    game.step(1900)
    assert not game.is_over
    game.step(1000)
    assert game.loop == (2880 if name == "FindAndDefeatZerglings" else 1920)
    assert game.players[1].result == "tie"


def test_a_fight_is_over_when_all_marines_are_dead():
    game = begin("DefeatRoaches")
    game.kill_units(tags(game, MARINE))
    game.step(2)
    assert game.players[1].result == "defeat"


@pytest.mark.parametrize("name", POINT_GAMES)
def test_equal_seeds_place_alike_and_going_back_plays_alike(name):
    game, other = begin(name, 5), begin(name, 5)
    assert game.digest() == other.digest() != begin(name, 6).digest()
    saved = game.snapshot()
    ends = []
    for _ in range(2):
        game.kill_units([tag for kind in (ROACH, ZERGLING, BANELING, SHARD) for tag in tags(game, kind)])
        game.step(20)
        ends.append(game.digest())
        game.restore(saved)
    assert ends[0] == ends[1]


def test_the_client_sees_a_curriculum_score_and_the_field():
    client = ApiClient()
    setups = [{"type": sc_pb.Participant}]
    client.ask(
        "create_game",
        sc_pb.RequestCreateGame(local_map={"map_path": "mini_games/MoveToBeacon.SC2Map"}, player_setup=setups),
    )
    client.ask("join_game", sc_pb.RequestJoinGame(race=1, options=layer_options(64, 64)))
    observation = client.observe().observation
    assert observation.score.score_type == score_pb2.Score.Curriculum
    camera = observation.raw_data.player.camera
    assert (camera.x, camera.y) == (33, 28)
    assert {unit.unit_type for unit in observation.raw_data.units} == {MARINE, BEACON}
    assert all(unit.is_on_screen for unit in observation.raw_data.units)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('regions = ["Middle"]', 'regions = ["Nowhere"]', "Nowhere"),
        ('spread = "ring"', 'spread = "heap"', "spread"),
        ('regions = ["Middle"]', "regions = []", "regions"),
        ("first = 3", "frist = 3", "first"),
    ],
)
def test_mistakes_in_the_rules_of_a_map_are_named(tmp_path, old, new, complaint):
    from llm_pysc2.packs import find_file

    text = find_file("scenarios/maps", "FindAndDefeatZerglings").read_text()
    assert old in text
    (tmp_path / "Mine.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(PackError, match=complaint):
        read_map(tmp_path / "Mine.toml")
