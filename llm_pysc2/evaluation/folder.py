"""The folder of a batch: what was asked for, a trace for each episode, and a lock while somebody works in it.

    batch.json                      the exact configuration, versions and origin
    traces/CELL/seed-00000.jsonl    an episode that is over; `.part` while it is played
    faults.jsonl                    what broke, and how often an episode was tried

A finished trace is the checkpoint of its episode: a batch goes on with the episodes that have none.
"""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llm_pysc2 import __version__
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.suite import Suite

FOLDER_SCHEMA = 1
BUILD = "4.10.0.75689"
"""Build of the game from which the facts are taken."""


@dataclass(frozen=True, slots=True)
class Job:
    """One episode of a batch."""

    cell: Cell
    number: int
    seed: int
    path: Path
    """Where its trace goes."""


class BatchFolder:
    """A folder that holds one batch; a context manager that locks it.

    Raises UsageError if it cannot be used: it holds something else, another batch, or somebody works in it.
    """

    def __init__(self, path: Path, suite: Suite) -> None:
        self.path = path
        self.suite = suite
        self._config = path / "batch.json"
        self._lock = path / "lock"

    def __enter__(self) -> "BatchFolder":
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._claim()
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be written: {error.strerror or error}") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.unlink(missing_ok=True)

    def jobs(self) -> list[Job]:
        """Return all episodes of the batch; those of different cells take turns, so that all cells grow evenly."""
        cells = self.suite.cells()
        return [
            Job(cell, number, self.suite.seed + number, self._trace(cell, self.suite.seed + number))
            for number in range(self.suite.episodes)
            for cell in cells
        ]

    def record_fault(self, job: Job, attempt: int, what: str) -> None:
        """Note that an episode broke."""
        line = {"cell": job.cell.slug, "seed": job.seed, "attempt": attempt, "what": what, "at": _now()}
        with (self.path / "faults.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def set_aside(self, job: Job, attempt: int) -> None:
        """Move the trace of an attempt that broke out of the way of the next one."""
        if job.path.exists():
            job.path.rename(job.path.with_suffix(f".fault-{attempt}"))

    def attempts(self, job: Job) -> Iterator[Path]:
        """Yield all that there is of an episode: its trace, finished or not, and those that broke."""
        yield from job.path.parent.glob(f"{job.path.stem}.*")

    def traces(self) -> Iterator[Path]:
        """Yield the finished traces, in a fixed order."""
        yield from sorted((self.path / "traces").glob("*/seed-*.jsonl"))

    def _trace(self, cell: Cell, seed: int) -> Path:
        return self.path / "traces" / cell.slug / f"seed-{seed:05d}.jsonl"

    def _take_lock(self) -> None:
        holder = _pid_in(self._lock)
        if holder is not None and holder != os.getpid() and _is_alive(holder):
            raise UsageError(f"{self.path}: process {holder} is working in it; wait for it, or name another folder")
        self._lock.write_text(str(os.getpid()))

    def _claim(self) -> None:
        wanted = json.loads(json.dumps(self.suite.identity()))
        if self._config.exists():
            self._compare(_read_config(self._config), wanted)
            return
        if any(entry != self._lock for entry in self.path.iterdir()):
            self._lock.unlink(missing_ok=True)
            raise UsageError(f"{self.path} is not empty and holds no batch; name a new folder with --out")
        config = {"schema": FOLDER_SCHEMA, "suite": wanted, **_origin()}
        part = self._config.with_suffix(".part")
        part.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        part.rename(self._config)

    def _compare(self, config: dict[str, Any], wanted: dict[str, Any]) -> None:
        found = config.get("suite", {})
        different = [key for key in wanted if found.get(key) != wanted[key] and key != "episodes"]
        if config.get("schema") != FOLDER_SCHEMA or config.get("version") != __version__:
            different.insert(0, "version")
            found, wanted = {**found, "version": config.get("version")}, {**wanted, "version": __version__}
        if different:
            self._lock.unlink(missing_ok=True)
            what = "; ".join(f"{key} was {found.get(key)!r}, is {wanted[key]!r}" for key in different)
            raise UsageError(f"{self.path} holds another batch: {what}; name another folder with --out")


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(config, dict):
            return config
    except (OSError, ValueError):
        pass
    raise UsageError(f"{path}: cannot be read as the configuration of a batch; name another folder with --out")


def _origin() -> dict[str, Any]:
    """Return where results come from: versions, build of the facts, state of the source."""
    return {
        "version": __version__,
        "facts_build": BUILD,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "git": _git_state(),
        "started_at": _now(),
    }


def _git_state() -> str:
    """Return the commit of the source and whether it was changed; empty where the package is not in a checkout."""
    root = Path(__file__).resolve().parents[2]
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return ""
    command = [git, "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    return done.stdout.strip()


def _pid_in(lock: Path) -> int | None:
    try:
        return int(lock.read_text())
    except (OSError, ValueError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
