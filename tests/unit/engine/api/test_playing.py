"""Stepping, acting, debugging, asking: what requests do to a running game, and what nonsense does not."""

import math

import pytest
from s2clientprotocol import error_pb2, query_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.debug_commands import MAX_UNITS_CREATED
from llm_pysc2.engine.api.hosted_game import MAX_STEP_LOOPS
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient

MARINE, BARRACKS_BUILD, GATEWAY_BUILD = 48, 321, 883
NAN, INFINITY = math.nan, math.inf


@pytest.fixture
def client() -> ApiClient:
    client = ApiClient()
    client.play()
    return client


def act(client: ApiClient, **action) -> list[int]:
    return list(client.ask("action", sc_pb.RequestAction(actions=[action])).result)


def test_a_step_plays_exactly_the_loops_asked_for(client):
    assert client.ask("step").simulation_loop == 1
    assert client.step(0) == 1
    assert client.step(8) == 9
    assert client.observe().observation.game_loop == 9


def test_a_step_that_is_far_too_long_is_refused(client):
    assert str(MAX_STEP_LOOPS) in client.refused("step", sc_pb.RequestStep(count=MAX_STEP_LOOPS + 1))
    assert "100" in client.refused("observation", sc_pb.RequestObservation(game_loop=2**31))


def test_one_result_for_each_action_in_order(client):
    own, enemy = client.units(owner=1)[0].tag, client.units(owner=2)[0].tag
    unit_commands = [
        {"ability_id": 16, "unit_tags": [own], "target_world_space_pos": {"x": 8, "y": 16}},
        {"ability_id": 23, "unit_tags": [own], "target_unit_tag": enemy},
        {"ability_id": 999_999, "unit_tags": [own]},
        {"ability_id": 4, "unit_tags": [enemy]},
        {"ability_id": 4, "unit_tags": [12345]},
        {"ability_id": 4},
        {"ability_id": 16, "unit_tags": [own], "target_world_space_pos": {"x": NAN, "y": 1}},
        {"ability_id": 23, "unit_tags": [own], "target_unit_tag": 5},
    ]
    actions = [sc_pb.Action(action_raw={"unit_command": command}) for command in unit_commands]
    names = [
        error_pb2.ActionResult.Name(number)
        for number in client.ask("action", sc_pb.RequestAction(actions=actions)).result
    ]
    assert names[:3] == ["Success", "Success", "NotSupported"]
    assert names[3] == "YouCantControlThatUnit"
    assert "Success" not in names[4:]
    assert client.step() == 1


def test_an_action_succeeds_if_any_unit_takes_it(client):
    tags = [999, client.units(owner=1)[0].tag]
    assert client.order(4, tags) == error_pb2.Success


def test_screen_actions_need_the_interface_whose_pixels_they_name(client):
    assert act(client, action_feature_layer={"camera_move": {"center_minimap": {"x": 1, "y": 1}}}) == [
        error_pb2.NotSupported
    ]
    assert act(client) == [error_pb2.Success]


def test_queued_orders_are_shown_in_order(client):
    tag = client.units(owner=1)[0].tag
    client.order(16, [tag], target_world_space_pos={"x": 8, "y": 20})
    client.order(23, [tag], target_unit_tag=client.units(owner=2)[0].tag, queue_command=True)
    client.step()
    unit = next(unit for unit in client.units(owner=1) if unit.tag == tag)
    assert [order.ability_id for order in unit.orders] == [16, 23]
    assert (unit.orders[0].target_world_space_pos.x, unit.orders[0].target_world_space_pos.y) == (8, 20)
    assert unit.orders[1].target_unit_tag


def test_debug_commands_work_with_the_next_loop(client):
    before = client.units()
    client.debug(create_unit={"unit_type": MARINE, "owner": 1, "pos": {"x": 9, "y": 10}, "quantity": 3})
    assert client.units() == before
    client.step()
    assert len([unit for unit in client.units(owner=1) if unit.unit_type == MARINE]) == 3


