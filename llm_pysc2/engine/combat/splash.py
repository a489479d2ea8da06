"""Areas: who stands in the rings around an impact, in the path of a sweep, or near enough for a bounce.

A unit stands in an area when its edge does (assumption `splash_reach`). The first ring that holds it decides its share.
"""

from math import atan2, cos, pi, radians, sin

import numpy as np

from llm_pysc2.engine.combat import damage
from llm_pysc2.engine.maps.filters import Filter, Relation, parse_filter
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.projectiles import Shot
from llm_pysc2.engine.state.unit_columns import Floats
from llm_pysc2.knowledge.units import Hit, SplashRing


def burst(match: Match, shot: Shot, hit: Hit, target: int) -> None:
    """Damage everybody in the rings around the target (row, -1 = dead) or around the attacker."""
    x, y = (shot.source_x, shot.source_y) if hit.splash_origin == "caster" else (shot.aim_x, shot.aim_y)
    outermost = max(ring.radius_cells for ring in hit.splash)
    away = _away(match, x, y)
    ahead = atan2(shot.aim_y - shot.source_y, shot.aim_x - shot.source_x)
    passes = parse_filter(hit.splash_filters)
    for row in np.flatnonzero(away <= outermost).tolist():
        if row == target and not hit.splash_hits_centre:
            continue
        share = _share(match, hit.splash, (x, y, ahead), row, float(away[row]))
        if share > 0 and allows(match, passes, shot, row) and _same_cliff(match, hit, (x, y), row):
            damage.deal(match, shot, hit, row, share)


def sweep(match: Match, shot: Shot, index: int, time: int) -> None:
    """Damage everybody in one area of a sweep: the `time`-th along the line of a hit, or its only one."""
    hit = shot.hit(index)
    x, y = _area_centre(shot, hit, time)
    ahead = atan2(shot.aim_y - shot.source_y, shot.aim_x - shot.source_x)
    away = _away(match, x, y)
    if "ExtendByUnitRadius" in hit.search_flags:
        away = away - _source_radius(match, shot)
    rows = np.flatnonzero(away <= (hit.search_radius_cells or 0.0))
    passes = parse_filter(hit.search_filters)
    if hit.search_max_count:
        rows = rows[np.argsort(away[rows], kind="stable")]
    struck = 0
    for row in rows.tolist():
        meant = _is_meant(match, shot, index, row) and allows(match, passes, shot, row)
        if meant and _in_sector(match, (x, y, ahead), row, hit.search_arc_deg):
            shot.struck.append((index, int(match.units.tag[row])))
            damage.deal(match, shot, hit, row)
            struck += 1
            if struck == hit.search_max_count:
                break


def nearest_other(match: Match, shot: Shot, hit: Hit, around: int) -> int:
    """Return the row of the nearest unit to bounce to from a unit (row), -1 if there is none."""
    units = match.units
    away = _away(match, float(units.x[around]), float(units.y[around]))
    rows = np.flatnonzero(away <= (hit.search_radius_cells or 0.0))
    passes = parse_filter(hit.search_filters)
    already = [tag for _, tag in shot.struck]
    for row in rows[np.argsort(away[rows], kind="stable")].tolist():
        fresh = int(units.tag[row]) not in already
        if fresh and units.life[row] > 0 and allows(match, passes, shot, row):
            return int(row)
    return -1


def allows(match: Match, passes: Filter, shot: Shot, row: int) -> bool:
    """Return whether a filter of a shot lets a unit pass."""
    return passes.allows(int(match.units.traits[row]), _relation(match, shot, row))


def _relation(match: Match, shot: Shot, row: int) -> int:
    owner = int(match.units.owner[row])
    if int(match.units.tag[row]) == shot.source_tag:
        return Relation.SELF | Relation.PLAYER
    if owner == shot.owner:
        return Relation.PLAYER
    return Relation.NEUTRAL if owner == NEUTRAL else Relation.ENEMY


def _away(match: Match, x: float, y: float) -> Floats:
    """Return the distances in cells from a point to all units, to their edges where areas reach edges."""
    units = match.units
    away = np.hypot(units.x - x, units.y - y)
    return away - units.radius if match.assumptions.splash_reach == "edge" else away


def _share(
    match: Match, rings: tuple[SplashRing, ...], centre: tuple[float, float, float], row: int, away: float
) -> float:
    """Return the share of the damage that a unit takes: that of the first ring that holds it, 0 if none does."""
    for ring in rings:
        if away <= ring.radius_cells and _in_sector(match, centre, row, ring.arc_deg):
            return ring.fraction
    return 0.0


def _in_sector(match: Match, centre: tuple[float, float, float], row: int, arc_deg: float) -> bool:
    """Return whether a unit's middle lies in the sector (x, y, direction) of a width."""
    if arc_deg >= 360:
        return True
    x, y, ahead = centre
    towards = atan2(match.units.y[row] - y, match.units.x[row] - x)
    return abs((towards - ahead + pi) % (2 * pi) - pi) <= radians(arc_deg / 2)


def _same_cliff(match: Match, hit: Hit, centre: tuple[float, float], row: int) -> bool:
    """Return whether a ground unit stands on the cliff level of the impact, where that matters."""
    if not hit.splash_same_cliff or match.units.flying[row]:
        return True
    levels = match.map.terrain.cliff_level
    height, width = levels.shape

    def level(x: float, y: float) -> int:
        return int(levels[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)])

    return level(*centre) == level(float(match.units.x[row]), float(match.units.y[row]))


def _area_centre(shot: Shot, hit: Hit, time: int) -> tuple[float, float]:
    """Return the middle of one area of a sweep: (right, forward) of its origin, seen from the attacker."""
    x, y = (shot.source_x, shot.source_y) if hit.search_origin == "caster" else (shot.aim_x, shot.aim_y)
    if not hit.sweep_cells:
        return x, y
    right, forward = hit.sweep_cells[time % len(hit.sweep_cells)]
    ahead = atan2(shot.aim_y - shot.source_y, shot.aim_x - shot.source_x)
    return x + forward * cos(ahead) + right * sin(ahead), y + forward * sin(ahead) - right * cos(ahead)


def _is_meant(match: Match, shot: Shot, index: int, row: int) -> bool:
    """Return whether a sweep takes a unit at all: not its target where that is left out, nobody twice."""
    hit = shot.hit(index)
    tag = int(match.units.tag[row])
    if hit.search_excludes_target and tag == shot.target_tag:
        return False
    return not (hit.once_per_unit and (index, tag) in shot.struck)


def _source_radius(match: Match, shot: Shot) -> float:
    row = match.units.row_of(shot.source_tag)
    return float(match.units.radius[row]) if row >= 0 else 0.0
