"""What a hand on the screen must not do, and the game's own error for each; nothing of it changes the game."""

from collections.abc import Callable
from typing import Any

import pytest
from s2clientprotocol import error_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from tests.api_client import ApiClient, layer_options

EDGE = 48
MOVE, ATTACK, STIM, BLINK, TRAIN_MARINE, PSI_STORM, BURROW = 16, 23, 3675, 1442, 560, 1036, 1390
INSIDE, BEYOND, BELOW = {"x": 24, "y": 24}, {"x": EDGE, "y": 4}, {"x": 4, "y": -1}


class Hand(ApiClient):
    """Three marines on 3m, all of them selected unless said otherwise."""

    def __init__(self, selects: bool = True) -> None:
        super().__init__()
        self.play("3m", options=layer_options(EDGE, EDGE))
        self.act(action_raw={"camera_move": {"center_world_space": {"x": 9, "y": 16}}})
        if selects:
            self.act(action_ui={"select_army": {}})
        self.step()
        self.observe()

    @property
    def game(self) -> Any:
        return self.connection._session.client.game

    def act(self, **action: Any) -> str:
        (result,) = self.ask("action", sc_pb.RequestAction(actions=[action])).result
        return error_pb2.ActionResult.Name(result)

    def point(self, name: str, **fields: Any) -> str:
        return self.act(action_feature_layer={name: fields})

    def command(self, ability_id: int, **target: Any) -> str:
        return self.point("unit_command", ability_id=ability_id, **target)

    def panel(self, name: str, **fields: Any) -> str:
        return self.act(action_ui={name: fields})

    def errors(self) -> list[tuple[int, str]]:
        told = self.observe().action_errors
        return [(error.ability_id, error_pb2.ActionResult.Name(error.result)) for error in told]


Act = Callable[[Hand], str]

NOT_AVAILABLE: dict[str, tuple[Act, str]] = {
    "an ability that nobody selected has": (
        lambda hand: hand.command(PSI_STORM, target_screen_coord=INSIDE),
        "NotSupported",
    ),
    "an ability of another kind of unit": (lambda hand: hand.command(TRAIN_MARINE), "NotSupported"),
    "an ability that does not exist": (lambda hand: hand.command(3999999), "NotSupported"),
    "an ability without its research": (lambda hand: hand.command(STIM), "TechRequirementsNotMet"),
    "autocast of what has none": (lambda hand: hand.panel("toggle_autocast", ability_id=MOVE), "NotSupported"),
    "larvae where there are none": (lambda hand: hand.panel("select_larva"), "Error"),
    "warp gates where there are none": (lambda hand: hand.panel("select_warp_gates"), "Error"),
    "idle workers where there are none": (lambda hand: hand.panel("select_idle_worker", type=1), "Error"),
    "unloading with no cargo shown": (lambda hand: hand.panel("cargo_panel", unit_index=0), "Error"),
    "a queue where none is shown": (lambda hand: hand.panel("production_panel", unit_index=0), "Error"),
    "a unit of the panel that is not there": (lambda hand: hand.panel("multi_panel", type=1, unit_index=3), "Error"),
    "a negative unit of the panel": (lambda hand: hand.panel("multi_panel", type=1, unit_index=-1), "Error"),
}
OUTSIDE: dict[str, tuple[Act, str]] = {
    f"{what} {where}": (act, "MustTargetVisibleLocation")
    for where, pixel in (("beyond the edge", BEYOND), ("below zero", BELOW))
    for what, act in (
        ("a move", lambda hand, at=pixel: hand.command(MOVE, target_screen_coord=at)),
        ("an attack", lambda hand, at=pixel: hand.command(ATTACK, target_screen_coord=at)),
        ("a move on the minimap", lambda hand, at=pixel: hand.command(MOVE, target_minimap_coord=at)),
        ("a click", lambda hand, at=pixel: hand.point("unit_selection_point", selection_screen_coord=at, type=1)),
        ("the camera", lambda hand, at=pixel: hand.point("camera_move", center_minimap=at)),
        (
            "a rectangle",
            lambda hand, at=pixel: hand.point("unit_selection_rect", selection_screen_coord=[{"p0": at, "p1": INSIDE}]),
        ),
    )
}
NO_GROUP: dict[str, tuple[Act, str]] = {
    "recall of a group that was never set": (
        lambda hand: hand.panel("control_group", action=1, control_group_index=4),
        "Error",
    ),
    "recall of a group beyond the last": (
        lambda hand: hand.panel("control_group", action=1, control_group_index=10),
        "Error",
    ),
    "setting a group beyond the last": (
        lambda hand: hand.panel("control_group", action=2, control_group_index=77),
        "Error",
    ),
}
EMPTY: dict[str, tuple[Act, str]] = {
    "a command": (lambda hand: hand.command(MOVE, target_screen_coord=INSIDE), "Error"),
    "a command without target": (lambda hand: hand.command(4), "Error"),
    "autocast": (lambda hand: hand.panel("toggle_autocast", ability_id=386), "Error"),
    "setting a group": (lambda hand: hand.panel("control_group", action=2, control_group_index=1), "Error"),
    "adding to a group": (lambda hand: hand.panel("control_group", action=3, control_group_index=1), "Error"),
    "a unit of the panel": (lambda hand: hand.panel("multi_panel", type=1, unit_index=0), "Error"),
    "unloading": (lambda hand: hand.panel("cargo_panel", unit_index=0), "Error"),
    "a queue": (lambda hand: hand.panel("production_panel", unit_index=0), "Error"),
}


