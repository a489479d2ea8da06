"""The score of one episode, from its trace; what each field means stands in docs/scores.md."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_pysc2.errors import TraceError
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.statistics import percentile
from llm_pysc2.orchestrator.events import Answered, Decided, EpisodeEnded, EpisodeStarted, Event, Reflected
from llm_pysc2.orchestrator.trace import read_trace
from llm_pysc2.world.clock import LOOPS_PER_SECOND

_NOT_SCORED = ("Observed", "Asked", "AgentIntroduced")
"""Events that hold nothing of a score, and nearly all of a trace."""


@dataclass(frozen=True, slots=True)
class EpisodeScore:
    """What one episode came to."""

    scenario: str
    roster: str
    models: dict[str, str]
    """Model by agent."""
    game: str
    pace: str
    step_mul: int
    limit_loops: int
    assumptions: dict[str, Any]
    """Rules of the embedded game that were set otherwise than by default."""
    version: str
    """Version of the package that played it."""
    interface: str
    """"raw" or "camera": by which actions it was played."""
    episode: int
    seed: int
    result: str
    """"win", "tie", "loss" or "fault"."""
    reason: str
    game_loops: int
    turns: int
    own_units: int
    enemy_units: int
    killed_value: float
    """Minerals and twice the vespene of what was killed, as LLM-PySC2 publishes it."""
    lost_value: float
    damage_dealt: float
    """Life and shields."""
    damage_taken: float
    healed: float
    answers: int
    """Questions to agents, answered or not."""
    failures: dict[str, int] = field(default_factory=dict)
    """Answers that did not come, by kind."""
    model_faults: dict[str, int] = field(default_factory=dict)
    """Failed attempts to ask a model, by kind, those that a retry made good included."""
    stops: dict[str, int] = field(default_factory=dict)
    """Answers by why the model stopped writing; those of agents that do not say are left out."""
    accepted: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    """Rejected actions by cause."""
    letters: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float | None = 0.0
    """None if the price of a model is unknown."""
    unpriced: tuple[str, ...] = ()
    """Models whose tokens were counted and whose price is unknown."""
    latencies_seconds: tuple[float, ...] = ()
    elapsed_seconds: float = 0.0

    @property
    def model(self) -> str:
        """The models of all agents as one name."""
        return ", ".join(dict.fromkeys(self.models.values()))

    @property
    def kill_loss_ratio(self) -> float:
        """Value killed over value lost; infinite if nothing was lost."""
        return ratio(self.killed_value, self.lost_value)

    @property
    def game_seconds(self) -> float:
        """How long it lasted on the game's clock."""
        return self.game_loops / LOOPS_PER_SECOND

    @property
    def decisions_per_minute(self) -> float:
        """Answers that came, per minute of the game's clock."""
        return per_minute(self.answers - sum(self.failures.values()), self.game_seconds)

    @property
    def actions_per_minute(self) -> float:
        """Actions carried out, per minute of the game's clock."""
        return per_minute(self.accepted, self.game_seconds)

    @property
    def latency_p50_seconds(self) -> float:
        """Half of the answers came within this."""
        return percentile(self.latencies_seconds, 0.5)

    @property
    def latency_p95_seconds(self) -> float:
        """95 of 100 answers came within this."""
        return percentile(self.latencies_seconds, 0.95)


def ratio(killed: float, lost: float) -> float:
    """Return killed over lost; infinite if nothing was lost, 0 if nothing was killed either."""
    if lost == 0:
        return float("inf") if killed else 0.0
    return killed / lost


def per_minute(count: float, seconds: float) -> float:
    """Return how many that is a minute; 0 if no time passed."""
    return count * 60 / seconds if seconds else 0.0


def score_trace(path: Path, prices: PriceList | None = None) -> EpisodeScore:
    """Return the score of the episode in a trace file. Raises TraceError if it has no result yet."""
    try:
        return score_events(read_trace(path, without=_NOT_SCORED), prices)
    except TraceError as error:
        raise TraceError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from error


