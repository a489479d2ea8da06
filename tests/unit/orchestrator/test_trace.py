from pathlib import Path

import pytest

from llm_pysc2.errors import TraceError
from llm_pysc2.orchestrator.events import EVENT_TYPES, TRACE_SCHEMA, WALL_CLOCK, Answered, Asked, EpisodeStarted
from llm_pysc2.orchestrator.trace import TraceWriter, event_to_line, line_to_event, read_trace, without_wall_clock

ASKED = Asked(turn=3, agent="Commander", text="line one\nline two \u2028 <Stop()>")


def test_events_survive_a_line() -> None:
    line = event_to_line(ASKED)
    assert "\n" not in line
    assert line_to_event(line) == ASKED


def test_wall_clock_fields_exist() -> None:
    for name, names in WALL_CLOCK.items():
        assert set(names) <= EVENT_TYPES[name].__dataclass_fields__.keys()


def test_wall_clock_is_left_out() -> None:
    slow = Answered(1, "A", "x", latency_seconds=9.0)
    fast = Answered(1, "A", "x", latency_seconds=0.1)
    assert slow != fast
    assert without_wall_clock(slow) == without_wall_clock(fast)


def test_a_finished_trace_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "run" / "episode-000.jsonl"
    with TraceWriter(path) as trace:
        trace(ASKED)
        assert not path.exists()
        assert list(read_trace(path.with_name(path.name + ".part"))) == [ASKED]
    assert list(read_trace(path)) == [ASKED]


def test_half_a_surrogate_pair_does_not_break_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    odd = Answered(0, "Commander", "half \ud83d of it")
    with TraceWriter(path) as trace:
        trace(odd)
    assert list(read_trace(path)) == [odd]


def write_and_fail(path: Path) -> None:
    with TraceWriter(path) as trace:
        trace(ASKED)
        1 / 0  # noqa: B018 - the episode breaks here


def test_a_trace_that_was_cut_off_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / "episode-000.jsonl"
    with pytest.raises(ZeroDivisionError):
        write_and_fail(path)
    part = tmp_path / "episode-000.jsonl.part"
    part.write_text(part.read_text() + event_to_line(ASKED)[:20])
    assert not path.exists()
    assert list(read_trace(part)) == [ASKED]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "episode-000.jsonl"
    path.write_text("")
    with pytest.raises(TraceError, match="exists already"):
        TraceWriter(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("hello\nworld\n")
    with pytest.raises(TraceError, match="line 1: not an event"):
        list(read_trace(path))


def test_newer_traces_are_refused(tmp_path: Path) -> None:
    start = EpisodeStarted(
        "2s3z",
        "smac",
        "2s3z",
        0,
        0,
        "g",
        "r",
        {},
        960,
        8,
        "wait",
        {},
        (32, 32),
        (0, 0, 32, 32),
        [],
        schema=TRACE_SCHEMA + 1,
    )
    path = tmp_path / "new.jsonl"
    path.write_text(event_to_line(start) + "\n")
    with pytest.raises(TraceError, match="newer version"):
        list(read_trace(path))
