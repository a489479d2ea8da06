"""Two players in one game, each with a game process of its own, through PySC2's `SC2Env` for two agents.

Each side is used from a thread of its own. The game goes on as soon as every side that is still there has asked for its
next loops, to the first loop that one of them wants to see.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Condition
from typing import Any

from pysc2.env import sc2_env
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env.decode import decode_game_info, decode_observation
from llm_pysc2.env.encode import encode_commands
from llm_pysc2.env.interfaces import raw_interface
from llm_pysc2.env.launch import choose_game
from llm_pysc2.env.link import Connector
from llm_pysc2.env.names import TypeNames
from llm_pysc2.env.options import DEFAULTS, LaunchOptions
from llm_pysc2.env.questions import available_abilities, free_places
from llm_pysc2.env.sc2_env import MAX_SEED, NamedMap, ask_name, end, failures_of, race_named
from llm_pysc2.errors import GameError, GameLaunchError, GameLostError, GameRequestError, UsageError
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import WorldView

PLAYERS = (0, 1)


class Duel:
    """The game between two sides, which both use it at once; nothing is launched before both have begun.

    Raises GameLaunchError or UsageError as `GameEnv` does, and UsageError for a game that already runs: it has one
    client.
    """

    def __init__(
        self,
        map_name: str,
        races: tuple[str, str],
        seed: int = 0,
        connect: Connector | None = None,
        launch: LaunchOptions = DEFAULTS,
    ) -> None:
        self._source = choose_game(connect, launch)
        if self._source.address is not None:
            raise UsageError(f"--game {launch.game}: a game that runs takes one player; two need a game each")
        self._map_name = map_name
        self._players = [sc2_env.Agent(race_named(race), f"player {number + 1}") for number, race in enumerate(races)]
        self._seed = seed & MAX_SEED
        self._draws = launch.draws
        self._turn = Condition()
        self._begun: set[int] = set()
        self._left: set[int] = set()
        self._orders: dict[int, list[Any]] = {}
        self._goals: dict[int, int] = {}
        self._seen: dict[int, list[Any]] = {}
        self._loop = 0
        self._env: Any = None
        self._error: GameError | None = None
        self.is_over = False
        self.name = self._source.name
        self.sides = tuple(Side(self, number) for number in PLAYERS)

    def begin(self, number: int) -> Any:
        """Return what a side sees first, as soon as the other has come too. Raises GameError as `GameEnv.reset`."""
        with self._turn:
            self._begun.add(number)
            if len(self._begun) == len(PLAYERS):
                self._attempt(self._launch)
            self._wait(lambda: number in self._seen)
            return self._seen[number][0]

    def play(self, number: int, orders: list[Any], loops: int) -> Sequence[Any]:
        """Give a side's orders and return all that it was shown until as many loops have been played."""
        with self._turn:
            self._orders[number], self._goals[number], self._seen[number] = orders, self._loop + loops, []
            self._attempt(self._advance)
            self._wait(lambda: number not in self._goals)
            return self._seen[number]

    def leave(self, number: int) -> None:
        """Count a side out; the last one ends the game. Leaving twice is fine."""
        with self._turn:
            self._left.add(number)
            if len(self._left) == len(PLAYERS):
                env, self._env = self._env, None
                if env is not None:
                    end(env)
            elif len(self._begun) < len(PLAYERS):
                self._error = GameLostError("the other side has left before the game began")
            else:
                self._goals.pop(number, None)
                self._attempt(self._advance)
            self._turn.notify_all()

    def abort(self) -> None:
        """Break off whatever is waited for; may be called from any thread."""
        self._source.abort()
        self._error = self._error or GameLostError("the game was broken off")
        if self._turn.acquire(blocking=False):  # Else somebody plays, and tells the others when that breaks off.
            self._turn.notify_all()
            self._turn.release()

    def controller(self, number: int) -> Any:
        """Return PySC2's controller of a side."""
        if self._env is None:
            raise GameRequestError("no game is being played: reset first")
        return self._env._controllers[number]

    @property
    def env(self) -> Any:
        """PySC2's environment; None before the game has begun and after its end."""
        return self._env

    def _attempt(self, part: Callable[[], None]) -> None:
        """Do what both sides have asked for; where it fails, it has failed for both."""
        try:
            part()
        except GameError as error:
            self._error = error
        self._turn.notify_all()

    def _wait(self, until: Callable[[], bool]) -> None:
        self._turn.wait_for(lambda: until() or self._error is not None)
        if self._error is not None:
            raise self._error

    def _launch(self) -> None:
        env = sc2_env.SC2Env.__new__(sc2_env.SC2Env)
        try:
            with failures_of("starting", GameLaunchError, env), self._source.selected():
                env.__init__(
                    map_name=_SharedMap(self._map_name, self._source.map_path(self._map_name), len(PLAYERS)),
                    players=self._players,
                    agent_interface_format=raw_interface(self._draws),
                    random_seed=self._seed,
                    game_steps_per_episode=0,
                    ensure_available_actions=False,
                )
                self.name = self.name or ask_name(env._controllers[0])
                self._seen = {number: [timestep] for number, timestep in enumerate(env.reset())}
        except BaseException:
            end(env)
            raise
        self._env = env

    def _advance(self) -> None:
        """Play to the first loop that a side wants to see, again and again while nobody has anything to think about."""
        while self._goals and len(self._goals) + len(self._left) == len(PLAYERS) and not self.is_over:
            loops = min(self._goals.values()) - self._loop
            orders = [self._orders.pop(number, []) for number in PLAYERS]
            with failures_of("playing", GameLostError, self._env):
                timesteps = self._env.step(orders, step_mul=loops)
            self._loop += loops
            self.is_over = bool(timesteps[0].last())
            for number in list(self._goals):
                self._seen[number].append(timesteps[number])
                if self.is_over or self._goals[number] <= self._loop:
                    del self._goals[number]


