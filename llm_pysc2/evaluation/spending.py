"""What a batch has used of its budget, read from its traces, and how the rest is split over its workers."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from llm_pysc2.backends import BudgetLimits
from llm_pysc2.errors import TraceError
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.orchestrator.events import Answered, EpisodeStarted, Reflected
from llm_pysc2.orchestrator.trace import read_trace

_NOT_PAID_FOR = ("Observed", "Asked", "AgentIntroduced", "Decided")


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and money that went to models; money only as far as prices are known."""

    tokens: int = 0
    """Input and output, cached input included."""
    usd: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens + other.tokens, self.usd + other.usd)


def spent_in(paths: Iterable[Path], prices: PriceList | None = None) -> Spent:
    """Return what the episodes of traces used, those cut off included; files that are no trace count nothing."""
    prices = prices or PriceList()
    return sum((_spent_in(path, prices) for path in paths), Spent())


def _spent_in(path: Path, prices: PriceList) -> Spent:
    models: dict[str, str] = {}
    calls: list[Answered | Reflected] = []
    try:
        for event in read_trace(path, without=_NOT_PAID_FOR):
            if isinstance(event, EpisodeStarted):
                models = event.models
            elif isinstance(event, Answered | Reflected):
                calls.append(event)
    except TraceError:
        pass
    tokens = sum(call.input_tokens + call.output_tokens for call in calls)
    return Spent(tokens, prices.cost(models, calls).known_usd)


def left_of(budget: BudgetLimits, spent: Spent) -> BudgetLimits:
    """Return what is left of a budget.

    >>> left_of(BudgetLimits(tokens=1000, usd=2.0), Spent(tokens=1200, usd=0.5))
    BudgetLimits(tokens=0, usd=1.5)
    """
    tokens = None if budget.tokens is None else max(0, budget.tokens - spent.tokens)
    return BudgetLimits(tokens, None if budget.usd is None else max(0.0, budget.usd - spent.usd))


def part_of(budget: BudgetLimits, workers: int) -> BudgetLimits:
    """Return one of so many equal parts of a budget.

    >>> part_of(BudgetLimits(tokens=1001), 2)
    BudgetLimits(tokens=500, usd=None)
    """
    tokens = None if budget.tokens is None else budget.tokens // workers
    return BudgetLimits(tokens, None if budget.usd is None else budget.usd / workers)
