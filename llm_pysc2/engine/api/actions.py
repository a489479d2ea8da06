"""Carries out `Action`s of the API: orders to units, screen and panels, the camera, chat.

Each gets an `ActionResult`; none raises.
"""

from math import isfinite

from s2clientprotocol import common_pb2
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.action_echo import SPACES, Interface, understand
from llm_pysc2.engine.api.client_text import as_text
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.observation import ActionLog
from llm_pysc2.engine.orders.commands import Target
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.ui.commands import first_failure
from llm_pysc2.engine.ui.panels import act_ui
from llm_pysc2.engine.ui.spatial import act_spatial
from llm_pysc2.engine.units.selection import select

MAX_CHAT_CHARACTERS = 255


class Actor:
    """Acts for one player, through one interface.

    Args:
        interface: How the client speaks for the player, which says what its pixels mean.
        action_log: What succeeds is told back with it.
    """

    def __init__(self, interface: Interface, action_log: ActionLog) -> None:
        self._interface = interface
        self._game = interface.game
        self._player_id = interface.player_id
        self._options = interface.options
        self._action_log = action_log

    def act(self, action: sc_pb.Action) -> int:
        """Carry out one action and return its `ActionResult`."""
        meant = understand(self._interface, action)
        result = self._act(action)
        if result == Result.SUCCESS:
            self._action_log.actions.append(meant)
        return result

    def _act(self, action: sc_pb.Action) -> int:
        if action.HasField("action_raw"):
            return self._act_raw(action.action_raw)
        for kind in SPACES:
            if action.HasField(kind):
                pointer = self._interface.pointer(kind)
                return act_spatial(pointer, getattr(action, kind)) if pointer else Result.NOT_SUPPORTED
        if action.HasField("action_ui"):
            return act_ui(self._game, self._player_id, action.action_ui)
        if action.HasField("action_chat"):
            message = as_text(action.action_chat.message)[:MAX_CHAT_CHARACTERS]
            self._action_log.chat.append(sc_pb.ChatReceived(player_id=self._player_id, message=message))
        return Result.SUCCESS

    def _act_raw(self, action: raw.ActionRaw) -> int:
        kind = action.WhichOneof("action")
        if kind == "unit_command":
            return self._command(action.unit_command)
        if kind == "camera_move":
            return move_camera(self._game, self._player_id, action.camera_move.center_world_space)
        if kind == "toggle_autocast":
            autocast = action.toggle_autocast
            tags = list(autocast.unit_tags)
            return first_failure(self._game.set_autocast(self._player_id, autocast.ability_id, tags))
        return Result.SUCCESS

    def _command(self, command: raw.ActionRawUnitCommand) -> int:
        game = self._game
        target: Target = None
        if command.HasField("target_unit_tag"):
            target = command.target_unit_tag
        elif command.HasField("target_world_space_pos"):
            point = command.target_world_space_pos
            if not (isfinite(point.x) and isfinite(point.y)):
                return Result.MUST_TARGET_VISIBLE_LOCATION
            target = _on_map(game, point)
        tags = list(command.unit_tags)
        if self._options.raw_affects_selection:
            rows = [game.units.row_of(tag) for tag in tags]
            select(game.match, self._player_id, [row for row in rows if row >= 0])
        return first_failure(game.order(self._player_id, command.ability_id, tags, target, command.queue_command))


def move_camera(game: Game, player_id: int, centre: "common_pb2.Point | common_pb2.Point2D") -> int:
    """Centre a player's camera on a point of the map and return an `ActionResult`."""
    if not (isfinite(centre.x) and isfinite(centre.y)):
        return Result.MUST_TARGET_VISIBLE_LOCATION
    game.move_camera(player_id, centre.x, centre.y)
    return Result.SUCCESS


def _on_map(game: Game, point: "common_pb2.Point | common_pb2.Point2D") -> tuple[float, float]:
    width, height = game.map.size_cells
    return min(max(point.x, 0.0), float(width)), min(max(point.y, 0.0), float(height))
