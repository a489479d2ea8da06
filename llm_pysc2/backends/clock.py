"""The clock that limits, retries and deadlines run on; another one is put in where nobody wants to wait."""

import asyncio
from typing import Protocol


class Clock(Protocol):
    """A clock that never goes backwards, and a way to wait on it."""

    def now(self) -> float:
        """Return seconds since some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        ...


class LoopClock:
    """The running event loop's own clock."""

    def now(self) -> float:
        """Return seconds on the clock of the running event loop."""
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        await asyncio.sleep(seconds)
