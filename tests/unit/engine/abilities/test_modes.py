"""Modes, burrowing, taking root, lifting and landing: how long each change takes, what it is then, what cuts it off.

Times, flags and needs are those of abilities.json: a change takes `loops` and up to `random` more, and is seen after
the loop in which its time is up; the order is taken up in the first loop.
"""

import tomllib
from math import ceil
from typing import Any

import pytest

import llm_pysc2.env.compat  # noqa: F401 - PySC2 does not import without it

# isort: split
from pysc2.lib import actions
from s2clientprotocol import sc2api_pb2 as sc_pb

from tests.unit.engine.abilities.scene import FACTS, SCREEN_PX, THEM, US, Scene, X, Y, abilities, type_name, unit_facts

CRITTERS = {1398, 1402}
"""Of lava critters, which no map here has."""
DONE = tomllib.loads((FACTS / "coverage.toml").read_text(encoding="utf-8"))["done"]
STRUCTURES = (556, 558, 1520, 1725, 1727)
"""Depots, a gate and crawlers that change: among what is made, and yet it costs nothing but time."""
MODES = [one for one in (*DONE["modes"], *DONE["landing"], *STRUCTURES) if one not in CRITTERS]
ROOTS = {1729, 1731}
CRAWLERS = {*ROOTS, 1725, 1727}
"""They suffer without creep."""
MOVE, BURROW = 16, 64


def named(ability_id: int) -> str:
    return f"{ability_id} {abilities()[ability_id]['name']}"


def functions(ability_id: int, *types: Any) -> list[Any]:
    return [one for one in actions.FUNCTIONS if one.ability_id == ability_id and one.function_type in types]


modes = pytest.mark.parametrize("ability_id", MODES, ids=named)


def stage(ability_id: int, **others: Any) -> Scene:
    """Return the scene of who can change, with an Armory for those who need one, and creep for those who take root."""
    at = abilities()[ability_id].get("target", "none")
    scene = Scene({"id": ability_id, "at": at, "near": 0.0 if ability_id in ROOTS else 5.0, **others})
    scene.put("Armory", X - 12, US)
    if ability_id in CRAWLERS:
        scene.cover_with_creep()
    scene.client.step()
    return scene


def becomes(ability_id: int) -> int:
    return int(abilities()[ability_id]["phases"][-1][0])


def started(scene: Scene) -> int:
    """Return how many loops it takes until who settles elsewhere is there and begins."""
    casting = scene.game.match.spells.casting
    return next(loop for loop in scene.loops(200) if loop and casting[scene.caster].stage == "morph") - 1


@modes
def test_a_change_takes_its_time_and_keeps_what_was_lost(ability_id: int) -> None:
    scene = stage(ability_id)
    _, loops, random, *_ = abilities()[ability_id]["phases"][-1]
    whole = scene.unit(scene.caster)
    names = (scene.caster_name, type_name(becomes(ability_id)))
    scene.game.set_unit_value(scene.caster, "life", whole.health - 7)
    assert scene.use(ability_id) == "Success"
    settled = started(scene)
    scene.client.step(ceil(loops) - 1)
    assert scene.unit(scene.caster).unit_type == whole.unit_type
    scene.client.step(ceil(loops + random) - ceil(loops) + 1)
    now, taken = scene.unit(scene.caster), ceil(loops + random) + 1
    assert now.unit_type == becomes(ability_id)
    regained = max(unit_facts(name).get("life_regen_per_game_second", 0) for name in names) / 16 * (taken + settled + 1)
    assert 7 - regained - 0.01 <= now.health_max - now.health <= 7
    assert not now.orders
    assert scene.use(ability_id) == "NotSupported"  # not on the card of what it is now


@modes
def test_the_pointer_does_the_same(ability_id: int) -> None:
    (function,) = functions(ability_id, actions.cmd_quick, actions.cmd_screen)
    scene = stage(ability_id)
    scene.select()
    before, states = scene.game.snapshot(), []
    pixel = {"target_screen_coord": {"x": SCREEN_PX // 2, "y": SCREEN_PX // 2 - 1}}
    target = pixel if function.function_type is actions.cmd_screen else {}
    for order in (lambda: scene.use(ability_id), lambda: scene.point_at(ability_id, **target)):
        scene.game.restore(before)
        assert order() == "Success"
        scene.client.step(20)
        states.append(scene.game.digest())
    assert states[0] == states[1]


@modes
def test_who_can_be_cut_off_is_and_others_obey_afterwards(ability_id: int) -> None:
    scene = stage(ability_id)
    former = scene.unit(scene.caster).unit_type
    _, loops, random, *_ = abilities()[ability_id]["phases"][-1]
    assert scene.use(ability_id) == "Success"
    started(scene)
    answer = scene.use(MOVE, target_world_space_pos={"x": X, "y": Y - 10})
    if answer == "UnitCantMove":
        assert not unit_facts(scene.caster_name).get("speed")
        return
    assert answer == "Success"
    scene.client.step(ceil(loops + random) + 3)
    cut_off = "Interruptible" in abilities()[ability_id].get("flags", ())
    assert scene.unit(scene.caster).unit_type == (former if cut_off else becomes(ability_id))


@pytest.mark.parametrize("ability_id", [one for one in MODES if abilities()[one].get("needs")], ids=named)
def test_without_what_it_needs_it_is_refused(ability_id: int) -> None:
    scene = Scene({"id": ability_id}, upgrades=False)
    before = scene.unit(scene.caster)
    assert scene.use(ability_id) == "TechRequirementsNotMet"
    scene.client.step(60)
    assert scene.unit(scene.caster).unit_type == before.unit_type


@pytest.mark.parametrize("ability_id", [one for one in MODES if "BurrowDown" in named(one)], ids=named)
def test_the_burrowed_are_seen_by_detectors_only(ability_id: int) -> None:
    scene = stage(ability_id)
    row = scene.game.units.row_of
    assert scene.game.can_see(THEM, row(scene.caster))
    scene.use(ability_id)
    scene.client.step(70)
    burrowed = scene.unit(scene.caster)
    assert burrowed.is_burrowed
    assert not scene.game.can_see(THEM, row(scene.caster))
    scene.put("Overseer", X + 8, THEM)
    scene.client.step()
    assert scene.game.can_see(THEM, row(scene.caster))


BURROW_UPS = [(one, function) for one in MODES for function in functions(one, actions.autocast)]


@pytest.mark.parametrize(("ability_id", "function"), BURROW_UPS, ids=lambda value: str(getattr(value, "name", value)))
def test_coming_up_is_switched_over(ability_id: int, function: Any) -> None:
    scene = stage(ability_id)
    scene.select()
    before, states = scene.game.snapshot(), []
    scene.put("Marine", X + 2, THEM)
    panel = {"action_ui": {"toggle_autocast": {"ability_id": function.ability_id}}}
    raw = {"action_raw": {"toggle_autocast": {"ability_id": function.ability_id, "unit_tags": [scene.caster]}}}
    for toggles in ([], [panel], [raw], [panel, panel]):
        scene.game.restore(before)
        scene.put("Marine", X + 2, THEM)
        for toggle in toggles:
            assert scene.client.ask("action", sc_pb.RequestAction(actions=[sc_pb.Action(**toggle)])).result == [1]
        scene.client.step(60)
        now = scene.unit(scene.caster)
        states.append(now is None or now.unit_type == becomes(ability_id))  # a Baneling has blown itself up by then
    assert states in ([False, True, True, False], [True, False, False, True])
