"""Every task of LLM-PySC2 by both rules: `python -m tools.every_task [SCENARIO ...]`, `make tasks`.

Each is played with `noop`, `attack_nearest` and the policy that was made for it, twice; prints how games ended: W, t
or L for a win, a tie or a loss. Exits with 1 if a game broke, or two games of a pair did not end in the same state.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from llm_pysc2.evaluation.suite import expand
from llm_pysc2.scenario import RULES_MARK, load_scenario
from tools.every_map import BROKEN, UNLIKE, mark
from tools.whole_game import Duel

POLICIES = ("noop", "attack_nearest")
"""They play every task, beside its own."""


def by_all_rules(names: Sequence[str]) -> list[str]:
    """Return the scenarios of these names, each also under the other rules of its file."""
    return [
        judged
        for name in names
        for judged in (name, *(f"{name}{RULES_MARK}{rules}" for rules in load_scenario(name).rules))
    ]


def print_table(names: Sequence[str], seed: int, workers: int) -> bool:
    """Play all pairs and print a line for each scenario; return whether all ended, and alike."""
    print(f"{'scenario':28s} {'  '.join(POLICIES)}  its own")
    fine = True
    with ProcessPoolExecutor(workers) as pool:
        rows = {}
        for name in names:
            policies = (*POLICIES, load_scenario(name).policy)
            rows[name] = [(policy, pool.submit(mark, Duel(name, policy, seed))) for policy in policies]
        for name, row in rows.items():
            marks = [game.result() for _, game in row]
            cells = [found.ljust(len(policy)) for (policy, _), found in zip(row, marks, strict=True)]
            print(f"{name:28s} {'  '.join(cells[:-1])}  {marks[-1]} ({row[-1][0]})", flush=True)
            fine &= not {BROKEN, UNLIKE} & set(marks)
    return fine


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", default=["pvz/*"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    return 0 if print_table(by_all_rules(expand(options.scenarios)), options.seed, options.workers) else 1


if __name__ == "__main__":
    sys.exit(main())
