"""What has to be there before something can be made, and how fast that goes."""

from llm_pysc2.engine.effects import legality
from llm_pysc2.engine.match import Match
from llm_pysc2.knowledge.abilities import Ability

_RATES = {"morph": "Morph"}
"""By which of the rates of a behaviour (Chrono Boost) a kind of ability is hastened; others are "Queueable"."""


def are_met(match: Match, row: int, ability: Ability) -> bool:
    """Return whether the conditions of an ability are met by a unit (row) and its owner."""
    if match.players[int(match.units.owner[row])].cheats.tech_tree:
        return True
    return all(legality.is_met(match, row, need) for need in ability.needs)


def pace(match: Match, row: int, ability: Ability) -> float:
    """Return how many loops of work a unit (row) does in one."""
    held = match.spells.held.get(int(match.units.tag[row]))
    if not held:
        return 1.0
    factor, rate = 1.0, _RATES.get(ability.kind, "Queueable")
    for one in held:
        rates = match.spellbook.behaviors[one.name].modification.get("rate_multiplier_array", {})
        factor *= rates.get(rate, 1.0)
    return factor
