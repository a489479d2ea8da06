"""Batches lose nothing: killed at any moment and started again, they give the table of an undisturbed run."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.cli import main
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.folder import BatchFolder
from llm_pysc2.evaluation.suite import Suite
from tests.wire.answers import Answer, Seen
from tests.wire.server import WireServer

EPISODES = int(os.environ.get("LLM_PYSC2_TORTURE_EPISODES", "12"))
KILLS = int(os.environ.get("LLM_PYSC2_TORTURE_KILLS", "3"))
STARTING_SECONDS = 0.8
WALL_CLOCK = ("elapsed_seconds", "latencies_seconds", "latency_p50_seconds", "latency_p95_seconds")


def command(out: Path, *more: str) -> list[str]:
    play = ["eval", "--scenario", "3m", "--model", "scripted/random", "--episodes", str(EPISODES), "--workers", "2"]
    return [sys.executable, "-m", "llm_pysc2", *play, "--out", str(out), *more]


def table(out: Path, cwd: Path, *more: str) -> Any:
    done = subprocess.run(command(out, "--json", *more), capture_output=True, text=True, check=True, cwd=cwd)
    scores = json.loads(done.stdout)
    for row in [*scores["episodes"], *scores["summary"]]:
        for field in WALL_CLOCK:
            row.pop(field, None)
    return scores


def workers(pid: int) -> list[int]:
    """Return the processes that play for a coordinator (the other child that it may have keeps its semaphores)."""
    found = subprocess.run(["pgrep", "-P", str(pid), "-f", "spawn_main"], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def kill_a_worker(coordinator: "subprocess.Popen[bytes]", chance: random.Random) -> bool:
    """Kill a worker as soon as there is one; False if the batch is over before that."""
    while coordinator.poll() is None:
        if playing := workers(coordinator.pid):
            os.kill(chance.choice(playing), signal.SIGKILL)
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds worker processes with pgrep")
def test_killed_at_random_moments_it_gives_the_same_table(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    undisturbed = table(tmp_path / "calm", tmp_path)
    chance = random.Random(7)
    killed = 0
    for number in range(KILLS):
        process = subprocess.Popen(command(tmp_path / "killed", "--quiet"), cwd=tmp_path, stdout=subprocess.DEVNULL)
        time.sleep(STARTING_SECONDS + chance.uniform(0, 0.05) * EPISODES / KILLS)
        if number % 2:
            killed += process.poll() is None
            process.kill()
        else:
            killed += kill_a_worker(process, chance)
            process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    record_property("kills that met a batch that was not over", killed)
    assert killed, "the batch was over before anything could be killed; give it more episodes"
    disturbed = table(tmp_path / "killed", tmp_path)
    assert len(disturbed["episodes"]) == EPISODES
    assert disturbed == undisturbed


def test_the_first_interrupt_waits_for_running_episodes_and_the_second_does_not(tmp_path: Path) -> None:
    hanging = threading.Event()

    def plan(_number: int, _seen: Seen) -> Answer:
        hanging.set()
        return Answer(delay_seconds=600.0)

    with WireServer(plan) as server:
        play = [
            "eval",
            "--scenario",
            "3m",
            "--model",
            "openai/slow",
            "--base-url",
            server.openai_url,
            "--episodes",
            "2",
        ]
        words = [sys.executable, "-m", "llm_pysc2", *play, "--workers", "1", "--in-flight", "1", "--out", "out"]
        keys = os.environ | {"OPENAI_API_KEY": "none"}
        process = subprocess.Popen(words, cwd=tmp_path, env=keys, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert hanging.wait(60)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1.5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.decode() == "llm-pysc2: interrupted; 2 episodes are left, the same command goes on with them\n"
    assert [path.name for path in tmp_path.glob("out/traces/*/*")] == ["seed-00000.jsonl.part"]


def limit_files() -> None:
    """Let no file grow over 40 kB, as on a disk that is full; for a new process."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))


def test_a_full_disk_stops_the_batch_and_room_lets_it_go_on(tmp_path: Path) -> None:
    full = subprocess.run(
        command(tmp_path / "out", "--episodes", "2"),
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=limit_files,
    )
    assert full.returncode == 1
    (line,) = full.stderr.splitlines()
    assert "cannot be written: File too large; 2 episodes are left, the same command goes on with them" in line
    table(tmp_path / "out", tmp_path, "--episodes", "2")
    assert len(list(tmp_path.glob("out/traces/*/*.jsonl"))) == 2


def test_a_folder_that_cannot_be_written_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--scenario", "3m", "--out", "/proc/runs"]) == 2
    assert capsys.readouterr().err == "llm-pysc2: /proc/runs: cannot be written: No such file or directory\n"


def test_a_folder_of_another_batch_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    with BatchFolder(tmp_path / "out", Suite(("3m",))):
        pass
    with pytest.raises(UsageError, match="seed was 0, is 5"), BatchFolder(tmp_path / "out", Suite(("3m",), seed=5)):
        pass


def test_more_episodes_go_on_in_the_same_folder(tmp_path: Path) -> None:
    with BatchFolder(tmp_path / "out", Suite(("3m",), episodes=2)):
        pass
    with BatchFolder(tmp_path / "out", Suite(("3m",), episodes=4)) as folder:
        assert len(folder.jobs()) == 4


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty and holds no batch"), BatchFolder(tmp_path, Suite(("3m",))):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_two_runs_into_one_folder_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "lock").write_text(str(os.getppid()))
    with (
        pytest.raises(UsageError, match=f"process {os.getppid()} is working in it"),
        BatchFolder(folder, Suite(("3m",))),
    ):
        pass


def test_a_lock_of_the_dead_is_taken_over(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "lock").write_text(str(process.pid))
    with BatchFolder(folder, Suite(("3m",))):
        assert (folder / "lock").read_text() == str(os.getpid())
