"""Set the table: the game behind its door, the agents on their seats. The one place where engine and env meet."""

from collections.abc import Callable
from dataclasses import dataclass, field

from llm_pysc2.agent import Agent, LanguageAgent
from llm_pysc2.backends import Backend, ModelOptions, make_backend
from llm_pysc2.dialogue.grammar import ActionBook, load_action_book
from llm_pysc2.errors import AgentError
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.orchestrator.game_thread import GameThread
from llm_pysc2.orchestrator.seat import CustomSeat, ModelSeat, Seat
from llm_pysc2.orchestrator.session import AsyncGame
from llm_pysc2.roster import Role, Roster
from llm_pysc2.scenario import Scenario


@dataclass(slots=True)
class Thinkers:
    """Who thinks for the agents of a run. Services are opened once; scripted policies anew for each episode's seed."""

    model: str
    """The model of every agent for which the roster names none."""
    base_url: str | None = None
    custom: type[Agent] | None = None
    """A class of the user's own, in place of all models."""
    custom_name: str = ""
    _open: dict[str, Backend] = field(default_factory=dict)

    def backend(self, name: str, seed: int) -> Backend:
        """Return the backend of that name. Raises UsageError if it does not exist or lacks a key."""
        options = ModelOptions(base_url=self.base_url or "")
        if name.startswith("scripted/"):
            return make_backend(name, seed=seed, options=options)
        if name not in self._open:
            self._open[name] = make_backend(name, seed=seed, options=options)
        return self._open[name]

    async def aclose(self) -> None:
        """Close the services."""
        for backend in self._open.values():
            await backend.aclose()
        self._open.clear()


def load_book() -> ActionBook:
    """Return the action table with the command cards of all unit types."""
    return load_action_book({unit.name: unit.abilities for unit in load_units().values()})


def seat_agents(roster: Roster, thinkers: Thinkers, book: ActionBook, seed: int) -> list[Seat]:
    """Return a seat for each agent of a roster. Raises UsageError for models that do not exist or lack a key."""
    return [_seat(role, thinkers, book, seed + number) for number, role in enumerate(roster.agents)]


def _seat(role: Role, thinkers: Thinkers, book: ActionBook, seed: int) -> Seat:
    if thinkers.custom is not None:
        return CustomSeat(role, _construct(thinkers.custom, thinkers.custom_name), thinkers.custom_name)
    types = {unit.name: unit for unit in load_units().values()}
    return ModelSeat(LanguageAgent(role, book, types), thinkers.backend(role.model or thinkers.model, seed))


def _construct(agent_class: type[Agent], name: str) -> Agent:
    try:
        return agent_class()
    except Exception as error:
        raise AgentError(f"--agent: {name}() failed: {type(error).__name__}: {error}") from error


def game_opener(scenario: Scenario, seed: int) -> Callable[[], AsyncGame]:
    """Return a function that starts the game for one episode: the real one where it is installed, else the embedded."""

    def open_game() -> AsyncGame:
        from llm_pysc2.engine.link import connect
        from llm_pysc2.env.sc2_env import GameEnv

        return GameThread(GameEnv(scenario.map, scenario.race, scenario.enemy_race, seed, connect))

    return open_game
