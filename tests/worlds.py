"""Worlds made by hand, for tests of the language side: a few lines each, no game needed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from llm_pysc2.dialogue.grammar import ActionBook, load_action_book
from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.dialogue.situation import Outcome, Situation, Speaker
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.roster import Team
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, MapView, OrderView, UnitView, WorldView

BOOK: ActionBook = load_action_book()
FIELD = MapView("Field", (32, 32), Rect(1, 1, 31, 31))
ATTACK, MOVE, STOP, HOLD = 3674, 3794, 3665, 3793


def unit(tag: int, type_name: str, x: float, y: float, alliance: Alliance = Alliance.SELF, **values: Any) -> UnitView:
    """Return a unit in full health; values replace fields of the view."""
    facts = unit_by_name(type_name)
    fields = {
        "health": facts.life_max,
        "health_max": facts.life_max,
        "shield": facts.shield_max,
        "shield_max": facts.shield_max,
        "energy": facts.energy_start,
        "energy_max": facts.energy_max,
        "radius_cells": facts.radius_cells,
        "is_flying": facts.is_flying,
    }
    owner = {Alliance.SELF: 1, Alliance.ENEMY: 2, Alliance.NEUTRAL: 16, Alliance.ALLY: 3}[alliance]
    return UnitView(tag, facts.id, type_name, alliance, owner, Point(x, y), **{**fields, **values})


def enemy(tag: int, type_name: str, x: float, y: float, **values: Any) -> UnitView:
    """Return an enemy unit in full health."""
    return unit(tag, type_name, x, y, Alliance.ENEMY, **values)


def view(units: Iterable[UnitView], loop: int = 0, map_view: MapView = FIELD, **values: Any) -> WorldView:
    """Return a view of player 1 with these units."""
    return WorldView(game_loop=loop, player_id=1, map=map_view, units=tuple(units), **values)


def situation(
    world: WorldView, teams: Mapping[str, Iterable[int]] | None = None, speaker: Speaker | None = None, **values: Any
) -> Situation:
    """Return the situation of an agent that has these teams; without any, all own units by their type."""
    if teams is None:
        found: dict[str, list[int]] = {}
        for own in world.own:
            found.setdefault(own.type_name, []).append(own.tag)
        teams = found
    short_ids = ShortIds()
    if values.get("previous"):
        short_ids = short_ids.update(values["previous"])
    return Situation(
        speaker=speaker or Speaker("Commander"),
        view=world,
        teams=tuple(Team(name, tuple(tags)) for name, tags in teams.items()),
        short_ids=short_ids.update(world),
        book=BOOK,
        **values,
    )


def two_stalkers_three_zealots(loop: int = 112) -> WorldView:
    """Return the middle of a fight on 2s3z: own units at the left, the enemy at the right."""
    return view(
        [
            unit(1, "Stalker", 9.2, 16.5, shield=52.0, weapon_cooldown_loops=9.0),
            unit(2, "Stalker", 9.0, 14.8),
            unit(3, "Zealot", 11.4, 17.0, shield=12.0, health=88.0),
            unit(4, "Zealot", 11.2, 15.6),
            unit(5, "Zealot", 11.5, 14.1),
            enemy(11, "Stalker", 18.0, 16.1),
            enemy(12, "Stalker", 18.3, 14.9, shield=33.0),
            enemy(13, "Zealot", 13.1, 16.9, shield=0.0, health=71.0),
            enemy(14, "Zealot", 13.6, 15.2),
        ],
        loop,
    )


def example(points: str) -> Situation:
    """Return the situation of the worked example in the prompts; the screen frame shows one team of it."""
    field = MapView("Field", (64, 64), Rect(2, 2, 62, 62))
    marines = [
        unit(1, "Marine", 22, 31, health=13.0, weapon_cooldown_loops=7.0, orders=(OrderView(23, 21),)),
        unit(2, "Marine", 19, 31, orders=(OrderView(23, 21),)),
    ]
    marauders = [unit(3, "Marauder", 21, 33, weapon_cooldown_loops=16.0)] if points == "world" else []
    before = view(
        [replace(marines[0], health=29.0), *marines[1:], *marauders,
         enemy(21, "Roach", 25.5, 31, health=103.0), enemy(22, "Roach", 27, 33.5)], 690, field,
    )  # fmt: skip
    now = view(
        [*marines, *marauders, enemy(21, "Roach", 25.5, 31, health=54.0), enemy(22, "Roach", 27, 33.5)], 698, field
    )
    return situation(
        now,
        speaker=Speaker("Commander", points="world" if points == "world" else "screen"),
        previous=before,
        task="Destroy all enemy units.",
        loops_left=1456,
        outcomes=(
            Outcome("Marine", "Attack_Unit(eR1)"),
            Outcome("Marine", "Attak_Unit(eR2)", "unknown action Attak_Unit, did you mean Attack_Unit?"),
        ),
    )
