"""The wire format written by columns: what protobuf reads back is what went in."""

import numpy as np
import pytest
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.observe.wire import FixedLayout, encode_varint, nest

FIELDS = ("pos", "alliance", "health", "is_flying", "weapon_cooldown", "assigned_harvesters")


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32, 2**64 - 1])
def test_varints_are_protobufs(value):
    assert raw.Unit.FromString(b"\x18" + encode_varint(value)).tag == value


def test_columns_become_messages():
    layout = FixedLayout(raw.Unit.DESCRIPTOR, FIELDS)
    columns = {
        "pos.x": np.array([1.5, -2.25, 0]),
        "pos.z": 7,
        "alliance": np.array([1, 4, 3]),
        "health": np.array([45, 0.5, 1e6]),
        "is_flying": np.array([True, False, True]),
        "assigned_harvesters": np.array([0, 16, 127]),
    }
    encoded = layout.encode(3, columns)
    size = layout.row_bytes
    units = [raw.Unit.FromString(encoded[at * size : at * size + size]) for at in range(3)]
    assert [(u.pos.x, u.pos.y, u.pos.z) for u in units] == [(1.5, 0, 7), (-2.25, 0, 7), (0, 0, 7)]
    assert [(u.alliance, u.health, u.is_flying, u.assigned_harvesters) for u in units] == [
        (1, 45, True, 0),
        (4, 0.5, False, 16),
        (3, 1e6, True, 127),
    ]
    assert all(unit.HasField("weapon_cooldown") for unit in units)


def test_a_message_may_be_cut_after_any_field():
    layout = FixedLayout(raw.Unit.DESCRIPTOR, FIELDS)
    encoded = layout.encode(1, {"alliance": 4, "health": 5, "is_flying": True})
    for last, names in (("pos", {"pos"}), ("health", {"pos", "alliance", "health"})):
        unit = raw.Unit.FromString(encoded[: layout.bytes_through(last)])
        assert {field.name for field, _ in unit.ListFields()} == names
    assert layout.bytes_through(FIELDS[-1]) == layout.row_bytes


def test_no_rows_are_no_bytes():
    assert FixedLayout(raw.Unit.DESCRIPTOR, FIELDS).encode(0, {}) == b""


def test_parts_merge_whatever_their_order():
    path = ("observation", "observation", "raw_data")
    units = nest(sc_pb.Response.DESCRIPTOR, path, raw.ObservationRaw(units=[raw.Unit(tag=3)]).SerializeToString())
    head = sc_pb.Response(observation={"observation": {"game_loop": 9}}).SerializeToString()
    for content in (units + head, head + units):
        observation = sc_pb.Response.FromString(content).observation.observation
        assert (observation.game_loop, observation.raw_data.units[0].tag) == (9, 3)
