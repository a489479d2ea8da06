"""Baselines stand beside scores of the same scenario and game, and a broken file says where."""

import json
from math import inf
from pathlib import Path

import pytest

from llm_pysc2 import packs
from llm_pysc2.cli.tables import scores_to_json, summary_markdown, summary_table
from llm_pysc2.errors import PackError
from llm_pysc2.evaluation.baselines import (
    FILE,
    Baseline,
    baselines_of,
    baselines_to_csv,
    beside,
    load_baselines,
    read_baselines,
)
from llm_pysc2.evaluation.summary import Summary, summarise
from llm_pysc2.scenario import scenario_files
from tests.unit.evaluation.test_score import episode

HEAD = "scenario,model,game,revision,wins,ties,losses,kill_loss_ratio,mean_game_loops"


def summary(model: str) -> Summary:
    (row,) = summarise([episode(model)])
    return row


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    rows = [
        Baseline("3m", "scripted/kite", "embedded 1.1", "abc", 21, 1, 10, 1.162, 227.5),
        Baseline("3m", "scripted/noop", "embedded 1.1", "abc", 0, 0, 32, inf, 10.0),
    ]
    path = tmp_path / "baselines.csv"
    path.write_text(baselines_to_csv(rows))
    assert read_baselines(path) == rows
    assert (rows[0].episodes, rows[0].win_rate) == (32, 21 / 32)


def test_they_are_made_of_summaries() -> None:
    row = summary("scripted/kite")
    (line,) = baselines_of([row], "abc")
    assert (line.scenario, line.model, line.game, line.wins) == (row.scenario, row.model, row.game, row.wins)
    assert line.episodes == row.episodes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scenario,model\n", "expected the columns scenario, model, game"),
        (f"{HEAD}\n3m,scripted/kite,embedded 1.1,abc,1,0,x,1.0,5\n", "line 2: expected a row of numbers"),
        (f"{HEAD}\n3m,scripted/kite,embedded 1.1,abc,0,0,0,1.0,5\n", "line 2: .*no episodes"),
    ],
)
def test_a_broken_file_says_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "baselines.csv"
    path.write_text(text)
    with pytest.raises(PackError, match=message):
        read_baselines(path)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    return tmp_path


def test_those_who_played_are_not_repeated_and_other_games_left_out(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = summary("openai/small")
    kite, noop = (
        Baseline(own.scenario, model, own.game, "abc", 1, 0, 1, 1.0, 5.0)
        for model in ("scripted/kite", "scripted/noop")
    )
    other = Baseline(own.scenario, "scripted/kite", "SC2 4.10.0.75689", "abc", 1, 0, 1, 1.0, 5.0)
    (pack / FILE).write_text(baselines_to_csv([kite, noop, other]))
    monkeypatch.setattr(packs, "roots", lambda: [pack])
    assert beside([own]) == [kite, noop]
    assert beside([own, summary("scripted/noop")]) == [kite]
    assert "(baseline) | " in summary_markdown([own], [kite])
    assert summary_table([own], [kite]).row_count == 2
    content = json.loads(scores_to_json([], [own], [kite]))
    assert [line["win_rate"] for line in content["baselines"]] == [0.5]


def test_those_shipped_are_whole() -> None:
    rows = load_baselines()
    assert {row.episodes for row in rows} == {32}
    assert {row.scenario for row in rows} == set(scenario_files())
    assert len({(row.scenario, row.model) for row in rows}) == len(rows)
