"""A backend that keeps books: it checks the budget before a call and counts what the call came to."""

from llm_pysc2.backends.backend import Backend
from llm_pysc2.backends.budget import Budget
from llm_pysc2.backends.options import Price
from llm_pysc2.backends.prices import cost_usd
from llm_pysc2.backends.tally import Tally
from llm_pysc2.backends.tokens import estimate_tokens
from llm_pysc2.chat import Chat, Completion, Usage
from llm_pysc2.errors import BudgetSpentError, ModelServiceError


class MeteredBackend:
    """A backend that others may share, with a budget above and a tally beside it."""

    def __init__(self, backend: Backend, budget: Budget, tally: Tally, price: Price | None) -> None:
        """Put books around a backend; without a price, tokens are counted and money is not."""
        self.name = backend.name
        self._backend = backend
        self._budget = budget
        self._tally = tally
        self._price = price

    async def complete(self, chat: Chat) -> Completion:
        """Return the answer. Raises BudgetSpentError before it would be exceeded, else as the backend does."""
        try:
            expected = await self._budget.reserve(estimate_tokens(chat), self._price)
        except BudgetSpentError as error:
            self._tally.add_failure(error)
            raise
        usage: Usage | None = None
        try:
            answer = await self._backend.complete(chat)
            usage = answer.usage
        except ModelServiceError as error:
            self._tally.add_failure(error)
            raise
        finally:
            self._budget.settle(expected, usage, self._price)
        self._tally.add_answer(answer, cost_usd(usage, self._price) if self._price else None)
        return answer

    async def aclose(self) -> None:
        """Do nothing: what agents share, the model pool closes."""
