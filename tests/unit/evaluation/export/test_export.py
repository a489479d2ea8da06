"""What is exported is what was played: the very chats that a server was asked, and rewards that add up to the score."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from llm_pysc2.backends import ModelOptions, RunOptions
from llm_pysc2.cli import main
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.export.rows import Wanted
from llm_pysc2.evaluation.export.turns import read_episode
from llm_pysc2.evaluation.export.write import export
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from tests.traces import SCORE, duel, ended, hostile, observed, started, words, write_trace
from tests.wire.answers import Answer, in_order, status
from tests.wire.server import WireServer

SCHEMAS = Path(__file__).resolve().parents[4] / "llm_pysc2" / "evaluation" / "export" / "schemas"
FIGHT = "I attack.\nActions:\nTeam Marine:\n<Attack_To([23, 16])>"


@cache
def validator(form: str) -> Any:
    schema = json.loads((SCHEMAS / f"{form}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def exported(run: Path, form: str, wanted: Wanted | None = None, name: str = "out") -> list[dict[str, Any]]:
    """Return the rows of an export, each checked against its schema."""
    folder = run.parent / f"{name}-{form}"
    export(run, folder, form, wanted or Wanted())
    rows = [json.loads(line) for line in (folder / "data.jsonl").read_text().splitlines()]
    for row in rows:
        validator(form).validate(row)
    return rows


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two players on two seeds: focus_fire wins, random loses."""
    for seed in (1, 2):
        for model, result, answer in (("scripted/focus_fire", "win", "x"), ("scripted/random", "loss", "y")):
            events = [
                started(models={"Commander": model}, seed=seed),
                observed(0, []),
                *words(0, asked=f"seed {seed}", answer=answer, accepted=[["A", "go"]]),
                observed(1, [], score={**SCORE, "killed_vespene": 25.0, "damage_dealt": 40.0}),
                *words(1, asked=f"{model}", answer="z", rejected=[["A", "<Fly()>", "why", "action"]]),
                *words(2, asked="", answer="", failure="timeout"),
                ended(3, result, score={**SCORE, "killed_vespene": 25.0, "lost_minerals": 80.0, "damage_dealt": 40.0}),
            ]
            write_trace(tmp_path / "run" / model / f"{seed}.jsonl", events)
    return tmp_path / "run"


def test_answers_to_learn_from(run: Path) -> None:
    rows = exported(run, "sft")
    assert len(rows) == 8  # the turn without an answer is left out
    first, second = rows[:2]
    assert first["messages"][-2:] == [{"role": "user", "content": "seed 1"}, {"role": "assistant", "content": "x"}]
    assert (first["reward_value"], first["reward_damage"], first["return_value"]) == (50.0, 40.0, -30.0)
    assert (second["reward_value"], second["return_value"]) == (-80.0, -80.0)
    assert (first["result"], first["episode_reward"], first["model"]) == ("win", 1.0, "scripted/focus_fire")
    assert second["rejected_lines"] == [["A", "<Fly()>", "why", "action"]]


def test_answers_to_prefer_are_to_the_same_chat(run: Path) -> None:
    rows = exported(run, "dpo")
    assert [row["seed"] for row in rows] == [1, 2]
    for row in rows:
        assert row["prompt"][-1]["content"] == f"seed {row['seed']}"
        assert (row["chosen"][0]["content"], row["rejected"][0]["content"]) == ("x", "y")
        assert (row["chosen_result"], row["rejected_result"]) == ("win", "loss")


def test_equal_ends_make_no_pair(tmp_path: Path) -> None:
    for name, answer in (("a", "x"), ("b", "y")):
        events = [started(), observed(0, []), *words(0, answer=answer, accepted=[["A", "go"]]), ended(1)]
        write_trace(tmp_path / "run" / f"{name}.jsonl", events)
    assert exported(tmp_path / "run", "dpo") == []


