"""Replays: how a game was set up and what was done to it, played again by simulating it anew.

The file is our own (JSON, compressed): real replays can only be played by the real game, and ours only by this one.
"""

import base64
import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

from llm_pysc2.engine.api.build import GAME_VERSION
from llm_pysc2.engine.api.game_setup import GameSetup
from llm_pysc2.engine.api.hosted_game import HostedGame, RecordedInput
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.errors import GameRequestError

MAGIC = b"llm-pysc2 replay 1\n"
MAX_REPLAY_BYTES = 64 * 2**20
"""Of the unpacked content: a few bytes may claim to be more."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A game that was played."""

    setup: GameSetup
    inputs: tuple[RecordedInput, ...]
    loops: int
    """Length of the game."""
    results: dict[int, str]
    """By player id; empty if the game was not over."""


def record(hosted: HostedGame) -> Replay:
    """Return the replay of a game as far as it was played."""
    results = {player.id: player.result for player in hosted.game.players.values() if player.result}
    return Replay(hosted.setup, tuple(hosted.inputs), hosted.game.loop, results)


def encode_replay(replay: Replay) -> bytes:
    """Return the content of a replay file."""
    content = {
        "version": GAME_VERSION,
        "setup": asdict(replay.setup),
        "loops": replay.loops,
        "results": replay.results,
        "deeds": [[d.loop, d.player_id, d.kind, base64.b64encode(d.message).decode()] for d in replay.inputs],
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
        inputs=tuple(
            RecordedInput(int(loop), int(player_id), str(kind), base64.b64decode(message))
            for loop, player_id, kind, message in content["deeds"]
        ),
        loops=int(content["loops"]),
        results={int(player_id): str(result) for player_id, result in content["results"].items()},
    )
