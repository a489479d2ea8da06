"""Models over a real HTTP server in a real episode: what the service does wrong costs turns, never the episode."""

import json
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.backends import ModelOptions, RunOptions
from llm_pysc2.cli import main
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.orchestrator.events import Answered
from llm_pysc2.orchestrator.trace import read_trace, without_wall_clock
from tests.wire.answers import Answer, Plan, busy, in_order, status
from tests.wire.server import WireServer

FIGHT = "I attack.\nActions:\nTeam Marine:\n<Attack_To([23, 16])>"
KEY = "sk-planted-4a7f"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def play(model: str, plan: Plan, out: Path, **options: Any) -> EpisodeScore:
    with WireServer(plan) as server:
        url = server.openai_url if model.startswith("openai") else server.url
        models = RunOptions(options=ModelOptions(base_url=url, **options))
        run = prepare(RunPlan(Cell("3m", model, step_mul=32), out=out, models=models))
        (score,) = play_run(run)
    return score


@pytest.mark.parametrize("model", ["openai/small", "anthropic/small"])
def test_an_episode_with_a_model(model: str, tmp_path: Path) -> None:
    score = play(model, in_order(then=Answer(text=FIGHT)), tmp_path / "run")
    assert score.result in ("win", "tie", "loss")
    assert score.failures == {}
    assert score.accepted == score.answers > 3
    assert score.input_tokens > 0
    assert score.output_tokens > 0


@pytest.mark.parametrize("model", ["openai/small", "anthropic/small"])
def test_faults_cost_turns_and_are_counted(model: str, tmp_path: Path) -> None:
    plan = in_order(busy(), Answer(text=FIGHT), status(500), Answer(delay_seconds=5.0), then=Answer(text=FIGHT))
    score = play(model, plan, tmp_path / "run", max_attempts=1, timeout_seconds=0.5)
    assert score.result in ("win", "tie", "loss")
    assert score.failures == {"busy": 2, "timeout": 1}
    reasons = [e.failure_reason for e in read_trace(tmp_path / "run/episode-000.jsonl") if isinstance(e, Answered)]
    assert sum(bool(reason) for reason in reasons) == 3


def test_a_refused_key_stops_the_run_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with WireServer(keys=frozenset({"another"})) as server:
        arguments = [
            "play",
            "3m",
            "--model",
            "openai/small",
            "--base-url",
            server.openai_url,
            "--out",
            str(tmp_path / "r"),
        ]
        assert main([*arguments, "--quiet"]) == 1
        assert len(server.seen) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "OPENAI_API_KEY" in error
    assert KEY not in error
    part = tmp_path / "r" / "episode-000.jsonl.part"
    assert [type(event).__name__ for event in read_trace(part)][-2:] == ["Fault", "EpisodeEnded"]


def test_a_recorded_run_is_replayed_to_the_same_trace(tmp_path: Path) -> None:
    cassette = tmp_path / "answers.jsonl"
    with WireServer(in_order(busy("0"), then=Answer(text=FIGHT))) as server:
        options = ModelOptions(base_url=server.openai_url)
        cell = Cell("3m", "openai/small", step_mul=32)
        play_run(prepare(RunPlan(cell, out=tmp_path / "a", models=RunOptions(options=options, record=cassette))))
        asked = len(server.seen)
        play_run(prepare(RunPlan(cell, out=tmp_path / "b", models=RunOptions(options=options, replay=cassette))))
        assert len(server.seen) == asked
    first, second = (
        [json.dumps(without_wall_clock(event)) for event in read_trace(tmp_path / name / "episode-000.jsonl")]
        for name in ("a", "b")
    )
    assert first == second


def test_keys_are_in_no_file(tmp_path: Path) -> None:
    cassette = tmp_path / "answers.jsonl"
    with WireServer(in_order(status(500), then=Answer(text=FIGHT))) as server:
        models = RunOptions(options=ModelOptions(base_url=server.openai_url, max_attempts=1), record=cassette)
        play_run(prepare(RunPlan(Cell("3m", "openai/small", step_mul=64), out=tmp_path / "run", models=models)))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 2
    assert not any(KEY in path.read_text() for path in files)
