from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest
from s2clientprotocol import common_pb2, raw_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.env.decode import decode_bit_grid, decode_game_info, decode_observation
from llm_pysc2.env.names import TypeNames
from llm_pysc2.errors import GameRequestError
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, EffectView, MapView, OrderView, UnitView

GAMES = ["AcropolisLE", "BerlingradAIE", "EternalEmpire506"]
MELEE = "observation_loop849_all_layers_128px.ResponseObservation.pb.gz"
NOWHERE = MapView("nowhere", (1, 1), Rect(0, 0, 1, 1))


@pytest.fixture
def game(recorded: Callable[[str], bytes]) -> Callable[[str], tuple[Any, Any, Any]]:
    """Return a function that gives observation, game_info and data of a recorded game."""

    def read(name: str) -> tuple[Any, Any, Any]:
        observation = sc_pb.ResponseObservation.FromString(recorded(f"{name}.ResponseObservation_loop0.pb.gz"))
        info = sc_pb.Response.FromString(recorded(f"{name}.Response_game_info.pb.gz")).game_info
        data = sc_pb.Response.FromString(recorded(f"{name}.Response_data.pb.gz")).data
        return observation, info, data

    return read


@pytest.fixture
def melee(recorded: Callable[[str], bytes]) -> Any:
    return sc_pb.ResponseObservation.FromString(recorded(MELEE))


def one_unit(**values: Any) -> UnitView:
    """Return the view of a unit with these proto fields."""
    response = sc_pb.ResponseObservation()
    unit = response.observation.raw_data.units.add(tag=7, unit_type=74, alliance=1, display_type=1)
    unit.MergeFrom(raw_pb2.Unit(**values))
    return decode_observation(response, NOWHERE, TypeNames()).units[0]


@pytest.mark.parametrize("name", GAMES)
def test_every_recorded_unit_is_exact(name, game):
    observation, info, data = game(name)
    view = decode_observation(observation, decode_game_info(info), TypeNames(data.units))
    raw = observation.observation.raw_data.units
    assert [unit.tag for unit in view.units] == [unit.tag for unit in raw]
    for unit, proto in zip(view.units, raw, strict=True):
        assert unit.position == (proto.pos.x, proto.pos.y)
        assert (unit.type_id, unit.owner) == (proto.unit_type, proto.owner)
        assert (unit.health, unit.health_max) == (proto.health, proto.health_max)
        assert (unit.shield, unit.shield_max) == (proto.shield, proto.shield_max)
        assert (unit.facing_radians, unit.radius_cells) == (proto.facing, proto.radius)
        assert unit.is_snapshot == (proto.display_type == 2)
        assert unit.mineral_contents == proto.mineral_contents


@pytest.mark.parametrize("name", GAMES)
def test_a_bots_first_view(name, game):
    observation, info, data = game(name)
    view = decode_observation(observation, decode_game_info(info), TypeNames(data.units))
    workers = [unit for unit in view.own if unit.type_name in ("SCV", "Probe", "Drone")]
    assert view.game_loop == 0
    assert len(workers) == view.resources.supply_workers == 12
    assert view.resources.minerals == 50
    assert not view.enemies
    assert view.result == ""
    assert all(unit.type_name and not unit.type_name.startswith("Unit") for unit in view.units)


def test_orders_of_a_game_in_progress(melee):
    view = decode_observation(melee, NOWHERE, TypeNames())
    raw = {unit.tag: unit for unit in melee.observation.raw_data.units}
    busy = [unit for unit in view.units if unit.orders]
    assert view.game_loop == 849
    assert len(view.units) == 166
    assert len(busy) == sum(1 for unit in raw.values() if unit.orders)
    for unit in busy:
        assert [order.ability_id for order in unit.orders] == [order.ability_id for order in raw[unit.tag].orders]
        assert [order.progress for order in unit.orders] == [order.progress for order in raw[unit.tag].orders]
    gatherers = [unit for unit in view.own if unit.orders and unit.orders[0].ability_id == 298]
    minerals = {unit.tag for unit in view.units if unit.mineral_contents}
    assert gatherers
    assert all(unit.orders[0].target in minerals for unit in gatherers)


