"""A run: episodes of one cell, one after the other, each with its trace, and their scores."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from llm_pysc2.backends import ModelPool, RunOptions
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.cell import Cell, PreparedCell
from llm_pysc2.evaluation.score import EpisodeScore, score_trace
from llm_pysc2.orchestrator.lessons import Lessons, can_learn, open_lessons
from llm_pysc2.orchestrator.remote_agents import RemoteOptions
from llm_pysc2.orchestrator.trace import EventSink


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What is played and how often."""

    cell: Cell
    episodes: int = 1
    seed: int = 0
    """Episode k is played with seed + k."""
    out: Path | None = None
    """Folder for the traces; None = a new one under `runs/`."""
    models: RunOptions = field(default_factory=RunOptions)
    """What holds for all models: address, budgets, recordings."""
    remote: RemoteOptions | None = None
    """Which agents are played from other processes."""
    lessons: Path | None = None
    """Folder of lessons from earlier episodes; None = `lessons/` beside the traces, where agents reflect."""
    reflect: bool = False
    """Whether agents rewrite their lessons after each episode."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is ready to be played."""

    plan: RunPlan
    prepared: PreparedCell
    model_pool: ModelPool
    folder: Path


def prepare(plan: RunPlan, notify: Callable[[str], None] | None = None) -> Run:
    """Return the run with everything found and checked; `notify` hears of outages and unknown prices.

    Raises UsageError or PackError before any game starts.
    """
    model_pool = ModelPool(plan.models, notify=notify)
    folder = new_folder(plan.out, plan.cell.slug)
    prepared = PreparedCell(plan.cell, model_pool, plan.remote, _lessons(plan, folder))
    if plan.reflect and not any(can_learn(role.model or plan.cell.model) for role in prepared.roster.agents):
        raise UsageError("--reflect: scripted policies do not learn; name a model")
    return Run(plan, prepared, model_pool, folder)


def _lessons(plan: RunPlan, folder: Path) -> Lessons | None:
    if plan.reflect:
        return Lessons(plan.lessons or folder / "lessons", rewritten=True)
    return open_lessons(plan.lessons) if plan.lessons else None


def play_run(
    run: Run, sinks: Sequence[EventSink] = (), tell: Callable[[EpisodeScore], None] = lambda _: None
) -> list[EpisodeScore]:
    """Play all episodes of a run and return their scores, read back from their traces; each is told when it is over.

    Raises ModelServiceError where every later episode would fail too; what was played stays.
    """
    return asyncio.run(_play_all(run, sinks, tell))


async def _play_all(run: Run, sinks: Sequence[EventSink], tell: Callable[[EpisodeScore], None]) -> list[EpisodeScore]:
    scores = []
    try:
        for number in range(run.plan.episodes):
            path = run.folder / f"episode-{number:03d}.jsonl"
            await run.prepared.play(number, run.plan.seed + number, path, sinks)
            scores.append(score_trace(path))
            tell(scores[-1])
    finally:
        await run.prepared.aclose()
        await run.model_pool.aclose()
    return scores


def new_folder(out: Path | None, slug: str) -> Path:
    """Return the folder for the traces of a run, the next one under `runs/` if none is named.

    Raises UsageError if there is something in it already.
    """
    if out is not None:
        if out.exists() and any(out.iterdir()):
            raise UsageError(f"{out} is not empty; name a new folder with --out")
        return out
    for number in range(1, 100_000):
        folder = Path("runs") / f"{slug}-{number}"
        if not folder.exists():
            return folder
    raise UsageError("runs/ is full; name a new folder with --out")
