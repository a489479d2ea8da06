"""A running game and those who sit at it: what they do, when it happens, and how the clock runs.

Everything that changes the game goes through here, so that it is recorded and can be played again. One player's game
is a table with one seat, a replay one whose deeds are written down already; none of this is known to the `Game`.
"""

import time
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Condition
from typing import TYPE_CHECKING

import numpy as np
from s2clientprotocol import debug_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.acting import Actor
from llm_pysc2.engine.debugging import debug
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.observation import Doings
from llm_pysc2.engine.results import Result
from llm_pysc2.engine.setup import GameSetup
from llm_pysc2.engine.snapshot import Snapshot
from llm_pysc2.engine.telling import Interface
from llm_pysc2.errors import GameRequestError
from llm_pysc2.world.clock import LOOPS_PER_SECOND

if TYPE_CHECKING:
    from llm_pysc2.engine.seat import Seat

MAX_STEP_LOOPS = 100_000
"""Game loops that one request may ask for: more than an hour of play."""
SHORTEST_SLEEP_SECONDS = 0.001
"""Rounding must not make a wait for the next loop a busy one."""
SHARED_DELAY_LOOPS = 1
"""How much later an action is carried out where several clients play: it travels to the others first."""
UNDECIDED = "undecided"
"""What a replay ends with for players whose game had not ended."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a client did to the game, as it is kept for a replay."""

    loop: int
    """The loop after which it is carried out."""
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


