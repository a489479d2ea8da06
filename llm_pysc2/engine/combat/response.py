"""What a unit does that is hurt: it turns on the attacker, or runs, if it has nothing better to do; allies help it."""

from math import sqrt

import numpy as np

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.state import alerts, fog
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import IDLE, PATROL, SCAN_MOVE
from llm_pysc2.engine.state.projectiles import Cause
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.targeting_tables import TargetingTables
from llm_pysc2.engine.units import order_queue

CALL_RADIUS_CELLS = 4.0
CALL_PERIOD_LOOPS = 32
"""CallForHelpRadius and -Period (facts/game_constants.json)."""
_FREE_TO_FIGHT = (IDLE, SCAN_MOVE, PATROL)


def provoke(match: Match, victim: int, cause: Cause) -> None:
    """Let a unit (row) and those around it answer an attack."""
    units = match.units
    attacker = units.row_of(cause.source_tag)
    if attacker < 0:
        return
    targeting = targeting_of(match)
    if not targeting.hostile[victim, attacker]:
        return
    fog.reveal(match, int(units.owner[victim]), attacker)
    alerts.warn_of_attack(match, victim)
    _turn_on(match, targeting, victim, attacker)
    _flee(match, targeting, victim, attacker)
    tag = int(units.tag[victim])
    if match.loop - match.call_loops.get(tag, -CALL_PERIOD_LOOPS) >= CALL_PERIOD_LOOPS:
        match.call_loops[tag] = match.loop
        _call_for_help(match, targeting, victim, attacker)


def _call_for_help(match: Match, targeting: TargetingTables, victim: int, attacker: int) -> None:
    """Let allies near the victim who have nobody to fight turn on the attacker (rows)."""
    units = match.units
    near = match.distances().square[victim] <= CALL_RADIUS_CELLS * CALL_RADIUS_CELLS
    for row in (near & (units.target < 0) & (units.owner == units.owner[victim])).nonzero()[0].tolist():
        _turn_on(match, targeting, row, attacker)


def _turn_on(match: Match, targeting: TargetingTables, row: int, attacker: int) -> None:
    """Let a unit attack the attacker, if it is free to and can."""
    units = match.units
    free = units.responds[row] and units.looks[row] and units.target[row] < 0 and int(units.mode[row]) in _FREE_TO_FIGHT
    if free and _can_hit(match, targeting, row, attacker):
        order_queue.engage(match, row, attacker)


def _can_hit(match: Match, targeting: TargetingTables, row: int, attacker: int) -> bool:
    """Return whether a unit has a weapon for the attacker, and its side sees it."""
    return bool(targeting.attraction[row, attacker] > -np.inf) and vision.can_see(
        match, int(match.units.owner[row]), attacker
    )


def _flee(match: Match, targeting: TargetingTables, row: int, attacker: int) -> None:
    """Let an idle unit run from the attacker, if that is its nature or it cannot hit back; it stays where it ran to."""
    units, cells = match.units, match.assumptions.flee_cells
    if int(units.mode[row]) != IDLE or units.target[row] >= 0 or units.speed[row] <= 0 or not cells:
        return
    nature = match.types.types[int(units.row[row])].response
    helpless = match.assumptions.helpless_flee and not _can_hit(match, targeting, row, attacker)
    if nature == "Flee" or (nature == "Acquire" and helpless):
        left, bottom, right, top = match.map.playable
        away_x, away_y = float(units.x[row] - units.x[attacker]), float(units.y[row] - units.y[attacker])
        share = cells / (sqrt(away_x * away_x + away_y * away_y) or 1.0)
        units.goal_x[row] = min(max(units.x[row] + away_x * share, left), right)
        units.goal_y[row] = min(max(units.y[row] + away_y * share, bottom), top)
        units.travels[row] = True
