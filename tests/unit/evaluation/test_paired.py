import random
from math import sqrt

import pytest

from llm_pysc2.evaluation.paired import exact_sign_test, paired_interval, power, resolvable_difference


@pytest.mark.parametrize(
    ("first", "second", "p_value"),
    [
        # statsmodels 0.15, mcnemar([[n, first], [second, n]], exact=True)
        (4, 9, 0.266845703125),
        (1, 7, 0.0703125),
        (6, 16, 0.052478790283203125),
        (6, 0, 0.03125),
        (5, 0, 0.0625),
        (3, 3, 1.0),
        (0, 0, 1.0),
    ],
)
def test_the_exact_test(first: int, second: int, p_value: float) -> None:
    assert exact_sign_test(first, second) == pytest.approx(p_value, abs=1e-7)
    assert exact_sign_test(second, first) == exact_sign_test(first, second)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), pp. 2635-2650, method 10
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((18, 12, 2, 18), 0.0562, 0.3290),
        ((53, 0, 0, 1), -0.0729, 0.0729),
    ],
)
def test_the_interval_agrees_with_published_ones(table: tuple[int, int, int, int], low: float, high: float) -> None:
    both, only_first, only_second, neither = table
    assert paired_interval(both, only_second, only_first, neither) == pytest.approx((low, high), abs=1e-4)
    assert paired_interval(*table) == pytest.approx((-high, -low), abs=1e-4)


def test_the_interval_holds_what_it_says() -> None:
    """Of 95 % intervals of simulated pairs, about 95 % hold the true difference."""
    chance = random.Random(3)
    shares = {"both": 0.4, "only_a": 0.1, "only_b": 0.25, "neither": 0.25}
    hits = 0
    for _ in range(2000):
        drawn = chance.choices(list(shares), list(shares.values()), k=40)
        low, high = paired_interval(*(drawn.count(kind) for kind in shares))
        hits += low <= 0.15 <= high
    assert 0.93 <= hits / 2000 <= 0.985


def test_no_pairs_say_nothing() -> None:
    assert paired_interval(0, 0, 0, 0) == (-1.0, 1.0)
    assert resolvable_difference(0, 0.0) is None


def test_power_agrees_with_a_published_example() -> None:
    # O'Brien (2002), in the manual of G*Power 3.1: 50 pairs, 0.08 and 0.32 disagree, one-sided at 5 %: 0.839343
    assert power(50, 0.4, 0.24, alpha=0.10) == pytest.approx(0.839343, abs=2e-5)


def test_power_agrees_with_simulation() -> None:
    chance = random.Random(5)
    found = 0
    for _ in range(1500):
        drawn = chance.choices(("a", "b", "-"), (0.10, 0.35, 0.55), k=32)
        found += exact_sign_test(drawn.count("a"), drawn.count("b")) <= 0.05
    assert power(32, 0.45, 0.25) == pytest.approx(found / 1500, abs=4 * sqrt(0.25 / 1500))


def test_what_so_many_episodes_can_resolve() -> None:
    assert resolvable_difference(5, 0.0) is None  # 5 of 5 in one direction have p = 0.0625
    assert resolvable_difference(6, 0.0) == pytest.approx(0.8 ** (1 / 6), abs=1e-3)  # all 6 must point in one direction
    few, many = resolvable_difference(32, 0.3), resolvable_difference(320, 0.3)
    assert few is not None
    assert many is not None
    assert many < few / 2
    assert power(320, 0.3, many) >= 0.8 > power(320, 0.3, many - 2e-4)
