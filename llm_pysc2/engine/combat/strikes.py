"""What shots do: their hits at once or later, missiles on their way, areas, sweeps and bounces."""

from bisect import insort
from itertools import takewhile
from math import ceil, sqrt

from llm_pysc2.engine.combat import damage, splash
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.projectiles import Missile, Shot, Strike
from llm_pysc2.knowledge.units import Hit
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_INSTANT_ACCELERATION = 1000.0
"""Cells per game second squared from which a missile is at full speed at once."""
_STEPS_PER_SECOND = LOOPS_PER_GAME_SECOND
_BOUNCE = "previous"


def launch(match: Match, shot: Shot, source: int, target: int) -> None:
    """Let all hits of a shot happen, each in its loop. `source` and `target` are rows."""
    taken: set[tuple[str, ...]] = set()
    for index, hit in enumerate(shot.weapon.hits):
        if hit.search_origin == _BOUNCE or not _applies(match, hit, (source, target), taken):
            continue
        delay = hit.delay_loops
        for time in range(hit.times):
            if hit.period_loops:
                delay += hit.period_loops[time % len(hit.period_loops)]
            due = match.loop + ceil(delay)
            strike = Strike(due, match.take_order(), shot, index, time)
            if due <= match.loop:
                _fall(match, strike)
            else:
                insort(match.strikes, strike)


def run(match: Match) -> None:
    """Let the strikes fall whose loop has come."""
    loop = match.loop
    if not match.strikes or match.strikes[0].due_loop > loop:
        return
    due = list(takewhile(lambda strike: strike.due_loop <= loop, match.strikes))
    del match.strikes[: len(due)]
    for strike in due:
        if not strike.is_channelled or _is_kept_up(match, strike):
            _fall(match, strike)


def fly(match: Match) -> None:
    """Move all missiles by one loop; those that reach their target hit it."""
    flying: list[Missile] = []
    for missile in match.missiles:
        if not _fly_on(match, missile):
            flying.append(missile)
    match.missiles = flying


def _applies(match: Match, hit: Hit, rows: tuple[int, int], taken: set[tuple[str, ...]]) -> bool:
    """Return whether the branch of a hit is taken; "else" is, where no branch before it of the same switch was."""
    if not hit.condition:
        return True
    prefix = hit.condition[:-1]
    for name in hit.condition:
        if name != "else" and not _holds(match, name, rows):
            return False
    if hit.condition[-1] == "else" and prefix in taken:
        return False
    taken.add(prefix)
    return True


def _holds(match: Match, name: str, rows: tuple[int, int]) -> bool:
    """Return whether a named condition of the catalog holds for attacker and target (rows)."""
    units = match.units
    source, target = rows
    match name:
        case "FriendlyTarget":
            return bool(units.owner[source] == units.owner[target])
        case "IsStructure":
            return bool(units.structure[target])
        case "GroundUnitFilter":
            return bool(units.on_ground[target])
        case "TargetRadiusSmall or IsSupplyDepotLowered":
            return bool(units.radius[target] < _LARGE_RADIUS_CELLS)
        case "TargetRadiusLarge":
            return bool(units.radius[target] >= _LARGE_RADIUS_CELLS)
        case _:
            return True


def _is_kept_up(match: Match, strike: Strike) -> bool:
    """Return whether the attacker of a burst still stands and reaches its target."""
    units, weapon = match.units, strike.shot.weapon
    source, target = units.row_of(strike.shot.source_tag), units.row_of(strike.shot.target_tag)
    if source < 0 or target < 0:
        return False
    if not match.assumptions.bursts_need_reach:
        return True
    away = match.distances().square[source, target] ** 0.5
    return bool(away - units.radius[source] - units.radius[target] <= weapon.range_cells + weapon.slop_cells)


_LARGE_RADIUS_CELLS = 1.25
"""Validator TargetRadiusSmall of the sieged tank (facts/effect_trees.json)."""


def _fall(match: Match, strike: Strike) -> None:
    """Let a hit happen now: as a missile that starts, as an area, or as damage to the target."""
    shot = strike.shot
    hit = shot.hit(strike.hit)
    target = match.units.row_of(shot.target_tag)
    if target >= 0:
        shot.aim_x, shot.aim_y = float(match.units.x[target]), float(match.units.y[target])
    if hit.missile_speed is not None:
        if target >= 0:
            _start_missile(match, shot, (strike.hit, strike.time), target, match.units.row_of(shot.source_tag))
    else:
        impact(match, shot, strike.hit, strike.time, target)


