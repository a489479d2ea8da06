import json
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.cli import main
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.comparison import Choice, compare
from llm_pysc2.evaluation.score import EpisodeScore, read_scores, score_events
from tests.traces import duel, write_trace

RESULTS = {"w": "win", "t": "tie", "l": "loss", "f": "fault"}


def played(results: str, model: str = "scripted/kite", **header: Any) -> list[EpisodeScore]:
    """Return an episode for each letter, with seeds 0, 1, 2, ..."""
    return [
        score_events(duel(model, RESULTS[letter], seed=seed, **header)) for seed, letter in enumerate(results)
    ]  # fmt: skip


def test_pairs_are_counted_by_who_won() -> None:
    compared = compare(played("wwllwl"), played("wlwwtt"))
    (row,) = compared.rows
    assert (row.pairs, row.both, row.only_a, row.only_b, row.neither) == (6, 1, 2, 2, 1)
    assert (row.better_a, row.better_b) == (2, 3)
    assert (row.win_rate_a, row.win_rate_b, row.difference) == (0.5, 0.5, 0.0)
    assert row.p_value == 1.0
    assert compared.unpaired == 0


def test_episodes_without_a_partner_and_faults_are_left_out_and_told() -> None:
    compared = compare(played("wwwf"), played("lll"))
    (row,) = compared.rows
    assert (row.pairs, row.only_a) == (3, 3)
    assert compared.unpaired == 1
    compared = compare(played("wwf"), played("llw"))
    assert (compared.rows[0].pairs, compared.unpaired) == (2, 2)


def test_several_scenarios_have_a_row_each_and_one_for_all() -> None:
    a = played("www") + played("ll", scenario="3m")
    b = played("lww") + played("wl", scenario="3m")
    assert [(row.scenario, row.pairs, row.only_a, row.only_b) for row in compare(a, b).rows] == [
        ("2s3z", 3, 1, 0),
        ("3m", 2, 0, 1),
        ("all", 5, 1, 1),
    ]


def test_a_clear_difference_is_found() -> None:
    (row,) = compare(played("l" * 20), played("w" * 15 + "l" * 5)).rows
    assert row.p_value == pytest.approx(2 * 0.5**15)
    assert 0.4 < row.interval[0] < row.difference < row.interval[1] < 0.95
    assert row.resolvable is not None
    assert row.resolvable < row.difference


@pytest.mark.parametrize(
    "other",
    [{"game": "SC2 4.10.0.75689"}, {"assumptions": {"target_ties": "last"}}, {"version": "0.9"}],
)
def test_games_with_other_rules_are_refused_unless_asked_for(other: dict[str, Any]) -> None:
    a, b = played("www"), played("lll", **other)
    with pytest.raises(UsageError, match=r"not played on the same game: .* in b; say --across-games"):
        compare(a, b)
    assert compare(a, b, across_games=True).notes != []


def test_one_side_may_not_mix_games_either() -> None:
    mixed = played("ww") + played("ww", game="SC2 4.10.0.75689", scenario="3m")
    with pytest.raises(UsageError, match="same game"):
        compare(mixed, mixed)


def test_the_version_matters_only_where_this_package_is_the_game() -> None:
    real = {"game": "SC2 4.10.0.75689"}
    assert compare(played("w", **real), played("l", version="0.9", **real)).notes == []


def test_other_conditions_are_told() -> None:
    assert compare(played("w"), played("l", pace="charged")).notes == ["pace: wait in a, charged in b"]


def test_nothing_to_pair() -> None:
    with pytest.raises(UsageError, match="no finished episodes of the same scenario and seed"):
        compare(played("w"), played("w", scenario="3m"))


def test_a_side_is_one_player() -> None:
    both = played("w", "scripted/kite") + played("l", "scripted/random")
    with pytest.raises(
        UsageError, match="2s3z with seed 0 by scripted/kite and scripted/random; choose with --model-a"
    ):
        Choice("a").of(both)
    assert [score.result for score in Choice("a", "scripted/random").of(both)] == ["loss"]
    with pytest.raises(UsageError, match=r"--model-a names; found scripted/kite \(commander\), scripted/random"):
        Choice("a", "scripted/noop").of(both)
    with pytest.raises(UsageError, match="--roster-b"):
        Choice("b").of(played("w") + played("w", roster="individuals"))
    with pytest.raises(UsageError, match="the same player twice"):
        Choice("b").of(played("w") + played("w"))


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_the_command(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed, result in enumerate(("win", "win", "loss")):
        write_trace(tmp_path / "a" / f"{seed}.jsonl", duel("scripted/kite", result, seed=seed))
        write_trace(tmp_path / "b" / f"{seed}.jsonl", duel("scripted/noop", "loss", seed=seed))
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--format", form]) == 0
    out = capsys.readouterr().out
    assert "-67%" in out or "-0.666" in out
    if form == "json":
        (row,) = json.loads(out)["rows"]
        assert (row["only_a"], row["p_value"]) == (2, 0.5)


def test_scores_of_a_folder_come_by_path(tmp_path: Path) -> None:
    for seed in (3, 1, 2):
        write_trace(tmp_path / f"{seed}.jsonl", duel(seed=seed))
    (tmp_path / "faults.jsonl").write_text("{}\n")
    assert [score.seed for score in read_scores(tmp_path)] == [1, 2, 3]
