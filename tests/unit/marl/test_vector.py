"""Many environments over processes play as each does alone, and a broken one is told."""

import os
import signal

import numpy as np
import pytest

from llm_pysc2.errors import GameLostError, UnavailableActionError, UsageError
from llm_pysc2.marl import StarCraft2Env, make_vec
from llm_pysc2.marl.vector import SEEDS_APART

MAP, SEED = "3m", 4


def last_available(masks: np.ndarray) -> np.ndarray:
    """Return the last action that each agent has: attack where there is somebody, else move."""
    return masks.shape[-1] - 1 - masks[..., ::-1].argmax(axis=-1)


def test_environments_in_processes_play_as_each_alone_into_the_next_episode():
    alone = [StarCraft2Env(MAP, seed=SEED + SEEDS_APART * index) for index in range(3)]
    with make_vec(MAP, 3, workers=2, seed=SEED) as vector:
        views = vector.reset()
        for env, state in zip(alone, views.states, strict=True):
            np.testing.assert_array_equal(env.reset()[1], state)
        ended = 0
        for _ in range(40):
            actions = np.where(views.masks[..., 1] > 0, 1, 0)  # everybody stands, and is shot
            steps = vector.step(actions)
            views = steps.views
            for index, env in enumerate(alone):
                reward, over, info = env.step(actions[index].tolist())
                assert (reward, over) == (steps.rewards[index], steps.over[index])
                if over:
                    ended += 1
                    np.testing.assert_array_equal(steps.infos[index]["state"], env.get_state())
                    assert info.items() <= steps.infos[index].items()
                    env.reset()
                np.testing.assert_array_equal(np.array(env.get_obs()), views.observations[index])
                np.testing.assert_array_equal(env.get_avail_actions(), views.masks[index])
    assert ended >= 3


def test_shapes_are_those_of_the_environments_info():
    with make_vec(MAP, 2, workers=1, seed=SEED) as vector:
        views = vector.reset()
        steps = vector.step(last_available(views.masks))
    assert views.observations.shape == (2, 3, vector.info["obs_shape"])
    assert views.states.shape == (2, vector.info["state_shape"])
    assert steps.views.masks.shape == (2, 3, vector.info["n_actions"])
    assert (steps.rewards.shape, steps.over.shape, len(steps.infos)) == ((2,), (2,), 2)


def test_what_a_worker_refuses_is_raised_here_and_a_reset_goes_on():
    with make_vec(MAP, 2, workers=2, seed=SEED) as vector:
        vector.reset()
        with pytest.raises(UnavailableActionError, match="agent 2 cannot no-op"):
            vector.step([[1, 1, 1], [1, 1, 0]])
        with pytest.raises(UsageError, match=r"expected actions of shape \(2, 3\), found \(3,\)"):
            vector.step([1, 1, 1])
        vector.reset()
        vector.step(np.ones((2, 3)))


def test_a_worker_that_dies_is_told_and_what_is_closed_stays_closed():
    vector = make_vec(MAP, 2, workers=2, seed=SEED)
    vector.reset()
    os.kill(vector._processes[0].pid, signal.SIGKILL)
    with pytest.raises(GameLostError, match="a worker process is gone"):
        vector.step(np.ones((2, 3)))
    vector.close()
    with pytest.raises(UsageError, match="closed"):
        vector.reset()


@pytest.mark.parametrize("workers", [0, 3])
def test_a_number_of_workers_that_does_not_fit_is_refused(workers):
    with pytest.raises(UsageError, match=f"expected 1 to 2 workers for 2 environments, found {workers}"):
        make_vec(MAP, 2, workers=workers)