def read_scores(folder: Path) -> list[EpisodeScore]:
    """Return the scores of all finished traces below a folder, by path. Raises TraceError for one that is broken."""
    prices = PriceList()
    return [score_trace(path, prices) for path in find_finished(folder)]


def find_finished(folder: Path) -> list[Path]:
    """Return the finished traces below a folder, sorted."""
    return [path for path in sorted(folder.rglob("*.jsonl")) if path.name != "faults.jsonl"]


def score_events(events: Iterable[Event], prices: PriceList | None = None) -> EpisodeScore:
    """Return the score of an episode's events. Raises TraceError if the start or the end is missing."""
    start: EpisodeStarted | None = None
    end: EpisodeEnded | None = None
    answers: list[Answered] = []
    reflections: list[Reflected] = []
    decisions: list[Decided] = []
    for event in events:
        match event:
            case EpisodeStarted():
                start, answers, reflections, decisions = event, [], [], []
            case Answered():
                answers.append(event)
            case Reflected():
                reflections.append(event)
            case Decided():
                decisions.append(event)
            case EpisodeEnded():
                end = event
            case _:
                pass
    if start is None or end is None:
        raise TraceError("the trace has no result: the episode was cut off")
    parts = _of_start(start) | _of_end(end) | _of_decisions(decisions) | _of_answers(answers)
    return EpisodeScore(**parts, **_of_usage(start, [*answers, *reflections], prices))


def _of_start(start: EpisodeStarted) -> dict[str, Any]:
    names = (
        "scenario", "roster", "models", "game", "pace", "step_mul", "limit_loops", "assumptions", "version",
        "interface", "episode", "seed",
    )  # fmt: skip
    return {name: getattr(start, name) for name in names}


def _of_end(end: EpisodeEnded) -> dict[str, Any]:
    score = end.score
    return {
        "result": end.result,
        "reason": end.reason,
        "game_loops": end.game_loop,
        "turns": end.turns,
        "own_units": end.own_units,
        "enemy_units": end.enemy_units,
        "killed_value": score["killed_minerals"] + 2 * score["killed_vespene"],
        "lost_value": score["lost_minerals"] + 2 * score["lost_vespene"],
        "damage_dealt": score["damage_dealt"],
        "damage_taken": score["damage_taken"],
        "healed": score["healed"],
        "elapsed_seconds": end.elapsed_seconds,
    }


def _of_decisions(decisions: list[Decided]) -> dict[str, Any]:
    causes = Counter(cause for decided in decisions for *_, cause in decided.rejected)
    return {
        "accepted": sum(len(decided.accepted) for decided in decisions),
        "rejected": dict(sorted(causes.items())),
        "letters": sum(len(decided.letters) for decided in decisions),
    }


def _of_answers(answers: list[Answered]) -> dict[str, Any]:
    failures = Counter(answer.failure for answer in answers if answer.failure)
    stops = Counter(answer.stop_reason for answer in answers if answer.stop_reason and not answer.failure)
    return {
        "answers": len(answers),
        "failures": dict(sorted(failures.items())),
        "stops": dict(sorted(stops.items())),
        "latencies_seconds": tuple(answer.latency_seconds for answer in answers),
    }


def _of_usage(start: EpisodeStarted, calls: list[Answered | Reflected], prices: PriceList | None) -> dict[str, Any]:
    """Return what the calls of models used, those after the game included."""
    cost = (prices or PriceList()).cost(start.models, calls)
    faults = sum((Counter(call.faults) for call in calls), Counter[str]())
    return {
        "model_faults": dict(sorted(faults.items())),
        "input_tokens": sum(call.input_tokens for call in calls),
        "cached_tokens": sum(call.cached_tokens for call in calls),
        "output_tokens": sum(call.output_tokens for call in calls),
        "reasoning_tokens": sum(call.reasoning_tokens for call in calls),
        "cost_usd": cost.usd,
        "unpriced": tuple(sorted(cost.unpriced)),
    }