def _cases(table: dict[str, tuple[Act, str]]) -> Any:
    return pytest.mark.parametrize(("act", "answer"), list(table.values()), ids=list(table))


def assert_refused(hand: Hand, act: Act, answer: str) -> None:
    before = hand.game.digest()
    assert act(hand) == answer
    hand.observe()  # what was refused is told once, and was an event until then
    assert hand.game.digest() == before
    assert not hand.observe().actions


@_cases(NOT_AVAILABLE)
def test_actions_that_are_not_available(act: Act, answer: str) -> None:
    assert_refused(Hand(), act, answer)


@_cases(OUTSIDE)
def test_points_outside_the_screen(act: Act, answer: str) -> None:
    assert_refused(Hand(), act, answer)


@_cases(NO_GROUP)
def test_groups_that_do_not_exist(act: Act, answer: str) -> None:
    assert_refused(Hand(), act, answer)


@_cases(EMPTY)
def test_empty_selections(act: Act, answer: str) -> None:
    assert_refused(Hand(selects=False), act, answer)


def test_a_group_of_the_dead_is_no_group() -> None:
    hand = Hand()
    assert hand.panel("control_group", action=2, control_group_index=1) == "Success"
    for tag in [unit.tag for unit in hand.units(owner=1)]:
        hand.debug(kill_unit={"tag": [tag]})
    hand.step()
    assert hand.panel("control_group", action=1, control_group_index=1) == "Error"


@pytest.mark.parametrize(
    ("ability_id", "target", "answer"),
    [
        (ATTACK, "own", "Success"),
        (386, "enemy", "NotSupported"),
        (MOVE, "gone", "MustTargetVisibleUnit"),
        (ATTACK, "nothing", "MustTargetUnit"),
        (BURROW, "none", "NotSupported"),
    ],
)
def test_raw_orders_are_answered_and_told_with_the_games_codes(ability_id: int, target: str, answer: str) -> None:
    hand = Hand()
    one, other, _ = [unit.tag for unit in hand.units(owner=1)]
    enemy = hand.units(owner=2)[0].tag
    aims: dict[str, dict[str, Any]] = {
        "own": {"target_unit_tag": other}, "enemy": {"target_unit_tag": enemy}, "gone": {"target_unit_tag": 12345},
    }  # fmt: skip
    result = hand.order(ability_id, [one], **aims.get(target, {}))
    assert error_pb2.ActionResult.Name(result) == answer
    assert hand.errors() == ([] if answer == "Success" else [(ability_id, answer)])
    assert not hand.errors()


@pytest.mark.parametrize("unit", ["enemy", "nobody"])
def test_orders_to_who_is_not_ours(unit: str) -> None:
    hand = Hand()
    tag = hand.units(owner=2)[0].tag if unit == "enemy" else 777
    result = hand.order(MOVE, [tag], target_world_space_pos={"x": 5, "y": 5})
    expected = "YouCantControlThatUnit" if unit == "enemy" else "Error"
    assert error_pb2.ActionResult.Name(result) == expected
    assert hand.errors() == [(MOVE, expected)]


def test_pixels_without_a_screen_are_not_supported() -> None:
    client = ApiClient()
    client.play("3m")
    for kind in ("action_feature_layer", "action_render"):
        action = {kind: {"camera_move": {"center_minimap": {"x": 1, "y": 1}}}}
        (result,) = client.ask("action", sc_pb.RequestAction(actions=[action])).result
        assert error_pb2.ActionResult.Name(result) == "NotSupported"


@pytest.mark.parametrize("space", ["feature_layer", "render"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("resolution", {"x": 0, "y": 48}),
        ("resolution", {"x": 48, "y": 1025}),
        ("resolution", {"x": -5, "y": 48}),
        ("minimap_resolution", {"x": 48, "y": 0}),
        ("minimap_resolution", {"x": 4096, "y": 48}),
        ("width", 5000.0),
        ("width", float("nan")),
    ],
)
def test_resolutions_out_of_range(space: str, field: str, value: Any) -> None:
    client = ApiClient()
    client.create("3m")
    setup = {"resolution": {"x": 48, "y": 48}, "minimap_resolution": {"x": 48, "y": 48}, field: value}
    request = sc_pb.RequestJoinGame(race=1, options=sc_pb.InterfaceOptions(**{space: setup}))
    answer = client.respond("join_game", request).join_game
    assert answer.error == sc_pb.ResponseJoinGame.FeatureUnsupported
    assert answer.error_details.startswith(f"options.{space}.{field}: expected")
    assert "\n" not in answer.error_details
    assert client.status == "init_game"
