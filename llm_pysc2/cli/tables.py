"""Scores as a table for people and as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import isinf

from rich.table import Table

from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.evaluation.summary import Summary
from llm_pysc2.world.clock import loops_to_clock


def summary_table(summaries: Sequence[Summary]) -> Table:
    """Return a table with a row for each scenario, roster and model."""
    table = Table(
        title="Scores", title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for column in ("scenario", "model"):
        table.add_column(column, overflow="fold", min_width=8)
    for column in ("W/T/L", "win rate, 95 %", "kill/loss", "rejected", "time"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in summaries:
        low, high = row.win_interval
        asked = row.rejected + row.accepted
        table.add_row(
            row.scenario,
            row.model,
            f"{row.wins}/{row.ties}/{row.losses}" + (f" +{row.faults} faults" if row.faults else ""),
            f"{row.win_rate:.0%} ({low:.0%}-{high:.0%})",
            "inf" if isinf(row.kill_loss_ratio) else f"{row.kill_loss_ratio:.2f}",
            f"{row.rejected / asked:.1%}" if asked else "-",
            loops_to_clock(round(row.mean_game_loops)),
        )
    return table


def scores_to_json(scores: Sequence[EpisodeScore], summaries: Sequence[Summary]) -> str:
    """Return scores and summaries as a JSON object with the keys "episodes" and "summary"."""
    content = {
        "summary": [asdict(summary) | {"win_rate": summary.win_rate} for summary in summaries],
        "episodes": [asdict(score) | {"kill_loss_ratio": _finite(score.kill_loss_ratio)} for score in scores],
    }
    return json.dumps(_all_finite(content), indent=2)


def _finite(value: float) -> float | None:
    return None if isinf(value) else value


def _all_finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _all_finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_all_finite(entry) for entry in value]
    return None if isinstance(value, float) and isinf(value) else value