def test_debug_sets_vitals_at_most_to_their_maximum(client):
    first, second = (unit.tag for unit in client.units(owner=1)[:2])
    client.debug(unit_value={"unit_value": 2, "value": 7, "unit_tag": first})
    client.debug(unit_value={"unit_value": 3, "value": 1e9, "unit_tag": second})
    client.step()
    units = {unit.tag: unit for unit in client.units()}
    assert units[first].health == 7
    assert units[second].shield == units[second].shield_max


def test_killing_everybody_lets_the_map_begin_anew(client):
    tags = [unit.tag for unit in client.units()]
    client.debug(kill_unit={"tag": tags})
    client.step(2)
    fresh = client.units()
    assert len(fresh) == 10
    assert not {unit.tag for unit in fresh} & set(tags)


@pytest.mark.parametrize(
    "command",
    [
        {"create_unit": {"unit_type": 999_999, "owner": 1, "pos": {"x": 5, "y": 5}}},
        {"create_unit": {"unit_type": MARINE, "owner": 77, "pos": {"x": 5, "y": 5}}},
        {"create_unit": {"unit_type": MARINE, "owner": 1, "pos": {"x": NAN, "y": 5}}},
        {"create_unit": {"unit_type": MARINE, "owner": 1, "pos": {"x": 5, "y": 5}, "quantity": 0}},
        {"kill_unit": {"tag": [1, 2, 3]}},
        {"kill_unit": {}},
        {"unit_value": {"unit_value": 2, "value": 5, "unit_tag": 99}},
        {"unit_value": {"unit_value": 2, "value": NAN, "unit_tag": 99}},
        {"unit_value": {}},
        {"test_process": {"test": 2, "delay_ms": 0}},
        {"draw": {"text": [{"text": "hello"}], "spheres": [{"r": 3}]}},
        {"score": {"score": INFINITY}},
        {},
    ],
)
def test_debug_commands_that_make_no_sense_change_nothing(client, command):
    before = client.units()
    client.debug(**command)
    client.step(0)
    assert client.units() == before
    client.step()
    assert len(client.units()) == 10


def test_a_crowd_is_cut_to_what_can_be_meant(client):
    client.debug(create_unit={"unit_type": MARINE, "owner": 1, "pos": {"x": 1e30, "y": -5}, "quantity": 2**32 - 1})
    client.step()
    assert len(client.units()) == MAX_UNITS_CREATED + 10


def test_resources_score_and_upgrades_by_debug(client):
    for state in (5, 7, 8, 11):
        client.debug(game_state=state)
    client.debug(score={"score": 42})
    client.step()
    observation = client.observe().observation
    assert (observation.player_common.minerals, observation.player_common.vespene) == (10_000, 10_000)
    assert observation.score.score == 42
    assert {39, 40, 41, 52, 87} <= set(observation.raw_data.player.upgrade_ids)  # storms and blink, too


def test_god_takes_no_damage(client):
    client.debug(game_state=6)
    client.step(200)
    assert all(unit.health == unit.health_max for unit in client.units(owner=1))


def test_a_win_by_declaration(client):
    client.debug(end_game={"end_result": 2})
    client.step(4)
    assert client.status == "ended"
    assert {r.player_id: r.result for r in client.observe().player_result} == {1: 1, 2: 2}


def query(client: ApiClient, **questions) -> query_pb2.ResponseQuery:
    return client.ask("query", query_pb2.RequestQuery(**questions))


def test_walking_distances(client):
    (tag,) = [unit.tag for unit in client.units(owner=1) if (unit.pos.x, unit.pos.y) == (9, 16)]
    questions = [
        {"unit_tag": tag, "end_pos": {"x": 19, "y": 16}},
        {"start_pos": {"x": 4, "y": 16}, "end_pos": {"x": 7, "y": 20}},
        {"start_pos": {"x": 4, "y": 16}, "end_pos": {"x": 4, "y": 1}},
        {"unit_tag": 3, "end_pos": {"x": 19, "y": 16}},
        {"start_pos": {"x": NAN, "y": 16}, "end_pos": {"x": 4, "y": 1}},
        {},
    ]
    lengths = [answer.distance for answer in query(client, pathing=questions).pathing]
    assert lengths[:2] == pytest.approx([10, 5], abs=0.1)
    assert lengths[2:] == [0, 0, 0, 0]


