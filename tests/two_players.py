"""Two clients of one game for tests: each with a connection of its own, joined over the join ports."""

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.hosted_game import Clock
from llm_pysc2.engine.api.session import Session
from tests.api_client import ApiClient, create_request, raw_options

PARTICIPANT = {"type": sc_pb.Participant}


class TwoPlayers:
    """A host and its guest; what has to be asked at the same time is asked in two threads."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.host, self.guest = ApiClient(Session(clock=clock)), ApiClient(Session(clock=clock))
        self._pool = ThreadPoolExecutor(2)

    def __enter__(self) -> "TwoPlayers":
        return self

    def __exit__(self, *_: object) -> None:
        for client in (self.host, self.guest):
            client.connection.close()
        self._pool.shutdown()

    @property
    def clients(self) -> tuple[ApiClient, ApiClient]:
        return self.host, self.guest

    def both(self, ask: Callable[[ApiClient], Any]) -> list[Any]:
        """Return what both clients are answered, asked at the same time; the guest begins."""
        asked = [self._pool.submit(ask, client) for client in reversed(self.clients)]
        return [answer.result(20) for answer in reversed(asked)]

    def play(self, map_name: str = "3m", seed: int = 1, options: Any = None, **fields: Any) -> None:
        """Create a game on the host and join it."""
        self.host.ask("create_game", two_participants(map_name, seed, **fields))
        request = join_request(free_port(), options)
        assert [answer.player_id for answer in self.both(lambda client: client.ask("join_game", request))] == [1, 2]

    def step(self, loops: int = 1) -> list[int]:
        return self.both(lambda client: client.step(loops))

    def observe(self) -> Sequence[sc_pb.ResponseObservation]:
        return [client.observe() for client in self.clients]

    def submit(self, ask: Callable[[], Any]) -> Any:
        """Return the future of something that waits for the other player."""
        return self._pool.submit(ask)


def two_participants(map_name: str = "3m", seed: int = 1, **fields: Any) -> sc_pb.RequestCreateGame:
    return create_request(map_name, random_seed=seed, player_setup=[PARTICIPANT] * 2, **fields)


def join_request(port: int, options: Any = None, **fields: Any) -> sc_pb.RequestJoinGame:
    """Return a request to join over some ports, of which one is used."""
    defaults: dict[str, Any] = {
        "race": 3,
        "options": options or raw_options(),
        "server_ports": {"game_port": 1, "base_port": port},
        "client_ports": [{"game_port": 2, "base_port": 3}],
    }
    return sc_pb.RequestJoinGame(**(defaults | fields))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
