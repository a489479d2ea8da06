"""The computer's casters: the first of their spells that has somebody worth it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import hypot
from types import MappingProxyType

import numpy as np

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.orders.commands import Target, attempt
from llm_pysc2.engine.state.computer_records import Mind
from llm_pysc2.engine.state.match import Match, hostile
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.engine.units import order_queue
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.computer import load_rules
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.packs import find_file, read_toml
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

ALL = 1000
CLUSTER, WOUNDED, PRIZE, SELF = "cluster", "wounded", "prize", "self"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """When a caster uses an ability."""

    unit: str
    ability: int
    aim: str
    """"cluster", "wounded", "prize" or "self"."""
    radius_cells: float = 0.0
    count: int = 1
    """Enemies that a cluster has, or that are near, at least."""
    missing: float = 0.0
    """Life that somebody wounded lacks, at least."""
    worth: float = 0.0
    """Minerals and vespene that a prize costs, at least."""
    within_cells: float = 12.0
    """How far it looks for somebody to cast at."""
    none_count: int = -1
    """For "self": it is used when no more than so many enemies are near, -1 = not so."""


@dataclass(frozen=True, slots=True)
class Side:
    """Who is who, for one player."""

    own: Bools
    """Rows of its units on the map, shape (units,)."""
    foes: tuple[int, ...]
    """Rows of the enemies it sees."""


@cache
def load_spells() -> Mapping[int, tuple[Spell, ...]]:
    """Return when casters cast, by unit type, in the order in which it is considered. Raises PackError."""
    path = find_file("knowledge_base/facts", "computer_spells")
    spells: dict[int, tuple[Spell, ...]] = {}
    try:
        for row in read_toml(path)["spells"]:
            type_id = unit_by_name(row["unit"]).id
            spells[type_id] = (*spells.get(type_id, ()), Spell(**row))
    except (KeyError, TypeError, UsageError) as error:
        raise PackError(f"{path}: {error}") from error
    return MappingProxyType(spells)


def look(match: Match, player_id: int) -> Side:
    """Return what a player has on the map and which enemies it sees."""
    units = match.units
    own: Bools = (units.owner == player_id) & (units.aboard < 0)
    seen = vision.seen_by(match, player_id)
    foes = [row for row in seen.nonzero()[0].tolist() if hostile(player_id, int(units.owner[row]))]
    return Side(own, tuple(foes))


def cast(match: Match, player_id: int, mind: Mind) -> None:
    """Let casters that have somebody to cast at do so; slow computers wait from one spell to the next."""
    gap = int(load_rules().by_level("spell_gap_seconds", mind.level) * LOOPS_PER_GAME_SECOND)
    if match.loop >= mind.next_spell and cast_some(match, player_id, 1 if gap else ALL):
        mind.next_spell = match.loop + gap


def cast_some(match: Match, player_id: int, most: int = ALL) -> int:
    """Let casters cast, so many at most. Returns how many did."""
    units, spells = match.units, load_spells()
    casters = [row for row in (units.owner == player_id).nonzero()[0].tolist() if int(units.type_id[row]) in spells]
    side = look(match, player_id) if casters else None
    done = 0
    for row in casters if side is not None and side.foes else ():
        if done < most and side is not None and side.own[row] and _cast_first(match, player_id, row, side):
            done += 1
    return done


def _cast_first(match: Match, player_id: int, row: int, side: Side) -> bool:
    spells = load_spells()[int(match.units.type_id[row])]
    return any(_cast(match, player_id, row, spell, side) for spell in spells)


def _cast(match: Match, player_id: int, row: int, spell: Spell, side: Side) -> bool:
    target = _aim(match, row, spell, side)
    if target is None and spell.aim != SELF:
        return False
    if spell.aim == SELF and not _fits(len(_near(match, row, list(side.foes), spell.within_cells)), spell):
        return False
    later = list(match.units.orders[row])
    if attempt(match, player_id, (spell.ability, target), int(match.units.tag[row])) is not Result.SUCCESS:
        return False
    for resumed in later:
        order_queue.give(match, row, resumed, queued=True)
    return True


def _fits(near: int, spell: Spell) -> bool:
    """Return whether so many enemies near are enough, or few enough."""
    return near <= spell.none_count if spell.none_count >= 0 else near >= spell.count


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
