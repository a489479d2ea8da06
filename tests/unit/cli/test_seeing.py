"""The commands that show what was played: report, watch, replay."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from llm_pysc2 import cli
from llm_pysc2.cli import replay
from llm_pysc2.cli.watch import Pacer
from llm_pysc2.evaluation.report.gif import write_gif
from llm_pysc2.orchestrator.events import Event
from llm_pysc2.orchestrator.trace import read_trace
from tests.traces import duel, ended, observed, row, started, write_trace


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return write_trace(tmp_path / "run" / "episode-000.jsonl", duel())


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody sleeps; how long they wanted to."""
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    return naps


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line in which a command refuses its arguments."""
    assert cli.main(arguments) in (1, 2)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_report(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", str(trace.parent)]) == 0
    assert capsys.readouterr().out.startswith(f"{trace.parent / 'report' / 'index.html'}: 1 episode, ")
    assert cli.main(["report", str(trace), "--html", str(trace.parent / "other"), "--every-loops", "100"]) == 0
    assert (trace.parent / "other" / "episodes" / "episode-000.html").is_file()


def test_replay_as_lines_where_nobody_watches(
    trace: Path, slept: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["replay", str(trace.parent)]) == 0
    out = capsys.readouterr().out
    assert "turn   2" in out
    assert "rejected <Fly()>" in out
    assert "win after 0:01" in out
    assert slept == []


def test_replay_takes_the_time_of_the_game(trace: Path, slept: list[float]) -> None:
    assert len(list(replay._in_time(read_trace(trace), speed=2.0))) == len(duel())
    assert slept == pytest.approx([8 / 22.4 / 2] * 5)


def test_replay_of_one_turn(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["replay", str(trace), "--turn", "2"]) == 0
    out = capsys.readouterr().out
    assert "turn 2" in out
    assert "Turn 2: I attack." in out


def test_replay_of_a_trace_that_was_cut_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_trace(tmp_path / "a.jsonl", duel()[:10])
    path.write_text(path.read_text() + "garbage\n{}\n")
    assert cli.main(["replay", str(path)]) == 0
    out, err = capsys.readouterr()
    assert "turn   1" in out
    assert "shown up to event 10" in err


def test_what_cannot_be_replayed(trace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_trace(tmp_path / "two" / "a.jsonl", duel())
    write_trace(tmp_path / "two" / "b.jsonl", duel())
    (tmp_path / "none").mkdir()
    assert "there is no turn 77; the last one is 5" in complaint(capsys, "replay", str(trace), "--turn", "77")
    assert "holds 2 traces; name one, such as" in complaint(capsys, "replay", str(tmp_path / "two"))
    assert "no traces here" in complaint(capsys, "replay", str(tmp_path / "none"))
    assert "no such folder or trace" in complaint(capsys, "replay", str(tmp_path / "nowhere"))
    assert "above 0" in complaint(capsys, "replay", str(trace), "--gif", str(tmp_path / "a.gif"), "--speed", "0")


def test_a_gif_shows_the_episode(trace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "pictures" / "duel.gif"
    assert cli.main(["replay", str(trace), "--gif", str(target)]) == 0
    assert "6 pictures" in capsys.readouterr().out
    with Image.open(target) as image:
        assert (image.format, image.n_frames, image.size[0]) == ("GIF", 6, 520)


def test_a_gif_of_a_long_episode_has_a_limit(tmp_path: Path) -> None:
    def events() -> Iterator[Event]:
        yield started()
        for turn in range(3000):
            yield observed(turn, [row(1, "Zealot", "s", 5 + turn / 1000, 5), row(2, "Medivac", "e", 9, 9)])
        yield ended(3000)

    assert write_gif(events(), tmp_path / "long.gif", speed=100.0) <= 120


def test_watch_needs_something_to_watch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "name either a scenario" in complaint(capsys, "watch")
    assert "name either a scenario" in complaint(capsys, "watch", "2s3z", "--follow", str(tmp_path))
    assert "no such trace or folder" in complaint(capsys, "watch", "--port", "0", "--follow", str(tmp_path / "nowhere"))
    assert "no scenario named" in complaint(capsys, "watch", "2s3x", "--port", "0")


def test_watch_says_that_a_port_is_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "in use; name another with --port" in complaint(capsys, "watch", "2s3z", "--port", port)


def test_watch_plays_and_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["watch", "3m", "--port", "0", "--speed", "0", "--once", "--out", str(tmp_path / "run")]
    assert cli.main(arguments) == 0
    out = capsys.readouterr().out
    assert out.startswith("Watch at http://127.0.0.1:")
    assert "3m" in out
    assert (tmp_path / "run" / "episode-000.jsonl").is_file()


def test_the_pacer_holds_the_game_to_its_speed(slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    pacer = Pacer(2.0)
    for event in (started(), observed(0, []), observed(28, [])):
        pacer(event)
    assert slept == pytest.approx([28 * 8 / 22.4 / 2])
    now = 500.0
    pacer(observed(56, []))
    now = 501.0
    pacer(observed(84, []))
    assert slept == pytest.approx([5.0, 4.0])


def test_a_pacer_without_a_speed_never_waits(slept: list[float]) -> None:
    pacer = Pacer(0.0)
    for event in duel():
        pacer(event)
    assert slept == []
