"""The websocket listener: frames in, frames out, for any client of the SC2 API on path /sc2api.

It listens before it imports what plays the game, because a client that finds nobody listening sleeps a whole second.
Knows nothing of messages: it hands the bytes to a `Connection`, which plays in one worker thread.
"""

import asyncio
import http
import logging
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from llm_pysc2.engine.api.listening import MAX_FRAME_BYTES, listen

if TYPE_CHECKING:
    from websockets.asyncio.server import Server, ServerConnection
    from websockets.http11 import Request, Response

    from llm_pysc2.engine.api.protocol import Connection

API_PATH = "/sc2api"
SERVER_NAME = "llm-pysc2 embedded game"
"""What it calls itself as it takes a connection, so that nobody takes its results for those of the real game."""
ALREADY_TAKEN = "this game already has a client"
TRY_AGAIN_LATER = 1013
"""Close code of RFC 6455's registry."""
ORPHAN_CHECKS = 20
ORPHAN_CHECK_SECONDS = 0.25

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where to listen, and where the game's files are."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 = any free port."""
    data_dir: Path | None = None
    """The folder whose `Maps` are looked into for maps that clients name by a path."""
    exits_with_parent: bool = False
    """Whether to exit when a client is lost and the process that started this one is gone too."""


def serve(host: str = "127.0.0.1", port: int = 0, data_dir: Path | None = None) -> None:
    """Serve the embedded game until a client tells it to quit. Raises UsageError if the port cannot be had."""
    options = ServerOptions(host, port, data_dir)
    run(listen(host, port), options)


def run(listener: socket.socket, options: ServerOptions) -> None:
    """Serve on a listening socket until a client tells the game to quit."""
    asyncio.run(GameServer(options).run(listener))


class GameServer:
    """One game and its listener. As the game does, it takes one client at a time."""

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="game")
        self._client: ServerConnection | None = None
        self._place = asyncio.Lock()
        self._connection: Connection | None = None
        """Stays when a client says goodbye: PySC2 creates a game for others with one and plays it with the next."""
        self._quit = asyncio.Event()
        self._parent = os.getppid()

    async def run(self, listener: socket.socket) -> None:
        """Serve until quit, then close the listener and the client."""
        from websockets.asyncio.server import serve as serve_websocket

        warm_up = asyncio.get_running_loop().run_in_executor(self._worker, _warm_up)
        # Clients may think for minutes without reading, so they are not pinged; game messages do not compress well
        # enough to be worth the time.
        async with serve_websocket(
            self._serve_client,
            sock=listener,
            process_request=self._admit,
            max_size=MAX_FRAME_BYTES,
            compression=None,
            ping_interval=None,
            close_timeout=0.5,
            server_header=SERVER_NAME,
        ) as server:
            await warm_up
            await self._quit.wait()
            await _close(server)
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _admit(self, client: "ServerConnection", request: "Request") -> "Response | None":
        if request.path.partition("?")[0] != API_PATH:
            return client.respond(http.HTTPStatus.NOT_FOUND, f"the game answers at {API_PATH}\n")
        if self._has_client():
            return client.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, f"{ALREADY_TAKEN}\n")
        return None

    def _has_client(self) -> bool:
        from websockets.protocol import State

        # A client that vanished while the game steps is gone before its handler notices.
        return self._client is not None and self._client.state is not State.CLOSED

    async def _serve_client(self, client: "ServerConnection") -> None:
        if self._has_client():
            await client.close(TRY_AGAIN_LATER, ALREADY_TAKEN)
            return
        self._client = client
        async with self._place:  # Somebody who vanished may still be at it.
            await self._serve(client)
        if self._client is client:
            self._client = None
        if self._connection is not None and self._connection.has_quit:
            self._quit.set()
        elif self._options.exits_with_parent:
            await self._quit_if_orphaned()

    async def _serve(self, client: "ServerConnection") -> None:
        """Answer a client until it goes."""
        from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

        try:
            await self._answer(client)
        except ConnectionClosedOK:
            _log.info("the client has said goodbye; its game is kept for the next one, unless others play it, too")
            if self._connection is not None:
                await asyncio.to_thread(self._connection.abandon)
        except ConnectionClosed as closed:
            _log.info("the client is gone: %s", closed)
            await self._forget_game()

    async def _answer(self, client: "ServerConnection") -> None:
        """Answer a client until it tells the game to quit. Raises ConnectionClosed when it is gone."""
        loop = asyncio.get_running_loop()
        if self._connection is None:
            self._connection = await loop.run_in_executor(self._worker, _new_connection, self._options.data_dir)
        self._connection.resume()
        # PySC2 sends protobuf in text frames, so they are taken as bytes, not decoded.
        upcoming = asyncio.ensure_future(client.recv(decode=False))
        try:
            while not self._connection.has_quit:
                request = await upcoming
                upcoming = asyncio.ensure_future(client.recv(decode=False))
                answer = loop.run_in_executor(self._worker, self._connection.handle, request)
                await asyncio.wait({answer, upcoming}, return_when=asyncio.FIRST_COMPLETED)
                if not answer.done() and _breaks_off(upcoming):
                    await asyncio.to_thread(self._connection.abandon)
                await client.send(await answer)
        finally:
            if not upcoming.cancel() and not upcoming.cancelled():
                upcoming.exception()

    async def _forget_game(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._worker, connection.close)

    async def _quit_if_orphaned(self) -> None:
        """Quit when the process that started the game died with its client; a live one may connect again."""
        for _ in range(ORPHAN_CHECKS):
            if os.getppid() != self._parent:
                self._quit.set()
                return
            await asyncio.sleep(ORPHAN_CHECK_SECONDS)


def _breaks_off(upcoming: "asyncio.Future[bytes]") -> bool:
    """Return whether a client is gone, or wants to quit, while its last request still waits, perhaps for others."""
    from llm_pysc2.engine.api.protocol import asks_to_quit

    return upcoming.exception() is not None or asks_to_quit(upcoming.result())


async def _close(server: "Server") -> None:
    server.close()
    await server.wait_closed()


def _warm_up() -> None:
    """Import what plays the game, while the client is still connecting."""
    import llm_pysc2.engine.api.protocol  # noqa: F401 - imported for its effect


def _new_connection(data_dir: Path | None) -> "Connection":
    from llm_pysc2.engine.api.protocol import Connection
    from llm_pysc2.engine.api.session import Session

    return Connection(Session(data_dir=data_dir))
