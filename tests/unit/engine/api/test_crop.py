"""A world that begins at the corner of what is played on: the same game, told in other coordinates."""

import numpy as np
import pytest
from s2clientprotocol import query_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from tests.api_client import ApiClient, layer_options, raw_options

LEFT, BOTTOM, RIGHT, TOP = 12, 12, 76, 76
"""What is played on of Simple64."""


def play(*, crop: bool) -> ApiClient:
    client = ApiClient()
    client.play("Simple64", options=layer_options(48, 48, raw_crop_to_playable_area=crop))
    return client


@pytest.fixture
def whole() -> ApiClient:
    return play(crop=False)


@pytest.fixture
def cropped() -> ApiClient:
    return play(crop=True)


def grid(image) -> np.ndarray:
    values = np.frombuffer(image.data, np.uint8)
    if image.bits_per_pixel == 1:
        values = np.unpackbits(values)[: image.size.x * image.size.y]
    return values.reshape(image.size.y, image.size.x)


def test_the_map_is_what_is_played_on(whole, cropped):
    theirs, ours = (client.ask("game_info").start_raw for client in (whole, cropped))
    assert (ours.map_size.x, ours.map_size.y) == (RIGHT - LEFT, TOP - BOTTOM)
    assert (ours.playable_area.p0.x, ours.playable_area.p0.y) == (0, 0)
    assert (ours.playable_area.p1.x, ours.playable_area.p1.y) == (64, 64)
    for name in ("pathing_grid", "terrain_height", "placement_grid"):
        inner = grid(getattr(theirs, name))[BOTTOM:TOP, LEFT:RIGHT]
        assert (grid(getattr(ours, name)) == inner).all()
    assert [(at.x + LEFT, at.y + BOTTOM) for at in ours.start_locations] == [
        (at.x, at.y) for at in theirs.start_locations
    ]


def test_units_camera_and_grids_are_moved(whole, cropped):
    for client in (whole, cropped):
        client.step(30)
    theirs, ours = (client.observe().observation.raw_data for client in (whole, cropped))
    assert len(ours.units) == len(theirs.units) > 20
    for one, other in zip(ours.units, theirs.units, strict=True):
        assert (one.pos.x, one.pos.y, one.pos.z) == pytest.approx(
            (other.pos.x - LEFT, other.pos.y - BOTTOM, other.pos.z)
        )
    assert (ours.player.camera.x, ours.player.camera.y) == (
        theirs.player.camera.x - LEFT,
        theirs.player.camera.y - BOTTOM,
    )
    for name in ("visibility", "creep"):
        assert (
            grid(getattr(ours.map_state, name)) == grid(getattr(theirs.map_state, name))[BOTTOM:TOP, LEFT:RIGHT]
        ).all()


def test_the_same_words_in_other_coordinates_make_the_same_game(whole, cropped):
    told = []
    for client, left, bottom in ((whole, LEFT, BOTTOM), (cropped, 0, 0)):
        client.debug(create_unit={"unit_type": 74, "owner": 1, "pos": {"x": 22 + left, "y": 44 + bottom}})
        client.step()
        stalker = next(unit for unit in client.units(owner=1) if unit.unit_type == 74)
        assert (stalker.pos.x, stalker.pos.y) == (22 + left, 44 + bottom)
        client.order(16, [stalker.tag], target_world_space_pos={"x": 26 + left, "y": 44 + bottom})
        client.ask(
            "action",
            sc_pb.RequestAction(
                actions=[{"action_raw": {"camera_move": {"center_world_space": {"x": 20 + left, "y": 30 + bottom}}}}]
            ),
        )
        client.step(40)
        observation = client.observe()
        command = next(
            told.action_raw.unit_command for told in observation.actions if told.action_raw.unit_command.unit_tags
        )
        assert command.unit_tags == [stalker.tag]
        target = command.target_world_space_pos
        assert (target.x, target.y) == (26 + left, 44 + bottom)
        camera = observation.observation.raw_data.player.camera
        assert (camera.x, camera.y) == (20 + left, 30 + bottom)
        told.append(observation.observation.feature_layer_data.SerializeToString())
    assert told[0] == told[1]


def test_questions_are_asked_in_the_same_coordinates(whole, cropped):
    answers = []
    for client, left, bottom in ((whole, LEFT, BOTTOM), (cropped, 0, 0)):
        start, end = ({"x": x + left, "y": y + bottom} for x, y in ((20, 44), (40, 20)))
        pylon = {"ability_id": 881, "target_pos": {"x": 22 + left, "y": 48 + bottom}}
        question = query_pb2.RequestQuery(pathing=[{"start_pos": start, "end_pos": end}], placements=[pylon])
        answers.append(client.ask("query", question))
    assert answers[0] == answers[1]
    assert answers[0].pathing[0].distance > 20


def test_a_map_that_is_played_on_as_a_whole_is_not_changed():
    told = []
    for crop in (False, True):
        client = ApiClient()
        client.play("2s3z", options=raw_options(raw_crop_to_playable_area=crop))
        client.step(8)
        told.append(client.observe())
    assert told[0] == told[1]
