"""One whole game of a scripted policy, played through the same door and in the same words as `llm-pysc2 eval` plays it.

For tools that compare games: nothing is written, and the end is told by a digest of the whole state.
"""

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from llm_pysc2.backends import ModelPool, RunOptions
from llm_pysc2.dialogue.grammar import ActionBook
from llm_pysc2.engine.api.link import Link
from llm_pysc2.engine.api.protocol import Connection
from llm_pysc2.engine.api.session import Session
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.state.assumptions import Value
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.orchestrator.episode import Episode, play_episode
from llm_pysc2.orchestrator.events import EpisodeEnded, Event, Observed
from llm_pysc2.orchestrator.game_thread import GameThread
from llm_pysc2.orchestrator.seat import Seat
from llm_pysc2.orchestrator.table import Thinkers, load_book, seat_agents
from llm_pysc2.roster import Roster, load_roster
from llm_pysc2.scenario import Scenario, load_scenario


class Flip(NamedTuple):
    """One assumption set to another value than its default; an empty name stands for the defaults."""

    name: str = ""
    value: Value = 0

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class Duel(NamedTuple):
    """A game to be played."""

    map: str
    policy: str
    seed: int
    flip: Flip = Flip()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a game ended."""

    result: str
    """"win", "tie", "loss" or "fault"."""
    digest: str
    """Of the state of the game at its end."""


def play(duel: Duel) -> Outcome:
    """Play one game through the same door and in the same words as `llm-pysc2 eval`."""
    return asyncio.run(_play(duel))


@cache
def _setting(map_name: str) -> tuple[Scenario, Roster, ActionBook]:
    scenario = load_scenario(map_name)
    return scenario, load_roster(scenario.roster), load_book()


async def _play(duel: Duel) -> Outcome:
    scenario, roster, book = _setting(duel.map)
    assumptions = {duel.flip.name: duel.flip.value} if duel.flip.name else {}
    session = Session(assumptions=assumptions)
    games: list[Game] = []
    results: list[str] = []

    def open_game() -> GameThread:
        door = Link(Connection(session))
        launch = LaunchOptions(difficulty=scenario.difficulty)
        return GameThread(GameEnv(scenario.map, scenario.race, scenario.enemy_race, duel.seed, lambda: door, launch))

    def watch(event: Event) -> None:
        if isinstance(event, Observed):
            games[:] = [session.client.game]
        elif isinstance(event, EpisodeEnded):
            results.append(event.result)

    model_pool = ModelPool(RunOptions())

    def seats() -> list[Seat]:
        return seat_agents(roster, Thinkers(f"scripted/{duel.policy}", model_pool), duel.seed)

    episode = Episode(scenario, roster.name, 0, duel.seed, assumptions=assumptions)
    await play_episode(episode, open_game, seats, book, watch)
    return Outcome(results[-1], games[0].digest() if games else "")
