"""Games between two sides that are played as two episodes at once: what one of them opens, the other finds open."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.errors import GameRequestError
from llm_pysc2.orchestrator.game_thread import Game, GameThread
from llm_pysc2.orchestrator.session import AsyncGame
from llm_pysc2.scenario import Scenario

OpenDuel = Callable[[], Sequence[Game]]
"""Returns the two sides of a new game."""


class Pairing:
    """Both sides of one game, and of those that are played in its place where it is lost."""

    def __init__(self, open_duel: OpenDuel) -> None:
        self._open_duel = open_duel
        self._duels: list[Sequence[Game]] = []
        self._opened = [0, 0]
        self._finished = [False, False]

    def opener(self, side: int) -> Callable[[], AsyncGame]:
        """Return what opens the game for a side, 0 or 1: its n-th game is the n-th of the other."""

        def open_game() -> AsyncGame:
            if self._finished[1 - side] and self._opened[1 - side] <= self._opened[side]:
                raise GameRequestError("the other side has finished, nobody is left to play against")
            if self._opened[side] == len(self._duels):
                self._duels.append(self._open_duel())
            game = self._duels[self._opened[side]][side]
            self._opened[side] += 1
            return GameThread(game)

        return open_game

    def finish(self, side: int) -> None:
        """Note that a side opens no more games; the other does not wait for it in one that it never opened."""
        self._finished[side] = True
        for duel in self._duels[self._opened[side] :]:
            duel[side].close()


def duel_opener(scenario: Scenario, seed: int, launch: LaunchOptions) -> OpenDuel:
    """Return what starts a game between two players, each with a game of its own: the installed or the embedded one."""

    def open_duel() -> Sequence[Game]:
        from llm_pysc2.engine.api.link import connect
        from llm_pysc2.env.duel import Duel

        return Duel(scenario.map, (scenario.race, scenario.enemy_race), seed, connect, launch).sides

    return open_duel


def other_side(scenario: Scenario) -> Scenario:
    """Return a scenario as the enemy plays it."""
    return replace(scenario, race=scenario.enemy_race, enemy_race=scenario.race, end=scenario.end.from_the_other_side())
