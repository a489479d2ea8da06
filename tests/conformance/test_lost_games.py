"""Episodes whose game dies under them: played again from the start, or a fault with its reason, and nothing left."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llm_pysc2.cli import main
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.errors import GameLaunchError
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.orchestrator.events import EpisodeStarted, Event, Fault
from llm_pysc2.orchestrator.trace import read_trace, without_wall_clock
from tests.faulty_game import is_free, is_running, launched_pids, launched_ports, write_faulty_game


@pytest.fixture
def sc2path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    directory = tmp_path / "sc2"
    monkeypatch.setenv("SC2PATH", str(directory))
    yield directory
    assert not [pid for pid in launched_pids(directory) if is_running(pid)]
    assert all(is_free(port) for port in launched_ports(directory))


def play(out: Path, seed: int = 4) -> tuple[EpisodeScore, list[Event]]:
    """Play an episode of 2s3z and return its score and its trace."""
    cell = Cell("2s3z", launch=LaunchOptions(timeout_seconds=20))
    (score,) = play_run(prepare(RunPlan(cell, seed=seed, out=out)))
    return score, list(read_trace(out / "episode-000.jsonl"))


def test_a_lost_game_is_played_again_from_its_start(sc2path: Path, tmp_path: Path) -> None:
    write_faulty_game(sc2path, "crash:step:12", "exit:observation:20", "none")
    score, events = play(tmp_path / "lost")
    faults = [event for event in events if isinstance(event, Fault)]
    assert [fault.boundary for fault in faults] == ["GameLostError"] * 2
    assert "signal SIGKILL" in faults[0].message
    assert "out of memory" in faults[1].message
    assert score.result in ("win", "loss", "tie")
    assert len(launched_pids(sc2path)) == 3

    write_faulty_game(sc2path, "none")
    undisturbed, expected = play(tmp_path / "undisturbed")
    last_start = max(number for number, event in enumerate(events) if isinstance(event, EpisodeStarted))
    assert [without_wall_clock(event) for event in events[last_start:]] == [without_wall_clock(e) for e in expected]
    assert (score.turns, score.accepted, score.answers) == (
        undisturbed.turns,
        undisturbed.accepted,
        undisturbed.answers,
    )


def test_a_game_that_is_lost_every_time_is_a_fault(sc2path: Path, tmp_path: Path) -> None:
    write_faulty_game(sc2path, "crash:step:5")
    score, events = play(tmp_path / "run")
    assert (score.result, len(launched_pids(sc2path))) == ("fault", 3)
    assert "the game went away while playing" in score.reason
    assert sum(isinstance(event, Fault) for event in events) == 3


def test_a_game_that_cannot_be_started_stops_the_run(sc2path: Path, tmp_path: Path) -> None:
    write_faulty_game(sc2path, "die")
    with pytest.raises(GameLaunchError, match="died while starting"):
        play(tmp_path / "run")
    assert len(launched_pids(sc2path)) == 1
    assert not (tmp_path / "run" / "episode-000.jsonl").exists()


def test_a_batch_without_a_game_goes_on_when_there_is_one(
    sc2path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_faulty_game(sc2path, "die")
    batch = [
        "eval",
        "--scenario",
        "3m",
        "--episodes",
        "2",
        "--workers",
        "1",
        "--out",
        str(tmp_path / "batch"),
        "--quiet",
    ]
    assert main(batch) == 1
    assert "2 episodes are left, the same command goes on with them" in capsys.readouterr().err
    (sc2path / "faults.txt").write_text("none")
    assert main(batch) == 0
    assert "3m" in capsys.readouterr().out


@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_whoever_interrupts_a_run_leaves_no_game_behind(sc2path: Path, tmp_path: Path, interrupt: int) -> None:
    write_faulty_game(sc2path, "loyal:0.05")
    player = start("play", "2s3z", "--quiet", "--out", str(tmp_path / "run"))
    wait_for(lambda: any((tmp_path / "run").glob("*.part")) and launched_pids(sc2path))
    player.send_signal(interrupt)
    player.communicate(timeout=30)
    assert player.returncode == 130
    assert not [pid for pid in launched_pids(sc2path) if is_running(pid)]


@pytest.mark.parametrize("fault", ["mute", "hang:create_game:1", "hang:step:3"])
def test_an_interrupt_does_not_wait_for_a_game_that_hangs(sc2path: Path, tmp_path: Path, fault: str) -> None:
    write_faulty_game(sc2path, fault)
    player = start("play", "2s3z", "--quiet", "--game-timeout", "300", "--out", str(tmp_path / "run"))
    wait_for(lambda: launched_pids(sc2path))
    time.sleep(2)
    player.send_signal(signal.SIGINT)
    player.communicate(timeout=20)
    assert player.returncode == 130


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_batch_that_is_ended_leaves_no_game_behind(sc2path: Path, tmp_path: Path, ending: int) -> None:
    write_faulty_game(sc2path, "loyal:0.05")
    batch = start("eval", "--scenario", "2s3z", "--workers", "2", "--quiet", "--out", str(tmp_path / "batch"))
    wait_for(lambda: len(list((tmp_path / "batch" / "traces").glob("*/*.part"))) == 2)
    wait_for(lambda: len(launched_pids(sc2path)) == 2)
    batch.send_signal(ending)
    batch.communicate(timeout=30)
    wait_for(lambda: not any(is_running(pid) for pid in launched_pids(sc2path)))


def start(*words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "llm_pysc2", *words], stderr=subprocess.PIPE)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited for 30 s in vain"
        time.sleep(0.05)
