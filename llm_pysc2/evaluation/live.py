"""A page that shows an episode while it is played: events become records, and records go to every browser that looks.

The server runs on a thread of its own and listens on loopback unless told otherwise. It serves one page and one stream,
takes no input, and knows nothing of files.
"""

import asyncio
import errno
import ipaddress
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType

from aiohttp import web

from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.evaluation.report.page import build_page, to_json
from llm_pysc2.evaluation.report.records import Recorder
from llm_pysc2.orchestrator.events import EpisodeStarted, Event

DEFAULT_PORT = 8314
MOST_RECORDS_AT_ONCE = 200
HEARTBEAT_SECONDS = 15.0
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Feed:
    """The records of the episode that is played now; an event sink that may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recorder = Recorder()
        self._records: list[str] = []
        self._life = secrets.token_hex(4)
        self._episode = 0
        self._alarms: set[Callable[[], None]] = set()

    def __call__(self, event: Event) -> None:
        """Take one event; one that cannot be shown becomes a note on the page."""
        with self._lock:
            if isinstance(event, EpisodeStarted):
                self._episode += 1
                self._records = []
            try:
                record = self._recorder.take(event)
            except TraceError as error:
                record = {"k": "note", "text": str(error)}
            self._records.append(to_json(record))
            alarms = list(self._alarms)
        for alarm in alarms:
            alarm()

    def after(self, place: str) -> tuple[list[str], str]:
        """Return the next records after a place in the stream, "" = the start, and the place after them.

        A place in an episode that is over means the start of the present one.
        """
        with self._lock:
            present = f"{self._life}-{self._episode}-"
            number = place.removeprefix(present)
            first = int(number) if place.startswith(present) and number.isdecimal() else 0
            records = self._records[first : first + MOST_RECORDS_AT_ONCE]
            return records, f"{present}{first + len(records)}"

    @contextmanager
    def alarm(self, ring: Callable[[], None]) -> Iterator[None]:
        """Have `ring` called, from any thread, whenever there is something new."""
        with self._lock:
            self._alarms.add(ring)
        try:
            yield
        finally:
            with self._lock:
                self._alarms.discard(ring)


class LiveServer:
    """Serves the page of a feed; a context manager.

    Entering it raises UsageError if the address cannot be used.
    """

    def __init__(self, feed: Feed, host: str = "127.0.0.1", port: int = DEFAULT_PORT) -> None:
        self._feed = feed
        self._host = host
        self._port = port
        self._is_local = is_loopback(host)
        self._thread = threading.Thread(target=self._run, name="live page", daemon=True)
        self._is_up = threading.Event()
        self.url = ""
        """Where the page is, once the server listens."""

    def __enter__(self) -> "LiveServer":
        self._socket = _listen(self._host, self._port)
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}/"
        self._thread.start()
        self._is_up.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close all connections and wait for the thread."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        application = web.Application(middlewares=[self._refuse_other_names])
        application.router.add_get("/", self._page)
        application.router.add_get("/events", self._events)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        self._is_up.set()
        await self._over.wait()
        await runner.cleanup()

    @web.middleware
    async def _refuse_other_names(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer only to names of this machine, so that no page from elsewhere can read along by a name of its own."""
        name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
        if self._is_local and name not in _LOCAL_NAMES:
            raise web.HTTPForbidden(text="this page is for this machine only\n")
        return await handler(request)

    async def _page(self, _: web.Request) -> web.Response:
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(text=build_page("live", "llm-pysc2", {}), content_type="text/html", headers=headers)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        news = asyncio.Event()

        def ring() -> None:
            self._loop.call_soon_threadsafe(news.set)

        with self._feed.alarm(ring), suppress(ConnectionResetError):  # who looks may go at any time
            await self._tell(response, request.headers.get("Last-Event-ID", ""), news)
        return response

    async def _tell(self, response: web.StreamResponse, place: str, news: asyncio.Event) -> None:
        """Write what comes after a place in the stream until the server ends."""
        while not self._over.is_set():
            news.clear()
            records, place = self._feed.after(place)
            if records:
                await response.write(f"id: {place}\ndata: [{','.join(records)}]\n\n".encode())
            elif not await self._something_new(news):
                await response.write(b": still here\n\n")

    async def _something_new(self, news: asyncio.Event) -> bool:
        """Wait for news or the end; return False if neither came for a while."""
        waiting = [asyncio.ensure_future(news.wait()), asyncio.ensure_future(self._over.wait())]
        done, pending = await asyncio.wait(waiting, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        return bool(done)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        why = (
            "in use"
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            else getattr(error, "strerror", "") or error
        )
        raise UsageError(f"port {port} on {host} cannot be listened on: {why}; name another with --port") from error


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach that address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
