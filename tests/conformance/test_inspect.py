"""Inspect, unmodified, in an environment of its own: scenarios as its tasks, our runs in its logs.

LLM_PYSC2_INSPECT_PYTHON names a Python that has Inspect and this package already.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.evaluation.score import EpisodeScore, read_scores
from llm_pysc2.orchestrator.events import EpisodeStarted
from llm_pysc2.orchestrator.trace import read_trace, without_wall_clock
from tests.wire.answers import Answer, Seen
from tests.wire.server import WireServer

ROOT = Path(__file__).resolve().parents[2]
EPISODES = 4


@pytest.fixture(scope="module")
def inspect_bin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with Inspect."""
    if given := os.environ.get("LLM_PYSC2_INSPECT_PYTHON"):
        return Path(given).parent
    if not request.config.getoption("--conformance"):
        pytest.skip("installs Inspect into an environment of its own; run by 'make conformance'")
    folder = tmp_path_factory.mktemp("inspect")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--editable", f"{ROOT}[inspect]", "pytest", "hypothesis"]
    subprocess.run(pip, check=True)
    return folder / "bin"


def answer(_number: int, seen: Seen) -> Answer:
    """Answer by what was asked alone, so that the order of questions does not matter: fight, or stand still."""
    asked = seen.body["messages"][-1]["content"]
    order = "<Attack_To([23, 16])>" if len(str(asked)) % 3 else "<Stop()>"
    return Answer(text=f"Actions:\nTeam Marine:\n{order}")


def run(command: list[str], cwd: Path, server: WireServer | None = None) -> str:
    environment = {**os.environ, "OPENAI_API_KEY": "planted", "LOCAL_API_KEY": "planted"}
    if server is not None:
        environment |= {"OPENAI_BASE_URL": server.openai_url, "LOCAL_BASE_URL": server.openai_url}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=100, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read_log(inspect_bin: Path, path: Path) -> Any:
    """Return what Inspect's own reader finds in a log."""
    script = (
        "import sys; from inspect_ai.log import read_eval_log;"
        "print(read_eval_log(sys.argv[1], resolve_attachments=True).model_dump_json())"
    )
    return json.loads(run([str(inspect_bin / "python"), "-c", script, str(path)], path.parent))


def outcome(score: EpisodeScore) -> tuple[Any, ...]:
    return score.seed, score.result, score.game_loops, score.killed_value, score.damage_taken, score.accepted


def events_without_header(path: Path) -> list[Any]:
    """Return all events but the header and the models' names, which differ by who carried the questions."""
    events = [without_wall_clock(event) for event in read_trace(path) if not isinstance(event, EpisodeStarted)]
    return [{key: value for key, value in event.items() if key != "model"} for event in events]


def test_a_task_gives_what_eval_gives(inspect_bin: Path, tmp_path: Path) -> None:
    with WireServer(answer) as server:
        play = ["--episodes", str(EPISODES), "--seed", "5", "--step-mul", "32", "--out", "ours", "--quiet"]
        ours = [sys.executable, "-m", "llm_pysc2", "eval", "--scenario", "3m", "--model", "openai/small", *play]
        run(ours, tmp_path, server)
        told = [f"episodes={EPISODES}", "seed=5", "step_mul=32", f"out={tmp_path / 'theirs'}"]
        options = [word for option in told for word in ("-T", option)]
        theirs = [
            "eval",
            "llm_pysc2/3m",
            "--model",
            "openai-api/local/small",
            "--log-dir",
            str(tmp_path / "logs"),
            *options,
        ]
        run([str(inspect_bin / "inspect"), *theirs, "--display", "none"], tmp_path, server)
    our_scores, their_scores = (read_scores(tmp_path / name) for name in ("ours", "theirs"))
    assert len(our_scores) == EPISODES
    assert list(map(outcome, our_scores)) == list(map(outcome, their_scores))
    for one, other in zip(
        sorted((tmp_path / "ours").rglob("seed-*")), sorted((tmp_path / "theirs").iterdir()), strict=True
    ):
        assert events_without_header(one) == events_without_header(other)
    log = read_log(inspect_bin, next((tmp_path / "logs").glob("*.eval")))
    assert log["status"] == "success"
    rate = sum(score.result == "win" for score in our_scores) / EPISODES
    assert log["results"]["scores"][0]["metrics"]["mean"]["value"] == pytest.approx(rate)
    results = {sample["id"]: sample["scores"]["episode"]["answer"] for sample in log["samples"]}
    assert results == {score.seed: score.result for score in our_scores}


