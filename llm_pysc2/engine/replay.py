"""Replays: how a game was set up and what was done to it, played again by simulating it anew.

The file is our own (JSON, compressed): real replays can only be played by the real game, and ours only by this one.
"""

import base64
import json
import zlib
from dataclasses import asdict, dataclass, replace
from typing import Any

from s2clientprotocol import debug_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.acting import Actor
from llm_pysc2.engine.build import GAME_VERSION
from llm_pysc2.engine.debugging import debug
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.observation import Doings, Observer
from llm_pysc2.engine.seat import Clock, Deed, Seat
from llm_pysc2.engine.setup import GameSetup
from llm_pysc2.engine.state import PlayerSetup
from llm_pysc2.errors import GameRequestError

MAGIC = b"llm-pysc2 replay 1\n"
MAX_REPLAY_BYTES = 64 * 2**20
"""Of the unpacked content: a few bytes may claim to be more."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A game that was played."""

    setup: GameSetup
    deeds: tuple[Deed, ...]
    loops: int
    """Length of the game."""
    results: dict[int, str]
    """By player id; empty if the game was not over."""


def record(setup: GameSetup, game: Game, deeds: list[Deed]) -> Replay:
    """Return the replay of a game as far as it was played."""
    results = {player.id: player.result for player in game.players.values() if player.result}
    return Replay(setup, tuple(deeds), game.loop, results)


def encode_replay(replay: Replay) -> bytes:
    """Return the content of a replay file."""
    content = {
        "version": GAME_VERSION,
        "setup": asdict(replay.setup),
        "loops": replay.loops,
        "results": replay.results,
        "deeds": [[d.loop, d.player_id, d.kind, base64.b64encode(d.message).decode()] for d in replay.deeds],
    }
    return MAGIC + zlib.compress(json.dumps(content, sort_keys=True).encode())


def decode_replay(content: bytes) -> Replay:
    """Return the replay in a file. Raises GameRequestError if it is not one of ours, or broken."""
    if not content.startswith(MAGIC):
        raise GameRequestError("not a replay of the embedded game; it cannot play replays of the real one")
    try:
        unpacked = zlib.decompressobj().decompress(content[len(MAGIC) :], MAX_REPLAY_BYTES)
        return _decode(json.loads(unpacked))
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GameRequestError(f"a broken replay of the embedded game: {error}") from error


def _decode(content: dict[str, Any]) -> Replay:
    setup = dict(content["setup"])
    setup["players"] = tuple(PlayerSetup(**player) for player in setup["players"])
    return Replay(
        setup=GameSetup(**setup),
        deeds=tuple(
            Deed(int(loop), int(player_id), str(kind), base64.b64decode(message))
            for loop, player_id, kind, message in content["deeds"]
        ),
        loops=int(content["loops"]),
        results={int(player_id): str(result) for player_id, result in content["results"].items()},
    )


class ReplaySeat(Seat):
    """A seat from which a replay is watched, with the eyes of one of its players."""

    def __init__(
        self,
        replay: Replay,
        player_id: int,
        options: sc_pb.InterfaceOptions,
        *,
        reveal: bool = False,
        realtime: bool = False,
        clock: Clock | None = None,
    ) -> None:
        setup = replace(replay.setup, realtime=realtime)
        super().__init__(setup, player_id, options, watches=True, clock=clock)
        self._observer = Observer(self.game, player_id, options, reveal=reveal or setup.disable_fog)
        self._replay = replay
        self._next = 0
        self._actors: dict[int, Actor] = {}

    @property
    def is_over(self) -> bool:
        """Whether the replay has been watched to its end."""
        return self.game.loop >= self._replay.loops or self.game.is_over

    def _advance(self, loops: int) -> None:
        end = min(self.game.loop + loops, self._replay.loops)
        while self.game.loop < end and not self.game.is_over:
            self._repeat_due()
            upcoming = self._replay.deeds[self._next].loop if self._next < len(self._replay.deeds) else end
            self.game.step(min(upcoming, end) - self.game.loop)

    def _repeat_due(self) -> None:
        while self._next < len(self._replay.deeds) and self._replay.deeds[self._next].loop <= self.game.loop:
            self._repeat(self._replay.deeds[self._next])
            self._next += 1

    def _repeat(self, deed: Deed) -> None:
        """Do again what was done in the game; only the deeds of the seat's own player are told back."""
        player_id = deed.player_id
        if deed.kind == "debug":
            debug(self.game, player_id, debug_pb2.DebugCommand.FromString(deed.message))
        elif deed.kind == "join":
            doings = self._doings if player_id == self.player_id else Doings()
            options = sc_pb.InterfaceOptions.FromString(deed.message)
            self._actors[player_id] = Actor(self.game, player_id, options, doings)
        else:
            self._actors[player_id].act(sc_pb.Action.FromString(deed.message))
