"""The score of one episode, from its trace."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from llm_pysc2.errors import TraceError
from llm_pysc2.orchestrator.events import Answered, Decided, EpisodeEnded, EpisodeStarted, Event
from llm_pysc2.orchestrator.trace import read_trace


@dataclass(frozen=True, slots=True)
class EpisodeScore:
    """What one episode came to."""

    scenario: str
    roster: str
    models: dict[str, str]
    game: str
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
    failures: dict[str, int] = field(default_factory=dict)
    """Answers that did not come, by kind."""
    accepted: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    """Rejected actions by cause."""
    letters: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    latencies_seconds: tuple[float, ...] = ()
    elapsed_seconds: float = 0.0

    @property
    def kill_loss_ratio(self) -> float:
        """Value killed over value lost; infinite if nothing was lost."""
        if self.lost_value == 0:
            return float("inf") if self.killed_value else 0.0
        return self.killed_value / self.lost_value


def score_trace(path: Path) -> EpisodeScore:
    """Return the score of the episode in a trace file. Raises TraceError if it has no result yet."""
    try:
        return score_events(read_trace(path))
    except TraceError as error:
        raise TraceError(f"{path}: {error}" if str(path) not in str(error) else str(error)) from error


def score_events(events: Iterable[Event]) -> EpisodeScore:
    """Return the score of an episode's events. Raises TraceError if the start or the end is missing."""
    start: EpisodeStarted | None = None
    end: EpisodeEnded | None = None
    answers: list[Answered] = []
    decisions: list[Decided] = []
    for event in events:
        match event:
            case EpisodeStarted():
                start, answers, decisions = event, [], []
            case Answered():
                answers.append(event)
            case Decided():
                decisions.append(event)
            case EpisodeEnded():
                end = event
            case _:
                pass
    if start is None or end is None:
        raise TraceError("the trace has no result: the episode was cut off")
    return _score(start, end, answers, decisions)


def _score(start: EpisodeStarted, end: EpisodeEnded, answers: list[Answered], decisions: list[Decided]) -> EpisodeScore:
    score = end.score
    causes = Counter(cause for decided in decisions for *_, cause in decided.rejected)
    return EpisodeScore(
        scenario=start.scenario,
        roster=start.roster,
        models=start.models,
        game=start.game,
        episode=start.episode,
        seed=start.seed,
        result=end.result,
        reason=end.reason,
        game_loops=end.game_loop,
        turns=end.turns,
        own_units=end.own_units,
        enemy_units=end.enemy_units,
        killed_value=score["killed_minerals"] + 2 * score["killed_vespene"],
        lost_value=score["lost_minerals"] + 2 * score["lost_vespene"],
        damage_dealt=score["damage_dealt"],
        damage_taken=score["damage_taken"],
        healed=score["healed"],
        answers=len(answers),
        failures=dict(Counter(answer.failure for answer in answers if answer.failure)),
        accepted=sum(len(decided.accepted) for decided in decisions),
        rejected=dict(sorted(causes.items())),
        letters=sum(len(decided.letters) for decided in decisions),
        input_tokens=sum(answer.input_tokens for answer in answers),
        cached_tokens=sum(answer.cached_tokens for answer in answers),
        output_tokens=sum(answer.output_tokens for answer in answers),
        latencies_seconds=tuple(answer.latency_seconds for answer in answers),
        elapsed_seconds=end.elapsed_seconds,
    )
