"""What the calls of one agent, or of many, came to: tokens, money, time, retries and failures."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from llm_pysc2.chat import Completion
from llm_pysc2.errors import ModelServiceError


@dataclass(slots=True)
class Tally:
    """Counts over calls."""

    calls: int = 0
    answers: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    cache_written_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    usd: float = 0.0
    unpriced_tokens: int = 0
    """Tokens of models whose price is unknown: not in `usd`."""
    latencies_seconds: list[float] = field(default_factory=list)
    stops: Counter[str] = field(default_factory=Counter)
    """Answers by the reason why the model stopped."""
    faults: Counter[str] = field(default_factory=Counter)
    """Failed attempts by kind, those that a retry made good included."""
    failures: Counter[str] = field(default_factory=Counter)
    """Calls that ended without an answer, by kind."""

    @property
    def retries(self) -> int:
        """How often a call was repeated: every fault but the last of a call that failed."""
        return sum(self.faults.values()) - sum(self.failures.values())

    def add_answer(self, answer: Completion, usd: float | None) -> None:
        """Count an answer, with its cost or None where the price is unknown."""
        usage = answer.usage
        self.calls += 1
        self.answers += 1
        self.input_tokens += usage.input_tokens
        self.cached_tokens += usage.cached_tokens
        self.cache_written_tokens += usage.cache_written_tokens
        self.output_tokens += usage.output_tokens
        self.reasoning_tokens += usage.reasoning_tokens
        if usd is None:
            self.unpriced_tokens += usage.input_tokens + usage.output_tokens
        self.usd += usd or 0.0
        self.latencies_seconds.append(answer.latency_seconds)
        self.stops[answer.stop_reason] += 1
        self.faults.update(answer.faults)

    def add_failure(self, error: ModelServiceError) -> None:
        """Count a call that ended without an answer."""
        self.calls += 1
        self.failures[error.kind] += 1
        self.faults.update(error.faults or (error.kind,))

    def merge(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, name, mine + theirs)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a report; latencies as p50 and p95 in seconds."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "latencies_seconds"}
        sorted_counters = {
            name: dict(sorted(value.items())) for name, value in plain.items() if isinstance(value, Counter)
        }
        ordered = sorted(self.latencies_seconds)
        quantiles = {
            f"latency_p{percent}_seconds": ordered[int((len(ordered) - 1) * percent / 100)] if ordered else 0.0
            for percent in (50, 95)
        }
        return plain | sorted_counters | quantiles | {"retries": self.retries}
