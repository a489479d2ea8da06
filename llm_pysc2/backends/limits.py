"""How fast a run may ask: calls in flight, requests and tokens a minute, shared by everyone who asks one service.

A limiter is one object for all agents of a run on one event loop; a batch splits its limits over its workers.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from llm_pysc2.backends.clock import Clock, LoopClock

BURST_SECONDS = 1.0
"""How much unused rate is kept for later. Short, so that no minute sees more than 1/60 above its limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service allows."""

    max_in_flight: int = 50
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    def split(self, workers: int) -> "Limits":
        """Return the share of one of so many workers.

        >>> Limits(50, 600).split(4)
        Limits(max_in_flight=12, requests_per_minute=150.0, tokens_per_minute=None)
        """
        return Limits(
            max(1, self.max_in_flight // workers),
            None if self.requests_per_minute is None else self.requests_per_minute / workers,
            None if self.tokens_per_minute is None else self.tokens_per_minute / workers,
        )


class Meter:
    """An allowance that refills steadily; it may go into debt, and then everyone waits until it is paid."""

    def __init__(self, per_minute: float, clock: Clock, least: float = 0.0) -> None:
        """Start full. `least` is the smallest capacity, for things that only come whole."""
        self._per_second = per_minute / 60.0
        self._capacity = max(least, self._per_second * BURST_SECONDS)
        self._clock = clock
        self._level = self._capacity
        self._filled_at: float | None = None

    def take(self, amount: float) -> None:
        """Take an amount (or, negative, give it back), into debt if need be."""
        self._refill()
        self._level = min(self._capacity, self._level - amount)

    def seconds_until(self, amount: float) -> float:
        """Return how long until this amount is there; an amount above the capacity needs a full meter only."""
        self._refill()
        missing = min(amount, self._capacity) - self._level
        return max(0.0, missing / self._per_second)

    def _refill(self) -> None:
        now = self._clock.now()
        if self._filled_at is not None:
            self._level = min(self._capacity, self._level + (now - self._filled_at) * self._per_second)
        self._filled_at = now


class Limiter:
    """Lets calls through, first come first served, no faster than the limits."""

    def __init__(self, limits: Limits, clock: Clock | None = None) -> None:
        """Make a limiter for one service; belongs to the event loop it is first used on."""
        self.limits = limits
        self._clock = clock or LoopClock()
        self._slots = asyncio.Semaphore(limits.max_in_flight)
        self._turn = asyncio.Lock()
        self._requests = self._meter(limits.requests_per_minute, least=1.0)
        self._tokens = self._meter(limits.tokens_per_minute)
        self._held_until = 0.0

    @asynccontextmanager
    async def slot(self, tokens: int) -> AsyncIterator[None]:
        """Wait for a free slot and for the rates to allow a request of about so many tokens; hold the slot inside."""
        async with self._slots:
            async with self._turn:
                await self._wait_for_rates(tokens)
            yield

    def correct(self, estimated_tokens: int, used_tokens: int) -> None:
        """Book what a call really used, once the service has said so."""
        if self._tokens is not None:
            self._tokens.take(used_tokens - estimated_tokens)

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long: the service asked for it."""
        self._held_until = max(self._held_until, self._clock.now() + seconds)

    async def _wait_for_rates(self, tokens: int) -> None:
        """Return when a request may go, having booked it. Only the first in line is here."""
        meters = [(self._requests, 1.0), (self._tokens, float(tokens))]
        wanted = [(meter, amount) for meter, amount in meters if meter is not None]
        while True:
            waits = [meter.seconds_until(amount) for meter, amount in wanted]
            wait = max([self._held_until - self._clock.now(), *waits])
            if wait <= 1e-6:  # less than any clock can keep
                break
            await self._clock.sleep(wait)
        for meter, amount in wanted:
            meter.take(amount)

    def _meter(self, per_minute: float | None, least: float = 0.0) -> Meter | None:
        return None if per_minute is None else Meter(per_minute, self._clock, least)
