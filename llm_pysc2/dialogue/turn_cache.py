"""What is the same for all agents that are told of one moment of the game is found out once."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def of_the_latest(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function that keeps its last value, and gives it again as long as it is asked of the very same views."""
    latest: tuple[tuple[object, ...], T] | None = None

    @wraps(function)
    def recall(*args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal latest
        asked, kept = (*args, *kwargs.values()), latest  # read once: another thread may tell of another moment
        if kept is None or any(one is not other for one, other in zip(kept[0], asked, strict=True)):
            latest = kept = asked, function(*args, **kwargs)
        return kept[1]

    return recall
