"""What the index of a report shows: a row for each scenario and model, one for each episode, and what is not shown."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_pysc2 import __version__
from llm_pysc2.evaluation.report.report_text import Told, model_name
from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.evaluation.summary import summarise
from llm_pysc2.world.clock import LOOPS_PER_SECOND

_EPISODE = (
    "game_loops", "turns", "own_units", "enemy_units", "kill_loss_ratio", "damage_dealt", "damage_taken", "answers",
    "accepted", "rejected", "failures", "letters", "input_tokens", "cached_tokens", "output_tokens", "elapsed_seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One episode in the index: all that is kept of it once its page is written."""

    row: dict[str, Any]
    score: EpisodeScore | None
    started_at: str


@dataclass(slots=True)
class Overview:
    """Gathers what the index shows, an episode at a time."""

    run: Path
    shown: list[Shown] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)
    """Files that cannot be shown, each with the reason."""

    def add(self, told: Told, page: str) -> None:
        """Take in an episode whose viewer is at `page`, relative to the index."""
        start, score = told.start, told.score
        row: dict[str, Any] = {
            "page": page,
            "scenario": start.scenario,
            "pack": start.pack,
            "roster": start.roster,
            "model": model_name(start.models),
            "game": start.game,
            "episode": start.episode,
            "seed": start.seed,
            "result": score.result if score else "cut off",
            "reason": score.reason if score else "the episode was cut off",
            "cost_usd": told.cost_usd,
            "notes": told.notes,
        }
        if score is not None:
            row |= {name: getattr(score, name) for name in _EPISODE}
        self.shown.append(Shown(row, score, start.started_at))

    def leave_out(self, path: Path, why: str) -> None:
        """Note a file that cannot be shown."""
        name = str(path.relative_to(self.run)) if path.is_relative_to(self.run) else path.name
        self.unread.append({"path": name, "why": why.replace(str(path), name)})

    def data(self) -> dict[str, Any]:
        """Return what the page of the index is built from."""
        return {
            "run": self.run.resolve().name,
            "version": __version__,
            "loops_per_second": LOOPS_PER_SECOND,
            "started_at": min((shown.started_at for shown in self.shown if shown.started_at), default=""),
            "summary": list(self._summary()),
            "episodes": [shown.row for shown in self.shown],
            "unread": self.unread,
            "faults": list(_faults(self.run)),
        }

    def _summary(self) -> Iterable[dict[str, Any]]:
        for summary in summarise(shown.score for shown in self.shown if shown.score is not None):
            yield summary.as_dict()


def _faults(run: Path) -> Iterable[dict[str, Any]]:
    """Yield what a batch noted about episodes that broke; lines that cannot be read are left out."""
    try:
        lines = (run / "faults.jsonl").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            fault = json.loads(line)
        except ValueError:
            continue
        if isinstance(fault, dict):
            yield {key: str(fault.get(key, "")) for key in ("cell", "seed", "attempt", "what", "at")}
