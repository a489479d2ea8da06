"""Debug commands of the API, by which a scene can be built on any map: `DebugCommand` messages from plain values."""

from collections.abc import Iterable
from enum import Enum

from s2clientprotocol import debug_pb2

from llm_pysc2.world.geometry import Point


class Cheat(Enum):
    """What a player can switch on; a second time switches it off again. `MINERALS` adds 5000 each time."""

    SHOW_MAP = debug_pb2.show_map
    CONTROL_ENEMY = debug_pb2.control_enemy
    FREE = debug_pb2.free
    TECH_TREE = debug_pb2.tech_tree
    FAST_BUILD = debug_pb2.fast_build
    MINERALS = debug_pb2.minerals


def cheat(which: Cheat) -> debug_pb2.DebugCommand:
    """Return the command that switches something on or off, or gives something."""
    return debug_pb2.DebugCommand(game_state=which.value)


def create(type_id: int, owner: int, point: Point, count: int = 1) -> debug_pb2.DebugCommand:
    """Return the command that creates units around a point; owner 0 is nobody."""
    command = debug_pb2.DebugCommand()
    wanted = command.create_unit
    wanted.unit_type, wanted.owner, wanted.quantity = type_id, owner, count
    wanted.pos.x, wanted.pos.y = point
    return command


def kill(tags: Iterable[int]) -> debug_pb2.DebugCommand:
    """Return the command that kills units, whosever they are."""
    return debug_pb2.DebugCommand(kill_unit=debug_pb2.DebugKillUnit(tag=tags))


def set_energy(tag: int, energy: float) -> debug_pb2.DebugCommand:
    """Return the command that sets a unit's energy."""
    change = debug_pb2.DebugSetUnitValue(unit_tag=tag, unit_value=debug_pb2.DebugSetUnitValue.Energy, value=energy)
    return debug_pb2.DebugCommand(unit_value=change)
