"""Selecting and commanding by screen, minimap and panels: what is selected, what the panels show, what units do."""

from collections import Counter

import pytest
from s2clientprotocol import error_pb2, spatial_pb2, ui_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.observe.frames import screen_frame
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient, layer_options

CLICK, GROUP = spatial_pb2.ActionSpatialUnitSelectionPoint, ui_pb2.ActionControlGroup
PANEL, IDLE = ui_pb2.ActionMultiPanel, ui_pb2.ActionSelectIdleWorker
MARINE, MARAUDER, ZEALOT, DRONE, SCV = (
    unit_by_name(name).id for name in ("Marine", "Marauder", "Zealot", "Drone", "SCV")
)
ATTACK, ATTACK_ATTACK, MOVE, STOP, STIM, SMART = 3674, 23, 3794, 3665, 3675, 1
OPTIONS = layer_options(96, 64)


class Player(ApiClient):
    """Plays on 3m by screen: three own marines around (9, 16), three of the enemy's around (23, 16)."""

    def __init__(self, options: sc_pb.InterfaceOptions = OPTIONS) -> None:
        super().__init__()
        self.play("3m", options=options)
        self.look_at(9, 16)

    def act(self, **action) -> str:
        (result,) = self.ask("action", sc_pb.RequestAction(actions=[action])).result
        return error_pb2.ActionResult.Name(result)

    def look_at(self, x: float, y: float) -> None:
        self.act(action_raw={"camera_move": {"center_world_space": {"x": x, "y": y}}})

    def put(self, type_id: int, *places: tuple[float, float], owner: int = 1) -> list[int]:
        """Create units and return their tags."""
        before = {unit.tag for unit in self.units()}
        for x, y in places:
            self.debug(create_unit={"unit_type": type_id, "owner": owner, "pos": {"x": x, "y": y}})
        self.step()
        return [unit.tag for unit in self.units() if unit.tag not in before]

    def pixel(self, tag: int) -> dict[str, int]:
        """Return the pixel of the screen in whose midst a unit stands."""
        data = self.observe().observation.raw_data
        unit = next(unit for unit in data.units if unit.tag == tag)
        frame = screen_frame(OPTIONS.feature_layer, (data.player.camera.x, data.player.camera.y))
        column, row = frame.world_to_px(unit.pos.x, unit.pos.y)
        return {"x": int(column), "y": int(row)}

    def click(self, pixel: dict[str, int], kind: int = CLICK.Select) -> str:
        point = {"selection_screen_coord": pixel, "type": kind}
        return self.act(action_feature_layer={"unit_selection_point": point})

    def drag(self, corner: tuple[int, int], other: tuple[int, int], add: bool = False) -> str:
        rect = {"p0": {"x": corner[0], "y": corner[1]}, "p1": {"x": other[0], "y": other[1]}}
        drawn = {"selection_screen_coord": [rect], "selection_add": add}
        return self.act(action_feature_layer={"unit_selection_rect": drawn})

    def command(self, ability_id: int, **target) -> str:
        return self.act(action_feature_layer={"unit_command": {"ability_id": ability_id, **target}})

    def panel(self, name: str, **fields) -> str:
        return self.act(action_ui={name: fields})

    @property
    def selected(self) -> set[int]:
        return {unit.tag for unit in self.units() if unit.is_selected}

    @property
    def ui(self) -> ui_pb2.ObservationUI:
        return self.observe().observation.ui_data

    def orders(self, tag: int) -> list[int]:
        return [order.ability_id for unit in self.units() if unit.tag == tag for order in unit.orders]


@pytest.fixture
def player() -> Player:
    return Player()


def own(player: Player) -> list[int]:
    return [unit.tag for unit in player.units(owner=1)]


def test_a_click_selects_the_unit_that_the_layers_show_there(player):
    first, second, _ = own(player)
    assert player.click(player.pixel(first)) == "Success"
    assert player.selected == {first}
    layer = player.observe().observation.feature_layer_data.renders.selected
    assert any(layer.data)
    assert player.ui.single.unit.unit_type == 1970
    player.click(player.pixel(second))
    assert player.selected == {second}


def test_a_click_on_the_ground_leaves_the_selection_alone(player):
    player.click(player.pixel(own(player)[0]))
    assert player.click({"x": 5, "y": 5}) == "Success"
    assert player.selected == {own(player)[0]}


