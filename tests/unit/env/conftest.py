"""A game of a few lines that speaks enough of the SC2 API for `SC2Env`: for tests of our side of the door."""

from collections.abc import Callable
from typing import Any

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.errors import GameLostError

STALKER_RL = 1970
ZEALOT = 73


class FakeGame:
    """Answers requests; a unit that is told to move is there at once. Every request is kept in `requests`."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.ends_at_loop: int | None = None
        self.breaks_at: str = ""
        """Name of the request at which the game is gone."""
        self.refuses: str = ""
        """Name of the request that is answered with an error."""
        self.closed = 0
        self._status = sc_pb.launched
        self._loop = 0
        self._positions = {1: (10.5, 20.25), 2: (30.0, 20.0)}

    def ask(self, message: Any) -> bytes:
        kind = message.WhichOneof("request")
        self.requests.append(message)
        if self.closed or kind == self.breaks_at:
            raise GameLostError("the game is gone")
        response = sc_pb.Response(id=message.id)
        if kind == self.refuses:
            response.error.append(f"{kind}:\nnot now")
        else:
            getattr(response, kind).SetInParent()
            getattr(self, f"_{kind}")(getattr(message, kind), getattr(response, kind))
        response.status = self._status
        return bytes(response.SerializeToString())

    def close(self) -> None:
        self.closed += 1

    def sent(self, kind: str) -> list[Any]:
        """Return all requests of one kind."""
        return [getattr(request, kind) for request in self.requests if request.WhichOneof("request") == kind]

    def _ping(self, _: Any, answer: Any) -> None:
        answer.game_version = "4.10.0.75689"

    def _create_game(self, _: Any, __: Any) -> None:
        self._status = sc_pb.init_game

    def _join_game(self, _: Any, answer: Any) -> None:
        self._status, self._loop = sc_pb.in_game, 0
        answer.player_id = 1

    def _game_info(self, _: Any, answer: Any) -> None:
        answer.map_name = "Fake"
        answer.start_raw.map_size.x, answer.start_raw.map_size.y = 32, 24
        answer.start_raw.playable_area.p1.x, answer.start_raw.playable_area.p1.y = 32, 24
        answer.start_raw.pathing_grid.bits_per_pixel = 1
        answer.start_raw.pathing_grid.size.x, answer.start_raw.pathing_grid.size.y = 32, 24
        answer.start_raw.pathing_grid.data = b"\xff" * 96

    def _data(self, _: Any, answer: Any) -> None:
        answer.units.add(unit_id=ZEALOT, name="Zealot")
        answer.units.add(unit_id=STALKER_RL, name="Stalker_RL")

    def _step(self, request: Any, _: Any) -> None:
        self._loop += request.count
        if self.ends_at_loop is not None and self._loop >= self.ends_at_loop:
            self._status = sc_pb.ended

    def _action(self, request: Any, _: Any) -> None:
        for action in request.actions:
            order = action.action_raw.unit_command
            for tag in order.unit_tags:
                self._positions[tag] = (order.target_world_space_pos.x, order.target_world_space_pos.y)

    def _observation(self, _: Any, answer: Any) -> None:
        answer.observation.game_loop = self._loop
        answer.observation.player_common.player_id = 1
        for tag, (x, y) in self._positions.items():
            unit = answer.observation.raw_data.units.add(tag=tag, display_type=1, build_progress=1)
            unit.alliance = 1 if tag == 1 else 4
            unit.unit_type = STALKER_RL if tag == 1 else ZEALOT
            unit.pos.x, unit.pos.y = x, y
        if self._status == sc_pb.ended:
            answer.player_result.add(player_id=1, result=sc_pb.Victory)
            answer.player_result.add(player_id=2, result=sc_pb.Defeat)

    def _query(self, request: Any, answer: Any) -> None:
        for entry in request.abilities:
            answer.abilities.add(unit_tag=entry.unit_tag).abilities.add(ability_id=16)
        for entry in request.placements:
            answer.placements.add(result=1 if entry.target_pos.x > 5 else 44)

    def _save_replay(self, _: Any, answer: Any) -> None:
        answer.data = b"a replay"

    def _quit(self, _: Any, __: Any) -> None:
        self._status = sc_pb.quit


@pytest.fixture
def fake_game() -> FakeGame:
    return FakeGame()


@pytest.fixture
def connect_to(fake_game: FakeGame) -> Callable[[], FakeGame]:
    """A connector to the fake game."""
    return lambda: fake_game
