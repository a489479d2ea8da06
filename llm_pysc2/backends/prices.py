"""What tokens cost: a table of list prices, and the money that a usage comes to.

The table is data, `agents/models/prices.toml`, shipped and in packs of the user's; a preset's own price wins.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from llm_pysc2 import packs
from llm_pysc2.backends.options import Price, read_price
from llm_pysc2.chat import Usage
from llm_pysc2.errors import PackError, UsageError

_DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


def find_prices() -> dict[str, Price]:
    """Return the known prices by PROVIDER/NAME; those of the user's packs win. Raises PackError."""
    found: dict[str, Price] = {}
    for root in reversed(list(packs.roots())):
        path = root / "agents" / "models" / "prices.toml"
        if path.is_file():
            found |= load_prices(path)
    return found


def load_prices(path: Path) -> dict[str, Price]:
    """Return the prices in a file, by PROVIDER/NAME. Raises PackError that names the file and the key."""
    found: dict[str, Price] = {}
    for name, table in packs.read_toml(path).items():
        if not isinstance(table, dict):
            raise PackError(f'{path}: {name}: expected a table such as ["openai/NAME"], got {table!r}')
        try:
            found[name] = read_price(table)
        except UsageError as error:
            raise PackError(f"{path}: {name}: {error}") from None
    return found


def price_of(provider: str, model: str, prices: Mapping[str, Price]) -> Price | None:
    """Return the price of a model, or None where it is unknown. A dated name has the price of the undated one.

    >>> price_of("openai", "gpt-x-2026-01-31", {"openai/gpt-x": Price(1.0, 2.0)})
    Price(input_usd=1.0, output_usd=2.0, cached_usd=None, cache_written_usd=None, checked='')
    """
    name = model if provider == "inspect" else f"{provider}/{model}"
    return prices.get(name) or prices.get(_DATED.sub("", name))


def cost_usd(usage: Usage, price: Price) -> float:
    """Return what a usage costs in US dollars.

    >>> cost_usd(Usage(input_tokens=1_000_000, cached_tokens=600_000, output_tokens=10_000), Price(1.0, 10.0, 0.1))
    0.56
    """
    cached = price.input_usd if price.cached_usd is None else price.cached_usd
    written = price.input_usd if price.cache_written_usd is None else price.cache_written_usd
    fresh = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_written_tokens)
    parts = (
        fresh * price.input_usd,
        usage.cached_tokens * cached,
        usage.cache_written_tokens * written,
        usage.output_tokens * price.output_usd,
    )
    return sum(parts) / 1e6
