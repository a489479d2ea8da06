"""Limits on a clock that jumps: an hour passes in a moment."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_pysc2.backends.limits import Limiter, Limits
from tests.jumping_clock import run

HOUR = 3600.0


async def _ask_for(seconds: float, limiter: Limiter, tokens: list[int], answer_seconds: float, callers: int) -> list:
    """Let callers ask one call after the other; return (moment, tokens) of each call that began in time."""
    loop = asyncio.get_running_loop()
    began: list[tuple[float, int]] = []
    start = loop.time()

    async def caller(number: int) -> None:
        while True:
            size = tokens[(number + len(began)) % len(tokens)]
            async with limiter.slot(size):
                if loop.time() - start >= seconds:
                    return
                began.append((loop.time() - start, size))
                await asyncio.sleep(answer_seconds)

    async with asyncio.TaskGroup() as group:
        for number in range(callers):
            group.create_task(caller(number))
    return began


@pytest.mark.parametrize("per_minute", [7, 60, 500, 1000])
def test_requests_hold_to_two_percent_over_an_hour(per_minute: int) -> None:
    limiter = Limiter(Limits(max_in_flight=500, requests_per_minute=per_minute))
    began = run(_ask_for(HOUR, limiter, [1000], answer_seconds=2.0, callers=200))
    assert len(began) == pytest.approx(per_minute * 60, rel=0.02)
    minutes = Counter(int(moment // 60) for moment, _ in began)
    assert max(minutes.values()) <= per_minute * 1.02 + 1


@pytest.mark.parametrize("per_minute", [20_000, 400_000])
def test_tokens_hold_to_two_percent_over_an_hour(per_minute: int) -> None:
    limiter = Limiter(Limits(max_in_flight=500, tokens_per_minute=per_minute))
    began = run(_ask_for(HOUR, limiter, [300, 2500, 900, 8000], answer_seconds=2.0, callers=100))
    assert sum(size for _, size in began) == pytest.approx(per_minute * 60, rel=0.02)


def test_tokens_that_were_guessed_wrong_are_made_up_for() -> None:
    limiter = Limiter(Limits(max_in_flight=100, tokens_per_minute=60_000))

    async def main() -> int:
        loop = asyncio.get_running_loop()
        start, used = loop.time(), 0
        while loop.time() - start < HOUR:
            async with limiter.slot(1000):
                used += 1700
                limiter.correct(1000, 1700)
        return used

    assert run(main()) == pytest.approx(60_000 * 60, rel=0.02)


def test_both_rates_hold_together() -> None:
    limiter = Limiter(Limits(max_in_flight=500, requests_per_minute=100, tokens_per_minute=50_000))
    began = run(_ask_for(HOUR, limiter, [200], answer_seconds=1.0, callers=50))
    assert len(began) == pytest.approx(6000, rel=0.02)
    began = run(_ask_for(HOUR, Limiter(limiter.limits), [1000], answer_seconds=1.0, callers=50))
    assert len(began) == pytest.approx(3000, rel=0.02)


@pytest.mark.parametrize("workers", [2, 7])
def test_workers_together_hold_to_two_percent_over_an_hour(workers: int) -> None:
    share = Limits(max_in_flight=500, requests_per_minute=300, tokens_per_minute=120_000).split(workers)

    async def batch() -> list[list[tuple[float, int]]]:
        limiters = [Limiter(share) for _ in range(workers)]
        return list(await asyncio.gather(*(_ask_for(HOUR, one, [500], 3.0, 20) for one in limiters)))

    began = [call for calls in run(batch()) for call in calls]
    assert sum(size for _, size in began) == pytest.approx(120_000 * 60, rel=0.02)
    assert len(began) < 300 * 60 * 1.02


def test_no_more_in_flight_than_allowed() -> None:
    limiter = Limiter(Limits(max_in_flight=7))
    most = now = 0

    async def call() -> None:
        nonlocal most, now
        async with limiter.slot(10):
            now += 1
            most = max(most, now)
            await asyncio.sleep(1.0)
            now -= 1

    async def main() -> float:
        start = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for _ in range(70):
                group.create_task(call())
        return asyncio.get_running_loop().time() - start

    assert run(main()) == pytest.approx(10.0)
    assert most == 7


def test_first_come_first_served() -> None:
    limiter = Limiter(Limits(max_in_flight=3, requests_per_minute=60))
    order: list[int] = []

    async def call(number: int) -> None:
        async with limiter.slot(10):
            order.append(number)

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(20):
                group.create_task(call(number))

    run(main())
    assert order == list(range(20))


def test_service_that_asks_to_wait_holds_everybody() -> None:
    async def main() -> list[float]:
        limiter = Limiter(Limits())
        loop = asyncio.get_running_loop()
        start = loop.time()
        limiter.hold(30.0)
        moments = []
        for _ in range(3):
            async with limiter.slot(1):
                moments.append(loop.time() - start)
        return moments

    assert run(main()) == pytest.approx([30.0, 30.0, 30.0])


def test_caller_that_is_cancelled_takes_nothing() -> None:
    async def main() -> float:
        limiter = Limiter(Limits(max_in_flight=1, requests_per_minute=60))
        loop = asyncio.get_running_loop()
        start = loop.time()
        async with limiter.slot(1):
            waiting = [asyncio.create_task(_enter(limiter)) for _ in range(50)]
            await asyncio.sleep(0.5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        async with limiter.slot(1):
            return loop.time() - start

    assert run(main()) == pytest.approx(1.0)


async def _enter(limiter: Limiter) -> None:
    async with limiter.slot(1):
        pass


def test_workers_share_the_limits() -> None:
    whole = Limits(max_in_flight=10, requests_per_minute=90, tokens_per_minute=1000)
    assert whole.split(4) == Limits(2, 22.5, 250.0)
    assert Limits(max_in_flight=2).split(5).max_in_flight == 1


@settings(max_examples=30, deadline=None)
@given(
    per_minute=st.integers(10, 100_000),
    sizes=st.lists(st.integers(1, 50_000), min_size=1, max_size=6),
    callers=st.integers(1, 20),
)
def test_never_faster_than_the_rate_and_the_largest_call(per_minute: int, sizes: list[int], callers: int) -> None:
    limiter = Limiter(Limits(max_in_flight=100, tokens_per_minute=per_minute))
    began = run(_ask_for(600.0, limiter, sizes, answer_seconds=5.0, callers=callers))
    total = 0
    for moment, size in began:
        total += size
        assert total <= per_minute / 60 * (moment + 1.0) + max(sizes) + 1e-6
