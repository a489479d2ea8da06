"""A PySC2 program as its users write them plays the embedded game over the websocket.

Nothing in it is ours but the first import; the game is found by SC2PATH.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.engine.api.install import install

PROGRAM = '''
import llm_pysc2.env.compat

import json

from absl import app, flags
from pysc2.agents import base_agent
from pysc2.env import run_loop, sc2_env
from pysc2.lib import actions, features
from pysc2.maps import lib

flags.DEFINE_integer("my_episodes", 1, "How many episodes to play.")


class TwoStalkersThreeZealots(lib.Map):
    directory = "SMAC_Maps"
    filename = "2s3z"
    players = 2


class Attacker(base_agent.BaseAgent):
    """Sends everything at the nearest enemy."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def step(self, timestep):
        super().step(timestep)
        units = timestep.observation.raw_units
        own = [unit for unit in units if unit.alliance == features.PlayerRelative.SELF]
        enemies = [unit for unit in units if unit.alliance == features.PlayerRelative.ENEMY]
        self.seen.append((len(own), len(enemies), sum(float(unit.health + unit.shield) for unit in enemies)))
        if not own or not enemies:
            return actions.RAW_FUNCTIONS.no_op()
        target = min(enemies, key=lambda unit: abs(unit.x - own[0].x) + abs(unit.y - own[0].y))
        return actions.RAW_FUNCTIONS.Attack_unit("now", [unit.tag for unit in own], target.tag)


def main(arguments):
    agent = Attacker()
    with sc2_env.SC2Env(
        map_name="TwoStalkersThreeZealots",
        players=[sc2_env.Agent(sc2_env.Race.protoss), sc2_env.Bot(sc2_env.Race.protoss, sc2_env.Difficulty.very_hard)],
        agent_interface_format=sc2_env.AgentInterfaceFormat(
            action_space=actions.ActionSpace.RAW, use_raw_units=True, raw_resolution=32
        ),
        step_mul=8,
        game_steps_per_episode=800,
        random_seed=3,
    ) as env:
        run_loop.run_loop([agent], env, max_episodes=flags.FLAGS.my_episodes)
    print(json.dumps({"episodes": agent.episodes, "steps": agent.steps, "seen": agent.seen}))


if __name__ == "__main__":
    app.run(main)
'''


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("sc2"))


def play(program: Path, sc2path: Path, *options: str) -> dict[str, Any]:
    """Run the program as a user would and return what it prints last."""
    done = subprocess.run(
        [sys.executable, str(program), *options],
        env={**os.environ, "SC2PATH": str(sc2path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_stock_program_plays_2s3z_over_the_websocket(installed: Path, tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    played = play(program, installed, "--my_episodes=2")
    seen = played["seen"]
    assert played["episodes"] == 2
    assert [own for own, _, _ in seen].count(5) > 2
    first = next((own, enemies, life) for own, enemies, life in seen if own and enemies)
    assert first == (5, 5, 2 * 160 + 3 * 150)
    assert min(life for own, _, life in seen if own) < first[2] / 2
    assert min(own for own, _, _ in seen) < 5
