"""Two API players: in lockstep, with the game's delays, each with its own eyes; and what happens when one is gone."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import TimeoutError as NotYet

import pytest
from s2clientprotocol import debug_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.game_setup import GameSetup
from llm_pysc2.engine.api.hosted_game import Clock
from llm_pysc2.engine.api.join_lobby import Arrival, JoinError, JoinLobby
from llm_pysc2.engine.api.remote_peer import NO_LOOP, RemotePeer
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.errors import GameLostError
from tests.api_client import ApiClient, layer_options, raw_options
from tests.two_players import TwoPlayers, free_port, join_request, two_participants

MOVE, ATTACK, MARINE = 16, 23, 48
SHORT_SECONDS = 0.05


@pytest.fixture
def two() -> Iterator[TwoPlayers]:
    with TwoPlayers() as players:
        yield players


def results(observation: sc_pb.ResponseObservation) -> dict[int, int]:
    return {result.player_id: result.result for result in observation.player_result}


def test_each_sees_the_game_with_its_own_eyes(two):
    two.play()
    for player_id, seen in enumerate(two.observe(), 1):
        assert seen.observation.player_common.player_id == player_id
        assert {unit.owner for unit in seen.observation.raw_data.units if unit.alliance == 1} == {player_id}
    first, second = (client.ask("game_info") for client in two.clients)
    assert [player.type for player in first.player_info] == [sc_pb.Participant] * 2
    assert first.player_info[0].HasField("race_actual")
    assert not second.player_info[0].HasField("race_actual")


def test_nobody_is_a_loop_ahead(two):
    two.play()
    waiting = two.submit(lambda: two.host.step(8))
    with pytest.raises(NotYet):
        waiting.result(SHORT_SECONDS)
    assert two.guest.step(3) == 3
    assert two.guest.observe().observation.game_loop == 3
    with pytest.raises(NotYet):
        waiting.result(SHORT_SECONDS)
    ahead = two.submit(lambda: two.guest.step(9))
    assert waiting.result(20) == 8
    assert two.host.step(4) == 12
    assert ahead.result(20) == 12


def test_an_action_is_carried_out_a_loop_later_than_alone(two):
    two.play()
    two.step(16)
    for player, client in enumerate(two.clients):
        unit = client.units(owner=player + 1)[0]
        assert client.order(MOVE, [unit.tag], target_world_space_pos={"x": 9, "y": 9}) == 1
        two.step()
        assert not two.observe()[player].actions
        assert MOVE not in orders_of(client.observe(), unit.tag)
        two.step()
        seen = two.observe()
        assert [action.game_loop for action in seen[player].actions] == [two.host.observe().observation.game_loop - 1]
        assert not seen[1 - player].actions
        assert orders_of(seen[player], unit.tag) == [MOVE]


def orders_of(seen: sc_pb.ResponseObservation, tag: int) -> list[int]:
    (unit,) = (unit for unit in seen.observation.raw_data.units if unit.tag == tag)
    return [order.ability_id for order in unit.orders]


def test_an_order_that_is_refused_is_refused_at_once_and_changes_nothing(two):
    two.play()
    theirs = two.host.units(owner=2)[0].tag
    assert two.host.order(MOVE, [theirs], target_world_space_pos={"x": 9, "y": 9}) != 1
    assert [error.unit_tag for error in two.host.observe().action_errors] == [theirs]
    two.step(3)
    assert not any(seen.action_errors or seen.actions for seen in two.observe())


def test_an_action_may_build_on_one_that_is_on_its_way(two):
    two.play(options=layer_options())
    two.step(16)
    army = sc_pb.Action(action_ui={"select_army": {}})
    move = {"ability_id": MOVE, "target_screen_coord": {"x": 4, "y": 4}}
    order = sc_pb.Action(action_feature_layer={"unit_command": move})
    assert two.host.ask("action", sc_pb.RequestAction(actions=[order])).result != [1]
    two.host.observe()
    assert two.host.ask("action", sc_pb.RequestAction(actions=[army, order])).result == [1, 1]
    two.step(2)
    seen = two.host.observe()
    assert not seen.action_errors
    assert all(orders_of(seen, unit.tag) == [MOVE] for unit in two.host.units(owner=1))


def test_trying_an_order_out_leaves_no_trace(two):
    with TwoPlayers() as others:
        for players in (two, others):
            players.play(seed=5)
            players.step(4)
        for unit in two.host.units(owner=1):
            two.host.order(ATTACK, [unit.tag], target_world_space_pos={"x": 20, "y": 16})
        seats = [players.host.connection._session.client for players in (two, others)]
        assert seats[0].game.digest() == seats[1].game.digest()


def play_a_fight(two: TwoPlayers, guest_first: bool) -> list[bytes]:
    two.play(seed=3)
    seen = []
    for _ in range(8):
        for client in reversed(two.clients) if guest_first else two.clients:
            own = client.observe().observation.player_common.player_id
            enemies = client.units(owner=3 - own)
            if enemies:
                client.order(ATTACK, [u.tag for u in client.units(owner=own)], target_unit_tag=enemies[0].tag)
            client.debug(create_unit={"unit_type": MARINE, "owner": own, "pos": {"x": 16, "y": 16}, "quantity": 1})
        two.step(6)
        seen += [observation.SerializeToString(deterministic=True) for observation in two.observe()]
    return seen


def test_who_is_quicker_makes_no_difference(two):
    with TwoPlayers() as others:
        assert play_a_fight(two, guest_first=True) == play_a_fight(others, guest_first=False)


def test_the_replay_shows_each_player_what_it_saw(two):
    seen = play_a_fight(two, guest_first=True)
    replays = [client.ask("save_replay").data for client in two.clients]
    assert replays[0] == replays[1]
    for player in (0, 1):
        watcher = ApiClient()
        start = sc_pb.RequestStartReplay(
            replay_data=replays[0], options=raw_options(), observed_player_id=player + 1, disable_fog=False
        )
        watcher.ask("start_replay", start)
        watched = []
        for _ in range(8):
            watcher.step(6)
            observation = watcher.observe()
            if watcher.status == "ended":
                observation.ClearField("player_result")
            watched.append(observation.SerializeToString(deterministic=True))
        assert watched == played_by(player, seen)


def played_by(player: int, seen: list[bytes]) -> list[bytes]:
    """Return one player's observations without asking twice for what is told once."""
    return seen[player::2]