class Side:
    """One player's side of a duel: a game as `GameEnv` is one, of one episode."""

    def __init__(self, duel: Duel, number: int) -> None:
        self._duel = duel
        self._number = number
        self._map = decode_game_info(sc_pb.ResponseGameInfo())
        self._type_names = TypeNames()

    @property
    def name(self) -> str:
        """The game and its version; known after the reset."""
        return self._duel.name

    def reset(self) -> WorldView:
        """Start the game with the other side and return the first view."""
        first = self._duel.begin(self._number)
        with failures_of("starting an episode", GameLostError, self._duel.env):
            self._map = decode_game_info(self._duel.env.game_info[self._number])
            self._type_names = TypeNames(self._controller().data_raw(ability_id=False).units)
        return self._view(first)

    def step(self, commands: Iterable[Command] = (), loops: int = 1) -> WorldView:
        """Give commands, let the game run for that many game loops, and return the view after them.

        Raises GameRequestError if the game is over or refuses, GameLostError if it has gone away.
        """
        if self._duel.is_over:
            raise GameRequestError("the game is over")
        if loops < 1:
            raise GameRequestError(f"expected a step of at least 1 game loop, found {loops}")
        views = [self._view(seen) for seen in self._duel.play(self._number, list(encode_commands(commands)), loops)]
        return replace(
            views[-1],
            dead_tags=tuple(tag for view in views for tag in view.dead_tags),
            action_errors=tuple(error for view in views for error in view.action_errors),
        )

    def query_abilities(self, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return the ability ids that each of the own units can use now, as far as its resources go too."""
        with failures_of("asking for abilities", GameLostError, self._duel.env):
            return available_abilities(self._controller(), unit_tags)

    def query_placements(self, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
        """Return whether what an ability builds or warps in could stand at each of some places now."""
        with failures_of("asking for places", GameLostError, self._duel.env):
            return free_places(self._controller(), ability_id, places, builder_tag)

    def close(self) -> None:
        """Leave the game to the other side. Closing twice is fine."""
        self._duel.leave(self._number)

    def abort(self) -> None:
        """Break off the call that another thread waits in: the game is lost for both."""
        self._duel.abort()

    def _view(self, timestep: Any) -> WorldView:
        return decode_observation(timestep.observation, self._map, self._type_names)

    def _controller(self) -> Any:
        return self._duel.controller(self._number)


class _SharedMap(NamedMap):
    """A map that is sent to the games of both players before one of them is created."""

    def data(self, run_config: Any) -> bytes:
        """Return the map's file; for a game that knows its maps by path, something that is no file but not empty."""
        return run_config.map_data(self.path, self.players) or self.path.encode()
