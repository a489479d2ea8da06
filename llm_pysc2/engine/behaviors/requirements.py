"""What has to be there before something can be made, and how fast that goes."""

from llm_pysc2.engine.behaviors import modifiers
from llm_pysc2.engine.orders import legality
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.spellbook import RATES
from llm_pysc2.knowledge.abilities import Ability

_RATES = {"morph": "Morph"}
"""By which of the rates of a behaviour (Chrono Boost) a kind of ability is hastened; others are "Queueable"."""


def are_met(match: Match, row: int, ability: Ability) -> bool:
    """Return whether the conditions of an ability are met by a unit (row) and its owner."""
    if match.players[int(match.units.owner[row])].cheats.tech_tree:
        return True
    return all(legality.is_met(match, row, need) for need in ability.needs)


def pace(match: Match, row: int, ability: Ability) -> float:
    """Return how many loops of work a unit (row) does in one; none while something keeps it from that."""
    if modifiers.bars(match, int(match.units.tag[row]), ability.kind):
        return 0.0
    return rate(match, row, _RATES.get(ability.kind, "Queueable"))


def rate(match: Match, row: int, kind: str) -> float:
    """Return how fast something of a kind goes for a unit (row), 1 = as usual."""
    factor = 1.0
    for changes in modifiers.modifications(match, int(match.units.tag[row])):
        factor *= changes.get(RATES, {}).get(kind, 1.0)
    return factor
