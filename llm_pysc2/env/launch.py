"""Where the game comes from: an installation of the real one, or a connector to one that plays in this process.

The only place that tells the two apart; everything above speaks the SC2 API and cannot. A connector makes links that
carry request bytes one way and response bytes the other, and is handed in by whoever may import both sides.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol

from pysc2 import run_configs
from pysc2.lib import remote_controller, sc_process
from pysc2.run_configs import lib as run_config_lib

from llm_pysc2.errors import GameError, GameLaunchError

MAP_SUFFIX = ".SC2Map"

EMBEDDED_GAME = "embedded 1.0"
"""What results call the game that this package brings along, however it is reached."""

STAND_IN_MARKER = "llm-pysc2-engine.txt"
"""A folder that holds this file looks like an installation, but its executable is the embedded game."""


class Link(Protocol):
    """One connection to a game in this process, used as a websocket is."""

    def send(self, request: bytes) -> Any:
        """Take a serialized Request. Raises GameError or OSError if the game is gone."""
        ...

    def recv(self) -> bytes:
        """Return the serialized Response to the oldest unanswered request."""
        ...

    def close(self) -> None:
        """Let go of the game."""
        ...


Connector = Callable[[], Link]
"""Starts a game in this process and returns a link to it."""


@dataclass(frozen=True, slots=True)
class GameSource:
    """A game that can be started: in this process if there is a `connector`, else the one installed in `directory`."""

    connector: Connector | None = None
    directory: Path | None = None
    name: str = ""
    """What results call the game; empty = "SC2" and the version that the game itself reports."""

    def map_path(self, name: str) -> str:
        """Return the path under `Maps` of a map given by name, or by folder and name, with or without its suffix.

        Where several folders have the map, the first in alphabetical order is meant, capital letters first. Raises
        GameLaunchError if an installed game does not have it.
        """
        path = name if name.endswith(MAP_SUFFIX) else name + MAP_SUFFIX
        if self.directory is None:
            return path
        maps = self.directory / "Maps"
        found = sorted(maps.rglob(path)) if maps.is_dir() else []
        if not found:
            raise GameLaunchError(f"the game in {self.directory} has no map {path}; put it in a folder of {maps}")
        return found[0].relative_to(maps).as_posix()

    @contextmanager
    def selected(self) -> Iterator[None]:
        """Within the block, an `SC2Env` that this thread makes plays this game; all others are left alone."""
        token = _CONNECTOR.set(self.connector)
        try:
            yield
        finally:
            _CONNECTOR.reset(token)


def choose_game(connector: Connector | None = None) -> GameSource:
    """Return the installed game if there is one, else the embedded game behind the connector.

    Raises GameLaunchError if there is neither, or if SC2PATH names a folder that holds no game.
    """
    directory = find_game()
    if directory is not None:
        name = EMBEDDED_GAME if (directory / STAND_IN_MARKER).is_file() else ""
        return GameSource(directory=directory, name=name)
    if connector is None:
        raise GameLaunchError("no StarCraft II was found; install it or set SC2PATH to its folder")
    return GameSource(connector=connector, name=EMBEDDED_GAME)


def find_game() -> Path | None:
    """Return the folder of the installed game, or None: SC2PATH if set, else where PySC2 looks on this platform.

    Raises GameLaunchError if SC2PATH is set and no game is there.
    """
    try:
        return Path(run_configs.get().data_dir)
    except (OSError, ValueError, sc_process.SC2LaunchError) as error:
        if not os.environ.get("SC2PATH"):
            return None
        raise GameLaunchError(
            f"SC2PATH is {os.environ['SC2PATH']}, where no StarCraft II was found; correct it, or unset it: {error}"
        ) from error


_CONNECTOR: ContextVar[Connector | None] = ContextVar("connector", default=None)


class InProcess(run_config_lib.RunConfig):  # type: ignore[misc] # PySC2 publishes no types
    """PySC2's way to start a game, for a game in this process. PySC2 finds it as a subclass of its own class."""

    def __init__(self, version: Any = None) -> None:
        connector = _CONNECTOR.get()
        if connector is None:
            raise GameLaunchError("a game in this process is made inside GameSource.selected() only")
        self._connector = connector
        here = str(Path.cwd())
        super().__init__(replay_dir=here, data_dir=here, tmp_dir=None, version=version or "4.10")

    @classmethod
    def priority(cls) -> int | None:
        """Return a number above those of the installed games where a connector is selected, else None: not valid."""
        return None if _CONNECTOR.get() is None else 2

    def start(self, version: Any = None, **options: Any) -> "InProcessGame":  # noqa: ARG002 - the signature is PySC2's
        """Return a new game. What PySC2 wants to tell its process (ports, rendering) means nothing here."""
        return InProcessGame(self._connector)

    def map_data(self, map_name: str, players: int | None = None) -> bytes:  # noqa: ARG002 - the signature is PySC2's
        """Return nothing: the game has its maps and knows them by the path that is sent along."""
        return b""


class InProcessGame:
    """What PySC2 expects of a game's process, without the process."""

    def __init__(self, connector: Connector) -> None:
        self.controller: LinkController | None = LinkController(connector)

    def close(self) -> None:
        """Quit the game. Once is enough; twice is fine."""
        controller, self.controller = self.controller, None
        if controller is not None:
            controller.quit()


class LinkController(remote_controller.RemoteController):  # type: ignore[misc] # PySC2 publishes no types
    """PySC2's controller, connected to a link where it would open a websocket."""

    def __init__(self, connector: Connector) -> None:
        self._socket = LinkSocket(connector())
        try:
            super().__init__("in process", 0, timeout_seconds=1)
        except BaseException:
            self._socket.close()
            raise

    def _connect(self, *_: Any) -> "LinkSocket":
        return self._socket


class LinkSocket:
    """A link in the dress of the websocket that PySC2's protocol holds."""

    def __init__(self, link: Link) -> None:
        self._link = link

    @property
    def sock(self) -> "LinkSocket":
        """The socket below the websocket, of which PySC2 asks the peer's port for its log."""
        return self

    def getpeername(self) -> tuple[str, int]:
        """Return a host and a port that stand for this process."""
        return "in process", 0

    def send(self, request: bytes) -> None:
        """Send a request. Raises ConnectionError, which PySC2 understands."""
        try:
            self._link.send(request)
        except GameError as error:
            _raise_as_connection_error(error)

    def recv(self) -> bytes:
        """Return the next response. Raises ConnectionError, which PySC2 understands."""
        try:
            return self._link.recv()
        except GameError as error:
            _raise_as_connection_error(error)

    def close(self) -> None:
        """Close the link."""
        self._link.close()


def _raise_as_connection_error(error: GameError) -> NoReturn:
    raise ConnectionError(str(error)) from error
