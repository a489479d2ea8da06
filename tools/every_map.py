"""Every scripted policy on every SMAC map: `python -m tools.every_map [MAP ...]`.

Plays each game twice and prints how it ended: W, t or L for a win, a tie or a loss. Exits with 1 if a game broke, or if
the two games of a pair did not end in the same state to the byte.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from llm_pysc2.backends.scripted import POLICIES
from llm_pysc2.evaluation.suite import expand
from tools.whole_game import Duel, play

MARKS = {"win": "W", "tie": "t", "loss": "L"}
BROKEN, UNLIKE = "!", "?"


def mark(duel: Duel) -> str:
    """Return how two games of the same seed ended, as one letter."""
    first, second = play(duel), play(duel)
    if first != second:
        return UNLIKE
    return MARKS.get(first.result, BROKEN)


def print_table(maps: Sequence[str], seed: int, workers: int) -> bool:
    """Play all pairs and print a line for each map; return whether all ended, and alike."""
    policies = tuple(sorted(POLICIES))
    print(f"{'map':14s} {'  '.join(policies)}")
    fine = True
    with ProcessPoolExecutor(workers) as pool:
        rows = {name: [pool.submit(mark, Duel(name, policy, seed)) for policy in policies] for name in maps}
        for name, row in rows.items():
            marks = [game.result() for game in row]
            print(f"{name:14s} {'  '.join(m.ljust(len(p)) for m, p in zip(marks, policies, strict=True))}", flush=True)
            fine &= not {BROKEN, UNLIKE} & set(marks)
    return fine


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("maps", nargs="*", default=["smac/*"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    return 0 if print_table(expand(options.maps), options.seed, options.workers) else 1


if __name__ == "__main__":
    sys.exit(main())
