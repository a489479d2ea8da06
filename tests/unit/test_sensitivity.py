"""The tool that flips guesses: which values it tries, that it goes on where it stopped, that flips reach the game."""

import json
from pathlib import Path

import pytest

from llm_pysc2.engine.switches import guesses
from tools import sensitivity
from tools.sensitivity import Duel, Flip, Outcome, changes_of, flips_of, has_effect


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["sensitivity", *arguments])
    sensitivity.main()


def test_values_tried() -> None:
    assert flips_of(guesses()["target_ties"]) == [Flip("target_ties", "last")]
    assert flips_of(guesses()["movement.steer_loops"]) == [
        Flip("movement.steer_loops", 1),
        Flip("movement.steer_loops", 4),
    ]
    assert flips_of(guesses()["movement.wall_radius"]) == [Flip("movement.wall_radius", 0.5)]
    for guess in guesses().values():
        assert flips_of(guess), guess.name
        assert all(guess.accepts(flip.value) and flip.value != guess.default for flip in flips_of(guess))


def test_it_plays_pairs_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    games = tmp_path / "games.jsonl"
    options = ["--maps", "3m", "--switches", "random_delay", "medivac_heals", "--workers", "1", "--games", str(games)]
    run(monkeypatch, *options, "--seeds", "1")
    rows = [json.loads(line) for line in games.read_text().splitlines() if line]
    assert len(rows) == 2 * 4  # two policies under the defaults, two delays, weakest first
    digests = {(row["policy"], row["switch"], row["value"]): row["digest"] for row in rows}
    assert digests["focus_fire", "random_delay", "none"] != digests["focus_fire", "", 0]
    assert digests["focus_fire", "medivac_heals", "weakest"] == digests["focus_fire", "", 0]
    games.write_text("\n".join(games.read_text().splitlines()[:-1]) + '\n{"map": "3m", "pol')
    capsys.readouterr()
    run(monkeypatch, *options, "--seeds", "1")
    assert "seed 0: 1 games" in capsys.readouterr().out


def test_what_a_flip_changed_is_told_from_pairs_only() -> None:
    flip = Flip("target_ties", "last")
    ledger = {}
    for seed in range(4):
        ledger[Duel("3m", "focus_fire", seed, Flip())] = Outcome("win", "same")
        ledger[Duel("3m", "focus_fire", seed, flip)] = Outcome("loss" if seed == 3 else "win", "other")
    ledger[Duel("3m", "focus_fire", 9, flip)] = Outcome("loss", "without a partner")
    assert list(changes_of(ledger, "3m", flip)) == [("focus_fire", 4, 1.0, 0.75)]
    assert has_effect(ledger, "3m", flip)
    same = {duel: Outcome("win", "same") for duel in ledger}
    assert not has_effect(same, "3m", flip)
