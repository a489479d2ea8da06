"""What an action costs, from the ability facts."""

from dataclasses import dataclass
from functools import cache

from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.units import load_units


@dataclass(frozen=True, slots=True)
class Price:
    """What one go of an action takes from the player."""

    minerals: int = 0
    vespene: int = 0
    supply: float = 0.0
    """More supply than before; morphs may give some back."""


@cache
def find_price(ability_id: int) -> Price | None:
    """Return the price of a specific ability, or None if it makes nothing that costs.

    >>> find_price(917)
    Price(minerals=125, vespene=50, supply=2)
    """
    ability = load_abilities().get(ability_id)
    if ability is None or not (ability.minerals or ability.vespene or ability.unit):
        return None
    made = load_units().get(ability.unit)
    supply = made.food_used * ability.count if made and ability.kind in ("train", "warp_in") else 0.0
    price = Price(ability.minerals, ability.vespene, supply)
    return price if price != Price() else None


def price_of(*ability_ids: int) -> str:
    """Return the price of the first of some abilities that has one, in words; empty if none has.

    "125/50,2" stands for minerals, vespene and supply.
    """
    price = next((price for ability_id in ability_ids if (price := find_price(ability_id))), None)
    if price is None:
        return ""
    text = f"{price.minerals}/{price.vespene}" if price.vespene else f"{price.minerals}"
    return f"{text},{price.supply:g}" if price.supply else text
