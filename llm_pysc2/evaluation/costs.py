"""What the answers of an episode cost, as far as prices are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from llm_pysc2.backends.names import resolve_name
from llm_pysc2.backends.options import Price
from llm_pysc2.backends.presets import Preset, find_presets
from llm_pysc2.backends.prices import cost_usd, find_prices, price_of
from llm_pysc2.chat import Usage
from llm_pysc2.errors import LlmPysc2Error
from llm_pysc2.orchestrator.events import Answered, Reflected


@dataclass(frozen=True, slots=True)
class Cost:
    """The money of an episode."""

    usd: float | None
    """None if the price of a model that used tokens is unknown."""
    unpriced: frozenset[str] = frozenset()
    known_usd: float = 0.0
    """Of the models whose price is known."""


class PriceList:
    """Prices of models by the names under which they played; read when first needed, looked up once each."""

    def __init__(self, prices: Mapping[str, Price] | None = None) -> None:
        self._given = prices
        self._found: dict[str, Price | None] = {}

    @cached_property
    def _prices(self) -> Mapping[str, Price]:
        return find_prices() if self._given is None else self._given

    @cached_property
    def _presets(self) -> Mapping[str, Preset]:
        return find_presets()

    def price(self, name: str) -> Price | None:
        """Return the price of a model, or None where it is unknown or the name stands for no model today.

        Raises PackError for a broken file of prices.
        """
        if name not in self._found:
            try:
                model = resolve_name(name, presets=self._presets)
            except LlmPysc2Error:
                self._found[name] = None
            else:
                own = model.options.price
                self._found[name] = own or price_of(model.provider, model.model, self._prices)
        return self._found[name]

    def cost(self, models: Mapping[str, str], answers: Iterable[Answered | Reflected]) -> Cost:
        """Return what the answers of an episode cost; `models` has the model of each agent."""
        usd = 0.0
        unpriced = set()
        for answer in answers:
            if not (answer.input_tokens or answer.output_tokens):
                continue
            name = models.get(answer.post or answer.agent, "")
            price = self.price(name)
            if price is None:
                unpriced.add(name or answer.model)
                continue
            usage = Usage(
                input_tokens=answer.input_tokens,
                cached_tokens=answer.cached_tokens,
                cache_written_tokens=answer.cache_written_tokens,
                output_tokens=answer.output_tokens,
            )
            usd += cost_usd(usage, price)
        return Cost(None if unpriced else usd, frozenset(unpriced), usd)