@pytest.mark.parametrize("name", GAMES)
def test_grids_lie_under_the_units(name, game):
    """Units stand at their height on the terrain, workers on walkable cells, minerals on blocked ones."""
    observation, info, _ = game(name)
    view = decode_game_info(info)
    width, height = view.size_cells
    assert len(view.pathing) == len(view.terrain_height) == width * height
    assert set(view.pathing) == {0, 1}
    for unit in observation.observation.raw_data.units:
        cell = int(unit.pos.y) * width + int(unit.pos.x)
        if not unit.is_flying:
            assert abs(view.terrain_height[cell] / 255 * 32 - 16 - unit.pos.z) < 1
        if unit.alliance == raw_pb2.Self and unit.radius < 0.6:
            assert view.pathing[cell] == 1
        if unit.mineral_contents:
            assert view.pathing[cell] == 0


@pytest.mark.parametrize("name", GAMES)
def test_the_map_of_a_recorded_game(name, game):
    observation, info, _ = game(name)
    view = decode_game_info(info)
    town_hall = max(
        (unit for unit in observation.observation.raw_data.units if unit.alliance == raw_pb2.Self),
        key=lambda unit: unit.radius,
    )
    assert view.name == info.map_name
    assert len(view.start_locations) == 1
    assert view.playable.contains(view.start_locations[0])
    assert view.start_locations[0].distance_to(Point(town_hall.pos.x, town_hall.pos.y)) > 60


def test_fields_of_a_unit():
    unit = one_unit(
        pos=common_pb2.Point(x=1.5, y=2.25, z=9),
        health=40,
        health_max=80,
        weapon_cooldown=3.5,
        build_progress=0.5,
        engaged_target_tag=9,
        cargo_space_taken=2,
        cargo_space_max=8,
        passengers=[raw_pb2.PassengerUnit(tag=11, unit_type=48)],
        buff_ids=[5, 6],
        is_flying=True,
        attack_upgrade_level=1,
        armor_upgrade_level=2,
        shield_upgrade_level=3,
        add_on_tag=12,
        assigned_harvesters=3,
        ideal_harvesters=16,
    )
    assert (unit.type_name, unit.position, unit.health) == ("Stalker", Point(1.5, 2.25), 40)
    assert (unit.weapon_cooldown_loops, unit.is_complete, unit.engaged_tag) == (3.5, False, 9)
    assert (unit.cargo_used, unit.cargo_max, unit.passenger_tags, unit.buff_ids) == (2, 8, (11,), (5, 6))
    assert (unit.attack_upgrade_level, unit.armor_upgrade_level, unit.shield_upgrade_level) == (1, 2, 3)
    assert (unit.is_flying, unit.add_on_tag, unit.assigned_harvesters, unit.ideal_harvesters) == (True, 12, 3, 16)


def test_views_of_units_are_like_any_other():
    unit = one_unit(health=40)
    values = {item.name: getattr(unit, item.name) for item in fields(UnitView)}
    assert type(unit) is UnitView
    assert unit == UnitView(**values)
    assert hash(unit) == hash(UnitView(**values))
    with pytest.raises(FrozenInstanceError):
        unit.health = 0


@pytest.mark.parametrize(
    ("number", "alliance"), [(1, Alliance.SELF), (2, Alliance.ALLY), (3, Alliance.NEUTRAL), (4, Alliance.ENEMY)]
)
def test_alliances(number, alliance):
    assert one_unit(alliance=number).alliance is alliance


@pytest.mark.parametrize(("cloak", "is_cloaked"), [(0, False), (1, True), (2, True), (3, False), (4, True)])
def test_cloak_states(cloak, is_cloaked):
    assert one_unit(cloak=cloak).is_cloaked is is_cloaked


def test_orders_aim_at_points_units_or_nothing():
    unit = one_unit(
        orders=[
            raw_pb2.UnitOrder(ability_id=16, target_world_space_pos=common_pb2.Point(x=3.5, y=4.25, z=1)),
            raw_pb2.UnitOrder(ability_id=23, target_unit_tag=99),
            raw_pb2.UnitOrder(ability_id=1006, progress=0.5),
        ]
    )
    assert unit.orders == (OrderView(16, Point(3.5, 4.25)), OrderView(23, 99), OrderView(1006, None, 0.5))


def test_placeholders_are_no_units():
    response = sc_pb.ResponseObservation()
    response.observation.raw_data.units.add(unit_type=60, alliance=1, display_type=4)
    assert decode_observation(response, NOWHERE, TypeNames()).units == ()


