"""The join ports: how the processes of one game's players speak with one another.

The process that created the game plays it; the others are its guests, who pass their clients' requests on and the
answers back. What is sent is a frame: its length in four bytes, and the content. Knows nothing of messages.
"""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Protocol, Self

from llm_pysc2.engine.api.listening import MAX_FRAME_BYTES, listen

LOOPBACK = "127.0.0.1"
"""Where the others are looked for if the client does not say."""
GREETING = b"llm-pysc2 guest 2"
"""The first frame of a guest; whoever begins otherwise is not let in."""
GREETING_SECONDS = 10.0
_LENGTH = struct.Struct("!I")
_HEAD = struct.Struct("!BI")
"""Before an answer: the status, and the length of the outcome."""


class Answering(Protocol):
    """What answers the requests of one client: see `protocol.Connection`."""

    status: int

    @property
    def outcome(self) -> bytes:
        """How the game ended, for a client who may find nobody to ask any more; nothing while it runs."""
        ...

    def handle(self, request: bytes) -> bytes:
        """Return the answer to a request."""
        ...

    def close(self) -> None:
        """Forget the client."""
        ...


class Host:
    """Lets guests in while it is open; those who are in stay when it closes.

    Args:
        address: Host and port to listen on. Raises UsageError if it cannot be had.
        welcome: Makes what answers a new guest.
    """

    def __init__(self, address: tuple[str, int], welcome: Callable[[], Answering]) -> None:
        self._listener = listen(*address)
        self._welcome = welcome
        self._door = Thread(target=self._let_in, name="join port", daemon=True)
        self._door.start()

    def __enter__(self) -> Self:
        """Return the host, open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let nobody in any more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._door.join()

    def _let_in(self) -> None:
        while True:
            try:
                remote_peer, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(remote_peer,), name="guest", daemon=True).start()

    def _serve(self, remote_peer: socket.socket) -> None:
        with remote_peer, suppress(OSError):
            prepare(remote_peer, GREETING_SECONDS)
            if receive(remote_peer) != GREETING:
                return
            remote_peer.settimeout(None)
            answering = self._welcome()
            try:
                while True:
                    answer = answering.handle(receive(remote_peer))
                    send(remote_peer, pack_answer(answering.status, answering.outcome, answer))
            finally:
                answering.close()


def pack_answer(status: int, outcome: bytes, answer: bytes) -> bytes:
    """Return the content of a frame that answers a guest.

    >>> unpack_answer(pack_answer(5, b"won", b"loop 9"))
    (5, b'won', b'loop 9')
    """
    return _HEAD.pack(status, len(outcome)) + outcome + answer


def unpack_answer(content: bytes) -> tuple[int, bytes, bytes]:
    """Return status, outcome and answer. Raises OSError if the content is none."""
    if len(content) < _HEAD.size:
        raise ConnectionError(f"expected an answer of at least {_HEAD.size} bytes, found {len(content)}")
    status, length = _HEAD.unpack_from(content)
    return status, content[_HEAD.size :][:length], content[_HEAD.size + length :]


def send(peer: socket.socket, content: bytes) -> None:
    """Send a frame. Raises OSError if the other side is gone."""
    peer.sendall(_LENGTH.pack(len(content)) + content)


def receive(peer: socket.socket) -> bytes:
    """Return the content of the next frame. Raises OSError if the other side is gone, or the frame is too long."""
    (length,) = _LENGTH.unpack(_receive_exactly(peer, _LENGTH.size))
    if length > MAX_FRAME_BYTES:
        raise ConnectionError(f"expected a frame up to {MAX_FRAME_BYTES} bytes, found {length}")
    return _receive_exactly(peer, length)


def _receive_exactly(peer: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        piece = peer.recv(min(length - len(content), 2**20))
        if not piece:
            raise ConnectionError("the other side hung up")
        content += piece
    return bytes(content)


def prepare(peer: socket.socket, timeout_seconds: float | None) -> None:
    """Have frames sent at once, and notice a machine that is gone."""
    peer.settimeout(timeout_seconds)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
