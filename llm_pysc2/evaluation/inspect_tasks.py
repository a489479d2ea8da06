"""Every scenario as a task of Inspect: `inspect eval llm_pysc2/2s3z --model openai/NAME`.

Inspect finds this module by the entry point "inspect_ai"; where Inspect is not installed it does nothing. A sample is
an episode, the solver plays it with Inspect's model, and the scorer reads the same score from the same trace as `eval`.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from llm_pysc2.backends import Backend, ModelPool
from llm_pysc2.backends.faults import Caller, Fault
from llm_pysc2.backends.inspect_model import InspectModel
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.chat import Chat, Completion
from llm_pysc2.errors import GameError
from llm_pysc2.evaluation.cell import Cell, PreparedCell
from llm_pysc2.evaluation.export.inspect_log import SCORER, chat_messages, inspect_module, inspect_score, said
from llm_pysc2.evaluation.export.turns import PlayedEpisode, read_episode
from llm_pysc2.evaluation.score import score_trace
from llm_pysc2.roster import read_overrides
from llm_pysc2.scenario import list_scenarios

_ACTIVE = "the model that Inspect has opened"
_EPISODE = "llm_pysc2:episode"


class ActiveModel:
    """Inspect's model as a backend; retries and limits are Inspect's."""

    def __init__(self, model: Any) -> None:
        self.name = str(model)
        self._service = InspectModel(Caller(self.name, "", "", "", ()), ModelOptions(), model)

    async def complete(self, chat: Chat) -> Completion:
        """Return the answer. Raises ModelServiceError if there is none."""
        answer = await self._service.ask(chat)
        if isinstance(answer, Fault):
            raise answer.error
        return answer

    async def aclose(self) -> None:
        """Do nothing: Inspect opened it, and closes it."""


class _Connector:
    """Connects agents to Inspect's model, but those for which the roster names another."""

    def __init__(self, model: Any) -> None:
        self._active = ActiveModel(model)
        self._model_pool = ModelPool()

    def connect(self, name: str, *, agent: str = "", episode: str = "", seed: int = 0) -> Backend:
        """Return the model of an agent. Raises UsageError for one that does not exist."""
        if name == _ACTIVE:
            return self._active
        return self._model_pool.connect(name, agent=agent, episode=episode, seed=seed)


def register() -> None:
    """Make a task of every scenario known to Inspect."""
    task = inspect_module("_eval.registry").task
    for scenario in list_scenarios():
        task(name=scenario.name)(_task_maker(scenario.name, scenario.task))


def _task_maker(scenario: str, what: str) -> Callable[..., Any]:
    def make(  # noqa: PLR0913 - the options of a task are its arguments
        episodes: int = 8,
        seed: int = 0,
        roster: str | None = None,
        step_mul: int | None = None,
        pace: str = "wait",
        points: str = "",
        protocol: str = "",
        token_budget: int = 0,
        images: str = "",
        out: str | None = None,
    ) -> Any:
        """Return the task; episode k is played with seed + k, and traces are kept in the folder `out` if given."""
        inspect, dataset = inspect_module("_eval.task"), inspect_module("dataset")
        samples = [
            dataset.Sample(id=number, input=f"{what} (seed {number})", target="win", metadata={"number": number - seed})
            for number in range(seed, seed + episodes)
        ]
        overrides = read_overrides(points, protocol, token_budget, images)
        save_images = bool(images)  # the log that Inspect keeps shows them
        cell = Cell(scenario, _ACTIVE, None, roster, step_mul, pace, overrides=overrides, save_images=save_images)
        return inspect.Task(
            dataset=dataset.MemoryDataset(samples, name=scenario),
            solver=_solver(cell, Path(out) if out else None),
            scorer=_scorer(),
        )

    return make


def _solver(cell: Cell, out: Path | None) -> Any:
    """Return a solver that plays a sample's episode."""
    model, solver = inspect_module("model"), inspect_module("solver")

    def play() -> Any:
        async def solve(state: Any, _generate: Any) -> Any:
            active = model.get_model()
            with TemporaryDirectory(prefix="llm-pysc2-") as scratch:
                path = (out or Path(scratch)) / f"seed-{state.sample_id:05d}.jsonl"
                await PreparedCell(cell, _Connector(active)).play(state.metadata["number"], state.sample_id, path)
                episode = _finished(path)
            state.store.set(_EPISODE, episode.score)
            state.messages = chat_messages(model, episode.turns)
            state.output = model.ModelOutput.from_content(str(active), "".join(map(said, episode.turns[-1:])))
            state.completed = True
            return state

        return solve

    return solver.solver(name="play")(play)()


def _finished(path: Path) -> PlayedEpisode:
    """Return the episode. Raises GameError if it broke, so that Inspect counts an error and no result."""
    episode = read_episode(path)
    if episode is None:
        raise GameError(f"the episode broke: {score_trace(path).reason}")
    return episode


def _scorer() -> Any:
    """Return a scorer that gives 1 for a win, so that the mean is the win rate."""
    scorer = inspect_module("scorer")

    def episode() -> Any:
        async def score(state: Any, _target: Any) -> Any:
            return inspect_score(scorer, state.store.get(_EPISODE))

        return score

    return scorer.scorer(metrics=[scorer.mean(), scorer.stderr()], name=SCORER)(episode)()


if find_spec("inspect_ai") is not None:
    register()
