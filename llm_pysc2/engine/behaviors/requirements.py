"""What has to be there before something can be made, and how fast that goes."""

from collections.abc import Sequence

import numpy as np

from llm_pysc2.engine.behaviors import modifiers
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.spellbook import RATES
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.engine.units.aboard import passengers_of
from llm_pysc2.knowledge.abilities import Ability, Need, load_abilities

_RATES = {"morph": "Morph"}
"""By which of the rates of a behaviour (Chrono Boost) a kind of ability is hastened; others are "Queueable"."""


def are_met(match: Match, row: int, ability: Ability) -> bool:
    """Return whether the conditions of an ability are met by a unit (row) and its owner."""
    if match.players[int(match.units.owner[row])].cheats.tech_tree:
        return True
    return all(is_met(match, row, need) for need in ability.needs)


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


def is_met(match: Match, row: int, need: Need) -> bool:
    """Return whether a condition of an ability is met by a unit and its owner."""
    owner, tag = int(match.units.owner[row]), int(match.units.tag[row])
    match need.kind:
        case "upgrade":
            return any(upgrade in match.players[owner].upgrades for upgrade in need.ids)
        case "behavior":
            by_nature = match.types.types[int(match.units.row[row])].behaviors
            return match.spells.has(tag, need.name) or need.name in by_nature
        case "no_behavior":
            return not match.spells.has(tag, need.name)
        case "unit":
            units = match.units
            whole = (units.build_progress >= 1) & (units.life > 0)
            return bool(((units.owner == owner) & _is_any(match, need.ids) & whole).any())
        case "fewer":
            return _present(match, row, need) + _in_the_making(match, row, need) < need.fewer_than
        case "attached" | "not_attached":
            other = match.units.row_of(_attached_to(match, tag))
            fits = other >= 0 and match.units.type_id[other] in need.ids and match.units.build_progress[other] >= 1
            return bool(fits) == (need.kind == "attached")
    return False


def _attached_to(match: Match, tag: int) -> int:
    """Return the tag of a unit's add-on, or of the structure whose add-on it is, 0 = none."""
    addons = match.industry.addons
    return addons.get(tag) or next((producer for producer, addon in addons.items() if addon == tag), 0)


def _present(match: Match, row: int, need: Need) -> int:
    """Return how many units of a need's types the owner of a unit (row) has; or, "here", how many are in it."""
    if need.here:
        return sum(int(match.units.type_id[one]) in need.ids for one in passengers_of(match, row))
    return int(((match.units.owner == match.units.owner[row]) & _is_any(match, need.ids)).sum())


def _in_the_making(match: Match, row: int, need: Need) -> int:
    """Return how many units of a need's types the producers of a unit's (row) owner are to make; or itself, "here"."""
    units, abilities = match.units, load_abilities()
    rows = [(units.row_of(tag), queue) for tag, queue in match.industry.queues.items()]
    counted = [one == row if need.here else one >= 0 and units.owner[one] == units.owner[row] for one, _ in rows]
    queues = [queue for (_, queue), counts in zip(rows, counted, strict=True) if counts]
    return sum(abilities[item.ability_id].unit in need.ids for queue in queues for item in queue)


def _is_any(match: Match, type_ids: Sequence[int]) -> Bools:
    """Return which units are of one of some types, shape (units,)."""
    return np.isin(match.units.type_id, type_ids)
