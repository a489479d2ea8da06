"""Passengers: who is aboard of what, who may get in, and how they come out.

A passenger keeps its row and its tag. It stands where its carrier stands, is hidden, touches nobody and is touched by
nobody; those of a carrier whose facts give them a behaviour (Bunker) fire from within.
"""

from math import hypot

import numpy as np

from llm_pysc2.engine.behaviors import modifiers
from llm_pysc2.engine.maps.filters import Relation, parse_filter
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.engine.units import order_queue, spawning
from llm_pysc2.engine.units.aboard import NETWORK, carriers_sharing, passengers_of
from llm_pysc2.knowledge.units import UnitType

_NO_PASSENGER = "SuppressPassenger"
"""What units hold that nobody can take in: the lifted, the recalled, those in a fungus."""


def space_taken(match: Match, row: int) -> int:
    """Return how many slots of a carrier (row) are taken."""
    return sum(_type(match, one).cargo_size for one in passengers_of(match, row))


def check(match: Match, carrier: int, row: int) -> Result:
    """Return why a carrier (row) cannot take a unit (row) in, or SUCCESS."""
    units, carries, taken = match.units, _type(match, carrier), _type(match, row)
    if units.owner[carrier] != units.owner[row]:
        return Result.CANT_LOAD_OTHER_PLAYERS_UNITS
    filters = parse_filter(carries.cargo_filters)
    fits = 0 < taken.cargo_size <= carries.cargo_unit_size_max
    if carrier == row or not fits or not filters.allows(int(units.traits[row]), Relation.PLAYER):
        return Result.CANT_LOAD_THAT_UNIT
    tag, carrier_tag = int(units.tag[row]), int(units.tag[carrier])
    if _NO_PASSENGER in modifiers.states_of(match, tag):
        return Result.CANT_LOAD_THAT_UNIT
    if modifiers.bars(match, carrier_tag, "load") or units.hallucination[carrier] or units.build_progress[carrier] < 1:
        return Result.ERROR
    full = space_taken(match, carrier) + taken.cargo_size > units.cargo_slots[carrier]
    return Result.NOT_ENOUGH_ROOM_TO_LOAD_UNIT if full else Result.SUCCESS


def board(match: Match, carrier: int, row: int) -> None:
    """Let a unit (row) get into a carrier (row): its orders and whoever was after it are done with."""
    order_queue.clear(match, row)
    if fights_within(match, carrier) and match.assumptions.bunker_range == "edge":
        match.units.radius[row] = match.units.radius[carrier]
    hide(match, carrier, row)


def hide(match: Match, carrier: int, row: int) -> None:
    """Take a unit (row) off the map, into another (row), whatever its orders are."""
    units, tag = match.units, int(match.units.tag[row])
    units.travels[row] = False
    units.aboard[row], units.boarded[row] = carrier, match.take_order()
    for other in np.flatnonzero(units.target == row).tolist():
        order_queue.lose_target(match, other)
    for other in np.flatnonzero(units.follow == row).tolist():
        order_queue.finish(match, other)
    match.missiles = [missile for missile in match.missiles if missile.target_tag != tag]
    match.spells.missiles = [missile for missile in match.spells.missiles if missile.cast.target_tag != tag]
    _stay(match, carrier, row)
    _renew(match, row)


def leave(match: Match, carrier: int, row: int) -> bool:
    """Let a passenger (row) out beside a carrier (row); return whether there is room within its reach."""
    units, kind = match.units, _type(match, row)
    here = (float(units.x[carrier]), float(units.y[carrier]))
    x, y = spawning.free_places(match, kind, here, 1)[0]
    open_ground = kind.is_flying or bool(match.ground.is_open(x, y)[0])
    reach = _type(match, carrier).cargo_unload_range_cells + float(units.radius[carrier])
    if not open_ground or hypot(x - here[0], y - here[1]) > reach:
        return False
    units.x[row], units.y[row] = quantise(x), quantise(y)
    release(match, row)
    return True


def release(match: Match, row: int) -> None:
    """Let a passenger (row) be on the map again, where it is."""
    show(match, row)
    order_queue.clear(match, row)


def show(match: Match, row: int) -> None:
    """Put a unit (row) on the map again, where it is, whatever its orders are."""
    match.units.aboard[row] = -1
    match.units.radius[row] = _type(match, row).radius_cells
    _renew(match, row)


def fights_within(match: Match, carrier: int) -> bool:
    """Return whether the passengers of a carrier (row) go on fighting."""
    behavior = match.spellbook.behaviors.get(_type(match, carrier).cargo_behavior)
    return behavior is not None and bool(behavior.modification)


def run(match: Match) -> None:
    """Take all passengers along to where their carriers are."""
    for row in targeting_of(match).passengers.tolist():
        _stay(match, int(match.units.aboard[row]), row)


def abandon(match: Match) -> None:
    """Empty the carriers that die in this loop: buildings let their passengers out, all others take them along.

    Passengers of a network go on in another of its openings, if there is one.
    """
    units = match.units
    for row in np.flatnonzero(units.aboard >= 0).tolist():
        carrier = int(units.aboard[row])
        if units.life[carrier] > 0:
            continue
        others = [other for other in carriers_sharing(units, match.types, carrier) if units.life[other] > 0]
        if others:
            units.aboard[row] = others[0]
        elif _type(match, carrier).name in NETWORK or units.flying[carrier] or not leave(match, carrier, row):
            units.life[row] = 0.0
            killer = match.killers.get(int(units.tag[carrier]))
            if killer is not None:
                match.killers[int(units.tag[row])] = killer


def _stay(match: Match, carrier: int, row: int) -> None:
    units = match.units
    units.x[row], units.y[row] = units.x[carrier], units.y[carrier]
    units.goal_x[row], units.goal_y[row] = units.x[row], units.y[row]
    units.vx[row] = units.vy[row] = 0.0


def _renew(match: Match, row: int) -> None:
    """Work out anew what a unit is that got in or out."""
    modifiers.refresh(match, row)
    match.population_changed()


def _type(match: Match, row: int) -> UnitType:
    return match.types.types[int(match.units.row[row])]
