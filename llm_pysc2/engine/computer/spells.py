"""The computer's casters: the first of their spells that has somebody worth it."""

from math import hypot

import numpy as np

from llm_pysc2.engine.computer.front import Side
from llm_pysc2.engine.computer.plan import CLUSTER, PRIZE, SELF, Spell, load_plan
from llm_pysc2.engine.orders.commands import Target, attempt
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.units import order_queue
from llm_pysc2.knowledge.abilities import load_abilities


def cast(match: Match, player_id: int, side: Side) -> None:
    """Let every caster that has somebody to cast at do so."""
    if not side.foes:
        return
    units, spells = match.units, load_plan().spells
    for row in np.flatnonzero(side.own).tolist():
        for spell in spells.get(int(units.type_id[row]), ()):
            if _cast(match, player_id, row, spell, side):
                break


def _cast(match: Match, player_id: int, row: int, spell: Spell, side: Side) -> bool:
    target = _aim(match, row, spell, side)
    if target is None and spell.aim != SELF:
        return False
    if spell.aim == SELF and len(_near(match, row, list(side.foes), spell.within_cells)) < spell.count:
        return False
    later = list(match.units.orders[row])
    if attempt(match, player_id, (spell.ability, target), int(match.units.tag[row])) is not Result.SUCCESS:
        return False
    for resumed in later:
        order_queue.give(match, row, resumed, queued=True)
    return True


def _aim(match: Match, row: int, spell: Spell, side: Side) -> Target:
    """Return the point or the unit that a spell is best cast at, None if there is none."""
    units = match.units
    if spell.aim == CLUSTER:
        return _cluster(match, _near(match, row, list(side.foes), spell.within_cells), spell)
    if spell.aim == PRIZE:
        near = _near(match, row, list(side.foes), spell.within_cells)
        worth = {foe: _worth(match, foe) for foe in near}
        best = max(near, key=lambda foe: (worth[foe], -foe), default=None)
        return int(units.tag[best]) if best is not None and worth[best] >= spell.worth else None
    if spell.aim == SELF:
        return None
    friends = _near(match, row, np.flatnonzero(side.own).tolist(), spell.within_cells)
    missing = {friend: float(units.life_max[friend] - units.life[friend]) for friend in friends if friend != row}
    worst = max(missing, key=lambda friend: (missing[friend], -friend), default=None)
    return int(units.tag[worst]) if worst is not None and missing[worst] >= spell.missing else None


def _cluster(match: Match, foes: list[int], spell: Spell) -> Target:
    units = match.units
    if not foes:
        return None
    x, y = units.x[foes], units.y[foes]
    crowd = (np.hypot(x[:, None] - x, y[:, None] - y) <= spell.radius_cells).sum(axis=1)
    best = int(crowd.argmax())
    if crowd[best] < spell.count:
        return None
    at_unit = load_abilities()[spell.ability].target == "unit"
    return int(units.tag[foes[best]]) if at_unit else (float(x[best]), float(y[best]))


def _near(match: Match, row: int, others: list[int], cells: float) -> list[int]:
    units = match.units
    x, y = float(units.x[row]), float(units.y[row])
    return [other for other in others if hypot(units.x[other] - x, units.y[other] - y) <= cells]


def _worth(match: Match, row: int) -> float:
    kind = match.types.types[int(match.units.row[row])]
    return kind.minerals + kind.vespene
