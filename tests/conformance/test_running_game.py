"""A game that already runs is joined over its address, and left running."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_pysc2.cli import main
from llm_pysc2.engine.api.install import install
from llm_pysc2.engine.api.listening import listen
from llm_pysc2.engine.api.server import GameServer, ServerOptions
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.errors import GameLaunchError, GameLostError


class Server:
    """The embedded game on a port, in a thread of its own."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._listener = listen("127.0.0.1", 0)
        self.port = int(self._listener.getsockname()[1])
        self.address = f"ws://127.0.0.1:{self.port}"
        self._options = ServerOptions(data_dir=data_dir)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._server._quit.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._server = GameServer(self._options)
            self._loop.run_until_complete(self._server.run(self._listener))
        finally:
            self._loop.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def join(address: str, map_name: str = "2s3z", seconds: float = 20) -> GameEnv:
    return GameEnv(map_name, "protoss", "protoss", launch=LaunchOptions(address, timeout_seconds=seconds))


def test_it_is_joined_left_and_joined_again(server: Server) -> None:
    for _ in range(2):
        env = join(server.address)
        env.reset()
        assert env.step(loops=8).game_loop == 8
        assert env.reset().game_loop == 0
        assert env.name == "embedded 1.1"
        env.close()
    assert server.is_running


def test_its_maps_are_found_in_its_own_folders(tmp_path: Path) -> None:
    server = Server(install(tmp_path / "sc2"))
    try:
        env = join(server.address, "llm_2s3z")
        assert env.reset().game_loop == 0
        env.close()
    finally:
        server.stop()


def test_a_map_that_it_does_not_have(server: Server) -> None:
    with pytest.raises(GameLaunchError, match=r"has no map 2s4z\.SC2Map; .* closest: 2s3z"):
        join(server.address, "2s4z").reset()
    assert server.is_running


def test_a_second_client_is_told_why(server: Server) -> None:
    env = join(server.address)
    env.reset()
    with pytest.raises(GameLaunchError, match=r"refused: HTTP 503; has it a client\?"):
        join(server.address).reset()
    env.close()


def test_nobody_is_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(
            GameLaunchError, match=rf"no game answers at ws://127.0.0.1:{port}: .* serve --port {port}'"
        ):
            join(f"ws://127.0.0.1:{port}", seconds=0.5).reset()


def test_it_goes_away(server: Server) -> None:
    env = join(server.address)
    env.reset()
    server.stop()
    with pytest.raises(GameLostError, match="while playing"):
        env.step()
    env.close()


def test_the_command_line_joins_it(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run")
    assert main(["play", "3m", "--game", server.address, "--episodes", "2", "--quiet", "--out", out]) == 0
    assert re.search(r"Played on embedded 1\.1", capsys.readouterr().out)
    assert server.is_running
