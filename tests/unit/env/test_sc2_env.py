import struct
from pathlib import Path

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.errors import GameLaunchError, GameLostError, GameRequestError, UsageError
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point


@pytest.fixture(autouse=True)
def _no_installed_game(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def env(connect_to):
    env = GameEnv("fake/Map", race="protoss", enemy_race="zerg", seed=5, connect=connect_to)
    yield env
    env.close()


def test_an_episode_from_reset_to_result(env, fake_game):
    fake_game.ends_at_loop = 16
    view = env.reset()
    assert (view.game_loop, view.result, view.map.name, view.map.size_cells) == (0, "", "Fake", (32, 24))
    view = env.step([], loops=8)
    assert (view.game_loop, view.result) == (8, "")
    view = env.step([], loops=8)
    assert (view.game_loop, view.result) == (16, "victory")
    with pytest.raises(GameRequestError, match="the episode is over"):
        env.step()


def test_the_game_is_asked_for_what_was_wanted(env, fake_game):
    env.reset()
    create, join = fake_game.sent("create_game")[0], fake_game.sent("join_game")[0]
    assert create.local_map.map_path == "fake/Map.SC2Map"
    assert create.random_seed == 5
    assert [(setup.type, setup.race) for setup in create.player_setup] == [(sc_pb.Participant, 0), (sc_pb.Computer, 2)]
    assert not create.realtime
    assert join.race == 3
    assert join.options.raw
    assert join.options.score
    assert not join.options.HasField("feature_layer")
    assert not join.options.HasField("render")


def test_a_game_that_is_to_draw_is_told_what_and_its_camera_follows_the_units(connect_to, fake_game):
    env = GameEnv("fake/Map", connect=connect_to, launch=LaunchOptions(draws=frozenset({"layers", "rgb"})))
    env.reset()
    env.step([], loops=8)
    options = fake_game.sent("join_game")[0].options
    assert (options.feature_layer.width, options.feature_layer.resolution.x, options.render.resolution.y) == (
        24,
        128,
        512,
    )
    (move,) = fake_game.sent("action")[0].actions
    centre = move.action_raw.camera_move.center_world_space
    assert (centre.x, centre.y) == (10.5, 20.25)
    env.close()


def test_a_game_that_draws_nothing_has_no_camera_to_move(env, fake_game):
    env.reset()
    env.step([], loops=8)
    assert not any(action for request in fake_game.sent("action") for action in request.actions)


def test_maps_for_one_player_have_no_opponent(connect_to, fake_game):
    env = GameEnv("Map", enemy_race=None, connect=connect_to)
    env.reset()
    env.reset()
    assert [len(create.player_setup) for create in fake_game.sent("create_game")] == [1, 1]
    assert not fake_game.sent("restart_game")
    env.close()


def test_commands_take_effect_exactly(env):
    env.reset()
    view = env.step([Command(16, (1,), Point(3.7, 12.345))], loops=1)
    exact = struct.unpack("2f", struct.pack("2f", 3.7, 12.345))
    assert view.unit(1).position == exact


def test_each_episode_has_its_own_seed(env, fake_game):
    for _ in range(2):
        env.reset()
        env.step([], loops=3)
    assert env.reset(seed=100).game_loop == 0
    assert env.reset().game_loop == 0
    assert [create.random_seed for create in fake_game.sent("create_game")] == [5, 6, 100, 101]


def test_a_maps_own_types_have_the_catalogs_names(env):
    view = env.reset()
    assert [(unit.type_id, unit.type_name) for unit in view.units] == [(1970, "Stalker"), (73, "Zealot")]


def test_the_game_in_this_process_is_called_embedded(env):
    env.reset()
    assert env.name == "embedded 1.1"


def test_available_abilities(env):
    env.reset()
    assert env.query_abilities([1]) == {1: (16,)}
    assert env.query_abilities([]) == {}


def test_places_that_are_free(env, fake_game):
    env.reset()
    assert env.query_placements(881, [Point(3, 4), Point(5.5, 4)], 1) == [False, True]
    assert env.query_placements(881, []) == []
    question = fake_game.sent("query")[0].placements[0]
    assert (question.ability_id, question.placing_unit_tag) == (881, 1)


def test_a_replay_is_written(env, tmp_path):
    env.reset()
    env.save_replay(tmp_path / "a.SC2Replay")
    assert (tmp_path / "a.SC2Replay").read_bytes() == b"a replay"


def test_closing_quits_the_game_once_and_can_be_repeated(env, fake_game):
    env.reset()
    env.close()
    env.close()
    assert len(fake_game.sent("quit")) == 1
    assert fake_game.closed
    with pytest.raises(GameRequestError, match="reset"):
        env.step()
    with pytest.raises(GameRequestError, match="reset"):
        env.query_abilities([1])


@pytest.mark.parametrize("kind", ["step", "action", "observation"])
def test_a_game_that_goes_away_in_play(env, fake_game, kind):
    env.reset()
    fake_game.breaks_at = kind
    with pytest.raises(GameLostError, match=r"the game went away while playing: .*the game is gone") as lost:
        env.step([], loops=1)
    assert "\n" not in str(lost.value)
    env.close()


@pytest.mark.parametrize("kind", ["ping", "create_game", "join_game", "game_info", "data"])
def test_a_game_that_goes_away_at_launch_leaves_nothing_behind(env, fake_game, kind):
    fake_game.breaks_at = kind
    with pytest.raises(GameLaunchError, match="while starting"):
        env.reset()
    assert fake_game.closed


@pytest.mark.parametrize("kind", ["create_game", "query"])
def test_a_refusal_is_one_line(env, fake_game, kind):
    if kind == "query":
        env.reset()
    fake_game.refuses = kind
    with pytest.raises(GameRequestError, match=f"refused while .*{kind}: not now") as refused:
        env.reset() if kind == "create_game" else env.query_abilities([1])
    assert "\n" not in str(refused.value)


def test_steps_of_nothing_are_refused(env):
    env.reset()
    with pytest.raises(GameRequestError, match="at least 1 game loop, found 0"):
        env.step([], loops=0)


def test_an_unknown_race_is_the_callers_mistake(connect_to):
    with pytest.raises(UsageError, match="no race named 'protos'; closest: protoss"):
        GameEnv("Map", race="protos", connect=connect_to)


def test_no_game_at_all():
    with pytest.raises(GameLaunchError, match="no StarCraft II was found"):
        GameEnv("Map")
