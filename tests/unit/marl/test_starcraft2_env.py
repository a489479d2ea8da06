"""SMAC's interface: sizes, limits, what is refused, and environments that do not disturb each other."""

import multiprocessing
import subprocess
import sys

import numpy as np
import pytest

from llm_pysc2.errors import GameLostError, GameRequestError, UnavailableActionError, UsageError
from llm_pysc2.marl import StarCraft2Env
from llm_pysc2.marl.task import map_names

SIZES = {"3m": (30, 48, 9), "8m": (80, 168, 14), "2s3z": (80, 120, 11), "2s_vs_1sc": (17, 27, 7), "MMM": (160, 290, 16)}
"""Numbers of an observation and of a state, and actions, as SMAC has them."""


def first_actions(env: StarCraft2Env) -> list[int]:
    """Return the first action that each agent has: stop for the living."""
    return [row.index(1) for row in env.get_avail_actions()]


def states_of(envs: list[StarCraft2Env], steps: int) -> list[list[bytes]]:
    """Play environments in turns, each by actions that depend on its masks alone; return the states of each."""
    states: list[list[bytes]] = [[env.reset()[1].tobytes()] for env in envs]
    for step in range(steps):
        for env, seen in zip(envs, states, strict=True):
            rows = [np.flatnonzero(row) for row in env.get_avail_actions()]
            env.step([int(row[step % row.size]) for row in rows])
            seen.append(env.get_state().tobytes())
    return states


def states_from_seed(seed: int) -> list[bytes]:
    """Play one environment of its own, for a worker."""
    return states_of([StarCraft2Env("2s3z", seed=seed)], 12)[0]


@pytest.mark.parametrize("map_name", SIZES)
def test_sizes_are_smacs(map_name):
    env = StarCraft2Env(map_name, seed=1)
    observations, state = env.reset()
    info = env.get_env_info()
    assert (info["obs_shape"], info["state_shape"], info["n_actions"]) == SIZES[map_name]
    assert {one.shape for one in observations} == {(info["obs_shape"],)}
    assert state.shape == (info["state_shape"],)
    assert (observations[0].dtype, state.dtype) == (np.float32, np.float32)


def test_there_are_23_maps_and_an_unknown_one_is_answered_with_all_of_them():
    assert len(map_names()) == 23
    with pytest.raises(UsageError, match=r"'2s3x'.*10m_vs_11m.*so_many_baneling"):
        StarCraft2Env("2s3x")


def test_an_unknown_argument_is_answered_with_those_there_are():
    with pytest.raises(UsageError, match=r"no argument 'stepmul'; it takes: map_name, step_mul, .*heuristic_ai"):
        StarCraft2Env("3m", stepmul=8)