ORDER = {"team": "Marine", "units": None, "action": "Attack_To", "point": [23, 16], "queued": False}


def test_models_of_inspect_play_by_name(inspect_bin: Path, tmp_path: Path) -> None:
    """`inspect/PROVIDER/NAME` in a whole episode of ours, asked for tool calls."""
    orders = Answer(calls=[("c1", "give_orders", json.dumps({"orders": [ORDER]}))])
    with WireServer(lambda *_: orders) as server:
        play = ["play", "3m", "--model", "inspect/openai-api/local/small", "--protocol", "tools", "--step-mul", "32"]
        run([str(inspect_bin / "llm-pysc2"), *play, "--out", "run", "--quiet"], tmp_path, server)
    assert {seen.body["model"] for seen in server.seen} == {"small"}
    (score,) = read_scores(tmp_path / "run")
    assert score.model == "inspect/openai-api/local/small"
    assert (score.accepted, score.stops) == (score.answers, {"tool": score.answers})
    assert score.input_tokens == 120 * score.answers > 0


def test_a_task_with_pictures_sends_them_and_keeps_them_in_its_log(inspect_bin: Path, tmp_path: Path) -> None:
    task = ["eval", "llm_pysc2/3m", "--model", "openai-api/local/small", "--log-dir", "logs", "--display", "none"]
    told = [word for option in ("episodes=1", "step_mul=40", "images=screen") for word in ("-T", option)]
    with WireServer(answer) as server:
        run([str(inspect_bin / "inspect"), *task, *told], tmp_path, server)
    for seen in server.seen:
        *past, now = seen.body["messages"]
        assert [part["type"] for part in now["content"]] == ["text", "text", "image_url"]
        assert "image_url" not in json.dumps(past)
    log = read_log(inspect_bin, next((tmp_path / "logs").glob("*.eval")))
    shown = [
        part for message in log["samples"][0]["messages"] for part in message["content"] if message["role"] == "user"
    ]
    assert any(isinstance(part, dict) and part["type"] == "image" for part in shown)


def test_our_runs_open_in_inspect(inspect_bin: Path, tmp_path: Path) -> None:
    command = [str(inspect_bin / "llm-pysc2"), "eval", "--scenario", "3m", "--episodes", "3", "--out", "run", "--quiet"]
    run([*command, "--model", "scripted/focus_fire", "--model", "scripted/random"], tmp_path)
    run([str(inspect_bin / "llm-pysc2"), "export", "run", "--format", "inspect", "--out", "logs"], tmp_path)
    logs = [read_log(inspect_bin, path) for path in sorted((tmp_path / "logs").glob("*.eval"))]
    assert [log["eval"]["model"] for log in logs] == ["scripted/focus_fire", "scripted/random"]
    scores = read_scores(tmp_path / "run")
    for log in logs:
        mine = [score for score in scores if score.model == log["eval"]["model"]]
        rate = sum(score.result == "win" for score in mine) / len(mine)
        assert log["results"]["scores"][0]["metrics"]["mean"]["value"] == pytest.approx(rate)
        assert [sample["id"] for sample in log["samples"]] == [score.seed for score in mine]
        for sample, score in zip(log["samples"], mine, strict=True):
            assert sample["scores"]["episode"]["metadata"]["game_loops"] == score.game_loops
            assert sample["messages"][0]["role"] == "system"
            assert sum(message["role"] == "assistant" for message in sample["messages"]) > 3
    listed = run([str(inspect_bin / "inspect"), "log", "list", "--log-dir", "logs", "--json"], tmp_path)
    assert len(json.loads(listed)) == 2


def test_inspects_models_as_ours(inspect_bin: Path) -> None:
    """The tests of the backend, which are skipped where Inspect is not installed."""
    pytest_ = [str(inspect_bin / "python"), "-m", "pytest", "-q", "tests/unit/backends/test_inspect_model.py"]
    said = run(pytest_, ROOT)
    assert " passed" in said
    assert "1 skipped" in said, "only the one for those who do not have it"
