"""Whole texts as a model reads them, so that a change of them is read as a diff."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.prompt import system_text
from llm_pysc2.dialogue.situation import Outcome, Situation, Speaker
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.mail import Letter
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, EffectView, OrderView, ResourcesView
from tests.task4 import task4
from tests.worlds import enemy, example, situation, two_stalkers_three_zealots, unit, view

TYPES = {each.name: each for each in load_units().values()}


def zealots_and_stalkers() -> Situation:
    before = two_stalkers_three_zealots(104)
    now = two_stalkers_three_zealots()
    now = replace(now, units=tuple(u for u in now.units if u.tag != 14), dead_tags=(14,))
    return situation(
        now,
        previous=before,
        task="Destroy all enemy units before the time limit.",
        loops_left=848,
        outcomes=(Outcome("Zealot", "Attack_Unit(eZ2)"), Outcome("Zealot", "Jump()", "unknown action Jump")),
    )


def terran_drop() -> Situation:
    units = [
        unit(1, "Medivac", 10, 12, energy=37.0, cargo_used=4, cargo_max=8, orders=(OrderView(396, Point(14, 14)),)),
        unit(2, "SiegeTankSieged", 8, 9, weapon_cooldown_loops=22.0),
        unit(3, "SiegeTank", 7, 11),
        unit(4, "Marine", 11, 12, health=21.0, buff_ids=(27,), orders=(OrderView(23, 11),)),
        unit(5, "Marauder", 12, 12, buff_ids=(24,), weapon_cooldown_loops=4.0),
        enemy(11, "Zergling", 14, 13, health=12.0),
        enemy(12, "Baneling", 15, 13),
        enemy(13, "Mutalisk", 16, 16),
        enemy(14, "LurkerBurrowed", 18, 12, is_burrowed=True),
    ]
    effects = (EffectView(12, (Point(15, 12), Point(13, 12)), 0.5, 2, Alliance.ENEMY),)
    return situation(view(units, 9000, effects=effects, upgrade_ids=(15,)), {"Drop": [1, 4, 5], "Siege": [2, 3]})


def zerg_hatchery() -> Situation:
    field = {"health": 0.0, "health_max": 0.0}
    units = [
        unit(1, "Hatchery", 8, 8, assigned_harvesters=12, ideal_harvesters=16, orders=(OrderView(1632, None, 0.55),)),
        unit(2, "Larva", 9, 6),
        unit(3, "Drone", 10, 9, orders=(OrderView(1183, 21),)),
        unit(4, "Queen", 6, 9, energy=31.0),
        unit(5, "SpawningPool", 12, 12, build_progress=0.31, health=300.0),
        unit(21, "MineralField", 3, 9, Alliance.NEUTRAL, mineral_contents=1460, **field),
        unit(22, "VespeneGeyser", 3, 4, Alliance.NEUTRAL, vespene_contents=2250, **field),
    ]
    world = view(units, 1400, resources=ResourcesView(275, 0, 14, 14))
    teams = {"Base": [1, 2, 5], "Workers": [3], "Queens": [4]}
    return situation(world, teams, Speaker("Developer", sees_resources=True), task="Build an army of Roaches.")


def protoss_with_mail() -> Situation:
    units = [
        unit(1, "HighTemplar", 8, 8, energy=112.0),
        unit(2, "DarkTemplar", 9, 9, is_cloaked=True),
        unit(3, "Carrier", 10, 10),
        unit(4, "Archon", 12, 10, shield=120.0),
        enemy(11, "Hydralisk", 14, 12),
        enemy(12, "Hydralisk", 30, 30),
    ]
    speaker = Speaker("CombatGroup5", partners=("Commander",), channels=("Front",))
    letters = (
        Letter("Commander", "CombatGroup5", "Storm the Hydralisks,\nthen fall back to [8, 8]."),
        Letter("CombatGroup6", "Front", "Force fields in 3 seconds."),
    )
    world = view(units, 12000, upgrade_ids=(52,), available_abilities={1: (23, 16, 4, 18, 1036)})
    return situation(world, {"HighTemplar-1": [1], "DarkTemplar-1": [2]}, speaker, letters=letters)


SITUATIONS: dict[str, Callable[[], Situation]] = {
    "protoss_2s3z": zealots_and_stalkers,
    "protoss_mail": protoss_with_mail,
    "terran_drop": terran_drop,
    "zerg_hatchery": zerg_hatchery,
    "task4_world": lambda: task4("world"),
    "task4_screen": lambda: task4("screen"),
    "example_world": lambda: example("world"),
    "example_screen": lambda: example("screen"),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_observations(name, golden):
    golden(f"observations/{name}.txt", describe(SITUATIONS[name]()) + "\n")


@pytest.mark.parametrize("name", ["protoss_2s3z", "protoss_mail", "terran_drop", "task4_screen"])
def test_system_prompts(name, golden):
    here = SITUATIONS[name]()
    names = dict.fromkeys(each.type_name for each in here.view.units)
    golden(f"prompts/{name}.txt", system_text("commander", here, names) + "\n")
