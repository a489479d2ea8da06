"""What one client has set up, from launch to quit: the maps it saved, the game it created, its seat in it."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from llm_pysc2.engine.gathering import Gathering
from llm_pysc2.engine.guest import Guest
from llm_pysc2.engine.lan import Answering
from llm_pysc2.engine.seat import Seat
from llm_pysc2.engine.setup import GameSetup
from llm_pysc2.engine.switches import Value
from llm_pysc2.engine.table import Clock
from llm_pysc2.errors import GameRequestError

MAX_SAVED_MAPS = 32
"""A client may save maps before it creates a game; the oldest are forgotten."""


class Session:
    """The state behind one connection; requests read and change it.

    Args:
        data_dir: The folder whose `Maps` are looked into for maps that clients name by a path.
        clock: Where real time comes from, for games in realtime.
        switches: Guesses about the rules that its games are played with, where they differ from the defaults.
        invitation: A game of another client's, which this one may join.
    """

    welcome: Callable[[Gathering], Answering]
    """Makes what answers a guest of this client's game; set by the connection, which knows how to answer."""

    def __init__(
        self,
        data_dir: Path | None = None,
        clock: Clock | None = None,
        switches: Mapping[str, Value] | None = None,
        invitation: Gathering | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.clock = clock or Clock()
        self.switches = dict(switches or {})
        self.created: GameSetup | None = None
        self.gathering: Gathering | None = None
        """The players of the game that was created, while they join."""
        self.invitation = invitation
        self.guest: Guest | None = None
        """This process as a guest of another, which plays the game."""
        self.saved_maps: OrderedDict[str, bytes] = OrderedDict()
        self._seat: Seat | None = None
        self._is_abandoned = False

    @property
    def seat(self) -> Seat:
        """The client's place in the running game. Raises GameRequestError if no game runs."""
        if self._seat is None:
            raise GameRequestError("no game is running")
        return self._seat

    @property
    def is_over(self) -> bool:
        """Whether the running game has ended."""
        return self._seat is not None and self._seat.table.is_over

    @property
    def turn(self) -> AbstractContextManager[object]:
        """What has to be held while the running game is used, because others may play it too."""
        return nullcontext() if self._seat is None else self._seat.table.turn

    def take(self, seat: Seat) -> None:
        """Sit down in a game, and leave the one before."""
        before, self._seat = self._seat, seat
        if before is not None:
            before.leave()

    def catch_up(self) -> None:
        """In realtime, bring the running game to the present."""
        if self._seat is not None:
            self._seat.table.catch_up()

    def gather(self, setup: GameSetup) -> Gathering:
        """Begin to wait for the players of a game."""
        self.gathering = Gathering(setup, self.clock)
        self._heed_abandonment()
        return self.gathering

    def become_guest(self) -> Guest:
        """Look for a game that another process plays."""
        self.guest = Guest()
        self._heed_abandonment()
        return self.guest

    def leave(self) -> None:
        """Forget the game."""
        self._break_off()
        self._seat = self.created = self.gathering = self.invitation = self.guest = None

    def abandon(self) -> None:
        """Wait for nobody any longer, and leave a game that others play too. May be called from any thread."""
        self._is_abandoned = True
        self._break_off()

    def resume(self) -> None:
        """Have a client again that may wait for others."""
        self._is_abandoned = False

    def _heed_abandonment(self) -> None:
        """Break off what began after it had been abandoned: the word may come before the wait."""
        if self._is_abandoned:
            self._break_off()

    def _break_off(self) -> None:
        gathering, guest, seat = self.gathering, self.guest, self._seat
        if gathering is not None:
            gathering.give_up()
        if guest is not None:
            guest.close()
        if seat is not None and seat.table.is_shared:
            seat.leave()

    def save_map(self, path: str, content: bytes) -> None:
        """Keep a map file under the path that the client names it by; nothing is written to disk."""
        self.saved_maps[path] = content
        self.saved_maps.move_to_end(path)
        while len(self.saved_maps) > MAX_SAVED_MAPS:
            self.saved_maps.popitem(last=False)
