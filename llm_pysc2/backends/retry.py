"""Which failed attempts are repeated, and after how long: bounded by attempts, a deadline and the run's budget."""

from dataclasses import dataclass, field
from random import Random

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0


def backoff_seconds(faults: int, retry_after_seconds: float | None, chance: Random) -> float:
    """Return the wait after so many faults, never shorter than the service asked.

    It has jitter, so that many callers that failed together do not come back together.
    """
    if retry_after_seconds is not None:
        return retry_after_seconds + chance.uniform(0.0, min(1.0, 0.1 * retry_after_seconds + 0.05))
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(faults - 1, 16))
    return longest * chance.uniform(0.5, 1.0)


@dataclass(slots=True)
class RetryBudget:
    """Retries that a run may still make: each call earns some, so that a bad night does not multiply the load."""

    per_call: float = 1.0
    most: float = 100.0
    left: float = field(default=20.0)

    def earn(self) -> None:
        """Book a new call."""
        self.left = min(self.most, self.left + self.per_call)

    def spend(self) -> bool:
        """Book a retry. Returns False, and books nothing, when none is left."""
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True