def test_available_abilities_of_each_unit_asked_about(client):
    tag = client.units(owner=1)[0].tag
    known, unknown = query(client, abilities=[{"unit_tag": tag}, {"unit_tag": 3}]).abilities
    assert (known.unit_tag, known.unit_type_id) == (tag, 1970)
    by_id = {ability.ability_id: ability.requires_point for ability in known.abilities}
    assert by_id[16] is True
    assert by_id[4] is False
    assert (unknown.unit_tag, list(unknown.abilities)) == (3, [])


def placement(client: ApiClient, ability_id: int, x: float, y: float) -> str:
    (answer,) = query(client, placements=[{"ability_id": ability_id, "target_pos": {"x": x, "y": y}}]).placements
    return error_pb2.ActionResult.Name(answer.result)


def test_places_to_build():
    client = ApiClient()
    client.play("Flat64")
    mineral = next(unit for unit in client.units(owner=16) if "Mineral" in name_of(unit.unit_type))
    assert placement(client, BARRACKS_BUILD, 44.5, 48.5) == "Success"
    assert placement(client, BARRACKS_BUILD, mineral.pos.x, mineral.pos.y) == "CantBuildLocationInvalid"
    assert placement(client, BARRACKS_BUILD, 0, 0) == "CantBuildLocationInvalid"
    assert placement(client, BARRACKS_BUILD, -500, 9e9) == "CantBuildLocationInvalid"
    assert placement(client, BARRACKS_BUILD, NAN, 0) == "CantBuildLocationInvalid"
    assert placement(client, 16, 44, 48) == "NotSupported"
    assert placement(client, GATEWAY_BUILD, 44.5, 48.5) == "CantBuildTooFarFromBuildPowerSource"
    pylon = {"unit_type": unit_by_name("Pylon").id, "owner": 1, "pos": {"x": 40, "y": 48}}
    client.debug(create_unit=pylon)
    client.step()
    assert placement(client, GATEWAY_BUILD, 44.5, 48.5) == "Success"
    assert placement(client, GATEWAY_BUILD, 40.5, 48.5) == "CantBuildLocationInvalid"


def test_gas_buildings_stand_on_geysers():
    client = ApiClient()
    client.play("Flat64")
    geyser = next(unit for unit in client.units(owner=16) if "Geyser" in name_of(unit.unit_type))
    refinery = unit_by_name("Refinery")
    assert placement(client, refinery.made_by, geyser.pos.x, geyser.pos.y) == "Success"
    assert placement(client, refinery.made_by, 44.5, 48.5) == "MustTargetResources"
    there = {"unit_type": refinery.id, "owner": 1, "pos": {"x": geyser.pos.x, "y": geyser.pos.y}}
    client.debug(create_unit=there)
    client.step()


def name_of(type_id: int) -> str:
    from llm_pysc2.knowledge.units import unit_type

    return unit_type(type_id).name


def test_saving_and_going_back(client):
    client.step(40)
    client.ask("quick_save")
    client.step(30)
    later = client.observe().observation.raw_data.units
    client.ask("quick_load")
    assert client.observe().observation.game_loop == 40
    client.step(30)
    assert client.observe().observation.raw_data.units == later


def test_nothing_was_saved(client):
    assert "nothing was saved" in client.refused("quick_load")


def test_map_commands_have_a_number_of_their_own(client):
    answer = client.respond("map_command", sc_pb.RequestMapCommand(trigger_cmd="spawn")).map_command
    assert answer.error == sc_pb.ResponseMapCommand.NoTriggerError
    assert "spawn" in answer.error_details
