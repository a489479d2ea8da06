"""`llm-pysc2 compare`: two runs on the same seeds."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from llm_pysc2.cli.tables import FORMS, markdown, to_csv
from llm_pysc2.errors import TraceError, UsageError, closest_names
from llm_pysc2.evaluation.comparison import Choice, Compared, Comparison, compare
from llm_pysc2.evaluation.score import EpisodeScore, read_scores

_TITLES = ("scenario", "pairs", "A won", "B won", "B - A, 95 %", "p", "resolves", "better A/B", "p (sign)")
_TIES = 2
"""How many columns at the end say nothing where no pair has a tie."""


def compare_runs(runs: tuple[Path, Path], choices: tuple[Choice, Choice], form: str, *, across_games: bool) -> None:
    """Print how two runs differ. Raises UsageError or TraceError if they cannot be compared."""
    if form not in FORMS:
        raise UsageError(f"no comparison as {form!r}; {closest_names(form, FORMS)}")
    a, b = (choice.of(_read(run)) for run, choice in zip(runs, choices, strict=True))
    compared = compare(a, b, across_games=across_games)
    if form == "json":
        content = {"a": _side(runs[0], a), "b": _side(runs[1], b), **compared.as_dict()}
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    elif form == "csv":
        sys.stdout.write(to_csv(compared.as_dict()["rows"]))
    elif form == "markdown":
        sys.stdout.write(markdown(*_lines(compared)) + "\n")
    else:
        _show(compared, (a, b))


def _read(run: Path) -> list[EpisodeScore]:
    scores = read_scores(run)
    if not scores:
        raise TraceError(f"{run}: no finished traces here; expected a folder that 'play' or 'eval' has written")
    return scores


def _side(run: Path, scores: Sequence[EpisodeScore]) -> dict[str, object]:
    names = ("model", "roster", "game")
    return {"run": str(run), **{name: sorted({str(getattr(score, name)) for score in scores}) for name in names}}


def _show(compared: Compared, sides: tuple[Sequence[EpisodeScore], Sequence[EpisodeScore]]) -> None:
    console = Console()
    for name, scores in zip("AB", sides, strict=True):
        console.print(f"{name}: {', '.join(sorted({score.model for score in scores}))}", highlight=False, markup=False)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    titles, rows = _lines(compared)
    for title in titles:
        table.add_column(title, justify="left" if title == "scenario" else "right", no_wrap=title != "scenario")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    if compared.unpaired:
        console.print(f"{compared.unpaired} episodes have no partner with a result.", highlight=False)
    for note in compared.notes:
        console.print(f"Differs: {note}", highlight=False, markup=False)


def _lines(compared: Compared) -> tuple[Sequence[str], list[list[str]]]:
    """Return titles and rows, without the columns that matter for ties only where there are none."""
    ties = any((row.better_a, row.better_b) != (row.only_a, row.only_b) for row in compared.rows)
    shown = len(_TITLES) if ties else len(_TITLES) - _TIES
    return _TITLES[:shown], [_cells(row)[:shown] for row in compared.rows]


def _cells(row: Comparison) -> list[str]:
    low, high = row.interval
    return [
        row.scenario,
        str(row.pairs),
        f"{row.win_rate_a:.0%}",
        f"{row.win_rate_b:.0%}",
        f"{row.difference:+.0%} ({low:+.0%} to {high:+.0%})",
        f"{row.p_value:.3g}",
        "nothing" if row.resolvable is None else f"{row.resolvable:.0%}",
        f"{row.better_a}/{row.better_b}",
        f"{row.sign_p_value:.3g}",
    ]
