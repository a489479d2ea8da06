"""A model service as a backend: one attempt after the other, within limits, until there is an answer or no hope.

Knows no provider: `openai_chat`, `openai_responses` and `anthropic_messages` make the single attempts.
"""

import asyncio
from dataclasses import dataclass, field, replace
from random import Random
from typing import Protocol

from llm_pysc2.backends.circuit_breaker import CircuitBreaker
from llm_pysc2.backends.clock import Clock, LoopClock
from llm_pysc2.backends.faults import Caller, Fault, timeout_fault
from llm_pysc2.backends.limits import Limiter
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.retry import RetryBudget, backoff_seconds
from llm_pysc2.backends.tokens import estimate_tokens
from llm_pysc2.chat import Chat, Completion
from llm_pysc2.errors import ModelServiceError

LONGEST_ANSWER_CHARACTERS = 200_000


class Service(Protocol):
    """One model at one service, asked once: no retries, no limits."""

    caller: Caller

    async def ask(self, chat: Chat) -> Completion | Fault:
        """Return the answer to a chat, or what went wrong."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


@dataclass(slots=True)
class Line:
    """What all callers of one service share in a run."""

    limiter: Limiter
    breaker: CircuitBreaker
    retries: RetryBudget = field(default_factory=RetryBudget)


@dataclass(slots=True)
class _Call:
    """How one call is going."""

    faults: list[str] = field(default_factory=list)
    counted_faults: int = 0
    """Those that were not part of an outage, during which nobody is to blame for trying."""
    spent_seconds: float = 0.0
    """In attempts and waits between them; pauses and queues of the run are not the call's fault."""


class ServiceBackend:
    """A backend that asks a model service."""

    def __init__(
        self,
        name: str,
        service: Service,
        options: ModelOptions,
        line: Line,
        *,
        clock: Clock | None = None,
        seed: int = 0,
    ) -> None:
        """Put retries, limits and deadlines around a service. `seed` is for the jitter of waits only."""
        self.name = name
        self._service = service
        self._options = options
        self._line = line
        self._clock = clock or LoopClock()
        self._chance = Random(seed)

    def __repr__(self) -> str:
        """Return a form without secrets."""
        return f"ServiceBackend({self.name!r}, {self._service.caller!r})"

    async def complete(self, chat: Chat) -> Completion:
        """Return the answer to a chat. Raises ModelServiceError when all attempts failed or none would help."""
        call = _Call()
        self._line.retries.earn()
        while True:
            await self._line.breaker.passable()
            outcome = await self._attempt(chat, call)
            if isinstance(outcome, Completion):
                return replace(
                    outcome, latency_seconds=call.spent_seconds, retries=len(call.faults), faults=tuple(call.faults)
                )
            self._take_note(outcome, call)
            wait = self._wait_before_retry(outcome, call)
            if wait is not None:
                await self._clock.sleep(wait)
                call.spent_seconds += wait

    async def aclose(self) -> None:
        """Close the connections."""
        await self._service.aclose()

    async def _attempt(self, chat: Chat, call: _Call) -> Completion | Fault:
        """Ask once, when the limits allow it, for no longer than the attempt and the call may take."""
        estimate = estimate_tokens(chat)
        try:
            async with self._line.limiter.slot(estimate):
                started = self._clock.now()
                outcome = await self._ask(chat, self._longest_attempt(call))
                call.spent_seconds += self._clock.now() - started
        except asyncio.CancelledError:
            self._line.breaker.abandoned()
            raise
        if isinstance(outcome, Completion):
            outcome = _shortened(outcome)
            self._line.breaker.succeeded()
            self._line.limiter.correct(estimate, outcome.usage.input_tokens + outcome.usage.output_tokens)
        return outcome

    async def _ask(self, chat: Chat, longest_seconds: float) -> Completion | Fault:
        try:
            async with asyncio.timeout(longest_seconds):
                return await self._service.ask(chat)
        except TimeoutError:
            return timeout_fault(longest_seconds, self._service.caller)

    def _longest_attempt(self, call: _Call) -> float:
        return max(0.001, min(self._options.timeout_seconds, self._options.deadline_seconds - call.spent_seconds))

    def _take_note(self, fault: Fault, call: _Call) -> None:
        """Count a fault, and tell the others what it means for them."""
        call.faults.append(fault.error.kind)
        if fault.service_down or (self._line.breaker.is_down and fault.error.kind == "timeout"):
            self._line.breaker.failed(str(fault.error))
        elif fault.error.kind == "timeout":
            self._line.breaker.abandoned()
        else:
            self._line.breaker.succeeded()
        if not self._line.breaker.is_down:
            call.counted_faults += 1
        if fault.retry_after_seconds is not None:
            self._line.limiter.hold(min(fault.retry_after_seconds, self._options.deadline_seconds))

    def _wait_before_retry(self, fault: Fault, call: _Call) -> float | None:
        """Return the seconds to wait, or None to ask again as soon as an outage lets it. Raises the fault's error."""
        if not fault.retry or self._line.breaker.is_hopeless:
            raise _final(fault.error, call, "")
        if self._line.breaker.is_down:
            return None
        if call.counted_faults >= self._options.max_attempts:
            raise _final(fault.error, call, f"; gave up after {len(call.faults)} attempts")
        wait = backoff_seconds(call.counted_faults, fault.retry_after_seconds, self._chance)
        if call.spent_seconds + wait >= self._options.deadline_seconds:
            raise _final(
                fault.error, call, f"; no time for another attempt within {self._options.deadline_seconds:g} s"
            )
        if not self._line.retries.spend():
            raise _final(fault.error, call, "; the run has used up its retries")
        return wait


def _shortened(answer: Completion) -> Completion:
    """Return the answer, cut where it is longer than anything that could be meant."""
    if len(answer.text) <= LONGEST_ANSWER_CHARACTERS:
        return answer
    return replace(answer, text=answer.text[:LONGEST_ANSWER_CHARACTERS], stop_reason="length")


def _final(error: ModelServiceError, call: _Call, why: str) -> ModelServiceError:
    """Return the error that ends a call, with its reason and the faults behind it."""
    final = type(error)(f"{error}{why}")
    final.faults = tuple(call.faults)
    return final
