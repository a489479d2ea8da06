"""Many scores in one row: win rate with its interval, means, totals; what each field means stands in docs/scores.md."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from llm_pysc2.evaluation.score import EpisodeScore, per_minute, ratio
from llm_pysc2.evaluation.statistics import percentile, wilson_interval


@dataclass(frozen=True, slots=True)
class Summary:
    """The episodes of one scenario, roster and model on one game, at one pace, by one interface."""

    scenario: str
    roster: str
    model: str
    game: str
    pace: str
    step_mul: int
    interface: str
    episodes: int
    """With a result; faults are counted apart."""
    wins: int
    ties: int
    losses: int
    faults: int
    win_interval: tuple[float, float]
    """Wilson, 95 %."""
    kill_loss_ratio: float
    """Value killed in all episodes over value lost in all episodes."""
    damage_dealt: float
    """Mean of an episode."""
    damage_taken: float
    healed: float
    mean_game_loops: float
    decisions_per_minute: float
    actions_per_minute: float
    answers: int
    failures: int
    accepted: int
    rejected: int
    causes: dict[str, int]
    """Rejected actions by cause, the most frequent first."""
    letters: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    """None if the price of a model is unknown."""
    unpriced: tuple[str, ...]
    latency_p50_seconds: float
    latency_p95_seconds: float
    elapsed_seconds: float
    """Of all episodes, on the wall, each for itself."""

    @property
    def win_rate(self) -> float:
        """Share of the episodes won, 0 to 1; 0 without episodes."""
        return self.wins / self.episodes if self.episodes else 0.0

    @property
    def cost_usd_per_episode(self) -> float | None:
        """What an episode cost, faults included."""
        return None if self.cost_usd is None else self.cost_usd / max(1, self.episodes + self.faults)

    def as_dict(self) -> dict[str, Any]:
        """Return all fields and the two that follow from them."""
        return asdict(self) | {"win_rate": self.win_rate, "cost_usd_per_episode": self.cost_usd_per_episode}


def summarise(scores: Iterable[EpisodeScore]) -> list[Summary]:
    """Return a summary for each scenario, roster, model, game, pace and interface, in order of their first episodes."""
    groups: dict[tuple[Any, ...], list[EpisodeScore]] = {}
    for score in scores:
        groups.setdefault(tuple(getattr(score, name) for name in _TOGETHER), []).append(score)
    return [
        Summary(**dict(zip(_TOGETHER, key, strict=True)), **_results(group), **_totals(group))
        for key, group in groups.items()
    ]


_TOGETHER = ("scenario", "roster", "model", "game", "pace", "step_mul", "interface")
"""Episodes that have these in common stand in one row."""


def _results(scores: Sequence[EpisodeScore]) -> dict[str, Any]:
    """Return what episodes with a result came to."""
    played = [score for score in scores if score.result != "fault"]
    wins, ties, losses = (sum(score.result == result for score in played) for result in ("win", "tie", "loss"))
    return {
        "episodes": len(played),
        "wins": wins,
        "ties": ties,
        "losses": losses,
        "faults": len(scores) - len(played),
        "win_interval": wilson_interval(wins, len(played)),
        "kill_loss_ratio": ratio(_sum(played, "killed_value"), _sum(played, "lost_value")),
        "damage_dealt": _mean(played, "damage_dealt"),
        "damage_taken": _mean(played, "damage_taken"),
        "healed": _mean(played, "healed"),
        "mean_game_loops": _mean(played, "game_loops"),
    }


def _totals(scores: Sequence[EpisodeScore]) -> dict[str, Any]:
    """Return what all episodes used up, those that broke included."""
    causes: Counter[str] = Counter()
    for score in scores:
        causes.update(score.rejected)
    unpriced = sorted({name for score in scores for name in score.unpriced})
    failures = sum(sum(score.failures.values()) for score in scores)
    answers, accepted, game_seconds = (_sum(scores, name) for name in ("answers", "accepted", "game_seconds"))
    latencies = [latency for score in scores for latency in score.latencies_seconds]
    counts = ("letters", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "elapsed_seconds")
    return {
        **{name: _sum(scores, name) for name in counts},
        "answers": answers,
        "failures": failures,
        "accepted": accepted,
        "rejected": causes.total(),
        "causes": dict(causes.most_common()),
        "decisions_per_minute": per_minute(answers - failures, game_seconds),
        "actions_per_minute": per_minute(accepted, game_seconds),
        "cost_usd": None if unpriced else sum(score.cost_usd or 0.0 for score in scores),
        "unpriced": tuple(unpriced),
        "latency_p50_seconds": percentile(latencies, 0.5),
        "latency_p95_seconds": percentile(latencies, 0.95),
    }


def _sum(scores: Sequence[EpisodeScore], name: str) -> Any:
    return sum(getattr(score, name) for score in scores)


def _mean(scores: Sequence[EpisodeScore], name: str) -> float:
    return float(_sum(scores, name)) / max(1, len(scores))