def test_shift_adds_and_takes_away(player):
    first, second, _ = own(player)
    player.click(player.pixel(first))
    player.click(player.pixel(second), CLICK.Toggle)
    assert player.selected == {first, second}
    player.click(player.pixel(first), CLICK.Toggle)
    assert player.selected == {second}


def test_control_selects_all_of_the_type_on_the_screen(player):
    zealots = player.put(ZEALOT, (5, 10), (7, 10))
    far = player.put(ZEALOT, (31, 10))
    player.click(player.pixel(zealots[0]), CLICK.AllType)
    assert player.selected == set(zealots)
    player.click(player.pixel(own(player)[0]), CLICK.AddAllType)
    assert player.selected == set(own(player)) - set(far)


def test_one_unit_of_another_can_be_looked_at_but_not_commanded(player):
    player.look_at(20, 16)
    enemy = player.units(owner=2)[0].tag
    player.click(player.pixel(enemy))
    assert player.selected == {enemy}
    assert player.ui.single.unit.player_relative == 4
    assert not player.observe().observation.abilities
    assert player.command(STOP) == "Error"
    player.panel("select_army", selection_add=True)
    assert player.selected == set(own(player))


def test_a_rectangle_prefers_units_to_structures(player):
    pylon = player.put(unit_by_name("Pylon").id, (5, 12))
    assert player.drag((0, 0), (95, 95)) == "Success"
    assert player.selected == set(own(player)) - set(pylon)
    corner = player.pixel(pylon[0])
    player.drag((corner["x"], corner["y"]), (corner["x"], corner["y"]))
    assert player.selected == set(pylon)
    player.drag((95, 95), (0, 0), add=True)
    assert player.selected == set(own(player))
    player.drag((0, 0), (2, 2))
    assert player.selected == set(own(player))


def test_the_army_without_workers_and_structures(player):
    player.put(SCV, (5, 12))
    marines = {unit.tag for unit in player.units(owner=1) if unit.unit_type == 1970}
    assert player.panel("select_army") == "Success"
    assert player.selected == marines
    assert len(player.ui.multi.units) == 3


def test_idle_workers_one_after_another(player):
    scvs = player.put(SCV, (5, 12), (6, 12), (7, 12))
    turns = []
    for _ in range(4):
        player.panel("select_idle_worker", type=IDLE.Set)
        turns.append(player.selected)
    assert turns == [{scvs[0]}, {scvs[1]}, {scvs[2]}, {scvs[0]}]
    player.panel("select_idle_worker", type=IDLE.Add)
    assert player.selected == set(scvs[:2])
    player.panel("select_idle_worker", type=IDLE.All)
    assert player.selected == set(scvs)
    player.panel("select_army")
    player.panel("select_idle_worker", type=IDLE.AddAll)
    assert player.selected == set(own(player))


def test_larvae_and_warp_gates(player):
    assert (player.panel("select_larva"), player.panel("select_warp_gates")) == ("Error", "Error")
    larvae = player.put(unit_by_name("Larva").id, (4, 10), (5, 10))
    gates = player.put(unit_by_name("WarpGate").id, (4, 20), (8, 20))
    player.panel("select_larva")
    assert player.selected == set(larvae)
    player.panel("select_warp_gates", selection_add=True)
    assert player.selected == {*larvae, *gates}


def test_the_panel_of_many_picks_by_index(player):
    player.put(MARAUDER, (7, 12), (9, 12))
    player.panel("select_army")
    shown = [unit.unit_type for unit in player.ui.multi.units]
    assert Counter(shown) == {1970: 3, MARAUDER: 2}
    assert shown in ([1970] * 3 + [MARAUDER] * 2, [MARAUDER] * 2 + [1970] * 3)
    assert player.panel("multi_panel", type=PANEL.DeselectUnit, unit_index=4) == "Success"
    assert [unit.unit_type for unit in player.ui.multi.units] == shown[:4]
    player.panel("multi_panel", type=PANEL.DeselectAllOfType, unit_index=3)
    assert {unit.unit_type for unit in player.ui.multi.units} == {shown[0]}
    player.panel("select_army")
    player.panel("multi_panel", type=PANEL.SelectAllOfType, unit_index=4)
    assert {unit.unit_type for unit in player.ui.multi.units} == {shown[4]}
    player.panel("multi_panel", type=PANEL.SingleSelect, unit_index=0)
    assert player.ui.single.unit.unit_type == shown[4]
    for index in (5, -1):
        assert player.panel("multi_panel", type=PANEL.SingleSelect, unit_index=index) == "Error"