def test_episodes_to_learn_from(run: Path) -> None:
    rows = exported(run, "rl-jsonl")
    assert len(rows) == 4
    for row in rows:
        assert [step["done"] for step in row["steps"]] == [False, True]
        assert sum(step["reward_value"] for step in row["steps"]) == 50.0 - 80.0


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(results=("win",)), 4),
        (Wanted(results=("win", "loss")), 8),
        (Wanted(models=("*/random",)), 4),
        (Wanted(scenarios=("2s3z",)), 8),
        (Wanted(clean=True), 4),
    ],
)
def test_what_is_wanted(run: Path, wanted: Wanted, count: int) -> None:
    assert len(exported(run, "sft", wanted)) == count


def test_nothing_wanted_and_nothing_there(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished episode here fits"):
        export(run, tmp_path / "out", "sft", Wanted(scenarios=("3m",)))
    assert not (tmp_path / "out").exists()
    with pytest.raises(UsageError, match="no such folder"):
        export(tmp_path / "nowhere", tmp_path / "out", "sft", Wanted())
    with pytest.raises(UsageError, match="no export as 'sfd'; closest: sft"):
        export(run, tmp_path / "out", "sfd", Wanted())


def test_nothing_is_overwritten(run: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        export(run, tmp_path / "out", "sft", Wanted())
    with pytest.raises(UsageError, match="cannot be written"):
        export(run, tmp_path / "out" / "mine.txt" / "below", "sft", Wanted())


def test_episodes_that_broke_or_were_cut_off_are_left_out(run: Path, tmp_path: Path) -> None:
    write_trace(run / "cut.jsonl", duel()[:9])
    write_trace(run / "fault.jsonl", duel(result="fault"))
    assert export(run, tmp_path / "out", "sft", Wanted()).left_out == 2


def test_an_episode_that_was_begun_again_counts_once(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "again.jsonl", [*duel()[:12], *duel()])
    episode = read_episode(path)
    assert episode is not None
    assert [turn.turn for turn in episode.turns] == [0, 1, 2, 3, 4]


def test_whatever_a_model_wrote_is_json_that_can_be_read(tmp_path: Path) -> None:
    write_trace(tmp_path / "run" / "hostile.jsonl", [event for event in hostile() if not getattr(event, "pictures", 0)])
    for form in ("sft", "rl-jsonl"):
        assert exported(tmp_path / "run", form)


def test_the_card_says_what_is_in_it(run: Path, tmp_path: Path) -> None:
    export(run, tmp_path / "out", "sft", Wanted(results=("win",)))
    card = (tmp_path / "out" / "README.md").read_text()
    for part in ("rows: 4", "from 2 episodes", "win 2", "embedded 1.1", "results: ('win',)", "$"):
        assert (part in card) is (part != "$"), part
    assert (tmp_path / "out" / "schema.json").read_text() == (SCHEMAS / "sft.json").read_text()


@pytest.mark.parametrize("roster", [None, "individuals"])
def test_chats_are_those_that_the_server_was_asked(
    roster: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-4a7f")
    plan = in_order(Answer(text=FIGHT), status(500), Answer(text="  "), then=Answer(text=FIGHT))
    with WireServer(plan) as server:
        models = RunOptions(options=ModelOptions(base_url=server.openai_url, max_attempts=1))
        cell = Cell("3m", "openai/small", roster=roster, step_mul=32)
        (score,) = play_run(prepare(RunPlan(cell, out=tmp_path / "run", models=models)))
        asked = [json.dumps(seen.body["messages"]) for seen in server.seen]
    rows = exported(tmp_path / "run", "sft")
    assert len(rows) == score.answers - 2
    chats = [json.dumps(row["messages"][:-1]) for row in rows]
    assert set(chats) <= set(asked)
    assert any(len(row["messages"]) > 4 for row in rows)  # past turns were shown, and are
    agents = {row["agent"]: row["return_value"] for row in reversed(rows)}
    final = score.killed_value - score.lost_value
    assert set(agents.values()) == {final}


def test_the_command(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(run), "--format", "sft", "--result", "win"]) == 0
    assert "4 rows from 2 episodes" in capsys.readouterr().out
    assert (run.parent / "run-sft" / "data.jsonl").is_file()
    assert main(["export", str(run), "--format", "sft", "--result", "won"]) == 2
    assert "no result named 'won'; closest: win" in capsys.readouterr().err
