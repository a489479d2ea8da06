"""When a service is down for everybody: pause the run, say so, try now and then, and carry on when it is back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from llm_pysc2.backends.clock import Clock, LoopClock

Notify = Callable[[str], None]
"""Shows one line to the person who watches the run."""


def say_nothing(_line: str) -> None:
    """Show nothing, where nobody watches."""


@dataclass(frozen=True, slots=True)
class CircuitBreakerRules:
    """When a service counts as down, and how patiently it is waited for."""

    faults_in_a_row: int = 8
    first_probe_seconds: float = 5.0
    longest_probe_seconds: float = 60.0
    give_up_seconds: float = 3600.0
    """After so long, calls fail instead of waiting on."""


class CircuitBreaker:
    """Watches one service. Only a service that has answered before in this run can go down and be waited for."""

    def __init__(
        self, rules: CircuitBreakerRules | None = None, clock: Clock | None = None, notify: Notify | None = None
    ) -> None:
        """Make a watch for one service; `notify` is told when the run pauses and when it continues."""
        self._rules = rules or CircuitBreakerRules()
        self._clock = clock or LoopClock()
        self._notify = notify or say_nothing
        self._faults_in_a_row = 0
        self._answered = False
        self._down_since: float | None = None
        self._probe_at = 0.0
        self._probe_wait = 0.0
        self._probing = False
        self._back = asyncio.Event()

    @property
    def is_down(self) -> bool:
        """Whether the run is waiting for the service."""
        return self._down_since is not None

    @property
    def is_hopeless(self) -> bool:
        """Whether the service has been away for longer than anybody should wait."""
        return self._down_since is not None and self._clock.now() - self._down_since > self._rules.give_up_seconds

    async def passable(self) -> float:
        """Return once a call may be tried, with the seconds it was paused: at once, or as the next probe."""
        started = self._clock.now()
        while self.is_down and not self.is_hopeless:
            wait = self._probe_at - self._clock.now()
            if wait <= 0 and not self._probing:
                self._probing = True
                break
            await self._wait(max(wait, self._rules.first_probe_seconds if self._probing else 0.0))
        return self._clock.now() - started

    def succeeded(self) -> None:
        """Take note that the service answered."""
        self._answered = True
        self._faults_in_a_row = 0
        self._probing = False
        if self._down_since is not None:
            away = self._clock.now() - self._down_since
            self._down_since = None
            self._back.set()
            self._notify(f"the model service is back after {away:.0f} s; the run continues")

    def abandoned(self) -> None:
        """Take note that a call ended without a word about the service, such as by being cancelled."""
        self._probing = False

    def failed(self, reason: str) -> None:
        """Take note of a fault that speaks for the whole service."""
        self._faults_in_a_row += 1
        self._probing = False
        if self.is_down:
            self._probe_wait = min(self._probe_wait * 2, self._rules.longest_probe_seconds)
            self._probe_at = self._clock.now() + self._probe_wait
        elif self._answered and self._faults_in_a_row >= self._rules.faults_in_a_row:
            self._down_since = self._clock.now()
            self._probe_wait = self._rules.first_probe_seconds
            self._probe_at = self._clock.now() + self._probe_wait
            self._back.clear()
            self._notify(f"the model service is down; the run pauses until it is back ({reason})")

    async def _wait(self, seconds: float) -> None:
        """Wait so long, or until the service is back."""
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        back = asyncio.ensure_future(self._back.wait())
        try:
            await asyncio.wait({sleeping, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            back.cancel()
