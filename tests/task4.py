"""The situation for which LLM-PySC2's documents print its own text (task 4, level 1, at 0:23), in a world of ours.

Of the two teams, which it shows at slightly different times, each has what its own part of that text says.
"""

from llm_pysc2.dialogue.situation import Outcome, Situation, Speaker
from llm_pysc2.world.frames import ScreenFrame
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import MapView, UnitView
from tests.worlds import enemy, situation, unit, view

REFERENCE_TOKENS = 2133
"""LLM-PySC2's text for it, by the Tekken vocabulary in mistral-common (tekken_240911)."""
MAP = MapView("task4", (96, 96), Rect(4, 4, 92, 92))
MIDDLE = Point(55.5, 46.5)
"""Middle of the screen on which the places are given."""
BLINK = 87
LOOP = 23 * 22 + 10
TEAMS = {"Stalker-1": (1, 2), "Stalker-3": (5, 3, 4)}
OWN = (
    (1, 52, 38, 160, 0),
    (2, 53, 45, 84, 0),
    (3, 64, 63, 80, 9),
    (4, 54, 24, 160, 21),
    (5, 57, 19, 20, 20),
)
"""Stalkers: tag, place on the screen of 128 px, health and shield together, game loops until the weapon is ready."""
ENEMIES = (
    (11, "Overlord", 40, 39, 200),
    (12, "Roach", 82, 56, 64),
    (13, "Roach", 81, 45, 97),
    (14, "Roach", 81, 35, 77),
    (15, "Roach", 82, 51, 145),
    (16, "Roach", 87, 57, 145),
    (17, "Roach", 86, 47, 145),
)
"""Tag, type, place on the screen, health."""


def task4(points: str = "world") -> Situation:
    """Return the situation, with places in cells or in px of each team's screen."""
    task = "Go to minimap coordinate [36, 32]."
    outcomes = (
        Outcome("Stalker-1", "Move_Minimap([36, 32])"),
        Outcome("Stalker-3", "Attack_Unit(eR3)"),
        Outcome("Stalker-3", "Move_Minimap([36, 32])"),
    )
    foes = (enemy(tag, name, *_place(x, y), health=float(health)) for tag, name, x, y, health in ENEMIES)
    return situation(
        view([*map(_stalker, OWN), *foes], LOOP, MAP, upgrade_ids=(BLINK,)),
        TEAMS,
        Speaker("CombatGroup1", points="screen" if points == "screen" else "world"),
        outcomes=outcomes,
        team_tasks=tuple((team, task) for team in TEAMS),
    )


def _stalker(row: tuple[int, int, int, int, int]) -> UnitView:
    tag, x, y, both, loops = row
    health = min(80, both)
    fields = {"health": float(health), "shield": float(both - health), "weapon_cooldown_loops": float(loops)}
    return unit(tag, "Stalker", *_place(x, y), **fields)


def _place(x: int, y: int) -> Point:
    return ScreenFrame(MIDDLE).screen_to_world(Point(x, y))
