"""A game process that dies, hangs, dawdles or talks nonsense: an error that says so, in bounded time, and nothing left.

The games are processes that PySC2's launcher starts, found through SC2PATH; the clocks are real.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pysc2 import run_configs
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.install import EXECUTABLE, install
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.errors import GameError, GameLaunchError, GameLostError
from tests.faulty_game import (
    WORDS,
    is_free,
    is_running,
    launched_arguments,
    launched_pids,
    launched_ports,
    write_faulty_game,
)

START_SECONDS = 20
"""Enough for Python to start and import on a busy machine."""
ENDING_SECONDS = 8
"""PySC2 says goodbye for 3 s, tells the process to terminate for 3 s, then kills it."""

MakeGame = Callable[..., GameEnv]


@pytest.fixture
def sc2path(tmp_path: Path) -> Path:
    return tmp_path / "sc2"


@pytest.fixture
def make_game(sc2path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeGame]:
    """A maker of games that fail as told; whatever happens, nothing of them is left at the end."""

    def make(*faults: str, timeout_seconds: float = START_SECONDS) -> GameEnv:
        write_faulty_game(sc2path, *faults)
        monkeypatch.setenv("SC2PATH", str(sc2path))
        return GameEnv("2s3z", "protoss", "protoss", launch=LaunchOptions(timeout_seconds=timeout_seconds))

    yield make
    assert launched_pids(sc2path)
    assert not [pid for pid in launched_pids(sc2path) if is_running(pid)]
    assert all(is_free(port) for port in launched_ports(sc2path))


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start


def play_five_loops(env: GameEnv) -> None:
    for _ in range(5):
        env.step(loops=1)


def test_without_a_fault_it_plays(make_game: MakeGame) -> None:
    env = make_game("none")
    env.reset()
    assert env.step(loops=8).game_loop == 8
    assert env.name == "embedded 1.1"
    env.close()


def test_a_process_that_dies_at_start_is_noticed_at_once(make_game: MakeGame) -> None:
    env = make_game("die", timeout_seconds=360)
    watch = Stopwatch()
    with pytest.raises(GameLaunchError, match=rf"died while starting: .* exit code 3 and the words '.*{WORDS}'"):
        env.reset()
    assert watch.seconds < START_SECONDS


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("deaf", "did not answer within 3 s of its start"),
        ("mute", "did not answer within 3 s of its start"),
        ("drop", "dropped the connection"),
        ("refuse", "refused the connection: HTTP 503"),
        ("hang:ping:1", "went away while starting: .*timed out"),
        ("hang:create_game:1", "went away while starting: .*timed out"),
    ],
)
def test_a_game_that_does_not_come_up(make_game: MakeGame, fault: str, words: str) -> None:
    patience = 3 if "3 s" in words else START_SECONDS / 3
    env = make_game(fault, timeout_seconds=patience)
    watch = Stopwatch()
    with pytest.raises(GameLaunchError, match=words) as error:
        env.reset()
    assert watch.seconds < 2 * patience + ENDING_SECONDS
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("crash:step:2", "its process ended with signal SIGKILL"),
        ("exit:observation:3", "its process ended with exit code 3 and the words '.*out of memory'"),
        ("empty:step:2", "the game hung up while playing"),
        ("garbage:step:2", "an answer while playing that cannot be read"),
    ],
)
def test_a_game_that_breaks_in_play(make_game: MakeGame, fault: str, words: str) -> None:
    env = make_game(fault)
    env.reset()
    watch = Stopwatch()
    with pytest.raises(GameLostError, match=words) as error:
        play_five_loops(env)
    env.close()
    assert watch.seconds < ENDING_SECONDS
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("fault", ["hang:step:2", "stubborn:step:2"])
def test_a_game_that_hangs_in_play_is_given_up_and_ended(make_game: MakeGame, fault: str) -> None:
    env = make_game(fault, timeout_seconds=6)
    env.reset()
    env.step(loops=1)
    watch = Stopwatch()
    with pytest.raises(GameLostError, match="timed out"):
        env.step(loops=1)
    env.close()
    assert watch.seconds < 6 + ENDING_SECONDS


def test_a_slow_game_is_waited_for(make_game: MakeGame) -> None:
    env = make_game("slow:0.3")
    env.reset()
    assert env.step(loops=4).game_loop == 4
    env.close()


def test_a_game_that_listens_late_is_waited_for(make_game: MakeGame) -> None:
    env = make_game("late:1.5")
    env.reset()
    env.close()


def test_after_a_crash_a_new_game_can_be_started(make_game: MakeGame) -> None:
    env = make_game("crash:step:1", "none")
    env.reset()
    with pytest.raises(GameLostError):
        env.step()
    env.close()
    assert env.reset().game_loop == 0
    env.close()


def test_version_and_rendering_reach_the_game(sc2path: Path) -> None:
    write_faulty_game(sc2path, "none")
    newer = sc2path / "Versions" / "Base81433" / "SC2_x64"
    newer.parent.mkdir()
    newer.write_text("#!/bin/sh\nexit 7\n")
    newer.chmod(0o755)
    env = GameEnv("2s3z", launch=LaunchOptions(str(sc2path), version="4.10", rendering="none"))
    env.reset()
    env.close()
    arguments = launched_arguments(sc2path)
    assert "-headlessNoRender" in arguments
    assert arguments[arguments.index("-dataVersion") + 1] == "B89B5D6FA7CBF6452E721311BFBC6CB2"
    assert arguments[arguments.index("-dataDir") + 1] == f"{sc2path}/"
    with pytest.raises(GameLaunchError, match="exit code 7"):
        GameEnv("2s3z", launch=LaunchOptions(str(sc2path))).reset()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\x7fELF nonsense", "cannot be started: Exec format error"), (b"#!/no/such/shell\n", "cannot be started")],
)
def test_an_executable_that_cannot_be_run(
    sc2path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    (install(sc2path) / EXECUTABLE).write_bytes(content)
    monkeypatch.setenv("SC2PATH", str(sc2path))
    with pytest.raises(GameLaunchError, match=words):
        GameEnv("2s3z").reset()


def test_ten_games_at_once_through_pysc2s_own_launcher(sc2path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_faulty_game(sc2path, "none")
    monkeypatch.setenv("SC2PATH", str(sc2path))
    setups = [sc_pb.PlayerSetup(type=sc_pb.Participant), sc_pb.PlayerSetup(type=sc_pb.Computer, race=3, difficulty=7)]

    def play(seed: int) -> int:
        config = run_configs.get()
        with config.start(want_rgb=False) as game:
            local_map = sc_pb.LocalMap(map_path="2s3z", map_data=config.map_data("SMAC_Maps/2s3z.SC2Map"))
            game.create_game(sc_pb.RequestCreateGame(local_map=local_map, player_setup=setups, random_seed=seed))
            game.join_game(sc_pb.RequestJoinGame(race=3, options=sc_pb.InterfaceOptions(raw=True)))
            game.step(20)
            return int(game.observe().observation.game_loop)

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(play, range(10))) == [20] * 10
    _assert_ten_came_and_went(sc2path)


def test_ten_games_at_once_through_ours(sc2path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_faulty_game(sc2path, "none")
    monkeypatch.setenv("SC2PATH", str(sc2path))

    def play(seed: int) -> int:
        env = GameEnv("2s3z", "protoss", "protoss", seed)
        try:
            env.reset()
            return env.step(loops=20).game_loop
        except GameError as error:
            return error  # type: ignore[return-value] # shown by the assertion
        finally:
            env.close()

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(play, range(10))) == [20] * 10
    _assert_ten_came_and_went(sc2path)


def _assert_ten_came_and_went(directory: Path) -> None:
    assert len(set(launched_pids(directory))) == 10
    assert len(set(launched_ports(directory))) == 10
    assert not [pid for pid in launched_pids(directory) if is_running(pid)]
    assert all(is_free(port) for port in launched_ports(directory))
