"""Set the table: the game behind its door, the agents on their seats. The one place where engine and env meet."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from itertools import count
from typing import Protocol

from llm_pysc2.agent import Agent, LanguageAgent
from llm_pysc2.backends import Backend
from llm_pysc2.dialogue.grammar import ActionBook, load_action_book
from llm_pysc2.dialogue.prompt import PROMPTS
from llm_pysc2.env.options import DEFAULTS, LaunchOptions
from llm_pysc2.errors import AgentError, UsageError, closest_names
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.mail import EVERYONE
from llm_pysc2.orchestrator.custom import make_style
from llm_pysc2.orchestrator.game_thread import GameThread
from llm_pysc2.orchestrator.lessons import Lessons
from llm_pysc2.orchestrator.seat import AgentFactory, CustomSeat, ModelSeat, Seat
from llm_pysc2.orchestrator.session import AsyncGame
from llm_pysc2.packs import find_file
from llm_pysc2.roster import Role, Roster
from llm_pysc2.scenario import Scenario


class Connects(Protocol):
    """Whoever connects agents to models: a model pool, or another framework's stand-in for it."""

    def connect(self, name: str, *, agent: str = "", episode: str = "", seed: int = 0) -> Backend:
        """Return the model of an agent in an episode. Raises UsageError for one that does not exist."""
        ...


@dataclass(frozen=True, slots=True)
class Thinkers:
    """Who thinks for the agents of a run."""

    model: str
    """The model of every agent for which the roster names none."""
    model_pool: Connects
    """Keeps limits, budgets and recordings for the whole run."""
    custom: type[Agent] | None = None
    """A class of the user's own, in place of all models."""
    custom_name: str = ""
    remote: Callable[[LanguageAgent], Seat | None] | None = None
    """Seats agents that are played from another process; None for those that are played here."""
    lessons: Lessons | None = None
    """What agents have kept from earlier episodes."""


def load_book() -> ActionBook:
    """Return the action table with the command cards of all unit types."""
    return load_action_book({unit.name: unit.abilities for unit in load_units().values()})


def seat_agents(roster: Roster, thinkers: Thinkers, seed: int, episode: str = "") -> list[Seat | AgentFactory]:
    """Return a seat for each agent of a roster; `episode` keeps the books of episodes apart.

    Raises UsageError for models that do not exist or lack a key.
    """
    seeds = count(seed)

    def seat(role: Role, post: str) -> Seat:
        own_seed = next(seeds)
        lessons = thinkers.lessons.read(post) if thinkers.lessons else ""
        if thinkers.remote and (
            remote := thinkers.remote(LanguageAgent(replace(role, protocol="text", images=()), lessons))
        ):
            return remote
        if thinkers.custom is not None:
            return CustomSeat(role, _construct(thinkers.custom, thinkers.custom_name), thinkers.custom_name)
        name = role.model or thinkers.model
        backend = thinkers.model_pool.connect(name, agent=role.name, episode=episode, seed=own_seed)
        style = make_style(role.style, role, lessons) if role.style else None
        return ModelSeat(LanguageAgent(role, lessons), backend, style)

    seats: list[Seat | AgentFactory] = []
    for role in roster.agents:
        if role.agent_per_team:
            seats.append(AgentFactory(role, seat(role, role.name).model, partial(seat, post=role.name)))
        else:
            seats.append(seat(role, role.name))
    return seats


def check_roster(roster: Roster) -> None:
    """Raise UsageError for the first unit type, action or prompt of a roster that does not exist."""
    types = {unit.name for unit in load_units().values()}
    actions = {action.name for action in load_book().by_name.values()}
    for role in roster.agents:
        where = f"roster {roster.name}, agent {role.name}"
        for name in (name for rule in role.teams for name in rule.units if name != "*"):
            if name not in types:
                raise UsageError(f"{where}: teams: no unit type {name!r}; {closest_names(name, types)}")
        for pattern in role.actions:
            if not any(fnmatchcase(name, pattern) for name in actions):
                raise UsageError(f"{where}: actions: no action {pattern!r}; {closest_names(pattern, actions)}")
        if role.observations == "json" and role.points == "screen":
            raise UsageError(
                f'{where}: observations = "json" has places in cells of the map, points = "screen" has not'
            )
        _check_letters(where, role, {other.name for other in roster.agents})
        find_file(PROMPTS, role.prompt, ".md")


def _check_letters(where: str, role: Role, agents: Collection[str]) -> None:
    """Raise UsageError where a name of an agent or of a channel does not say who gets a letter."""
    for name in (role.name, *role.channels):
        if name.lower() == EVERYONE.lower():
            raise UsageError(f"{where}: {name!r} is kept for letters to all; choose another name")
    for channel in role.channels:
        if channel in agents:
            raise UsageError(f"{where}: channels: {channel!r} is the name of an agent")


def _construct(agent_class: type[Agent], name: str) -> Agent:
    try:
        return agent_class()
    except Exception as error:
        raise AgentError(f"--agent: {name}() failed: {type(error).__name__}: {error}") from error


def game_opener(scenario: Scenario, seed: int, launch: LaunchOptions = DEFAULTS) -> Callable[[], AsyncGame]:
    """Return a function that starts the game for one episode: the real one where it is installed, else the embedded."""

    def open_game() -> AsyncGame:
        from llm_pysc2.orchestrator.staged.opening import open_map

        return GameThread(open_map(scenario, seed, launch))

    return open_game
