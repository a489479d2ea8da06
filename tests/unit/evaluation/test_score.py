"""What an episode and many of them come to, and that docs/scores.md names every field that is printed."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.backends.options import Price
from llm_pysc2.cli import main
from llm_pysc2.cli.tables import episodes_to_csv, scores_to_json, summaries_to_csv, summary_markdown
from llm_pysc2.errors import TraceError
from llm_pysc2.evaluation.comparison import Comparison
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.score import EpisodeScore, score_events, score_trace
from llm_pysc2.evaluation.summary import Summary, summarise
from tests.traces import SCORE, duel, ended, started, words, write_trace

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "scores.md").read_text(encoding="utf-8")
PRICES = PriceList({"openai/priced": Price(2.0, 10.0, 0.5, 2.5)})


def episode(model: str = "openai/priced", result: str = "win", **header: Any) -> EpisodeScore:
    """Return the score of an episode of one game minute and three turns, one of them without an answer."""
    score = {**SCORE, "killed_minerals": 100.0, "killed_vespene": 50.0, "lost_minerals": 50.0, "damage_dealt": 70.0}
    usage = {"input_tokens": 1000, "cached_tokens": 400, "output_tokens": 50}
    events = [
        started(models={"Commander": model}, **header),
        *words(0, accepted=[["A", "x"], ["A", "y"]], rejected=[["A", "z", "why", "unit"]], **usage),
        *words(1, accepted=[["A", "x"]], letters=[["all", "hello"]], **usage),
        *words(2, answer="", failure="timeout"),
        ended(168, result, score=score),
    ]
    return score_events(events, PRICES)


def test_an_episode() -> None:
    score = episode()
    assert score.kill_loss_ratio == (100 + 2 * 50) / 50
    assert score.game_seconds == pytest.approx(60.0)
    assert (score.answers, score.failures) == (3, {"timeout": 1})
    assert score.decisions_per_minute == pytest.approx(2.0)
    assert score.actions_per_minute == pytest.approx(3.0)
    assert (score.accepted, score.rejected, score.letters) == (3, {"unit": 1}, 1)
    assert (score.input_tokens, score.cached_tokens, score.output_tokens) == (2000, 800, 100)
    assert score.cost_usd == pytest.approx((1200 * 2.0 + 800 * 0.5 + 100 * 10.0) / 1e6)


def test_an_unknown_price_is_no_price_of_zero() -> None:
    score = episode("openai/unheard-of")
    assert (score.cost_usd, score.unpriced) == (None, ("openai/unheard-of",))
    (row,) = summarise([score, episode("openai/unheard-of")])
    assert (row.cost_usd, row.cost_usd_per_episode, row.unpriced) == (None, None, ("openai/unheard-of",))


def test_many_episodes() -> None:
    (row,) = summarise([episode(), episode(result="tie"), episode(result="loss"), episode(result="fault")])
    assert (row.episodes, row.wins, row.ties, row.losses, row.faults) == (3, 1, 1, 1, 1)
    assert row.win_rate == pytest.approx(1 / 3)
    assert (row.kill_loss_ratio, row.damage_dealt) == (4.0, 70.0)
    assert (row.answers, row.failures, row.accepted, row.rejected, row.causes) == (12, 4, 12, 4, {"unit": 4})
    assert row.decisions_per_minute == pytest.approx(2.0)
    assert row.cost_usd_per_episode == pytest.approx(episode().cost_usd)


def test_what_was_played_otherwise_stands_in_a_row_of_its_own() -> None:
    others = [{}, {"pace": "charged"}, {"step_mul": 16}, {"game": "SC2 4.10.0.75689"}, {"roster": "individuals"}]
    assert len(summarise(episode(**header) for header in others)) == len(others)


def test_an_old_trace_has_a_score(tmp_path: Path) -> None:
    """What later versions added is missing in it."""
    path = write_trace(tmp_path / "old.jsonl", duel())
    path.write_text(path.read_text().replace(',"cache_written_tokens":0', "").replace(',"assumptions":{}', ""))
    assert score_trace(path).result == "win"


def test_a_trace_that_was_cut_off_has_none(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "cut.jsonl", duel())
    path.write_text(path.read_text()[:-40])
    with pytest.raises(TraceError, match=r"cut\.jsonl: the trace has no result: the episode was cut off"):
        score_trace(path)


def documented(heading: str) -> set[str]:
    """Return the fields that the tables below a heading name."""
    section = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", section, flags=re.MULTILINE))))


def test_every_field_is_documented() -> None:
    content = json.loads(scores_to_json([episode()], summarise([episode()])))
    rows, episodes = set(content["summary"][0]), set(content["episodes"][0])
    assert rows == documented("Rows")
    assert documented("Episodes") <= episodes <= documented("Episodes") | documented("Rows")
    assert set(Comparison.__dataclass_fields__) == documented("Two runs beside one another")
    assert set(Summary.__dataclass_fields__) <= rows


def test_what_is_infinite_is_null_in_json_and_empty_in_csv() -> None:
    score = score_events(duel())
    assert score.kill_loss_ratio == float("inf")
    content = json.loads(scores_to_json([score], summarise([score])))
    assert content["summary"][0]["kill_loss_ratio"] is content["episodes"][0]["kill_loss_ratio"] is None
    for text in (summaries_to_csv(summarise([score])), episodes_to_csv([score])):
        (row,) = csv.DictReader(io.StringIO(text))
        assert (row["kill_loss_ratio"], row["model"]) == ("", "scripted/focus_fire")
    (row,) = csv.DictReader(io.StringIO(summaries_to_csv(summarise([score]))))
    assert (float(row["win_low"]), float(row["win_high"])) == (pytest.approx(0.2065, abs=1e-3), 1.0)


def test_markdown_is_one_table_of_equal_rows() -> None:
    lines = summary_markdown(summarise([episode(), episode("scripted/kite")])).splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1
    assert "| 1/0/0 | 100% (21%-100%) | 4.00 | 25.0% |" in lines[2]


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_the_command(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_trace(tmp_path / "a.jsonl", duel())
    assert main(["score", str(tmp_path), "--format", form]) == 0
    assert "2s3z" in capsys.readouterr().out
    assert main(["score", str(tmp_path), "--format", "xml"]) == 2
    assert "no scores as 'xml'; known: csv, json, markdown, table" in capsys.readouterr().err
