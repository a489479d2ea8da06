import struct

from hypothesis import given
from hypothesis import strategies as st
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env.encode import encode_command, encode_commands
from llm_pysc2.world.command import LOOK, Command
from llm_pysc2.world.geometry import Point

tags = st.integers(min_value=1, max_value=2**63 - 1)
coordinates = st.floats(min_value=0, max_value=255, width=32)
targets = st.none() | tags | st.builds(Point, coordinates, coordinates)
commands = st.builds(
    Command,
    ability_id=st.integers(min_value=1, max_value=4000),
    unit_tags=st.lists(tags, min_size=1, max_size=5).map(tuple),
    target=targets,
    queued=st.booleans(),
)


def test_looking_orders_nothing():
    assert encode_commands([Command(LOOK, (1, 2))]) == []


@given(st.lists(commands, max_size=4))
def test_nothing_is_lost_on_the_way(orders: list[Command]):
    sent = [sc_pb.Action.FromString(action.SerializeToString()) for action in encode_commands(orders)]
    assert len(sent) == len(orders)
    for action, order in zip(sent, orders, strict=True):
        unit_command = action.action_raw.unit_command
        assert unit_command.ability_id == order.ability_id
        assert tuple(unit_command.unit_tags) == order.unit_tags
        assert unit_command.queue_command == order.queued
        which = unit_command.WhichOneof("target")
        if order.target is None:
            assert which is None
        elif isinstance(order.target, Point):
            assert (unit_command.target_world_space_pos.x, unit_command.target_world_space_pos.y) == order.target
        else:
            assert unit_command.target_unit_tag == order.target


def test_points_are_as_exact_as_the_api():
    position = encode_command(Command(16, (1,), Point(3.7, 0.1))).action_raw.unit_command.target_world_space_pos
    assert (position.x, position.y) == struct.unpack("2f", struct.pack("2f", 3.7, 0.1))


def test_switching_autocast_is_no_order():
    raw = encode_command(Command(3686, (1, 2), is_autocast=True)).action_raw
    assert raw.WhichOneof("action") == "toggle_autocast"
    assert (raw.toggle_autocast.ability_id, list(raw.toggle_autocast.unit_tags)) == (3686, [1, 2])
