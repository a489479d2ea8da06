import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from llm_pysc2.orchestrator import game_thread
from llm_pysc2.orchestrator.game_thread import GameThread
from llm_pysc2.world.command import Command
from llm_pysc2.world.view import WorldView


class HungGame:
    """Never answers a step before it is broken off."""

    name = "hung"

    def __init__(self) -> None:
        self.called: list[str] = []
        self._broken_off = threading.Event()

    def reset(self) -> WorldView:
        raise NotImplementedError

    def step(self, _commands: Sequence[Command], _loops: int) -> WorldView:
        self.called.append("step")
        assert self._broken_off.wait(20)
        raise ConnectionError("the game is gone")

    def close(self) -> None:
        self.called.append("close")

    def abort(self) -> None:
        self.called.append("abort")
        self._broken_off.set()


def test_closing_breaks_off_a_call_that_nobody_waits_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(game_thread, "GRACE_SECONDS", 0.05)
    game = HungGame()

    async def interrupt() -> None:
        thread = GameThread(game)
        step = asyncio.create_task(thread.step((), 1))
        await asyncio.sleep(0.05)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
        await thread.close()

    started = time.monotonic()
    asyncio.run(interrupt())
    assert game.called == ["step", "abort", "close"]
    assert time.monotonic() - started < 10


def test_a_game_that_is_not_waited_for_is_closed_in_order():
    game = HungGame()
    asyncio.run(GameThread(game).close())
    assert game.called == ["close"]