def impact(match: Match, shot: Shot, index: int, time: int, target: int) -> None:
    """Do the damage of one hit of a shot. `target` is the row of its target, -1 = dead."""
    hit = shot.hit(index)
    if hit.search_radius_cells is not None and hit.search_origin != _BOUNCE:
        splash.sweep(match, shot, index, time)
    elif hit.splash:
        if target >= 0 and hit.splash_origin == "target" and not hit.splash_hits_centre:
            damage.deal(match, shot, hit, target)
        splash.burst(match, shot, hit, target)
    elif target >= 0:
        damage.deal(match, shot, hit, target)
    if target >= 0:
        _bounce(match, shot, index, target)


def _start_missile(match: Match, shot: Shot, which: tuple[int, int], target: int, source: int) -> None:
    """Send off a missile for hit and time `which` from where the attacker is now, or was when it fired."""
    units = match.units
    hit = shot.hit(which[0])
    x, y = (units.x[source], units.y[source]) if source >= 0 else (shot.source_x, shot.source_y)
    missile = Missile(
        shot=shot, hit=which[0], time=which[1],
        x=float(x), y=float(y),
        speed_cells_per_loop=_start_speed(hit) / _STEPS_PER_SECOND,
        target_tag=int(units.tag[target]),
        target_x=float(units.x[target]), target_y=float(units.y[target]),
    )  # fmt: skip
    if match.assumptions.missile_path == "edge" and source >= 0:
        _advance(missile, float(units.radius[source]))
    match.missiles.append(missile)


def _start_speed(hit: Hit) -> float:
    """Return the speed of a missile at launch, cells per game second."""
    full = hit.missile_speed or 0.0
    quick = hit.missile_acceleration is None or hit.missile_acceleration >= _INSTANT_ACCELERATION
    return full if quick else min(hit.missile_start_speed, full)


def _fly_on(match: Match, missile: Missile) -> bool:
    """Move a missile by one loop after its target; return whether its flight has ended."""
    units = match.units
    hit = missile.shot.hit(missile.hit)
    target = units.row_of(missile.target_tag)
    short = 0.0
    if target >= 0:
        missile.target_x, missile.target_y = float(units.x[target]), float(units.y[target])
        if match.assumptions.missile_path == "edge":
            short = float(units.radius[target])
    _accelerate(missile, hit)
    away_x, away_y = missile.target_x - missile.x, missile.target_y - missile.y
    away = sqrt(away_x * away_x + away_y * away_y)
    if away - short > missile.speed_cells_per_loop:
        _advance(missile, missile.speed_cells_per_loop)
        return False
    missile.shot.aim_x, missile.shot.aim_y = missile.target_x, missile.target_y
    impact(match, missile.shot, missile.hit, missile.time, target if target >= 0 and units.life[target] > 0 else -1)
    return True


def _accelerate(missile: Missile, hit: Hit) -> None:
    full = (hit.missile_speed or 0.0) / _STEPS_PER_SECOND
    if missile.speed_cells_per_loop < full:
        gain = (hit.missile_acceleration or 0.0) / (_STEPS_PER_SECOND * _STEPS_PER_SECOND)
        missile.speed_cells_per_loop = min(full, missile.speed_cells_per_loop + gain)


def _advance(missile: Missile, cells: float) -> None:
    away_x, away_y = missile.target_x - missile.x, missile.target_y - missile.y
    away = sqrt(away_x * away_x + away_y * away_y)
    share = min(cells / away, 1.0) if away else 0.0
    missile.x += away_x * share
    missile.y += away_y * share


def _bounce(match: Match, shot: Shot, index: int, target: int) -> None:
    """Send the missile on from a unit it has hit to another nearby, if the weapon's next hit says so."""
    if index + 1 >= len(shot.weapon.hits) or shot.hit(index + 1).search_origin != _BOUNCE:
        return
    shot.struck.append((index, int(match.units.tag[target])))
    following = splash.nearest_other(match, shot, shot.hit(index + 1), target)
    if following >= 0:
        shot.target_tag = int(match.units.tag[following])
        _start_missile(match, shot, (index + 1, 0), following, target)
