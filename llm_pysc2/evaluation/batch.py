"""Play a suite on worker processes, losing nothing: what is finished is on disk, what broke is played again."""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Protocol

from llm_pysc2 import packs
from llm_pysc2.backends import BudgetLimits
from llm_pysc2.errors import LlmPysc2Error
from llm_pysc2.evaluation.batch_size import means_of
from llm_pysc2.evaluation.folder import BatchFolder, Job
from llm_pysc2.evaluation.spending import left_of, part_of, spent_in
from llm_pysc2.evaluation.suite import NO_LIMITS
from llm_pysc2.evaluation.worker import Report, work


class BatchStoppedError(LlmPysc2Error):
    """The batch stopped before its end; what was played stays, and the same command goes on."""


class Progress(Protocol):
    """Whoever watches a batch."""

    def __call__(self, report: Report) -> None:
        """Take the report of an episode that is over."""
        ...


@dataclass(slots=True)
class _Worker:
    """A worker process as the coordinator sees it."""

    process: SpawnProcess
    pipe: "Connection[Job | None, Report]"
    budget: BudgetLimits
    given: list[Job] = field(default_factory=list)
    """All that it has been sent."""
    playing: list[Job] = field(default_factory=list)


class Batch:
    """One batch being played."""

    def __init__(self, folder: BatchFolder, watch: Callable[[Report], None] = lambda _: None) -> None:
        means = means_of(folder.suite)
        self._folder = folder
        self._suite = replace(folder.suite, workers=means.workers, in_flight=means.in_flight)
        self._budgets = self._split_budget()
        self._watch = watch
        self._waiting = deque(job for job in folder.jobs() if not job.path.exists())
        self._attempts: dict[Job, int] = {}
        self._given_up: dict[Job, str] = {}
        self._workers: list[_Worker] = []
        self._interrupts = 0
        self._stop_reason = ""

    @property
    def left(self) -> int:
        """Episodes that are not over."""
        return len(self._waiting) + sum(len(worker.playing) for worker in self._workers)

    def play(self) -> None:
        """Play all episodes that have no trace yet.

        An interrupt lets the running episodes finish, a second one ends them. Raises BatchStoppedError if the batch did
        not come to its end.
        """
        with self._interruptible():
            try:
                while self._waiting or any(worker.playing for worker in self._workers):
                    if self._interrupts > 1 or (self._is_stopping and not any(w.playing for w in self._workers)):
                        break
                    self._fill()
                    self._listen()
            except OSError as error:
                self._stop_reason = f"{self._folder.path}: cannot be written: {error.strerror or error}"
            finally:
                self._dismiss()
        left = self.left + len(self._given_up)
        if left:
            reason = self._stop_reason or next(iter(self._given_up.values()), "interrupted")
            raise BatchStoppedError(f"{reason}; {left} episodes are left, the same command goes on with them")

    def _split_budget(self) -> list[BudgetLimits]:
        """Return a part for each worker of what earlier starts of this batch have left of its budget."""
        budget = self._suite.budget
        if budget != NO_LIMITS:
            used = spent_in(path for job in self._folder.jobs() for path in self._folder.attempts(job))
            budget = part_of(left_of(budget, used), self._suite.workers)
        return [budget] * self._suite.workers

    @property
    def _is_stopping(self) -> bool:
        return bool(self._interrupts or self._stop_reason)

    def _fill(self) -> None:
        """Start workers that are missing and give each as many episodes as it can play at a time."""
        wanted = min(self._suite.workers, self.left)
        while not self._is_stopping and len(self._workers) < wanted:
            self._workers.append(self._hire())
        for worker in self._workers:
            while not self._is_stopping and self._waiting and len(worker.playing) < self._suite.in_flight:
                job = self._waiting.popleft()
                worker.given.append(job)
                worker.playing.append(job)
                worker.pipe.send(job)

    def _hire(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        budget = self._budgets.pop()
        process = context.Process(target=work, args=(theirs, packs.user_packs(), self._suite, budget), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, budget)

    def _listen(self) -> None:
        """Wait for a report or for the death of a worker."""
        ready = wait([worker.pipe for worker in self._workers], timeout=0.5)
        for worker in [worker for worker in self._workers if worker.pipe in ready]:
            try:
                report = worker.pipe.recv()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            worker.playing.remove(report.job)
            self._take(report)

    def _take(self, report: Report) -> None:
        if report.result == "stop":
            self._stop_reason = report.reason
            self._waiting.appendleft(report.job)
            self._folder.set_aside(report.job, 0)
        elif report.result == "fault":
            self._try_again(report.job, report.reason)
        else:
            self._watch(report)

    def _bury(self, worker: _Worker) -> None:
        worker.process.join()
        self._workers.remove(worker)
        if worker.budget != NO_LIMITS:
            used = spent_in(path for job in worker.given for path in self._folder.attempts(job))
            self._budgets.append(left_of(worker.budget, used))
        else:
            self._budgets.append(NO_LIMITS)
        for job in worker.playing:
            if job.path.exists():
                self._watch(Report(job, "done", "finished as its worker died"))
            else:
                self._try_again(job, f"the worker died with exit code {worker.process.exitcode}")

    def _try_again(self, job: Job, what: str) -> None:
        attempt = self._attempts[job] = self._attempts.get(job, 0) + 1
        self._folder.record_fault(job, attempt, what)
        if attempt < self._suite.attempts:
            self._folder.set_aside(job, attempt)
            self._waiting.append(job)
        else:
            if not job.path.exists():
                self._given_up[job] = what
            self._watch(Report(job, "fault", what))

    def _dismiss(self) -> None:
        """Send the workers home; those that still play are ended."""
        for worker in self._workers:
            if worker.playing or self._interrupts > 1:
                worker.process.terminate()
            else:
                try:
                    worker.pipe.send(None)
                except OSError:
                    worker.process.terminate()
        for worker in self._workers:
            worker.process.join(timeout=10)
            if worker.process.is_alive():
                worker.process.kill()
            self._waiting.extend(worker.playing)
            worker.pipe.close()
        self._workers.clear()

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        def count(_signal: int, _frame: FrameType | None) -> None:
            self._interrupts += 1

        before = signal.signal(signal.SIGINT, count)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
