"""A batch keeps to its budget over all its workers and starts, and to the memory of the machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from llm_pysc2.evaluation.batch import Batch, BatchStoppedError
from llm_pysc2.evaluation.batch_size import BatchSize, means_of
from llm_pysc2.evaluation.folder import BatchFolder
from llm_pysc2.evaluation.spending import Spent, spent_in
from llm_pysc2.evaluation.suite import Suite
from tests.wire.answers import Answer, in_order
from tests.wire.server import WireServer

ONE_CALL_TOKENS = 2500
"""What a call is expected to use before there has been an answer, and a little more."""
FIGHT = "I attack.\nActions:\nTeam Marine:\n<Attack_To([23, 16])>"


def play(suite: Suite, out: Path) -> tuple[str, Spent]:
    """Return why a batch stopped, empty if it did not, and what all of its starts have used."""
    with BatchFolder(out, suite) as folder:
        try:
            Batch(folder).play()
            why = ""
        except BatchStoppedError as error:
            why = str(error)
    return why, spent_in(out.glob("traces/*/*"))


def test_a_budget_holds_over_workers_and_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with WireServer(in_order(then=Answer(text=FIGHT))) as server:
        suite = Suite(("3m",), ("openai/small",), episodes=12, step_mul=32, in_flight=1, base_url=server.openai_url)
        tight = replace(suite, budget_tokens=6000)
        why, both = play(tight, tmp_path)
        assert "budget" in why
        assert 0 < both.tokens <= tight.budget_tokens
        why, spent = play(replace(tight, workers=1), tmp_path)
        assert "budget" in why
        assert both.tokens <= spent.tokens <= tight.budget_tokens
        assert spent.tokens > tight.budget_tokens - ONE_CALL_TOKENS
        asked = len(server.seen)
        why, again = play(replace(tight, workers=1), tmp_path)
        assert "budget" in why
        assert again == spent
        assert len(server.seen) == asked


def test_what_a_cut_trace_used_counts_too(tmp_path: Path) -> None:
    start = '{"event":"EpisodeStarted","schema":1,"scenario":"3m"}'
    answer = '{"event":"Answered","agent":"A","input_tokens":90,"output_tokens":10}'
    path = tmp_path / "seed-00000.jsonl.part"
    path.write_text("\n".join([start, answer, answer[:30]]))
    assert spent_in([path, tmp_path / "nothing"]) == spent_in([path])


def test_a_running_game_plays_one_episode_at_a_time() -> None:
    suite = Suite(("3m",), ("openai/small",), game="ws://127.0.0.1:5000", workers=4, in_flight=8)
    assert means_of(suite) == BatchSize(1, 1)


def test_what_is_asked_for_is_not_bounded() -> None:
    assert means_of(Suite(("3m",), workers=3, in_flight=7, game="embedded")) == BatchSize(3, 7)


def test_models_are_waited_for_side_by_side() -> None:
    assert means_of(Suite(("3m",), ("openai/small",), workers=1, game="embedded")).in_flight == 32
    assert means_of(Suite(("3m",), workers=1, game="embedded")).in_flight == 1
