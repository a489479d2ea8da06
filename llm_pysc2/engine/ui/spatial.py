"""`ActionSpatial`: what a client does with its pointer on the screen and the minimap."""

from collections.abc import Callable, Mapping
from typing import Any

from s2clientprotocol import spatial_pb2

from llm_pysc2.engine.orders.commands import Target
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.ui.commands import command, takes_minimap, takes_units
from llm_pysc2.engine.ui.pointing import Pointer
from llm_pysc2.engine.units.selection import deselect, select, selected

_CLICK = spatial_pb2.ActionSpatialUnitSelectionPoint


def act_spatial(pointer: Pointer, action: spatial_pb2.ActionSpatial) -> int:
    """Carry out one action with the pointer and return its `ActionResult`."""
    kind = action.WhichOneof("action")
    return _ACTIONS[kind](pointer, getattr(action, kind)) if kind else Result.SUCCESS


def aim(pointer: Pointer, asked: spatial_pb2.ActionSpatialUnitCommand) -> Target:
    """Return what a command is aimed at: a unit's tag, or a point in cells; None if that is beyond the image."""
    kind = asked.WhichOneof("target")
    if kind == "target_minimap_coord":
        return pointer.minimap_point(asked.target_minimap_coord)
    if kind is None:
        return None
    point = pointer.screen_point(asked.target_screen_coord)
    aims_at_units = takes_units(pointer.game, pointer.player_id, asked.ability_id)
    row = pointer.target_at(asked.target_screen_coord) if aims_at_units else -1
    return int(pointer.game.units.tag[row]) if point is not None and row >= 0 else point


def _unit_command(pointer: Pointer, asked: spatial_pb2.ActionSpatialUnitCommand) -> int:
    kind = asked.WhichOneof("target")
    if kind == "target_minimap_coord" and not takes_minimap(asked.ability_id):
        return Result.CANT_USE_MINIMAP
    target = aim(pointer, asked)
    if kind and target is None:
        return Result.MUST_TARGET_VISIBLE_LOCATION
    return command(pointer.game, pointer.player_id, asked.ability_id, target, queued=asked.queue_command)


def _camera_move(pointer: Pointer, move: spatial_pb2.ActionSpatialCameraMove) -> int:
    centre = pointer.minimap_point(move.center_minimap)
    if centre is None:
        return Result.MUST_TARGET_VISIBLE_LOCATION
    pointer.game.move_camera(pointer.player_id, *centre)
    return Result.SUCCESS


def _selection_point(pointer: Pointer, click: spatial_pb2.ActionSpatialUnitSelectionPoint) -> int:
    if pointer.screen_point(click.selection_screen_coord) is None:
        return Result.MUST_TARGET_VISIBLE_LOCATION
    row = pointer.unit_at(click.selection_screen_coord)
    if row < 0:
        return Result.SUCCESS  # a click on the ground leaves the selection as it is
    match, player_id = pointer.game.match, pointer.player_id
    all_of_type = click.type in (_CLICK.AllType, _CLICK.AddAllType)
    rows = _alike_on_screen(pointer, row) if all_of_type else [row]
    if click.type == _CLICK.Toggle and row in selected(match, player_id):
        deselect(match, player_id, rows)
    else:
        select(match, player_id, rows, add=click.type in (_CLICK.Toggle, _CLICK.AddAllType))
    return Result.SUCCESS


def _alike_on_screen(pointer: Pointer, row: int) -> list[int]:
    """Return the rows of all units of one's type and owner that the screen shows."""
    units = pointer.game.units
    alike = (units.type_id == units.type_id[row]) & (units.owner == units.owner[row])
    return [other for other in pointer.units_on_screen() if alike[other]]


def _selection_rect(pointer: Pointer, drawn: spatial_pb2.ActionSpatialUnitSelectionRect) -> int:
    """Select what rectangles touch: own units, or own structures if there are no units, or one unit of another."""
    corners = [corner for rect in drawn.selection_screen_coord for corner in (rect.p0, rect.p1)]
    if not corners or any(pointer.screen_point(corner) is None for corner in corners):
        return Result.MUST_TARGET_VISIBLE_LOCATION
    units = pointer.game.units
    touched = [row for rect in drawn.selection_screen_coord for row in pointer.units_within(rect.p0, rect.p1)]
    own = [row for row in touched if units.owner[row] == pointer.player_id]
    mobile = [row for row in own if not units.structure[row]]
    select(pointer.game.match, pointer.player_id, mobile or own or touched, add=drawn.selection_add)
    return Result.SUCCESS


_ACTIONS: Mapping[str, Callable[[Pointer, Any], int]] = {
    "unit_command": _unit_command,
    "camera_move": _camera_move,
    "unit_selection_point": _selection_point,
    "unit_selection_rect": _selection_rect,
}
