"""Hangars: units that carry units, build them anew, launch them at a target and call them back.

A Carrier's interceptors return; a Brood Lord's escorts (flag External) throw themselves at what its weapon fires at.
What is inside is a passenger of its hangar (see `cargo`).
"""

from math import hypot
from typing import cast

import numpy as np

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.state.effect_records import Cast, Hangar
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import Ability as Basic
from llm_pysc2.engine.state.order import Order, OrderKind
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import after
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.engine.units import accounts, order_queue, spawning
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.effects import CreatePersistent

_EXTERNAL = "External"
_DOOR_CELLS = 0.5
"""One that comes this near to its hangar is inside."""


def run(match: Match) -> None:
    """Let one loop pass for all hangars."""
    for row in targeting_of(match).hangars.tolist():
        if match.units.build_progress[row] >= 1 and not match.units.hallucination[row]:
            _run_one(match, row, match.types.hangars[int(match.units.row[row])])


def fire(match: Match, row: int, target: int) -> None:
    """Let a unit (row) whose weapon is what it carries throw the first one inside at a target (row)."""
    units, hangar = match.units, match.spells.hangars.get(int(match.units.tag[row]))
    inside = _inside(match, hangar) if hangar is not None else []
    if hangar is None or not inside or _EXTERNAL not in _ability(match, row).flags:
        return
    member = inside[0]
    tag = int(units.tag[member])
    hangar.members.remove(tag)
    here, there = (float(units.x[row]), float(units.y[row])), (float(units.x[target]), float(units.y[target]))
    cast = Cast(tag, int(units.owner[row]), tag, here, int(units.tag[target]), there)
    weapon = match.types.types[int(units.row[member])].weapons[0]
    match.spells.pending.append((weapon.effect, cast))


def check(match: Match, row: int, ability: Ability) -> Result:
    """Return why a hangar (row) cannot make another one, or SUCCESS."""
    hangar = match.spells.hangars.get(int(match.units.tag[row]))
    if hangar is None or len(hangar.members) + hangar.ordered + (hangar.ready_loop > 0) >= _most(ability):
        return Result.CANT_HOLD_ANY_MORE_AMMO
    return Result.SUCCESS if _can_pay(match, row, ability) else Result.NOT_ENOUGH_MINERALS


def order(match: Match, row: int) -> None:
    """Let a hangar (row) make one more, paid for now."""
    accounts.pay(_owner(match, row), accounts.price_of(_ability(match, row)))
    match.spells.hangars[int(match.units.tag[row])].ordered += 1


def is_busy(match: Match, row: int) -> bool:
    """Return whether a unit (row) is a hangar that makes something, or is to."""
    hangar = match.spells.hangars.get(int(match.units.tag[row]))
    return hangar is not None and (hangar.ordered > 0 or hangar.ready_loop > 0)


def cancel(match: Match, row: int) -> None:
    """Cancel what a hangar (row) that is busy is to make last, or what it is at: its price comes back."""
    hangar, ability = match.spells.hangars[int(match.units.tag[row])], _ability(match, row)
    if hangar.ordered:
        hangar.ordered -= 1
    else:
        hangar.ready_loop = 0.0
    if not _owner(match, row).cheats.free:
        accounts.refund(_owner(match, row), accounts.price_of(ability).share(ability.refund_fraction))


def stock(match: Match, row: int, ability: Ability) -> None:
    """Put one of what a silo (row) has made into it, for a calldown to use up; it dies with its silo."""
    _make(match, row, ability, match.spells.hangars.setdefault(int(match.units.tag[row]), Hangar([])))


def abandon(match: Match) -> None:
    """Let what a hangar has launched die with it."""
    units = match.units
    for tag in sorted(match.spells.hangars):
        row = units.row_of(tag)
        if row >= 0 and units.life[row] <= 0:
            for member in match.spells.hangars[tag].members:
                if units.row_of(member) >= 0:
                    units.life[units.row_of(member)] = 0.0


def _run_one(match: Match, row: int, ability: Ability) -> None:
    tag = int(match.units.tag[row])
    hangar = match.spells.hangars.get(tag)
    if hangar is None:
        hangar = match.spells.hangars[tag] = Hangar([])
        for _ in range(ability.magazine_start):
            _make(match, row, ability, hangar)
    hangar.members = [member for member in hangar.members if match.units.row_of(member) >= 0]
    _build(match, row, ability, hangar)
    if _EXTERNAL not in ability.flags:
        _launch(match, row, hangar)
        _lead(match, row, ability, hangar)


