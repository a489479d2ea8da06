"""How the time that thinking takes meets the time of the game.

    wait       the game stands still until all answers are in
    deadline   it stands still for at most so many seconds; late answers are dropped, or used when they come
    charged    each answer takes effect as many game loops later as it took to think; units carry on meanwhile
    realtime   the game runs by the clock on the wall, whatever the agents do

A session starts thoughts and asks its pace to settle them: to say at which game loop each one takes effect. Paces
measure time with the event loop's clock, so that tests can run them on a clock that jumps.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from llm_pysc2.chat import Completion
from llm_pysc2.dialogue.describe import describe
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.extensions import extension_names, load_extension
from llm_pysc2.orchestrator.seat import Answer, Seat
from llm_pysc2.world.clock import LOOPS_PER_SECOND, seconds_to_loops


@dataclass(slots=True)
class Thought:
    """One agent thinking about one situation."""

    seat: Seat
    situation: Situation
    turn: int
    asked_loop: int
    """Game loop of the situation."""
    task: "asyncio.Task[Answer]"
    effect_loop: int | None = None
    """Game loop at which the answer takes effect; None while that is not known."""
    answer: Answer | None = None

    def land(self, loop: int) -> None:
        """Take the finished answer, to take effect at a game loop. Raises what the seat raised."""
        self.answer = self.task.result()
        self.effect_loop = loop

    def drop(self, seconds: float) -> None:
        """Give up an answer that is late."""
        self.task.cancel()
        reason = f"no answer within {seconds:g} s"
        self.answer = Answer(describe(self.situation), Completion("", self.seat.model), "late", reason)
        self.effect_loop = self.asked_loop


class Pace(Protocol):
    """Decides when answers take effect."""

    @property
    def name(self) -> str:
        """As it is named on the command line."""
        ...

    async def settle(self, thoughts: Sequence[Thought], loop: int) -> None:
        """Set the effect of those thoughts that have none yet and for which it is known by now, waiting as it must.

        Called whenever the game stands at a loop where something may happen; `thoughts` are those still under way.
        """
        ...


class Wait:
    """The game stands still until all answers are in."""

    name = "wait"

    async def settle(self, thoughts: Sequence[Thought], loop: int) -> None:  # noqa: ARG002 - the game stands
        """Wait for all; they take effect where they were asked."""
        await _finish(thoughts)
        for thought in thoughts:
            thought.land(thought.asked_loop)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The game stands still for at most `seconds`."""

    seconds: float
    keep_late: bool = False
    """Whether a late answer is used when it comes, at the next stop of the game; otherwise it is dropped."""

    @property
    def name(self) -> str:
        """As it is named on the command line."""
        return f"deadline:{self.seconds:g}" + (":keep" if self.keep_late else "")

    async def settle(self, thoughts: Sequence[Thought], loop: int) -> None:
        """Wait for those just asked; land what is there, at this loop."""
        fresh = [thought for thought in thoughts if thought.asked_loop == loop]
        await _finish(fresh, self.seconds)
        for thought in thoughts:
            if thought.task.done():
                thought.land(loop)
            elif not self.keep_late:
                thought.drop(self.seconds)


@dataclass(frozen=True, slots=True)
class Charged:
    """Thinking is charged to the game clock.

    With rates the time is computed from the tokens of the answer and a run is repeatable; without, it is measured.
    """

    base_seconds: float | None = None
    tokens_per_second: float | None = None

    @property
    def name(self) -> str:
        """As it is named on the command line."""
        if self.base_seconds is None:
            return "charged"
        rate = f"+{self.tokens_per_second:g}" if self.tokens_per_second else ""
        return f"charged:{self.base_seconds:g}{rate}"

    async def settle(self, thoughts: Sequence[Thought], loop: int) -> None:  # noqa: ARG002 - the game stands
        """Wait for all; each takes effect as much later as it took."""
        fresh = [thought for thought in thoughts if thought.effect_loop is None]
        await _finish(fresh)
        for thought in fresh:
            completion = thought.task.result().completion
            thought.land(thought.asked_loop + seconds_to_loops(self.seconds_of(completion)))

    def seconds_of(self, completion: Completion) -> float:
        """Return how long an answer counts as having taken."""
        if self.base_seconds is None:
            return completion.latency_seconds
        tokens = completion.usage.output_tokens or len(completion.text) / CHARACTERS_PER_TOKEN
        return self.base_seconds + (tokens / self.tokens_per_second if self.tokens_per_second else 0.0)


CHARACTERS_PER_TOKEN = 4
"""For answers whose tokens nobody counted, such as those of scripted policies."""


class Realtime:
    """The game runs by the clock on the wall, 22.4 loops a second."""

    name = "realtime"

    def __init__(self) -> None:
        self._start: tuple[float, int] | None = None

    async def settle(self, thoughts: Sequence[Thought], loop: int) -> None:
        """Sleep until the wall clock has reached this loop; land what has come by then."""
        clock = asyncio.get_running_loop()
        if self._start is None:
            self._start = clock.time(), loop
        start_time, start_loop = self._start
        due = start_time + (loop - start_loop) / LOOPS_PER_SECOND
        await asyncio.sleep(max(0.0, due - clock.time()))
        for thought in thoughts:
            if thought.effect_loop is None and thought.task.done():
                thought.land(loop)


async def _finish(thoughts: Sequence[Thought], timeout_seconds: float | None = None) -> None:
    """Wait until all are done, the time is up, or one of them has failed for good."""
    tasks = [thought.task for thought in thoughts if not thought.task.done()]
    if tasks:
        await asyncio.wait(tasks, timeout=timeout_seconds, return_when=asyncio.FIRST_EXCEPTION)
    for thought in thoughts:
        if thought.task.done():
            thought.task.result()


PACES = (
    "wait",
    "deadline:SECONDS",
    "deadline:SECONDS:keep",
    "charged",
    "charged:SECONDS+TOKENS_PER_SECOND",
    "realtime",
)


def make_pace(text: str) -> Pace:
    """Return the pace that a text such as "wait", "deadline:5" or "charged:0.5+60" names. Raises UsageError."""
    kind, _, rest = text.partition(":")
    if (extension := load_extension("paces", kind)) is not None:
        return cast(Pace, extension(rest))
    try:
        if text == "wait":
            return Wait()
        if text == "realtime":
            return Realtime()
        if kind == "deadline":
            seconds, _, keep = rest.partition(":")
            if keep in ("", "keep"):
                return Deadline(_positive(seconds), keep == "keep")
        if text == "charged":
            return Charged()
        if kind == "charged":
            base, plus, rate = rest.partition("+")
            return Charged(_positive(base, zero=True), _positive(rate) if plus else None)
    except ValueError:
        pass
    raise UsageError(f"no pace {text!r}; {closest_names(text, (*PACES, *extension_names('paces')))}")


def _positive(text: str, *, zero: bool = False) -> float:
    value = float(text)
    if not (0 < value < float("inf") or (zero and value == 0)):
        raise ValueError(text)
    return value
