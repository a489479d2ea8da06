"""Autocast: what units use of their own accord as soon as there is something to use it on."""

import numpy as np

from llm_pysc2.engine.behaviors.conditions import holds, passes
from llm_pysc2.engine.behaviors.places import make_cast
from llm_pysc2.engine.economy import production
from llm_pysc2.engine.effects.interpreter import perform
from llm_pysc2.engine.orders import casting, legality
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import CAST, MOVE, Order, OrderKind
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import after, cooldown_name
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.unit_columns import NEVER
from llm_pysc2.engine.units import order_queue
from llm_pysc2.knowledge.abilities import Ability


def run(match: Match) -> None:
    """Let the units look whose turn it is."""
    period = match.assumptions.scan_period_loops
    for row in targeting_of(match).autocasters.tolist():
        for ability in match.types.autocasts[int(match.units.row[row])]:
            if not is_on(match, row, ability):
                continue
            if ability.kind == "augment":
                _augment(match, row, ability)
            elif (match.loop + row) % period == 0:
                _look(match, row, ability)


def is_on(match: Match, row: int, ability: Ability) -> bool:
    """Return whether an autocast of a unit (row) is switched on."""
    switched = ability.id in match.spells.switched.get(int(match.units.tag[row]), ())
    return ability.autocast_on != switched


def switch(match: Match, row: int, ability: Ability) -> None:
    """Switch an autocast of a unit (row) over."""
    tag = int(match.units.tag[row])
    switched = set(match.spells.switched.get(tag, ())) ^ {ability.id}
    match.spells.switched[tag] = tuple(sorted(switched))


def _augment(match: Match, row: int, ability: Ability) -> None:
    """Use an ability that goes along with an attack, when one begins."""
    units = match.units
    target = int(units.target[row])
    if target < 0 or units.mode[row] == MOVE or units.fire_loop[row] < NEVER:
        return
    if legality.check_unit(match, row, ability) is not Result.SUCCESS:
        return
    cast = make_cast(match, row, int(units.tag[target]))
    roots = [match.spellbook.effects[name] for name in ability.effects if name in match.spellbook.effects]
    if roots and all(holds(match, cast.step(root.name), root.only_if) for root in roots):
        ready = after(match.loop, ability.cooldown_loops)
        match.spells.cooldowns.setdefault(cast.caster_tag, {})[cooldown_name(ability)] = ready
        for root in roots:
            perform(match, root.name, cast)


def _look(match: Match, row: int, ability: Ability) -> None:
    """Use an ability if the unit is free for it and there is something to use it on."""
    units = match.units
    free = units.mode[row] not in (CAST, MOVE) and units.build_progress[row] >= 1 and units.aboard[row] < 0
    if not free or legality.check_unit(match, row, ability) is not Result.SUCCESS:
        return
    if ability.kind == "morph":
        _change(match, row, ability)
    elif ability.target == "none":
        if holds(match, make_cast(match, row, None), ability.autocast_needs):
            casting.use(match, row, ability, None)
    elif (target := _nearest(match, row, ability)) >= 0:
        waiting = list(units.orders[row])
        order_queue.give(match, row, Order(ability.id, OrderKind.CAST, int(units.tag[target])), queued=False)
        units.orders[row] += waiting


def _change(match: Match, row: int, ability: Ability) -> None:
    """Let a unit change itself: one that makes things (Gateway) as soon as it makes nothing."""
    if legality.is_carried_out(match, ability):
        order_queue.give(match, row, Order(ability.id, OrderKind.CAST), queued=False)
    elif production.check(match, row, ability) is Result.SUCCESS:
        production.enqueue(match, row, ability)


def _nearest(match: Match, row: int, ability: Ability) -> int:
    """Return the row of the nearest unit to use an ability on, -1 if there is none."""
    units = match.units
    gaps = np.sqrt(match.distances().square[row]) - targeting_of(match).radius_sum[row]
    near = np.flatnonzero((gaps <= ability.autocast_range_cells) & (units.aboard < 0))
    for other in near[np.argsort(gaps[near], kind="stable")].tolist():
        cast = make_cast(match, row, int(units.tag[other]))
        if (
            passes(match, ability.autocast_filters.replace("-", ""), cast, other)
            and holds(match, cast, ability.autocast_needs)
            and legality.check_target(match, row, ability, cast.target_tag) is Result.SUCCESS
        ):
            return int(other)
    return -1
