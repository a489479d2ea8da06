"""A game in this process in the dress of one that was launched: PySC2's controller on a link instead of a websocket."""

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from pysc2.lib import remote_controller

from llm_pysc2.errors import GameError


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
