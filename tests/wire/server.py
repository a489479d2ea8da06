"""A real HTTP server on loopback that speaks the formats of OpenAI and Anthropic, and fails as planned.

It runs on a thread of its own, so that programs under test may block or run their own event loops:

    with WireServer(in_order(busy("1"))) as server:
        ...  # OPENAI_BASE_URL=server.openai_url, ANTHROPIC_BASE_URL=server.url
    assert len(server.seen) == 2
"""

import asyncio
import json
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.wire.answers import Answer, Plan, Seen, in_order
from tests.wire.formats import FORMATS

_LONG_SECONDS = 3600.0


class WireServer:
    """A model service on loopback."""

    def __init__(self, plan: Plan | None = None, keys: frozenset[str] | None = None) -> None:
        """Serve by a plan; with `keys`, answer 401 to every other key."""
        self.plan = plan or in_order()
        self.seen: list[Seen] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self._keys = keys
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire-server")
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai_url(self) -> str:
        return f"{self.url}/v1"

    def __enter__(self) -> "WireServer":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application(client_max_size=64 * 2**20)
        for wire in FORMATS:
            app.router.add_post(wire.path, self._handler(wire))
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=2048)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        assert self._runner is not None
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task() and task.get_name() == "slow":
                task.cancel()
        await self._runner.cleanup()

    def _handler(self, wire: Any) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            seen = Seen(request.path, {k.lower(): v for k, v in request.headers.items()}, await request.json())
            answer = self.plan(len(self.seen), seen)
            self.seen.append(seen)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            try:
                return await self._answer(wire, answer, seen, request)
            finally:
                self.in_flight -= 1

        return handle

    async def _answer(self, wire: Any, answer: Answer, seen: Seen, request: web.Request) -> web.StreamResponse:
        key = seen.headers.get("authorization", "").removeprefix("Bearer ") or seen.headers.get("x-api-key", "")
        if self._keys is not None and key not in self._keys:
            answer = Answer("status", status=401, message=f"Incorrect API key provided: {key}")
        if answer.delay_seconds:
            await asyncio.sleep(answer.delay_seconds)
        if answer.kind == "status":
            return web.json_response(wire.error(answer), status=answer.status, headers=dict(answer.headers))
        if answer.kind == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if answer.kind == "slow":
            await self._sleep_long()
        if answer.kind == "not_json":
            return web.Response(text="<html>Bad gateway", content_type="application/json")
        if answer.kind == "wrong_form":
            return web.json_response([1, 2, 3] if seen.body.get("stream") else {"hello": "world"})
        if seen.body.get("stream"):
            return await self._stream(wire, answer, seen, request)
        return await self._whole(wire, answer, seen, request)

    async def _whole(self, wire: Any, answer: Answer, seen: Seen, request: web.Request) -> web.StreamResponse:
        body = wire.body(answer, seen)
        if answer.kind == "error_in_stream":
            return web.json_response(wire.error(answer), status=500)
        data = json.dumps(body).encode()
        if answer.kind not in {"drop_in_body", "drip", "broken_off"}:
            return web.Response(body=data, content_type="application/json")
        head = {"content-type": "application/json", "content-length": str(len(data))}
        response = web.StreamResponse(headers=head)
        await response.prepare(request)
        await response.write(data[:20])
        return await self._break(answer, response, request)

    async def _stream(self, wire: Any, answer: Answer, seen: Seen, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for number, event in enumerate(wire.events(answer, seen)):
            if number == 2 and answer.kind == "error_in_stream":
                await response.write(wire.error_event(answer))
                break
            if number == 2 and answer.kind == "broken_off":
                break
            if number == 2 and answer.kind in {"drop_in_body", "drip"}:
                return await self._break(answer, response, request)
            await response.write(event)
        await response.write_eof()
        return response

    async def _break(self, answer: Answer, response: web.StreamResponse, request: web.Request) -> web.StreamResponse:
        """Never finish a body that has begun: drip on for ever, or cut the connection."""
        with suppress(ConnectionResetError):  # the client has had enough
            while answer.kind == "drip":
                await response.write(b" ")
                await asyncio.sleep(0.02)
        if request.transport is not None:
            request.transport.close()
        return response

    async def _sleep_long(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.set_name("slow")
        await asyncio.sleep(_LONG_SECONDS)
