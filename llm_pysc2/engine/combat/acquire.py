"""Units look for targets: a threat before others, who attacks before who stands by, then priority, then the nearest.

A target is kept until it is gone, too far from home, or outranked. Units look every few loops, not all in the same one.
"""

import numpy as np

from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import HOLD, IDLE, MOVE
from llm_pysc2.engine.state.targeting import RANK_STEP, targeting_of
from llm_pysc2.engine.state.targeting_tables import TargetingTables
from llm_pysc2.engine.state.unit_columns import FIRST_ROW, SCALAR_NEVER, Bools, Floats, Ints
from llm_pysc2.engine.units import order_queue

LEASH_CELLS = 21.0
"""How far an idle unit chases from its post (AcquireLeashRadius, AcquireMovementLimit; facts/game_constants.json)."""
_RANK_CELLS = RANK_STEP / 2
"""Scores that differ by more than this differ in rank and not only in distance."""
_LEASH_SQUARE, _NOBODY, _AT_REST = np.array(LEASH_CELLS * LEASH_CELLS), np.array(-np.inf), np.array(0.0)
_ATTACK_LEVEL = 32 * RANK_STEP
"""Who aims at the looker is two such levels above who stands by, who aims at others one; priorities end at 20."""
_IDLE, _MOVE, _HOLD = np.array(IDLE), np.array(MOVE), np.array(HOLD)


def run(match: Match) -> None:
    """Choose targets for the units whose turn it is to look."""
    units = match.units
    rows = (units.looks & (units.scan_from <= np.array(match.loop)) & (units.fire_loop == SCALAR_NEVER)).nonzero()[0]
    if not rows.size:
        return
    units.scan_from[rows] = match.loop + match.assumptions.scan_period_loops
    targeting = targeting_of(match)
    rows = rows[~units.returning[rows]]
    fighting = units.target[rows] >= FIRST_ROW
    if np.count_nonzero(fighting):
        _give_up(match, rows[fighting])
        rows = rows[~_content(match, targeting, rows)]
    if rows.size:
        _choose(match, targeting, rows)


def attack_levels(match: Match, rows: Ints) -> Floats:
    """Return how much more some units want others for what these do, shape (rows, units).

    Who attacks the looker counts most, who attacks somebody else less, who stands or walks by not at all: so a unit
    turns on its attackers, and lets go of those who step back. Assumption `threat`.
    """
    units = match.units
    if match.assumptions.threat == "armed":
        return np.zeros((rows.size, len(units)))
    aims = np.where((units.mode != _MOVE) & ~units.heals, units.target, -1)
    levels = (aims >= FIRST_ROW).astype(np.float64) + (aims == rows[:, None])
    levels *= _ATTACK_LEVEL
    return np.asarray(levels)


def gaps_of(match: Match, targeting: TargetingTables, rows: Ints) -> Floats:
    """Return the distances in cells, edge to edge, from some units to all, shape (rows, units)."""
    return np.asarray(np.sqrt(match.distances().square[rows]) - targeting.radius_sum[rows])


def _content(match: Match, targeting: TargetingTables, rows: Ints) -> Bools:
    """Return which of some units have a target in reach that nothing on the map outranks, or are on their way home."""
    units = match.units
    targets = units.target[rows]
    in_reach = match.distances().square[rows, targets] <= targeting.limit_square[rows, targets]
    best = (targeting.attraction[rows, targets] >= targeting.top[rows]) & in_reach & (targets >= FIRST_ROW)
    if match.assumptions.threat != "armed":
        best &= (units.target[targets] == rows) & (units.mode[targets] != _MOVE)
    return np.asarray(best | units.returning[rows])


def _choose(match: Match, targeting: TargetingTables, rows: Ints) -> None:
    """Give each of some units the target it wants most, if that is worth more than the one it has."""
    gaps = gaps_of(match, targeting, rows)
    costs = _costs(match, targeting, rows, gaps) - attack_levels(match, rows)
    scores = _scores(match, targeting, rows, (gaps, costs))
    best = _argmax(scores, match.assumptions.target_ties)
    current = match.units.target[rows]
    better = (scores[np.arange(rows.size), best] > _NOBODY) & (best != current)
    fighting = (better & (current >= FIRST_ROW)).nonzero()[0]
    if fighting.size:
        better[fighting] = _outranks(match, targeting, rows, (gaps, costs, scores, best), fighting)
    for row, target in zip(rows[better].tolist(), best[better].tolist(), strict=True):
        order_queue.engage(match, row, target)


