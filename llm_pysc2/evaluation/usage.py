"""What each agent of a run used: questions, tokens, money, time, retries and faults, from the traces."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.score import find_finished
from llm_pysc2.evaluation.statistics import percentile
from llm_pysc2.orchestrator.events import Answered, EpisodeStarted, Event, Reflected
from llm_pysc2.orchestrator.trace import read_trace

_NOT_COUNTED = ("Observed", "Asked", "AgentIntroduced", "Decided")


@dataclass(slots=True)
class AgentUsage:
    """All questions to one agent of a roster in one scenario, reflections included."""

    scenario: str
    roster: str
    agent: str
    """Its entry in the roster, which many agents of a game may share."""
    model: str
    answers: int = 0
    """Questions, answered or not."""
    failures: Counter[str] = field(default_factory=Counter)
    """Those that were not, by kind."""
    stops: Counter[str] = field(default_factory=Counter)
    """Answers by why the model stopped writing."""
    model_faults: Counter[str] = field(default_factory=Counter)
    """Failed attempts by kind, those that a retry made good included."""
    retries: int = 0
    """How often a question was put again."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float | None = 0.0
    """None if the model's price is unknown."""
    latencies_seconds: list[float] = field(default_factory=list)

    def add(self, call: Answered | Reflected, cost_usd: float | None) -> None:
        """Count a call."""
        self.answers += 1
        self.model_faults.update(call.faults)
        self.retries += sum(call.faults.values())
        if call.failure:
            self.failures[call.failure] += 1
            self.retries -= bool(call.faults)  # the last one was not followed by another
        elif isinstance(call, Answered) and call.stop_reason:
            self.stops[call.stop_reason] += 1
        for name in ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens"):
            setattr(self, name, getattr(self, name) + getattr(call, name))
        self.cost_usd = None if cost_usd is None or self.cost_usd is None else self.cost_usd + cost_usd
        self.latencies_seconds.append(call.latency_seconds)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: counts by kind as sorted tables, latencies as p50 and p95."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "latencies_seconds"}
        plain |= {name: dict(sorted(plain[name].items())) for name in ("failures", "stops", "model_faults")}
        latencies = self.latencies_seconds
        return plain | {f"latency_p{share}_seconds": percentile(latencies, share / 100) for share in (50, 95)}


def read_usage(folder: Path) -> list[AgentUsage]:
    """Return the usage of each agent over all finished traces below a folder, in the order of their paths.

    Raises TraceError for a trace that is broken.
    """
    prices = PriceList()
    found: dict[tuple[str, str, str, str], AgentUsage] = {}
    for path in find_finished(folder):
        for key, call, cost in _calls(read_trace(path, without=_NOT_COUNTED), prices):
            found.setdefault(key, AgentUsage(*key)).add(call, cost)
    return list(found.values())


def _calls(
    events: Iterable[Event], prices: PriceList
) -> Iterator[tuple[tuple[str, str, str, str], Answered | Reflected, float | None]]:
    """Yield each call of an episode's last go with whose it is and what it cost."""
    start: EpisodeStarted | None = None
    calls: list[Answered | Reflected] = []
    for event in events:
        if isinstance(event, EpisodeStarted):
            start, calls = event, []
        elif isinstance(event, Answered | Reflected):
            calls.append(event)
    if start is None:
        return
    for call in calls:
        agent = call.post or call.agent
        model = start.models.get(agent, call.model)
        yield (start.scenario, start.roster, agent, model), call, prices.cost(start.models, [call]).usd
