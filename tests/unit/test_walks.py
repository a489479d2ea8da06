"""All functions of PySC2, one by one: the text action that comes to each, and that the embedded game carries it out.

Raw functions are compared with PySC2's own messages; feature functions are those that the camera interface calls. The
exceptions stand with their reasons in `tests/walks.toml` and in the engine's `coverage.toml`.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pysc2.lib import actions
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.dialogue.grammar import Action
from llm_pysc2.dialogue.parse import parse
from llm_pysc2.env.encode import encode_command
from llm_pysc2.knowledge.abilities import carriers, load_abilities, members_by_general
from llm_pysc2.knowledge.units import load_units, unit_by_name
from llm_pysc2.world.command import Command
from llm_pysc2.world.frames import MINIMAP_PX, MinimapFrame, ScreenFrame, to_px
from llm_pysc2.world.geometry import Point
from tests.stage import Scene, Stage, StageByHand, played, scenes
from tests.worlds import BOOK, enemy, situation, unit, view

EXCEPTIONS = tomllib.loads((Path(__file__).parents[1] / "walks.toml").read_text(encoding="utf-8"))
COVERAGE = tomllib.loads(
    (Path(__file__).parents[2] / "knowledge_base" / "facts" / "coverage.toml").read_text(encoding="utf-8")
)
NO_TEXT = {name: entry["why"] for entry in EXCEPTIONS["no_text"] for name in entry["functions"]}
REFUSED, REFUSED_BY_HAND = (
    {name: entry["answer"] for entry in EXCEPTIONS[table] for name in entry["functions"]}
    for table in ("refused", "refused_by_hand")
)
ARGUMENTS = {"raw_cmd": "none", "raw_cmd_pt": "world", "raw_cmd_unit": "unit", "raw_autocast": "none"}
RAW = [one for one in actions.RAW_FUNCTIONS if one.ability_id and one.name not in NO_TEXT]
NAMES = {"ids": lambda function: function.name}


def why_not_played(ability_id: int) -> str:
    """Return why the embedded game does not play an ability, from the table of what it plays; empty if it does."""
    if played(ability_id):
        return ""
    ids = {ability_id, *members_by_general().get(ability_id, ())}
    if not any(carriers().get(one) for one in ids):
        return "no unit type of the build has it on its card"
    return next(entry["why"] for entry in COVERAGE["left_out"] if ids.intersection(entry["abilities"]))


@cache
def carrier_of(name: str) -> str:
    """Return a unit type that can be given an action, any type for what no type carries."""
    action = BOOK.find(name)
    types = [facts.name for facts in load_units().values() if facts.abilities]
    return next((type_name for type_name in types if BOOK.can(action, type_name)), "Marine")


def test_the_exceptions_are_functions_of_pysc2():
    known = {function.name for function in (*actions.RAW_FUNCTIONS, *actions.FUNCTIONS)}
    assert known.issuperset(NO_TEXT)
    assert known.issuperset({*REFUSED, *REFUSED_BY_HAND})
    assert all(entry["why"] for entries in EXCEPTIONS.values() for entry in entries)


@pytest.mark.parametrize("function", RAW, **NAMES)
def test_a_text_comes_to_the_message_of_a_raw_function(function):
    two = [unit(tag, carrier_of(function.name), 5, 5 + tag) for tag in (1, 2)]
    here = situation(view([*two, enemy(9, "Roach", 20, 20)], upgrade_ids=tuple(range(300))), {"T": [1, 2]})
    kind = function.function_type.__name__
    at = {"raw_cmd_pt": ", [12.5, 7.25]", "raw_cmd_unit": f", {here.short_ids.name(9)}"}.get(kind, "")
    us = f"{here.short_ids.name(1)}, {here.short_ids.name(2)}"
    (command,) = parse(f"<Select_Unit_{BOOK.find(function.name).name}({us}{at})>", here).commands
    arguments: dict[str, Any] = {"ability_id": function.ability_id, "unit_tags": [1, 2]}
    arguments |= {"raw_cmd_pt": {"world": _World(12.5, 7.25)}, "raw_cmd_unit": {"target_unit_tag": 9}}.get(kind, {})
    theirs = sc_pb.Action()
    function.function_type(theirs, **arguments, **({} if kind == "raw_autocast" else {"queued": False}))
    if kind != "raw_autocast":
        theirs.action_raw.unit_command.ClearField("queue_command")  # what is not sent is false
    assert encode_command(command) == theirs


class _World:
    """A point as PySC2 hands it to its functions."""

    def __init__(self, x: float, y: float) -> None:
        self._place = x, y

    def assign_to(self, field: Any) -> None:
        field.x, field.y = self._place


@pytest.fixture(scope="module")
def stage():
    return Stage()


@pytest.mark.parametrize("function", [one for one in RAW if played(one.ability_id)], **NAMES)
def test_a_raw_function_is_carried_out_in_words(function, stage):
    argument = ARGUMENTS[function.function_type.__name__]
    action = BOOK.find(function.name)
    ways = scenes(function.ability_id, argument)
    answers = until_success(carry_out(stage, scene, action.name, argument) for scene in ways)
    assert answers[-1] == REFUSED.get(function.name, "Success"), answers


def until_success(answers: Iterable[str]) -> list[str]:
    """Return the game's answers to one way of doing something after the other, up to the first that works."""
    given = []
    for answer in answers:
        given.append(answer)
        if answer == "Success":
            break
    return given