def test_what_one_says_both_hear(two):
    two.play()
    chat = sc_pb.Action(action_chat={"channel": 1, "message": "gl hf"})
    two.guest.ask("action", sc_pb.RequestAction(actions=[chat]))
    two.step(2)
    for seen in two.observe():
        assert [(said.player_id, said.message) for said in seen.chat] == [(2, "gl hf")]


@pytest.mark.parametrize("leaver", [0, 1])
def test_who_leaves_has_lost_and_the_other_need_not_wait(two, leaver):
    two.play()
    two.step(4)
    gone, stays = two.clients[leaver], two.clients[1 - leaver]
    waiting = two.submit(lambda: stays.step(100))
    with pytest.raises(NotYet):
        waiting.result(SHORT_SECONDS)
    gone.ask("leave_game")
    assert waiting.result(20) == 4
    assert (gone.status, stays.status) == ("launched", "ended")
    assert results(stays.observe()) == {leaver + 1: sc_pb.Defeat, 2 - leaver: sc_pb.Victory}
    info = stays.ask("replay_info", sc_pb.RequestReplayInfo(replay_data=stays.ask("save_replay").data))
    assert info.player_info[leaver].player_result.result == sc_pb.Defeat
    stays.ask("leave_game")
    assert stays.status == "launched"


def test_the_same_processes_play_again(two):
    for seed in (1, 2, 3):
        two.play(seed=seed)
        assert two.step(5) == [5, 5]
        two.both(lambda client: client.ask("leave_game"))


def test_creating_another_game_leaves_the_one_that_runs(two):
    two.play()
    two.host.ask("create_game", two_participants())
    assert results(two.guest.observe())[2] == sc_pb.Victory
    assert two.guest.status == "ended"


def test_the_end_of_the_game_reaches_both(two):
    two.play()
    two.guest.debug(end_game={"end_result": 1})
    assert two.step(4) == [0, 0]
    assert [client.status for client in two.clients] == ["ended", "ended"]
    assert two.guest.refused("step") == "Game has already ended"


def test_a_host_that_vanishes_ends_the_game_of_its_guest(two):
    two.play()
    two.step(4)
    two.guest.connection._session.remote_peer._socket.shutdown(socket.SHUT_RDWR)
    assert two.guest.refused("step", sc_pb.RequestStep(count=1)) == "Game has already ended"
    assert two.guest.status == "ended"
    seen = two.guest.observe()
    assert (seen.observation.game_loop, results(seen)) == (NO_LOOP, {2: sc_pb.Victory})
    two.guest.ask("leave_game")
    assert two.guest.status == "launched"
    assert two.host.step(4) == 4
    assert results(two.host.observe())[1] == sc_pb.Victory


def test_a_host_that_vanishes_after_the_end_takes_nothing_from_the_result(two):
    two.play()
    two.guest.debug(end_game={"end_result": debug_pb2.DebugEndGame.Surrender})
    two.step(4)
    two.host.connection.close()
    two.guest.connection._session.remote_peer._socket.shutdown(socket.SHUT_RDWR)
    seen = two.guest.observe()
    assert (seen.observation.game_loop, results(seen)) == (NO_LOOP, {1: sc_pb.Victory, 2: sc_pb.Defeat})


