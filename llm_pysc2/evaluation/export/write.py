"""Write an export: a folder with data.jsonl, schema.json and a dataset card, or with Inspect's logs."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from llm_pysc2 import __version__
from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.evaluation.export.inspect_log import write_logs
from llm_pysc2.evaluation.export.rows import Row, Wanted, dpo_rows, rl_rows, sft_rows
from llm_pysc2.evaluation.export.turns import PlayedEpisode, read_episode
from llm_pysc2.evaluation.score import EpisodeScore

INSPECT = "inspect"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Form:
    """A form of training data."""

    title: str
    what: str
    """What a row is."""
    task: str
    """Its category on dataset hubs."""
    rows: Callable[[Iterable[PlayedEpisode], Wanted], Iterator[Row]]


_TEXT = "text-generation"
FORMS = {
    "sft": Form("Answers to learn from", "an answer each, with all that the agent was told", _TEXT, sft_rows),
    "dpo": Form("Answers to prefer", "two answers to the same chat each", _TEXT, dpo_rows),
    "rl-jsonl": Form("Episodes to learn from", "an agent's way through an episode each", _TEXT, rl_rows),
}


@dataclass(slots=True)
class Episodes:
    """The episodes of a run that are over, read anew each time they are gone through."""

    run: Path
    left_out: int = 0
    """Traces that have no result."""

    def __iter__(self) -> Iterator[PlayedEpisode]:
        """Yield them by path. Raises TraceError for a file that is no trace."""
        self.left_out = 0
        for path in sorted(self.run.rglob("*.jsonl")):
            if path.name != "faults.jsonl":
                episode = read_episode(path)
                if episode is None:
                    self.left_out += 1
                else:
                    yield episode


@dataclass(frozen=True, slots=True)
class Exported:
    """What has been written."""

    rows: int
    episodes: int
    left_out: int
    """Traces without a result."""


def export(run: Path, folder: Path, form: str, wanted: Wanted) -> Exported:
    """Write an export of a run into a new folder. Raises UsageError if it cannot be, or nothing fits."""
    if form not in FORMS and form != INSPECT:
        raise UsageError(f"no export as {form!r}; {closest_names(form, [*FORMS, INSPECT])}")
    if not run.is_dir():
        raise UsageError(f"{run}: no such folder; expected what 'play' or 'eval' has written")
    episodes = Episodes(run)
    scores = [episode.score for episode in filter(wanted.episode, episodes)]
    if not scores:
        raise UsageError(f"{run}: no finished episode here fits what is asked for")
    try:
        _make_new(folder)
        if form == INSPECT:
            rows = write_logs(filter(wanted.episode, episodes), folder)
        else:
            rows = _write_rows(FORMS[form].rows(episodes, wanted), folder / "data.jsonl")
            (folder / "schema.json").write_text((_HERE / "schemas" / f"{form}.json").read_text("utf-8"), "utf-8")
            (folder / "README.md").write_text(_card(form, rows, scores, wanted), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return Exported(rows, len(scores), episodes.left_out)


def _make_new(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new folder with --out")


def _write_rows(rows: Iterable[Row], path: Path) -> int:
    """Write a line a row, in ASCII so that no reader finds other line breaks in it, and return how many."""
    count = 0
    with path.open("w", encoding="ascii") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
            count += 1
    return count


def _card(form: str, rows: int, scores: Sequence[EpisodeScore], wanted: Wanted) -> str:
    """Return the dataset card: what is in it, where it comes from, what to be careful with."""
    kept = [f"{name}: {value}" for name, value in asdict(wanted).items() if value]
    return Template((_HERE / "card.md").read_text(encoding="utf-8")).substitute(
        title=FORMS[form].title,
        task=FORMS[form].task,
        what=FORMS[form].what,
        form=form,
        version=__version__,
        rows=rows,
        episodes=len(scores),
        results=_counted(score.result for score in scores),
        games=_counted(score.game for score in scores),
        scenarios=_counted(score.scenario for score in scores),
        models=_counted(score.model for score in scores),
        filters="; ".join(kept) or "everything",
    )


def _counted(names: Iterable[str]) -> str:
    """Return names with how often each comes, such as "win 3, loss 1"."""
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common())
