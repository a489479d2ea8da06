"""With what a batch is played: worker processes, and episodes at a time in each of them."""

from dataclasses import dataclass

import psutil

from llm_pysc2.env.launch import GameSource, choose_game
from llm_pysc2.env.link import Link
from llm_pysc2.evaluation.suite import Suite

WAITING_EPISODES = 32
"""Episodes at a time in a worker where a model must be waited for, if memory allows."""
EMBEDDED_MIB = 6
"""Memory of an episode on the embedded game; `make bench-eval` prints 2 to 4 for 2s3z."""
INSTALLED_MIB = 1500
"""Memory set aside for a process of the real game: an assumption on the safe side, not measured."""
WORKER_MIB = 100
MEMORY_SHARE = 0.8
"""Of the memory that is free when a batch starts, as much may be used."""
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class BatchSize:
    """How much of a batch is played at the same time."""

    workers: int
    """Processes that compute."""
    in_flight: int
    """Episodes at the same time in each of them."""


def means_of(suite: Suite) -> BatchSize:
    """Return the means of a suite: what it asks for, else what the models are waited for and the memory allows.

    A game that already runs plays one episode at a time. Raises GameLaunchError if there is no game to play on.
    """
    source = choose_game(_no_connection, suite.launch)
    if source.address is not None:
        return BatchSize(1, 1)
    if suite.in_flight:
        return BatchSize(suite.workers, suite.in_flight)
    wanted = WAITING_EPISODES if suite.waits_for_models else 1
    free_mib = psutil.virtual_memory().available / _MIB
    return fitting(BatchSize(suite.workers, wanted), free_mib, _episode_mib(source))


def fitting(wanted: BatchSize, free_mib: float, episode_mib: int) -> BatchSize:
    """Return the batch size that fits into free memory, at least one episode on one worker.

    >>> fitting(BatchSize(workers=2, in_flight=32), free_mib=16_000, episode_mib=INSTALLED_MIB)
    BatchSize(workers=2, in_flight=4)
    >>> fitting(BatchSize(workers=8, in_flight=1), free_mib=8_000, episode_mib=INSTALLED_MIB)
    BatchSize(workers=4, in_flight=1)
    """
    room = MEMORY_SHARE * free_mib
    workers = min(wanted.workers, max(1, int(room // (WORKER_MIB + episode_mib))))
    each = int((room / workers - WORKER_MIB) // episode_mib)
    return BatchSize(workers, min(wanted.in_flight, max(1, each)))


def _episode_mib(source: GameSource) -> int:
    return EMBEDDED_MIB if source.connector is not None else INSTALLED_MIB


def _no_connection() -> Link:
    raise AssertionError("only asked which game it would be")
