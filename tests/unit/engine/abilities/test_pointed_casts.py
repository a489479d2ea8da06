"""The same casts with the pointer: on the screen or the minimap, with what is selected, exactly what raw orders do.

PySC2 says which functions there are. A raw order and the pointer's are given in the same scene, at the same place, and
the whole state of the game has to be the same some loops later; what it is then, `test_casts.py` looks at.
"""

from typing import Any

import pytest

import llm_pysc2.env.compat  # noqa: F401 - PySC2 does not import without it

# isort: split
from pysc2.lib import actions
from s2clientprotocol import common_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.action_echo import Interface
from tests.unit.engine.abilities.scene import CASTS, SCREEN_PX, US, Scene, X, Y, abilities, field

MIDDLE = {"x": SCREEN_PX // 2, "y": SCREEN_PX // 2 - 1}
"""The pixel whose middle is where the row aims, when the camera looks half a cell below and to the left of it."""
WITHOUT_FUNCTION = {2536: "a ward that springs by itself"}
LOOPS = 12


OTHERS: list[dict[str, Any]] = [
    {"id": 386, "on": "own Marauder", "at": "unit", "hurt": 60},
    {"id": 1042, "minerals": 100},
    {"id": 1819, "on": "enemy Thor", "at": "unit"},
    *({"id": one, "on": "own Zealot", "at": "unit"} for one in (394, 911, 1406, 1437, 2370)),
    *({"id": one, "aboard": ["Zergling", "Roach"], "at": "point"} for one in (396, 913, 1408)),
    *({"id": one, "aboard": ["Zergling", "Roach"]} for one in (1438, 2371)),
    {"id": 407, "on": "own Marine", "at": "unit"},
    {"id": 408, "aboard": ["Marine", "Marauder"]},
    {"id": 413, "aboard": ["SCV", "SCV"]},
    {"id": 416, "on": "own SCV", "near": 6.0},
    {"id": 1682, "aboard": ["Marine"], "on": "enemy Thor", "at": "unit"},
    {"id": 1683, "aboard": ["Marine"]},
    {"id": 1684, "aboard": ["Marauder"]},
    {"id": 1691, "aboard": ["Marine"], "on": "enemy Thor", "first": [[1682, 4]]},
    {"id": 32},
    *({"id": one, "on": "own SiegeTank", "hurt": 60, "at": "unit", "minerals": 100} for one in (78, 316)),
    {"id": 1692, "with": "Lair"},
    {"id": 1693, "with": "Lair", "first": [[1692, 4]]},
]
"""Casts without a row: what they do is looked at in tests of their own."""
ROWS = [*CASTS, *OTHERS]


def functions(ability_id: int, *types: Any) -> list[Any]:
    """Return the functions of PySC2's feature interface that mean an ability, itself or as a general one."""
    ids = (ability_id, abilities()[ability_id].get("general"))
    return [one for one in actions.FUNCTIONS if one.ability_id in ids and one.function_type in types]


WAYS = [
    (cast, function)
    for cast in ROWS
    for function in functions(cast["id"], actions.cmd_quick, actions.cmd_screen, actions.cmd_minimap)
    if function.function_type is not actions.cmd_minimap or cast["at"] == "point"
]
AUTOCASTS = [(cast, function) for cast in ROWS for function in functions(cast["id"], actions.autocast)]


def named(value: Any) -> str:
    return value.name if hasattr(value, "function_type") else str(value["id"])


def test_only_these_have_no_function() -> None:
    assert {cast["id"] for cast in ROWS} - {cast["id"] for cast, _ in WAYS} == set(WITHOUT_FUNCTION)


@pytest.mark.parametrize(("cast", "function"), WAYS, ids=named)
def test_the_pointer_does_what_a_raw_order_does(cast: dict[str, Any], function: Any) -> None:
    scene = Scene(cast)
    scene.select()
    scene.client.step()  # a new Carrier has its hangar then
    scene.prepare()
    before, answers, states = scene.game.snapshot(), [], []
    for order in (lambda: scene.use(cast["id"], **_raw(scene, function)), lambda: _point(scene, function)):
        scene.game.restore(before)
        answers.append(order())
        scene.client.step(cast.get("wait", 0) + LOOPS)
        states.append(scene.game.digest())
    assert answers == ["Success", "Success"]
    assert states[0] == states[1]


@pytest.mark.parametrize(("cast", "function"), WAYS, ids=named)
def test_what_is_lacking_is_told_the_pointer_too(cast: dict[str, Any], function: Any) -> None:
    scene, energy = Scene(cast), abilities()[cast["id"]].get("energy", 0)
    scene.select()
    scene.prepare()
    scene.set_energy(scene.caster, energy - 1 if energy else 200)
    if not energy:
        scene.game.players[US].hand.selection = (scene.put("Larva", X - 4, US),)  # who has nothing of the kind
    before = scene.game.digest()
    assert _point(scene, function) == ("NotEnoughEnergy" if energy else "NotSupported")
    scene.client.observe()  # what was refused is told once, and was an event until then
    assert scene.game.digest() == before


@pytest.mark.parametrize(("cast", "function"), AUTOCASTS, ids=named)
def test_autocast_is_switched_over_and_acts(cast: dict[str, Any], function: Any) -> None:
    scene = Scene(cast)
    scene.select()
    scene.client.step()  # a new Carrier has its hangar then
    before, states = scene.game.snapshot(), []
    panel = {"action_ui": {"toggle_autocast": {"ability_id": function.ability_id}}}
    raw = {"action_raw": {"toggle_autocast": {"ability_id": function.ability_id, "unit_tags": [scene.caster]}}}
    for toggles in ([panel], [raw], [panel, panel], [raw, raw]):
        scene.game.restore(before)
        for toggle in toggles:
            assert scene.client.ask("action", sc_pb.RequestAction(actions=[sc_pb.Action(**toggle)])).result == [1]
        scene.client.step(cast.get("wait", 0) + 2 * LOOPS)
        scene.client.observe()
        states.append(scene.game.digest())
    once, once_raw, twice, twice_raw = states
    assert once == once_raw != twice == twice_raw


def _raw(scene: Scene, function: Any) -> dict[str, Any]:
    """Return the target of a raw order that aims where the pointer does."""
    if function.function_type is not actions.cmd_minimap:
        return scene.aim(scene.cast["id"])
    x, y = _pointer().minimap_point(common_pb2.PointI(**_on_minimap(scene)))
    return {"target_world_space_pos": {"x": x, "y": y}}


def _point(scene: Scene, function: Any) -> str:
    kind = function.function_type
    if kind is actions.cmd_quick:
        return scene.point_at(function.ability_id)
    if kind is actions.cmd_screen:
        return scene.point_at(function.ability_id, target_screen_coord=MIDDLE)
    return scene.point_at(function.ability_id, target_minimap_coord=_on_minimap(scene))


def _on_minimap(scene: Scene) -> dict[str, int]:
    """Return the pixel of the minimap that shows where the row aims."""
    column, line = _pointer().minimap.world_to_px(X + scene.near, Y)
    return {"x": int(column), "y": int(line)}


def _pointer() -> Any:
    seat = field().session.client
    return Interface(seat.game, US, seat.options).pointer("action_feature_layer")
