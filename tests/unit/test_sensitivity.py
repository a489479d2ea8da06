"""The tool that flips guesses: which values it tries, that it goes on where it stopped, that flips reach the game."""

import json
from pathlib import Path

import pytest

from llm_pysc2.engine.state.assumptions import guesses
from tools import sensitivity
from tools.sensitivity import Duel, Flip, Ledger, Outcome, changes_of, flips_of, games_of_seed, verdict


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
    options = [
        "--maps",
        "3m",
        "--assumptions",
        "random_delay",
        "medivac_heals",
        "--workers",
        "1",
        "--games",
        str(games),
    ]
    run(monkeypatch, *options, "--seeds", "1")
    rows = [json.loads(line) for line in games.read_text().splitlines() if line]
    assert len(rows) == 2 * 4  # two policies under the defaults, two delays, weakest first
    digests = {(row["policy"], row["name"], row["value"]): row["digest"] for row in rows}
    assert digests["focus_fire", "random_delay", "none"] != digests["focus_fire", "", 0]
    assert digests["focus_fire", "medivac_heals", "weakest"] == digests["focus_fire", "", 0]
    games.write_text("\n".join(games.read_text().splitlines()[:-1]) + '\n{"map": "3m", "pol')
    capsys.readouterr()
    run(monkeypatch, *options, "--seeds", "1")
    assert "seed 0: 1 games" in capsys.readouterr().out


def ledger_of(tmp_path: Path, ends: dict[tuple[int, Flip], tuple[str, str]]) -> Ledger:
    """Return a ledger of games on 3m, both policies alike: result and digest by seed and flip."""
    ledger = Ledger(tmp_path / "nothing.jsonl")
    for (seed, flip), (result, digest) in ends.items():
        for policy in sensitivity.POLICIES:
            ledger.add(Duel("3m", policy, seed, flip), Outcome(result, digest))
    return ledger


FLIP = Flip("target_ties", "last")


def test_what_a_flip_changed_is_told_from_pairs_only(tmp_path: Path) -> None:
    plain = {(seed, Flip()): ("win", "same") for seed in range(4)}
    flipped = {(seed, FLIP): ("loss" if seed == 3 else "win", "other") for seed in range(4)}
    ledger = ledger_of(tmp_path, plain | flipped | {(9, FLIP): ("loss", "without a partner")})
    (change,) = changes_of(ledger, "3m", [FLIP], "focus_fire")
    assert (change.before, change.after, change.pairs, change.verdict) == (1.0, 0.75, 4, "open")


def test_a_flip_that_changes_nothing_is_not_played_further(tmp_path: Path) -> None:
    ends = {(0, flip): ("win", "same") for flip in (Flip(), FLIP)}
    assert {duel.flip for duel in games_of_seed(ledger_of(tmp_path, ends), ["3m"], [FLIP], 1, True)} == {Flip()}
    ends[0, FLIP] = ("win", "other")
    assert {duel.flip for duel in games_of_seed(ledger_of(tmp_path, ends), ["3m"], [FLIP], 1, True)} == {Flip(), FLIP}


def test_pairs_end_where_they_are_clear(tmp_path: Path) -> None:
    ends = {(seed, Flip()): ("win", "same") for seed in range(15)}
    kept = ledger_of(tmp_path, ends | {(seed, FLIP): ("win", "other") for seed in range(15)})
    assert games_of_seed(kept, ["3m"], [FLIP], 15, True) == []
    ends |= {(seed, FLIP): ("loss" if seed == 3 else "win", "other") for seed in range(15)}
    assert len(games_of_seed(ledger_of(tmp_path, ends), ["3m"], [FLIP], 15, True)) == 2 * 2


def test_what_turned_a_game_is_played_before_the_rest(tmp_path: Path) -> None:
    quiet = Flip("idle_returns", False)
    ends = {(0, Flip()): ("win", "a"), (0, FLIP): ("loss", "b"), (0, quiet): ("win", "c")}
    ledger = ledger_of(tmp_path, ends)
    assert {duel.flip for duel in games_of_seed(ledger, ["3m"], [FLIP, quiet], 1, False)} == {Flip(), FLIP}
    assert {duel.flip for duel in games_of_seed(ledger, ["3m"], [FLIP, quiet], 1, True)} == {Flip(), FLIP, quiet}


SAME, GAINED, LOST = (True, True), (False, True), (True, False)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([SAME] * 14, "open"),  # not looked at yet
        ([SAME] * 15, "little"),  # 0.8 ** 15 is 3.5 %
        ([SAME] * 14 + [LOST], "open"),
        ([SAME] * 28 + [LOST, LOST], "little"),  # at most 2 of 30: 4.4 %
        ([SAME] * 27 + [LOST] * 3, "little"),  # clear after 15, whatever comes then
        ([LOST, *[SAME] * 27, LOST, LOST], "open"),
        ([GAINED] * 7 + [SAME] * 8, "much"),  # at least 7 of 15: 1.8 %
        ([GAINED] * 6 + [SAME] * 9, "open"),
        ([GAINED] * 7 + [LOST] + [SAME] * 7, "open"),  # not all one way
    ],
)
def test_when_pairs_are_enough(pairs: list[tuple[bool, bool]], expected: str) -> None:
    assert verdict(pairs) == expected
