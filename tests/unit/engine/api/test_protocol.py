"""The status table, request by request; the game's own words where clients compare them."""

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.protocol import STATUS_TABLE, Connection
from llm_pysc2.engine.api.session import Session
from tests.api_client import ApiClient, create_request, raw_options

STATUSES = ("launched", "init_game", "in_game", "in_replay", "ended")


def client_in(status: str) -> ApiClient:
    """Return a client that has brought its game into a status."""
    client = ApiClient()
    if status == "launched":
        return client
    if status == "init_game":
        client.create()
        return client
    client.play()
    client.step(2)
    if status == "ended":
        client.debug(end_game={"end_result": 1})
        client.step()
    if status == "in_replay":
        client.step(4)
        content = client.ask("save_replay").data
        client.ask("start_replay", sc_pb.RequestStartReplay(replay_data=content, options=raw_options()))
    assert client.status == status
    return client


def test_the_table_names_every_request_of_the_api():
    assert STATUS_TABLE.keys() == {field.name for field in sc_pb.Request.DESCRIPTOR.oneofs_by_name["request"].fields}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("name", STATUS_TABLE)
def test_every_request_is_answered_in_every_status(name, status):
    client = client_in(status)
    response = client.respond(name)
    assert response.HasField("status")
    if sc_pb.Status.Value(status) in STATUS_TABLE[name].valid_in:
        assert "not valid in status" not in "".join(response.error)
    else:
        assert len(response.error) == 1
        assert client.status == status
    assert client.ask("ping").base_build == 75689 if client.status != "quit" else client.refused("ping")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("step", "Game has already ended"),
        ("action", "Game has already ended"),
        ("query", "Not supported if game has already ended"),
        ("game_info", "Not supported if game has already ended"),
        ("debug", "Not supported if game has already ended"),
    ],
)
def test_after_the_end_the_game_says_what_python_sc2_compares(name, words):
    assert list(client_in("ended").respond(name).error) == [words]


def test_joining_without_a_game_is_a_protocol_error():
    assert "no game was created" in ApiClient().refused("join_game")


def test_status_of_a_whole_life():
    client = ApiClient()
    seen = [client.status]
    client.create()
    seen.append(client.status)
    client.ask("join_game", sc_pb.RequestJoinGame(race=3, options=raw_options()))
    seen.append(client.status)
    client.debug(end_game={"end_result": 2})
    client.step()
    seen.append(client.status)
    assert client.observe().player_result[0].result == sc_pb.Victory
    client.ask("restart_game")
    seen.append(client.status)
    client.ask("leave_game")
    seen.append(client.status)
    client.ask("quit")
    seen.append(client.status)
    assert seen == ["launched", "init_game", "in_game", "ended", "in_game", "launched", "quit"]


@pytest.mark.parametrize("content", [b"\xff", b"\x00", b"GET / HTTP/1.1", b"\x0a\xff\xff\xff\xff\xff", b"\x08" * 50])
def test_bytes_that_are_no_request_get_an_error_reply(content):
    response = sc_pb.Response.FromString(Connection(Session()).handle(content))
    assert response.error
    assert response.status == sc_pb.launched


def test_an_empty_request_gets_an_error_reply():
    response = sc_pb.Response.FromString(Connection(Session()).answer(sc_pb.Request(id=3)))
    assert response.error
    assert response.id == 3


def test_an_answer_without_an_id_where_none_was_given():
    response = sc_pb.Response.FromString(Connection(Session()).answer(sc_pb.Request(ping=sc_pb.RequestPing())))
    assert not response.HasField("id")


def test_a_fault_of_ours_becomes_an_error_reply(caplog):
    def fail(_session, _request):
        raise ZeroDivisionError("a bug")

    connection = Connection(Session(), handlers={"ping": fail})
    response = sc_pb.Response.FromString(connection.answer(sc_pb.Request(id=1, ping=sc_pb.RequestPing())))
    assert "ZeroDivisionError" in response.error[0]
    assert "ping" in caplog.text


def test_creating_a_game_anew_replaces_the_running_one():
    client = client_in("in_game")
    client.play("3m")
    assert client.ask("game_info").map_name == "3m"
    assert client.observe().observation.game_loop == 0


def test_a_failed_creation_leaves_the_running_game_alone():
    client = client_in("in_game")
    assert client.respond("create_game").create_game.HasField("error")
    assert client.status == "in_game"
    assert client.step() == 3


def test_the_ping_says_the_build():
    ping = ApiClient().ask("ping")
    assert (ping.game_version, ping.data_build, ping.base_build) == ("4.10.0.75689", 75689, 75689)
    assert ping.data_version == "B89B5D6FA7CBF6452E721311BFBC6CB2"


def test_restarting_plays_the_next_seed_so_that_a_run_repeats_itself():
    client, other = ApiClient(), ApiClient()
    client.play(seed=1)
    client.ask("restart_game")
    other.play(seed=2)
    client.step(80)
    other.step(80)
    assert client.observe() == other.observe()


def test_the_default_seed_differs_from_game_to_game():
    seeds = set()
    for _ in range(24):  # two games may go alike by chance, so many hardly do
        if len(seeds) > 1:
            break
        client = ApiClient()
        client.ask("create_game", create_request())
        client.ask("join_game", sc_pb.RequestJoinGame(race=3, options=raw_options()))
        client.step(120)
        seeds.add(client.observe().SerializeToString(deterministic=True))
    assert len(seeds) > 1
