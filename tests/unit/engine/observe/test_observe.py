"""What a player is shown: fields, fog, cloaking, events told once; and the fast encoder against plain messages."""

import numpy as np
import pytest
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.observe.sight import Sight
from llm_pysc2.engine.observe.units import Levels, UnitEncoder
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.unit_columns import NEVER
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient, create_request, raw_options

MARINE, ZEALOT, DARK_TEMPLAR, RAVEN, PYLON = (
    unit_by_name(name).id for name in ("Marine", "Zealot", "DarkTemplar", "Raven", "Pylon")
)
FOGGY_MAP = "Flat64"


def spawn(client: ApiClient, unit_type: int, owner: int, x: float, y: float, count: int = 1) -> list[int]:
    """Create units and return their tags."""
    before = set(client.connection._session.client.game.units.tag.tolist())
    create = {"unit_type": unit_type, "owner": owner, "pos": {"x": x, "y": y}, "quantity": count}
    client.debug(create_unit=create)
    client.step()
    return sorted(set(client.connection._session.client.game.units.tag.tolist()) - before)


def game_of(client: ApiClient):
    return client.connection._session.client.game


def visibility(client: ApiClient) -> np.ndarray:
    """Return the visibility map, row 0 = y 0."""
    image = client.observe().observation.raw_data.map_state.visibility
    return np.frombuffer(image.data, np.uint8).reshape(image.size.y, image.size.x)


def plain_unit(game, row: int, viewer: int) -> raw.Unit:
    """Return a unit field by field, as one would write it if time did not matter."""
    units = game.units
    own = units.owner[row] == viewer
    unit = raw.Unit(
        display_type=raw.Visible,
        alliance=raw.Self if own else raw.Neutral if units.owner[row] == 0 else raw.Enemy,
        tag=int(units.tag[row]),
        unit_type=int(units.type_id[row]),
        owner=int(units.owner[row]) or 16,
        facing=units.facing[row],
        radius=units.radius[row],
        build_progress=units.build_progress[row],
        cloak=raw.NotCloaked,
        is_selected=False,
        is_on_screen=False,
        is_blip=False,
        is_active=bool(units.mode[row] != OrderKind.IDLE),
        health=units.life[row],
        health_max=units.life_max[row],
        shield=units.shield[row],
        shield_max=units.shield_max[row],
        energy=units.energy[row],
        energy_max=units.energy_max[row],
        is_flying=bool(units.flying[row]),
        is_burrowed=bool(units.burrowed[row]),
        is_hallucination=bool(units.hallucination[row]),
        attack_upgrade_level=0,
        armor_upgrade_level=0,
        shield_upgrade_level=0,
        buff_ids=list(units.buffs[row]),
    )
    unit.pos.x, unit.pos.y, unit.pos.z = units.x[row], units.y[row], units.z[row]
    detector = game.types.types[int(units.row[row])].detector_cells
    if detector:
        unit.detect_range = detector
    if own:
        _add_own_fields(unit, game, row)
    return unit


def _add_own_fields(unit: raw.Unit, game, row: int) -> None:
    units = game.units
    unit.weapon_cooldown = units.cooldown[row]
    unit.assigned_harvesters = unit.ideal_harvesters = 0
    for order in units.orders[row]:
        shown = unit.orders.add(ability_id=order.ability_id)
        if order.target_tag:
            shown.target_unit_tag = order.target_tag
        elif order.target_point:
            shown.target_world_space_pos.x, shown.target_world_space_pos.y = order.target_point
    if units.target_tag[row]:
        unit.engaged_target_tag = int(units.target_tag[row])
    slots = game.types.types[int(units.row[row])].cargo_slots
    if slots:
        unit.cargo_space_taken, unit.cargo_space_max = 0, slots


@pytest.mark.parametrize("viewer", [1, 2])
def test_the_fast_encoder_writes_what_plain_messages_hold(viewer):
    client = ApiClient()
    client.play("MMM", seed=4)
    tags = [unit.tag for unit in client.units(owner=1)]
    client.order(16, tags[:3], target_world_space_pos={"x": 14, "y": 15})
    client.order(23, tags[3:6], target_unit_tag=client.units(owner=2)[0].tag)
    client.step(40)
    game = game_of(client)
    game.units.buffs[0][18] = NEVER
    count = len(game.units)
    nothing = np.zeros(count, dtype=bool)
    sight = Sight(np.full(count, raw.Visible), np.full(count, raw.NotCloaked), nothing, nothing, nothing, nothing)
    encoded = UnitEncoder(viewer, game.types).encode(game.units, sight, Levels())
    shown = list(raw.ObservationRaw.FromString(encoded).units)
    assert len(shown) == count
    assert shown == [plain_unit(game, row, viewer) for row in range(count)]


