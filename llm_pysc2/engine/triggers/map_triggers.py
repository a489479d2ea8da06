"""What the map's triggers do: set up, create and order units at times and places, and end the game."""

import numpy as np

from llm_pysc2.conditions import ANY_UNIT, Condition, holds
from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.economy import harvest
from llm_pysc2.engine.maps.filters import trait
from llm_pysc2.engine.maps.trigger_rules import (
    GATHER,
    HAS_ENERGY,
    UNLOAD_AT,
    Actions,
    CreateUnits,
    EndCheck,
    GroupOrder,
)
from llm_pysc2.engine.orders.commands import order as give_order
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import Ability, Order, OrderKind
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.engine.triggers import melee_start, rounds
from llm_pysc2.engine.units import order_queue, spawning
from llm_pysc2.knowledge.abilities import load_abilities

ELIMINATION_LOOPS = 16
"""From one look who is out of a melee game to the next."""
_OPPOSITE = {"victory": "defeat", "defeat": "victory", "tie": "tie"}


def start(match: Match) -> None:
    """Set the map up at loop 0: what players have, the placed units, then what its triggers create and order."""
    for given in match.map.triggers.start.players:
        match.players[given.player].upgrades = given.upgrades
    for placed in match.map.units:
        spawning.create(match, placed.type_id, placed.owner, placed.x, placed.y, placed.facing_deg)
        if placed.energy is not None:
            match.units.energy[-1] = quantise(min(placed.energy, float(match.units.energy_max[-1])))
    if match.map.triggers.start.melee:
        melee_start.start(match)
    for given in match.map.triggers.start.players:
        if given.minerals is not None:
            match.players[given.player].minerals = given.minerals
    _act(match, match.map.triggers.start.actions)
    rounds.start(match)


def run(match: Match) -> None:
    """Look whether the map's triggers have something to do in this loop."""
    triggers = match.map.triggers
    if match.respawn_due:
        match.respawn_due = False
        if triggers.respawn and not _any_alive(match):
            _act(match, triggers.start.actions)
    for timed in triggers.timed:
        if timed.is_due(match.loop):
            _act(match, timed.actions)
    if triggers.enter:
        _watch_regions(match)
    if triggers.rounds:
        rounds.run(match, lambda when: _holds(match, when))


def look(match: Match) -> None:
    """Look whether the game is over when this loop has been played; the first that says so decides."""
    played = match.loop + 1
    if match.map.triggers.start.elimination and played % ELIMINATION_LOOPS == 0:
        _eliminate(match)
    for check in match.map.triggers.ends:
        if played % check.every_loops == 0:
            _check_end(match, check)


def _eliminate(match: Match) -> None:
    """End the game for those who have no structures left; who is left has won, if everybody of them is on one side."""
    units = match.units
    owners = set(units.owner[match.types.prevent_defeat[units.row]].tolist())
    playing = [player for player in match.players.values() if player.setup is not None and not player.result]
    out = [player for player in playing if player.id not in owners and player.score.total_value_structures]
    if not out:
        return
    left = [player for player in playing if player not in out]
    for player in out:
        player.result = "defeat" if left else "tie"
    if len(left) == 1:
        left[0].result = "victory"


def _act(match: Match, actions: Actions) -> None:
    for group in actions.create:
        _create(match, group)
    for order in actions.order:
        _order_group(match, order)


def _create(match: Match, group: CreateUnits) -> None:
    from_west = match.assumptions.spawn_order == "places"
    carriers = spawning.create_group(match, group.type_id, group.owner, group.point, group.count, from_west=from_west)
    if group.cargo is None:
        return
    aboard = spawning.Birth(group.cargo.type_id, group.owner)
    for tag in carriers:
        for passenger in spawning.create_at(match, aboard, [group.point] * group.cargo.count):
            passengers.board(match, match.units.row_of(tag), match.units.row_of(passenger))


