"""How much scores depend on guesses: `python -m tools.sensitivity`.

Flips each of `knowledge_base/facts/assumptions.toml` and plays scripted policies on the SMAC maps, each game paired
with one of the same seed under the defaults. Every game is a line of a file, so that a run that was stopped goes on.
What is clear is not played further: a flip under which the first seed ends in exactly the same state has no effect on
that map; and the pairs of a policy end where there is little doubt whether it moves the win rate much (`verdict`).
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from fnmatch import fnmatchcase
from math import comb
from pathlib import Path
from typing import NamedTuple

from llm_pysc2.engine.state.assumptions import Guess, guesses
from llm_pysc2.evaluation.suite import expand
from tools.whole_game import Duel, Flip, Outcome, play

POLICIES = ("attack_nearest", "focus_fire")
PROBE_SEEDS = 1
"""After so many seeds without any difference a flip is not played further on a map: two whole games, one a policy."""
MUCH = 0.2
"""A change of a win rate that counts as much."""
LOOKS = (15, 30, 60)
"""After so many pairs of a policy it is asked whether they are enough."""
DOUBT = 0.05
"""They are, when what was seen has at most this probability if the flip turns `MUCH` of the games one way."""
GAMES_FILE = Path("runs/sensitivity.jsonl")

Pair = tuple[bool, bool]
"""Of two games that differ in a flip only: whether the one by the defaults was won, and the one flipped."""


class Ledger:
    """The games played so far."""

    def __init__(self, path: Path) -> None:
        """Read the file; a line that was cut off is left out."""
        self._games: dict[tuple[str, Flip], dict[tuple[str, int], Outcome]] = {}
        for line in path.read_text().splitlines() if path.exists() else []:
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            duel = Duel(row["map"], row["policy"], row["seed"], Flip(row["name"], row["value"]))
            self.add(duel, Outcome(row["result"], row["digest"]))

    def add(self, duel: Duel, outcome: Outcome) -> None:
        """Write a game down."""
        self._games.setdefault((duel.map, duel.flip), {})[duel.policy, duel.seed] = outcome

    def has(self, duel: Duel) -> bool:
        """Return whether a game was played."""
        return (duel.policy, duel.seed) in self._games.get((duel.map, duel.flip), {})

    def wins(self, map_name: str, policy: str) -> list[bool]:
        """Return the games of a policy by the defaults: whether each was won."""
        plain = self._games.get((map_name, Flip()), {})
        return [outcome.result == "win" for (name, _), outcome in plain.items() if name == policy]

    def pairs(self, map_name: str, flip: Flip, policy: str) -> list[Pair]:
        """Return the pairs of a policy, in order of seeds."""
        pairs = [
            (seed, a.result == "win", b.result == "win")
            for name, seed, a, b in self._paired(map_name, flip)
            if name == policy
        ]
        return [(plain, flipped) for _, plain, flipped in sorted(pairs)]

    def has_effect(self, map_name: str, flip: Flip) -> bool:
        """Return whether a flip changed any game on a map, or too few were played to say that it does not."""
        pairs = self._paired(map_name, flip)
        return len(pairs) < PROBE_SEEDS * len(POLICIES) or any(a.digest != b.digest for _, _, a, b in pairs)

    def __len__(self) -> int:
        """Return the number of games."""
        return sum(len(games) for games in self._games.values())

    def _paired(self, map_name: str, flip: Flip) -> list[tuple[str, int, Outcome, Outcome]]:
        plain, flipped = self._games.get((map_name, Flip()), {}), self._games.get((map_name, flip), {})
        return [(*key, plain[key], outcome) for key, outcome in flipped.items() if key in plain]


def flips_of(guess: Guess) -> list[Flip]:
    """Return the values to try: all others of a list, half and double of a number on a scale."""
    if guess.between is None:
        return [Flip(guess.name, value) for value in guess.allowed if value != guess.default]
    least, most = guess.between
    default = float(guess.default)
    tried = {min(max(value, least), most) for value in (default / 2, default * 2)} - {default}
    whole = isinstance(guess.default, int)
    values = {round(value) for value in tried} - {guess.default} if whole else tried
    return [Flip(guess.name, value) for value in sorted(values)]


def at_most(count: int, pairs: int) -> float:
    """Return the probability of at most so many turned pairs if a flip turns `MUCH` of them.

    >>> round(at_most(0, 15), 3), round(1 - at_most(6, 15), 3)
    (0.035, 0.018)
    """
    return sum(comb(pairs, turned) * MUCH**turned * (1 - MUCH) ** (pairs - turned) for turned in range(count + 1))


def turned(pairs: Sequence[Pair]) -> tuple[int, int]:
    """Return how many games a flip made wins, and how many it made something else."""
    return sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs)


def verdict(pairs: Sequence[Pair]) -> str:
    """Return "much", "little" or "open" for pairs in order of seeds.

    Little: few are turned either way. Much: many are turned, and all of them one way.
    """
    for look in (look for look in LOOKS if look <= len(pairs)):
        least, most = sorted(turned(pairs[:look]))
        if at_most(most, look) <= DOUBT:
            return "little"
        if not least and 1 - at_most(most - 1, look) <= DOUBT:
            return "much"
    return "open"


def games_of_seed(ledger: Ledger, maps: Sequence[str], flips: Sequence[Flip], seed: int, every: bool) -> list[Duel]:
    """Return what is still to be played with a seed: the flips that are not clear yet, and the defaults beside them.

    `every`: those, too, that have turned no game yet.
    """
    wanted: list[Duel] = []
    for map_name in maps:
        effective = [flip for flip in flips if ledger.has_effect(map_name, flip)]
        for policy in POLICIES:
            pairs = {flip: ledger.pairs(map_name, flip, policy) for flip in effective}
            unclear = [
                flip for flip in effective if verdict(pairs[flip]) == "open" and (every or any(turned(pairs[flip])))
            ]
            if unclear or (every and seed < LOOKS[0]):
                wanted += [Duel(map_name, policy, seed, flip) for flip in (Flip(), *unclear)]
    return [duel for duel in wanted if not ledger.has(duel)]


def play_all(ledger: Ledger, maps: Sequence[str], flips: Sequence[Flip], options: argparse.Namespace) -> None:
    """Play what is not played yet until the time is up: one seed, then what turned a game, then the rest."""
    options.games.parent.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + options.minutes * 60
    rounds = [(0, True), *((seed, every) for every in (False, True) for seed in range(1, options.seeds))]
    with options.games.open("a") as file, ProcessPoolExecutor(options.workers) as pool:
        file.write("\n")  # ends a line that was cut off
        for seed, every in rounds:
            games = games_of_seed(ledger, maps, flips, seed, every)
            print(f"seed {seed}{'' if every else ' of what turned a game'}: {len(games)} games", flush=True)
            running = {pool.submit(play, duel): duel for duel in games}
            for done in as_completed(running):
                if done.cancelled():
                    continue
                duel, outcome = running[done], done.result()
                ledger.add(duel, outcome)
                place = {"map": duel.map, "policy": duel.policy, "seed": duel.seed}
                file.write(json.dumps(place | duel.flip._asdict() | asdict(outcome)) + "\n")
                file.flush()
                if time.monotonic() > ends:
                    pool.shutdown(wait=False, cancel_futures=True)
            if time.monotonic() > ends:
                print("the time is up; the same command goes on")
                break


class Change(NamedTuple):
    """What a flip does to the win rate of a policy on a map."""

    flip: Flip
    before: float
    after: float
    pairs: int
    verdict: str

    @property
    def is_much(self) -> bool:
        """Whether it moves the win rate much, as far as was played."""
        return self.verdict == "much" or (self.verdict == "open" and abs(self.after - self.before) >= MUCH)

    def __str__(self) -> str:
        return f"{self.after:.0%} of {self.pairs} (`{self.flip}`)"


def changes_of(ledger: Ledger, map_name: str, flips: Sequence[Flip], policy: str) -> list[Change]:
    """Return what the flips that have an effect on a map do to a policy."""
    changes = []
    for flip in (flip for flip in flips if ledger.has_effect(map_name, flip)):
        pairs = ledger.pairs(map_name, flip, policy)
        if pairs:
            before, after = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
            changes.append(Change(flip, before, after, len(pairs), verdict(pairs)))
    return changes


def report(ledger: Ledger, maps: Sequence[str], flips: Sequence[Flip]) -> str:
    """Return for each map and policy how far any one flip moves its win rate, and a sentence over all, as Markdown."""
    lines = [
        "| map | policy | games | win rate | lowest | highest | much | perhaps | little | open |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    moved = {"much": dict[str, None](), "open": dict[str, None]()}
    for map_name in maps:
        for policy in POLICIES:
            changes = changes_of(ledger, map_name, flips, policy)
            lines.append(f"| {map_name} | {policy} | {_row(ledger.wins(map_name, policy), changes)} |")
            for change in changes:
                if change.is_much:
                    moved[change.verdict][map_name] = None
    perhaps = [name for name in moved["open"] if name not in moved["much"]]
    without = sum(not ledger.has_effect(name, flip) for name in maps for flip in flips)
    return "\n".join(lines) + (
        f"\n\n{len(ledger)} games. One flip moves a win rate by {MUCH:.0%} or more on: {_listed(list(moved['much']))}; "
        f"perhaps, as far as was played, on: {_listed(perhaps)}.\n{without} of {len(maps) * len(flips)} flips on a map "
        f"have no effect: with the first seed all games end in the same state to the byte.\n"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "no map"


def _row(wins: Sequence[bool], changes: Sequence[Change]) -> str:
    """Return games, win rate, the lowest and the highest under a flip, and how many flips got which verdict."""
    cells = [str(len(wins)), f"{sum(wins) / len(wins):.0%}" if wins else "-"]
    by_change = sorted(changes, key=lambda change: (change.after - change.before, -change.pairs))
    cells.append(str(by_change[0]) if by_change and by_change[0].after < by_change[0].before else "-")
    cells.append(str(by_change[-1]) if by_change and by_change[-1].after > by_change[-1].before else "-")
    open_ones = [change for change in changes if change.verdict == "open"]
    perhaps = sum(change.is_much for change in open_ones)
    much, little = (sum(change.verdict == name for change in changes) for name in ("much", "little"))
    return " | ".join([*cells, str(much), str(perhaps), str(little), str(len(open_ones) - perhaps)])


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maps", nargs="+", default=["smac/*"], help="scenarios or patterns")
    parser.add_argument("--assumptions", nargs="+", default=["*"], help="names or patterns, such as 'movement.*'")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop then; the same command goes on")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--games", type=Path, default=GAMES_FILE, help="where the games are written down")
    parser.add_argument("--report", type=Path, default=None, help="write the table there, too")
    options = parser.parse_args()
    maps = expand(options.maps)
    known = [guess for name, guess in guesses().items() if any(fnmatchcase(name, one) for one in options.assumptions)]
    flips = [flip for guess in known for flip in flips_of(guess)]
    ledger = Ledger(options.games)
    play_all(ledger, maps, flips, options)
    text = report(ledger, maps, flips)
    print(text)
    if options.report:
        options.report.write_text(text)


if __name__ == "__main__":
    main()
