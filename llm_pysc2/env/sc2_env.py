"""A game to play: PySC2's own `SC2Env` with commands in and views out.

In the raw interface `SC2Env` passes the game's messages through untouched, in the camera interface they come beside its
own. The only module that touches what PySC2 keeps private: the controller of a game, and the seed of its next episode.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import websocket
from google.protobuf.message import DecodeError
from pysc2.env import sc2_env
from pysc2.lib import actions, protocol, remote_controller, sc_process
from pysc2.maps import lib as maps_lib
from s2clientprotocol import debug_pb2 as sc_debug
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env.decode import decode_game_info, decode_observation
from llm_pysc2.env.encode import encode_camera, encode_commands
from llm_pysc2.env.hand import Hand
from llm_pysc2.env.installation import EMBEDDED_GAME
from llm_pysc2.env.interfaces import camera_interface, raw_interface
from llm_pysc2.env.launch import choose_game
from llm_pysc2.env.link import Connector
from llm_pysc2.env.look import Look
from llm_pysc2.env.names import TypeNames
from llm_pysc2.env.options import DEFAULTS, LaunchOptions
from llm_pysc2.env.questions import available_abilities, free_places
from llm_pysc2.errors import GameError, GameLaunchError, GameLostError, GameRequestError, UsageError, closest_names
from llm_pysc2.world.command import CAMERA, RAW, Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import WorldView

PLAYER_NAME = "llm-pysc2"
OPPONENT_NAME = "opponent"
MAX_SEED = 2**32 - 1
_MESSAGE_LENGTH = 300
_UNREADABLE = "Got an "
"""So PySC2 begins when an answer is empty or cut off; all its other protocol errors are refusals."""
_EMBEDDED_SERVER = "llm-pysc2"
"""So the embedded game introduces itself when it takes a connection."""


class GameEnv:
    """One player's game, from launch to close; episode after episode if wanted.

    Nothing is launched before the first `reset`. All methods block; they may be called from any thread, one at a time.

    Args:
        map_name: The map's file name without its suffix, such as "2s3z", or with its folder under `Maps`.
        race: The player's race: "protoss", "terran", "zerg" or "random".
        enemy_race: The race of the computer opponent, or None on maps made for one player.
        seed: The game's random seed of the first episode; later ones count on from it.
        connect: Connects to a game in this process, which is played where no other is installed.
        launch: Which game, and how it is started.

    Raises:
        GameLaunchError: There is no game, or it cannot be started as it is installed.
        UsageError: There is no such race, or the options name no game.
    """

    def __init__(
        self,
        map_name: str,
        race: str = "random",
        enemy_race: str | None = "random",
        seed: int = 0,
        connect: Connector | None = None,
        launch: LaunchOptions = DEFAULTS,
    ) -> None:
        self._source = choose_game(connect, launch)
        self._map_name = map_name
        self._players = [sc2_env.Agent(race_named(race), PLAYER_NAME)]
        self._has_two_hands = launch.told_opponent and enemy_race is not None
        if launch.told_opponent and enemy_race is not None:
            self._players.append(sc2_env.Agent(race_named(enemy_race), OPPONENT_NAME))
        elif enemy_race is not None:
            self._players.append(sc2_env.Bot(race_named(enemy_race), sc2_env.Difficulty[launch.difficulty]))
        self._next_seed = seed
        self._env: Any = None
        self._map = decode_game_info(sc_pb.ResponseGameInfo())
        self._type_names = TypeNames()
        self._name = self._source.name
        self._is_over = True
        self._draws = launch.draws
        self._camera: tuple[Any, ...] = ()
        """The move of the camera that goes along with the next orders."""
        self._interface = launch.interface or RAW
        self._hand: Hand | None = None

    @property
    def name(self) -> str:
        """The game and its version, "embedded 1.1" or "SC2 4.10.0.75689"; known after the first reset."""
        return self._name

    def reset(self, seed: int | None = None) -> WorldView:
        """Start an episode and return its first view; without a seed it is the one after the last episode's.

        Raises GameLaunchError, GameRequestError or GameLostError.
        """
        seed = self._next_seed if seed is None else seed
        self._next_seed = seed + 1
        if self._env is None:
            self._env = self._launch(seed & MAX_SEED)
        else:
            with failures_of("starting an episode", GameLostError, self._env):
                self._create_again(seed & MAX_SEED)
        with failures_of("starting an episode", GameLostError, self._env):
            self._map = decode_game_info(self._env.game_info[0])
            self._hand = Hand(self._map.size_cells) if self._interface == CAMERA else None
            return self._view(self._env.reset())

    def step(
        self, commands: Iterable[Command] = (), loops: int = 1, enemy_commands: Iterable[Command] = ()
    ) -> WorldView:
        """Give commands, let the game run for that many game loops, and return the view after them.

        In the camera interface every function takes a game loop, so that it may run for longer.
        Commands to enemy units are those of the opponent who is told; a computer's units obey only a player who has
        switched `Cheat.CONTROL_ENEMY` on.

        Raises GameRequestError if the episode is over or the game refuses, GameLostError if the game has gone away.
        """
        if self._is_over:
            raise GameRequestError("the episode is over: reset the game before the next step")
        if loops < 1:
            raise GameRequestError(f"expected a step of at least 1 game loop, found {loops}")
        with failures_of("playing", GameLostError, self._env):
            if self._hand is not None:
                return self._play_by_hand(self._hand, commands, loops)
            own, theirs = [*encode_commands(commands), *self._camera], encode_commands(enemy_commands)
            given = [own, theirs] if self._has_two_hands else [own + theirs]
            return self._view(self._env.step(given, step_mul=loops))

    def debug(self, commands: Iterable[sc_debug.DebugCommand]) -> None:
        """Carry out debug commands, see `env.debugging`; what they do is seen after the next step."""
        with failures_of("building a scene", GameLostError, self._env):
            self._controller().debug(list(commands))

    def _play_by_hand(self, hand: Hand, commands: Iterable[Command], loops: int) -> WorldView:
        """Carry out commands by one function a loop, then let the game run for what is left of the loops."""
        steps = hand.perform(commands, self._look(self._timesteps))
        views: list[WorldView] = []
        call = next(steps, None)
        while call is not None and not self._is_over:
            views.append(self._view(self._env.step([[call]], step_mul=1)))
            try:
                call = steps.send(self._look(self._timesteps))
            except StopIteration:
                call = None
        left = loops - len(views)
        if left > 0 and not self._is_over:
            views.append(self._view(self._env.step([[actions.FUNCTIONS.no_op()]], step_mul=left)))
        return replace(
            views[-1],
            dead_tags=tuple(tag for view in views for tag in view.dead_tags),
            action_errors=(*hand.refusals, *(error for view in views for error in view.action_errors)),
        )

    @staticmethod
    def _look(timesteps: Sequence[Any]) -> Look:
        observation = timesteps[0].observation
        return Look(observation["_response_observation"](), frozenset(observation["available_actions"].tolist()))

    def query_abilities(self, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return the ability ids that each of the own units can use now, as far as its resources go too."""
        with failures_of("asking for abilities", GameLostError, self._env):
            return available_abilities(self._controller(), unit_tags)

    def query_placements(self, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
        """Return whether what an ability builds or warps in could stand at each of some places now."""
        with failures_of("asking for places", GameLostError, self._env):
            return free_places(self._controller(), ability_id, places, builder_tag)

    def save_replay(self, path: Path) -> None:
        """Write the replay of the episode so far. Raises OSError if the file cannot be written."""
        with failures_of("saving a replay", GameLostError, self._env):
            replay = self._controller().save_replay()
        path.write_bytes(replay)

    def close(self) -> None:
        """End the game. A game that is gone already needs no closing; closing twice is fine."""
        env, self._env = self._env, None
        self._is_over = True
        if env is not None:
            end(env)

    def abort(self) -> None:
        """Break off the call that another thread waits in: the game is lost, and close() finds nothing left to end."""
        self._source.abort()

    def _launch(self, seed: int) -> Any:
        """Return a new SC2Env that has joined its game. Leaves no game behind if that fails."""
        game_map = NamedMap(self._map_name, self._source.map_path(self._map_name), len(self._players))
        env = sc2_env.SC2Env.__new__(sc2_env.SC2Env)
        try:
            with failures_of("starting", GameLaunchError, env):
                self._initialise(env, game_map, seed)
        except BaseException:
            end(env)
            raise
        return env

    def _initialise(self, env: Any, game_map: "NamedMap", seed: int) -> None:
        """Let a new SC2Env start its game and join it, and learn what the game is."""
        with self._source.selected():
            env.__init__(
                map_name=game_map,
                players=self._players,
                agent_interface_format=(raw_interface if self._interface == RAW else camera_interface)(self._draws),
                random_seed=seed,
                game_steps_per_episode=0,
                ensure_available_actions=False,
            )
        controller = env._controllers[0]
        self._name = self._name or ask_name(controller)
        self._type_names = TypeNames(controller.data_raw(ability_id=False).units)

    def _create_again(self, seed: int) -> None:
        """Make a new game with this seed; left to itself SC2Env would play every episode with its first."""
        self._env._random_seed = seed
        self._env._create_join()
        self._env._episode_count = 0

    def _view(self, timesteps: Sequence[Any]) -> WorldView:
        self._timesteps = timesteps
        self._is_over = timesteps[0].last()
        observation = timesteps[0].observation
        response = observation if self._hand is None else observation["_response_observation"]()
        view = decode_observation(response, self._map, self._type_names)
        self._camera = tuple(map(encode_camera, _focus(view))) if self._draws and self._hand is None else ()
        return view

    def _controller(self) -> Any:
        if self._env is None:
            raise GameRequestError("no game is being played: reset first")
        return self._env._controllers[0]


class NamedMap(maps_lib.Map):  # type: ignore[misc] # PySC2 publishes no types
    """A map given by its path alone. PySC2 registers classes of maps that have a file name; this one has none."""

    def __init__(self, name: str, path: str, players: int) -> None:
        self._name = name
        self._path = path
        self.players = players

    @property
    def name(self) -> str:
        """The map's name."""
        return self._name

    @property
    def path(self) -> str:
        """The map's file under `Maps`."""
        return self._path


def _focus(view: WorldView) -> tuple[Point, ...]:
    """Return the place that the camera follows: the own unit in the middle of all; nothing where there is none."""
    own = [unit.position for unit in view.own]
    if not own:
        return ()
    middle = Point(sum(point.x for point in own) / len(own), sum(point.y for point in own) / len(own))
    return (min(own, key=middle.distance_to),)


def end(env: Any) -> None:
    """Close an SC2Env and its game, even where PySC2 gives up halfway because the game is gone."""
    processes = list(getattr(env, "_sc2_procs", None) or ())
    with suppress(Exception):
        env.close()
    for process in processes:
        with suppress(Exception):
            process.close()


def ask_name(controller: Any) -> str:
    """Return what results call the game at the other end."""
    headers = getattr(controller, "headers", {})
    if headers.get("server", "").startswith(_EMBEDDED_SERVER):
        return EMBEDDED_GAME
    return f"SC2 {controller.ping().game_version}"


def race_named(name: str) -> Any:
    """Return PySC2's race. Raises UsageError with the closest names."""
    try:
        return sc2_env.Race[name.lower()]
    except KeyError:
        raise UsageError(f"no race named {name!r}; {closest_names(name, sc2_env.Race.__members__)}") from None


@contextmanager
def failures_of(doing: str, gone: type[GameError], env: Any) -> Iterator[None]:
    """Turn what PySC2 raises into this package's errors: `gone` if the game is not there, else GameRequestError."""
    try:
        yield
    except GameError:
        raise
    except (protocol.ProtocolError, remote_controller.RequestError) as error:
        if str(error).startswith(_UNREADABLE):
            raise gone(f"the game hung up while {doing}{_fate(env)}") from error
        raise GameRequestError(f"the game refused while {doing}: {_one_line(error)}") from error
    except _GONE as error:
        raise gone(f"the game went away while {doing}: {_one_line(error)}{_fate(env)}") from error
    except DecodeError as error:
        raise gone(f"the game gave an answer while {doing} that cannot be read: {_one_line(error)}") from error
    except (sc_process.SC2LaunchError, RuntimeError, ValueError) as error:
        raise gone(f"the game failed while {doing}: {_one_line(error)}{_fate(env)}") from error


_GONE = (protocol.ConnectionError, remote_controller.ConnectError, websocket.WebSocketException, OSError)


def _fate(env: Any) -> str:
    """Return how the process of an SC2Env ended, as the end of a sentence; empty if it runs, or there is none."""
    for process in getattr(env, "_sc2_procs", None) or ():
        fate = process.fate() if hasattr(process, "fate") else ""
        if fate:
            return f"; {fate}"
    return ""


def _one_line(error: BaseException) -> str:
    """Return an error's message, of a refused request only the game's own words where there are any."""
    words = getattr(getattr(error, "res", None), "error_details", "") or str(error)
    return " ".join(words.split())[:_MESSAGE_LENGTH]
