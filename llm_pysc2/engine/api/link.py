"""The game in this process: one SC2 API connection without a socket.

Whoever joins the engine and its clients hands `connect` to the client's side; nothing below knows PySC2.
"""

from collections import deque
from collections.abc import Mapping

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.protocol import Connection
from llm_pysc2.engine.api.session import Session
from llm_pysc2.engine.state.assumptions import Value
from llm_pysc2.errors import GameLostError


class Link:
    """One end of an in-process connection, used as a websocket is: `send` a request, then `recv` its response.

    The game has no thread of its own: it plays in the thread that sends. Links share nothing, so that each may be
    used from a thread of its own.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._replies: deque[bytes] = deque()

    @property
    def is_closed(self) -> bool:
        """Whether the game behind the link is gone: closed here, or told to quit."""
        return self._connection.has_quit

    def send(self, request: bytes) -> None:
        """Let the game answer a serialized Request. Raises GameLostError if the link is closed."""
        if self.is_closed:
            raise GameLostError("the link to the embedded game is closed")
        self._replies.append(self._connection.handle(request))

    def ask(self, request: sc_pb.Request) -> bytes:
        """Return the serialized Response to a Request that needs no serializing. Raises GameLostError if closed."""
        if self.is_closed:
            raise GameLostError("the link to the embedded game is closed")
        return self._connection.answer(request)

    def recv(self) -> bytes:
        """Return the serialized Response to the oldest request not yet read. Raises GameLostError if there is none."""
        if not self._replies:
            raise GameLostError("nothing was asked of the embedded game, so it has no answer")
        return self._replies.popleft()

    def close(self) -> None:
        """Close the link and forget its game; answers not yet read are gone. Closing twice is fine."""
        self._connection.close()
        self._replies.clear()


def connect(assumptions: Mapping[str, Value] | None = None) -> Link:
    """Return a link to a new embedded game, as if it had just been launched, with some guesses about its rules set."""
    return Link(Connection(Session(assumptions=assumptions)))
