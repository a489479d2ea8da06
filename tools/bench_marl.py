"""How fast `StarCraft2Env` is: `python -m tools.bench_marl [MAP ...]`.

Prints for each map the steps a second (8 loops; masks, observations and state of every step; random actions) straight
on the embedded game, through its door in this process, and over a websocket to a server in another process, all in
one run and with the same actions; and how long a reset takes.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np

from llm_pysc2.marl import StarCraft2Env
from tools.bench import serving

MAPS = ("2s3z", "3m", "MMM2", "27m_vs_30m", "corridor")
PORT = 5689
WARM_UP_STEPS = 30
SEED = 1


@dataclass(frozen=True)
class Rate:
    """What was measured of one environment."""

    steps_per_second: float
    reset_ms: float


def measure(env: StarCraft2Env, seconds: float) -> Rate:
    """Return how fast an environment is played by random actions."""
    play(env, steps=WARM_UP_STEPS)
    steps, resets, resetting = 0, 0, 0.0
    chance, over, started = np.random.default_rng(SEED), True, time.perf_counter()
    while time.perf_counter() - started < seconds:
        if over:
            began = time.perf_counter()
            env.reset()
            resetting += time.perf_counter() - began
            resets += 1
        over = act(env, chance)
        steps += 1
    spent = time.perf_counter() - started
    env.close()
    return Rate(steps / spent, resetting / resets * 1000)


def play(env: StarCraft2Env, steps: int) -> None:
    """Play some steps that are not measured."""
    chance, over = np.random.default_rng(SEED), True
    for _ in range(steps):
        if over:
            env.reset()
        over = act(env, chance)


def act(env: StarCraft2Env, chance: np.random.Generator) -> bool:
    """Play one step of random available actions and read everything; return whether the episode is over."""
    masks = np.array(env.get_avail_actions())
    actions = (chance.random(masks.shape) * masks).argmax(axis=1)
    _, over, _ = env.step(actions.tolist())
    env.get_obs()
    env.get_state()
    return over


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("maps", nargs="*", default=MAPS)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each figure is measured")
    options = parser.parse_args()
    print(f"{'steps a second':14s} {'embedded':>9s} {'door':>7s} {'websocket':>10s} {'ratio':>6s} {'reset':>8s}")
    for map_name in options.maps:
        direct = measure(StarCraft2Env(map_name, seed=SEED), options.seconds)
        door = measure(StarCraft2Env(map_name, seed=SEED, game="door"), options.seconds)
        with serving(PORT) as address:
            websocket = measure(StarCraft2Env(map_name, seed=SEED, game=address), options.seconds)
        figures = f"{direct.steps_per_second:9.0f} {door.steps_per_second:7.0f} {websocket.steps_per_second:10.0f}"
        ratio = direct.steps_per_second / websocket.steps_per_second
        print(f"{map_name:14s} {figures} {ratio:6.1f} {direct.reset_ms:5.1f} ms", flush=True)


if __name__ == "__main__":
    main()
