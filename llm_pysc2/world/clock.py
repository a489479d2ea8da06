"""The one clock: game loops. All other time units are converted here and nowhere else."""

LOOPS_PER_SECOND = 22.4
"""Game loops in a real second at speed "faster", the only speed used (SC2 API)."""

LOOPS_PER_GAME_SECOND = 16
"""Game loops in a second of the game's catalog, in which its periods and speeds are given."""


def loops_to_seconds(loops: float) -> float:
    """Return real seconds at speed "faster" for a number of game loops."""
    return loops / LOOPS_PER_SECOND


def seconds_to_loops(seconds: float) -> int:
    """Return whole game loops for real seconds at speed "faster", rounded to nearest.

    >>> seconds_to_loops(10)
    224
    """
    return round(seconds * LOOPS_PER_SECOND)


def loops_to_clock(loops: int) -> str:
    """Return the game clock as people read it, minutes and seconds.

    >>> loops_to_clock(2016)
    '1:30'
    """
    minutes, seconds = divmod(int(loops_to_seconds(loops)), 60)
    return f"{minutes}:{seconds:02d}"
