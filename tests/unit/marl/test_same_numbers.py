"""Observations, masks, state and rewards are those that the same game gives through the door.

`make survey-marl` plays 200 steps of each map; here fewer, from the start to the first losses.
"""

import os

import numpy as np
import pytest

from llm_pysc2.marl import StarCraft2Env
from llm_pysc2.marl.task import map_names
from tests.smac_client import SmacClient, float32s

STEPS = int(os.environ.get("LLM_PYSC2_MARL_STEPS", "20"))
SEED = 5
EVERYTHING = (
    "obs_last_action", "obs_pathing_grid", "obs_terrain_height", "obs_timestep_number", "state_timestep_number"
)  # fmt: skip
"""SMAC's optional parts that are off by default."""


def assert_same_view(env: StarCraft2Env, client: SmacClient) -> None:
    assert env.get_avail_actions() == client.masks()
    np.testing.assert_array_equal(np.array(env.get_obs()), float32s(client.observations()))
    np.testing.assert_array_equal(env.get_state(), float32s(client.state()))


def play_both(env: StarCraft2Env, client: SmacClient, steps: int, chance: np.random.Generator) -> int:
    """Play random actions in both, half of them attacks where there is somebody to attack; return enemies' deaths."""
    deaths, over, episode = 0, True, 0
    for _ in range(steps):
        if over:
            env.reset()
            client.begin(SEED + episode)
            episode += 1
            assert_same_view(env, client)
        masks = [np.flatnonzero(row) for row in env.get_avail_actions()]
        aims = [row[row >= 6] if (row >= 6).any() and chance.random() < 0.5 else row for row in masks]
        actions = [int(chance.choice(row)) for row in aims]
        reward, over, info = env.step(actions)
        expected = client.step(actions)
        assert (over, info) == expected[1:]
        assert reward == pytest.approx(expected[0], abs=1e-12)
        assert_same_view(env, client)
        deaths += info["dead_enemies"] if over else 0
    return deaths


@pytest.mark.parametrize("map_name", map_names())
def test_the_embedded_game_gives_the_numbers_that_raw_observations_give(map_name):
    env = StarCraft2Env(map_name, seed=SEED)
    play_both(env, SmacClient(map_name), STEPS, np.random.default_rng(1))


@pytest.mark.parametrize("map_name", ["corridor", "MMM2"])
def test_so_do_all_of_smacs_optional_parts(map_name):
    env = StarCraft2Env(map_name, seed=SEED, **dict.fromkeys(EVERYTHING, True))
    play_both(env, SmacClient(map_name, everything=True), 15, np.random.default_rng(2))
    assert len(env.get_obs()[0]) == env.get_obs_size()
    assert len(env.get_state()) == env.get_state_size()


@pytest.mark.parametrize("map_name", ["2s3z", "MMM"])
def test_and_so_does_the_same_environment_through_the_door(map_name):
    env = StarCraft2Env(map_name, seed=SEED, game="door")
    play_both(env, SmacClient(map_name), 20, np.random.default_rng(3))
    env.close()


def test_a_whole_battle_is_counted_alike_to_its_end():
    env, client = StarCraft2Env("2m_vs_1z", seed=SEED), SmacClient("2m_vs_1z")
    env.reset()
    client.begin(SEED)
    over, total = False, 0.0
    while not over:
        actions = [next(one for one in range(len(row) - 1, -1, -1) if row[one]) for row in env.get_avail_actions()]
        reward, over, info = env.step(actions)
        expected, *same = client.step(actions)
        assert [over, info] == same
        assert reward == pytest.approx(expected, abs=1e-12)
        total += reward
    assert_same_view(env, client)
    assert 0 < total <= 20 + 20 * 150 / 360  # all of the Zealot's life and shields, and shields that came back
