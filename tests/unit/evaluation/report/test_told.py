from dataclasses import replace
from pathlib import Path

import pytest

from llm_pysc2.backends.options import Price
from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.report.report_text import Told, find_traces, tell
from llm_pysc2.orchestrator.events import TRACE_SCHEMA, Answered, Event, Fault
from tests.traces import duel, ended, observed, row, started, words, write_trace

PRICES = PriceList({"openai/priced": Price(2.0, 10.0, 0.5)})


def told(tmp_path: Path, events: list[Event], name: str = "episode.jsonl") -> Told:
    return tell(write_trace(tmp_path / name, events), PRICES)


def test_a_whole_episode(tmp_path: Path) -> None:
    episode = told(tmp_path, duel())
    assert episode.score is not None
    assert (episode.score.result, episode.score.killed_value) == ("win", 100.0)
    assert episode.notes == []
    assert [record["k"] for record in episode.records[:4]] == ["start", "intro", "frame", "asked"]


def test_one_that_was_cut_off_has_no_score_and_says_so(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "cut.jsonl.part", duel()[:10])
    with path.open("a") as file:
        file.write('{"event":"Obs')
    episode = tell(path, PRICES)
    assert episode.score is None
    assert len(episode.records) == 10
    assert "cut off" in episode.notes[0]


def test_a_broken_line_in_the_middle_ends_what_is_shown(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "broken.jsonl", duel())
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:5], "garbage", *lines[5:]]))
    episode = tell(path, PRICES)
    assert len(episode.records) == 5
    assert "line 6" in episode.notes[0]


def test_an_observation_that_makes_no_sense_ends_what_is_shown(tmp_path: Path) -> None:
    episode = told(tmp_path, [started(), observed(0, []), observed(1, [["?"]]), ended(2)])
    assert len(episode.records) == 2
    assert episode.notes[0].startswith("shown up to event 2: ")


@pytest.mark.parametrize("content", ["", "\n", "hello\n", '{"event":"Fault","boundary":"b","message":"m"}\n'])
def test_files_without_a_start_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(content)
    with pytest.raises(TraceError):
        tell(path, PRICES)


def test_a_newer_trace_is_refused_by_its_version(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=f"newer version .schema {TRACE_SCHEMA + 1}"):
        told(tmp_path, duel(schema=TRACE_SCHEMA + 1))


def test_what_an_older_trace_lacks_is_named(tmp_path: Path) -> None:
    old = [started(version="0.9", terrain=[]), observed(0, [row(1, "Zealot", "s", 1, 1)[:12]]), ended(1)]
    notes = " ".join(told(tmp_path, old).notes)
    assert "Written by version 0.9" in notes
    assert "where units face" in notes
    assert "no terrain" in notes


def test_an_episode_that_was_played_again_counts_once(tmp_path: Path) -> None:
    usage = {"input_tokens": 1_000_000, "output_tokens": 100_000, "cached_tokens": 500_000}
    header = started(models={"Commander": "openai/priced"})
    events = [header, *words(0, **usage), Fault("GameLostError", "gone"), header, *words(0, **usage), ended(1)]
    episode = told(tmp_path, events)
    assert episode.cost_usd == pytest.approx(0.5 * 2 + 0.5 * 0.5 + 0.1 * 10)


def test_a_model_without_a_price_makes_the_cost_unknown(tmp_path: Path) -> None:
    events = duel("openai/nobody-knows")
    priced = [replace(event, output_tokens=7) if isinstance(event, Answered) else event for event in events]
    episode = told(tmp_path, priced)
    assert episode.cost_usd is None
    assert episode.unpriced == {"openai/nobody-knows"}
    assert told(tmp_path, events, "free.jsonl").cost_usd == 0.0


def test_finding_traces(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/x.jsonl", "a/y.jsonl.part", "faults.jsonl", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [str(path.relative_to(tmp_path)) for path in find_traces(tmp_path)]
    assert found == ["a/x.jsonl", "a/y.jsonl.part", "b.jsonl"]
    assert find_traces(tmp_path / "b.jsonl") == [tmp_path / "b.jsonl"]
    with pytest.raises(UsageError, match="no such folder or trace"):
        find_traces(tmp_path / "nowhere")
