"""The computer's army on maps of tasks: it gathers, guards its buildings, and sets out when it is large."""

from math import hypot

import numpy as np

from llm_pysc2.engine.computer.spells import Side
from llm_pysc2.engine.computer.task_plan import Level
from llm_pysc2.engine.maps.filters import trait
from llm_pysc2.engine.orders.commands import order
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import IDLE, Ability
from llm_pysc2.engine.state.unit_columns import Bools

GUARD_CELLS = 22.0
"""Enemies nearer than this to one of its buildings are intruders."""
GATHER_CELLS = 8.0
"""So far before its start, towards the enemy, the army gathers."""
SCATTERED_CELLS = 9.0
"""Idle units farther than this from the gathering place are called there."""
WORKERS_PER_INTRUDER = 2
_WORKER = trait("Worker")
_STRUCTURE = trait("Structure")


def own_units(match: Match, player_id: int) -> Bools:
    """Return which units are a player's and on the map, shape (units,)."""
    own: Bools = (match.units.owner == player_id) & (match.units.aboard < 0)
    return own


def is_idle(match: Match, row: int) -> bool:
    """Return whether a unit has neither orders nor a fight."""
    return bool(match.units.mode[row] == IDLE and match.units.target[row] < 0)


def command(match: Match, player_id: int, level: Level, side: Side) -> None:
    """Give the army its orders for now."""
    intruders = _intruders(match, side)
    if intruders:
        _defend(match, player_id, level, side, intruders)
    elif match.loop >= level.first_attack_loops and _food(match, side) >= level.attack_food:
        _set_out(match, player_id, side)
    else:
        _gather(match, player_id, side)


def _army(match: Match, side: Side) -> list[int]:
    """Return the rows of the units that fight and can go somewhere."""
    units = match.units
    armed = np.array([bool(arms.weapons) for arms in units.arms], dtype=bool)
    fighters = side.own & (units.speed > 0) & (units.traits & _WORKER == 0) & (armed | (units.energy_max > 0))
    return [int(row) for row in np.flatnonzero(fighters & (units.build_progress >= 1))]


def _food(match: Match, side: Side) -> float:
    return sum(match.types.types[int(match.units.row[row])].food_used for row in _army(match, side))


def _intruders(match: Match, side: Side) -> list[int]:
    """Return the rows of the enemies near its buildings that can do harm, nearest first."""
    units = match.units
    homes = np.flatnonzero(side.own & (units.traits & _STRUCTURE != 0))
    found = []
    for foe in side.foes if homes.size else ():
        away = float(np.hypot(units.x[homes] - units.x[foe], units.y[homes] - units.y[foe]).min())
        if away < GUARD_CELLS and (units.arms[foe].weapons or units.energy_max[foe] > 0):
            found.append((away, foe))
    return [foe for _, foe in sorted(found)]


def _defend(match: Match, player_id: int, level: Level, side: Side, intruders: list[int]) -> None:
    """Send everybody who is free against the intruder nearest to the buildings; workers too, if they must."""
    units = match.units
    target = (float(units.x[intruders[0]]), float(units.y[intruders[0]]))
    army = _army(match, side)
    free = [row for row in army if is_idle(match, row)]
    _send(match, player_id, free, target)
    if level.pulls_workers and len(army) < len(intruders):
        workers = np.flatnonzero(side.own & (units.traits & _WORKER != 0)).tolist()
        near = sorted(workers, key=lambda row: (hypot(units.x[row] - target[0], units.y[row] - target[1]), row))
        _send(match, player_id, near[: WORKERS_PER_INTRUDER * len(intruders)], target)


def _set_out(match: Match, player_id: int, side: Side) -> None:
    """Send the idle army to the nearest enemy building it knows of, else to where an enemy started."""
    units = match.units
    idle = [row for row in _army(match, side) if is_idle(match, row)]
    if not idle:
        return
    at = (float(units.x[idle].mean()), float(units.y[idle].mean()))
    known = [(float(units.x[foe]), float(units.y[foe])) for foe in side.foes if units.traits[foe] & _STRUCTURE]
    starts = [place for place in match.map.start_locations if place != match.players[player_id].start_location]
    goals = known or starts
    if goals:
        _send(match, player_id, idle, min(goals, key=lambda goal: hypot(goal[0] - at[0], goal[1] - at[1])))


def _gather(match: Match, player_id: int, side: Side) -> None:
    """Call idle units that stand far off to the place before the base."""
    home = _home(match, player_id, side)
    if home is None:
        return
    units, place = match.units, _before(match, home)
    far = [
        row
        for row in _army(match, side)
        if is_idle(match, row) and hypot(units.x[row] - place[0], units.y[row] - place[1]) > SCATTERED_CELLS
    ]
    _send(match, player_id, far, place)


def _home(match: Match, player_id: int, side: Side) -> tuple[float, float] | None:
    """Return where its base is: its start location, or the building nearest to it where none stands there any more."""
    start = match.players[player_id].start_location
    homes = np.flatnonzero(side.own & (match.units.traits & _STRUCTURE != 0))
    if start is None or not homes.size:
        return start
    away = np.hypot(match.units.x[homes] - start[0], match.units.y[homes] - start[1])
    nearest = int(homes[away.argmin()])
    return start if away.min() < GUARD_CELLS else (float(match.units.x[nearest]), float(match.units.y[nearest]))


def _before(match: Match, home: tuple[float, float]) -> tuple[float, float]:
    """Return the place some cells before a start location, towards the nearest other one."""
    others = [place for place in match.map.start_locations if place != home]
    if not others:
        return home
    goal = min(others, key=lambda place: hypot(place[0] - home[0], place[1] - home[1]))
    share = GATHER_CELLS / hypot(goal[0] - home[0], goal[1] - home[1])
    return home[0] + (goal[0] - home[0]) * share, home[1] + (goal[1] - home[1]) * share


def _send(match: Match, player_id: int, rows: list[int], place: tuple[float, float]) -> None:
    tags = [int(match.units.tag[row]) for row in rows]
    armed = [tag for row, tag in zip(rows, tags, strict=True) if match.units.arms[row].weapons]
    order(match, player_id, int(Ability.ATTACK), armed, place, False)
    others = [tag for tag in tags if tag not in armed]
    order(match, player_id, int(Ability.SCAN_MOVE), others, place, False)
