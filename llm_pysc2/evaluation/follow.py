"""Follow a trace that is still being written, or a folder of them, event by event."""

import time
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.orchestrator.events import TRACE_SCHEMA, EpisodeEnded, EpisodeStarted, Event
from llm_pysc2.orchestrator.trace import PART, line_to_event
from llm_pysc2.orchestrator.trace_images import restored

QUIET_SECONDS = 5.0
"""A trace that did not grow for so long is left for a newer one in the same folder."""


class Follower:
    """Reads what has been added to a trace since it was last asked.

    In a folder, a newer trace takes the place of one that is over. Raises UsageError if there is nothing of that name,
    TraceError where a line is no event.
    """

    def __init__(self, target: Path) -> None:
        if not target.exists() and not target.with_name(target.name + PART).exists():
            raise UsageError(f"{target}: no such trace or folder")
        self._target = target
        self._file: BufferedReader | None = None
        self._begun: set[int] = set()
        self._rest = b""
        self._is_over = True
        self._grew_at = 0.0
        self.path: Path | None = None
        """The trace that is being read."""

    def poll(self) -> Iterator[Event]:
        """Yield the events that are new."""
        if self._is_over or time.monotonic() - self._grew_at > QUIET_SECONDS:
            self._turn_to_newest()
        if self._file is None:
            return
        added = self._file.read()
        if added:
            self._grew_at = time.monotonic()
        *lines, self._rest = (self._rest + added).split(b"\n")
        path = self.path
        for line in lines:
            event = line_to_event(line.decode("utf-8", errors="replace"))
            if isinstance(event, EpisodeStarted) and event.schema > TRACE_SCHEMA:
                raise TraceError(
                    f"{self.path}: written by a newer version (schema {event.schema}, known {TRACE_SCHEMA})"
                )
            self._is_over = isinstance(event, EpisodeEnded)
            yield restored(event, path) if path else event

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _turn_to_newest(self) -> None:
        """Open the trace that was begun or written last, if it has not been read yet."""
        newest = max(self._candidates(), default=None)
        if newest is None:
            return
        _, path = newest
        try:
            file = path.open("rb")
            inode = path.stat().st_ino
        except OSError:
            return
        if inode in self._begun:
            file.close()
            return
        self.close()
        self._begun.add(inode)
        self._file, self._rest, self._is_over, self.path = file, b"", False, path
        self._grew_at = time.monotonic()

    def _candidates(self) -> Iterator[tuple[tuple[bool, float], Path]]:
        """Yield traces with what decides among them: those being written first, then those written last."""
        for path in self._paths():
            try:
                yield (path.name.endswith(PART), path.stat().st_mtime), path
            except OSError:
                continue

    def _paths(self) -> Iterator[Path]:
        if not self._target.is_dir():
            yield from (
                path for path in (self._target, self._target.with_name(self._target.name + PART)) if path.exists()
            )
            return
        for ending in ("*.jsonl", f"*.jsonl{PART}"):
            yield from (path for path in self._target.rglob(ending) if path.name != "faults.jsonl")
