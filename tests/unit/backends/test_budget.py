"""Tokens and money: what is counted, what is stopped, and what is said about unknown prices."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_pysc2 import packs
from llm_pysc2.backends.budget import Budget, BudgetLimits, Expected
from llm_pysc2.backends.options import Price
from llm_pysc2.backends.prices import cost_usd, find_prices, load_prices, price_of
from llm_pysc2.backends.tally import Tally
from llm_pysc2.chat import Completion, Usage
from llm_pysc2.errors import BudgetSpentError, ModelBusyError, PackError
from tests.jumping_clock import run

PRICE = Price(input_usd=2.0, output_usd=10.0, cached_usd=0.2, cache_written_usd=2.5)


def reserve(budget: Budget, input_tokens: int, price: Price | None = PRICE) -> Expected:
    return run(budget.reserve(input_tokens, price))


def test_cost_counts_each_kind_of_token_once() -> None:
    usage = Usage(
        input_tokens=1_000_000,
        cached_tokens=500_000,
        cache_written_tokens=100_000,
        output_tokens=200_000,
        reasoning_tokens=150_000,
    )
    assert cost_usd(usage, PRICE) == pytest.approx(0.4 * 2.0 + 0.5 * 0.2 + 0.1 * 2.5 + 0.2 * 10.0)
    assert cost_usd(usage, Price(2.0, 10.0)) == pytest.approx(4.0)


def test_shipped_prices_are_whole_and_dated() -> None:
    prices = load_prices(packs.shipped_root() / "agents" / "models" / "prices.toml")
    assert len(prices) > 5
    for name, price in prices.items():
        assert name.split("/")[0] in {"openai", "anthropic"}
        assert 0 < (price.cached_usd or price.input_usd) <= price.input_usd < price.output_usd < 200
        assert len(price.checked) == 10
    assert price_of("anthropic", "claude-sonnet-4-5-20250929", prices) is not None
    assert price_of("openai", "gpt-of-next-year", prices) is None


def test_pack_of_the_users_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "agents" / "models"
    folder.mkdir(parents=True)
    (folder / "prices.toml").write_text(
        '["openai/gpt-5-mini"]\ninput_usd_per_million_tokens = 7\noutput_usd_per_million_tokens = 8\n'
    )
    monkeypatch.setattr(packs, "_user_packs", [tmp_path])
    assert find_prices()["openai/gpt-5-mini"] == Price(7, 8)


@pytest.mark.parametrize("text", ['["a/b"]\ninput = 3', '["a/b"]\ninput_usd_per_million_tokens = -1', "a = 3"])
def test_broken_table_names_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(PackError, match=r"prices\.toml: a"):
        load_prices(path)


def test_what_does_not_fit_is_not_asked() -> None:
    budget = Budget(BudgetLimits(tokens=10_000))
    for _ in range(6):
        expected = reserve(budget, 1000)
        budget.settle(expected, Usage(input_tokens=1100, output_tokens=400), PRICE)
    with pytest.raises(BudgetSpentError, match="budget of 10000 tokens is spent: 9000 used") as caught:
        reserve(budget, 1000)
    assert caught.value.stops_run


def test_money_of_calls_in_flight_is_set_aside() -> None:
    budget = Budget(BudgetLimits(usd=0.05))
    most = now = 0

    async def call() -> None:
        nonlocal most, now
        expected = await budget.reserve(1000, PRICE)  # 1000 x $2 + 500 x $10 a million: $0.007
        now += 1
        most = max(most, now)
        await asyncio.sleep(1.0 + most / 10)  # so that one at a time is done
        now -= 1
        budget.settle(expected, None, PRICE)

    async def main() -> None:
        await asyncio.gather(*(call() for _ in range(30)))

    run(main())
    assert (most, budget.usd, budget.tokens) == (7, 0.0, 0)


def test_those_who_wait_are_told_when_the_budget_is_spent() -> None:
    budget = Budget(BudgetLimits(tokens=4000))

    async def call() -> None:
        expected = await budget.reserve(1000, None)
        await asyncio.sleep(1.0)
        budget.settle(expected, Usage(input_tokens=1000, output_tokens=900), None)

    async def main() -> list[BaseException | None]:
        return await asyncio.gather(*(call() for _ in range(10)), return_exceptions=True)

    outcomes = run(main())
    assert outcomes.count(None) == 2
    assert sum(isinstance(outcome, BudgetSpentError) for outcome in outcomes) == 8


def test_episode_counts_towards_the_run() -> None:
    whole = Budget(BudgetLimits(tokens=5000))
    first, second = (Budget(BudgetLimits(tokens=4000), name="episode", within=whole) for _ in range(2))
    usage = Usage(input_tokens=2900, output_tokens=100)
    first.settle(reserve(first, 2000, None), usage, None)
    with pytest.raises(BudgetSpentError, match="the episode's budget"):
        reserve(first, 2000, None)
    with pytest.raises(BudgetSpentError, match="the run's budget"):
        reserve(second, 2000, None)
    assert (whole.tokens, whole.unpriced_tokens, second.tokens) == (3000, 3000, 0)


@given(
    limit=st.integers(100, 50_000),
    calls=st.lists(st.tuples(st.integers(1, 3000), st.booleans()), max_size=60),
)
def test_budget_that_is_guessed_right_is_never_exceeded(limit: int, calls: list[tuple[int, bool]]) -> None:
    budget = Budget(BudgetLimits(tokens=limit))
    for size, answered in calls:
        try:
            expected = reserve(budget, size, None)
        except BudgetSpentError:
            continue
        assert budget.tokens + expected.tokens <= limit
        output = expected.tokens - size
        budget.settle(expected, Usage(input_tokens=size, output_tokens=output) if answered else None, None)
        assert budget.tokens <= limit


def test_tally_counts_and_merges() -> None:
    one, two = Tally(), Tally()
    one.add_answer(Completion("x", "m", Usage(10, 5, 1, 4, 2), 1.0, "stop", 1, ("busy",)), 0.5)
    one.add_answer(Completion("", "m", Usage(10, 0, 0, 4), 3.0, "empty"), None)
    error = ModelBusyError("no")
    error.faults = ("busy", "timeout", "busy")
    two.add_failure(error)
    one.merge(two)
    plain = one.as_dict()
    assert (plain["calls"], plain["answers"], plain["input_tokens"], plain["output_tokens"]) == (3, 2, 20, 8)
    assert (plain["usd"], plain["unpriced_tokens"], plain["retries"]) == (0.5, 14, 3)
    assert plain["faults"] == {"busy": 3, "timeout": 1}
    assert plain["failures"] == {"busy": 1}
    assert plain["stops"] == {"empty": 1, "stop": 1}
    assert (plain["latency_p50_seconds"], plain["latency_p95_seconds"]) == (1.0, 1.0)
    assert Tally().as_dict()["latency_p95_seconds"] == 0.0
