"""What a client is told of the actions of its player: in every interface that it has, with the ability that was meant.

The game tells an action in cells to clients with the raw interface and in pixels to those with feature layers or RGB,
whichever way it was given; an order by a general ability is told by the one that its units know.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from s2clientprotocol import common_pb2, spatial_pb2
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.frames import Frame, camera_setup
from llm_pysc2.engine.ui.commands import own_ability
from llm_pysc2.engine.ui.pointing import Pointer
from llm_pysc2.engine.ui.spatial import aim
from llm_pysc2.engine.units.selection import selected

SPACES = {"action_feature_layer": "feature_layer", "action_render": "render"}
"""Actions in pixels, and the interface whose pixels they mean."""
_FAR_PX = 2**15
"""How far beyond the screen what is aimed at may be told to lie."""


@dataclass(frozen=True, slots=True)
class Interface:
    """How one client speaks for a player."""

    game: Game
    player_id: int
    options: sc_pb.InterfaceOptions

    @property
    def has_pixels(self) -> bool:
        """Whether the client has feature layers or RGB."""
        return bool(self.options.HasField("feature_layer") or self.options.HasField("render"))

    def pointer(self, kind: str) -> Pointer | None:
        """Return the pixels that a kind of action means, None if the client has none of these."""
        space = SPACES[kind]
        if not self.options.HasField(space):
            return None
        return Pointer(self.game, self.player_id, camera_setup(self.options, space))


def understand(interface: Interface, action: sc_pb.Action) -> sc_pb.Action:
    """Return an action that is about to be carried out as what was meant: its loop, its own ability, and in cells."""
    meant = sc_pb.Action(game_loop=interface.game.loop)
    meant.MergeFrom(action)
    kinds = [kind for kind in SPACES if action.HasField(kind)]
    if not action.HasField("action_raw"):
        for kind in kinds:
            pointer = interface.pointer(kind)
            if pointer:
                meant.action_raw.MergeFrom(_in_cells(pointer, getattr(action, kind)))
    if meant.action_raw.HasField("unit_command"):
        command = meant.action_raw.unit_command
        command.ability_id = _specific(interface.game, command.unit_tags, command.ability_id)
        for kind in kinds:
            if getattr(meant, kind).HasField("unit_command"):
                getattr(meant, kind).unit_command.ability_id = command.ability_id
    return meant


def echo_action(said: Interface, told: Interface, meant: sc_pb.Action) -> sc_pb.Action:
    """Return an action that was given through one interface as it is told through another, or the same."""
    if not told.has_pixels and not said.has_pixels:
        return meant
    action = sc_pb.Action()
    action.CopyFrom(meant)
    for kind in SPACES:
        pointer, original = told.pointer(kind), said.pointer(kind)
        if pointer is None:
            action.ClearField(kind)
        elif meant.action_raw.WhichOneof("action") and (told.options != said.options or not meant.HasField(kind)):
            getattr(action, kind).CopyFrom(_in_pixels(pointer, meant.action_raw))
        elif original and told.options != said.options:
            _rescale(original, pointer, getattr(action, kind))
    if told.has_pixels and meant.action_raw.HasField("toggle_autocast"):
        action.action_ui.toggle_autocast.ability_id = meant.action_raw.toggle_autocast.ability_id
    if not told.options.raw or not meant.action_raw.WhichOneof("action"):
        action.ClearField("action_raw")
    return action


def _specific(game: Game, tags: Iterable[int], ability_id: int) -> int:
    """Return the ability by which the first unit that has one knows a general one; others stay as they are."""
    for tag in tags:
        row = game.units.row_of(tag)
        own = own_ability(game, row, ability_id) if row >= 0 else 0
        if own:
            return own
    return ability_id


def _in_cells(pointer: Pointer, spatial: spatial_pb2.ActionSpatial) -> raw.ActionRaw:
    """Return what an action with the pointer means on the map; empty for selections, which have no such form."""
    said = raw.ActionRaw()
    kind = spatial.WhichOneof("action")
    if kind == "camera_move":
        centre = pointer.minimap_point(spatial.camera_move.center_minimap)
        if centre is not None:
            said.camera_move.center_world_space.x, said.camera_move.center_world_space.y = centre
    elif kind == "unit_command":
        asked, command = spatial.unit_command, said.unit_command
        command.ability_id, command.queue_command = asked.ability_id, asked.queue_command
        command.unit_tags.extend(pointer.game.units.tag[selected(pointer.game.match, pointer.player_id)].tolist())
        target = aim(pointer, asked)
        if isinstance(target, int):
            command.target_unit_tag = target
        elif target is not None:
            command.target_world_space_pos.x, command.target_world_space_pos.y = target
    return said


def _in_pixels(pointer: Pointer, said: raw.ActionRaw) -> spatial_pb2.ActionSpatial:
    """Return an action on the map as one with the pointer; what is aimed at may lie beyond the screen."""
    spatial = spatial_pb2.ActionSpatial()
    kind = said.WhichOneof("action")
    if kind == "camera_move":
        centre = said.camera_move.center_world_space
        pixel = spatial.camera_move.center_minimap
        pixel.x, pixel.y = pointer.minimap.nearest_px(centre.x, centre.y)
    elif kind == "unit_command":
        command, units = said.unit_command, pointer.game.units
        asked = spatial.unit_command
        asked.ability_id, asked.queue_command = command.ability_id, command.queue_command
        row = units.row_of(command.target_unit_tag) if command.HasField("target_unit_tag") else -1
        if row >= 0:
            _point_at(pointer.screen, asked.target_screen_coord, float(units.x[row]), float(units.y[row]))
        elif command.HasField("target_world_space_pos"):
            place = command.target_world_space_pos
            _point_at(pointer.screen, asked.target_screen_coord, place.x, place.y)
    return spatial


def _rescale(said: Pointer, told: Pointer, spatial: spatial_pb2.ActionSpatial) -> None:
    """Move the pixels of a selection from one screen to where they are on another."""
    pixels = [spatial.unit_selection_point.selection_screen_coord] if spatial.HasField("unit_selection_point") else []
    if spatial.HasField("unit_selection_rect"):
        pixels = [c for rect in spatial.unit_selection_rect.selection_screen_coord for c in (rect.p0, rect.p1)]
    for pixel in pixels:
        _point_at(told.screen, pixel, *said.screen.px_to_world(pixel.x, pixel.y))


def _point_at(frame: Frame, pixel: common_pb2.PointI, x: float, y: float) -> None:
    """Write in which pixel a point in cells lies, or would lie if the image went on there."""
    column, row = frame.world_to_px(x, y)
    pixel.x, pixel.y = (int(min(max(at, -_FAR_PX), _FAR_PX) // 1) for at in (column, row))
