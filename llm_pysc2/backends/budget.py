"""How much a run, or one episode of it, may use up: tokens and money. What does not fit is not asked.

A call is let through only if what it is expected to use still fits beside the calls that are in flight, so that a
run ends below its budget and not above it.
"""

import asyncio
import math
from dataclasses import dataclass

from llm_pysc2.backends.options import Price
from llm_pysc2.backends.prices import cost_usd
from llm_pysc2.chat import Usage
from llm_pysc2.errors import BudgetSpentError

FIRST_GUESS_OUTPUT_TOKENS = 500
"""What an answer is expected to be as long as there has been none; after that, the mean so far."""


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """The most that may be used up."""

    tokens: int | None = None
    """Input and output, cached input included."""
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a call in flight is expected to use up."""

    guessed_tokens: int
    """Of input, as guessed from the length of the text."""
    tokens: int
    """Of input and output, after what the calls before have taught about guesses."""
    usd: float


class Budget:
    """Counts what has been used up, for a run or for an episode within a run."""

    def __init__(
        self, limits: BudgetLimits | None = None, *, name: str = "run", within: "Budget | None" = None
    ) -> None:
        """Make a budget; what is booked here is booked `within` the larger one too."""
        self.limits = limits or BudgetLimits()
        self.name = name
        self.tokens = 0
        self.usd = 0.0
        self.unpriced_tokens = 0
        """Tokens of models whose price nobody knows: not in `usd`."""
        self._within = within
        self._in_flight = 0
        self._held_tokens = 0
        self._held_usd = 0.0
        self._answers = 0
        self._guessed_tokens = 0
        self._input_tokens = 0
        self._output_tokens = 0
        self._settled = asyncio.Event()

    async def reserve(self, input_tokens: int, price: Price | None) -> Expected:
        """Set aside what a call will use; where only calls in flight stand in the way, wait for them.

        Raises BudgetSpentError where it does not fit any more.
        """
        while True:
            expected = self._expect(input_tokens, price)
            full = next((budget for budget in self._chain() if not budget._fits(expected)), None)
            if full is None:
                break
            full._settled.clear()
            await full._settled.wait()
        for budget in self._chain():
            budget._set_aside(expected, 1)
        return expected

    def settle(self, expected: Expected, usage: Usage | None, price: Price | None) -> None:
        """Book what a call really used, or nothing for one that failed, instead of what was set aside."""
        for budget in self._chain():
            budget._set_aside(expected, -1)
            if usage is not None:
                budget._book(expected, usage, price)
            budget._settled.set()

    def _book(self, expected: Expected, usage: Usage, price: Price | None) -> None:
        used = usage.input_tokens + usage.output_tokens
        self.tokens += used
        self._answers += 1
        self._guessed_tokens += max(1, expected.guessed_tokens)
        self._input_tokens += usage.input_tokens
        self._output_tokens += usage.output_tokens
        if price is None:
            self.unpriced_tokens += used
        else:
            self.usd += cost_usd(usage, price)

    def _expect(self, input_tokens: int, price: Price | None) -> Expected:
        """Return what a call will use up, by what answers have been like so far."""
        output = math.ceil(self._output_tokens / self._answers) if self._answers else FIRST_GUESS_OUTPUT_TOKENS
        learned = math.ceil(input_tokens * self._input_tokens / self._guessed_tokens) if self._answers else input_tokens
        usage = Usage(input_tokens=learned, output_tokens=output)
        return Expected(input_tokens, learned + output, cost_usd(usage, price) if price else 0.0)

    def _fits(self, expected: Expected) -> bool:
        """Return whether a call fits beside those in flight. Raises BudgetSpentError if it would not without them."""
        tokens, usd = self.limits.tokens, self.limits.usd
        if tokens is not None and self.tokens + expected.tokens > tokens:
            raise BudgetSpentError(
                f"the {self.name}'s budget of {tokens} tokens is spent: {self.tokens} used, "
                f"and the next call needs about {expected.tokens}"
            )
        if usd is not None and self.usd + expected.usd > usd:
            raise BudgetSpentError(
                f"the {self.name}'s budget of ${usd:g} is spent: ${self.usd:.4f} used, "
                f"and the next call needs about ${expected.usd:.4f}"
            )
        all_tokens, all_usd = (
            self.tokens + self._held_tokens + expected.tokens,
            self.usd + self._held_usd + expected.usd,
        )
        return (tokens is None or all_tokens <= tokens) and (usd is None or all_usd <= usd)

    def _set_aside(self, expected: Expected, calls: int) -> None:
        """Count a call in flight, or one less with calls = -1; with none left, no rest of a rounding stays behind."""
        self._in_flight += calls
        self._held_tokens += calls * expected.tokens
        self._held_usd = self._held_usd + calls * expected.usd if self._in_flight else 0.0

    def _chain(self) -> "list[Budget]":
        return [self, *(self._within._chain() if self._within else [])]