def _scores(match: Match, targeting: TargetingTables, rows: Ints, measures: tuple[Floats, Floats]) -> Floats:
    """Return how much each of some units wants each unit as its target, shape (rows, units), -inf = not at all."""
    units = match.units
    gaps, costs = measures
    limit = units.scan_cells[rows, None]
    stands = _stands(match, rows)
    if np.count_nonzero(stands):
        limit = np.where(stands[:, None], targeting.reach[rows], limit)
    scores = np.where(gaps <= limit, targeting.attraction[rows] - costs, _NOBODY)
    if targeting.has_min_reach:
        scores[np.maximum(gaps, 0.0) < units.min_reach[rows, None]] = -np.inf
    if match.sight is not None:
        scores[~match.sight[units.owner[rows]]] = -np.inf
    return scores


def _costs(match: Match, targeting: TargetingTables, rows: Ints, gaps: Floats) -> Floats:
    """Return what speaks against each of equal targets: its distance in cells, or the turn to it in radians."""
    if not targeting.any_by_angle:
        return gaps
    units, apart = match.units, match.distances()
    costs, by_angle = gaps.copy(), targeting.by_angle[rows].nonzero()[0]
    looker = rows[by_angle]
    turn = np.arctan2(-apart.dy[looker], -apart.dx[looker]) - units.facing[looker, None]
    costs[by_angle] = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
    return costs


def _stands(match: Match, rows: Ints) -> Bools:
    """Return which units go after nobody: they look only as far as their weapons reach."""
    units = match.units
    mode = units.mode[rows]
    return np.asarray((mode == _HOLD) | (mode == _MOVE) | (units.speed[rows] == _AT_REST))


def _argmax(scores: Floats, ties: str) -> Ints:
    """Return the column of the highest score of each row; of equals the first or the last."""
    if ties == "first":
        return np.asarray(scores.argmax(axis=1))
    return np.asarray(scores.shape[1] - 1 - scores[:, ::-1].argmax(axis=1))


def _outranks(
    match: Match, targeting: TargetingTables, rows: Ints, found: tuple[Floats, Floats, Floats, Ints], fighting: Ints
) -> Bools:
    """Return for units that have a target whether the best one found is worth leaving it, shape (fighting,)."""
    gaps, costs, scores, best = found
    looker, now, then = rows[fighting], match.units.target[rows[fighting]], best[fighting]
    gain = scores[fighting, then] - (targeting.attraction[looker, now] - costs[fighting, now])
    outranked = gain > _RANK_CELLS
    chasing = gaps[fighting, now] > targeting.reach[looker, now]
    if match.assumptions.threat != "armed":
        # Only what the other is, not what it does, makes a unit walk away from somebody whom it can hit.
        nature = targeting.attraction[looker, then] - targeting.attraction[looker, now] > _RANK_CELLS
        outranked &= chasing | nature | (gaps[fighting, then] <= targeting.reach[looker, then])
    if match.assumptions.retarget == "never":
        return np.asarray(outranked)
    if match.assumptions.retarget == "blocked":
        chasing &= match.tracks.stalled_loops[looker] > 0
    return np.asarray(outranked | (chasing & (gain > 0)))


def _give_up(match: Match, rows: Ints) -> None:
    """Let those of some units who fight turn back who strayed too far, or whose target got away; see the leash."""
    units = match.units
    idle = rows[units.mode[rows] == _IDLE]
    if idle.size:
        away_x, away_y = units.x[idle] - units.goal_x[idle], units.y[idle] - units.goal_y[idle]
        for row in idle[away_x * away_x + away_y * away_y > _LEASH_SQUARE].tolist():
            order_queue.call_back(match, row)
    targets = units.target[rows]
    lost = (match.distances().square[rows, targets] > _LEASH_SQUARE) & (targets >= FIRST_ROW)
    for row in rows[lost].tolist():
        order_queue.lose_target(match, row)
