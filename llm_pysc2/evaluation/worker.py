"""A worker process of a batch: plays the episodes it is sent, several at a time, and says how each ended.

It speaks with the coordinator over a pipe: a Job comes in, a Report goes out, None in means there is no more. When the
pipe breaks the coordinator is gone, and so is the worker.
"""

import asyncio
import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from llm_pysc2 import packs
from llm_pysc2.backends import BudgetLimits, ModelPool
from llm_pysc2.errors import LlmPysc2Error, ModelServiceError, TraceError
from llm_pysc2.evaluation.cell import Cell, PreparedCell
from llm_pysc2.evaluation.folder import Job
from llm_pysc2.evaluation.suite import Suite
from llm_pysc2.orchestrator.lessons import Lessons

TERMINATED_EXIT_CODE = 143
LEAVING_SECONDS = 15
"""A worker that has not ended its games by then is ended with them."""


@dataclass(frozen=True, slots=True)
class Report:
    """How an episode ended."""

    job: Job
    result: str
    """"win", "tie", "loss"; "fault" if it broke; "stop" if the whole batch should stop: no model, no room."""
    reason: str


def work(pipe: "Connection[Report, Job | None]", user_packs: list[Path], suite: Suite, budget: BudgetLimits) -> None:
    """Play what comes until there is no more or the worker's part of the budget is spent; a process's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    packs.use_packs(user_packs)
    asyncio.run(_work(pipe, ModelPool(suite.models_options(budget)), suite.open_lessons()))


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End the process in order, so that no game of its episodes is left running."""
    raise SystemExit(TERMINATED_EXIT_CODE)


def _leave_alone() -> None:
    """End this process because the coordinator is gone and nobody wants the episodes that are still played."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LEAVING_SECONDS)
    os._exit(TERMINATED_EXIT_CODE)


async def _work(pipe: "Connection[Report, Job | None]", model_pool: ModelPool, lessons: Lessons | None) -> None:
    loop = asyncio.get_running_loop()
    jobs: asyncio.Queue[Job | None] = asyncio.Queue()
    reader = threading.Thread(target=_read, args=(pipe, loop, jobs), daemon=True)
    reader.start()
    cells: dict[Cell, PreparedCell] = {}
    async with asyncio.TaskGroup() as group:
        while (job := await jobs.get()) is not None:
            if job.cell not in cells:
                cells[job.cell] = PreparedCell(job.cell, model_pool, lessons=lessons)
            group.create_task(_play(pipe, cells[job.cell], job))
    await model_pool.aclose()


def _read(
    pipe: "Connection[Report, Job | None]", loop: asyncio.AbstractEventLoop, jobs: "asyncio.Queue[Job | None]"
) -> None:
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            _leave_alone()
            return
        loop.call_soon_threadsafe(jobs.put_nowait, job)
        if job is None:
            return


async def _play(pipe: "Connection[Report, Job | None]", prepared: PreparedCell, job: Job) -> None:
    try:
        verdict = await prepared.play(job.number, job.seed, job.path)
        report = Report(job, verdict.result, verdict.reason)
    except (ModelServiceError, TraceError) as error:
        report = Report(job, "stop", str(error))
    except LlmPysc2Error as error:
        report = Report(job, "fault", str(error))
    except Exception as error:  # noqa: BLE001 - the boundary of an episode: a fault of ours costs this one only
        report = Report(job, "fault", f"{type(error).__name__}: {error}")
    pipe.send(report)
