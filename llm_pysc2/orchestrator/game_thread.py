"""A blocking game in a thread of its own, so that the event loop is free for other episodes while it computes."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from llm_pysc2.world.command import Command
from llm_pysc2.world.view import WorldView

T = TypeVar("T")


class Game(Protocol):
    """A game whose calls block; they come one at a time and all from the same thread."""

    @property
    def name(self) -> str:
        """The game and its version; known after the reset."""
        ...

    def reset(self) -> WorldView:
        """Start the game and return the first observation."""
        ...

    def step(self, commands: Sequence[Command], loops: int) -> WorldView:
        """Carry out commands, let the game run, and return what is seen then."""
        ...

    def close(self) -> None:
        """End the game."""
        ...


class GameThread:
    """The same game, asynchronous."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="game")

    @property
    def name(self) -> str:
        """The game and its version; known after the reset."""
        return self._game.name

    async def reset(self) -> WorldView:
        """Start the game and return the first observation."""
        return await self._call(self._game.reset)

    async def step(self, commands: Sequence[Command], loops: int) -> WorldView:
        """Carry out commands, let the game run, and return what is seen then."""
        return await self._call(lambda: self._game.step(commands, loops))

    async def close(self) -> None:
        """End the game and its thread."""
        try:
            await self._call(self._game.close)
        finally:
            self._thread.shutdown(wait=False)

    async def _call(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)
