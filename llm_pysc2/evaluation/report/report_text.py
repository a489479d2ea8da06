"""What a trace tells: the records for the viewer, the score, the cost, and what is missing in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from llm_pysc2 import __version__
from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.report.records import Record, Recorder
from llm_pysc2.evaluation.score import EpisodeScore, score_events
from llm_pysc2.orchestrator.events import (
    UNIT_COLUMNS,
    Answered,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Observed,
    Reflected,
)
from llm_pysc2.orchestrator.sampling import sampled
from llm_pysc2.orchestrator.trace import PART, read_trace

_OLD_COLUMNS = UNIT_COLUMNS.index("facing")


@dataclass(frozen=True, slots=True)
class Told:
    """One episode as its trace tells it."""

    path: Path
    records: list[Record]
    start: EpisodeStarted
    score: EpisodeScore | None
    """None if the episode was cut off."""
    cost_usd: float | None
    """None if the price of a model is unknown."""
    unpriced: frozenset[str] = frozenset()
    """Models without a known price whose tokens were counted."""
    notes: list[str] = field(default_factory=list)
    """What is missing in the trace, in words."""


def find_traces(run: Path) -> list[Path]:
    """Return the traces in a folder, those of episodes cut off too, or the one file; sorted. Raises UsageError."""
    if run.is_file():
        return [run]
    if not run.is_dir():
        raise UsageError(f"{run}: no such folder or trace; expected what 'play' or 'eval' has written")
    found = [path for ending in ("*.jsonl", f"*.jsonl{PART}") for path in run.rglob(ending)]
    return sorted(path for path in found if path.name != "faults.jsonl")


def tell(path: Path, prices: PriceList, every_loops: int = 0) -> Told:
    """Return what a trace tells, up to where it can be read.

    `every_loops` keeps at most one picture of the map in so many game loops, 0 = all. Raises TraceError if not even
    its start can be read.
    """
    notes: list[str] = []
    events = list(_readable(path, notes))
    starts = [place for place, event in enumerate(events) if isinstance(event, EpisodeStarted)]
    start = events[starts[-1]] if starts else None
    if not isinstance(start, EpisodeStarted):
        raise TraceError(notes[0] if notes else f"{path}: empty: no episode has begun in it")
    recorder = Recorder()
    records = []
    try:
        for event in sampled(events, every_loops) if every_loops else events:
            records.append(recorder.take(event))
    except TraceError as error:
        notes.append(f"shown up to event {len(records)}: {error}")
    last = events[starts[-1] :]
    notes += _missing(start, last)
    costs = prices.cost(start.models, (event for event in last if isinstance(event, Answered | Reflected)))
    return Told(path, records, start, _score(events, prices, notes), costs.usd, costs.unpriced, notes)


def _readable(path: Path, notes: list[str]) -> Iterator[Event]:
    """Yield the events until one cannot be read, and note that."""
    try:
        yield from read_trace(path)
    except TraceError as error:
        notes.append(str(error))


def _score(events: list[Event], prices: PriceList, notes: list[str]) -> EpisodeScore | None:
    if not any(isinstance(event, EpisodeEnded) for event in events):
        return None
    try:
        return score_events(events, prices)
    except (TraceError, KeyError, TypeError) as error:
        notes.append(f"no score: {error}")
        return None


def _missing(start: EpisodeStarted, events: Iterable[Event]) -> Iterator[str]:
    observed = [event for event in events if isinstance(event, Observed)]
    if not any(isinstance(event, EpisodeEnded) for event in events):
        yield "The episode was cut off: it is shown up to there and has no score."
    if start.version != __version__:
        yield f"Written by version {start.version or 'unknown'}, shown by {__version__}."
    rows = [row for event in observed[:1] for row in event.units]
    if rows and all(len(row) <= _OLD_COLUMNS for row in rows):
        yield "The trace does not hold where units face, what they attack, or how far buildings are."
    if not start.terrain:
        yield "The trace holds no terrain."


def model_name(models: Mapping[str, str]) -> str:
    """Return the models of an episode as one name."""
    return ", ".join(dict.fromkeys(models.values()))
