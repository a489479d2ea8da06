"""LLM-PySC2's 115 actions, as it wrote them: each is read, and comes to the ability of the function that it called."""

import re
import tomllib
from pathlib import Path

import pytest
from pysc2.lib import actions

from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, MapView, ResourcesView
from tests.worlds import BOOK, enemy, situation, unit, view

TABLE = tomllib.loads((Path(__file__).parents[2] / "llm_pysc2_actions.toml").read_text(encoding="utf-8"))["actions"]
FIELD = MapView("Field", (64, 64), Rect(1, 1, 63, 63), (Point(56.5, 56.5),))
GEYSER = 110
RICH = ResourcesView(minerals=5000, vespene=5000, supply_used=20, supply_cap=200)
STRUCTURES = [
    unit.name for unit in load_units().values()
    if unit.race == "protoss" and unit.structure and unit.footprint and "Rich" not in unit.name and unit.minerals
]  # fmt: skip


def test_there_are_115():
    assert len(TABLE) == 115


def written(action: str) -> tuple[str, list[str]]:
    name, arguments = re.fullmatch(r"(\w+)\((.*)\)", action).groups()
    return name, [argument for argument in arguments.split(",") if argument]


def actor(name: str) -> str:
    """Return the unit type that is given an action by LLM-PySC2's name."""
    if name.startswith(("Build_", "Lock_")) and "Stasis" not in name:
        return "Probe"
    action = BOOK.find(re.sub("^Select_(Two_)?Unit_", "", name)) or BOOK.find(re.sub("^Select_Unit_", "Ability_", name))
    own = ("Stalker", *(unit.name for unit in load_units().values() if unit.race == "protoss"))
    return next(type_name for type_name in own if BOOK.can(action, type_name) and type_name in _CARDS)


_CARDS = {unit.name for unit in load_units().values() if unit.abilities and "Phased" not in unit.name}


def scene(name: str) -> Situation:
    """Return a Protoss base with everything in it, led by one who has two units for an action in a team."""
    places = [Point(4.5 + 6 * (i % 9), 34.5 + 6 * (i // 9)) for i in range(len(STRUCTURES))]
    base = [unit(20 + i, type_name, *places[i]) for i, type_name in enumerate(STRUCTURES)]
    minerals = [unit(100 + i, "MineralField", 44 + i, 10.5, Alliance.NEUTRAL, mineral_contents=900) for i in range(6)]
    geyser = unit(GEYSER, "VespeneGeyser", 28.5, 13.5, Alliance.NEUTRAL, vespene_contents=2250)
    actors = [unit(tag, actor(name), 20 + tag, 20) for tag in (1, 2)]
    others = [unit(3, "Zealot", 24, 22), enemy(9, "Roach", 26, 20)]
    researched = () if name.startswith("Research_") else tuple(range(300))
    world = view([*actors, *base, *minerals, geyser, *others], 0, FIELD, resources=RICH, upgrade_ids=researched)
    return situation(world, {"Team-1": [1, 2], "Others": [3]})


def target_of(name: str, here: Situation) -> int:
    """Return the unit that an action is aimed at."""
    if "Assimilator" in name or name == "Build_Nexus_Near":
        return GEYSER
    if name.startswith(("Warp_", "Build_", "Lock_")):
        return next(one.tag for one in here.view.own if one.type_name == "Pylon")
    own = {"Load_Unit": 3, "Stop_Building_Unit": 1, "Ability_ChronoBoost_Unit": 1}
    return own.get(name, 1 if "Recall" in name else 9)


@pytest.mark.parametrize("action", TABLE)
def test_an_action_is_read_as_it_was_written(action):
    name, arguments = written(action)
    here = scene(name)
    own = iter((here.short_ids.name(1), here.short_ids.name(2)))
    screen = "[101, 98]" if "Assimilator" in name else "[70, 50]"
    values = {"tag": f"0x{target_of(name, here):x}", "screen": screen, "minimap": "[30, 31]"}
    inner = ", ".join(next(own) if argument == "own" else values[argument] for argument in arguments)
    reply = parse(f"Actions:\n    Team Team-1:\n        <{name}({inner})>", here)
    assert reply.rejected == ()
    (accepted,) = reply.accepted
    wanted = actions.FUNCTIONS[TABLE[action]]
    if wanted.name == "no_op":
        assert reply.commands == ()
        return
    given = accepted.production_request.ability_id if accepted.production_request else accepted.commands[0].ability_id
    assert given in (wanted.ability_id, wanted.general_id)
