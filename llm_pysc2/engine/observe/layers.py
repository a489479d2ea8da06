"""`feature_layer_data`: the screen around the camera and the minimap, as one image per feature.

Row 0 of an image is its upper edge. A unit is a disc of its radius; of several the one that came last is on top, and
those in the air are above those on the ground. Images hold 1, 8 or 32 bits a pixel, as recorded games have them.
Drawn only for clients that ask for them; what does not change (ground, empty layers) is encoded once.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from google.protobuf.descriptor import Descriptor
from numpy.typing import NDArray
from s2clientprotocol import common_pb2, spatial_pb2
from s2clientprotocol import raw_pb2 as raw

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.terrain import byte_to_z
from llm_pysc2.engine.observe.frames import Frame, camera_window, minimap_frame, screen_frame
from llm_pysc2.engine.observe.sight import CLOAKED, View, known_creep, seen_effects
from llm_pysc2.engine.observe.unit_masks import UnitMasks, cell_index, stamp
from llm_pysc2.engine.observe.units import NEUTRAL_OWNER
from llm_pysc2.engine.observe.wire import BYTES, encode_varint, field_key
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.unit_columns import Bools, Floats, Ints

Image = NDArray[Any]

SCREEN_BITS = {
    **dict.fromkeys(("height_map", "visibility_map", "player_id", "player_relative", "build_progress"), 8),
    **dict.fromkeys(("unit_density", "unit_density_aa", "effects", "buff_duration"), 8),
    **dict.fromkeys(("unit_hit_points_ratio", "unit_energy_ratio", "unit_shields_ratio"), 8),
    **dict.fromkeys(("unit_type", "unit_hit_points", "unit_energy", "unit_shields", "buffs"), 32),
    **dict.fromkeys(("creep", "power", "selected", "hallucinations", "cloaked", "blip", "active"), 1),
    **dict.fromkeys(("buildable", "pathable", "placeholder"), 1),
}
MINIMAP_BITS = {
    **dict.fromkeys(("height_map", "visibility_map", "player_id", "player_relative", "alerts"), 8),
    "unit_type": 32,
    **dict.fromkeys(("creep", "camera", "selected", "buildable", "pathable"), 1),
}
SELF, NEUTRAL, ENEMY = 1, 3, 4
"""Of `player_relative`."""
HEIGHT_PER_CELL = 21.25
"""Of the height map of the layers, measured on a recorded observation: z = 8 is 170."""


_OFF_MINIMAP = (raw.Hidden, raw.Placeholder)
_BLIP_CELLS = 0.5
"""Radius of a blip, whose size is as unknown as its type."""


class Sheet:
    """One of the two sets of layers: how its images are written."""

    def __init__(self, descriptor: Descriptor, bits: Mapping[str, int], resolution: Any) -> None:
        self.bits = bits
        self.size_px = resolution.x * resolution.y
        self._leads = {name: self._lead(descriptor, name, resolution) for name in bits}
        self._empty = {name: self.encode(name, np.zeros(self.size_px, dtype=np.uint8)) for name in bits}

    def encode(self, name: str, flat: Image) -> bytes:
        """Return one image, pixels row by row, as the serialized field of its set."""
        bits = self.bits[name]
        if bits == 1:
            return self._leads[name] + np.packbits(flat.astype(np.bool_)).tobytes()
        return self._leads[name] + flat.astype("<u1" if bits == 8 else "<i4").tobytes()

    def encode_all(self, images: Mapping[str, Image | None], ready: Mapping[str, bytes]) -> bytes:
        """Return all images of the set, those that are encoded already and the others; where there is none, empty."""
        return b"".join([ready.get(name) or self._encode_or_empty(name, images.get(name)) for name in self.bits])

    def _encode_or_empty(self, name: str, flat: Image | None) -> bytes:
        return self._empty[name] if flat is None else self.encode(name, flat)

    def _lead(self, descriptor: Descriptor, name: str, resolution: Any) -> bytes:
        """Return what comes before the pixels: keys, lengths, bits and size, which are always the same."""
        size = common_pb2.Size2DI(x=resolution.x, y=resolution.y)
        head = common_pb2.ImageData(bits_per_pixel=self.bits[name], size=size).SerializeToString()
        length = (self.size_px * self.bits[name] + 7) // 8
        head += field_key(common_pb2.ImageData.DESCRIPTOR.fields_by_name["data"], BYTES) + encode_varint(length)
        return bytes(field_key(descriptor.fields_by_name[name], BYTES) + encode_varint(len(head) + length) + head)


class LayerPainter:
    """Draws the layers for one client.

    Args:
        setup: `SpatialCameraSetup` of the client.
    """

    def __init__(self, game: Game, player_id: int, setup: Any) -> None:
        self._game = game
        self._player_id = player_id
        self._setup = setup
        self._minimap = minimap_frame(setup, game.terrain, game.map.playable)
        self._screen_sheet = Sheet(spatial_pb2.FeatureLayers.DESCRIPTOR, SCREEN_BITS, setup.resolution)
        self._minimap_sheet = Sheet(spatial_pb2.FeatureLayersMinimap.DESCRIPTOR, MINIMAP_BITS, setup.minimap_resolution)
        self._ground: dict[Sheet, tuple[Frame, dict[str, bytes]]] = {}

    def screen(self, view: View) -> bytes:
        """Return all layers of the screen as a serialized `FeatureLayers`."""
        frame = screen_frame(self._setup, self._game.players[self._player_id].camera)
        rows, stamps = _stamp_units(view, frame, view.units.radius, view.sight.drawn)
        images = {name: _of_units(stamps, rows, values) for name, values in self._unit_values(view).items()}
        images |= self._seen(frame, view)
        images["effects"] = self._effects(frame, view)
        images["power"] = self._power(frame)
        images["blip"] = _blips(frame, view)
        if stamps.covered.size:
            images |= {"unit_density": stamps.density, "unit_density_aa": stamps.density_aa()}
        return self._screen_sheet.encode_all(images, self._of_ground(self._screen_sheet, frame))

    def minimap(self, view: View) -> bytes:
        """Return all layers of the minimap as a serialized `FeatureLayersMinimap`."""
        frame, types = self._minimap, self._game.types
        marked = view.sight.drawn & ~np.isin(view.sight.display, _OFF_MINIMAP) & ~types.unmarked[view.units.row]
        rows, stamps = _stamp_units(view, frame, types.minimap_radius[view.units.row], marked)
        values = self._owners(view) | {"selected": view.sight.selected}
        if self._setup.allow_cheating_layers:
            values["unit_type"] = view.units.type_id
        images = {name: _of_units(stamps, rows, value) for name, value in values.items()}
        images |= self._seen(frame, view)
        images["camera"] = self._camera()
        images["alerts"] = self._alerts(frame)
        return self._minimap_sheet.encode_all(images, self._of_ground(self._minimap_sheet, frame))

    def _seen(self, frame: Frame, view: View) -> dict[str, Image | None]:
        """Return what the player knows of the ground."""
        creep = self._game.match.creep
        known = None if creep is None else _of_cells(frame, known_creep(creep, view.visibility))
        return {"visibility_map": _of_cells(frame, view.visibility), "creep": known}

    def _unit_values(self, view: View) -> dict[str, Image]:
        """Return what the layers of the screen show of each unit, arrays of shape (units,)."""
        units, sight = view.units, view.sight
        known = sight.display == raw.Visible
        values = {
            **self._owners(view),
            "unit_type": units.type_id,
            "selected": sight.selected,
            "unit_hit_points": np.ceil(units.life) * known,
            "unit_hit_points_ratio": _ratio(units.life, units.life_max) * known,
            "unit_energy": units.energy * known,
            "unit_energy_ratio": _ratio(units.energy, units.energy_max) * known,
            "unit_shields": units.shield * known,
            "unit_shields_ratio": _ratio(units.shield, units.shield_max) * known,
            "hallucinations": sight.hallucination,
            "cloaked": np.isin(sight.cloak, CLOAKED),
            "active": (units.mode != OrderKind.IDLE) & known,
            "build_progress": np.where(units.build_progress < 1, units.build_progress * 255, 0),
            "placeholder": sight.display == raw.Placeholder,
        }
        if any(units.buffs):
            first = [next(iter(buffs.items()), (0, 0)) for buffs in units.buffs]
            values["buffs"] = np.array([buff for buff, _ in first])
            left = np.array([until - self._game.loop for _, until in first])
            values["buff_duration"] = np.clip(left, 0, 255)
        return values

    def _owners(self, view: View) -> dict[str, Image]:
        owner = view.units.owner
        relative = np.where(owner == self._player_id, SELF, np.where(owner == 0, NEUTRAL, ENEMY))
        return {"player_id": np.where(owner == 0, NEUTRAL_OWNER, owner), "player_relative": relative}

    def _effects(self, frame: Frame, view: View) -> Image | None:
        """Return the ids of what goes on at places in sight."""
        seen = seen_effects(self._game, self._player_id, view.visibility)
        if not seen:
            return None
        x, y, radius = np.array([(effect.x, effect.y, effect.radius_cells) for effect in seen]).T
        stamps = stamp(frame, x, y, radius)
        return _of_units(stamps, np.arange(len(seen)), np.array([effect.effect_id for effect in seen]))

    def _power(self, frame: Frame) -> Image | None:
        """Return where the player's power fields are."""
        units, reach = self._game.units, self._game.types.power_cells
        rows = vision.reaching(self._game.match, self._player_id, reach)
        if not rows.size:
            return None
        return stamp(frame, units.x[rows], units.y[rows], reach[units.row[rows]]).density > 0

    def _alerts(self, frame: Frame) -> Image | None:
        """Return where something has called for attention of late."""
        assumptions = self._game.assumptions
        since = self._game.loop - assumptions.alert_shown_loops
        fresh = [alarm for alarm in self._game.players[self._player_id].alarms if alarm.loop > since]
        if not fresh:
            return None
        x, y = np.array([(alarm.x, alarm.y) for alarm in fresh]).T
        return stamp(frame, x, y, np.full(len(fresh), assumptions.alert_cells)).density > 0

    def _camera(self) -> Bools:
        """Return where the screen lies on the minimap."""
        camera, frame = screen_frame(self._setup, self._game.players[self._player_id].camera), self._minimap
        left, top, right, bottom = camera_window(camera, frame)
        shown = np.zeros((frame.height_px, frame.width_px), dtype=np.bool_)
        shown[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
        return shown.ravel()

    def _of_ground(self, sheet: Sheet, frame: Frame) -> dict[str, bytes]:
        """Return the layers of the ground, encoded; they are kept until the camera moves."""
        if sheet not in self._ground or self._ground[sheet][0] != frame:
            terrain = self._game.terrain
            heights = np.clip(np.round(byte_to_z(terrain.height_byte) * HEIGHT_PER_CELL), 0, 255)
            grids = {"height_map": heights, "buildable": terrain.placement, "pathable": terrain.pathable}
            encoded = {name: sheet.encode(name, _of_cells(frame, grid)) for name, grid in grids.items()}
            self._ground[sheet] = frame, encoded
        return self._ground[sheet][1]


def _stamp_units(view: View, frame: Frame, radius: Floats, shown: Bools) -> tuple[Ints, UnitMasks]:
    """Return the rows of the units in the image in the order in which they are drawn, and where they lie."""
    units = view.units
    column, line = frame.world_to_px(units.x, units.y)
    reach = radius / frame.cells_per_px
    inside = (column + reach >= 0) & (column - reach < frame.width_px)
    inside &= (line + reach >= 0) & (line - reach < frame.height_px)
    rows = (shown & inside).nonzero()[0]
    rows = rows[np.argsort(units.flying[rows], kind="stable")]
    return rows, stamp(frame, units.x[rows], units.y[rows], radius[rows])


def _blips(frame: Frame, view: View) -> Image | None:
    """Return where a radar has noticed somebody; None = nowhere."""
    rows = view.sight.blip.nonzero()[0]
    if not rows.size:
        return None
    return stamp(frame, view.units.x[rows], view.units.y[rows], np.full(rows.size, _BLIP_CELLS)).density > 0


def _of_units(stamps: UnitMasks, rows: Ints, values: Image) -> Image | None:
    """Return a value of shape (units,) for the unit on top at each pixel, 0 where there is none; None = all are 0."""
    shown = values[rows[stamps.top]]
    if not shown.any():
        return None
    image = np.zeros(len(stamps.density), dtype=np.int32)
    image[stamps.covered] = shown
    return image


def _of_cells(frame: Frame, grid: Image) -> Image:
    """Return a grid over the map's cells as it shows in the frame, flat, 0 beyond the map."""
    height, width = grid.shape
    return np.append(grid, grid.dtype.type(0))[cell_index(frame, width, height)]


def _ratio(value: Floats, most: Floats) -> Floats:
    """Return shares of shape (units,) as 0 to 255."""
    return np.asarray(np.divide(value, most, out=np.zeros_like(value), where=most > 0) * 255)
