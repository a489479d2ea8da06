"""Target filters of the catalog, "required;excluded", compiled to bit masks.

>>> ground_enemies = parse_filter("Ground;Player,Ally,Structure")
>>> ground_enemies.allows(traits_of(["Ground", "Light"]), Relation.ENEMY)
True
>>> ground_enemies.allows(traits_of(["Ground", "Light"]), Relation.PLAYER)
False
>>> ground_enemies.allows(traits_of(["Ground", "Structure"]), Relation.ENEMY)
False
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

TRAITS = (
    "Ground", "Air", "Light", "Armored", "Biological", "Mechanical", "Psionic", "Massive", "Structure", "Hover",
    "Heroic", "Summoned", "Worker", "Invulnerable", "Uncommandable", "Missile", "Stasis", "Hidden", "Cloaked", "Buried",
    "UnderConstruction", "Hallucination", "DefenderZone", "Destructible", "Unstoppable", "Benign",
)  # fmt: skip
"""What a unit can be, as filters name it; a unit's traits are the bits of those it has."""

_BITS = {name: 1 << bit for bit, name in enumerate(TRAITS)}


class Relation:
    """Whose a unit is, seen from the owner of an effect: bits, plain numbers because they are compared so often."""

    SELF = 1
    """The very unit that causes the effect."""
    PLAYER = 2
    ALLY = 4
    NEUTRAL = 8
    ENEMY = 16


_RELATIONS = {name.capitalize(): bit for name, bit in vars(Relation).items() if name.isupper()}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which units an effect or a weapon may hit."""

    required: int = 0
    """Trait bits, all of which a unit must have."""
    excluded: int = 0
    """Trait bits, none of which it may have."""
    relations: int = 0
    """If not 0, one of these relations is required."""
    strangers: int = 0
    """Relations that are excluded."""

    def allows(self, traits: int, relation: int) -> bool:
        """Return whether a unit passes, given its trait bits and its `Relation` bits."""
        if self.relations and not relation & self.relations:
            return False
        return traits & self.required == self.required and not traits & self.excluded and not relation & self.strangers


def traits_of(names: Iterable[str]) -> int:
    """Return the bits of those names that are traits."""
    return sum(_BITS[name] for name in set(names) if name in _BITS)


def trait(name: str) -> int:
    """Return the bit of one trait. Raises KeyError if filters know no such trait."""
    return _BITS[name]


@cache
def parse_filter(text: str) -> Filter:
    """Return the filter that a catalog text stands for; names that are no traits here (Visible, Dead) hold always."""
    required, _, excluded = text.partition(";")
    wanted, unwanted = required.split(","), excluded.split(",")
    return Filter(
        required=traits_of(wanted),
        excluded=traits_of(unwanted),
        relations=sum(_RELATIONS.get(name, 0) for name in wanted),
        strangers=sum(_RELATIONS.get(name, 0) for name in unwanted),
    )
