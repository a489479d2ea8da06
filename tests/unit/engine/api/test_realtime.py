"""Realtime on a clock that jumps: the game goes on by itself, and an observation waits for its loop."""

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.hosted_game import Clock
from llm_pysc2.engine.api.session import Session
from tests.api_client import ApiClient


class JumpingClock:
    def __init__(self) -> None:
        self.seconds = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def client(clock: JumpingClock) -> ApiClient:
    client = ApiClient(Session(clock=Clock(lambda: clock.seconds, clock.sleep)))
    client.play(realtime=True)
    return client


def test_the_game_goes_on_while_the_client_thinks(client, clock):
    clock.seconds += 1.0
    assert client.observe().observation.game_loop == 22
    clock.seconds += 9.0
    assert client.observe().observation.game_loop == 224


def test_an_observation_waits_for_its_loop(client, clock):
    assert client.observe(game_loop=10).observation.game_loop == 10
    assert sum(clock.slept) == pytest.approx(10 / 22.4, abs=0.01)


def test_a_loop_that_has_passed_is_not_waited_for(client, clock):
    clock.seconds += 1.0
    assert client.observe(game_loop=5).observation.game_loop == 22
    assert not clock.slept


def test_a_game_in_realtime_is_not_stepped(client):
    assert "realtime" in client.refused("step", sc_pb.RequestStep(count=1))


def test_the_same_game_as_when_stepped(client, clock):
    other = ApiClient()
    other.play()
    other.step(112)
    clock.seconds += 5.001
    assert client.units() == other.units()
