"""A client's place in a running game: whose eyes it sees with, what it did, and how the game's clock runs for it.

Between the requests and the `Game`. Everything that changes the game goes through here, so that it is recorded and can
be played again; how much time passes between two loops is decided here, never in the game.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from s2clientprotocol import debug_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.acting import Actor, move_camera
from llm_pysc2.engine.debugging import debug
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.game_info import encode_game_info
from llm_pysc2.engine.observe.observation import Doings, Observer
from llm_pysc2.engine.results import Result
from llm_pysc2.engine.setup import GameSetup
from llm_pysc2.engine.snapshot import Snapshot
from llm_pysc2.engine.state import Bools
from llm_pysc2.errors import GameRequestError
from llm_pysc2.world.clock import LOOPS_PER_SECOND

MAX_STEP_LOOPS = 100_000
"""Game loops that one request may ask for: more than an hour of play."""
SHORTEST_SLEEP_SECONDS = 0.001
"""Rounding must not make a wait for the next loop a busy one."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a client did to the game, as it is kept for a replay."""

    loop: int
    player_id: int
    kind: str
    """"join", "action" or "debug"."""
    message: bytes
    """Serialized `InterfaceOptions`, which say what the player's pixels mean, `Action` or `DebugCommand`."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where real time comes from; tests have one that jumps."""

    now_seconds: Callable[[], float] = time.monotonic
    sleep_seconds: Callable[[float], None] = time.sleep


class Seat:
    """One player's place, or that of somebody who looks over a player's shoulder."""

    def __init__(
        self,
        setup: GameSetup,
        player_id: int,
        options: sc_pb.InterfaceOptions,
        *,
        watches: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.setup = setup
        self.player_id = player_id
        self.options = options
        self.watches = watches
        self.game = setup.begin()
        self.deeds: list[Deed] = [Deed(0, player_id, "join", options.SerializeToString())]
        self.game.players[player_id].camera = _first_look(self.game, player_id)
        self._doings = Doings()
        self._actor = Actor(self.game, player_id, options, self._doings)
        self._commands: list[debug_pb2.DebugCommand] = []
        self._observer = Observer(self.game, player_id, options, reveal=setup.disable_fog)
        self._clock = clock or Clock()
        self._began_seconds = self._clock.now_seconds()
        self._info: tuple[Bools, bytes] | None = None
        self._saved: tuple[Snapshot, int] | None = None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to play."""
        return self.game.is_over

    def game_info(self) -> bytes:
        """Return the serialized Response to a RequestGameInfo.

        Kept while nothing is built or destroyed, because python-sc2 asks for it at every step.
        """
        pathing = self.game.ground.pathing_grid()
        if self._info is None or not np.array_equal(self._info[0], pathing):
            self._info = pathing, encode_game_info(self.game, self.setup, self.player_id, self.options)
        return self._info[1]

    def step(self, loops: int) -> None:
        """Play some loops, fewer if the game ends. Raises GameRequestError if that is far too many, or in realtime."""
        if self.setup.realtime:
            raise GameRequestError("a game in realtime advances by itself; it is not stepped")
        if loops > MAX_STEP_LOOPS:
            raise GameRequestError(f"step: expected at most {MAX_STEP_LOOPS} loops, found {loops}")
        self._advance(loops)

    def catch_up(self) -> None:
        """In realtime, play the loops that were due since the last request."""
        if self.setup.realtime:
            due = int((self._clock.now_seconds() - self._began_seconds) * LOOPS_PER_SECOND)
            self._advance(max(due - self.game.loop, 0))

    def wait_for(self, loop: int) -> None:
        """In realtime, wait until a loop has been played; a game that is stepped waits for nobody."""
        if loop - self.game.loop > MAX_STEP_LOOPS:
            raise GameRequestError(f"observation: expected a loop up to {MAX_STEP_LOOPS} ahead, found {loop}")
        while self.setup.realtime and self.game.loop < loop and not self.is_over:
            due_seconds = self._began_seconds + (self.game.loop + 1) / LOOPS_PER_SECOND
            self._clock.sleep_seconds(max(due_seconds - self._clock.now_seconds(), SHORTEST_SLEEP_SECONDS))
            self.catch_up()

    def observe(self, disable_fog: bool) -> bytes:
        """Return a serialized Response with an observation; what it tells of events and actions is told once."""
        told = self._doings.take(self.game.loop)
        return self._observer.observe(told, disable_fog)

    def act(self, action: sc_pb.Action) -> int:
        """Carry out an action and return its `ActionResult`."""
        if self.watches:
            return Result.YOU_CANT_CONTROL_THAT_UNIT
        self.deeds.append(Deed(self.game.loop, self.player_id, "action", action.SerializeToString()))
        return self._actor.act(action)

    def look(self, action: sc_pb.ObserverAction) -> None:
        """Move the eyes of one who watches: to a player, a point, a unit. What is not there is passed over."""
        kind = action.WhichOneof("action")
        if kind == "player_perspective":
            player_id = action.player_perspective.player_id
            if 1 <= player_id <= len(self.setup.players):
                self.player_id = player_id
                self._observer = Observer(self.game, player_id, self.options, reveal=self.setup.disable_fog)
        elif kind == "camera_move":
            move_camera(self.game, self.player_id, action.camera_move.world_pos)
        elif kind == "camera_follow_units":
            rows = [self.game.units.row_of(tag) for tag in action.camera_follow_units.unit_tags]
            for row in [row for row in rows if row >= 0][:1]:
                x, y = float(self.game.units.x[row]), float(self.game.units.y[row])
                self.game.players[self.player_id].camera = x, y

    def debug(self, command: debug_pb2.DebugCommand) -> None:
        """Carry out a debug command, as the game does with the next loop: clients take the units of a loop as fixed."""
        self._commands.append(command)

    def quick_save(self) -> None:
        """Remember the game as it is now."""
        self._saved = self.game.snapshot(), len(self.deeds)

    def quick_load(self) -> None:
        """Go back to where the game was saved. Raises GameRequestError if it never was."""
        if self._saved is None:
            raise GameRequestError("quick_load: nothing was saved in this game")
        snapshot, deeds = self._saved
        self.game.restore(snapshot)
        self._commands.clear()
        del self.deeds[deeds:]
        self._began_seconds = self._clock.now_seconds() - self.game.loop / LOOPS_PER_SECOND

    def _advance(self, loops: int) -> None:
        if not loops:
            return
        for command in self._commands:
            self.deeds.append(Deed(self.game.loop, self.player_id, "debug", command.SerializeToString()))
            debug(self.game, self.player_id, command)
        self._commands.clear()
        self.game.step(loops)


def _first_look(game: Game, player_id: int) -> tuple[float, float]:
    """Return where the camera looks at the beginning: as the map says, else home, its units, its middle."""
    if game.map.triggers.start.camera is not None:
        return game.map.triggers.start.camera
    home = game.players[player_id].start_location
    if home is not None:
        return home
    own = game.units.owner == player_id
    if own.any():
        return float(np.round(game.units.x[own].mean(), 2)), float(np.round(game.units.y[own].mean(), 2))
    width, height = game.map.size_cells
    return width / 2, height / 2
