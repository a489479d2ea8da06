"""The text holds the same as the view: a reader that shares no code with the writer gets everything back out of it."""

from collections import Counter
from dataclasses import replace

import pytest

from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.clock import loops_to_seconds
from llm_pysc2.world.frames import ScreenFrame, centre_of
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView
from tests.reader import Reading, Row, read
from tests.situations import SITUATIONS, busy_world
from tests.worlds import situation

MADE = {**SITUATIONS, "busy_world": lambda: situation(busy_world())}
UNARMED = {each.name for each in load_units().values() if not any(weapon.enabled for weapon in each.weapons)}
PASSED_OVER = {"Larva", "Interceptor", "Broodling", "KD8Charge"}
"""Of others they are of no use as targets, and many."""
MARKS = {
    "burrowed": "is_burrowed",
    "cloaked": "is_cloaked",
    "hallucination": "is_hallucination",
    "remembered": "is_snapshot",
}


@pytest.mark.parametrize("points", ["world", "screen"])
@pytest.mark.parametrize("name", MADE)
def test_everything_can_be_recovered(name, points):
    made = MADE[name]()
    here = replace(made, speaker=replace(made.speaker, points=points, token_budget=0))
    reading = read(describe(here))
    units = {here.short_ids.name(each.tag): each for each in here.view.units}
    teams = {team.name: [one for tag in team.unit_tags if (one := here.view.unit(tag))] for team in here.teams}
    middles = {name: centre_of(each.position for each in members) for name, members in teams.items()}
    for row in reading.rows:
        check_values(row, units[row.id])
        check_place(row, units[row.id], ScreenFrame(middles[row.team]) if points == "screen" else None)
        if row.section in teams:
            assert units[row.id] in teams[row.section]
            check_weapon(row, units[row.id])
            check_orders(row, units[row.id], here, points)
        elif row.distances:
            far = [units[row.id].distance_to(middles[name]) for name in ([row.team] if points == "screen" else middles)]
            assert row.distances == pytest.approx(far, abs=0.51)
    check_who_is_told(here, reading, teams, middles)
    check_actions(here, reading, teams)


def check_values(row: Row, seen: UnitView) -> None:
    bare = seen.alliance is Alliance.NEUTRAL
    assert row.type == seen.type_name
    assert row.health == ((0, 0) if bare else (round(seen.health), round(seen.health_max)))
    assert row.shield == (round(seen.shield), round(seen.shield_max))
    assert row.energy == (round(seen.energy), round(seen.energy_max))
    assert row.buffs == [words.buff(buff) for buff in seen.buff_ids]
    assert {mark for mark in row.marks if mark in MARKS} == {
        mark for mark, name in MARKS.items() if getattr(seen, name)
    }
    numbers = {mark.split(" ")[0]: mark.split(" ")[1] for mark in row.marks if " " in mark}
    assert numbers.get("built", "100%") == f"{seen.build_progress:.0%}"
    assert numbers.get("cargo", "0/0") == f"{seen.cargo_used}/{seen.cargo_max}"
    assert numbers.get("workers", "0/0") == f"{seen.assigned_harvesters}/{seen.ideal_harvesters}"
    assert int(numbers.get("holds", 0)) == seen.mineral_contents + seen.vespene_contents


def check_place(row: Row, seen: UnitView, screen: ScreenFrame | None) -> None:
    if screen is None:
        assert row.place == pytest.approx(seen.position, abs=0.051)
    else:
        x, y = screen.world_to_screen(seen.position)
        assert row.place == (x // 1, y // 1)


def check_weapon(row: Row, seen: UnitView) -> None:
    assert bool(row.weapon) == (seen.type_name not in UNARMED and seen.is_complete)
    if row.weapon:
        seconds = 0.0 if row.weapon == "ready" else float(row.weapon[:-1])
        assert seconds == pytest.approx(loops_to_seconds(seen.weapon_cooldown_loops), abs=0.051)


def check_orders(row: Row, seen: UnitView, here: Situation, points: str) -> None:
    told = row.orders.split(", ") if row.orders else []
    assert len(told) == min(2, len(seen.orders))
    for text, order in zip(told, seen.orders, strict=False):
        verb, _, target = text.partition(" ")
        assert verb == here.book.verb(order.ability_id)
        if isinstance(order.target, Point) and points == "world":
            assert [float(part) for part in target.split(",")] == pytest.approx(order.target, abs=0.051)
        elif isinstance(order.target, int) and order.target:
            assert target == here.short_ids.name(order.target)
        elif order.progress:
            assert target == f"{order.progress:.0%}"


def check_who_is_told(
    here: Situation, reading: Reading, teams: dict[str, list[UnitView]], middles: dict[str, Point]
) -> None:
    """Check that all of a team are told, and of the others who is near; enemies farther away are counted."""
    own = [unit for members in teams.values() for unit in members]
    workers = any(unit.type_name in ("SCV", "Probe", "Drone", "MULE") for unit in own)

    def is_near(unit: UnitView) -> bool:
        on_screen = any(max(abs(unit.position.x - m.x), abs(unit.position.y - m.y)) < 12 for m in middles.values())
        return on_screen or (here.speaker.points == "world" and any(unit.distance_to(one) <= 12 for one in own))

    others = [unit for unit in here.view.units if unit not in own and unit.type_name not in PASSED_OVER]
    told = [unit for unit in others if is_near(unit) and (unit.alliance is not Alliance.NEUTRAL or workers)]
    assert {row.id for row in reading.rows} == {here.short_ids.name(unit.tag) for unit in (*own, *told)}
    far = [unit.type_name for unit in others if unit.alliance is Alliance.ENEMY and not is_near(unit)]
    assert reading.far == Counter(far)


def check_actions(here: Situation, reading: Reading, teams: dict[str, list[UnitView]]) -> None:
    """Check that what is listed is what the units can do now, with the technology that is there."""
    members = [unit for team in teams.values() for unit in team]
    assert set(reading.actions) == {unit.type_name for unit in members}
    for type_name, told in reading.actions.items():
        units = [unit for unit in members if unit.type_name == type_name]
        for action in here.book.actions_of(type_name, here.speaker.points):
            able = [unit for unit in units if can_now(unit, action, here)]
            assert (action.name in told) == bool(able and not action.is_variant), action.name
            if action.name in told:
                names = tuple(here.short_ids.name(unit.tag) for unit in able)
                assert told[action.name] == (() if len(able) == len(units) else names)


def can_now(unit: UnitView, action, here: Situation) -> bool:
    if not here.can(unit, action):
        return False
    if unit.tag in here.view.available_abilities:
        return True
    if action.name.startswith("Cancel"):
        return bool(unit.orders) or unit.build_progress < 1
    known = load_abilities()
    card = set(here.book.cards[unit.type_name]) & action.ability_ids & set(known)
    return not card or any(is_open(known[ability], here) for ability in card)


def is_open(ability, here: Situation) -> bool:
    there = Counter(unit.type_id for unit in here.view.own if unit.build_progress >= 1)
    begun = Counter(unit.type_id for unit in here.view.own)
    for need in ability.needs:
        if need.kind == "unit" and not any(there[type_id] for type_id in need.ids):
            return False
        if need.kind == "upgrade" and not all(number in here.view.upgrade_ids for number in need.ids):
            return False
        if need.kind == "fewer" and not need.here and sum(begun[t] for t in need.ids) >= need.fewer_than:
            return False
    return ability.upgrade == 0 or ability.upgrade not in here.view.upgrade_ids
