"""Replays are simulated anew: every observation is that of the game, byte for byte."""

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from tests.api_client import ApiClient, layer_options, raw_options

MARINE, NEXUS, TRAIN_PROBE = 48, 59, 1006
MELEE = [{"type": sc_pb.Participant}, {"type": sc_pb.Computer, "race": 2, "difficulty": sc_pb.Medium}]


def play_and_record(client: ApiClient, steps: int = 12) -> list[bytes]:
    """Play with orders and debug commands, and return the observations before each step."""
    seen = []
    for turn in range(steps):
        seen.append(client.observe().SerializeToString(deterministic=True))
        own, enemies = client.units(owner=1), client.units(owner=2)
        if turn == 1:
            client.debug(create_unit={"unit_type": MARINE, "owner": 1, "pos": {"x": 5, "y": 16}, "quantity": 2})
        if turn >= 2 and own and enemies:
            client.order(23, [unit.tag for unit in own], target_unit_tag=enemies[turn % len(enemies)].tag)
        client.step(5 + turn % 3)
    seen.append(client.observe().SerializeToString(deterministic=True))
    return seen


def start_replay(client: ApiClient, content: bytes, **fields) -> None:
    client.ask("start_replay", sc_pb.RequestStartReplay(replay_data=content, options=raw_options(), **fields))


def without_results(content: bytes) -> bytes:
    """Return a serialized observation without what is told at the end of a replay only."""
    observation = sc_pb.ResponseObservation.FromString(content)
    observation.ClearField("player_result")
    return observation.SerializeToString(deterministic=True)


def watch(client: ApiClient, content: bytes, steps: int = 12) -> list[bytes]:
    start_replay(client, content, observed_player_id=1)
    seen = []
    for turn in range(steps):
        seen.append(client.observe().SerializeToString(deterministic=True))
        client.step(5 + turn % 3)
    seen.append(client.observe().SerializeToString(deterministic=True))
    return seen


def test_a_replay_shows_what_the_game_showed():
    client = ApiClient()
    client.play("3m", seed=7)
    played = play_and_record(client)
    content = client.ask("save_replay").data
    watched = watch(client, content)
    assert watched[:-1] == played[:-1]
    assert without_results(watched[-1]) == played[-1]
    assert client.status == "ended"


def play_a_melee_game(client: ApiClient, turns: int) -> list[bytes]:
    """Train workers and look around against the computer, and return the observations before each step."""
    client.play("Simple64", seed=5, options=layer_options(), player_setup=MELEE)
    seen = []
    for turn in range(turns):
        seen.append(client.observe().SerializeToString(deterministic=True))
        if turn % 3 == 1:
            (hall,) = [unit.tag for unit in client.units(owner=1) if unit.unit_type == NEXUS]
            client.order(TRAIN_PROBE, [hall])
            look = {"camera_move": {"center_minimap": {"x": 10 + turn, "y": 12}}}
            client.ask("action", sc_pb.RequestAction(actions=[{"action_feature_layer": look}]))
        client.step(20 + turn)
    return seen


def test_a_replay_of_a_melee_game_shows_its_layers_its_economy_and_its_computer():
    client = ApiClient()
    played = play_a_melee_game(client, turns=12)
    content = client.ask("save_replay").data
    client.ask(
        "start_replay", sc_pb.RequestStartReplay(replay_data=content, options=layer_options(), observed_player_id=1)
    )
    for turn, seen in enumerate(played):
        assert client.observe().SerializeToString(deterministic=True) == seen, turn
        client.step(20 + turn)
    assert client.status == "ended"


def test_a_replay_ends_with_a_result_even_if_the_game_had_none():
    client = ApiClient()
    client.play("3m")
    client.step(8)
    start_replay(client, client.ask("save_replay").data)
    assert not client.observe().player_result
    client.step(8)
    assert [result.result for result in client.observe().player_result] == [sc_pb.Undecided, sc_pb.Undecided]


def test_a_replay_may_be_watched_in_other_steps_and_by_another_player():
    client = ApiClient()
    client.play("3m", seed=7)
    play_and_record(client)
    last = client.observe().observation
    content = client.ask("save_replay").data
    start_replay(client, content)
    client.step(1000)
    end = client.observe().observation
    assert end.game_loop == last.game_loop
    assert end.raw_data.units == last.raw_data.units
    client.ask(
        "start_replay", sc_pb.RequestStartReplay(replay_data=content, options=raw_options(), observed_player_id=2)
    )
    assert {unit.alliance for unit in client.units(owner=2)} == {1}
    client.ask("obs_action", sc_pb.RequestObserverAction(actions=[{"player_perspective": {"player_id": 1}}]))
    assert {unit.alliance for unit in client.units(owner=1)} == {1}


def test_the_watchers_camera():
    client = ApiClient()
    client.play("3m")
    client.step(8)
    client.ask(
        "start_replay", sc_pb.RequestStartReplay(replay_data=client.ask("save_replay").data, options=raw_options())
    )
    client.ask("obs_action", sc_pb.RequestObserverAction(actions=[{"camera_move": {"world_pos": {"x": 3, "y": 4}}}]))
    camera = client.observe().observation.raw_data.player.camera
    assert (camera.x, camera.y) == (3, 4)
    unit = client.units(owner=2)[0]
    follow = {"camera_follow_units": {"unit_tags": [1, unit.tag]}}
    client.ask(
        "obs_action", sc_pb.RequestObserverAction(actions=[follow, {}, {"player_perspective": {"player_id": 99}}])
    )
    camera = client.observe().observation.raw_data.player.camera
    assert (camera.x, camera.y) == (unit.pos.x, unit.pos.y)


def test_a_replay_is_not_recorded():
    client = ApiClient()
    client.play("3m")
    client.step(8)
    content = client.ask("save_replay").data
    start_replay(client, content)
    assert "replay" in client.refused("save_replay")


def test_what_a_replay_says_of_itself():
    client = ApiClient()
    client.play("3m", seed=7)
    client.debug(end_game={"end_result": 1})
    client.step(3)
    info = client.ask("replay_info", sc_pb.RequestReplayInfo(replay_data=client.ask("save_replay").data))
    assert (info.map_name, info.base_build, info.game_version) == ("3m", 75689, "4.10.0.75689")
    assert [player.player_result.result for player in info.player_info] == [sc_pb.Defeat, sc_pb.Victory]


@pytest.mark.parametrize("content", [b"MPQ\x1b real", b"llm-pysc2 replay 1\n", b"llm-pysc2 replay 1\nxxxx"])
def test_what_is_no_replay_of_ours_has_a_number_of_its_own(content):
    client = ApiClient()
    start = sc_pb.RequestStartReplay(replay_data=content, options=raw_options())
    assert client.respond("start_replay", start).start_replay.error == sc_pb.ResponseStartReplay.InvalidReplayData
    info = client.respond("replay_info", sc_pb.RequestReplayInfo(replay_data=content)).replay_info
    assert info.error == sc_pb.ResponseReplayInfo.ParsingError
    assert client.status == "launched"


def test_a_replay_that_is_missing_has_a_number_of_its_own():
    client = ApiClient()
    assert client.respond("start_replay").start_replay.error == sc_pb.ResponseStartReplay.MissingReplay
    gone = sc_pb.RequestReplayInfo(replay_path="/nowhere/x.SC2Replay")
    assert client.respond("replay_info", gone).replay_info.error == sc_pb.ResponseReplayInfo.MissingReplay
