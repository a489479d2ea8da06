"""Time to kill and remaining life of pairs of unit types, against a calculation from the facts in their file.

The calculator knows one attacker, one target that does nothing, and no random delay. It reads the JSON itself, and
shares no code with the engine. With the random delay on, the time lies between the bounds of the delay.
"""

import json
from itertools import cycle
from math import ceil
from typing import Any

import pytest

from tests.arena import ATTACK, Arena
from tests.conftest import ROOT

FACTS: dict[str, dict[str, Any]] = {
    unit["name"]: unit for unit in json.loads((ROOT / "knowledge_base/facts/units.json").read_text())["units"]
}

PAIRS = [
    # attacker, target, index of the weapon that is used
    ("Marine", "Zealot", 0), ("Marine", "Stalker", 0), ("Marine", "Zergling", 0), ("Marine", "Roach", 0),
    ("Marine", "Ultralisk", 0), ("Marine", "Mutalisk", 0), ("Marine", "VoidRay", 0), ("Marine", "Medivac", 0),
    ("Marauder", "Stalker", 0), ("Marauder", "Zealot", 0), ("Marauder", "Roach", 0), ("Marauder", "Archon", 0),
    ("Reaper", "Drone", 0), ("Reaper", "Zealot", 0), ("Ghost", "Marine", 0), ("Ghost", "Zealot", 0),
    ("SiegeTank", "Roach", 0), ("SiegeTank", "Zergling", 0), ("VikingAssault", "Disruptor", 0),
    ("VikingFighter", "Corruptor", 0), ("VikingFighter", "Phoenix", 0), ("Banshee", "Queen", 0),
    ("Thor", "Zealot", 1), ("ThorHighImpactMode", "BroodLord", 0), ("Cyclone", "Stalker", 0), ("SCV", "Probe", 0),
    ("Battlecruiser", "Marine", 0), ("Zealot", "Zealot", 0), ("Zealot", "Marine", 0), ("Zealot", "Ultralisk", 0),
    ("Zealot", "SpineCrawler", 0), ("Stalker", "Zealot", 0), ("Stalker", "Stalker", 0), ("Stalker", "Roach", 0),
    ("Stalker", "Mutalisk", 0), ("Stalker", "SpineCrawler", 0), ("Stalker", "Colossus", 0), ("Adept", "Zergling", 0),
    ("Adept", "Roach", 0), ("HighTemplar", "Zealot", 0), ("DarkTemplar", "Hydralisk", 0), ("DarkTemplar", "Roach", 0),
    ("Immortal", "Roach", 0), ("Immortal", "Zergling", 0), ("Immortal", "SiegeTank", 0), ("Phoenix", "Mutalisk", 0),
    ("Phoenix", "Overlord", 0), ("Tempest", "Colossus", 0), ("Tempest", "Carrier", 0), ("Tempest", "Roach", 1),
    ("PhotonCannon", "Zergling", 0), ("PhotonCannon", "Mutalisk", 0), ("Probe", "Drone", 0), ("Drone", "Probe", 0),
    ("Zergling", "Zealot", 0), ("Zergling", "Marine", 0), ("Zergling", "Colossus", 0), ("Roach", "Zealot", 1),
    ("Roach", "Marine", 1), ("Hydralisk", "Zealot", 1), ("Hydralisk", "VoidRay", 1), ("Ravager", "Stalker", 0),
    ("Queen", "Zealot", 2), ("Queen", "VoidRay", 0), ("Queen", "Zergling", 1), ("Corruptor", "VoidRay", 0),
    ("Corruptor", "Carrier", 0), ("SporeCrawler", "Phoenix", 0), ("SporeCrawler", "Mutalisk", 0),
    ("SpineCrawler", "Zealot", 0), ("Broodling", "Marine", 0), ("InfestedTerran", "Zealot", 1),
]  # fmt: skip


def grid(value: float) -> float:
    return round(value * 4096) / 4096


def damage_of(hit: dict[str, Any], target: dict[str, Any], plus: float) -> float:
    bonus = sum(value for attribute, value in hit.get("bonus", {}).items() if attribute in target.get("attributes", ()))
    return float(hit["damage"] + bonus + plus)


def hit_loops(weapon: dict[str, Any], cells: float) -> list[tuple[int, dict[str, Any]]]:
    """Return for one shot begun in loop 0 the loops in which its hits fall, and the hits."""
    point = ceil(weapon.get("damage_point_loops", 2.672))
    falls = []
    for hit in weapon["hits"]:
        if hit.get("condition") in (["else"], ["TargetRadiusLarge"]) or hit.get("search_origin") == "previous":
            continue
        after = hit.get("delay_loops", 0.0)
        periods = cycle(hit.get("period_loops") or [0.0])
        for _ in range(hit.get("times", 1)):
            after += next(periods)
            falls.append((point + ceil(after) + flight_loops(hit, cells), hit))
    return sorted(falls, key=lambda fall: fall[0])


