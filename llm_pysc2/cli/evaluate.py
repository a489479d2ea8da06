"""`llm-pysc2 eval` and `llm-pysc2 score`: many episodes, one table."""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from llm_pysc2.backends import ModelPool
from llm_pysc2.cli.tables import (
    FORMS,
    episodes_to_csv,
    scores_to_json,
    summaries_to_csv,
    summary_markdown,
    summary_table,
    usage_text,
)
from llm_pysc2.errors import TraceError, UsageError, closest_names
from llm_pysc2.evaluation.baselines import beside
from llm_pysc2.evaluation.batch import Batch, BatchStoppedError
from llm_pysc2.evaluation.cell import PreparedCell
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.folder import BatchFolder
from llm_pysc2.evaluation.score import EpisodeScore, read_scores
from llm_pysc2.evaluation.spending import Spent, spent_in
from llm_pysc2.evaluation.statistics import wilson_interval
from llm_pysc2.evaluation.suite import Suite, read_suite
from llm_pysc2.evaluation.summary import summarise
from llm_pysc2.evaluation.usage import read_usage
from llm_pysc2.evaluation.worker import Report


def suite_from(path: Path | None, wanted: Mapping[str, Any]) -> Suite:
    """Return the suite of a file with the options given over it. Raises UsageError if nothing says what is played."""
    given = {key: value for key, value in wanted.items() if value is not None}
    if path is not None:
        return replace(read_suite(path), **given)
    if "scenarios" not in given:
        raise UsageError("nothing to play: name a suite file, or --scenario NAME; see 'llm-pysc2 list'")
    return Suite(**given)


def evaluate(suite: Suite, out: Path, *, as_json: bool, quiet: bool) -> int:
    """Play a suite and print its scores; the exit code is 1 if episodes broke or are left."""
    model_pool = ModelPool(suite.models_options())
    for cell in suite.cells():
        PreparedCell(cell, model_pool, lessons=suite.open_lessons())
    console = Console(stderr=as_json)
    with BatchFolder(out, suite) as folder:
        watch = BatchWatch(console, folder, silent=as_json or quiet)
        batch = Batch(folder, watch)
        watch.left = batch.left
        left = ""
        try:
            with watch:
                batch.play()
        except BatchStoppedError as error:
            left = str(error)
        scores = read_scores(out)
    _print(Console(), scores, out, as_json=as_json)
    if left:
        sys.stderr.write(f"llm-pysc2: {left}\n")
    return 1 if left or any(score.result == "fault" for score in scores) else 0


def show_usage(run: Path, form: str) -> None:
    """Print what each agent used. Raises TraceError if there are no traces, UsageError for an unknown form."""
    _check_form(form)
    rows = read_usage(run)
    if not rows:
        raise TraceError(f"{run}: no finished traces here; expected a folder that 'play' or 'eval' has written")
    sys.stdout.write(usage_text(rows, form))


def _check_form(form: str) -> None:
    if form not in FORMS:
        raise UsageError(f"no scores as {form!r}; {closest_names(form, FORMS)}")


def show_scores(run: Path, form: str, *, each_episode: bool) -> None:
    """Print the scores of a folder of traces. Raises TraceError if there are none, UsageError for an unknown form."""
    _check_form(form)
    scores = read_scores(run)
    if not scores:
        raise TraceError(f"{run}: no finished traces here; expected a folder that 'play' or 'eval' has written")
    if form == "csv":
        sys.stdout.write(episodes_to_csv(scores) if each_episode else summaries_to_csv(summarise(scores)))
    elif form == "markdown":
        summaries = summarise(scores)
        sys.stdout.write(summary_markdown(summaries, beside(summaries)) + "\n")
    else:
        _print(Console(), scores, run, as_json=form == "json")


def _print(console: Console, scores: list[EpisodeScore], folder: Path, *, as_json: bool) -> None:
    summaries = summarise(scores)
    if as_json:
        sys.stdout.write(scores_to_json(scores, summaries, beside(summaries)) + "\n")
        return
    console.print(summary_table(summaries, beside(summaries)))
    if scores:
        console.print(f"\nPlayed on {', '.join(sorted({s.game for s in scores}))}. Traces: {folder}", highlight=False)


class BatchWatch:
    """Shows how a batch goes: done, left, time to go, win rates so far; a context manager and a watcher."""

    def __init__(self, console: Console, folder: BatchFolder, *, silent: bool) -> None:
        self._console = console
        self._suite = folder.suite
        self._results: dict[str, list[str]] = {cell.slug: [] for cell in folder.suite.cells()}
        self._silent = silent
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal and not silent else None
        self._started = time.monotonic()
        self._done = 0
        self._prices = PriceList() if folder.suite.waits_for_models else None
        self._spent = Spent()
        self.left = 0

    def __call__(self, report: Report) -> None:
        """Take the report of an episode that is over."""
        self._results[report.job.cell.slug].append(report.result)
        self._done += 1
        self.left -= 1
        if self._prices is not None:
            self._spent += spent_in([report.job.path], self._prices)
        if self._live is not None:
            self._live.update(self._table(), refresh=True)
        elif not self._silent:
            self._console.print(
                f"{self._progress()}  {report.job.cell.slug} seed {report.job.seed}: {report.result} ({report.reason})",
                highlight=False,
                markup=False,
            )

    def __enter__(self) -> "BatchWatch":
        if self._live is not None:
            self._live.__enter__()
            self._live.update(self._table(), refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the last table standing."""
        if self._live is not None:
            self._live.__exit__(kind, error, traceback)

    def _progress(self) -> str:
        spent = f", {self._spent.tokens:,} tokens, ${self._spent.usd:.2f}" if self._spent.tokens else ""
        return f"{self._done} done, {self.left} left, {self._eta()}{spent}"

    def _eta(self) -> str:
        if not self._done:
            return "starting"
        seconds = (time.monotonic() - self._started) / self._done * self.left
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} to go"

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, title_justify="left")
        table.title = self._progress()
        for column in ("cell", "played", "won", "win rate (95 %)"):
            table.add_column(column, justify="left" if column == "cell" else "right")
        for slug, results in self._results.items():
            if results:
                wins = results.count("win")
                low, high = wilson_interval(wins, len(results))
                rate = f"{wins / len(results):.0%} ({low:.0%}-{high:.0%})"
                table.add_row(slug, str(len(results)), str(wins), rate)
        return table
