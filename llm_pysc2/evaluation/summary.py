"""Many scores in one row: win rate with its interval, means, totals."""

from collections.abc import Iterable
from dataclasses import dataclass

from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.evaluation.statistics import percentile, wilson_interval


@dataclass(frozen=True, slots=True)
class Summary:
    """The episodes of one scenario, roster, model and game."""

    scenario: str
    roster: str
    model: str
    game: str
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
    mean_game_loops: float
    answers: int
    failures: int
    accepted: int
    rejected: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    latency_p50_seconds: float
    latency_p95_seconds: float

    @property
    def win_rate(self) -> float:
        """Share of the episodes won, 0 to 1; 0 without episodes."""
        return self.wins / self.episodes if self.episodes else 0.0


def summarise(scores: Iterable[EpisodeScore]) -> list[Summary]:
    """Return a summary for each scenario, roster, model and game, in the order in which they first appear."""
    groups: dict[tuple[str, str, str, str], list[EpisodeScore]] = {}
    for score in scores:
        model = ", ".join(dict.fromkeys(score.models.values()))
        groups.setdefault((score.scenario, score.roster, model, score.game), []).append(score)
    return [_summary(*key, members) for key, members in groups.items()]


def _summary(scenario: str, roster: str, model: str, game: str, scores: list[EpisodeScore]) -> Summary:
    played = [score for score in scores if score.result != "fault"]
    wins, ties, losses = (sum(score.result == result for score in played) for result in ("win", "tie", "loss"))
    killed, lost = sum(score.killed_value for score in played), sum(score.lost_value for score in played)
    latencies = [latency for score in scores for latency in score.latencies_seconds]
    count = max(1, len(played))
    return Summary(
        scenario=scenario,
        roster=roster,
        model=model,
        game=game,
        episodes=len(played),
        wins=wins,
        ties=ties,
        losses=losses,
        faults=len(scores) - len(played),
        win_interval=wilson_interval(wins, len(played)),
        kill_loss_ratio=killed / lost if lost else (float("inf") if killed else 0.0),
        damage_dealt=sum(score.damage_dealt for score in played) / count,
        damage_taken=sum(score.damage_taken for score in played) / count,
        mean_game_loops=sum(score.game_loops for score in played) / count,
        answers=sum(score.answers for score in scores),
        failures=sum(sum(score.failures.values()) for score in scores),
        accepted=sum(score.accepted for score in scores),
        rejected=sum(sum(score.rejected.values()) for score in scores),
        input_tokens=sum(score.input_tokens for score in scores),
        cached_tokens=sum(score.cached_tokens for score in scores),
        output_tokens=sum(score.output_tokens for score in scores),
        latency_p50_seconds=percentile(latencies, 0.5),
        latency_p95_seconds=percentile(latencies, 0.95),
    )
