"""The feature layers: their bits, where a unit lies in them, and a recorded game drawn anew from its raw units."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from s2clientprotocol import sc2api_pb2 as sc_pb
from s2clientprotocol import spatial_pb2

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps import definitions
from llm_pysc2.engine.maps.terrain import make_terrain
from llm_pysc2.engine.maps.trigger_rules import Triggers
from llm_pysc2.engine.observe.frames import Frame, minimap_frame, screen_frame
from llm_pysc2.engine.observe.layers import MINIMAP_BITS, SCREEN_BITS, LayerPainter
from llm_pysc2.engine.observe.sight import Sight, View
from llm_pysc2.engine.observe.unit_masks import stamp
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units import spawning
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


def test_the_minimap_shows_what_the_screen_shows(client):
    move = {"camera_move": {"center_world_space": {"x": 16, "y": 16}}}
    client.ask("action", sc_pb.RequestAction(actions=[{"action_raw": move}]))
    shown = decode(layers_of(client).minimap_renders.camera)
    rows, columns = np.nonzero(shown)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (8, 55, 8, 55)
    assert shown.sum() == 48 * 48


def test_frames_turn_the_world_upside_down_and_back():
    frame = Frame(left=10, top=30, cells_per_px=0.25, width_px=80, height_px=40)
    assert frame.world_to_px(10, 30) == (0, 0)
    column, row = frame.world_to_px(12.375, 27.125)
    assert frame.px_to_world(int(column), int(row)) == pytest.approx((12.375, 27.125))


def test_a_minimap_may_be_cropped_to_what_is_played_on():
    client = ApiClient()
    client.play("Simple64")
    game_map = client.connection._session.client.game.map
    options = layer_options(64, 64).feature_layer
    whole = minimap_frame(options, game_map.terrain, game_map.playable)
    assert (whole.left, whole.top, whole.cells_per_px) == (0, 96, 96 / 64)
    options.crop_to_playable_area = True
    cropped = minimap_frame(options, game_map.terrain, game_map.playable)
    assert (cropped.left, cropped.top) == (game_map.playable[0], game_map.playable[3])


@pytest.mark.parametrize(("x", "y"), [(5, 5), (0.4, 0.4), (9.9, 9.9), (-0.4, 5), (5, 10.4)])
def test_discs_at_the_edge_stay_in_the_image(x, y):
    frame = Frame(left=0, top=10, cells_per_px=1, width_px=10, height_px=10)
    stamps = stamp(frame, np.array([x]), np.array([y]), np.array([1.0]))
    assert len(stamps.density) == 100
    assert stamps.density.max() <= 1
    assert 0 < stamps.density_aa().sum() <= round(np.pi * 16) + 8


def test_a_disc_beyond_the_image_is_nothing():
    frame = Frame(left=0, top=10, cells_per_px=1, width_px=10, height_px=10)
    stamps = stamp(frame, np.array([50.0, 5.0]), np.array([5.0, -50.0]), np.array([1.0, 1.0]))
    assert not stamps.covered.size
    assert not stamps.density.any()
    assert not stamps.density_aa().any()


@given(st.lists(st.tuples(*[st.floats(-2, 12)] * 2, st.floats(0, 3)), max_size=6))
def test_discs_drawn_at_once_are_those_drawn_one_by_one(discs):
    frame = Frame(left=0, top=10, cells_per_px=0.5, width_px=20, height_px=20)
    x, y, radius = (np.array([disc[axis] for disc in discs], dtype=float) for axis in range(3))
    stamps = stamp(frame, x, y, radius)
    fine = (np.arange(80) + 0.5) / 4
    top, density, smooth = np.full((20, 20), -1), np.zeros((20, 20)), np.zeros((20, 20))
    for index, (disc_x, disc_y, disc_radius) in enumerate(discs):
        column, line, reach = disc_x / 0.5, (10 - disc_y) / 0.5, disc_radius / 0.5
        middles = np.arange(20) + 0.5
        full = (middles - column) ** 2 + (middles[:, None] - line) ** 2 <= reach**2
        if 0 <= int(np.floor(column)) < 20 and 0 <= int(np.floor(line)) < 20:
            full[int(np.floor(line)), int(np.floor(column))] = True
        top[full] = index
        density += full
        within = (fine - column) ** 2 + (fine[:, None] - line) ** 2 <= reach**2
        smooth += within.reshape(20, 4, 20, 4).sum(axis=(1, 3))
    drawn = np.full(400, -1)
    drawn[stamps.covered] = stamps.top
    assert (drawn.reshape(20, 20) == top).all()
    assert (stamps.density.reshape(20, 20) == density).all()
    assert np.abs(stamps.density_aa().reshape(20, 20) - np.minimum(smooth, 255)).max() <= 1


class TestRecordedGame:
    """A recorded game, its layers drawn anew from its raw units; the ground (height_map) is not in the recording."""

    @pytest.fixture
    def observation(self, recorded):
        return sc_pb.ResponseObservation.FromString(recorded(RECORDING)).observation

    @pytest.fixture
    def drawn(self, observation, monkeypatch):
        """Return the screen and the minimap that our painter draws of the recorded units."""
        data = observation.raw_data
        size = data.map_state.visibility.size
        # Games of that age sent the map's rows from the top.
        visibility = np.frombuffer(data.map_state.visibility.data, np.uint8).reshape(size.y, size.x)[::-1]
        ground = np.ones((size.y, size.x))
        monkeypatch.setattr(definitions, "load_terrain", lambda name: make_terrain(name, ground * 191, ground, ground))
        whole = {"size_cells": (size.x, size.y), "playable": (0, 0, size.x, size.y)}
        field = replace(definitions.load_map("Flat64"), units=(), triggers=Triggers(), **whole)
        game = Game(field, [PlayerSetup()], seed=1)
        for unit in data.units:
            spawning.create(game.match, unit.unit_type, 0 if unit.owner == 16 else unit.owner, unit.pos.x, unit.pos.y)
        units = game.units
        units.radius = np.array([unit.radius for unit in data.units])
        game.players[1].camera = data.player.camera.x, data.player.camera.y
        nothing = np.zeros(len(units), dtype=bool)
        sight = Sight(
            display=np.array([unit.display_type for unit in data.units]),
            cloak=np.array([unit.cloak for unit in data.units]),
            hallucination=nothing,
            on_screen=nothing,
            selected=nothing,
            blip=nothing,
        )
        painter = LayerPainter(game, 1, layer_options(128, 128).feature_layer)
        view = View(units, sight, visibility)
        return (
            spatial_pb2.FeatureLayers.FromString(painter.screen(view)),
            spatial_pb2.FeatureLayersMinimap.FromString(painter.minimap(view)),
        )

    def test_each_layer_agrees_in_99_of_100_pixels(self, observation, drawn):
        recorded_layers = observation.feature_layer_data
        compared = 0
        for ours, theirs in zip(drawn, (recorded_layers.renders, recorded_layers.minimap_renders), strict=True):
            for field, image in theirs.ListFields():
                # The screen shows ground that was never explored; its visibility is 0 there, and so is ours.
                if field.name != "height_map":
                    alike = decode(getattr(ours, field.name)) == decode(image)
                    assert alike.mean() >= 0.99, (field.name, alike.mean())
                    compared += 1
        assert compared == 20 + 8

    def test_visibility_and_camera_agree_in_every_pixel(self, observation, drawn):
        theirs = observation.feature_layer_data
        for name in ("visibility_map", "camera"):
            ours = decode(getattr(drawn[1], name))
            assert ours.any()
            assert (ours == decode(getattr(theirs.minimap_renders, name))).all()
