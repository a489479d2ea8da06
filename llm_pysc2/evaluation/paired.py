"""Statistics of two players on the same seeds: how sure it is that one of them wins more often."""

from functools import lru_cache
from math import sqrt

from llm_pysc2.evaluation.statistics import Z_95, wilson_interval

ALPHA = 0.05
POWER = 0.8


def exact_sign_test(first: int, second: int) -> float:
    """Return the two-sided p-value of so uneven a split if both sides were equally likely; 1 if there is nothing.

    With pairs in which only one of two won, this is McNemar's exact test.

    >>> exact_sign_test(6, 0)
    0.03125
    """
    from scipy.stats import binomtest

    return float(binomtest(first, first + second, 0.5).pvalue) if first + second else 1.0


def paired_interval(both: int, only_a: int, only_b: int, neither: int, z: float = Z_95) -> tuple[float, float]:
    """Return the interval of B's success rate less A's, from the four kinds of pairs; (-1, 1) without pairs.

    R. G. Newcombe, Statistics in Medicine 17 (1998), pp. 2635-2650, method 10: Wilson's intervals of both rates, put
    together with their correlation, which is corrected for continuity.
    """
    pairs = both + only_a + only_b + neither
    if not pairs:
        return -1.0, 1.0
    wins_a, wins_b = both + only_a, both + only_b
    a, b = wins_a / pairs, wins_b / pairs
    (low_a, high_a), (low_b, high_b) = wilson_interval(wins_a, pairs, z), wilson_interval(wins_b, pairs, z)
    phi = _correlation(both, only_a, only_b, neither)
    below = _together(b - low_b, high_a - a, phi)
    above = _together(high_b - b, a - low_a, phi)
    return b - a - below, b - a + above


def _together(first: float, second: float, phi: float) -> float:
    return sqrt(max(0.0, first**2 - 2 * phi * first * second + second**2))


def _correlation(both: int, only_a: int, only_b: int, neither: int) -> float:
    pairs = both + only_a + only_b + neither
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    if not margins:
        return 0.0
    excess = both * neither - only_a * only_b
    corrected = max(0.0, excess - pairs / 2) if excess > 0 else excess
    return float(corrected) / sqrt(margins)


def power(pairs: int, disagreeing: float, difference: float, alpha: float = ALPHA) -> float:
    """Return the chance that McNemar's exact test, two-sided, finds a true difference of two paired rates.

    Args:
        pairs: How many there are.
        disagreeing: Share of pairs in which only one side wins, at least the difference.
        difference: Of the two rates, 0 to 1.
        alpha: p-value from which the test finds something.
    """
    import numpy as np
    from scipy.stats import binom

    counts = np.arange(1, pairs + 1)
    needed = binom.isf(alpha / 2, counts, 0.5) + 1
    share = min(1.0, (disagreeing + difference) / (2 * disagreeing))
    found = binom.sf(needed - 1, counts, share) + binom.cdf(counts - needed, counts, share)
    return float(np.sum(binom.pmf(counts, pairs, disagreeing) * found))


@lru_cache(maxsize=1024)
def resolvable_difference(pairs: int, disagreeing: float) -> float | None:
    """Return the smallest difference that is found with a chance of POWER at ALPHA; None if not even 1 is.

    Pairs are taken to disagree as often as given, or as often as the difference needs where that is more.
    """

    def is_found(difference: float) -> bool:
        return power(pairs, max(difference, disagreeing), difference) >= POWER

    if not is_found(1.0):
        return None
    low, high = 0.0, 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if is_found(middle) else (middle, high)
    return high