def test_units_keep_the_games_order_and_their_tags():
    client = ApiClient()
    client.play()
    before = [unit.tag for unit in client.units()]
    client.step(8)
    assert [unit.tag for unit in client.units()] == before == sorted(before)
    assert [unit.unit_type for unit in client.units(owner=1)] == [1970, 1970, 1971, 1971, 1971]


def test_enemies_keep_their_orders_to_themselves():
    client = ApiClient()
    client.play()
    client.step(4)
    assert not any(unit.orders or unit.HasField("weapon_cooldown") for unit in client.units(owner=2))
    assert all(unit.HasField("weapon_cooldown") for unit in client.units(owner=1))


def test_every_field_of_the_score_is_set_from_the_start():
    client = ApiClient()
    client.play()
    details = client.observe().observation.score.score_details
    for field in details.DESCRIPTOR.fields:
        if field.name.startswith("current_"):
            continue
        assert details.HasField(field.name), field.name
        if field.message_type:
            group = getattr(details, field.name)
            assert len(group.ListFields()) == len(group.DESCRIPTOR.fields)


def test_player_common_is_complete_and_ui_data_is_there():
    client = ApiClient()
    client.play()
    observation = client.observe().observation
    assert len(observation.player_common.ListFields()) == len(observation.player_common.DESCRIPTOR.fields)
    assert observation.player_common.army_count == 5
    assert observation.HasField("ui_data")


def test_score_and_raw_data_only_where_asked_for():
    client = ApiClient()
    client.play(options=sc_pb.InterfaceOptions(raw=True))
    assert not client.observe().observation.HasField("score")
    client.play(options=sc_pb.InterfaceOptions(score=True))
    assert not client.observe().observation.HasField("raw_data")


def test_the_dead_are_told_once():
    client = ApiClient()
    client.play()
    victim = client.units(owner=2)[0].tag
    client.debug(kill_unit={"tag": [victim]})
    client.step()
    assert list(client.observe().observation.raw_data.event.dead_units) == [victim]
    assert not client.observe().observation.raw_data.HasField("event")
    assert victim not in [unit.tag for unit in client.units()]


def test_refused_orders_are_told_once_as_action_errors():
    client = ApiClient()
    client.play()
    tag = client.units(owner=1)[0].tag
    assert client.order(318, [tag]) == 2
    client.step()
    (error,) = client.observe().action_errors
    assert (error.unit_tag, error.ability_id, error.result) == (tag, 318, 2)
    assert not client.observe().action_errors


def test_actions_are_told_back_with_the_loop_in_which_they_were_carried_out():
    client = ApiClient()
    client.play()
    client.step(3)
    tag = client.units(owner=1)[0].tag
    assert client.order(16, [tag], target_world_space_pos={"x": 5, "y": 15}) == 1
    assert not client.observe().actions
    client.step()
    (action,) = client.observe().actions
    assert action.game_loop == 3
    assert list(action.action_raw.unit_command.unit_tags) == [tag]
    assert not client.observe().actions


def test_chat_is_heard_once():
    client = ApiClient()
    client.play()
    client.ask("action", sc_pb.RequestAction(actions=[{"action_chat": {"channel": 1, "message": "glhf"}}]))
    (heard,) = client.observe().chat
    assert (heard.player_id, heard.message) == (1, "glhf")
    assert not client.observe().chat


