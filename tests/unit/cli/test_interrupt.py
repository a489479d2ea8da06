"""Ctrl-C in the middle: a line, a readable trace, and a table of what was played until then."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from llm_pysc2.cli import EXIT_INTERRUPTED, _terminable, main
from llm_pysc2.evaluation.versus import PlayedGame, Versus
from llm_pysc2.orchestrator.events import Decided
from llm_pysc2.orchestrator.trace import read_trace

AGENT = '''
class Quitter:
    """Attacks; in the fifth turn of its third episode somebody presses Ctrl-C."""

    episodes = 0

    async def act(self, observation):
        Quitter.episodes += observation.turn == 0
        if Quitter.episodes == 3 and observation.turn == 4:
            raise KeyboardInterrupt
        target = min(observation.enemies, key=observation.teams[0].distance_to)
        return f"Team {observation.teams[0].name}: <Attack_Unit({target.id})>"
'''


def test_a_run_that_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "quitter.py").write_text(AGENT)
    monkeypatch.chdir(tmp_path)
    command = ["play", "3m", "--agent", "quitter:Quitter", "--episodes", "5", "--quiet", "--out", "run"]
    assert main(command) == EXIT_INTERRUPTED
    said = capsys.readouterr()
    assert said.err == "llm-pysc2: interrupted\n"
    assert "2/0/0" in said.out
    assert "Traces: run" in said.out
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        "episode-000.jsonl", "episode-001.jsonl", "episode-002.jsonl.part",
    ]  # fmt: skip
    cut_off = list(read_trace(tmp_path / "run" / "episode-002.jsonl.part"))
    assert [event.turn for event in cut_off if isinstance(event, Decided)] == [0, 1, 2, 3]


def test_a_series_that_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    play_game = Versus._play_game

    async def two_games(self: Versus, number: int) -> PlayedGame:
        if number == 2:
            raise KeyboardInterrupt
        return await play_game(self, number)

    monkeypatch.setattr(Versus, "_play_game", two_games)
    policy = "scripted/attack_nearest"
    command = ["versus", policy, policy, "--scenario", "3m", "--games", "6", "--out", str(tmp_path / "run")]
    assert main(command) == EXIT_INTERRUPTED
    said = capsys.readouterr()
    assert said.err == "llm-pysc2: interrupted\n"
    assert said.out.count("1/0/1") == 2
    assert "game 2 of 6" in said.out
    assert "game 3 of 6" not in said.out


def test_being_told_to_terminate_lets_a_step_of_the_event_loop_end() -> None:
    """Torn out of one, a loop may wait for ever for what it was just about to note down."""
    seen = []

    async def play() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        seen.append("end of the step")
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    with pytest.raises(KeyboardInterrupt), _terminable():
        asyncio.run(play())
    assert seen == ["end of the step", "cancelled"]


def test_where_interrupts_are_ignored_one_can_be_terminated_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.SIG_IGN)
    with pytest.raises(KeyboardInterrupt), _terminable():
        os.kill(os.getpid(), signal.SIGTERM)