def test_control_groups(player):
    first, second, third = own(player)
    player.click(player.pixel(first))
    assert player.panel("control_group", action=GROUP.Set, control_group_index=1) == "Success"
    player.click(player.pixel(second))
    player.panel("control_group", action=GROUP.Append, control_group_index=1)
    player.panel("control_group", action=GROUP.Set, control_group_index=2)
    assert [(g.control_group_index, g.leader_unit_type, g.count) for g in player.ui.groups] == [
        (1, 1970, 2),
        (2, 1970, 1),
    ]
    player.click(player.pixel(third))
    player.panel("control_group", action=GROUP.Recall, control_group_index=1)
    assert player.selected == {first, second}
    player.panel("control_group", action=GROUP.SetAndSteal, control_group_index=3)
    assert [(g.control_group_index, g.count) for g in player.ui.groups] == [(3, 2)]
    player.click(player.pixel(second))
    player.panel("control_group", action=GROUP.AppendAndSteal, control_group_index=9)
    assert [(g.control_group_index, g.count) for g in player.ui.groups] == [(3, 1), (9, 1)]
    player.debug(kill_unit={"tag": [second]})
    player.step()
    assert [g.control_group_index for g in player.ui.groups] == [3]
    assert player.selected == set()


def test_groups_that_do_not_exist(player):
    assert player.panel("control_group", action=GROUP.Set, control_group_index=1) == "Error"
    player.panel("select_army")
    assert player.panel("control_group", action=GROUP.Recall, control_group_index=4) == "Error"
    assert player.panel("control_group", action=GROUP.Set, control_group_index=10) == "Error"
    assert player.selected == set(own(player))


def test_the_camera_goes_where_the_minimap_is_clicked(player):
    move = {"camera_move": {"center_minimap": {"x": 32, "y": 16}}}
    assert player.act(action_feature_layer=move) == "Success"
    camera = player.observe().observation.raw_data.player.camera
    assert (camera.x, camera.y) == (16.25, 23.75)
    move["camera_move"]["center_minimap"]["x"] = 64
    assert player.act(action_feature_layer=move) == "MustTargetVisibleLocation"


def test_a_general_command_becomes_each_units_own(player):
    medivac = player.put(unit_by_name("Medivac").id, (9, 12))[0]
    player.panel("select_army")
    assert player.command(ATTACK, target_screen_coord={"x": 90, "y": 48}) == "Success"
    player.step()
    assert player.orders(medivac) == [19]
    assert {player.orders(tag)[0] for tag in own(player) if tag != medivac} == {ATTACK_ATTACK}
    player.command(ATTACK_ATTACK, target_minimap_coord={"x": 10, "y": 32}, queue_command=True)
    assert {len(player.orders(tag)) for tag in own(player)} == {1, 2}


def test_a_command_on_a_unit_aims_at_it_and_elsewhere_at_the_point(player):
    player.look_at(16, 16)
    player.panel("select_army")
    enemy = player.units(owner=2)[0].tag
    player.command(ATTACK, target_screen_coord=player.pixel(enemy))
    player.step()
    (order,) = player.units(owner=1)[0].orders
    assert order.target_unit_tag == enemy
    player.command(SMART, target_screen_coord={"x": 48, "y": 48})
    player.step()
    (order,) = player.units(owner=1)[0].orders
    assert (order.target_world_space_pos.x, order.target_world_space_pos.y) == (16.125, 15.875)


def test_quick_commands_and_what_is_available(player):
    assert not player.observe().observation.abilities
    marauder = player.put(MARAUDER, (9, 12))[0]
    player.panel("select_army")
    offered = {ability.ability_id: ability.requires_point for ability in player.observe().observation.abilities}
    assert offered[ATTACK_ATTACK]
    assert not offered[4]
    assert not offered.keys() & {380, 253}
    player.debug(game_state=10)
    player.step()
    assert {380, 253} <= {ability.ability_id for ability in player.observe().observation.abilities}
    assert player.command(STIM) == "Success"
    player.step()
    assert next(unit for unit in player.units() if unit.tag == marauder).buff_ids
    player.command(MOVE, target_minimap_coord={"x": 20, "y": 32})
    player.command(STOP)
    player.step()
    assert not any(player.orders(tag) for tag in own(player))


