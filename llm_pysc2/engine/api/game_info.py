"""`ResponseGameInfo`: the map, who plays, and the options of the client's interface, told back to it.

Grids are rows from south to north (row 0 is y = 0), each from west to east, as recorded games have them. Those of one
bit begin with the highest bit of each byte and run on over the ends of rows. 1 = walkable, 1 = may be built on;
terrain heights are z = byte / 255 * 32 - 16.
"""

import numpy as np
from numpy.typing import NDArray
from s2clientprotocol import common_pb2
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.build import MOD_NAMES
from llm_pysc2.engine.api.game_setup import RACE_NUMBERS, GameSetup
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.state.unit_columns import Player


def encode_game_info(game: Game, setup: GameSetup, player_id: int, options: sc_pb.InterfaceOptions) -> bytes:
    """Return a serialized Response with all that a player is told about the game."""
    info = sc_pb.ResponseGameInfo(
        map_name=setup.map_name,
        local_map_path=setup.map_path,
        mod_names=MOD_NAMES,
        player_info=[
            _encode_player(player, player.id == player_id)
            for player in game.players.values()
            if player.setup is not None
        ],
        options=echo_options(options),
    )
    if options.raw:
        info.start_raw.CopyFrom(_encode_map(game, player_id))
    encoded: bytes = sc_pb.Response(game_info=info).SerializeToString()
    return encoded


def echo_options(options: sc_pb.InterfaceOptions) -> sc_pb.InterfaceOptions:
    """Return the options as the game tells them back: every switch is set."""
    echoed = sc_pb.InterfaceOptions()
    echoed.CopyFrom(options)
    for name in (
        *("raw", "score", "show_cloaked", "show_burrowed_shadows", "show_placeholders"),
        *("raw_affects_selection", "raw_crop_to_playable_area"),
    ):
        setattr(echoed, name, getattr(options, name))
    return echoed


def _encode_player(player: Player, is_self: bool) -> sc_pb.PlayerInfo:
    """Return what is told about a player; the race that a random opponent drew is not."""
    setup = player.setup
    assert setup is not None  # noqa: S101 - only those who play are told about
    info = sc_pb.PlayerInfo(player_id=player.id, race_requested=RACE_NUMBERS.get(setup.race, common_pb2.Random))
    if is_self:
        info.race_actual = RACE_NUMBERS.get(player.race, common_pb2.NoRace)
    if setup.name:
        info.player_name = setup.name
    if setup.kind == "computer":
        info.type = sc_pb.Computer
        if setup.difficulty:
            info.difficulty = setup.difficulty
        if setup.ai_build:
            info.ai_build = setup.ai_build
    else:
        info.type = sc_pb.Participant
    return info


def _encode_map(game: Game, player_id: int) -> raw.StartRaw:
    terrain = game.terrain
    left, bottom, right, top = game.map.playable
    own = game.players[player_id].start_location
    playable = np.zeros_like(terrain.placement)
    playable[bottom:top, left:right] = True
    return raw.StartRaw(
        map_size=common_pb2.Size2DI(x=terrain.width, y=terrain.height),
        pathing_grid=encode_bits(game.ground.pathing_grid()),
        terrain_height=common_pb2.ImageData(
            bits_per_pixel=8,
            size=common_pb2.Size2DI(x=terrain.width, y=terrain.height),
            data=terrain.height_byte.tobytes(),
        ),
        placement_grid=encode_bits(terrain.placement & playable),
        playable_area=common_pb2.RectangleI(
            p0=common_pb2.PointI(x=left, y=bottom), p1=common_pb2.PointI(x=right, y=top)
        ),
        start_locations=[common_pb2.Point2D(x=x, y=y) for x, y in game.map.start_locations if (x, y) != own],
    )


def encode_bits(grid: NDArray[np.bool_]) -> common_pb2.ImageData:
    """Return a grid of shape (height, width), row 0 = y 0, as an image of one bit a cell."""
    height, width = grid.shape
    size = common_pb2.Size2DI(x=width, y=height)
    return common_pb2.ImageData(bits_per_pixel=1, size=size, data=np.packbits(grid).tobytes())
