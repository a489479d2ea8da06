"""Models over a real HTTP server in a real episode: what the service does wrong costs turns, never the episode."""

import json
from collections import Counter
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

import pytest

from llm_pysc2.backends import ModelOptions, RunOptions
from llm_pysc2.cli import main
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.evaluation.score import EpisodeScore, read_scores
from llm_pysc2.evaluation.usage import read_usage
from llm_pysc2.orchestrator.events import Answered
from llm_pysc2.orchestrator.trace import read_trace, without_wall_clock
from llm_pysc2.roster import read_overrides
from tests.wire.answers import Answer, Plan, Seen, busy, in_order, status
from tests.wire.server import WireServer

ORDER = {"team": "", "units": None, "action": "Attack_To", "point": [23, 16], "queued": False}
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


INJECTED = {
    "busy": (busy(), busy("0"), status(500), status(529)),
    "answer": (Answer("not_json"), Answer("wrong_form")),
    "unreachable": (Answer("drop"), Answer("drop_in_body")),
    "timeout": (status(408), status(504)),
    "request": (status(400, "image_url is not supported by this model"),),
    "length": (Answer(text="I attack with", stop="length"),),
    "refusal": (Answer(text="I cannot help with war.", stop="refusal"),),
    "empty": (Answer(text=""),),
    "unreadable": (Answer(calls=[("c1", "give_orders", "{oops")]),),
}
"""What goes wrong, by the kind under which it is to be counted: attempts, ends of answers, and what was called."""
OF_ATTEMPTS = ("answer", "busy", "request", "timeout", "unreachable")
ENDS = ("empty", "length", "refusal")


def test_many_agents_play_through_faults_and_the_report_counts_those_injected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of ten requests three go wrong, each kind in its turn."""
    chance, kinds, injected = Random(3), cycle(INJECTED), Counter[str]()

    def plan(number: int, _seen: Seen) -> Answer:
        if number % 10 in (2, 5, 8):
            kind = next(kinds)
            injected[kind] += 1
            return chance.choice(INJECTED[kind])
        injected["none"] += 1
        return Answer(calls=[("c1", "give_orders", json.dumps({"orders": [ORDER]}))])

    with WireServer(plan) as server:
        options = ModelOptions(base_url=server.openai_url, max_attempts=4)
        cell = Cell(
            "8m", "openai/small", roster="one_per_unit", step_mul=12, overrides=read_overrides(protocol="tools")
        )
        (score,) = play_run(prepare(RunPlan(cell, out=tmp_path / "run", models=RunOptions(options=options))))
    assert score.result in ("win", "tie", "loss")
    assert min(injected.values()) >= 2, "all of them have been tried"
    assert len(injected) == len(INJECTED) + 1
    assert score.model_faults == {kind: injected[kind] for kind in OF_ATTEMPTS}
    assert {kind: score.stops[kind] for kind in ENDS} == {kind: injected[kind] for kind in ENDS}
    assert score.stops["tool"] == injected["none"] + injected["unreadable"]
    assert score.rejected["argument"] == injected["unreadable"]
    assert score.failures["request"] == injected["request"]
    usage = read_usage(tmp_path / "run")
    assert [row.agent for row in usage] == ["Soldier"]
    assert dict(usage[0].model_faults) == score.model_faults
    assert usage[0].retries == sum(score.model_faults.values()) - sum(score.failures.values())
    assert (usage[0].answers, usage[0].input_tokens) == (score.answers, score.input_tokens)
    assert main(["score", str(tmp_path / "run"), "--agents"]) == 0
    row = capsys.readouterr().out.splitlines()[-1]
    assert f"| {usage[0].retries} | " in row
    assert f"{injected['refusal']} refusal" in row


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


PRESET = """
[models.mine]
provider = "{provider}"
model = "small"
base_url = "{url}"
key_env = "MY_OWN_KEY"
headers = {{ x-team = "{header}" }}
max_attempts = 2
"""


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_secrets_are_in_no_file_and_no_output(
    provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The key of a preset, its header and another key in the environment; the service repeats them in its errors."""
    key, header = "planted-key-81c2", "planted-header-5be0"
    monkeypatch.setenv("MY_OWN_KEY", key)
    echo = status(500, f"key {key}, team {header}")
    refused = status(401, f"bad key {key}")
    out = tmp_path / "out"
    with WireServer(in_order(Answer(text=FIGHT), echo, echo, Answer("not_json"), then=Answer(text=FIGHT))) as server:
        url = server.openai_url if provider == "openai" else server.url
        presets = tmp_path / "presets.toml"
        presets.write_text(PRESET.format(provider=provider, url=url, header=header))
        monkeypatch.setenv("LLM_PYSC2_MODELS", str(presets))
        play = ["play", "3m", "--model", "mine", "--step-mul", "48", "--answer-cache", str(out / "cache")]
        assert main([*play, "--reflect", "--record", str(out / "a.jsonl"), "--out", str(out / "run")]) == 0
        assert server.seen[0].headers["x-team"] == header
        assert key in str(server.seen[0].headers)
    with WireServer(in_order(then=refused)) as server:
        url = server.openai_url if provider == "openai" else server.url
        presets.write_text(PRESET.format(provider=provider, url=url, header=header))
        assert main(["play", "3m", "--model", "mine", "--out", str(out / "refused")]) == 1
    for command in (["score", str(out / "run")], ["report", str(out / "run")], ["list", "models"]):
        assert main(command) == 0
    shown = "".join(capfd.readouterr())
    files = [path for path in out.rglob("*") if path.is_file()]
    assert {"Commander.md", "a.jsonl", "episode-000.jsonl", "episode-000.jsonl.part"} <= {path.name for path in files}
    for secret in (key, header, KEY):
        assert secret not in shown
        assert [path for path in files if secret.encode() in path.read_bytes()] == []