@pytest.mark.parametrize("waits", [0, 1])
def test_a_client_that_vanishes_while_it_waits_frees_both(two, waits):
    two.play()
    gone, stays = two.clients[waits], two.clients[1 - waits]
    waiting = two.submit(lambda: gone.respond("step", sc_pb.RequestStep(count=8)))
    with pytest.raises(NotYet):
        waiting.result(SHORT_SECONDS)
    gone.connection.abandon()
    waiting.result(20)
    assert gone.status == "ended"
    for _ in range(2):
        # The step that the vanished client had asked for may still be played.
        stays.respond("step", sc_pb.RequestStep(count=8))
    assert stays.status == "ended"
    assert results(stays.observe())[2 - waits] == sc_pb.Victory


@pytest.mark.parametrize("waits", [0, 1])
def test_who_waits_for_others_to_join_can_be_called_back(two, waits):
    if waits == 0:
        two.host.ask("create_game", two_participants())
    client = two.clients[waits]
    waiting = two.submit(lambda: client.respond("join_game", join_request(free_port())))
    with pytest.raises(NotYet):
        waiting.result(SHORT_SECONDS)
    client.connection.abandon()
    assert waiting.result(20).join_game.error == sc_pb.ResponseJoinGame.NetworkError
    assert client.status == ("init_game", "launched")[waits]


def test_one_who_does_not_come_is_not_waited_for_without_end():
    setup = GameSetup("3m", "", (PlayerSetup(), PlayerSetup()), seed=1)
    lobby = JoinLobby(setup, Clock(), patience_seconds=0.01)
    with pytest.raises(JoinError, match="1 of 2 participants did not join"):
        lobby.wait(lobby.arrive(Arrival("terran", "me", raw_options())))
    with pytest.raises(GameLostError, match=r"nobody hosts a game at 127\.0\.0\.1 port"):
        RemotePeer().join(("127.0.0.1", free_port()), join_request(1), patience_seconds=0.01)


def test_a_third_finds_the_game_full():
    lobby = JoinLobby(GameSetup("3m", "", (PlayerSetup(),), seed=1), Clock())
    lobby.arrive(Arrival("terran", "me", raw_options()))
    with pytest.raises(JoinError) as full:
        lobby.arrive(Arrival("terran", "me too", raw_options()))
    assert full.value.code == sc_pb.ResponseJoinGame.GameFull


def test_what_is_missing_to_join_is_said_with_its_number(two):
    two.host.ask("create_game", two_participants())
    alone = sc_pb.RequestJoinGame(race=3, options=raw_options())
    assert two.host.respond("join_game", alone).join_game.error == sc_pb.ResponseJoinGame.MissingPorts
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = two.host.respond("join_game", join_request(taken.getsockname()[1])).join_game
    assert answer.error == sc_pb.ResponseJoinGame.NetworkError
    assert "in use" in answer.error_details


def test_a_guest_is_refused_with_the_hosts_reason(two):
    port = free_port()
    two.host.ask("create_game", two_participants())
    hosting = two.submit(lambda: two.host.respond("join_game", join_request(port)))
    answer = two.guest.respond("join_game", join_request(port, race=0)).join_game
    assert answer.error == sc_pb.ResponseJoinGame.MissingParticipation
    assert two.guest.status == "launched"
    assert two.guest.ask("join_game", join_request(port)).player_id == 2
    assert hosting.result(20).join_game.player_id == 1


def test_strangers_at_the_join_port_are_not_let_in(two):
    port = free_port()
    two.host.ask("create_game", two_participants())
    hosting = two.submit(lambda: two.host.respond("join_game", join_request(port)))
    for content in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"\0\0\0\5hello"):
        stranger = knock(port)
        with stranger:
            stranger.sendall(content)
            assert is_hung_up(stranger)
    two.guest.ask("join_game", join_request(port))
    assert hosting.result(20).join_game.player_id == 1


def knock(port: int) -> socket.socket:
    """Connect to a port as soon as somebody listens."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def is_hung_up(stranger: socket.socket) -> bool:
    try:
        return stranger.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("name", ["restart_game", "quick_save", "quick_load"])
def test_what_only_one_player_may_do(two, name):
    two.play()
    for client in two.clients:
        assert "others play" in client.refused(name)


def test_both_play_in_realtime():
    seconds = [100.0]

    def sleep(duration: float) -> None:
        seconds[0] += duration

    with TwoPlayers(Clock(lambda: seconds[0], sleep)) as two:
        two.play(realtime=True)
        assert two.guest.observe(game_loop=10).observation.game_loop == 10
        assert two.host.observe().observation.game_loop == 10
        tag = two.host.units(owner=1)[0].tag
        assert two.host.order(MOVE, [tag], target_world_space_pos={"x": 9, "y": 9}) == 1
        assert [action.game_loop for action in two.host.observe(game_loop=12).actions] == [11]
        assert "realtime" in two.guest.refused("step")
