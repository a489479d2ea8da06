"""Two contestants: every seed on both sides, scores for each side, and what makes a game count for nobody."""

import json
from pathlib import Path

import pytest

from llm_pysc2.cli import main
from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.cell import Cell
from llm_pysc2.evaluation.score import score_trace
from llm_pysc2.evaluation.versus import Versus, VersusPlan, standings
from llm_pysc2.scenario import load_scenario

QUICK = "scripted/attack_nearest"
IDLE = "scripted/noop"


def test_every_seed_is_played_on_both_sides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["versus", QUICK, f"commander:{IDLE}", "--scenario", "3m", "--games", "4", "--seed", "7", "--json"]
    assert main([*command, "--out", str(tmp_path / "duel")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(game["seed"], game["player_1"], game["player_2"]) for game in told["games"]] == [
        (7, "A", "B"), (7, "B", "A"), (8, "A", "B"), (8, "B", "A"),
    ]  # fmt: skip
    assert [game["winner"] for game in told["games"]] == ["A"] * 4
    rows = {(row["contestant"], row["side"]): (row["wins"], row["losses"]) for row in told["standings"]}
    assert (rows[("A", "both")], rows[("B", "both")]) == ((4, 0), (0, 4))
    assert rows[("A", "player 1")] == rows[("A", "player 2")] == (2, 0)
    assert rows[("B", "player 1")] == rows[("B", "player 2")] == (0, 2)
    scores = [score_trace(tmp_path / "duel" / f"game-001-player-{player}.jsonl") for player in (1, 2)]
    assert [score.result for score in scores] == ["loss", "win"]
    assert scores[0].damage_dealt == pytest.approx(scores[1].damage_taken)


def test_equals_share_the_wins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["versus", QUICK, QUICK, "--scenario", "3m", "--games", "4", "--out", str(tmp_path / "duel")]) == 0
    text = capsys.readouterr().out
    assert "game 4 of 4, seed 1, B against A" in text
    assert text.count("2/0/2") == 2


def plan(a: str, b: str, scenario: str = "3m", **fields) -> VersusPlan:
    return VersusPlan((a, b), Cell(scenario), **fields)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nobody", "no roster named 'nobody'"),
        ("scripted/nobody", "no scripted policy named 'nobody'"),
        ("squads:", "expected ROSTER, PROVIDER/MODEL or ROSTER:PROVIDER/MODEL"),
        ("smac_protoss", "does not fit 3m"),
    ],
)
def test_a_contestant_that_is_none_is_said_in_one_line(name: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=expected):
        Versus(plan(name, QUICK, out=tmp_path / "duel"))


def test_a_game_that_breaks_for_one_counts_for_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from llm_pysc2.env.duel import Side
    from llm_pysc2.errors import GameRequestError

    def refuse(*_: object) -> None:
        raise GameRequestError("no")

    monkeypatch.setattr(Side, "step", refuse)
    (game,) = Versus(plan(QUICK, QUICK, games=1, out=tmp_path / "duel")).play(lambda _: None)
    assert game.winner == "fault"
    assert [score.result for score in game.scores] == ["fault", "fault"]
    assert [row.summary.faults for row in standings([game]) if row.player is None] == [1, 1]


def test_what_one_side_wins_the_other_loses() -> None:
    rule = load_scenario("pvz_task1_level1:documents").end
    other = rule.from_the_other_side()
    assert other.from_the_other_side() == rule
    assert [[(part.player, part.unit) for part in parts] for parts in other.loss] == [
        [(3 - part.player, part.unit) for part in parts] for parts in rule.win
    ]