def test_the_map_state_covers_the_map():
    client = ApiClient()
    client.play()
    state = client.observe().observation.raw_data.map_state
    assert (state.visibility.bits_per_pixel, len(state.visibility.data)) == (8, 32 * 32)
    assert (state.creep.bits_per_pixel, len(state.creep.data)) == (1, 32 * 32 // 8)
    assert set(state.visibility.data) == {2}


def foggy_client(**fields) -> ApiClient:
    client = ApiClient()
    client.ask("create_game", create_request(FOGGY_MAP, random_seed=1, **fields))
    client.ask("join_game", sc_pb.RequestJoinGame(race=3, options=raw_options(show_cloaked=True)))
    everything = client.observe(disable_fog=True).observation.raw_data.units
    client.debug(kill_unit={"tag": [unit.tag for unit in everything if unit.owner != 16]})
    client.step()
    return client


def test_in_the_fog_enemies_are_absent_until_somebody_sees_them():
    client = foggy_client()
    hidden = spawn(client, ZEALOT, 2, 50, 50)
    spawn(client, MARINE, 1, 20, 20)
    assert not client.units(owner=2)
    spawn(client, MARINE, 1, 45, 50)
    assert [unit.tag for unit in client.units(owner=2)] == hidden
    assert visibility(client)[50, 45] == 2
    assert visibility(client)[5, 60] == 0


@pytest.mark.parametrize("how", ["create", "observe", "debug"])
def test_fog_can_be_switched_off(how):
    client = foggy_client(disable_fog=how == "create")
    spawn(client, ZEALOT, 2, 50, 50)
    if how == "debug":
        client.debug(game_state=1)
        client.step()
    units = client.observe(disable_fog=how == "observe").observation.raw_data.units
    assert any(unit.owner == 2 for unit in units)


def test_neutral_units_in_the_fog_are_snapshots_without_vitals():
    client = foggy_client()
    neutral = client.units(owner=16)
    assert neutral
    assert {unit.display_type for unit in neutral} == {raw.Snapshot}
    assert {unit.cloak for unit in neutral} == {raw.CloakedUnknown}
    assert not any(unit.HasField("health") or unit.HasField("is_flying") for unit in neutral)


def test_seen_cells_become_fogged_cells():
    client = foggy_client()
    (tag,) = spawn(client, MARINE, 1, 20, 20)
    client.observe()
    client.debug(kill_unit={"tag": [tag]})
    client.step()
    assert visibility(client)[20, 20] == 1


def test_cloaked_enemies_are_hidden_until_detected():
    client = foggy_client()
    (templar,) = spawn(client, DARK_TEMPLAR, 2, 40, 40)
    spawn(client, MARINE, 1, 36, 40)
    unit = next(unit for unit in client.units() if unit.tag == templar)
    assert (unit.display_type, unit.cloak, unit.health) == (raw.Hidden, raw.Cloaked, 0)
    spawn(client, RAVEN, 1, 36, 38)
    unit = next(unit for unit in client.units() if unit.tag == templar)
    assert (unit.display_type, unit.cloak) == (raw.Visible, raw.CloakedDetected)
    assert unit.health > 0


def test_own_cloaked_units_are_cloaked_allies():
    client = foggy_client()
    (templar,) = spawn(client, DARK_TEMPLAR, 1, 40, 40)
    assert next(unit.cloak for unit in client.units() if unit.tag == templar) == raw.CloakedAllied


def test_upgrade_levels_and_ids_are_shown():
    client = ApiClient()
    client.play()
    game = game_of(client)
    for upgrade_id in (39, 40, 45):
        game.grant_upgrade(1, upgrade_id)
    assert list(client.observe().observation.raw_data.player.upgrade_ids) == [39, 40, 45]
    levels = {
        (unit.attack_upgrade_level, unit.armor_upgrade_level, unit.shield_upgrade_level)
        for unit in client.units(owner=1)
    }
    assert levels == {(2, 0, 1)}
    assert {unit.attack_upgrade_level for unit in client.units(owner=2)} == {0}


def test_the_camera_moves_and_decides_what_is_on_screen():
    client = ApiClient()
    client.play("27m_vs_30m")
    assert all(unit.is_on_screen for unit in client.units(owner=1))
    move = {"camera_move": {"center_world_space": {"x": 0.5, "y": 31}}}
    client.ask("action", sc_pb.RequestAction(actions=[{"action_raw": move}]))
    client.step()
    camera = client.observe().observation.raw_data.player.camera
    assert (camera.x, camera.y) == (0.5, 31)
    assert not any(unit.is_on_screen for unit in client.units(owner=2))


def test_a_pylon_is_a_source_of_power_for_its_owner():
    client = foggy_client()
    (tag,) = spawn(client, PYLON, 1, 30, 30)
    (source,) = client.observe().observation.raw_data.player.power_sources
    assert (source.tag, source.radius) == (tag, 6.5)


def test_results_come_with_the_last_observation():
    client = ApiClient()
    client.play()
    client.debug(end_game={"end_result": 1})
    client.step(5)
    results = {result.player_id: result.result for result in client.observe().player_result}
    assert results == {1: sc_pb.Defeat, 2: sc_pb.Victory}
