"""Weapons: turning to the target, the damage point, the shot, the backswing, the cooldown.

A shot begins when the target is in range and in the arc and the weapon is ready; it goes off at the damage point if the
target is still within range and slop. The cooldown counts from the beginning; a shot that did not go off costs none.
"""

from math import atan2, pi

import numpy as np

from llm_pysc2.engine.behaviors.places import make_cast
from llm_pysc2.engine.combat import hangars, strikes
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.projectiles import Shot
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.unit_columns import FIRST_ROW, NEVER, SCALAR_NEVER, quantise
from llm_pysc2.engine.state.weapon_tables import ArmedWeapon
from llm_pysc2.engine.units import order_queue

_AIM_LOOPS = np.array(4.0)
"""A unit turns to its target so long before its weapon is ready: half a turn takes 3 loops, a Colossus' 4."""
_TURN = 2 * pi
_ROUNDING_CELLS = 1e-9
"""A target at the very edge of a range is in it, whichever way the square root was rounded."""


def run(match: Match) -> None:
    """Let shots go off whose damage point has come, and begin new ones."""
    units = match.units
    for row in (units.fire_loop <= np.array(match.loop)).nonzero()[0].tolist():
        _release(match, row)
    fights = (units.target >= FIRST_ROW) & (units.cooldown < _AIM_LOOPS)
    ready = (fights & (units.fire_loop == SCALAR_NEVER)).nonzero()[0]
    if not ready.size:
        return
    targets = units.target[ready]
    near = match.distances().square[ready, targets] <= targeting_of(match).limit_square[ready, targets]
    for row, target in zip(ready[near].tolist(), targets[near].tolist(), strict=True):
        _aim(match, row, target)


def gap_cells(match: Match, row: int, other: int) -> float:
    """Return the distance between two units, edge to edge in cells."""
    units = match.units
    away: float = float(match.distances().square[row, other]) ** 0.5
    return away - float(units.radius[row]) - float(units.radius[other])


def _aim(match: Match, row: int, target: int) -> None:
    """Turn a unit to its target, and begin a shot if its weapon is ready."""
    units = match.units
    arms = units.arms[row]
    index = arms.choose(int(units.traits[target]), gap_cells(match, row, target) - _ROUNDING_CELLS)
    if index < 0:
        return
    weapon = arms.weapons[index]
    aligned = arms.turret or weapon.half_arc >= pi or _turn(match, row, target, weapon.half_arc)
    if aligned and units.cooldown[row] <= 0 and units.life[target] > 0:
        _begin(match, row, index, weapon)


def _turn(match: Match, row: int, target: int, half_arc: float) -> bool:
    """Turn a unit towards another by what it can turn in a loop; return whether the other is in its arc."""
    units = match.units
    facing, turn_rate, (x, y) = float(units.facing[row]), float(units.turn_rate[row]), (units.x, units.y)
    wanted = atan2(float(y[target]) - float(y[row]), float(x[target]) - float(x[row]))
    off = (wanted - facing + pi) % _TURN - pi
    step = min(max(off, -turn_rate), turn_rate)
    units.facing[row] = (facing + step) % _TURN
    return abs(off - step) <= half_arc


def _begin(match: Match, row: int, index: int, weapon: ArmedWeapon) -> None:
    """Begin a shot: from now on the cooldown counts, and the unit stands until the damage point."""
    units = match.units
    units.weapon[row] = index
    remainder = float(units.cooldown[row]) if match.assumptions.cooldown_remainder == "carried" else 0.0
    units.cooldown[row] = _period(match, weapon) + remainder
    units.fire_loop[row] = match.loop + weapon.damage_point_loops
    if weapon.damage_point_loops == 0:
        _release(match, row)


def _period(match: Match, weapon: ArmedWeapon) -> float:
    """Return the loops from this shot to the next, with the random delay of this shot."""
    least, most = weapon.random_delay_loops
    if match.assumptions.random_delay == "none" or least == most:
        delay = 0.0
    elif match.assumptions.random_delay == "whole_loops":
        delay = float(match.rng.integers(least, most, endpoint=True))
    else:
        delay = match.rng.random() * (most - least) + least
    return quantise(weapon.period_loops + delay)


def _release(match: Match, row: int) -> None:
    """Fire the shot that was begun, or take it back if its target is dead or out of reach."""
    units = match.units
    weapon = units.arms[row].weapons[units.weapon[row]]
    target = int(units.target[row])
    if not _can_fire(match, row, target, weapon):
        order_queue.cancel_shot(match, row)
        return
    units.fire_loop[row] = NEVER
    if not weapon.fires_moving:
        units.busy_until[row] = match.loop + weapon.backswing_loops
    if weapon.beam:
        _hold_beam(match, row, weapon)
    _fire(match, row, target, weapon)


def _can_fire(match: Match, row: int, target: int, weapon: ArmedWeapon) -> bool:
    units = match.units
    if target < 0 or units.life[target] <= 0:
        return False
    if units.life[row] <= 0 and not match.assumptions.simultaneous_fire:
        return False
    return gap_cells(match, row, target) <= weapon.range_cells + weapon.slop_cells


def _hold_beam(match: Match, row: int, weapon: ArmedWeapon) -> None:
    """Let a beam go on: the next hit falls a period later without aiming anew, as long as the target is in reach."""
    units = match.units
    if units.beaming[row]:
        units.cooldown[row] = _period(match, weapon)
    units.beaming[row] = True
    units.fire_loop[row] = match.loop + round(weapon.period_loops)


def _fire(match: Match, row: int, target: int, weapon: ArmedWeapon) -> None:
    units = match.units
    shot = Shot(
        weapon=weapon,
        source_tag=int(units.tag[row]),
        owner=int(units.owner[row]),
        source_x=float(units.x[row]),
        source_y=float(units.y[row]),
        target_tag=int(units.tag[target]),
        aim_x=float(units.x[target]),
        aim_y=float(units.y[target]),
        hallucination=bool(units.hallucination[row]),
    )
    if weapon.hits:
        strikes.launch(match, shot, row, target)
    else:
        _perform(match, row, target, weapon)
    if weapon.kills_caster:
        units.life[row] = 0.0


def _perform(match: Match, row: int, target: int, weapon: ArmedWeapon) -> None:
    """Let a weapon that has no hits of its own do what it does instead: launch units, or an effect of spells."""
    units = match.units
    if int(units.row[row]) in match.types.hangars:
        hangars.fire(match, row, target)
    else:
        cast = make_cast(match, row, int(units.tag[target]))
        match.spells.pending.append((weapon.effect, cast))
