"""A game in this process in the dress of one that was launched: PySC2's controller on a link instead of a websocket."""

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from pysc2.lib import protocol, remote_controller
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.errors import GameError


class Link(Protocol):
    """One connection to a game in this process."""

    def ask(self, request: Any) -> bytes:
        """Return the serialized Response to a Request. Raises GameError or OSError if the game is gone."""
        ...

    def close(self) -> None:
        """Let go of the game."""
        ...


Connector = Callable[[], Link]
"""Starts a game in this process and returns a link to it."""


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
            self._client = LinkProtocol(self._socket)
        except BaseException:
            self._socket.close()
            raise

    def _connect(self, *_: Any) -> "LinkSocket":
        return self._socket


class LinkProtocol(protocol.StarcraftProtocol):  # type: ignore[misc] # PySC2 publishes no types
    """PySC2's protocol where both sides are in one process: requests cross the link as they are."""

    _answer = b""

    def _write(self, request: Any) -> None:
        self._answer = self._sock.ask(request)

    def _read(self) -> Any:
        answer, self._answer = self._answer, b""
        return sc_pb.Response.FromString(answer)


class LinkSocket:
    """A link in the dress of the websocket that PySC2's protocol holds."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._reply = b""

    @property
    def sock(self) -> "LinkSocket":
        """The socket below the websocket, of which PySC2 asks the peer's port for its log."""
        return self

    def getpeername(self) -> tuple[str, int]:
        """Return a host and a port that stand for this process."""
        return "in process", 0

    def send(self, request: bytes) -> None:
        """Send a serialized request, as PySC2 does with its first ping. Raises ConnectionError."""
        self._reply = self.ask(sc_pb.Request.FromString(request))

    def recv(self) -> bytes:
        """Return the response to the last request."""
        return self._reply

    def ask(self, request: Any) -> bytes:
        """Return the serialized Response to a Request. Raises ConnectionError, which PySC2 understands."""
        try:
            return self._link.ask(request)
        except GameError as error:
            _raise_as_connection_error(error)

    def close(self) -> None:
        """Close the link."""
        self._link.close()


def _raise_as_connection_error(error: GameError) -> NoReturn:
    raise ConnectionError(str(error)) from error
