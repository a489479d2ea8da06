"""The link in this process: used as a websocket is, from any thread."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.link import Link, connect
from llm_pysc2.engine.api.replay import decode_replay
from llm_pysc2.errors import GameLostError
from tests.api_client import create_request, raw_options


def ask(link: Link, **request) -> sc_pb.Response:
    link.send(sc_pb.Request(**request).SerializeToString())
    return sc_pb.Response.FromString(link.recv())


def test_answers_come_in_the_order_of_the_questions():
    link = connect()
    for number in (3, 1, 2):
        link.send(sc_pb.Request(id=number, ping=sc_pb.RequestPing()).SerializeToString())
    assert [sc_pb.Response.FromString(link.recv()).id for _ in range(3)] == [3, 1, 2]


def test_an_answer_that_nobody_asked_for_is_an_error():
    with pytest.raises(GameLostError):
        connect().recv()


def test_guesses_are_set_for_all_games_of_a_link_and_recorded_in_its_replays():
    places = {}
    for spread in ("point", "rings"):
        link = connect({"spawn_spread": spread})
        ask(link, create_game=create_request("3m"))
        ask(link, join_game=sc_pb.RequestJoinGame(race=1, options=raw_options()))
        units = ask(link, observation=sc_pb.RequestObservation()).observation.observation.raw_data.units
        places[spread] = [(unit.pos.x, unit.pos.y) for unit in units]
        assert decode_replay(ask(link, save_replay=sc_pb.RequestSaveReplay()).save_replay.data).setup.assumptions == {
            "spawn_spread": spread
        }
    assert len(set(places["point"])) == 2
    assert len(set(places["rings"])) == 6


def test_a_guess_that_does_not_exist_is_refused_when_the_game_begins():
    link = connect({"spawn_spred": "point"})
    ask(link, create_game=create_request("3m"))
    response = ask(link, join_game=sc_pb.RequestJoinGame(race=1, options=raw_options()))
    assert "no assumption named 'spawn_spred'" in response.error[0]


def test_a_closed_link_answers_nothing_and_may_be_closed_again():
    link = connect()
    link.send(sc_pb.Request(ping=sc_pb.RequestPing()).SerializeToString())
    link.close()
    link.close()
    assert link.is_closed
    with pytest.raises(GameLostError):
        link.recv()
    with pytest.raises(GameLostError, match="closed"):
        link.send(b"")


def test_quitting_is_answered_and_closes_the_link():
    link = connect()
    assert ask(link, quit=sc_pb.RequestQuit()).status == sc_pb.quit
    assert link.is_closed


def play(seed: int) -> list[bytes]:
    link = connect()
    assert ask(link, create_game=create_request("3m", random_seed=seed)).status == sc_pb.init_game
    ask(link, join_game=sc_pb.RequestJoinGame(race=1, options=raw_options()))
    seen = []
    for _ in range(10):
        ask(link, step=sc_pb.RequestStep(count=8))
        seen.append(ask(link, observation=sc_pb.RequestObservation()).SerializeToString(deterministic=True))
    link.close()
    return seen


def test_links_share_nothing_whatever_threads_they_are_used_from():
    alone = {seed: play(seed) for seed in (1, 2)}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(play, [1, 2, 1, 2]))
    assert together == [alone[1], alone[2], alone[1], alone[2]]
    assert alone[1] != alone[2]
