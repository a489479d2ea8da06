"""Carries out `DebugCommand`s of the API. As in the game, what makes no sense is passed over in silence."""

from math import isfinite

from s2clientprotocol import debug_pb2

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.units import NEUTRAL_OWNER
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.knowledge.upgrades import load_upgrades

RESOURCES_GIVEN = 5000
"""What `all_resources`, `minerals` and `gas` add."""
MAX_UNITS_CREATED = 500
"""By one command; more would only be a mistake or an attack."""

_SWITCHES = {
    debug_pb2.show_map: "show_map",
    debug_pb2.control_enemy: "control_enemy",
    debug_pb2.food: "food",
    debug_pb2.free: "free",
    debug_pb2.god: "god",
    debug_pb2.cooldown: "cooldown",
    debug_pb2.tech_tree: "tech_tree",
    debug_pb2.fast_build: "fast_build",
}
_VALUES = {
    debug_pb2.DebugSetUnitValue.Energy: "energy",
    debug_pb2.DebugSetUnitValue.Life: "life",
    debug_pb2.DebugSetUnitValue.Shields: "shields",
}
_OPPOSITE = {"victory": "defeat", "defeat": "victory"}


def debug(game: Game, player_id: int, command: debug_pb2.DebugCommand) -> None:
    """Carry out one command of a player. Drawings are accepted: nothing here is drawn on."""
    kind = command.WhichOneof("command")
    if kind == "create_unit":
        _create_units(game, player_id, command.create_unit)
    elif kind == "kill_unit":
        game.kill_units(list(command.kill_unit.tag))
    elif kind == "unit_value":
        _set_unit_value(game, command.unit_value)
    elif kind == "game_state":
        _change_state(game, game.players[player_id], command.game_state)
    elif kind == "score":
        if isfinite(command.score.score):
            game.players[player_id].score.score = command.score.score
    elif kind == "end_game":
        surrenders = command.end_game.end_result == debug_pb2.DebugEndGame.Surrender
        end_game(game, player_id, "defeat" if surrenders else "victory")


def end_game(game: Game, player_id: int, result: str) -> None:
    """End the game with a result for a player and the opposite for all others who play."""
    playing = {player.id for player in game.players.values() if player.setup is not None}
    game.end({other: result if other == player_id else _OPPOSITE[result] for other in sorted(playing | {player_id})})


def _create_units(game: Game, player_id: int, create: debug_pb2.DebugCreateUnit) -> None:
    owner = create.owner if create.HasField("owner") else player_id
    owner = 0 if owner == NEUTRAL_OWNER else owner
    count = create.quantity if create.HasField("quantity") else 1
    point = create.pos
    known = create.unit_type in game.types and owner in game.players
    if known and isfinite(point.x) and isfinite(point.y) and count:
        width, height = game.map.size_cells
        x, y = min(max(point.x, 0.0), float(width)), min(max(point.y, 0.0), float(height))
        game.create_units(create.unit_type, owner, x, y, min(count, MAX_UNITS_CREATED))


def _set_unit_value(game: Game, change: debug_pb2.DebugSetUnitValue) -> None:
    name = _VALUES.get(change.unit_value)
    if name is not None and isfinite(change.value):
        game.set_unit_value(change.unit_tag, name, change.value)


def _change_state(game: Game, player: Player, state: int) -> None:
    if state in _SWITCHES:
        name = _SWITCHES[state]
        setattr(player.cheats, name, not getattr(player.cheats, name))
    if state in (debug_pb2.all_resources, debug_pb2.minerals):
        player.minerals += RESOURCES_GIVEN
    if state in (debug_pb2.all_resources, debug_pb2.gas):
        player.vespene += RESOURCES_GIVEN
    if state == debug_pb2.upgrade:
        for upgrade_id in _upgrades_of(game, player):
            game.grant_upgrade(player.id, upgrade_id)


def _upgrades_of(game: Game, player: Player) -> list[int]:
    """Return all upgrades that the player's race can research, sorted."""
    types = game.types
    return sorted(
        upgrade.id
        for upgrade in load_upgrades().values()
        if upgrade.reachable
        and any(one in types and types.by_id(one).race == player.race for one in upgrade.researched_at)
    )