def test_one_caster_casts(player):
    templars = player.put(unit_by_name("HighTemplar").id, (9, 12), (9, 10))
    player.debug(game_state=10)
    for tag in templars:
        player.debug(unit_value={"unit_value": 1, "value": 80, "unit_tag": tag})
    player.step()
    player.drag((0, 0), (95, 95))
    storm = 1036
    for casts in (1, 2):
        assert player.command(storm, target_screen_coord={"x": 60, "y": 48}) == "Success"
        player.step(4)
        energies = [unit.energy for unit in player.units() if unit.tag in templars]
        assert sum(energy < 75 for energy in energies) == casts
    assert player.command(storm, target_screen_coord={"x": 60, "y": 48}) == "NotEnoughEnergy"


def test_commands_that_make_no_sense(player):
    assert player.command(STOP) == "Error"
    player.panel("select_army")
    assert player.command(999_999) == "NotSupported"
    assert player.command(1036, target_screen_coord={"x": 4, "y": 4}) == "NotSupported"
    assert player.command(ATTACK, target_screen_coord={"x": 96, "y": 4}) == "MustTargetVisibleLocation"
    assert player.command(ATTACK, target_screen_coord={"x": -1, "y": 4}) == "MustTargetVisibleLocation"
    assert player.command(STOP, target_minimap_coord={"x": 4, "y": 4}) == "CantUseMinimap"
    assert player.command(ATTACK) == "MustTargetUnit"
    assert player.click({"x": 5, "y": 2000}) == "MustTargetVisibleLocation"
    assert player.drag((0, 0), (96, 4)) == "MustTargetVisibleLocation"
    assert player.act(action_feature_layer={"unit_selection_rect": {}}) == "MustTargetVisibleLocation"
    assert player.act(action_feature_layer={}) == "Success"
    assert player.act(action_ui={}) == "Success"
    assert player.act(action_render={"camera_move": {"center_minimap": {"x": 3, "y": 3}}}) == "NotSupported"


def test_autocast_by_button(player):
    medivac = player.put(unit_by_name("Medivac").id, (9, 12))
    assert player.panel("toggle_autocast", ability_id=386) == "Error"
    player.click(player.pixel(medivac[0]))
    units = player.connection._session.client.game.units
    row = units.row_of(medivac[0])
    assert units.autocast[row]
    assert player.panel("toggle_autocast", ability_id=386) == "Success"
    assert not units.autocast[row]
    assert player.panel("toggle_autocast", ability_id=23) == "NotSupported"


def test_raw_orders_select_when_the_client_wants_it():
    wanted = sc_pb.InterfaceOptions(raw_affects_selection=True)
    wanted.MergeFrom(OPTIONS)
    for options, expected in ((OPTIONS, 0), (wanted, 1)):
        player = Player(options)
        player.order(4, own(player)[:1])
        assert len(player.selected) == expected


def test_the_hand_is_in_replays_whatever_the_watchers_pixels(player):
    player.panel("select_army")
    player.panel("control_group", action=GROUP.Set, control_group_index=5)
    player.command(MOVE, target_screen_coord={"x": 20, "y": 70})
    player.step(20)
    player.look_at(16, 16)
    player.drag((0, 0), (50, 50))
    player.command(ATTACK, target_screen_coord={"x": 80, "y": 48})
    player.step(30)
    end = player.observe().observation
    content = player.ask("save_replay").data
    for options in (OPTIONS, layer_options(48, 32)):
        player.ask(
            "start_replay",
            sc_pb.RequestStartReplay(replay_data=content, options=options, observed_player_id=1),
        )
        player.step(50)
        watched = player.observe().observation
        assert watched.raw_data.units == end.raw_data.units
        assert watched.ui_data == end.ui_data
        assert watched.abilities == end.abilities


def test_the_hand_goes_back_with_a_saved_game(player):
    player.panel("select_army")
    player.ask("quick_save")
    player.click(player.pixel(own(player)[0]))
    player.panel("control_group", action=GROUP.Set, control_group_index=5)
    player.ask("quick_load")
    assert player.selected == set(own(player))
    assert not player.ui.groups
