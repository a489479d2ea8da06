"""The feature layers: their bits, where a unit lies in them, and a recorded game drawn anew from its raw units."""

import numpy as np
import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.observe.frames import Frame, minimap_frame, screen_frame
from llm_pysc2.engine.observe.layers import MINIMAP_BITS, SCREEN_BITS, _disc, _window
from tests.api_client import ApiClient, layer_options

RECORDING = "observation_loop849_all_layers_128px.ResponseObservation.pb.gz"


def decode(image) -> np.ndarray:
    """Return an image of the API as integers of shape (height, width)."""
    if image.bits_per_pixel == 1:
        flat = np.unpackbits(np.frombuffer(image.data, np.uint8))
    else:
        flat = np.frombuffer(image.data, {8: "<u1", 32: "<i4"}[image.bits_per_pixel])
    return flat[: image.size.x * image.size.y].reshape(image.size.y, image.size.x).astype(int)


@pytest.fixture
def client() -> ApiClient:
    client = ApiClient()
    client.play(options=layer_options(96, 64))
    return client


def layers_of(client: ApiClient):
    return client.observe().observation.feature_layer_data


def test_every_layer_is_there_with_its_bits(client):
    data = layers_of(client)
    for layers, bits, size_px in ((data.renders, SCREEN_BITS, 96), (data.minimap_renders, MINIMAP_BITS, 64)):
        assert {field.name for field in layers.DESCRIPTOR.fields} == bits.keys()
        for name, depth in bits.items():
            image = getattr(layers, name)
            assert (image.bits_per_pixel, image.size.x, image.size.y) == (depth, size_px, size_px)
            assert len(image.data) == size_px * size_px * depth // 8


def test_the_bits_are_those_of_the_recorded_game(recorded):
    data = sc_pb.ResponseObservation.FromString(recorded(RECORDING)).observation.feature_layer_data
    for layers, bits in ((data.renders, SCREEN_BITS), (data.minimap_renders, MINIMAP_BITS)):
        for field, image in layers.ListFields():
            assert image.bits_per_pixel == bits[field.name], field.name


def test_a_recorded_minimap_drawn_anew_shows_the_same_owners(recorded):
    observation = sc_pb.ResponseObservation.FromString(recorded(RECORDING)).observation
    recorded_layer = decode(observation.feature_layer_data.minimap_renders.player_relative)
    size = observation.raw_data.map_state.visibility.size
    own = [unit for unit in observation.raw_data.units if unit.alliance == 1]
    rows, columns = recorded_layer.shape
    frame = Frame(0, size.y, max(size.x / columns, size.y / rows), columns, rows)
    for unit in own:
        column, row = frame.world_to_px(unit.pos.x, unit.pos.y)
        window = recorded_layer[max(int(row) - 1, 0) : int(row) + 2, max(int(column) - 1, 0) : int(column) + 2]
        assert 1 in window, (unit.pos.x, unit.pos.y)


def test_units_lie_on_the_screen_where_they_stand(client):
    data = layers_of(client)
    camera = client.observe().observation.raw_data.player.camera
    frame = screen_frame(layer_options(96, 64).feature_layer, (camera.x, camera.y))
    relative, kinds = decode(data.renders.player_relative), decode(data.renders.unit_type)
    seen = 0
    for unit in client.units():
        column, row = (int(edge) for edge in frame.world_to_px(unit.pos.x, unit.pos.y))
        if 0 <= column < 96 and 0 <= row < 96:
            seen += 1
            assert relative[row, column] == unit.alliance
            assert kinds[row, column] == unit.unit_type
    assert seen >= 5


def test_heights_and_ratios(client):
    client.debug(unit_value={"unit_value": 2, "value": 40, "unit_tag": client.units(owner=1)[0].tag})
    client.step()
    data = layers_of(client)
    assert set(np.unique(decode(data.renders.unit_hit_points_ratio))) >= {0, 255, 127}
    ground = decode(data.renders.height_map)[decode(data.renders.player_relative) > 0]
    assert set(ground.tolist()) == {169}
    assert decode(data.renders.unit_density).max() >= 1
    assert decode(data.renders.unit_density_aa).max() >= 16


def test_the_minimap_shows_the_outline_of_the_screen(client):
    move = {"camera_move": {"center_world_space": {"x": 16, "y": 16}}}
    client.ask("action", sc_pb.RequestAction(actions=[{"action_raw": move}]))
    outline = decode(layers_of(client).minimap_renders.camera)
    rows, columns = np.nonzero(outline)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (8, 56, 8, 56)
    assert outline[20, 20] == 0


def test_frames_turn_the_world_upside_down_and_back():
    frame = Frame(left=10, top=30, cells_per_px=0.25, width_px=80, height_px=40)
    assert frame.world_to_px(10, 30) == (0, 0)
    column, row = frame.world_to_px(12.375, 27.125)
    assert frame.px_to_world(int(column), int(row)) == pytest.approx((12.375, 27.125))


def test_a_minimap_may_be_cropped_to_what_is_played_on():
    client = ApiClient()
    client.play("Simple64")
    game_map = client.connection._session.seat.game.map
    options = layer_options(64, 64).feature_layer
    whole = minimap_frame(options, game_map.terrain, game_map.playable)
    assert (whole.left, whole.top, whole.cells_per_px) == (0, 96, 96 / 64)
    options.crop_to_playable_area = True
    cropped = minimap_frame(options, game_map.terrain, game_map.playable)
    assert (cropped.left, cropped.top) == (game_map.playable[0], game_map.playable[3])


@pytest.mark.parametrize(("x", "y"), [(5, 5), (0.4, 0.4), (9.9, 9.9), (-0.4, 5), (5, 10.4)])
def test_discs_at_the_edge_stay_in_the_image(x, y):
    frame = Frame(left=0, top=10, cells_per_px=1, width_px=10, height_px=10)
    column, row = frame.world_to_px(x, y)
    window = _window(column, row, 1.0, frame)
    full, share = _disc(column, row, 1.0, window)
    assert full.shape == share.shape == np.zeros((10, 10))[window].shape
    assert 0 < share.sum() <= round(np.pi * 16) + 8


def test_a_disc_beyond_the_image_is_nothing():
    frame = Frame(left=0, top=10, cells_per_px=1, width_px=10, height_px=10)
    assert _window(50, 5, 1.0, frame) is None
    assert _window(5, -50, 1.0, frame) is None
