"""The situation that LLM-PySC2 prints in its documents for its task 4, as a situation of ours."""

import json
import os
from typing import Any

import pytest

from llm_pysc2.dialogue.frames import ScreenFrame
from llm_pysc2.dialogue.situation import Outcome, Situation, Speaker
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import MapView, UnitView
from tests.conftest import ROOT
from tests.worlds import enemy, situation, unit, view

MAP = MapView("task4", (96, 96), Rect(4, 4, 92, 92))
MIDDLE = Point(55.5, 46.5)
"""Where the minimap places of both teams are, in cells."""
BLINK = 87
LOOP = 23 * 22 + 10


def read_facts() -> dict[str, Any]:
    """Return the facts of the situation; skips the test where they are not there."""
    shared = os.environ.get("LLM_PYSC2_SHARED") or str(ROOT.parent / "shared")
    path = os.path.join(shared, "recorded", "llm_pysc2_task4_situation.json")  # noqa: PTH118 - as conftest does it
    if not os.path.isfile(path):  # noqa: PTH113
        pytest.skip(f"{path} does not exist; set LLM_PYSC2_SHARED")
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        facts: dict[str, Any] = json.load(file)
    return facts


def task4(points: str = "world") -> Situation:
    """Return the situation with the unit values that were printed; the two teams were shown at slightly other times."""
    facts = read_facts()
    units: dict[int, UnitView] = {}
    frame = ScreenFrame(MIDDLE)
    for team in facts["teams"]:
        for row in team["own"]:
            cooldown = {"weapon_cooldown_loops": float(row["weapon_cooldown_loops"])}
            _add(units, frame, row, own=True, **cooldown)
        for row in team["ally"]:
            _add(units, frame, row, own=True)
        for row in team["enemy"]:
            _add(units, frame, row, own=False)
    teams = {team["name"]: [int(row["tag"], 16) for row in team["own"]] for team in facts["teams"]}
    outcomes = tuple(
        Outcome(team, action.replace("0x1009c0001", "eR3"))
        for team, actions in facts["last_actions"].items()
        for action in actions
    )
    tasks = tuple((team, task) for team, task in facts["tasks"].items())
    return situation(
        view(units.values(), LOOP, MAP, upgrade_ids=(BLINK,)),
        teams,
        Speaker("CombatGroup1", points="screen" if points == "screen" else "world"),
        outcomes=outcomes,
        team_tasks=tasks,
    )


def _add(units: dict[int, UnitView], frame: ScreenFrame, row: dict[str, Any], *, own: bool, **values: float) -> None:
    tag = int(row["tag"], 16)
    if tag in units and not values:
        return
    place = frame.screen_to_world(Point(*row["screen_px"]))
    make = unit if own else enemy
    fresh = make(tag, row["type"], place.x, place.y)
    health = min(row["health"], fresh.health_max)
    units[tag] = make(tag, row["type"], place.x, place.y, health=health, shield=float(row["health"] - health), **values)
