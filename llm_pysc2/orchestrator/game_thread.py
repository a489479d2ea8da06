"""A blocking game in a thread of its own, so that the event loop is free for other episodes while it computes."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import WorldView

T = TypeVar("T")
GRACE_SECONDS = 2.0
"""How long a call that nobody waits for any more may go on before the game is broken off."""


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

    def query_abilities(self, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return what each of the own units can do now."""
        ...

    def query_placements(self, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
        """Return whether what an ability makes could stand at each of some places."""
        ...

    def close(self) -> None:
        """End the game."""
        ...

    def abort(self) -> None:
        """Break off the call that is running; the one method that may be called from another thread meanwhile."""
        ...


class GameThread:
    """The same game, asynchronous."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="game")
        self._running: Future[Any] | None = None

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

    async def query_abilities(self, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return what each of the own units can do now."""
        return await self._call(lambda: self._game.query_abilities(unit_tags))

    async def query_placements(self, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
        """Return whether what an ability makes could stand at each of some places."""
        return await self._call(lambda: self._game.query_placements(ability_id, places, builder_tag))

    async def close(self) -> None:
        """End the game and its thread, also where an interrupt has left a call that a hung game never answers."""
        try:
            if self._running is not None and not self._running.done():
                await asyncio.wait({asyncio.wrap_future(self._running)}, timeout=GRACE_SECONDS)
                if not self._running.done():
                    self._game.abort()
            await self._call(self._game.close)
        finally:
            self._thread.shutdown(wait=False)

    async def _call(self, function: Callable[[], T]) -> T:
        running = self._thread.submit(function)
        self._running = running
        return await asyncio.wrap_future(running)
