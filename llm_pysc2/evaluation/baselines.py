"""Baselines: what scripted policies came to on each scenario, kept beside the scenarios in `baselines.csv`."""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

from llm_pysc2 import packs
from llm_pysc2.errors import PackError
from llm_pysc2.evaluation.statistics import wilson_interval
from llm_pysc2.evaluation.summary import Summary

FILE = "scenarios/baselines.csv"


@dataclass(frozen=True)
class Baseline:
    """The episodes of one policy on one scenario; a row of the file, whose columns are the fields."""

    scenario: str
    model: str
    game: str
    revision: str
    """State of the source that played them."""
    wins: int
    ties: int
    losses: int
    kill_loss_ratio: float
    """Value killed in all episodes over value lost in all episodes; infinite, and left empty, if nothing was lost."""
    mean_game_loops: float

    @property
    def episodes(self) -> int:
        """How many were played, with seeds from 0."""
        return self.wins + self.ties + self.losses

    @property
    def win_rate(self) -> float:
        """Share of the episodes won."""
        return self.wins / self.episodes

    @cached_property
    def win_interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the win rate."""
        return wilson_interval(self.wins, self.episodes)


def load_baselines() -> list[Baseline]:
    """Return all baselines, those of the user's packs first. Raises PackError for a file that cannot be read."""
    paths = [root / FILE for root in packs.roots()]
    return [row for path in paths if path.is_file() for row in read_baselines(path)]


def read_baselines(path: Path) -> list[Baseline]:
    """Return the baselines in a file. Raises PackError that names the line and what was expected."""
    names = [field.name for field in fields(Baseline)]
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != names:
            raise PackError(f"{path}: expected the columns {', '.join(names)}")
        try:
            return [_from_row(row) for row in rows]
        except (ValueError, TypeError, ZeroDivisionError) as error:
            raise PackError(f"{path}, line {rows.line_num}: expected a row of numbers ({error})") from error


def _from_row(row: dict[str, Any]) -> Baseline:
    counts = {name: int(row[name]) for name in ("wins", "ties", "losses")}
    kill_loss = float(row["kill_loss_ratio"] or inf)
    numbers = {"kill_loss_ratio": kill_loss, "mean_game_loops": float(row["mean_game_loops"])}
    baseline = Baseline(**{**row, **counts, **numbers})
    if not baseline.episodes:
        raise ValueError("no episodes")
    return baseline


def baselines_of(summaries: Iterable[Summary], revision: str) -> list[Baseline]:
    """Return summaries of whole batches as baselines."""
    return [
        Baseline(
            row.scenario, row.model, row.game, revision, row.wins, row.ties, row.losses,
            round(row.kill_loss_ratio, 3), round(row.mean_game_loops, 1),
        )
        for row in summaries
    ]  # fmt: skip


def baselines_to_csv(baselines: Iterable[Baseline]) -> str:
    """Return baselines as the text of a file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Baseline))
    for baseline in baselines:
        writer.writerow("" if value == inf else value for value in astuple(baseline))
    return text.getvalue()


def beside(summaries: Iterable[Summary]) -> list[Baseline]:
    """Return the baselines that belong beside scores: of the same scenarios and game, by those who did not play."""
    rows = list(summaries)
    played = {(row.scenario, row.model) for row in rows}
    wanted = {(row.scenario, row.game) for row in rows}
    return [
        baseline
        for baseline in load_baselines()
        if (baseline.scenario, baseline.game) in wanted and (baseline.scenario, baseline.model) not in played
    ]