def flight_loops(hit: dict[str, Any], cells: float) -> int:
    """Return in which loop after its start a missile arrives; the first loop of flight is the one it starts in."""
    if hit.get("missile_speed") is None:
        return 0
    full = hit["missile_speed"] / 16
    gain = hit.get("missile_acceleration")
    speed = full if gain is None or gain >= 1000 else min(hit.get("missile_start_speed", 0) / 16, full)
    flown, loops = 0.0, 0
    while True:
        speed = min(full, speed + (gain or 0) / 256)
        flown += speed
        if flown >= cells - 1e-9:
            return loops
        loops += 1


def calculate(attacker: str, target: str, index: int, cells: float, plus: float = 0.0) -> tuple[int, float]:
    """Return the loop (counted from 1) in which the target dies, and the life it had at the end of the loop before."""
    weapon, facts = FACTS[attacker]["weapons"][index], FACTS[target]
    life, shield = float(facts["life_max"]), float(facts.get("shield_max", 0))
    regen = 0.0 if "life_regen_delay_loops" in facts else grid(facts.get("life_regen_per_game_second", 0) / 16)
    period = ceil(grid(weapon["period_loops"]))
    falls = [(shot * period + loop, hit) for shot in range(200) for loop, hit in hit_loops(weapon, cells)]
    loop, left = -1, life
    for fall, hit in sorted(falls, key=lambda one: one[0]):
        if fall > loop:
            left = min(life + (fall - loop - 1) * regen, facts["life_max"])
            life = min(left + regen, facts["life_max"])
        loop = fall
        amount = damage_of(hit, facts, plus)
        absorbed = min(shield, amount)
        shield -= absorbed
        if absorbed < amount:
            life -= max(
                amount - absorbed - facts.get("armor", 0) * hit.get("armor_factor", 1), 0.5 if not absorbed else 0
            )
        if life <= 0:
            return loop + 1, left
    raise AssertionError("never dies")


def distance(attacker: str, target: str, index: int) -> float:
    """Return a distance between middles at which this weapon and no other of the attacker fires."""
    weapon = FACTS[attacker]["weapons"][index]
    reach, least = weapon["range_cells"], weapon.get("min_range_cells", 0)
    gap = 0.0625 if reach <= 0.5 else max(reach - 0.5, (reach + least) / 2)
    return float(gap + FACTS[attacker]["radius_cells"] + FACTS[target]["radius_cells"])


def play(attacker: str, target: str, cells: float, arena: Arena) -> tuple[int, float]:
    """Return the loop in which the target dies in the engine, and its life at the end of the loop before."""
    arena.cover_with_creep()
    mine = arena.add(attacker, 20, 20)
    if FACTS[attacker].get("needs_power"):
        arena.add("Pylon", 17, 20)
    other = arena.add_inert(target, 20 + cells, 20)
    for autocast in arena.game.types.autocasts.get(int(arena.game.units.row[arena.row(mine)]), ()):
        arena.game.set_autocast(1, autocast.id, [mine])
    assert arena.order(mine, ATTACK, other) == 1
    left = arena.life(other)
    for loops in range(1, 5000):
        arena.step()
        if not arena.alive(other):
            return loops, left
        left = arena.life(other)
    raise AssertionError("never dies")


@pytest.mark.parametrize(("attacker", "target", "index"), PAIRS)
def test_time_to_kill_and_life_before_the_end(attacker: str, target: str, index: int) -> None:
    cells = distance(attacker, target, index)
    expected_loop, expected_left = calculate(attacker, target, index, cells)
    loop, left = play(attacker, target, cells, Arena(random_delay="none", flee_cells=0.0))
    assert loop == expected_loop
    assert left == expected_left


@pytest.mark.parametrize(("attacker", "target", "index"), PAIRS[::3])
def test_random_delay_stays_in_its_bounds(attacker: str, target: str, index: int) -> None:
    weapon = FACTS[attacker]["weapons"][index]
    least, most = weapon.get("random_delay_loops", (-1, 2))
    cells = distance(attacker, target, index)
    bounds = []
    for delay in (least, most):
        changed = list(FACTS[attacker]["weapons"])
        changed[index] = {**weapon, "period_loops": weapon["period_loops"] + delay}
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(FACTS[attacker], "weapons", changed)
            bounds.append(calculate(attacker, target, index, cells)[0])
    for seed in range(3):
        loop, _ = play(attacker, target, cells, Arena(seed=seed, flee_cells=0.0))
        assert bounds[0] <= loop <= bounds[1]


def test_enough_pairs() -> None:
    assert len(set(PAIRS)) >= 60
