"""Many environments at once, spread over processes: arrays of all of them in, arrays of all of them out.

Each process plays its share and answers over a pipe; an episode that is over is followed by the next at once.
"""

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from llm_pysc2.errors import GameLostError, LlmPysc2Error, UsageError
from llm_pysc2.marl.encode import Numbers
from llm_pysc2.marl.scene import Floats, Ints
from llm_pysc2.marl.starcraft2_env import StarCraft2Env

SEEDS_APART = 1_000_000
"""From one environment's first seed to the next one's: no two play the same episode before they have played so many."""
_JOIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Views:
    """What all environments show now; the first axis is the environment."""

    observations: Numbers
    """Shape (environments, agents, size of an observation)."""
    states: Numbers
    """Shape (environments, size of a state)."""
    masks: Ints
    """Which actions there are, shape (environments, agents, actions)."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What a step has brought in all environments."""

    views: Views
    """Where an episode is over, already of the next one."""
    rewards: Floats
    """Shape (environments,)."""
    over: npt.NDArray[np.bool_]
    """Which episodes are over, shape (environments,)."""
    infos: list[dict[str, Any]]
    """SMAC's `info`; of an episode that is over also its last "observations" and "state"."""


def make_vec(map_name: str, count: int, workers: int = 1, **arguments: Any) -> "VectorEnv":
    """Return so many environments over so many processes; the arguments are those of `StarCraft2Env`.

    Environment i plays its episodes from seed + 1,000,000 i on. Raises UsageError for what does not fit.
    """
    return VectorEnv(map_name, count, workers, **arguments)


class VectorEnv:
    """Environments of one map in worker processes; use it as a context manager, or close it.

    Args:
        map_name: One of SMAC's maps.
        count: How many environments.
        workers: How many processes.
        arguments: Those of `StarCraft2Env`.
    """

    def __init__(self, map_name: str, count: int, workers: int = 1, **arguments: Any) -> None:
        if not 1 <= workers <= count:
            raise UsageError(f"make_vec: expected 1 to {count} workers for {count} environments, found {workers}")
        template = StarCraft2Env(map_name, **arguments)
        self.info = template.get_env_info()
        """Sizes and limits, as of `StarCraft2Env.get_env_info`."""
        self.count = count
        first = template.seed()
        shares = np.array_split(np.arange(count), workers)
        context = multiprocessing.get_context("fork")
        self._sizes = [len(share) for share in shares]
        self._pipes: list[Connection] = []
        self._processes = []
        for share in shares:
            here, there = context.Pipe()
            seeds = [first + SEEDS_APART * int(index) for index in share]
            work = (there, [*self._pipes, here], map_name, seeds, arguments)
            process = context.Process(target=_serve, args=work, daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def reset(self) -> Views:
        """Begin an episode in every environment."""
        return _stack([view for share in self._ask([None] * len(self._pipes)) for view in share])

    def step(self, actions: npt.ArrayLike) -> Steps:
        """Let all agents act, by actions of shape (environments, agents).

        Raises UnavailableActionError, naming agent and action, for what an agent cannot do; then nothing can be said
        of the other environments of its process, so that all have to be reset.
        """
        chosen = np.asarray(actions, dtype=np.int64)
        if chosen.shape != (self.count, self.info["n_agents"]):
            expected = self.count, self.info["n_agents"]
            raise UsageError(f"step: expected actions of shape {expected}, found {chosen.shape}")
        shares = np.split(chosen, np.cumsum(self._sizes)[:-1])
        found = [one for share in self._ask([share.tolist() for share in shares]) for one in share]
        views, rewards, over, infos = zip(*found, strict=True)
        return Steps(_stack(views), np.array(rewards), np.array(over, dtype=np.bool_), list(infos))

    def close(self) -> None:
        """End the processes. Twice is fine."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(_JOIN_SECONDS)
            if process.is_alive():
                process.terminate()
                process.join()
        self._pipes, self._processes = [], []

    def _ask(self, requests: Sequence[Any]) -> list[Any]:
        """Send each process its request and return the answers. Raises what a process raised, or GameLostError."""
        if not self._pipes:
            raise UsageError("make_vec: the environments are closed")
        try:
            for pipe, request in zip(self._pipes, requests, strict=True):
                pipe.send(request)
            answers = [pipe.recv() for pipe in self._pipes]
        except (EOFError, OSError) as error:
            self.close()
            raise GameLostError("make_vec: a worker process is gone; make the environments anew") from error
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers


View = tuple[Numbers, Numbers, Ints]


def _serve(
    pipe: Connection, others: Sequence[Connection], map_name: str, seeds: Sequence[int], arguments: dict[str, Any]
) -> None:
    """Play a share of the environments, until the pipe is closed. The other ends that were inherited are let go."""
    for other in others:
        other.close()
    envs = [StarCraft2Env(map_name, **(arguments | {"seed": seed})) for seed in seeds]
    while True:
        try:
            request = pipe.recv()
        except (EOFError, ConnectionError):
            return
        try:
            if request is None:
                answer: Any = [_begin(env) for env in envs]
            else:
                answer = [_step(env, actions) for env, actions in zip(envs, request, strict=True)]
        except LlmPysc2Error as error:
            answer = error
        pipe.send(answer)


def _begin(env: StarCraft2Env) -> View:
    env.reset()
    return _view(env)


def _view(env: StarCraft2Env) -> View:
    return np.array(env.get_obs()), env.get_state(), np.array(env.get_avail_actions(), dtype=np.int64)


def _step(env: StarCraft2Env, actions: Sequence[int]) -> tuple[View, float, bool, dict[str, Any]]:
    reward, over, info = env.step(actions)
    if over:
        info |= {"observations": np.array(env.get_obs()), "state": env.get_state()}
        return _begin(env), reward, over, info
    return _view(env), reward, over, info


def _stack(views: Sequence[View]) -> Views:
    observations, states, masks = (np.stack(parts) for parts in zip(*views, strict=True))
    return Views(observations, states, masks)