@pytest.mark.parametrize("wrong", [{"difficulty": "11"}, {"step_mul": 0}, {"seed": -1}])
def test_a_value_that_does_not_fit_is_refused(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        StarCraft2Env("3m", **wrong)


def test_an_address_where_no_game_answers_and_one_that_is_none_are_errors_in_words():
    with pytest.raises(GameLostError, match="no game answers at "):
        StarCraft2Env("3m", game="ws://127.0.0.1:9").reset()
    with pytest.raises(UsageError, match='expected "embedded", "door" or ws://HOST:PORT'):
        StarCraft2Env("3m", game="real").reset()


def test_an_action_that_is_not_available_names_agent_action_and_what_there_is():
    env = StarCraft2Env("3m", seed=1)
    env.reset()
    before = env.get_state()
    with pytest.raises(
        UnavailableActionError, match=r"agent 1 cannot target 0 \(6\) now; available: stop \(1\), north"
    ):
        env.step([1, 6, 1])
    for actions in ([1, 1, 0], [1, 1, -1], [1, 1, 9], [1, 1]):
        with pytest.raises(AssertionError):
            env.step(actions)
    with pytest.raises(UnavailableActionError, match=r"agent 2 has no action 9, there are 0 to 8; available: stop"):
        env.step([1, 1, 9])
    np.testing.assert_array_equal(env.get_state(), before)
    env.step([1, 1, 1])


def test_a_step_before_the_first_episode_or_after_its_end_is_an_error():
    env = StarCraft2Env("3m", seed=1)
    with pytest.raises(GameRequestError, match="reset the environment first"):
        env.step([1, 1, 1])
    env.reset()
    over, steps = False, 0
    while not over:
        _, over, info = env.step(first_actions(env))
        steps += 1
    assert info == {"battle_won": False, "dead_allies": 3, "dead_enemies": 0}
    assert 1 < steps < env.episode_limit == 60
    with pytest.raises(GameRequestError, match="the episode is over"):
        env.step([0, 0, 0])
    env.reset()
    env.step([1, 1, 1])
    assert (env.get_stats()["battles_game"], env.get_stats()["battles_won"]) == (1, 0)


def test_an_episode_ends_with_its_time_and_says_so_where_it_goes_on():
    env = StarCraft2Env("2s_vs_1sc", seed=1, continuing_episode=True)
    env.reset()
    ends = [env.step([1, 1])[1:] for _ in range(300)]
    assert [over for over, _ in ends] == [False] * 299 + [True]
    assert ends[-1][1] == {"battle_won": False, "dead_allies": 0, "dead_enemies": 0, "episode_limit": True}
    assert env.get_stats()["timeouts"] == 1


def test_the_scripted_player_of_smac_fights_whatever_step_is_given():
    env = StarCraft2Env("2m_vs_1z", seed=1, heuristic_ai=True)
    env.reset()
    _, over, first = env.step([1, 2])
    assert env.get_state()[-2 * env.n_actions :].tolist() == np.eye(env.n_actions)[[1, 2]].ravel().tolist()
    while not over:
        _, over, info = env.step([0, 0])
    assert first["dead_enemies"] == 0
    assert info["dead_allies"] + info["dead_enemies"] > 0


def test_a_picture_shows_agents_green_and_enemies_red_where_they_stand():
    env = StarCraft2Env("3m", seed=1)
    with pytest.raises(GameRequestError, match="reset the environment first"):
        env.render()
    env.reset()
    picture = env.render()
    assert (picture.shape, picture.dtype) == ((512, 512, 3), np.uint8)
    green = (picture == (70, 220, 90)).all(axis=2).nonzero()
    red = (picture == (235, 70, 60)).all(axis=2).nonzero()
    assert np.abs(np.array([green[1].mean(), 512 - green[0].mean()]) / 16 - (9, 16)).max() < 1
    assert np.abs(np.array([red[1].mean(), 512 - red[0].mean()]) / 16 - (23, 16)).max() < 1


def test_a_replay_is_saved_through_the_door_and_refused_in_words_elsewhere(tmp_path):
    env = StarCraft2Env("3m", seed=1, game="door", replay_dir=str(tmp_path), replay_prefix="first")
    env.reset()
    env.step([1, 1, 1])
    path = env.save_replay()
    assert (path.parent, path.name[:5]) == (tmp_path, "first")
    assert path.stat().st_size > 0
    env.close()
    straight = StarCraft2Env("3m", seed=1)
    straight.reset()
    with pytest.raises(GameRequestError, match='game="door"'):
        straight.save_replay()


def test_importing_the_package_loads_neither_the_engine_nor_numpy():
    program = (
        "import sys, llm_pysc2.marl; raise SystemExit('numpy' in sys.modules or 'llm_pysc2.engine' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_two_environments_in_turns_play_as_each_alone():
    alone = [states_of([StarCraft2Env(name, seed=seed)], 15)[0] for name, seed in (("2s3z", 1), ("MMM", 2))]
    assert states_of([StarCraft2Env("2s3z", seed=1), StarCraft2Env("MMM", seed=2)], 15) == alone


def test_seeds_count_modulo_2_to_the_31st_on_both_ways_in():
    seeds = (2**31 + 3, 3)
    straight, same = (states_of([StarCraft2Env("2s3z", seed=seed)], 12)[0] for seed in seeds)
    door = states_of([StarCraft2Env("2s3z", seed=seeds[0], game="door")], 12)[0]
    assert straight == same == door


def test_forked_workers_play_as_this_process_does():
    here = [states_from_seed(seed) for seed in (1, 2)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(states_from_seed, (1, 2)) == here
    assert here[0] != here[1]
