"""Small answers about small arrays. A loop asks them dozens of times, of few units, where NumPy's own ways are slow."""

from llm_pysc2.engine.movement.bodies import Bools, Floats


def anybody(flags: Bools) -> bool:
    """Return whether any of some flags is set.

    >>> import numpy as np
    >>> anybody(np.array([False, True])), anybody(np.array([False, False]))
    (True, False)
    """
    return b"\1" in flags.tobytes()


def everybody(flags: Bools) -> bool:
    """Return whether all of some flags are set."""
    return b"\0" not in flags.tobytes()


def square_length(xy: Floats) -> Floats:
    """Return the squares of the lengths of vectors of shape (2, ...), without the first axis."""
    squares = xy * xy
    length: Floats = squares[0]
    length += squares[1]
    return length
