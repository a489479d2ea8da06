"""Scores as tables for people, and as JSON and CSV for programs; docs/scores.md says what each field means."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from math import isinf
from typing import Any

from rich.table import Table

from llm_pysc2.evaluation.baselines import Baseline
from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.evaluation.statistics import percentile
from llm_pysc2.evaluation.summary import Summary
from llm_pysc2.evaluation.usage import AgentUsage
from llm_pysc2.world.clock import loops_to_clock

FORMS = ("table", "json", "csv", "markdown")
"""How results may be printed."""
SCORES_SCHEMA = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""
_EPISODE_EXTRAS = (
    "model", "kill_loss_ratio", "game_seconds", "decisions_per_minute", "actions_per_minute",
    "latency_p50_seconds", "latency_p95_seconds",
)  # fmt: skip

Column = tuple[str, Callable[[Summary], str]]
"""A title, and what stands below it."""


def summary_table(summaries: Sequence[Summary], baselines: Sequence[Baseline] = ()) -> Table:
    """Return a table with a row for each scenario, roster and model, as wide as a terminal; baselines below."""
    table = Table(
        title="Scores", title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for title in ("scenario", "model"):
        table.add_column(title, overflow="fold", min_width=8)
    columns = [*RESULTS, ("time", _time), *(_TOKENS if any(row.output_tokens for row in summaries) else ())]
    for title, _ in columns:
        table.add_column(title, justify="right", no_wrap=True)
    for scenario, rows in groupby(summaries, key=lambda row: row.scenario):
        for row in rows:
            table.add_row(row.scenario, row.model, *(text(row) for _, text in columns))
        for line in (line for line in baselines if line.scenario == scenario):
            cells = (_BASELINE[title](line) if title in _BASELINE else "" for title, _ in columns)
            table.add_row("baseline", line.model, *cells, style="dim")
    return table


def usage_text(rows: Sequence[AgentUsage], form: str) -> str:
    """Return a row for each agent with what it used, in one of FORMS; for a terminal it is Markdown, too."""
    plain = [row.as_dict() for row in rows]
    if form == "json":
        return json.dumps(all_finite({"schema": SCORES_SCHEMA, "agents": plain}), indent=2) + "\n"
    if form == "csv":
        return to_csv(plain)
    return markdown([title for title, _ in _USAGE], ([text(row) for _, text in _USAGE] for row in rows)) + "\n"


def summary_markdown(summaries: Sequence[Summary], baselines: Sequence[Baseline] = ()) -> str:
    """Return the whole table in Markdown, baselines below; columns of tokens and letters only where there are any."""
    columns: list[Column] = [
        ("scenario", lambda row: row.scenario),
        ("roster", lambda row: row.roster),
        ("model", lambda row: f"`{row.model}`"),
        ("game", lambda row: row.game),
        *RESULTS,
        *_PLAY,
        *(_LETTERS if any(row.letters for row in summaries) else ()),
        *((*_TOKENS, *_SERVICE) if any(row.output_tokens for row in summaries) else ()),
        ("time", _time),
    ]
    titles = [title for title, _ in columns]
    rows = [[text(row) for _, text in columns] for row in summaries]
    below = [[_BASELINE[title](line) if title in _BASELINE else "" for title in titles] for line in baselines]
    return markdown(titles, [*rows, *below])


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a table in Markdown; a bar within a cell is escaped.

    >>> print(markdown(["a", "b"], [["1", "x|y"]]))
    | a | b |
    |---|---|
    | 1 | x\|y |
    """
    lines = [list(titles), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    text = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([text[0], "|" + "---|" * len(titles), *text[1:]])


def scores_to_json(
    scores: Sequence[EpisodeScore], summaries: Sequence[Summary], baselines: Sequence[Baseline] = ()
) -> str:
    """Return a JSON object with the keys "schema", "summary", "baselines" and "episodes"."""
    content = {
        "schema": SCORES_SCHEMA,
        "summary": [summary.as_dict() for summary in summaries],
        "baselines": [asdict(line) | {"win_rate": line.win_rate} for line in baselines],
        "episodes": [_episode(score) for score in scores],
    }
    return json.dumps(all_finite(content), indent=2)


def summaries_to_csv(summaries: Sequence[Summary]) -> str:
    """Return a line for each summary; the interval of the win rate is two columns."""
    rows = []
    for summary in summaries:
        row = summary.as_dict()
        row["win_low"], row["win_high"] = row.pop("win_interval")
        rows.append(row)
    return to_csv(rows)


def episodes_to_csv(scores: Sequence[EpisodeScore]) -> str:
    """Return a line for each episode."""
    return to_csv([_episode(score) for score in scores])


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows with the same keys as CSV with a header; what is infinite or unknown is left empty, tables are JSON.

    >>> print(to_csv([{"a": 1, "b": {"c": 2}, "d": float("inf")}]), end="")
    a,b,d
    1,"{""c"": 2}",
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in rows[:1]:
        writer.writerow(row)
    for row in rows:
        writer.writerow(_cell(value) for value in all_finite(row).values())
    return text.getvalue()


def all_finite(value: Any) -> Any:
    """Return plain values with None for what is infinite, which JSON does not know."""
    if isinstance(value, Mapping):
        return {key: all_finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [all_finite(entry) for entry in value]
    return None if isinstance(value, float) and isinf(value) else value


def rate_with_interval(rate: float, interval: tuple[float, float]) -> str:
    """Return a rate with its interval in whole percents.

    >>> rate_with_interval(0.8, (0.49, 0.943))
    '80% (49%-94%)'
    """
    return f"{rate:.0%} ({interval[0]:.0%}-{interval[1]:.0%})"


def _episode(score: EpisodeScore) -> dict[str, Any]:
    row = asdict(score)
    del row["latencies_seconds"]
    return row | {name: getattr(score, name) for name in _EPISODE_EXTRAS}


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value


def _record(row: Summary) -> str:
    return f"{row.wins}/{row.ties}/{row.losses}" + (f" +{row.faults} faults" if row.faults else "")


def _killed(kill_loss_ratio: float) -> str:
    return "inf" if isinf(kill_loss_ratio) else f"{kill_loss_ratio:.2f}"


def _clock(game_loops: float) -> str:
    return loops_to_clock(round(game_loops))


def _rejected(row: Summary) -> str:
    written = row.rejected + row.accepted
    return f"{row.rejected / written:.1%}" if written else "-"


def _dollars(row: Summary | AgentUsage) -> str:
    return "unknown" if row.cost_usd is None else f"{row.cost_usd:.2f}"


def _by_kind(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "-"


def _latencies(row: AgentUsage) -> str:
    return "/".join(f"{percentile(row.latencies_seconds, share):.1f}" for share in (0.5, 0.95))


def _time(row: Summary) -> str:
    return _clock(row.mean_game_loops)


RESULTS: tuple[Column, ...] = (
    ("W/T/L", _record),
    ("win rate, 95 %", lambda row: rate_with_interval(row.win_rate, row.win_interval)),
    ("kill/loss", lambda row: _killed(row.kill_loss_ratio)),
    ("rejected", _rejected),
)
_PLAY: tuple[Column, ...] = (
    ("damage dealt", lambda row: f"{row.damage_dealt:.0f}"),
    ("taken", lambda row: f"{row.damage_taken:.0f}"),
    ("healed", lambda row: f"{row.healed:.0f}"),
    ("decisions/min", lambda row: f"{row.decisions_per_minute:.0f}"),
    ("actions/min", lambda row: f"{row.actions_per_minute:.0f}"),
)
_LETTERS: tuple[Column, ...] = (("letters", lambda row: f"{row.letters}"),)
_TOKENS: tuple[Column, ...] = (
    ("tokens in", lambda row: f"{row.input_tokens:,}"),
    ("out", lambda row: f"{row.output_tokens:,}"),
    ("$", _dollars),
)
_SERVICE: tuple[Column, ...] = (
    ("cached", lambda row: f"{row.cached_tokens:,}"),
    ("p50/p95 s", lambda row: f"{row.latency_p50_seconds:.1f}/{row.latency_p95_seconds:.1f}"),
    ("failures", lambda row: f"{row.failures}"),
)
_USAGE: tuple[tuple[str, Callable[[AgentUsage], str]], ...] = (
    ("scenario", lambda row: row.scenario),
    ("agent", lambda row: row.agent),
    ("model", lambda row: f"`{row.model}`"),
    ("questions", lambda row: f"{row.answers}"),
    ("tokens in", lambda row: f"{row.input_tokens:,}"),
    ("cached", lambda row: f"{row.cached_tokens:,}"),
    ("out", lambda row: f"{row.output_tokens:,}"),
    ("reasoning", lambda row: f"{row.reasoning_tokens:,}"),
    ("$", _dollars),
    ("p50/p95 s", _latencies),
    ("retries", lambda row: f"{row.retries}"),
    ("unanswered", lambda row: _by_kind(row.failures)),
    ("ended", lambda row: _by_kind(row.stops)),
)
_BASELINE: dict[str, Callable[[Baseline], str]] = {
    "scenario": lambda line: line.scenario,
    "model": lambda line: f"`{line.model}` (baseline)",
    "game": lambda line: line.game,
    "W/T/L": lambda line: f"{line.wins}/{line.ties}/{line.losses}",
    "win rate, 95 %": lambda line: rate_with_interval(line.win_rate, line.win_interval),
    "kill/loss": lambda line: _killed(line.kill_loss_ratio),
    "time": lambda line: _clock(line.mean_game_loops),
}
"""What a baseline has of the columns, by title."""