def test_what_happened_since_the_last_observation():
    response = sc_pb.ResponseObservation()
    raw = response.observation.raw_data
    raw.event.dead_units.extend([5, 6])
    raw.player.upgrade_ids.append(84)
    raw.effects.add(effect_id=1, radius=1.5, owner=2, alliance=4, pos=[common_pb2.Point2D(x=1, y=2)])
    response.action_errors.add(unit_tag=3, ability_id=23, result=118)
    view = decode_observation(response, NOWHERE, TypeNames())
    assert (view.dead_tags, view.upgrade_ids) == ((5, 6), (84,))
    assert view.effects == (EffectView(1, (Point(1, 2),), 1.5, 2, Alliance.ENEMY),)
    assert [(error.unit_tag, error.ability_id, error.code) for error in view.action_errors] == [(3, 23, 118)]


def test_score_sums_categories_and_leaves_out_energy():
    response = sc_pb.ResponseObservation()
    details = response.observation.score.score_details
    details.killed_minerals.army, details.killed_minerals.economy, details.killed_minerals.none = 100, 50, 1
    details.lost_vespene.technology, details.lost_vespene.upgrade = 25, 75
    details.total_damage_dealt.life, details.total_damage_dealt.shields, details.total_damage_dealt.energy = 10, 5, 99
    details.total_healed.shields = 2.5
    score = decode_observation(response, NOWHERE, TypeNames()).score
    assert (score.killed_minerals, score.killed_vespene) == (151, 0)
    assert (score.lost_minerals, score.lost_vespene) == (0, 100)
    assert (score.damage_dealt, score.damage_taken, score.healed) == (15, 0, 2.5)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ({}, ""),
        ({1: sc_pb.Victory, 2: sc_pb.Defeat}, "victory"),
        ({1: sc_pb.Defeat, 2: sc_pb.Victory}, "defeat"),
        ({1: sc_pb.Tie, 2: sc_pb.Tie}, "tie"),
        ({1: sc_pb.Undecided}, ""),
        ({2: sc_pb.Victory}, ""),
    ],
)
def test_the_result_is_the_players_own(results, expected):
    response = sc_pb.ResponseObservation()
    response.observation.player_common.player_id = 1
    for player_id, result in results.items():
        response.player_result.add(player_id=player_id, result=result)
    assert decode_observation(response, NOWHERE, TypeNames()).result == expected


def test_bits_come_highest_first_and_rows_are_not_padded():
    image = common_pb2.ImageData(
        bits_per_pixel=1, size=common_pb2.Size2DI(x=5, y=3), data=bytes([0b10000_010, 0b00_00001_0])
    )
    assert decode_bit_grid(image) == bytes([1, 0, 0, 0, 0]) + bytes([0, 1, 0, 0, 0]) + bytes([0, 0, 0, 0, 1])


def test_grids_of_old_builds_are_refused():
    image = common_pb2.ImageData(bits_per_pixel=8, size=common_pb2.Size2DI(x=2, y=2), data=bytes([0, 1, 255, 0]))
    with pytest.raises(GameRequestError, match=r"expected a grid with 1 bit a cell, .* found 8"):
        decode_bit_grid(image)


def test_an_empty_message_is_an_empty_map():
    view = decode_game_info(sc_pb.ResponseGameInfo())
    assert (view.size_cells, view.pathing, view.start_locations) == ((0, 0), b"", ())


def test_what_the_game_has_drawn(melee):
    view = decode_observation(melee, NOWHERE, TypeNames())
    assert view.camera is not None
    assert view.camera.centre == (92.71875, 91.28125)
    assert (len(view.camera.screen), len(view.camera.minimap)) == (21, 9)
    renders = melee.observation.feature_layer_data.renders
    kept = {raster.name: raster for raster in view.camera.screen}
    assert kept["unit_type"].data == renders.unit_type.data
    assert (kept["unit_type"].bits_per_pixel, kept["creep"].bits_per_pixel) == (32, 1)
    assert kept["creep"].size_px == (128, 128)


def test_rgb_comes_after_the_layers():
    response = sc_pb.ResponseObservation()
    drawn = response.observation.render_data
    for image, data in ((drawn.map, b"abcdef"), (drawn.minimap, b"ghi")):
        image.bits_per_pixel, image.data = 24, data
        image.size.x, image.size.y = len(data) // 3, 1
    camera = decode_observation(response, NOWHERE, TypeNames()).camera
    assert [(r.name, r.size_px, r.data) for r in camera.screen] == [("rgb", (2, 1), b"abcdef")]
    assert [(r.name, r.size_px, r.data) for r in camera.minimap] == [("rgb", (1, 1), b"ghi")]


def test_nothing_drawn_is_no_camera():
    assert decode_observation(sc_pb.ResponseObservation(), NOWHERE, TypeNames()).camera is None