def _build(match: Match, row: int, ability: Ability, hangar: Hangar) -> None:
    """Go on with making what is missing."""
    if 0 < hangar.ready_loop <= match.loop:
        hangar.ready_loop = 0.0
        _make(match, row, ability, hangar)
    wanted = hangar.ordered > 0 or (hangar.automatic and len(hangar.members) < _most(ability))
    if not wanted or hangar.ready_loop:
        return
    if hangar.ordered:
        hangar.ordered -= 1
    elif _can_pay(match, row, ability):
        accounts.pay(_owner(match, row), accounts.price_of(ability))
    else:
        return
    hangar.ready_loop = after(match.loop, ability.loops)


def _make(match: Match, row: int, ability: Ability, hangar: Hangar) -> None:
    """Put a new one into a hangar."""
    units = match.units
    tag = spawning.create(match, ability.unit, int(units.owner[row]), float(units.x[row]), float(units.y[row]))
    member = match.units.row_of(tag)
    for column in ("acquires", "responds"):
        getattr(match.units, column)[member] = False
    hangar.members.append(tag)
    passengers.board(match, row, member)


def _launch(match: Match, row: int, hangar: Hangar) -> None:
    """Let the next one out while the unit has a target within the range of its weapon."""
    units, target = match.units, int(match.units.target[row])
    if target < 0 or hangar.launch_loop > match.loop or not units.arms[row].weapons:
        return
    weapon = units.arms[row].weapons[0]
    inside = _inside(match, hangar)
    if inside and _gap_cells(match, row, target) <= weapon.range_cells:
        passengers.release(match, inside[0])
        _attack(match, inside[0], target)
        launch = cast(CreatePersistent, match.spellbook.effects[weapon.effect])
        hangar.launch_loop = after(match.loop, launch.period_loops[0])


def _lead(match: Match, row: int, ability: Ability, hangar: Hangar) -> None:
    """Give those that are out a target within the leash, and call them back where there is none."""
    units = match.units
    for tag in hangar.members:
        member = units.row_of(tag)
        if units.aboard[member] >= 0:
            continue
        prey = int(units.target[member])
        if prey >= 0 and _gap_cells(match, row, prey) <= ability.leash_cells:
            continue
        prey = _prey(match, row, member, ability.leash_cells)
        if prey >= 0:
            _attack(match, member, prey)
        elif units.follow[member] != row:
            order_queue.give(match, member, Order(int(Basic.MOVE), OrderKind.MOVE, int(units.tag[row])), queued=False)
        elif _gap_cells(match, row, member) <= _DOOR_CELLS:
            passengers.board(match, row, member)


def _prey(match: Match, row: int, member: int, leash_cells: float) -> int:
    """Return the row of what a launched one attacks next: what its hangar attacks, or the best within the leash."""
    units = match.units
    own = int(units.target[row])
    if own >= 0 and _gap_cells(match, row, own) <= leash_cells:
        return own
    targeting = targeting_of(match)
    gaps = np.hypot(units.x - units.x[row], units.y - units.y[row]) - targeting.radius_sum[row]
    scores = np.where(gaps <= leash_cells, targeting.attraction[member] - gaps, -np.inf)
    if match.sight is not None and len(match.sight[0]) == len(scores):
        scores[~match.sight[int(units.owner[row])]] = -np.inf
    best = int(scores.argmax())
    return best if scores[best] > -np.inf else -1


def _attack(match: Match, member: int, prey: int) -> None:
    attack = Order(int(Basic.ATTACK), OrderKind.ATTACK, int(match.units.tag[prey]))
    order_queue.give(match, member, attack, queued=False)


def _inside(match: Match, hangar: Hangar) -> list[int]:
    """Return the rows of those inside."""
    rows = (match.units.row_of(tag) for tag in hangar.members)
    return [row for row in rows if row >= 0 and match.units.aboard[row] >= 0]


def _most(ability: Ability) -> int:
    """Return how many a hangar holds: as the ability says, or fewer than its condition says."""
    limits = [need.fewer_than for need in ability.needs if need.kind == "fewer"]
    return ability.magazine_max or min(limits, default=0)


def _can_pay(match: Match, row: int, ability: Ability) -> bool:
    return accounts.check_price(_owner(match, row), accounts.price_of(ability)) is Result.SUCCESS


def _owner(match: Match, row: int) -> Player:
    return match.players[int(match.units.owner[row])]


def _ability(match: Match, row: int) -> Ability:
    return match.types.hangars[int(match.units.row[row])]


def _gap_cells(match: Match, row: int, other: int) -> float:
    """Return the distance between two units, edge to edge."""
    units = match.units
    away = hypot(float(units.x[row] - units.x[other]), float(units.y[row] - units.y[other]))
    return away - float(units.radius[row] + units.radius[other])
