"""What one client has set up, from launch to quit: the maps it saved, the game it created, its seat in it."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from llm_pysc2.engine.api.client import Client
from llm_pysc2.engine.api.game_setup import GameSetup
from llm_pysc2.engine.api.hosted_game import Clock
from llm_pysc2.engine.api.join_lobby import JoinLobby
from llm_pysc2.engine.api.lan import Answering
from llm_pysc2.engine.api.remote_peer import RemotePeer
from llm_pysc2.engine.state.assumptions import Value
from llm_pysc2.errors import GameRequestError

MAX_SAVED_MAPS = 32
"""A client may save maps before it creates a game; the oldest are forgotten."""


class Session:
    """The state behind one connection; requests read and change it.

    Args:
        data_dir: The folder whose `Maps` are looked into for maps that clients name by a path.
        clock: Where real time comes from, for games in realtime.
        assumptions: Guesses about the rules that its games are played with, where they differ from the defaults.
        invitation: A game of another client's, which this one may join.
    """

    welcome: Callable[[JoinLobby], Answering]
    """Makes what answers a guest of this client's game; set by the connection, which knows how to answer."""

    def __init__(
        self,
        data_dir: Path | None = None,
        clock: Clock | None = None,
        assumptions: Mapping[str, Value] | None = None,
        invitation: JoinLobby | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.clock = clock or Clock()
        self.assumptions = dict(assumptions or {})
        self.created: GameSetup | None = None
        self.join_lobby: JoinLobby | None = None
        """The players of the game that was created, while they join."""
        self.invitation = invitation
        self.remote_peer: RemotePeer | None = None
        """This process as a guest of another, which plays the game."""
        self.saved_maps: OrderedDict[str, bytes] = OrderedDict()
        self._client: Client | None = None
        self._is_abandoned = False

    @property
    def client(self) -> Client:
        """The client's place in the running game. Raises GameRequestError if no game runs."""
        if self._client is None:
            raise GameRequestError("no game is running")
        return self._client

    @property
    def is_over(self) -> bool:
        """Whether the running game has ended."""
        return self._client is not None and self._client.hosted.is_over

    @property
    def turn(self) -> AbstractContextManager[object]:
        """What has to be held while the running game is used, because others may play it too."""
        return nullcontext() if self._client is None else self._client.hosted.turn

    def take(self, client: Client) -> None:
        """Sit down in a game, and leave the one before."""
        before, self._client = self._client, client
        if before is not None:
            before.leave()

    def catch_up(self) -> None:
        """In realtime, bring the running game to the present."""
        if self._client is not None:
            self._client.hosted.catch_up()

    def gather(self, setup: GameSetup) -> JoinLobby:
        """Begin to wait for the players of a game."""
        self.join_lobby = JoinLobby(setup, self.clock)
        self._heed_abandonment()
        return self.join_lobby

    def become_guest(self) -> RemotePeer:
        """Look for a game that another process plays."""
        self.remote_peer = RemotePeer()
        self._heed_abandonment()
        return self.remote_peer

    def leave(self) -> None:
        """Forget the game."""
        self._break_off()
        self._client = self.created = self.join_lobby = self.invitation = self.remote_peer = None

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
        join_lobby, remote_peer, client = self.join_lobby, self.remote_peer, self._client
        if join_lobby is not None:
            join_lobby.give_up()
        if remote_peer is not None:
            remote_peer.close()
        if client is not None and client.hosted.is_shared:
            client.leave()

    def save_map(self, path: str, content: bytes) -> None:
        """Keep a map file under the path that the client names it by; nothing is written to disk."""
        self.saved_maps[path] = content
        self.saved_maps.move_to_end(path)
        while len(self.saved_maps) > MAX_SAVED_MAPS:
            self.saved_maps.popitem(last=False)
