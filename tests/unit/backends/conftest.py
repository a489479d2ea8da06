"""What tests of backends share: the formats, a clock without waiting, and one call against a server on loopback."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from llm_pysc2.backends.names import resolve_name
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.registry import open_line, open_service
from llm_pysc2.backends.service import ServiceBackend
from llm_pysc2.chat import Chat, Completion, Message
from tests.wire.server import WireServer

KEY = "sk-planted-4f1b9c27d0aa"


@dataclass(frozen=True)
class Format:
    """One way to ask one provider."""

    provider: str
    api: Any = "chat"
    stream: bool = False
    model: str = "model-1"

    def __str__(self) -> str:
        return f"{self.provider}-{self.api}{'-stream' if self.stream else ''}"

    def url(self, server: WireServer) -> str:
        return server.openai_url if self.provider == "openai" else server.url

    def options_for(self, server: WireServer, **changes: Any) -> ModelOptions:
        base = ModelOptions(base_url=self.url(server), api=self.api, stream=self.stream)
        return replace(base, **{"timeout_seconds": 20.0, **changes})


FORMATS = [
    Format(provider, api, stream)
    for provider, api in (("openai", "chat"), ("openai", "responses"), ("anthropic", "chat"))
    for stream in (False, True)
]


class QuickClock:
    """The event loop's clock, put forward by every wait instead of waiting."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._skipped = 0.0

    def now(self) -> float:
        return asyncio.get_running_loop().time() + self._skipped

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._skipped += seconds
        await asyncio.sleep(0)


CHAT = Chat((Message("system", "You command."), Message("user", "S1 sees eZ1.")))


def ask(
    form: Format, server: WireServer, chat: Chat = CHAT, clock: QuickClock | None = None, **changes: Any
) -> Completion:
    """Return the answer to one call, with a client of its own."""

    async def main() -> Completion:
        options = form.options_for(server, **changes)
        found = resolve_name(f"{form.provider}/{form.model}", options)
        quick = clock or QuickClock()
        backend = ServiceBackend(found.name, open_service(found), options, open_line(options, clock=quick), clock=quick)
        try:
            return await backend.complete(chat)
        finally:
            await backend.aclose()

    return asyncio.run(main())


@pytest.fixture(params=FORMATS, ids=str)
def form(request: pytest.FixtureRequest) -> Format:
    return request.param


@pytest.fixture(params=[f for f in FORMATS if not f.stream], ids=str)
def whole_form(request: pytest.FixtureRequest) -> Format:
    return request.param


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