def carry_out(stage: Stage, scene: Scene, name: str, argument: str) -> str:
    """Order a scene's actor in words and return the game's answer."""
    stage.set(scene)
    here = stage.situation()
    us, target = ", ".join(map(here.short_ids.name, stage.actors)), here.short_ids.name(stage.target)
    at = {"unit": f", {target}", "world": f", [{stage.place.x}, {stage.place.y}]"}.get(argument, "")
    reply = parse(f"<Select_Unit_{name}({us}{at})>", here)
    if reply.rejected:
        return reply.rejected[0].reason
    (command,) = reply.commands
    return stage.answer(stage.ask("action", sc_pb.RequestAction(actions=[encode_command(command)])).result[0])


@pytest.mark.parametrize("function", [one for one in RAW if not played(one.ability_id)], **NAMES)
def test_what_the_game_does_not_play_has_its_reason(function):
    assert why_not_played(function.ability_id)
    assert function.name not in REFUSED


KINDS = {"cmd_quick": ("none",), "autocast": ("none",), "cmd_screen": ("screen", "unit"), "cmd_minimap": ("minimap",)}
FEATURE = [one for one in actions.FUNCTIONS if one.ability_id and one.name not in NO_TEXT]
UI = [one.name for one in actions.FUNCTIONS if not one.ability_id and one.name not in NO_TEXT]


def action_of(function: Any) -> Action:
    """Return the text action that comes to a feature function: with a unit where the ability takes nothing else."""
    kind = function.function_type.__name__
    takes_units = any(load_abilities()[one].target == "unit" for one in played(function.ability_id))
    arguments = reversed(KINDS[kind]) if takes_units else KINDS[kind]
    found = [one for one in BOOK.by_ability[function.ability_id] if one.is_autocast == (kind == "autocast")]
    return next(one for argument in arguments for one in found if one.argument == argument)


@pytest.fixture(scope="module")
def hand():
    return StageByHand()


@pytest.mark.parametrize("function", FEATURE, **NAMES)
def test_a_feature_function_has_a_text_action_and_is_called_for_it(function, hand):
    action = action_of(function)
    if not played(function.ability_id):
        assert why_not_played(function.ability_id)
        return
    ways = scenes(function.ability_id, action.argument)
    answers = until_success(carry_out_by_hand(hand, scene, action, function.id) for scene in ways)
    assert answers[-1] == REFUSED_BY_HAND.get(function.name, "Success"), answers


def carry_out_by_hand(stage: StageByHand, scene: Scene, action: Action, function_id: int) -> str:
    """Order a scene's actor in words and return the game's answer to the function, if the hand calls it."""
    stage.set(scene)
    here = stage.situation()
    actor = here.view.unit(stage.actor)
    screen = ScreenFrame(actor.position).world_to_screen(stage.place)
    minimap = to_px(MinimapFrame(here.view.map.size_cells).world_to_minimap(stage.place), MINIMAP_PX)
    at = {
        "unit": f", {here.short_ids.name(stage.target)}",
        "screen": f", [{screen.x}, {screen.y}]",
        "minimap": f", [{minimap[0]}, {minimap[1]}]",
    }.get(action.argument, "")
    us = ", ".join(map(here.short_ids.name, stage.actors))
    reply = parse(f"<Select_Unit_{action.name}({us}{at})>", here)
    if reply.rejected:
        return reply.rejected[0].reason
    (command,) = reply.commands
    calls = stage.perform(command)
    return calls[-1][1] if calls and calls[-1][0] == function_id else "the hand does not call it"


MOVE, STOP, DRONE, RALLY = 3794, 3665, 1342, 3673
SETTINGS = {
    "no_op": ([], []),
    "select_point": (["Marine"], [(STOP, 1)]),
    "select_rect": (["Marine", "Marine", "Reaper"], [(STOP, 2)]),
    "select_control_group": (["Marine", "Marine", "Reaper"], [(STOP, 2)]),
    "select_army": (["Marine", "Reaper"], [(STOP, 2)]),
    "select_larva": (["Larva", "Larva", "Marine"], [(DRONE, 2)]),
    "select_warp_gates": (["WarpGate", "WarpGate", "Marine"], [(RALLY, 2)]),
    "move_camera": (["Marine"], [(MOVE, 1)]),
}
"""By function: which units there are, and an order to so many of them that is given with its help."""


@pytest.mark.parametrize("name", UI)
def test_the_hand_uses_every_function_of_the_panels_that_it_can(name, hand):
    types, orders = SETTINGS[name]
    hand.set(Scene(load_abilities()[4], unit_by_name("Marine")))
    hand.game.kill_units([hand.actor])
    tags = [hand.put(type_name, 43.5 + 3.5 * number, 41.5) for number, type_name in enumerate(types)]
    hand.put("Pylon", 47, 46)
    hand.step(2)
    called = []
    for ability_id, count in orders:
        target = Point(20.3, 20.3) if ability_id in (MOVE, RALLY) else None
        called += hand.perform(Command(ability_id, tuple(tags[:count]), target))
    names = [actions.FUNCTIONS[number].name for number, _ in called]
    assert name == "no_op" or name in names, names
    assert all(answer == "Success" for _, answer in called)