class Table:
    """One game, and the clients that play or watch it. Whoever uses it holds `turn`; waiting lets others have it.

    Args:
        seats: How many clients take part; the game stands still until each of them has asked for its next loops.
        clock: Where real time comes from, for games in realtime.
    """

    def __init__(self, setup: GameSetup, seats: int = 1, clock: Clock | None = None) -> None:
        self.setup = setup
        self.game = setup.begin()
        self.turn = Condition()
        self.deeds: list[Deed] = []
        self.is_shared = seats > 1
        self._due: list[Deed] = []
        self._expected = seats
        self._goals: dict[Seat, int] = {}
        self._interfaces: dict[int, Interface] = {}
        self._clock = clock or Clock()
        self._began_seconds = self._clock.now_seconds()
        self._saved: tuple[Snapshot, int] | None = None
        for player_id in self._player_ids:
            self.game.players[player_id].camera = _first_look(self.game, player_id)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to play."""
        return self.game.is_over

    def sit(self, seat: "Seat") -> None:
        """Count a client in, before the first loop."""
        self._goals[seat] = 0
        if not seat.watches:
            self._record(Deed(self.game.loop, seat.player_id, "join", seat.options.SerializeToString()))

    def leave(self, seat: "Seat") -> None:
        """Count a client out. Who leaves others in a game that is not over has lost it. Leaving twice is fine."""
        with self.turn:
            if self._goals.pop(seat, None) is None:
                return
            self._expected -= 1
            if self.is_shared and not self.is_over:
                surrender = debug_pb2.DebugCommand(end_game={"end_result": debug_pb2.DebugEndGame.Surrender})
                self._record(Deed(self.game.loop, seat.player_id, "debug", surrender.SerializeToString()))
            self.turn.notify_all()

    def step(self, seat: "Seat", loops: int) -> None:
        """Play some loops, as soon as all others want them too; fewer if the game ends or the seat is left.

        Raises GameRequestError if that is far too many, or in realtime.
        """
        if self.setup.realtime:
            raise GameRequestError("a game in realtime advances by itself; it is not stepped")
        if loops > MAX_STEP_LOOPS:
            raise GameRequestError(f"step: expected at most {MAX_STEP_LOOPS} loops, found {loops}")
        goal = self._goals[seat] = self.game.loop + loops
        if len(self._goals) == self._expected:
            self._advance(min(self._goals.values()) - self.game.loop)
            self.turn.notify_all()
        self.turn.wait_for(lambda: self.game.loop >= goal or self.is_over or seat not in self._goals)

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
            with self._others_turn():
                self._clock.sleep_seconds(max(due_seconds - self._clock.now_seconds(), SHORTEST_SLEEP_SECONDS))
            self.catch_up()

    def act(self, player_id: int, action: sc_pb.Action) -> int:
        """Carry out an action, or send it on its way, and return its `ActionResult`."""
        deed = Deed(self.game.loop, player_id, "action", action.SerializeToString())
        if not self.is_shared:
            return self._record(deed)
        before = [due for due in self._due if _builds_on(deed, due)]
        result = self._foresee([*before, deed])
        if result != Result.SUCCESS and not before:
            return self._record(deed)
        self._send(replace(deed, loop=deed.loop + SHARED_DELAY_LOOPS))
        return result

    def debug(self, player_id: int, command: debug_pb2.DebugCommand) -> None:
        """Carry out a debug command, as the game does with the next loop: clients take the units of a loop as fixed."""
        self._send(Deed(self.game.loop, player_id, "debug", command.SerializeToString()))

    def quick_save(self) -> None:
        """Remember the game as it is now. Raises GameRequestError if others play it too."""
        self._refuse_if_shared("quick_save")
        self._saved = self.game.snapshot(), len(self.deeds)

    def quick_load(self) -> None:
        """Go back to where the game was saved. Raises GameRequestError if it never was, or others play it too."""
        self._refuse_if_shared("quick_load")
        if self._saved is None:
            raise GameRequestError("quick_load: nothing was saved in this game")
        snapshot, deeds = self._saved
        self.game.restore(snapshot)
        self._due.clear()
        del self.deeds[deeds:]
        self._began_seconds = self._clock.now_seconds() - self.game.loop / LOOPS_PER_SECOND

    def _refuse_if_shared(self, name: str) -> None:
        if self.is_shared:
            raise GameRequestError(f"{name}: not in a game that others play, too")

    @contextmanager
    def _others_turn(self) -> Iterator[None]:
        """Let others use the game for the length of the block."""
        self.turn.release()
        try:
            yield
        finally:
            self.turn.acquire()

    def _advance(self, loops: int) -> None:
        end = self.game.loop + loops
        while self.game.loop < end and not self.is_over:
            while self._due and self._due[0].loop <= self.game.loop:
                self._record(self._due.pop(0))
            upcoming = self._due[0].loop if self._due else end
            self.game.step(min(upcoming, end) - self.game.loop)

    def _send(self, deed: Deed) -> None:
        """Have a deed done when its loop has come: in the order of the players, whoever was quicker."""
        insort(self._due, deed, key=lambda due: (due.loop, due.player_id))

    def _record(self, deed: Deed) -> int:
        """Do a deed, keep it, and tell it to those whom it concerns. Returns the `ActionResult` of an action."""
        self.deeds.append(deed)
        if deed.kind == "join":
            options = sc_pb.InterfaceOptions.FromString(deed.message)
            self._interfaces[deed.player_id] = Interface(self.game, deed.player_id, options)
        elif deed.kind == "debug":
            debug(self.game, deed.player_id, debug_pb2.DebugCommand.FromString(deed.message))
        else:
            return self._carry_out(deed)
        return Result.SUCCESS

    def _carry_out(self, deed: Deed) -> int:
        done = Doings()
        result = self._act(deed, done)
        for seat in self._goals:
            seat.hear(self._interfaces[deed.player_id], done)
        return result

    def _foresee(self, deeds: Sequence[Deed]) -> int:
        """Return the `ActionResult` that the last of some actions would have now, without carrying them out."""
        before = self.game.snapshot()
        results = [self._act(deed, Doings()) for deed in deeds]
        self.game.restore(before)
        return results[-1]

    def _act(self, deed: Deed, done: Doings) -> int:
        return Actor(self._interfaces[deed.player_id], done).act(sc_pb.Action.FromString(deed.message))

    @property
    def _player_ids(self) -> range:
        return range(1, len(self.setup.players) + 1)


class ReplayTable(Table):
    """A game that was played before, played again.

    Args:
        script: What was done, in order.
        loops: How long the game was.
        results: By player id, as far as the game was decided.
    """

    def __init__(
        self, setup: GameSetup, script: Sequence[Deed], loops: int, results: dict[int, str], clock: Clock | None = None
    ) -> None:
        super().__init__(setup, clock=clock)
        self._due = list(script)
        self._loops = loops
        self._results = results

    @property
    def is_over(self) -> bool:
        """Whether the replay has been watched to its end."""
        return self.game.loop >= self._loops or self.game.is_over

    def _advance(self, loops: int) -> None:
        super()._advance(min(loops, self._loops - self.game.loop))
        if self.is_over and not self.game.is_over:
            self.game.end({player_id: self._results.get(player_id, UNDECIDED) for player_id in self._player_ids})


def _builds_on(deed: Deed, due: Deed) -> bool:
    """Return whether an action may depend on one that is on its way; orders in the raw interface name all they need."""
    if due.player_id != deed.player_id or due.kind != "action":
        return False
    return not any(sc_pb.Action.FromString(one.message).action_raw.HasField("unit_command") for one in (deed, due))


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