def _any_alive(match: Match) -> bool:
    """Return whether any side that the triggers create units for still has some."""
    owners = {group.owner for group in match.map.triggers.start.actions.create}
    return any(owner in owners for owner in match.units.owner.tolist())


def _watch_regions(match: Match) -> None:
    """Carry out the triggers of regions that a unit is in which was not there in the loop before."""
    units = match.units
    for index, trigger in enumerate(match.map.triggers.enter):
        here = match.map.region(trigger.region).contains_each(units.x, units.y) & (units.aboard < 0)
        inside = frozenset(units.tag[here].tolist())
        before = match.inside_regions.get(index, frozenset())
        match.inside_regions[index] = inside
        if inside - before:
            _act(match, trigger.actions)


def _order_group(match: Match, command: GroupOrder) -> None:
    """Order a player's units on the map or in a region: to attack, to unload what they carry, or to harvest."""
    if command.ability == UNLOAD_AT:
        _unload(match, command)
        return
    if command.ability == GATHER:
        for row in _group(match, command):
            harvest.seek(match, row, _point(match, command, row))
        return
    for row in _group(match, command):
        order = _attack(match, row, _point(match, command, row))
        if command.first:
            match.units.orders[row].insert(0, order)
            order_queue.begin(match, row)
        else:
            order_queue.give(match, row, order, queued=False)


def _group(match: Match, command: GroupOrder) -> list[int]:
    """Return the rows of the units that an order is for: those that can move, without what it leaves out."""
    units = match.units
    chosen = (units.owner == command.owner) & (units.speed > 0) & (units.aboard < 0)
    for name in command.without:
        chosen &= units.energy_max == 0 if name == HAS_ENERGY else units.traits & trait(name) == 0
    if command.region:
        chosen &= match.map.region(command.region).contains_each(units.x, units.y)
    return [int(row) for row in np.flatnonzero(chosen)]


def _unload(match: Match, command: GroupOrder) -> None:
    """Send the carriers among a player's units to a point, where they let everybody out."""
    known = load_abilities()
    for row in _group(match, command):
        card = match.types.types[int(match.units.row[row])].abilities
        for ability_id in (own for own in card if own in known and known[own].kind == UNLOAD_AT):
            give_order(
                match, command.owner, ability_id, [int(match.units.tag[row])], _point(match, command, row), False
            )


def _attack(match: Match, row: int, point: tuple[float, float]) -> Order:
    ability = Ability.ATTACK if match.units.arms[row].weapons else Ability.SCAN_MOVE
    return Order(int(ability), OrderKind.SCAN_MOVE, point)


def _point(match: Match, command: GroupOrder, row: int) -> tuple[float, float]:
    if command.point is not None:
        return command.point
    if command.between is not None:
        (x, y), (other_x, other_y) = command.between
        share = match.rng.random()
        return x + (other_x - x) * share, y + (other_y - y) * share
    units = match.units
    mine = [other for other in range(len(units)) if units.owner[other] == command.units_of]
    if not mine:
        return float(units.x[row]), float(units.y[row])
    square = match.distances().square
    nearest = min(mine, key=lambda other: (float(square[row, other]), other))
    return float(units.x[nearest]), float(units.y[nearest])


def _check_end(match: Match, check: EndCheck) -> None:
    if _holds(match, check.when):
        for player_id, player in match.players.items():
            if player.setup is not None and not player.result:
                player.result = check.result if player_id == 1 else _OPPOSITE[check.result]


def _holds(match: Match, condition: Condition) -> bool:
    return holds(condition, lambda player, unit, unfinished: _count(match, player, unit, unfinished))


def _count(match: Match, player_id: int, unit: str, unfinished: bool) -> int:
    """Return how many units of a type, or of all types, a player has; finished ones unless others count too."""
    units = match.units
    counted = units.owner == player_id
    if unit != ANY_UNIT:
        counted &= units.type_id == match.map.unit_type(unit).id
    if not unfinished:
        counted &= units.build_progress >= 1
    return int(np.count_nonzero(counted))
