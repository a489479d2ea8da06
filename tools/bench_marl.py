"""How fast `StarCraft2Env` is: `python -m tools.bench_marl [MAP ...]`.

Prints for each map the steps a second (8 loops; masks, observations and state of every step; random actions) straight
on the embedded game, through its door in this process, and over a websocket to a server in another process, all in
one run and with the same actions; and how long a reset takes.
"""

import argparse
import time

import numpy as np

from llm_pysc2.marl import StarCraft2Env
from tools.bench import serving

MAPS = ("2s3z", "3m", "MMM2", "27m_vs_30m", "corridor")
PORT = 5689
WARM_UP_STEPS = 30
ROUNDS = 8
SEED = 1


class Run:
    """One environment and how fast it was so far, in turns with others."""

    def __init__(self, env: StarCraft2Env) -> None:
        self.env = env
        self._chance = np.random.default_rng(SEED)
        self._over = True
        self._steps = self._resets = 0
        self._seconds = self._resetting = 0.0

    @property
    def steps_per_second(self) -> float:
        """Steps a second, resets included."""
        return self._steps / self._seconds

    @property
    def reset_ms(self) -> float:
        """How long a reset takes, milliseconds."""
        return self._resetting / self._resets * 1000

    def warm_up(self) -> None:
        """Play some steps that are not measured, to the start of an episode."""
        for _ in range(WARM_UP_STEPS):
            if self._over:
                self.env.reset()
            self._over = act(self.env, self._chance)
        self._over = True

    def play(self, seconds: float) -> None:
        """Play so long and count."""
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            if self._over:
                began = time.perf_counter()
                self.env.reset()
                self._resetting += time.perf_counter() - began
                self._resets += 1
            self._over = act(self.env, self._chance)
            self._steps += 1
        self._seconds += time.perf_counter() - started


def act(env: StarCraft2Env, chance: np.random.Generator) -> bool:
    """Play one step of random available actions and read everything; return whether the episode is over."""
    masks = np.array(env.get_avail_actions())
    actions = (chance.random(masks.shape) * masks).argmax(axis=1)
    _, over, _ = env.step(actions.tolist())
    env.get_obs()
    env.get_state()
    return over


def measure(map_name: str, seconds: float) -> list[Run]:
    """Return the runs straight, through the door and over a websocket, in turns so that all meet the same load."""
    with serving(PORT) as address:
        games = ("embedded", "door", address)
        runs = [Run(StarCraft2Env(map_name, seed=SEED, game=game)) for game in games]
        for run in runs:
            run.warm_up()
        for _ in range(ROUNDS):
            for run in runs:
                run.play(seconds / ROUNDS)
        for run in runs:
            run.env.close()
    return runs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("maps", nargs="*", default=MAPS)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each figure is measured")
    options = parser.parse_args()
    print(f"{'steps a second':14s} {'embedded':>9s} {'door':>7s} {'websocket':>10s} {'ratio':>6s} {'reset':>8s}")
    for map_name in options.maps:
        direct, door, websocket = measure(map_name, options.seconds)
        figures = f"{direct.steps_per_second:9.0f} {door.steps_per_second:7.0f} {websocket.steps_per_second:10.0f}"
        ratio = direct.steps_per_second / websocket.steps_per_second
        print(f"{map_name:14s} {figures} {ratio:6.1f} {direct.reset_ms:5.1f} ms", flush=True)


if __name__ == "__main__":
    main()
