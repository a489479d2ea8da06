"""Pictures in colour: they show what the feature layers show, at the same pixels, and nothing that lies in the fog."""

import numpy as np
import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.observe.rgb.look import load_look, type_letters
from llm_pysc2.knowledge.units import load_units, unit_by_name
from tests.api_client import ApiClient, layer_options, picture_options
from tests.unit.engine.observe.test_layers import decode

MIDDLE = {"x": 64, "y": 64}


def colours(image) -> np.ndarray:
    """Return a picture of the API as integers of shape (height, width, 3)."""
    assert image.bits_per_pixel == 24
    return np.frombuffer(image.data, np.uint8).reshape(image.size.y, image.size.x, 3).astype(int)


class Viewer(ApiClient):
    """Looks at the middle of an empty flat map."""

    def __init__(self, map_name: str = "Flat128", options: sc_pb.InterfaceOptions | None = None, **fields) -> None:
        super().__init__()
        self.play(map_name, options=options or picture_options(), **fields)
        self.debug(game_state=1)
        self.look_at(**MIDDLE)

    def look_at(self, x: float, y: float) -> None:
        move = {"action_raw": {"camera_move": {"center_world_space": {"x": x, "y": y}}}}
        self.ask("action", sc_pb.RequestAction(actions=[move]))
        self.step()

    def put(self, name: str, x: float, y: float, owner: int = 1) -> int:
        """Create a unit and return its tag."""
        before = {unit.tag for unit in self.units()}
        unit = {"unit_type": unit_by_name(name).id, "owner": owner, "pos": {"x": x, "y": y}}
        self.debug(create_unit=unit)
        self.step()
        return next((unit.tag for unit in self.units() if unit.tag not in before), 0)

    @property
    def screen(self) -> np.ndarray:
        return colours(self.observe().observation.render_data.map)

    @property
    def minimap(self) -> np.ndarray:
        return colours(self.observe().observation.render_data.minimap)

    def layer(self, name: str) -> np.ndarray:
        return decode(getattr(self.observe().observation.feature_layer_data.renders, name))


@pytest.fixture(scope="module")
def viewer() -> Viewer:
    return Viewer()


def nearest(pixel: np.ndarray, wanted: dict[str, tuple[int, int, int]]) -> str:
    """Return the name of the colour that is nearest to a pixel's."""
    return min(wanted, key=lambda name: float(np.abs(pixel - np.array(wanted[name])).sum()))


def test_who_does_not_ask_gets_no_picture():
    viewer = Viewer(options=layer_options())
    assert not viewer.observe().observation.HasField("render_data")


def test_a_picture_alone_is_enough():
    options = sc_pb.InterfaceOptions(
        render={"resolution": {"x": 48, "y": 32}, "minimap_resolution": {"x": 20, "y": 24}}
    )
    client = ApiClient()
    client.play("Flat64", options=options)
    data = client.observe().observation.render_data
    assert colours(data.map).shape == (32, 48, 3)
    assert colours(data.minimap).shape == (24, 20, 3)
    assert colours(data.map).any()
    assert client.ask("game_info").options.render == options.render


@pytest.mark.parametrize(("x", "y"), [(64, 64), (57.25, 70.5), (74.5, 55.1)])
def test_a_unit_lies_where_the_feature_screen_has_it(x, y):
    viewer = Viewer()
    empty = viewer.screen
    viewer.put("Ultralisk", x, y, owner=2)
    changed = np.abs(viewer.screen - empty).sum(axis=2) > 40
    shown = viewer.layer("unit_type") == unit_by_name("Ultralisk").id
    assert shown.any()
    assert changed[shown].mean() > 0.6
    # Nothing but its bars lies beyond its disc, and they lie above it.
    beyond = np.argwhere(changed & ~shown)
    middle = np.argwhere(shown).mean(axis=0)
    reach = np.sqrt(shown.sum() / np.pi)
    assert all(np.hypot(*(pixel - middle)) < reach * 1.35 or pixel[0] < middle[0] for pixel in beyond)


def test_the_minimap_lies_where_the_feature_minimap_does(viewer):
    data = viewer.observe().observation
    camera = decode(data.feature_layer_data.minimap_renders.camera)
    white = (colours(data.render_data.minimap) > 200).all(axis=2)
    rows, columns = np.nonzero(white)
    inner_rows, inner_columns = np.nonzero(camera)
    edges = (rows.min(), rows.max(), columns.min(), columns.max())
    expected = (inner_rows.min(), inner_rows.max(), inner_columns.min(), inner_columns.max())
    assert np.abs(np.subtract(edges, expected)).max() <= 1


def test_sides_have_their_colours():
    viewer = Viewer(options=picture_options(256))
    for name, owner, x in (("Roach", 1, 60), ("Roach", 2, 68), ("MineralField", 16, 64)):
        viewer.put(name, x, 64, owner)
    sides, relative = load_look().sides, viewer.layer("player_relative")
    for value, side in ((1, "own"), (4, "enemy")):
        pixels = viewer.screen[relative == value]
        saturated = pixels[np.ptp(pixels, axis=1) > 90]
        assert len(saturated) > 4
        assert {nearest(pixel, sides) for pixel in saturated} == {side}


def test_wounds_show_in_the_bar():
    viewer = Viewer()
    tag = viewer.put("Ultralisk", 64, 64, owner=2)
    whole = viewer.screen
    viewer.debug(unit_value={"unit_value": 2, "value": 20, "unit_tag": tag})
    viewer.step()
    rows, columns = np.nonzero(np.abs(viewer.screen - whole).sum(axis=2) > 60)
    shown = np.argwhere(viewer.layer("unit_type") > 0)
    assert rows.size
    assert rows.max() < shown[:, 0].mean()
    assert np.ptp(columns) > 0.7 * np.ptp(shown[:, 1])


