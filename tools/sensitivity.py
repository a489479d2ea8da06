"""How much scores depend on guesses: `python -m tools.sensitivity`.

Flips each switch of `knowledge_base/facts/switches.toml` and plays scripted policies on the SMAC maps, each game paired
with one of the same seed under the defaults. Every game is a line of a file, so that a run that was stopped goes on.
A flip under which the first seeds end in exactly the same state changes nothing on that map, and is not played further.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path

from llm_pysc2.engine.switches import Guess, guesses
from llm_pysc2.evaluation.suite import expand
from tools.whole_game import Duel, Flip, Outcome, play

POLICIES = ("attack_nearest", "focus_fire")
PROBE_SEEDS = 2
"""After so many seeds without any difference a flip is not played further on a map."""
MUCH = 0.2
"""A change of a win rate that is reported as much: with 20 pairs, 4 games that end otherwise."""
GAMES_FILE = Path("runs/sensitivity.jsonl")

Ledger = dict[Duel, Outcome]


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


def read_ledger(path: Path) -> Ledger:
    """Return the games played so far; a line that was cut off is left out."""
    ledger: Ledger = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        duel = Duel(row["map"], row["policy"], row["seed"], Flip(row["switch"], row["value"]))
        ledger[duel] = Outcome(row["result"], row["digest"])
    return ledger


def to_line(duel: Duel, outcome: Outcome) -> str:
    """Return a game as a line of the file."""
    place = {"map": duel.map, "policy": duel.policy, "seed": duel.seed}
    return json.dumps(place | duel.flip._asdict() | asdict(outcome)) + "\n"


def has_effect(ledger: Ledger, map_name: str, flip: Flip) -> bool:
    """Return whether a flip changed any game on a map, or too few were played to say that it does not."""
    pairs = list(pairs_of(ledger, map_name, flip))
    return len(pairs) < PROBE_SEEDS * len(POLICIES) or any(a.digest != b.digest for _, a, b in pairs)


def pairs_of(ledger: Ledger, map_name: str, flip: Flip) -> Iterator[tuple[str, Outcome, Outcome]]:
    """Yield the pairs of games that differ in a flip only: policy, under the defaults, flipped."""
    for duel, flipped in ledger.items():
        if duel.map == map_name and duel.flip == flip:
            plain = ledger.get(duel._replace(flip=Flip()))
            if plain is not None:
                yield duel.policy, plain, flipped


def games_of_seed(ledger: Ledger, maps: Sequence[str], flips: Sequence[Flip], seed: int) -> list[Duel]:
    """Return what is still to be played with a seed."""
    wanted = [
        Duel(map_name, policy, seed, flip)
        for map_name in maps
        for flip in (Flip(), *flips)
        if not flip.switch or has_effect(ledger, map_name, flip)
        for policy in POLICIES
    ]
    return [duel for duel in wanted if duel not in ledger]


def play_all(path: Path, maps: Sequence[str], flips: Sequence[Flip], options: argparse.Namespace) -> Ledger:
    """Play what is not played yet, seed after seed, until the time is up. Returns all games of the file."""
    ledger = read_ledger(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + options.minutes * 60
    with path.open("a") as file, ProcessPoolExecutor(options.workers) as pool:
        file.write("\n")  # ends a line that was cut off
        for seed in range(options.seeds):
            running = {pool.submit(play, duel): duel for duel in games_of_seed(ledger, maps, flips, seed)}
            print(f"seed {seed}: {len(running)} games", flush=True)
            for done in as_completed(running):
                if done.cancelled():
                    continue
                ledger[running[done]] = done.result()
                file.write(to_line(running[done], done.result()))
                file.flush()
                if time.monotonic() > ends:
                    pool.shutdown(wait=False, cancel_futures=True)
            if time.monotonic() > ends:
                print("the time is up; the same command goes on")
                break
    return ledger


def changes_of(ledger: Ledger, map_name: str, flip: Flip) -> Iterator[tuple[str, int, float, float]]:
    """Yield for each policy: the pairs of games, the win rate under the defaults, and the one flipped."""
    pairs = list(pairs_of(ledger, map_name, flip))
    for policy in POLICIES:
        mine = [(plain.result == "win", flipped.result == "win") for name, plain, flipped in pairs if name == policy]
        if mine:
            before, after = (sum(column) / len(mine) for column in zip(*mine, strict=True))
            yield policy, len(mine), before, after


def report(ledger: Ledger, maps: Sequence[str], flips: Sequence[Flip]) -> str:
    """Return for each map and policy how far any one flip moves its win rate, and a sentence over all, as Markdown."""
    lines = ["| map | policy | games | win rate | lowest | highest | moved much by |", "|---|---|---|---|---|---|---|"]
    moved = []
    for map_name in maps:
        changes = [(change, flip) for flip in flips for change in changes_of(ledger, map_name, flip)]
        for policy in POLICIES:
            mine = [(after, before, str(flip)) for (name, _, before, after), flip in changes if name == policy]
            if mine:
                lines.append(f"| {map_name} | {policy} | {_row(_plain(ledger, map_name, policy), mine)} |")
                if any(abs(after - before) >= MUCH for after, before, _ in mine):
                    moved.append(map_name)
    return "\n".join(lines) + "\n\n" + _summary(ledger, maps, flips, list(dict.fromkeys(moved)))


def _plain(ledger: Ledger, map_name: str, policy: str) -> list[bool]:
    """Return the wins under the defaults."""
    games = ledger.items()
    return [o.result == "win" for d, o in games if (d.map, d.policy, d.flip) == (map_name, policy, Flip())]


_NONE = (0.0, 0.0, "")


def _row(wins: Sequence[bool], changes: Sequence[tuple[float, float, str]]) -> str:
    """Return games, win rate, the lowest and the highest under a flip, and how many flips move it much."""
    cells = [str(len(wins)), f"{sum(wins) / len(wins):.0%}"]
    lower = [change for change in changes if change[0] < change[1]]
    higher = [change for change in changes if change[0] > change[1]]
    for after, _, flip in (min(lower, default=_NONE), max(higher, default=_NONE)):
        cells.append(f"{after:.0%} (`{flip}`)" if flip else "-")
    cells.append(str(sum(abs(after - before) >= MUCH for after, before, _ in changes)))
    return " | ".join(cells)


def _summary(ledger: Ledger, maps: Sequence[str], flips: Sequence[Flip], moved: Sequence[str]) -> str:
    without = sum(not has_effect(ledger, name, flip) for name in maps for flip in flips)
    seeds = sorted({duel.seed for duel in ledger})
    names = ", ".join(moved) or "no map"
    return (
        f"{len(ledger)} games, seeds {seeds[0]} to {seeds[-1]}. One flip moves a win rate by {MUCH:.0%} or more on: "
        f"{names}.\n{without} of {len(maps) * len(flips)} flips on a map have no effect: the first {PROBE_SEEDS} seeds "
        f"end in the same state to the byte.\n"
    )


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maps", nargs="+", default=["smac/*"], help="scenarios or patterns")
    parser.add_argument("--switches", nargs="+", default=["*"], help="names or patterns, such as 'movement.*'")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop then; the same command goes on")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--games", type=Path, default=GAMES_FILE, help="where the games are written down")
    parser.add_argument("--report", type=Path, default=None, help="write the table there, too")
    options = parser.parse_args()
    maps = expand(options.maps)
    known = [guess for name, guess in guesses().items() if any(fnmatchcase(name, one) for one in options.switches)]
    flips = [flip for guess in known for flip in flips_of(guess)]
    text = report(play_all(options.games, maps, flips, options), maps, flips)
    print(text)
    if options.report:
        options.report.write_text(text)


if __name__ == "__main__":
    main()
