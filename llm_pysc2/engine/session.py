"""What one client has set up, from launch to quit: the maps it saved, the game it created, its seat in it."""

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from llm_pysc2.engine.seat import Clock, Seat
from llm_pysc2.engine.setup import GameSetup
from llm_pysc2.engine.switches import Value
from llm_pysc2.errors import GameRequestError

MAX_SAVED_MAPS = 32
"""A client may save maps before it creates a game; the oldest are forgotten."""


class Session:
    """The state behind one connection; requests read and change it.

    Args:
        data_dir: The folder whose `Maps` are looked into for maps that clients name by a path.
        clock: Where real time comes from, for games in realtime.
        switches: Guesses about the rules that its games are played with, where they differ from the defaults.
    """

    def __init__(
        self, data_dir: Path | None = None, clock: Clock | None = None, switches: Mapping[str, Value] | None = None
    ) -> None:
        self.data_dir = data_dir
        self.clock = clock or Clock()
        self.switches = dict(switches or {})
        self.created: GameSetup | None = None
        self.saved_maps: OrderedDict[str, bytes] = OrderedDict()
        self._seat: Seat | None = None

    @property
    def seat(self) -> Seat:
        """The client's place in the running game. Raises GameRequestError if no game runs."""
        if self._seat is None:
            raise GameRequestError("no game is running")
        return self._seat

    @property
    def is_over(self) -> bool:
        """Whether the running game has ended."""
        return self._seat is not None and self._seat.is_over

    def take(self, seat: Seat) -> None:
        """Sit down in a game."""
        self._seat = seat

    def catch_up(self) -> None:
        """In realtime, bring the running game to the present."""
        if self._seat is not None:
            self._seat.catch_up()

    def leave(self) -> None:
        """Forget the game."""
        self._seat = None
        self.created = None

    def save_map(self, path: str, content: bytes) -> None:
        """Keep a map file under the path that the client names it by; nothing is written to disk."""
        self.saved_maps[path] = content
        self.saved_maps.move_to_end(path)
        while len(self.saved_maps) > MAX_SAVED_MAPS:
            self.saved_maps.popitem(last=False)
