"""How unit types look on a map and what they are called there: from the facts, with a plain look for unknown types."""

from dataclasses import dataclass
from functools import cache

from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.grammar import load_action_book
from llm_pysc2.errors import UsageError
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.units import unit_by_name


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn of a unit type."""

    form: str
    """"ground", "air", "structure", "mineral", "gas" or "thing"."""
    radius_cells: float
    sight_cells: float = 0.0
    range_cells: float = 0.0
    """The longest range of its weapons, edge to edge; 0 = unarmed."""
    energy_max: float = 0.0


UNKNOWN = Look("ground", 0.5)


@cache
def look_of(type_name: str) -> Look:
    """Return the look of a unit type, a plain one where the facts do not know it."""
    try:
        unit = unit_by_name(type_name)
    except UsageError:
        return UNKNOWN
    if unit.resource is not None and unit.race == "neutral":
        form = "mineral" if unit.resource.kind == "minerals" else "gas"
    elif unit.structure:
        form = "structure"
    elif unit.race == "neutral":
        form = "thing"
    else:
        form = "air" if unit.is_flying else "ground"
    ranges = [weapon.range_cells for weapon in unit.weapons if weapon.enabled and not weapon.hidden]
    return Look(form, unit.radius_cells, unit.sight_cells, max(ranges, default=0.0), unit.energy_max)


@cache
def ability_words(ability_id: int) -> str:
    """Return what an order with that ability is called, as agents read it; "ability 17" where nobody knows.

    >>> ability_words(16), ability_words(298), ability_words(916)
    ('Move', 'Harvest Gather', 'Train Zealot')
    """
    book = load_action_book()
    if any(ability in book.by_ability for ability in (ability_id, book.general_ids.get(ability_id, ability_id))):
        return book.verb(ability_id).replace("_", " ")
    known = load_abilities().get(ability_id)
    if known is not None and known.name:
        return known.name
    listed = load_ids().abilities.get(ability_id)
    return (listed.friendly_name or listed.button if listed else "") or f"ability {ability_id}"


def effect_words(effect_id: int) -> str:
    """Return what a lasting effect is called."""
    return words.effect(effect_id)
