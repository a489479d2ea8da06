"""Two templars become one archon: each goes to the other, both are gone, and the archon takes its time."""

from math import hypot

from llm_pysc2.engine.economy import construction
from llm_pysc2.engine.state.economy_records import Price, Site
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import CAST, Order, OrderKind
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import ActionError
from llm_pysc2.engine.units import accounts, order_queue, spawning
from llm_pysc2.knowledge.abilities import Ability

_TOUCH_CELLS = 0.25
"""So near to each other they merge."""


def order(match: Match, row: int, ability: Ability) -> None:
    """Order a templar (row) to merge: with the nearest that waits for another, or it waits itself until this loop."""
    units, owner = match.units, match.units.owner[row]
    waiting = [
        other
        for other in ((units.mode == CAST) & (units.owner == owner)).nonzero()[0].tolist()
        if other != row and units.orders[other][0] == Order(ability.id, OrderKind.CAST)
    ]
    partner = min(waiting, key=lambda other: (_away(match, row, other), other), default=-1)
    if partner < 0:
        order_queue.give(match, row, Order(ability.id, OrderKind.CAST), queued=False)
        return
    for one, other in ((row, partner), (partner, row)):
        order_queue.give(match, one, Order(ability.id, OrderKind.CAST, int(units.tag[other])), queued=False)


def go_on(match: Match, row: int, ability: Ability) -> None:
    """Let a templar (row) come to its partner, and merge with it there; without one it lets it be."""
    units, tag = match.units, int(match.units.tag[row])
    partner = units.row_of(units.orders[row][0].target_tag)
    if partner < 0 or units.life[partner] <= 0 or not _means(match, partner, ability, tag):
        error = ActionError(tag, ability.id, int(Result.CANT_FIND_ENOUGH_TARGETS))
        match.players[int(units.owner[row])].events.action_errors.append(error)
        order_queue.finish(match, row)
        return
    units.travels[row] = True
    if _away(match, row, partner) <= units.radius[row] + units.radius[partner] + _TOUCH_CELLS:
        _merge(match, row, partner, ability)


def _merge(match: Match, row: int, partner: int, ability: Ability) -> None:
    units, owner = match.units, int(match.units.owner[row])
    place = ((float(units.x[row] + units.x[partner])) / 2, (float(units.y[row] + units.y[partner])) / 2)
    for one in (row, partner):
        match.industry.consumed.add(int(units.tag[one]))
        units.life[one] = 0.0
        order_queue.clear(match, one)
    accounts.reserve_food(match.players[owner], match.types.by_id(ability.unit).food_used)
    site = Site(ability.id, Price(), ability.loops)
    construction.raise_site(match, spawning.Birth(ability.unit, owner, finished=False), place, site)


def _means(match: Match, partner: int, ability: Ability, tag: int) -> bool:
    """Return whether a unit (row) is about to merge with the unit of a tag."""
    first = match.units.orders[partner][:1]
    return first == [Order(ability.id, OrderKind.CAST, tag)]


def _away(match: Match, row: int, other: int) -> float:
    units = match.units
    return hypot(units.x[row] - units.x[other], units.y[row] - units.y[other])
