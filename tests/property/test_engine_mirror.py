"""A mirrored scene with the sides swapped has the mirrored outcome: neither side has an advantage by its number."""

import pytest

from tests.arena import ATTACK, ENEMY, Arena

TEAMS = (("Marine", 4), ("Zealot", 3), ("Stalker", 3), ("Roach", 3), ("Zergling", 6))


def winner(name: str, count: int, first: int, seed: int) -> int:
    """Return who wins a mirrored fight in which player `first` is created first; 0 = nobody."""
    arena = Arena(seed=seed)
    for owner in (first, 3 - first):
        x, ahead = (20, 44.0) if owner == first else (44, 20.0)
        for index in range(count):
            tag = arena.add(name, x, 28 + 1.5 * index, owner=owner, facing_deg=0 if owner == first else 180)
            arena.order(tag, ATTACK, (ahead, 28 + 1.5 * index))
    for _ in range(200):
        arena.step(16)
        owners = set(arena.game.units.owner.tolist())
        if len(owners) < 2:
            return owners.pop() if owners else 0
    return 0


@pytest.mark.parametrize(("name", "count"), TEAMS)
def test_swapping_the_sides_swaps_the_winner(name: str, count: int) -> None:
    for seed in range(4):
        swapped = {0: 0, 1: ENEMY, ENEMY: 1}
        assert winner(name, count, 1, seed) == swapped[winner(name, count, 2, seed)]


def test_the_side_created_first_has_no_advantage() -> None:
    # 40 mirrored fights: a fair coin lies within 8 of 20 in 99 of 100 cases.
    wins = [winner("Marine", 4, 1, seed) for seed in range(40)]
    assert 10 <= wins.count(1) <= 30
