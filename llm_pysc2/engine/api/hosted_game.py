"""A running game and its clients: what they do, when it happens, and how the clock runs.

Everything that changes the game goes through here, so that it is recorded and can be played again. One player's game
has one client, a replay is one whose inputs are written down already; none of this is known to the `Game`.
"""

import time
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Condition
from typing import Protocol

import numpy as np
from s2clientprotocol import debug_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.action_echo import Interface
from llm_pysc2.engine.api.actions import Actor
from llm_pysc2.engine.api.debug_commands import debug
from llm_pysc2.engine.api.game_setup import GameSetup
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.observation import ActionLog
from llm_pysc2.engine.snapshot import Snapshot
from llm_pysc2.engine.state.results import Result
from llm_pysc2.errors import GameRequestError
from llm_pysc2.world.clock import LOOPS_PER_SECOND

MAX_STEP_LOOPS = 100_000
"""Game loops that one request may ask for: more than an hour of play."""
SHORTEST_SLEEP_SECONDS = 0.001
"""Rounding must not make a wait for the next loop a busy one."""
SHARED_DELAY_LOOPS = 1
"""How much later an action is carried out where several clients play: it travels to the others first."""
UNDECIDED = "undecided"
"""What a replay ends with for players whose game had not ended."""


@dataclass(frozen=True, slots=True)
class RecordedInput:
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


class Participant(Protocol):
    """A client's place in a game, as far as the game has to know it."""

    watches: bool
    player_id: int
    options: sc_pb.InterfaceOptions

    def receive(self, interface: Interface, done: ActionLog) -> None:
        """Be told what a player has done, through whose interface."""


class HostedGame:
    """One game, and the clients that play or watch it. Whoever uses it holds `turn`; waiting lets others have it.

    Args:
        clients: How many clients take part; the game stands still until each of them has asked for its next loops.
        clock: Where real time comes from, for games in realtime.
    """

    def __init__(self, setup: GameSetup, clients: int = 1, clock: Clock | None = None) -> None:
        self.setup = setup
        self.game = setup.begin()
        self.turn = Condition()
        self.inputs: list[RecordedInput] = []
        self.is_shared = clients > 1
        self._due: list[RecordedInput] = []
        self._expected = clients
        self._goals: dict[Participant, int] = {}
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

    def sit(self, client: Participant) -> None:
        """Count a client in, before the first loop."""
        self._goals[client] = 0
        if not client.watches:
            self._record(RecordedInput(self.game.loop, client.player_id, "join", client.options.SerializeToString()))

    def leave(self, client: Participant) -> None:
        """Count a client out. Who leaves others in a game that is not over has lost it. Leaving twice is fine."""
        with self.turn:
            if self._goals.pop(client, None) is None:
                return
            self._expected -= 1
            if self.is_shared and not self.is_over:
                surrender = debug_pb2.DebugCommand(end_game={"end_result": debug_pb2.DebugEndGame.Surrender})
                self._record(RecordedInput(self.game.loop, client.player_id, "debug", surrender.SerializeToString()))
            self.turn.notify_all()

    def step(self, client: Participant, loops: int) -> None:
        """Play some loops, as soon as all others want them too; fewer if the game ends or the seat is left.

        Raises GameRequestError if that is far too many, or in realtime.
        """
        if self.setup.realtime:
            raise GameRequestError("a game in realtime advances by itself; it is not stepped")
        if loops > MAX_STEP_LOOPS:
            raise GameRequestError(f"step: expected at most {MAX_STEP_LOOPS} loops, found {loops}")
        goal = self._goals[client] = self.game.loop + loops
        if len(self._goals) == self._expected:
            self._advance(min(self._goals.values()) - self.game.loop)
            self.turn.notify_all()
        self.turn.wait_for(lambda: self.game.loop >= goal or self.is_over or client not in self._goals)

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
        recorded = RecordedInput(self.game.loop, player_id, "action", action.SerializeToString())
        if not self.is_shared:
            self.inputs.append(recorded)
            return self._carry_out(player_id, action)
        before = [due for due in self._due if _builds_on(recorded, due)]
        result = self._foresee([*before, recorded])
        if result != Result.SUCCESS and not before:
            return self._record(recorded)
        self._send(replace(recorded, loop=recorded.loop + SHARED_DELAY_LOOPS))
        return result

    def debug(self, player_id: int, command: debug_pb2.DebugCommand) -> None:
        """Carry out a debug command, as the game does with the next loop: clients take the units of a loop as fixed."""
        self._send(RecordedInput(self.game.loop, player_id, "debug", command.SerializeToString()))

    def quick_save(self) -> None:
        """Remember the game as it is now. Raises GameRequestError if others play it too."""
        self._refuse_if_shared("quick_save")
        self._saved = self.game.snapshot(), len(self.inputs)

    def quick_load(self) -> None:
        """Go back to where the game was saved. Raises GameRequestError if it never was, or others play it too."""
        self._refuse_if_shared("quick_load")
        if self._saved is None:
            raise GameRequestError("quick_load: nothing was saved in this game")
        snapshot, inputs = self._saved
        self.game.restore(snapshot)
        self._due.clear()
        del self.inputs[inputs:]
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

    def _send(self, recorded: RecordedInput) -> None:
        """Have an input done when its loop has come: in the order of the players, whoever was quicker."""
        insort(self._due, recorded, key=lambda due: (due.loop, due.player_id))

    def _record(self, recorded: RecordedInput) -> int:
        """Do an input, keep it, and tell it to those whom it concerns. Returns the `ActionResult` of an action."""
        self.inputs.append(recorded)
        if recorded.kind == "join":
            options = sc_pb.InterfaceOptions.FromString(recorded.message)
            self._interfaces[recorded.player_id] = Interface(self.game, recorded.player_id, options)
        elif recorded.kind == "debug":
            debug(self.game, recorded.player_id, debug_pb2.DebugCommand.FromString(recorded.message))
        else:
            return self._carry_out(recorded.player_id, sc_pb.Action.FromString(recorded.message))
        return Result.SUCCESS

    def _carry_out(self, player_id: int, action: sc_pb.Action) -> int:
        """Carry out an action and tell it to those whom it concerns. Returns its `ActionResult`."""
        speaker, done = self._interfaces[player_id], ActionLog()
        result = Actor(speaker, done).act(action)
        for client in self._goals:
            client.receive(speaker, done)
        return result

    def _foresee(self, inputs: Sequence[RecordedInput]) -> int:
        """Return the `ActionResult` that the last of some actions would have now, without carrying them out."""
        before = self.game.snapshot()
        results = [
            Actor(self._interfaces[recorded.player_id], ActionLog()).act(sc_pb.Action.FromString(recorded.message))
            for recorded in inputs
        ]
        self.game.restore(before)
        return results[-1]

    @property
    def _player_ids(self) -> range:
        return range(1, len(self.setup.players) + 1)


class HostedReplay(HostedGame):
    """A game that was played before, played again.

    Args:
        script: What was done, in order.
        loops: How long the game was.
        results: By player id, as far as the game was decided.
    """

    def __init__(
        self,
        setup: GameSetup,
        script: Sequence[RecordedInput],
        loops: int,
        results: dict[int, str],
        clock: Clock | None = None,
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


def _builds_on(recorded: RecordedInput, due: RecordedInput) -> bool:
    """Return whether an action may depend on one that is on its way; orders in the raw interface name all they need."""
    if due.player_id != recorded.player_id or due.kind != "action":
        return False
    return not any(sc_pb.Action.FromString(one.message).action_raw.HasField("unit_command") for one in (recorded, due))


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
