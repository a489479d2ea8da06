"""Commands to the game's messages: exact points, one `sc_pb.Action` a command, in the order given."""

from collections.abc import Iterable

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.world.command import LOOK, Command
from llm_pysc2.world.geometry import Point


def encode_commands(commands: Iterable[Command]) -> list[sc_pb.Action]:
    """Return one raw `sc_pb.Action` for each command that orders something."""
    return [encode_command(command) for command in commands if command.ability_id != LOOK]


def encode_camera(centre: Point) -> sc_pb.Action:
    """Return the `sc_pb.Action` that lets the camera look at a place; no unit takes notice."""
    action = sc_pb.Action()
    action.action_raw.camera_move.center_world_space.x = centre.x
    action.action_raw.camera_move.center_world_space.y = centre.y
    return action


def encode_command(command: Command) -> sc_pb.Action:
    """Return the `sc_pb.Action` of one command; points keep the float32 precision of the API."""
    action = sc_pb.Action()
    if command.is_autocast:
        toggle = action.action_raw.toggle_autocast
        toggle.ability_id = command.ability_id
        toggle.unit_tags.extend(command.unit_tags)
        return action
    order = action.action_raw.unit_command
    order.ability_id = command.ability_id
    order.unit_tags.extend(command.unit_tags)
    if command.queued:
        order.queue_command = True
    target = command.target
    if isinstance(target, int):
        order.target_unit_tag = target
    elif target is not None:
        order.target_world_space_pos.x = target.x
        order.target_world_space_pos.y = target.y
    return action
