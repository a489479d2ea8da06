"""Set the table: the game behind its door, the agents on their seats. The one place where engine and env meet."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from llm_pysc2.agent import Agent, LanguageAgent
from llm_pysc2.backends import Switchboard
from llm_pysc2.dialogue.grammar import ActionBook, load_action_book
from llm_pysc2.env.options import DEFAULTS, LaunchOptions
from llm_pysc2.errors import AgentError
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.orchestrator.game_thread import GameThread
from llm_pysc2.orchestrator.seat import CustomSeat, ModelSeat, Seat
from llm_pysc2.orchestrator.session import AsyncGame
from llm_pysc2.roster import Roster
from llm_pysc2.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Thinkers:
    """Who thinks for the agents of a run."""

    model: str
    """The model of every agent for which the roster names none."""
    switchboard: Switchboard
    """Connects agents to models, and keeps limits, budgets and recordings for the whole run."""
    custom: type[Agent] | None = None
    """A class of the user's own, in place of all models."""
    custom_name: str = ""
    remote: Callable[[LanguageAgent], Seat | None] | None = None
    """Seats agents that are played from another process; None for those that are played here."""


def load_book() -> ActionBook:
    """Return the action table with the command cards of all unit types."""
    return load_action_book({unit.name: unit.abilities for unit in load_units().values()})


def seat_agents(roster: Roster, thinkers: Thinkers, seed: int, episode: str = "") -> list[Seat]:
    """Return a seat for each agent of a roster; `episode` keeps the books of episodes apart.

    Raises UsageError for models that do not exist or lack a key.
    """
    seats: list[Seat] = []
    for number, role in enumerate(roster.agents):
        if thinkers.remote and (seat := thinkers.remote(LanguageAgent(replace(role, protocol="text")))):
            seats.append(seat)
            continue
        if thinkers.custom is not None:
            seats.append(CustomSeat(role, _construct(thinkers.custom, thinkers.custom_name), thinkers.custom_name))
            continue
        name = role.model or thinkers.model
        backend = thinkers.switchboard.connect(name, agent=role.name, episode=episode, seed=seed + number)
        seats.append(ModelSeat(LanguageAgent(role), backend))
    return seats


def _construct(agent_class: type[Agent], name: str) -> Agent:
    try:
        return agent_class()
    except Exception as error:
        raise AgentError(f"--agent: {name}() failed: {type(error).__name__}: {error}") from error


def game_opener(scenario: Scenario, seed: int, launch: LaunchOptions = DEFAULTS) -> Callable[[], AsyncGame]:
    """Return a function that starts the game for one episode: the real one where it is installed, else the embedded."""

    def open_game() -> AsyncGame:
        from llm_pysc2.engine.link import connect
        from llm_pysc2.env.sc2_env import GameEnv

        return GameThread(GameEnv(scenario.map, scenario.race, scenario.enemy_race, seed, connect, launch))

    return open_game
