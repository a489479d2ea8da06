"""The camera interface: what the hand does for a command, and that it comes to the same as the raw order."""

import pytest
from pysc2.lib import actions

from llm_pysc2.engine.api.link import connect
from llm_pysc2.env.hand import NOT_SUPPORTED, UNSEEN_UNIT
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.world.command import LOOK, Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import WorldView

ATTACK, MOVE, STOP, HOLD, BLINK, HARVEST, PROBE, PYLON = 3674, 3794, 3665, 3793, 1442, 3666, 1006, 881
PX_CELLS = 24 / 128


class Table:
    """A game whose function calls are written down."""

    def __init__(self, map_name: str, race: str, interface: str = "camera", enemy_race: str | None = None) -> None:
        self.env = GameEnv(map_name, race, enemy_race, 1, connect, LaunchOptions("embedded", interface=interface))
        self.view: WorldView = self.env.reset()
        self.calls: list[str] = []
        if interface == "camera":
            self._listen()

    def _listen(self) -> None:
        step = self.env._env.step

        def listening(calls, step_mul=None):
            ((call,),) = calls
            self.calls.append(actions.FUNCTIONS[call.function].name)
            return step(calls, step_mul=step_mul)

        self.env._env.step = listening

    def give(self, *commands: Command, loops: int = 12) -> list[str]:
        """Give commands and return the functions that were called for them."""
        self.calls.clear()
        self.view = self.env.step(commands, loops)
        return [name for name in self.calls if name != "no_op"]

    def own(self, *names: str) -> tuple[int, ...]:
        return tuple(unit.tag for unit in self.view.own if unit.type_name in names)

    def orders(self, tag: int) -> list[tuple[int, object]]:
        unit = self.view.unit(tag)
        assert unit
        return [(order.ability_id, order.target) for order in unit.orders]


@pytest.fixture
def table():
    return Table("2s3z", "protoss")


def test_a_team_is_selected_once_and_then_recalled(table):
    stalkers = table.own("Stalker")
    assert table.give(Command(MOVE, stalkers, Point(10, 20))) == ["select_rect", "select_control_group", "Move_screen"]
    table.give(Command(HOLD, table.own("Zealot")))
    assert table.give(Command(STOP, stalkers)) == ["select_control_group", "Stop_quick"]
    assert table.give(Command(HOLD, stalkers)) == ["HoldPosition_quick"]


def test_every_function_takes_a_game_loop(table):
    table.give(Command(MOVE, table.own("Stalker"), Point(10, 20)), loops=1)
    assert table.view.game_loop == 3
    table.give(loops=8)
    assert (table.view.game_loop, table.calls) == (11, ["no_op"])


def test_to_look_at_units_moves_the_camera_and_selects_them_and_orders_nothing(table):
    zealots = table.own("Zealot")
    assert table.give(Command(LOOK, zealots), loops=1)[:2] == ["move_camera", "select_point"]
    assert {tag for tag in table.own("Zealot", "Stalker") if table.orders(tag)} == set()
    assert table.give(Command(STOP, zealots)) == ["Stop_quick"]


def test_the_whole_army_is_selected_by_its_button(table):
    assert table.give(Command(STOP, table.own("Stalker", "Zealot")))[0] == "select_army"


def test_a_single_unit_is_clicked_and_the_camera_goes_where_the_target_is(table):
    stalker, enemy = table.own("Stalker")[0], table.view.enemies[0].tag
    assert table.give(Command(ATTACK, (stalker,), enemy)) == ["select_point", "move_camera", "Attack_screen"]
    assert table.orders(stalker) == [(23, enemy)]


def test_a_place_that_is_a_px_of_the_minimap_is_clicked_there(table):
    stalker = table.own("Stalker")[0]
    assert table.give(Command(MOVE, (stalker,), Point(20.25, 20.25)))[-1] == "Move_minimap"
    assert table.orders(stalker) == [(16, Point(20.25, 20.25))]


