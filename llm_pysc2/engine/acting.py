"""Carries out `Action`s of the API: orders to units, the camera, chat. Each gets an `ActionResult`; none raises."""

from math import isfinite

from s2clientprotocol import common_pb2
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.command import Target
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.observation import Doings
from llm_pysc2.engine.results import Result
from llm_pysc2.engine.text import as_text

MAX_CHAT_CHARACTERS = 255


def act(game: Game, player_id: int, action: sc_pb.Action, doings: Doings) -> int:
    """Carry out one action of a player and return its `ActionResult`; what succeeds is told back with `doings`."""
    result = _act(game, player_id, action, doings)
    if result == Result.SUCCESS:
        # An action given now is carried out in the next loop.
        echo = sc_pb.Action(game_loop=game.loop + 1)
        echo.MergeFrom(action)
        echo.game_loop = game.loop + 1
        doings.actions.append(echo)
    return result


def _act(game: Game, player_id: int, action: sc_pb.Action, doings: Doings) -> int:
    if action.HasField("action_raw"):
        return _act_raw(game, player_id, action.action_raw)
    if action.HasField("action_chat"):
        message = as_text(action.action_chat.message)[:MAX_CHAT_CHARACTERS]
        doings.chat.append(sc_pb.ChatReceived(player_id=player_id, message=message))
        return Result.SUCCESS
    if action.ListFields():
        return Result.NOT_SUPPORTED
    return Result.SUCCESS


def _act_raw(game: Game, player_id: int, action: raw.ActionRaw) -> int:
    kind = action.WhichOneof("action")
    if kind == "unit_command":
        return _command(game, player_id, action.unit_command)
    if kind == "camera_move":
        return move_camera(game, player_id, action.camera_move.center_world_space)
    if kind == "toggle_autocast":
        autocast = action.toggle_autocast
        return _first_failure(game.set_autocast(player_id, autocast.ability_id, list(autocast.unit_tags)))
    return Result.SUCCESS


def _command(game: Game, player_id: int, command: raw.ActionRawUnitCommand) -> int:
    target: Target = None
    if command.HasField("target_unit_tag"):
        target = command.target_unit_tag
    elif command.HasField("target_world_space_pos"):
        point = command.target_world_space_pos
        if not (isfinite(point.x) and isfinite(point.y)):
            return Result.MUST_TARGET_VISIBLE_LOCATION
        target = _on_map(game, point)
    results = game.order(player_id, command.ability_id, list(command.unit_tags), target, command.queue_command)
    return _first_failure(results)


def _first_failure(results: list[int]) -> int:
    """Return Success if any unit took the order, else why the first did not."""
    if not results:
        return Result.ERROR
    return Result.SUCCESS if Result.SUCCESS in results else results[0]


def move_camera(game: Game, player_id: int, centre: "common_pb2.Point | common_pb2.Point2D") -> int:
    """Centre a player's camera on a point of the map and return an `ActionResult`."""
    if not (isfinite(centre.x) and isfinite(centre.y)):
        return Result.MUST_TARGET_VISIBLE_LOCATION
    game.players[player_id].camera = _on_map(game, centre)
    return Result.SUCCESS


def _on_map(game: Game, point: "common_pb2.Point | common_pb2.Point2D") -> tuple[float, float]:
    width, height = game.map.size_cells
    return min(max(point.x, 0.0), float(width)), min(max(point.y, 0.0), float(height))
