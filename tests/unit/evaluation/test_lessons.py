"""Agents rewrite their lessons after an episode and read them in the next; people can read and edit them."""

from pathlib import Path

import pytest

from llm_pysc2.backends import ModelOptions, RunOptions
from llm_pysc2.cli import main
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.run import RunPlan, play_run, prepare
from llm_pysc2.evaluation.score import EpisodeScore
from llm_pysc2.orchestrator.events import AgentIntroduced, Answered, Decided, EpisodeEnded, Reflected
from llm_pysc2.orchestrator.lessons import COURSE_LIMIT_TURNS, LESSONS_LIMIT_CHARS, Course, Lessons
from llm_pysc2.orchestrator.trace import read_trace
from tests.traces import observed, started
from tests.wire.answers import Answer, Plan, Seen, status
from tests.wire.server import WireServer

LESSON = "- All Marines shoot the same enemy."
FIGHT = "Actions:\nTeam Marine:\n<Attack_To([23, 16])>"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")


def is_reflection(seen: Seen) -> bool:
    return "Rewrite your lessons" in str(seen.body["messages"][0])


def play(out: Path, plan: Plan, episodes: int = 1, **values: object) -> tuple[list[EpisodeScore], list[Seen]]:
    with WireServer(plan) as server:
        models = RunOptions(options=ModelOptions(base_url=server.openai_url, max_attempts=1))
        cell = Cell("3m", "openai/small", step_mul=64)
        run = prepare(RunPlan(cell, episodes, out=out, models=models, reflect=True, **values))  # type: ignore[arg-type]
        return play_run(run), list(server.seen)


def learner(_number: int, seen: Seen) -> Answer:
    return Answer(text=f"# Mine\n{LESSON}" if is_reflection(seen) else FIGHT)


def test_lessons_of_one_episode_are_read_in_the_next(tmp_path: Path) -> None:
    scores, seen = play(tmp_path / "run", learner, episodes=2)
    lessons = tmp_path / "run" / "lessons" / "Commander.md"
    assert lessons.read_text() == f"# Lessons of Commander\n\n{LESSON}\n"

    first, second = (list(read_trace(tmp_path / "run" / f"episode-00{number}.jsonl")) for number in (0, 1))
    assert [type(event) for event in first][-2:] == [Reflected, EpisodeEnded]
    systems = [next(event.system for event in trace if isinstance(event, AgentIntroduced)) for trace in (first, second)]
    assert LESSON not in systems[0]
    assert f"# Your lessons from earlier episodes\n{LESSON}\n" in systems[1]

    reflections = [str(one.body["messages"][1]["content"]) for one in seen if is_reflection(one)]
    assert "(none yet)" in reflections[0]
    assert f"# Your lessons so far\n{LESSON}\n" in reflections[1]
    assert "Marine Attack_To([23, 16])" in reflections[0]
    assert f"Result: {scores[0].result}, {scores[0].reason}" in reflections[0]
    spent = sum(event.input_tokens for event in first if isinstance(event, Answered | Reflected))
    assert scores[0].input_tokens == spent
    assert scores[0].answers == sum(isinstance(event, Answered) for event in first)


def test_a_batch_reads_lessons_and_leaves_them_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Lessons(tmp_path / "kept").write("Commander", LESSON)
    before = (tmp_path / "kept" / "Commander.md").read_bytes()
    batch = ["eval", "--scenario", "3m", "--model", "openai/small", "--step-mul", "64", "--workers", "1", "--quiet"]
    with WireServer(learner) as server:
        batch += ["--base-url", server.openai_url, "--lessons", "kept", "--out", "run"]
        assert main([*batch, "--episodes", "2"]) == 0
        assert all(LESSON in str(seen.body["messages"][0]) for seen in server.seen)
        assert not any(is_reflection(seen) for seen in server.seen)
        assert (tmp_path / "kept" / "Commander.md").read_bytes() == before
        capsys.readouterr()
        Lessons(tmp_path / "kept").write("Commander", "- Other lessons.")
        assert main([*batch, "--episodes", "3"]) == 2
    assert "holds another batch: lessons was '" in capsys.readouterr().err
    assert main(["eval", "--scenario", "3m", "--lessons", "nowhere", "--out", "b"]) == 2
    assert "--lessons: no folder nowhere" in capsys.readouterr().err


def test_a_reflection_that_fails_leaves_the_lessons_as_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    Lessons(folder).write("Commander", LESSON)
    (score,), _ = play(
        tmp_path / "run", lambda _, seen: status(500) if is_reflection(seen) else Answer(text=FIGHT), lessons=folder
    )
    assert Lessons(folder).read("Commander") == LESSON
    assert score.result in ("win", "tie", "loss")
    assert score.failures == {}
    assert score.model_faults == {"busy": 1}
    (event,) = (event for event in read_trace(tmp_path / "run/episode-000.jsonl") if isinstance(event, Reflected))
    assert event.failure == "busy"
    assert event.text == ""


def test_an_entry_of_the_roster_learns_once_for_all_its_agents(tmp_path: Path) -> None:
    with WireServer(learner) as server:
        models = RunOptions(options=ModelOptions(base_url=server.openai_url))
        cell = Cell("3m", "openai/small", roster="one_per_unit", step_mul=64)
        play_run(prepare(RunPlan(cell, 2, out=tmp_path / "run", models=models, reflect=True)))
    assert [path.name for path in (tmp_path / "run" / "lessons").iterdir()] == ["Soldier.md"]
    introduced = [e for e in read_trace(tmp_path / "run/episode-001.jsonl") if isinstance(e, AgentIntroduced)]
    assert len({event.agent for event in introduced}) == 3
    assert all(LESSON in event.system for event in introduced)


def test_what_a_model_writes_is_no_path_and_no_end(tmp_path: Path) -> None:
    lessons = Lessons(tmp_path / "lessons")
    lessons.write("../../etc/passwd", "x" * 9000)
    assert [path.name for path in (tmp_path / "lessons").iterdir()] == ["..-..-etc-passwd.md"]
    assert lessons.read("../../etc/passwd") == "x" * LESSONS_LIMIT_CHARS
    assert lessons.read("Nobody") == ""


def test_long_episodes_are_told_in_so_many_lines() -> None:
    course = Course()
    course(started())
    for turn in range(200):
        course(observed(turn, []))
        course(Decided(turn, "Commander", [["Marine", f"Stop({turn})"]], []))
    lines = course.describe("Commander", "loss, too slow").splitlines()
    assert len(lines) <= COURSE_LIMIT_TURNS + 1
    assert lines[-2].endswith("Marine Stop(199)")
    assert lines[-1] == "Result: loss, too slow"


def test_bad_options_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "3m", "--reflect", "--out", str(tmp_path / "a")]) == 2
    assert "--reflect: scripted policies do not learn" in capsys.readouterr().err
    assert main(["play", "3m", "--lessons", str(tmp_path / "none")]) == 2
    assert "--lessons: no folder" in capsys.readouterr().err
