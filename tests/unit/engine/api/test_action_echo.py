"""What a client is told of its player's actions: in its own interfaces, and by the abilities that were meant."""

import pytest
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from tests.api_client import ApiClient, layer_options, picture_options, raw_options

GENERAL_ATTACK, ATTACK, SCAN_MOVE, GENERAL_MOVE, MOVE = 3674, 23, 19, 3794, 16
ZEALOT, OBSERVER = 73, 82
MIDDLE = {"x": 16, "y": 16}


def client_on(map_name: str = "2s3z", options: sc_pb.InterfaceOptions | None = None) -> ApiClient:
    client = ApiClient()
    client.play(map_name, options=options or layer_options())
    return client


def do(client: ApiClient, **action) -> sc_pb.Action:
    """Carry out an action and return what is told of it with the next loop."""
    assert client.ask("action", sc_pb.RequestAction(actions=[action])).result == [1]
    client.step()
    (told,) = client.observe().actions
    return told


def create(client: ApiClient, type_id: int) -> int:
    known = {unit.tag for unit in client.units(owner=1)}
    client.debug(create_unit={"unit_type": type_id, "owner": 1, "pos": MIDDLE, "quantity": 1})
    client.step()
    (tag,) = {unit.tag for unit in client.units(owner=1)} - known
    return tag


@pytest.mark.parametrize(("types", "told"), [((ZEALOT, OBSERVER), ATTACK), ((OBSERVER,), SCAN_MOVE)])
def test_an_order_by_a_general_ability_is_told_by_the_units_own(types, told):
    client = client_on()
    tags = [create(client, type_id) for type_id in types]
    order = {"ability_id": GENERAL_ATTACK, "unit_tags": tags, "target_world_space_pos": MIDDLE}
    action = do(client, action_raw={"unit_command": order})
    assert action.action_raw.unit_command.ability_id == told
    assert action.action_feature_layer.unit_command.ability_id == told
    assert list(action.action_raw.unit_command.unit_tags) == tags


def test_what_is_said_in_cells_is_told_in_pixels_too():
    client = client_on()
    do(client, action_raw={"camera_move": {"center_world_space": MIDDLE}})
    own = client.units(owner=1)[0]
    place = {"ability_id": MOVE, "unit_tags": [own.tag], "target_world_space_pos": {"x": 4.1, "y": 27.9}}
    click = do(client, action_raw={"unit_command": place}).action_feature_layer.unit_command
    assert (click.target_screen_coord.x, click.target_screen_coord.y) == (0, 0)
    enemy = client.units(owner=2)[0]
    at_enemy = {"ability_id": ATTACK, "unit_tags": [own.tag], "target_unit_tag": enemy.tag, "queue_command": True}
    click = do(client, action_raw={"unit_command": at_enemy}).action_feature_layer.unit_command
    assert click.queue_command
    assert (click.target_screen_coord.x, click.target_screen_coord.y) == (
        (enemy.pos.x - 4) // 0.75,
        (28 - enemy.pos.y) // 0.75,
    )


def test_what_is_said_in_pixels_is_told_in_cells_too():
    client = client_on()
    told = do(client, action_feature_layer={"camera_move": {"center_minimap": MIDDLE}})
    assert told.action_feature_layer.camera_move.center_minimap.x == 16
    assert told.action_raw.camera_move.center_world_space.x == 16.5
    army = do(client, action_ui={"select_army": {}})
    assert not army.HasField("action_raw")
    order = {"ability_id": GENERAL_MOVE, "target_screen_coord": {"x": 3, "y": 4}}
    told = do(client, action_feature_layer={"unit_command": order})
    own = [unit.tag for unit in client.units(owner=1)]
    assert sorted(told.action_raw.unit_command.unit_tags) == sorted(own)
    assert (told.action_raw.unit_command.ability_id, told.action_feature_layer.unit_command.ability_id) == (MOVE, MOVE)
    point = told.action_raw.unit_command.target_world_space_pos
    assert (point.x, point.y) == (16.5 - 12 + 3.5 * 0.75, 15.5 + 12 - 4.5 * 0.75)


def test_a_client_is_told_nothing_in_interfaces_that_it_has_not():
    move = {"camera_move": {"center_world_space": MIDDLE}}
    told = do(client_on(options=raw_options()), action_raw=move)
    assert [field.name for field, _ in told.ListFields()] == ["action_raw", "game_loop"]
    told = do(client_on(options=picture_options()), action_raw=move)
    assert told.action_render.camera_move == told.action_feature_layer.camera_move


def test_points_far_beyond_the_screen_are_told_as_far_as_numbers_go():
    client = client_on()
    (tag, *_) = [unit.tag for unit in client.units(owner=1)]
    order = {"ability_id": MOVE, "unit_tags": [tag], "target_world_space_pos": {"x": -1e30, "y": -1e30}}
    click = do(client, action_raw={"unit_command": order}).action_feature_layer.unit_command.target_screen_coord
    assert (click.x, click.y) == (-(2**15), 2**15)


def test_in_a_melee_game_the_first_that_is_told_is_the_look_at_the_base():
    client = client_on("Simple64")
    client.step()
    assert not client.observe().actions
    client.step()
    seen = client.observe()
    (told,) = seen.actions
    assert told.game_loop == 1
    assert told.action_raw.camera_move.center_world_space == seen.observation.raw_data.player.camera
    assert told.action_feature_layer.HasField("camera_move")


def test_who_watches_a_replay_is_told_in_its_own_pixels():
    client = client_on(options=layer_options(32))
    do(client, action_raw={"camera_move": {"center_world_space": MIDDLE}})
    unit = client.units(owner=1)[0]
    x, y = int((unit.pos.x - 4) // 0.75), int((28 - unit.pos.y) // 0.75)
    do(client, action_feature_layer={"unit_selection_point": {"type": 1, "selection_screen_coord": {"x": x, "y": y}}})
    client.step(2)
    watcher = ApiClient()
    replay = client.ask("save_replay").data
    watcher.ask(
        "start_replay",
        sc_pb.RequestStartReplay(replay_data=replay, options=layer_options(64, 64), observed_player_id=1),
    )
    watcher.step(3)
    looked, clicked = watcher.observe().actions
    minimap, screen = (
        looked.action_feature_layer.camera_move.center_minimap,
        clicked.action_feature_layer.unit_selection_point.selection_screen_coord,
    )
    assert (minimap.x, minimap.y) == (32, 32)
    assert (screen.x, screen.y) == (2 * x + 1, 2 * y + 1)


def test_autocast_is_told_as_a_press_on_its_button():
    client = client_on("MMM")
    medivac = next(unit.tag for unit in client.units(owner=1) if unit.energy_max)
    told = do(client, action_raw={"toggle_autocast": {"ability_id": 386, "unit_tags": [medivac]}})
    assert told.action_ui.toggle_autocast.ability_id == 386
    assert told.action_raw.toggle_autocast.unit_tags == [medivac]


def test_units_in_the_fog_are_listed_as_hidden_ones_for_who_asks():
    client = client_on("Simple64", raw_options())
    assert not client.units(owner=2)
    listed = [unit for unit in client.observe(disable_fog=True).observation.raw_data.units if unit.owner == 2]
    assert listed
    assert {(unit.display_type, unit.cloak) for unit in listed} == {(raw.Hidden, raw.CloakedUnknown)}
    assert not any(unit.HasField("health") for unit in listed)
