"""How true the embedded game is: `python -m tools.truth [--networks FOLDER] [--maps MAP ...]`, or `make truth`.

Two players that are known from the real game play `StarCraft2Env`. Value networks that were trained there say at every
step what they expect: their win rate and their surprise are printed by the probe that comes with them (a folder with
`probe.py`; without one this part is left out). SMAC's own scripted agent plays all 23 maps; its win rate stands beside
the real game's where that is known (`truth_rates.toml`).
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import Pool
from pathlib import Path

from llm_pysc2.engine.api.build import GAME_VERSION
from llm_pysc2.env.installation import EMBEDDED_GAME
from llm_pysc2.evaluation.statistics import wilson_interval
from llm_pysc2.marl import StarCraft2Env
from llm_pysc2.marl.task import map_names
from llm_pysc2.packs import read_toml

ROOT = Path(__file__).resolve().parents[1]
NETWORKS_VARIABLE = "LLM_PYSC2_TRUTH"
RATES = Path(__file__).with_name("truth_rates.toml")
SEED = 1
WITHIN = 0.25
"""How far the scripted agent's rate may be from the real game's."""


@dataclass(frozen=True)
class Tally:
    """How the scripted agent's games on one map ended."""

    map_name: str
    games: int
    wins: int
    timeouts: int
    dead_agents: float
    """Mean number of agents that died."""
    dead_enemies: float

    @property
    def rate(self) -> float:
        """Share of games that were won."""
        return self.wins / self.games


def play_heuristic(job: tuple[str, int]) -> Tally:
    """Let SMAC's scripted agent play some games on a map."""
    map_name, games = job
    env = StarCraft2Env(map_name, seed=SEED, heuristic_ai=True)
    agents = enemies = 0
    for _ in range(games):
        env.reset()
        over = False
        while not over:
            _, over, info = env.step([0] * env.n_agents)
        agents += info["dead_allies"]
        enemies += info["dead_enemies"]
    env.close()
    return Tally(map_name, games, env.battles_won, env.timeouts, agents / games, enemies / games)


def describe(tally: Tally, real: float | None) -> str:
    """Return the row of a map."""
    low, high = wilson_interval(tally.wins, tally.games)
    beside = "| - | -" if real is None else f"| {real:.2f} | {'yes' if abs(tally.rate - real) <= WITHIN else 'no'}"
    deaths = f"{tally.dead_agents:.1f} / {tally.dead_enemies:.1f}"
    return f"| {tally.map_name} | {tally.rate:.2f} ({low:.2f}-{high:.2f}) | {deaths} | {tally.timeouts} {beside} |"


def print_heuristic(maps: Sequence[str], games: int, workers: int) -> None:
    """Let the scripted agent play and print its table."""
    real = read_toml(RATES)["heuristic_win_rate"]
    print(f"\nSMAC's scripted agent, {games} games a map from seed {SEED}\n")
    print(f"| map | wins (Wilson, 95 %) | dead agents / enemies | by time | real | within {WITHIN} |")
    print("|---|---|---|---|---|---|")
    with Pool(workers) as pool:
        for tally in pool.imap(play_heuristic, [(map_name, games) for map_name in maps]):
            print(describe(tally, real.get(tally.map_name)), flush=True)


def run_probe(folder: Path, episodes: int, steps: int) -> int:
    """Let the networks of a folder play, and return the exit status; they print their own rows."""
    probe = folder / "probe.py"
    if not probe.is_file():
        print(f"no networks in {folder}: name their folder by --networks or {NETWORKS_VARIABLE}; left out")
        return 0
    print(f"Networks trained in the real game, {episodes} games a map from seed {SEED}\n", flush=True)
    command = [sys.executable, str(probe), "--env", "llm_pysc2.marl:StarCraft2Env", "--episodes", str(episodes)]
    return subprocess.run([*command, "--seed", str(SEED), "--steps", str(steps)], check=False).returncode


def version() -> str:
    """Return which game is measured: its version and build, and the commit where there is one."""
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f"{EMBEDDED_GAME} of build {GAME_VERSION}, commit {asked.stdout.strip() or 'unknown'}"


def main() -> int:
    """Measure, and return 0 unless the networks could not play."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    nearby = Path(os.environ.get(NETWORKS_VARIABLE, ROOT.parent / "shared" / "truth"))
    parser.add_argument("--networks", type=Path, default=nearby, help="the folder with probe.py and its networks")
    parser.add_argument("--maps", nargs="*", choices=map_names(), default=map_names(), metavar="MAP")
    parser.add_argument("--episodes", type=int, default=64, help="games of each network")
    parser.add_argument("--games", type=int, default=32, help="games of the scripted agent on each map")
    parser.add_argument("--steps", type=int, default=0, help="print the surprise of so many first steps, too")
    parser.add_argument("--workers", type=int, default=1, help="processes for the scripted agent")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {version()}\n")
    status = run_probe(options.networks, options.episodes, options.steps) if options.episodes else 0
    if options.games:
        print_heuristic(options.maps, options.games, options.workers)
    return status


if __name__ == "__main__":
    sys.exit(main())