def test_what_is_selected_is_marked():
    viewer = Viewer()
    viewer.put("Marine", 64, 64)
    before = viewer.screen
    click = {"action_render": {"unit_selection_point": {"selection_screen_coord": {"x": 48, "y": 48}, "type": 1}}}
    assert list(viewer.ask("action", sc_pb.RequestAction(actions=[click])).result) == [1]
    assert [unit.is_selected for unit in viewer.units(owner=1) if unit.unit_type == 48] == [True]
    assert (viewer.screen != before).any()


def test_a_command_by_the_pixels_of_the_picture():
    viewer = Viewer()
    tag = viewer.put("Marine", 64, 64)
    for action in (
        {"unit_selection_point": {"selection_screen_coord": {"x": 48, "y": 48}, "type": 1}},
        {"unit_command": {"ability_id": 16, "target_screen_coord": {"x": 72, "y": 48}}},
    ):
        viewer.ask("action", sc_pb.RequestAction(actions=[{"action_render": action}]))
    viewer.step(3)
    (order,) = next(unit for unit in viewer.units(owner=1) if unit.tag == tag).orders
    assert order.target_world_space_pos.x == pytest.approx(64 + 24.5 * 24 / 96, abs=0.01)


def test_the_fog_hides_what_is_in_it():
    viewer = Viewer("Simple64")
    viewer.debug(game_state=1)  # back to fog
    viewer.step()
    far = viewer.observe().observation.raw_data.player.camera
    place = {"x": 88 - far.x, "y": 96 - far.y}
    viewer.look_at(**place)
    dark, dark_minimap = viewer.screen, viewer.minimap
    viewer.put("Ultralisk", place["x"], place["y"] + 3, owner=2)
    assert (viewer.screen == dark).all()
    assert (viewer.minimap == dark_minimap).all()
    assert not dark[viewer.layer("visibility_map") == 0].all()


def test_ground_that_was_never_seen_is_black():
    viewer = ApiClient()
    viewer.play("Simple64", options=picture_options(96, 88))
    data = viewer.observe().observation
    known = decode(data.feature_layer_data.minimap_renders.visibility_map)
    picture = colours(data.render_data.minimap)
    nothing = decode(data.feature_layer_data.minimap_renders.player_relative) == 0
    assert np.median(picture[(known == 0) & nothing]) == 0
    assert np.median(picture[(known == 2) & nothing]) > 40


def test_creep_storms_and_power_tint_the_ground():
    viewer = Viewer()
    plain = viewer.screen[20, 20]
    viewer.put("Pylon", 58, 70)
    red, _, blue = viewer.screen[20, 20] - plain
    assert blue > red
    viewer.debug(game_state=10)
    templar = viewer.put("HighTemplar", 68, 58)
    viewer.debug(unit_value={"unit_value": 1, "value": 200, "unit_tag": templar})
    viewer.step()
    before = viewer.screen
    viewer.order(1036, [templar], target_world_space_pos={"x": 71, "y": 58})
    viewer.step(12)
    stormy = viewer.layer("effects") == 1
    assert stormy.any()
    assert (viewer.screen - before)[stormy][:, 2].mean() > 20


def test_creep_is_purple():
    client = ApiClient()
    options = picture_options()
    client.create("Flat64")
    client.ask("join_game", sc_pb.RequestJoinGame(race=2, options=options))
    data = client.observe().observation
    layers = data.feature_layer_data.renders
    bare = decode(layers.player_relative) == 0
    creep, picture = decode(layers.creep) == 1, colours(data.render_data.map)
    bright = decode(layers.visibility_map) == 2
    on, off = (picture[bare & bright & covered].mean(axis=0) for covered in (creep, ~creep))
    assert on[0] - on[1] > off[0] - off[1] + 10
    assert on[2] > on[1]


def test_the_same_game_gives_the_same_picture():
    pictures = []
    for _ in range(2):
        client = ApiClient()
        client.play("2s3z", options=picture_options())
        client.step(40)
        pictures.append(client.observe().observation.render_data.SerializeToString())
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [("resolution", {"x": 0, "y": 4}), ("minimap_resolution", {"x": 4, "y": 5000}), ("width", -1.0)],
)
def test_sizes_out_of_range_are_refused(field, value):
    client = ApiClient()
    client.create("Flat64")
    render = {"resolution": {"x": 8, "y": 8}, "minimap_resolution": {"x": 8, "y": 8}, field: value}
    request = sc_pb.RequestJoinGame(race=1, options=sc_pb.InterfaceOptions(render=render))
    answer = client.respond("join_game", request).join_game
    assert answer.error == sc_pb.ResponseJoinGame.FeatureUnsupported
    assert f"options.render.{field}" in answer.error_details


def test_two_letters_tell_types_of_a_race_apart():
    letters = type_letters(load_units().values())
    assert letters[unit_by_name("Marine").id] == "Ma"
    assert letters[unit_by_name("Roach").id] == letters[unit_by_name("RoachBurrowed").id]
    fighters = [kind for kind in load_units().values() if "ArmySelect" in kind.flags]
    names = {}
    for kind in fighters:
        names.setdefault((kind.race, letters[kind.id]), []).append(kind.name)
    for shared in names.values():
        first = min(shared, key=len)
        assert all(name.startswith(first) for name in shared), shared
