"""What lookups claim of even cost, fought out on the embedded game: two lines walk at each other on open ground."""

from itertools import product

import pytest

from llm_pysc2.knowledge.describe import describe_matchup, titles
from llm_pysc2.knowledge.matchup import match, value
from llm_pysc2.knowledge.units import UnitType, unit_by_name
from tests.arena import ATTACK, ENEMY, Arena

SEEDS = (0, 1)
LINE_CELLS = 24.0
EVEN = 0.04
"""Two sides differ in value by no more than this share."""

AS_CLAIMED = [
    ("Roach", "Stalker"),
    ("Zergling", "Marine"),
    ("Zealot", "Marine"),
    ("Marauder", "Stalker"),
    ("Marine", "Hydralisk"),
    ("Marine", "Colossus"),
    ("Immortal", "Stalker"),
    ("Phoenix", "Mutalisk"),
    ("VikingFighter", "VoidRay"),
    ("VikingFighter", "Battlecruiser"),
    ("Zealot", "Roach"),
    ("Marauder", "Ultralisk"),
    ("Hydralisk", "VoidRay"),
    ("Stalker", "VoidRay"),
    ("Queen", "Mutalisk"),
    ("Marine", "Roach"),
    ("Zealot", "Marauder"),
    ("Marine", "Adept"),
    ("Marine", "Mutalisk"),
    ("Stalker", "Cyclone"),
    ("Roach", "Ravager"),
    ("Tempest", "Battlecruiser"),
]
"""Winner first."""

OTHERWISE = [
    ("Liberator", "Mutalisk", "no splash"),
    ("Immortal", "Roach", "no spells"),  # its barrier
    ("DarkTemplar", "Zealot", "no cloak"),
    ("Zealot", "Zergling", "no walking"),  # 47 zerglings cannot all stand around 12 zealots at once
]
"""The winner of the fight first, though the claim for the open field is the other; and what the claim leaves out."""


def even_numbers(first: UnitType, second: UnitType) -> tuple[int, int]:
    """Return how many of each make two armies of even value, about 1200 minerals."""
    fair = [
        (abs(one * value(first) - 1200), one, other)
        for one, other in product(range(1, 25), range(1, 49))
        if abs(one * value(first) / (other * value(second)) - 1) <= EVEN
    ]
    _, one, other = min(fair)
    return one, other


def draw_up(arena: Arena, unit: UnitType, count: int, owner: int) -> None:
    """Put a side up in rows that face the other, ordered to attack across the field."""
    apart = max(2 * unit.radius_cells, 0.75) + 0.1
    width = max(1, min(count, int(LINE_CELLS / apart)))
    front, back, ahead = (38, 1, (20.0, 32.0)) if owner == ENEMY else (26, -1, (44.0, 32.0))
    for number in range(count):
        row, place = divmod(number, width)
        in_row = min(width, count - row * width)
        y = 32 + (place - (in_row - 1) / 2) * apart
        tag = arena.add(unit.name, front + back * row * apart, y, owner, 180.0 if owner == ENEMY else 0.0)
        arena.order(tag, ATTACK, ahead)


def winner(first: UnitType, second: UnitType, seed: int) -> str:
    """Return the name of the type of which the larger share is left: most often one is gone, but some run away."""
    arena = Arena(seed=seed)
    counts = even_numbers(first, second)
    for owner, unit, count in zip((1, ENEMY), (first, second), counts, strict=True):
        draw_up(arena, unit, count, owner)
    owners: list[int] = []
    for _ in range(100):
        arena.step(16)
        owners = arena.game.units.owner.tolist()
        if len(set(owners)) == 1:
            break
    ours, theirs = owners.count(1) / counts[0], owners.count(ENEMY) / counts[1]
    return first.name if ours > theirs else second.name


@pytest.mark.parametrize(("better", "worse"), AS_CLAIMED)
def test_who_wins_at_even_cost(better: str, worse: str) -> None:
    first, second = unit_by_name(better), unit_by_name(worse)
    matchup = match(first, second)
    assert matchup.open_field is not None
    assert matchup.open_field > 1
    assert f"Even cost: {titles((better,))} " in describe_matchup(matchup)
    assert [winner(first, second, seed) for seed in SEEDS] == [better] * len(SEEDS)


@pytest.mark.parametrize(("better", "worse", "left_out"), OTHERWISE)
def test_where_fights_end_otherwise_the_claim_says_what_it_leaves_out(better: str, worse: str, left_out: str) -> None:
    first, second = unit_by_name(better), unit_by_name(worse)
    matchup = match(first, second)
    assert matchup.open_field is not None
    assert matchup.open_field < 1
    assert left_out in describe_matchup(matchup)
    assert [winner(first, second, seed) for seed in SEEDS] == [better] * len(SEEDS)
