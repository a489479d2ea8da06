"""Write and read traces: one file an episode, one event a line, readable at every moment of its life.

A trace is written to `NAME.jsonl.part` and gets its name when the episode has ended, so that a whole trace can be
told from one that was cut off. Both can be read.
"""

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from llm_pysc2.errors import TraceError
from llm_pysc2.orchestrator.events import EVENT_TYPES, TRACE_SCHEMA, WALL_CLOCK, EpisodeStarted, Event

PART = ".part"


class EventSink(Protocol):
    """Anything that takes events as they happen: a trace file, a display, a live page."""

    def __call__(self, event: Event, /) -> None:
        """Take one event; it must not change it and must not fail the episode."""


def event_to_line(event: Event) -> str:
    """Return an event as one line of JSON, without a line break."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=False, separators=(",", ":"))


def line_to_event(line: str) -> Event:
    """Return the event in a line. Raises TraceError if it is none."""
    try:
        values: dict[str, Any] = json.loads(line)
        kind = EVENT_TYPES[values.pop("event")]
        known = kind.__dataclass_fields__
        return kind(**{key: value for key, value in values.items() if key in known})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TraceError(f"not an event of a trace: {line[:80]!r} ({error})") from error


def without_wall_clock(event: Event) -> dict[str, Any]:
    """Return the fields of an event that the same seed and answers always give again."""
    wall = WALL_CLOCK.get(type(event).__name__, ())
    values = {key: value for key, value in asdict(event).items() if key not in wall}
    return {"event": type(event).__name__, **values}


class TraceWriter:
    """Writes the events of one episode to a file, a line at a time; a context manager.

    Raises TraceError if the file exists already or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(path.name + PART)
        if path.exists():
            raise TraceError(f"{path} exists already; name another folder with --out")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # half a surrogate pair, which a model can send, has no UTF-8; as an escape it is the same JSON
            self._file = self._part.open("w", encoding="utf-8", errors="backslashreplace", buffering=1)
        except OSError as error:
            raise TraceError(f"{path}: cannot be written: {error.strerror}") from error

    def __call__(self, event: Event) -> None:
        """Write one event. Raises TraceError when the disk refuses."""
        try:
            self._file.write(event_to_line(event) + "\n")
        except OSError as error:
            raise TraceError(f"{self._part}: cannot be written: {error.strerror}") from error

    def __enter__(self) -> "TraceWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file; give it its final name only if nothing was raised and all of it is on the disk."""
        try:
            if error is None:
                os.fsync(self._file.fileno())
            self._file.close()
            if error is None:
                self._part.rename(self.path)
        except OSError as refusal:
            raise TraceError(f"{self._part}: cannot be written: {refusal.strerror}") from error or refusal


def read_trace(path: Path, without: Collection[str] = ()) -> Iterator[Event]:
    """Yield the events of a trace; one that was cut off ends where it was cut.

    Events whose class is named in `without` are passed over unread: most of a trace is of kinds that few readers need.

    Raises TraceError if the file is missing, is no trace, or was written by a newer version.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").rstrip("\n").split("\n")
    except OSError as error:
        raise TraceError(f"{path}: cannot be read: {error.strerror}") from error
    passed_over = tuple(f'{{"event":"{kind}",' for kind in without)
    for number, line in enumerate(lines):
        if line.startswith(passed_over):
            continue
        try:
            event = line_to_event(line)
        except TraceError as error:
            if number == len(lines) - 1 and number > 0:
                return
            raise TraceError(f"{path}, line {number + 1}: {error}") from error
        if isinstance(event, EpisodeStarted) and event.schema > TRACE_SCHEMA:
            raise TraceError(f"{path}: written by a newer version (schema {event.schema}, known {TRACE_SCHEMA})")
        yield event
