"""A service that goes down: the run pauses, says so, tries now and then, and goes on. On a clock that jumps."""

import asyncio
from dataclasses import dataclass, field

import pytest

from llm_pysc2.backends.circuit_breaker import CircuitBreaker, CircuitBreakerRules
from llm_pysc2.backends.faults import Caller, Fault, status_fault, timeout_fault, unreachable_fault
from llm_pysc2.backends.limits import Limiter, Limits
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.retry import RetryBudget
from llm_pysc2.backends.service import Line, ServiceBackend
from llm_pysc2.chat import Chat, Completion, Message
from llm_pysc2.errors import ModelBusyError, ModelTimeoutError, ModelUnreachableError
from tests.jumping_clock import run

CALLER = Caller("m", "http://127.0.0.1:1/v1", "key", "OPENAI_API_KEY")
CHAT = Chat((Message("user", "S1"),))


@dataclass
class Sometimes:
    """A service that is down between two moments, in seconds from its first call."""

    down: tuple[float, float] = (0.0, 0.0)
    answer_seconds: float = 1.0
    fault: Fault = field(default_factory=lambda: unreachable_fault("refused", CALLER))
    caller: Caller = CALLER
    asked: list[float] = field(default_factory=list)
    start: float | None = None

    async def ask(self, chat: Chat) -> Completion | Fault:
        now = asyncio.get_running_loop().time()
        self.start = now if self.start is None else self.start
        self.asked.append(now - self.start)
        if self.down[0] <= now - self.start < self.down[1]:
            return self.fault
        await asyncio.sleep(self.answer_seconds)
        return Completion(chat.last_text, "m")

    async def aclose(self) -> None:
        pass


def _backend(service: Sometimes, notices: list[str] | None = None, **options: float) -> ServiceBackend:
    outage = CircuitBreaker(
        CircuitBreakerRules(faults_in_a_row=5), notify=(notices if notices is not None else []).append
    )
    line = Line(Limiter(Limits()), outage, RetryBudget())
    return ServiceBackend("openai/m", service, ModelOptions(**options), line)


async def _agents(backend: ServiceBackend, agents: int, turns: int) -> list[Completion | BaseException]:
    async def play() -> list[Completion]:
        return [await backend.complete(CHAT) for _ in range(turns)]

    results = await asyncio.gather(*(play() for _ in range(agents)), return_exceptions=True)
    return [one for result in results for one in (result if isinstance(result, list) else [result])]


def test_run_pauses_and_continues() -> None:
    service, notices = Sometimes(down=(10.0, 1000.0)), []
    answers = run(_agents(_backend(service, notices), agents=6, turns=20))
    assert all(isinstance(answer, Completion) for answer in answers)
    assert len(answers) == 120
    assert len(notices) == 2
    assert "is down; the run pauses" in notices[0]
    assert "refused" in notices[0]
    assert "is back after" in notices[1]
    tried = [moment for moment in service.asked if 20.0 < moment < 1000.0]
    assert 10 < len(tried) < 40  # now and then, and not by everybody
    assert max(answer.latency_seconds for answer in answers) < 60.0  # the pause is not the model's latency


def test_service_that_never_answered_fails_soon() -> None:
    service, notices = Sometimes(down=(0.0, 1e9)), []

    async def main() -> float:
        start = asyncio.get_running_loop().time()
        with pytest.raises(ModelUnreachableError, match="gave up after 6 attempts"):
            await _backend(service, notices).complete(CHAT)
        return asyncio.get_running_loop().time() - start

    assert run(main()) < 60.0
    assert notices == []


def test_endless_outage_is_given_up() -> None:
    service = Sometimes(down=(10.0, 1e9))
    answers = run(_agents(_backend(service), agents=3, turns=50))
    failed = [answer for answer in answers if not isinstance(answer, Completion)]
    assert len(failed) == 3
    assert all(isinstance(error, ModelUnreachableError) for error in failed)
    assert 3600.0 < service.asked[-1] < 4000.0


def test_timeouts_and_rate_limits_are_no_outage() -> None:
    for fault, error in (
        (timeout_fault(1.0, CALLER), ModelTimeoutError),
        (status_fault(429, {}, "slow down", CALLER), ModelBusyError),
    ):
        notices: list[str] = []
        service = Sometimes(down=(10.0, 1e9), fault=fault)
        answers = run(_agents(_backend(service, notices), agents=3, turns=50))
        assert [type(answer) for answer in answers if not isinstance(answer, Completion)] == [error] * 3
        assert notices == []


def test_deadline_bounds_a_call() -> None:
    async def main() -> float:
        start = asyncio.get_running_loop().time()
        with pytest.raises(ModelTimeoutError, match="no time for another attempt within 300 s"):
            await _backend(Sometimes(answer_seconds=1e6)).complete(CHAT)
        return asyncio.get_running_loop().time() - start

    assert 240.0 <= run(main()) <= 300.0


def test_waiting_for_the_own_limits_does_not_count() -> None:
    async def main() -> list[Completion]:
        line = Line(Limiter(Limits(requests_per_minute=1)), CircuitBreaker())
        backend = ServiceBackend("m", Sometimes(), ModelOptions(deadline_seconds=5.0), line)
        return list(await asyncio.gather(*(backend.complete(CHAT) for _ in range(20))))

    assert [answer.latency_seconds for answer in run(main())] == pytest.approx([1.0] * 20)


def test_run_out_of_retries_fails_fast() -> None:
    async def main() -> int:
        service = Sometimes(down=(0.0, 1e9), fault=status_fault(429, {}, "", CALLER))
        line = Line(Limiter(Limits()), CircuitBreaker(), RetryBudget(per_call=0.1, left=10.0))
        backend = ServiceBackend("m", service, ModelOptions(), line)
        for _ in range(100):
            with pytest.raises(ModelBusyError):
                await backend.complete(CHAT)
        return len(service.asked)

    assert 100 < run(main()) <= 100 + 10 + 10


def test_cancelled_call_leaves_no_trace() -> None:
    async def main() -> list[float]:
        service = Sometimes(answer_seconds=50.0)
        backend = _backend(service, max_in_flight=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5.0):
                await backend.complete(CHAT)
        await backend.complete(CHAT)
        return service.asked

    assert run(main()) == pytest.approx([0.0, 5.0])
