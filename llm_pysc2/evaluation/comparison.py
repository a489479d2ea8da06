"""Two runs beside one another, paired by scenario and seed; what each field means stands in docs/scores.md."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.paired import exact_sign_test, paired_interval, resolvable_difference
from llm_pysc2.evaluation.score import EpisodeScore

ALL = "all"
_WORTH = {"win": 2, "tie": 1, "loss": 0}
_CONDITIONS = ("pace", "step_mul", "interface", "limit_loops")
"""What may differ between two sides, and is told if it does."""

Pair = tuple[EpisodeScore, EpisodeScore]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which episodes of a run are one side."""

    name: str
    """How the side is called in messages: "a" or "b"."""
    model: str | None = None
    roster: str | None = None

    def of(self, scores: Iterable[EpisodeScore]) -> list[EpisodeScore]:
        """Return the episodes of this side. Raises UsageError if there are none, or two with the same start."""
        everything = list(scores)
        chosen = [score for score in everything if self.model in (None, score.model)]
        chosen = [score for score in chosen if self.roster in (None, score.roster)]
        if not chosen:
            found = ", ".join(sorted({f"{score.model} ({score.roster})" for score in everything})) or "no episodes"
            raise UsageError(f"run {self.name}: nothing is played by what --model-{self.name} names; found {found}")
        seen: dict[tuple[str, int], EpisodeScore] = {}
        for score in chosen:
            other = seen.setdefault((score.scenario, score.seed), score)
            if other is not score:
                raise UsageError(self._twice(other, score))
        return chosen

    def _twice(self, one: EpisodeScore, other: EpisodeScore) -> str:
        if one.model != other.model:
            what = f"{one.model} and {other.model}; choose with --model-{self.name}"
        elif one.roster != other.roster:
            what = f"{one.roster} and {other.roster}; choose with --roster-{self.name}"
        else:
            what = "the same player twice; name a folder that holds one run"
        return f"run {self.name} holds {one.scenario} with seed {one.seed} by {what}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pairs of one scenario, or of all."""

    scenario: str
    pairs: int
    both: int
    only_a: int
    only_b: int
    neither: int
    win_rate_a: float
    win_rate_b: float
    difference: float
    interval: tuple[float, float]
    p_value: float
    better_a: int
    better_b: int
    sign_p_value: float
    resolvable: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing two runs came to."""

    rows: list[Comparison]
    """One for each scenario, and one for all if there are several."""
    unpaired: int
    """Episodes without a partner, or whose partner has no result."""
    notes: list[str]
    """What else differs between the two sides."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def compare(a: Sequence[EpisodeScore], b: Sequence[EpisodeScore], *, across_games: bool = False) -> Compared:
    """Return how two sides did on the same seeds. Raises UsageError if the games differ, or nothing can be paired."""
    differences = list(_differences(a, b, ("game", "assumptions", *_rules_version(a, b))))
    if differences and not across_games:
        raise UsageError(f"the runs were not played on the same game: {'; '.join(differences)}; say --across-games")
    pairs = _pair(a, b)
    if not pairs:
        raise UsageError("nothing to compare: the runs have no finished episodes of the same scenario and seed")
    scenarios = list(dict.fromkeys(first.scenario for first, _ in pairs))
    groups = [(name, [pair for pair in pairs if pair[0].scenario == name]) for name in scenarios]
    if len(groups) > 1:
        groups.append((ALL, pairs))
    notes = [*differences, *_differences(a, b, _CONDITIONS)]
    return Compared([_row(name, group) for name, group in groups], len(a) + len(b) - 2 * len(pairs), notes)


def _rules_version(a: Sequence[EpisodeScore], b: Sequence[EpisodeScore]) -> tuple[str, ...]:
    """Return "version" where this package is the game, so that another version may have other rules."""
    return ("version",) if all(score.game.startswith("embedded") for score in (*a, *b)) else ()


def _differences(a: Sequence[EpisodeScore], b: Sequence[EpisodeScore], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        found_a, found_b = ({str(getattr(score, name)) for score in side} for side in (a, b))
        if found_a | found_b and (found_a != found_b or (name == "game" and len(found_a) > 1)):
            yield f"{name}: {', '.join(sorted(found_a))} in a, {', '.join(sorted(found_b))} in b"


def _pair(a: Sequence[EpisodeScore], b: Sequence[EpisodeScore]) -> list[Pair]:
    partners = {(score.scenario, score.seed): score for score in b if score.result in _WORTH}
    return [
        (score, partners[score.scenario, score.seed])
        for score in a
        if score.result in _WORTH and (score.scenario, score.seed) in partners
    ]


def _row(scenario: str, pairs: Sequence[Pair]) -> Comparison:
    wins = [(a.result == "win", b.result == "win") for a, b in pairs]
    only_a, only_b = wins.count((True, False)), wins.count((False, True))
    both, neither = wins.count((True, True)), wins.count((False, False))
    count = len(pairs)
    better_a = sum(_WORTH[a.result] > _WORTH[b.result] for a, b in pairs)
    better_b = sum(_WORTH[a.result] < _WORTH[b.result] for a, b in pairs)
    return Comparison(
        scenario=scenario,
        pairs=count,
        both=both,
        only_a=only_a,
        only_b=only_b,
        neither=neither,
        win_rate_a=(both + only_a) / count,
        win_rate_b=(both + only_b) / count,
        difference=(only_b - only_a) / count,
        interval=paired_interval(both, only_a, only_b, neither),
        p_value=exact_sign_test(only_a, only_b),
        better_a=better_a,
        better_b=better_b,
        sign_p_value=exact_sign_test(better_a, better_b),
        resolvable=resolvable_difference(count, (only_a + only_b) / count),
    )