def test_what_was_asked_before_is_free(tmp_path: Path) -> None:
    traces, asked = [], []
    with WireServer(in_order(then=Answer(text=FIGHT))) as server:
        models = RunOptions(options=ModelOptions(base_url=server.openai_url), answer_cache=tmp_path / "cache")
        for name in ("a", "b"):
            play_run(prepare(RunPlan(Cell("3m", "openai/small", step_mul=64), out=tmp_path / name, models=models)))
            asked.append(len(server.seen))
            trace = read_trace(tmp_path / name / "episode-000.jsonl")
            traces.append([json.dumps(without_wall_clock(event)) for event in trace])
    assert asked[0] == asked[1] > 0
    assert traces[0] == traces[1]


def test_an_outage_is_shown_and_the_run_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All agents of a turn find the service down at once; the run waits for it, says so, and goes on."""
    down = [status(503)] * 8
    with WireServer(in_order(*[Answer(text=FIGHT)] * 8, *down, then=Answer(text=FIGHT))) as server:
        arguments = ["play", "8m", "--roster", "one_per_unit", "--model", "openai/small", "--step-mul", "64"]
        assert main([*arguments, "--base-url", server.openai_url, "--out", str(tmp_path / "run")]) == 0
    shown = capsys.readouterr().out
    assert "the model service is down; the run pauses until it is back (" in shown
    assert "the model service is back after " in shown
    (score,) = read_scores(tmp_path / "run")
    assert score.model_faults == {"busy": 8}
    assert score.failures == {}


def cli(server: WireServer, tmp_path: Path, *options: str, model: str = "openai/small") -> int:
    arguments = ["play", "3m", "--model", model, "--step-mul", "64", "--base-url", server.openai_url, "--quiet"]
    return main([*arguments, "--out", str(tmp_path / f"run{len(list(tmp_path.iterdir()))}"), *options])


def test_a_model_that_is_not_there_stops_the_run_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with WireServer(in_order(then=status(404, "The model 'small' does not exist"))) as server:
        assert cli(server, tmp_path) == 1
        assert len(server.seen) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "404, no such model here: The model 'small' does not exist" in error


def test_a_price_that_nobody_knows_is_said_and_tokens_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with WireServer(in_order(then=Answer(text=FIGHT))) as server:
        assert cli(server, tmp_path, model="openai/mystery") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count("the price of openai/mystery is unknown: its tokens are counted, its cost is not") == 1
    (score,) = read_scores(tmp_path)
    assert (score.cost_usd, score.unpriced) == (None, ("openai/mystery",))
    assert score.input_tokens == 120 * score.answers


def test_a_cassette_of_another_run_says_which_call_differs_and_how(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tape = tmp_path / "tape.jsonl"
    with WireServer(in_order(then=Answer(text=FIGHT))) as server:
        assert cli(server, tmp_path, "--record", str(tape)) == 0
        asked = len(server.seen)
        capsys.readouterr()
        assert cli(server, tmp_path, "--replay", str(tape), "--points", "screen") == 1
        assert len(server.seen) == asked
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "tape.jsonl: call 1, message 1 of 2 (system), line " in error
    assert ": recorded '" in error
    assert ", now " in error


def test_a_budget_ends_a_run_with_what_it_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with WireServer(in_order(then=Answer(text=FIGHT))) as server:
        assert cli(server, tmp_path, "--budget-tokens", "4000", "--episodes", "9") == 1
        asked = len(server.seen)
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "the run's budget of 4000 tokens is spent" in error
    assert 0 < asked * 150 <= 4000
    (run,) = tmp_path.iterdir()
    kept = sorted(path.name for path in run.iterdir())
    assert kept[0].startswith("episode-000.jsonl")
    events = [event for path in run.iterdir() for event in read_trace(path) if isinstance(event, Answered)]
    assert sum(not event.failure for event in events) >= asked - 1