def test_orders_wait_where_they_should(table):
    zealot = table.own("Zealot")[0]
    table.give(Command(MOVE, (zealot,), Point(5, 10)), Command(MOVE, (zealot,), Point(5, 20), queued=True))
    first, second = table.orders(zealot)
    assert first[1].distance_to(Point(5, 10)) < PX_CELLS
    assert second[1].distance_to(Point(5, 20)) < PX_CELLS


def test_what_the_units_cannot_do_is_refused_and_the_rest_carried_out(table):
    stalker, zealot = table.own("Stalker")[0], table.own("Zealot")[0]
    table.give(Command(BLINK, (stalker,), Point(10, 20)), Command(HOLD, (zealot,)), Command(ATTACK, (zealot,), 77))
    assert [(error.unit_tag, error.ability_id, error.code) for error in table.view.action_errors] == [
        (stalker, BLINK, NOT_SUPPORTED), (zealot, ATTACK, UNSEEN_UNIT),
    ]  # fmt: skip
    assert table.orders(zealot) == [(18, None)]


def test_units_that_are_gone_are_left_out(table):
    zealot = table.own("Zealot")[0]
    assert table.give(Command(HOLD, (99, zealot))) == ["select_point", "HoldPosition_quick"]
    assert table.give(Command(HOLD, (99,))) == []


def test_a_fight_by_hand_ends_like_any_other(table):
    army = table.own("Stalker", "Zealot")
    table.give(Command(ATTACK, army, Point(23, 16)), loops=400)
    table.give(Command(ATTACK, table.own("Stalker", "Zealot"), Point(23, 16)), loops=400)
    assert not table.view.enemies or not table.view.own


COMMANDS = [
    lambda own, enemies: [Command(ATTACK, own[:2], enemies[0])],
    lambda own, _: [Command(MOVE, own, Point(12.5, 22.5))],
    lambda own, _: [Command(MOVE, (own[0], own[3]), Point(6.1, 12.3)), Command(STOP, own[1:3])],
    lambda own, _: [Command(ATTACK, (own[2],), Point(28.4, 9.7)), Command(HOLD, (own[4],))],
    lambda own, enemies: [Command(MOVE, (own[0],), own[4]), Command(ATTACK, own[2:], enemies[3], queued=True)],
]


@pytest.mark.parametrize("number", range(len(COMMANDS)))
def test_by_hand_it_comes_to_the_same_as_by_raw_orders(number):
    orders = []
    for interface in ("raw", "camera"):
        table = Table("2s3z", "protoss", interface)
        own, enemies = table.own("Stalker", "Zealot"), [unit.tag for unit in table.view.enemies]
        table.give(*COMMANDS[number](own, enemies), loops=16)
        orders.append([table.orders(tag) for tag in own])
    for raw, camera in zip(*orders, strict=True):
        assert [ability for ability, _ in raw] == [ability for ability, _ in camera]
        for (_, target), (_, other) in zip(raw, camera, strict=True):
            same = target.distance_to(other) < PX_CELLS if isinstance(target, Point) else target == other
            assert same


def test_a_base_is_run_by_hand():
    table = Table("Simple64", "protoss", enemy_race="terran")
    nexus, *_ = table.own("Nexus")
    probes = table.own("Probe")
    minerals = [unit.tag for unit in table.view.units if unit.type_name.startswith("MineralField")]
    assert table.give(Command(PROBE, (nexus,))) == ["select_point", "Train_Probe_quick"]
    assert [ability for ability, _ in table.orders(nexus)] == [PROBE]
    table.give(Command(HARVEST, probes[:1], minerals[3]))
    assert table.orders(probes[0])[0] == (298, minerals[3])
    table.give(loops=300)
    at = Point(28, 56)
    assert table.env.query_placements(PYLON, [at]) == [True]
    assert table.give(Command(PYLON, probes[:1], at))[-1] == "Build_Pylon_screen"
    table.give(loops=120)
    assert [unit.position for unit in table.view.own if unit.type_name == "Pylon"] == [at]
