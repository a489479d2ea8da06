"""`raw_data.units`: the units a player is shown, in the game's own order, each with the fields the game gives it.

Own units come with orders and cooldowns, others without, and what lies in the fog as a snapshot. The hot path of an
observation, so it is written as columns (see `wire`); a test compares it with messages built field by field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct, pack
from typing import Any

import numpy as np
from s2clientprotocol import common_pb2
from s2clientprotocol import raw_pb2 as raw

from llm_pysc2.engine.observe.sight import Sight
from llm_pysc2.engine.observe.wire import BYTES, FIXED32, VARINT, Columns, FixedLayout, encode_varint, field_key
from llm_pysc2.engine.state.match import NEUTRAL
from llm_pysc2.engine.state.order import IDLE, Order
from llm_pysc2.engine.state.unit_columns import Ints, Units
from llm_pysc2.engine.state.unit_types import TypeTable
from llm_pysc2.engine.units.aboard import aboard_of

NEUTRAL_OWNER = 16
"""The API's number for the neutral player, which is 0 in the game's state."""

_UNKNOWN_OWNER = -1
"""Of blips, whose type is unknown, too."""

_LAST_SNAPSHOT_FIELD, _LAST_VISIBLE_FIELD = "is_blip", "is_hallucination"
_UNIT = raw.Unit.DESCRIPTOR
_LAYOUT = FixedLayout(
    _UNIT,
    (
        *("display_type", "alliance", "pos", "facing", "radius", "build_progress", "cloak"),
        *("is_on_screen", _LAST_SNAPSHOT_FIELD),
        *("is_selected", "is_active", "attack_upgrade_level", "armor_upgrade_level", "shield_upgrade_level"),
        *("health", "health_max", "shield", "shield_max", "energy", "energy_max"),
        *("is_flying", "is_burrowed", _LAST_VISIBLE_FIELD),
        *("weapon_cooldown", "assigned_harvesters", "ideal_harvesters"),
    ),
)
"""First what is given of every unit, then what is not given of snapshots, then what is given of own units only."""
_SNAPSHOT_BYTES = _LAYOUT.bytes_through(_LAST_SNAPSHOT_FIELD)
_VISIBLE_BYTES = _LAYOUT.bytes_through(_LAST_VISIBLE_FIELD)

_UNITS_KEY = field_key(raw.ObservationRaw.DESCRIPTOR.fields_by_name["units"], BYTES)
_LENGTHS = tuple(_UNITS_KEY + encode_varint(length) for length in range(1024))
_ORDERS_KEY = field_key(_UNIT.fields_by_name["orders"], BYTES)
_ENGAGED_KEY = field_key(_UNIT.fields_by_name["engaged_target_tag"], VARINT)
_ABILITY_KEY, _TARGET_KEY, _PROGRESS_KEY = (
    field_key(raw.UnitOrder.DESCRIPTOR.fields_by_name[name], kind)
    for name, kind in (("ability_id", VARINT), ("target_unit_tag", VARINT), ("progress", FIXED32))
)
_X_KEY, _Y_KEY = (field_key(common_pb2.Point.DESCRIPTOR.fields_by_name[name], FIXED32) for name in ("x", "y"))
_POINT_LEAD = field_key(raw.UnitOrder.DESCRIPTOR.fields_by_name["target_world_space_pos"], BYTES) + bytes([10])
_POINT = Struct("<2s1sf1sf")
"""A point of an order without its height: ten bytes behind its key and length."""
_BUFF_KEY = field_key(_UNIT.fields_by_name["buff_ids"], VARINT)


@dataclass(slots=True)
class Levels:
    """Upgrade levels for attack, armor and shields: arrays of shape (units,), or one number for all."""

    attack: Ints | int = 0
    armor: Ints | int = 0
    shield: Ints | int = 0

    def of(self, row: int) -> tuple[int, int, int]:
        """Return the levels of one unit: attack, armor, shields."""
        attack, armor, shield = (
            int(level if isinstance(level, int) else level[row]) for level in (self.attack, self.armor, self.shield)
        )
        return attack, armor, shield


def relation_to(player_id: int, owner: int) -> int:
    """Return what the owner of a unit is to a player: `Alliance` of the API, `player_relative` of the layers."""
    return int(raw.Self if owner == player_id else raw.Neutral if owner == NEUTRAL else raw.Enemy)


@dataclass(frozen=True, slots=True)
class EconomyFields:
    """What the economy adds to units."""

    columns: Columns
    """Numbers of workers, by field."""
    details: Mapping[int, bytes]
    """Further serialized fields by row."""


NO_ECONOMY = EconomyFields({}, {})


class UnitEncoder:
    """Serializes units for one player; remembers what does not change about each of them."""

    def __init__(self, player_id: int, types: TypeTable) -> None:
        self._player_id = player_id
        self._types = types
        self._carriers = frozenset(row for row, one in enumerate(types.types) if one.cargo_slots)
        self._identities: dict[int, tuple[int, int, bytes]] = {}
        self._alliances = np.array([relation_to(player_id, owner) for owner in range(NEUTRAL_OWNER)])

    def encode(self, units: Units, sight: Sight, levels: Levels, economy: EconomyFields = NO_ECONOMY) -> bytes:
        """Return all shown units as the serialized `units` of an ObservationRaw."""
        own = units.owner == self._player_id
        fixed = _LAYOUT.encode(len(units), {**self._columns(units, sight, levels), **economy.columns})
        lengths = np.where(sight.display == raw.Visible, _VISIBLE_BYTES, _SNAPSHOT_BYTES)
        lengths[own] = _LAYOUT.row_bytes
        if len(units) and not units.tag[-1]:  # plans have no tag and come last
            lengths[sight.display == raw.Placeholder] = _SNAPSHOT_BYTES
        lengths[sight.display == 0] = 0
        owners = np.where(sight.blip, _UNKNOWN_OWNER, units.owner) if np.count_nonzero(sight.blip) else units.owner
        columns = (units.tag, units.row, owners, lengths, units.target_tag)
        carried = np.count_nonzero(units.aboard >= 0) > 0
        parts: list[bytes] = []
        start = 0
        for row, (tag, type_row, owner, length, target) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            if length:
                content = self._identity(tag, type_row, owner) + fixed[start : start + length]
                if owner == self._player_id:
                    content += _encode_orders(units.orders[row], target)
                    if type_row in self._carriers:
                        content += (
                            self._encode_cargo(units, row) if carried else _encode_room(int(units.cargo_slots[row]))
                        )
                if length > _SNAPSHOT_BYTES and units.buffs[row]:
                    content += _encode_buffs(tuple(units.buffs[row]))
                if row in economy.details:
                    content += economy.details[row]
                parts += (_length_prefix(len(content)), content)
            start += _LAYOUT.row_bytes
        return b"".join(parts)

    def _columns(self, units: Units, sight: Sight, levels: Levels) -> Columns:
        columns = self._known_columns(units, sight, levels)
        if np.count_nonzero(sight.blip):
            unknown = {name: np.where(sight.blip, 0, columns[name]) for name in ("facing", "radius", "build_progress")}
            columns |= {**unknown, "is_blip": sight.blip}
        return columns

    def _known_columns(self, units: Units, sight: Sight, levels: Levels) -> dict[str, Any]:
        return {
            "display_type": sight.display,
            "alliance": self._alliances[units.owner],
            "pos.x": units.x,
            "pos.y": units.y,
            "pos.z": units.z,
            "facing": units.facing,
            "radius": units.radius,
            "build_progress": units.build_progress,
            "cloak": sight.cloak,
            "is_on_screen": sight.on_screen,
            "is_selected": sight.selected,
            "is_active": units.mode != IDLE,
            "attack_upgrade_level": levels.attack,
            "armor_upgrade_level": levels.armor,
            "shield_upgrade_level": levels.shield,
            "health": units.life,
            "health_max": units.life_max,
            "shield": units.shield,
            "shield_max": units.shield_max,
            "energy": units.energy,
            "energy_max": units.energy_max,
            "is_flying": units.flying,
            "is_burrowed": units.burrowed,
            "is_hallucination": sight.hallucination,
            "weapon_cooldown": units.cooldown,
        }

    def _encode_cargo(self, units: Units, carrier: int) -> bytes:
        """Return the passengers of a unit, and the space they take."""
        message = raw.Unit(cargo_space_taken=0, cargo_space_max=int(units.cargo_slots[carrier]))
        for row in aboard_of(units, self._types, carrier):
            message.cargo_space_taken += self._types.types[int(units.row[row])].cargo_size
            message.passengers.add(
                tag=int(units.tag[row]), unit_type=int(units.type_id[row]),
                health=units.life[row], health_max=units.life_max[row],
                shield=units.shield[row], shield_max=units.shield_max[row],
                energy=units.energy[row], energy_max=units.energy_max[row],
            )  # fmt: skip
        content: bytes = message.SerializeToString()
        return content

    def _identity(self, tag: int, type_row: int, owner: int) -> bytes:
        known = self._identities.get(tag)
        if known is not None and known[0] == type_row and known[1] == owner:
            return known[2]
        unit_type = self._types.types[type_row]
        message = raw.Unit(tag=tag)
        if owner != _UNKNOWN_OWNER:
            message.unit_type, message.owner = unit_type.id, owner or NEUTRAL_OWNER
            self._add_ranges(message, type_row)
        identity: bytes = message.SerializeToString()
        self._identities[tag] = (type_row, owner, identity)
        return identity

    def _add_ranges(self, message: raw.Unit, type_row: int) -> None:
        """Write how far a type detects and notices; most do neither."""
        if self._types.types[type_row].detector_cells:
            message.detect_range = self._types.types[type_row].detector_cells
        if self._types.radar_cells[type_row]:
            message.radar_range = self._types.radar_cells[type_row]


def _length_prefix(length: int) -> bytes:
    return _LENGTHS[length] if length < len(_LENGTHS) else _UNITS_KEY + encode_varint(length)


def _encode_orders(orders: list[Order], target_tag: int) -> bytes:
    encoded = b"".join([_encode_order(order) for order in orders]) if orders else b""
    return encoded + _ENGAGED_KEY + encode_varint(target_tag) if target_tag else encoded


def _encode_order(order: Order) -> bytes:
    content = _ABILITY_KEY + encode_varint(order.ability_id)
    if isinstance(order.target, tuple):
        content += _POINT.pack(_POINT_LEAD, _X_KEY, order.target[0], _Y_KEY, order.target[1])
    elif order.target:
        content += _TARGET_KEY + encode_varint(order.target)
    if order.progress:
        content += _PROGRESS_KEY + pack("<f", order.progress)
    return _ORDERS_KEY + encode_varint(len(content)) + content


@lru_cache(maxsize=64)
def _encode_room(slots: int) -> bytes:
    """Return that a carrier is empty."""
    content: bytes = raw.Unit(cargo_space_taken=0, cargo_space_max=slots).SerializeToString()
    return content


@lru_cache(maxsize=1024)
def _encode_buffs(buff_ids: tuple[int, ...]) -> bytes:
    return b"".join(_BUFF_KEY + encode_varint(buff_id) for buff_id in buff_ids)
