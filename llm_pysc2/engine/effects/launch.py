"""Missiles of spells: from a unit or a place, after a unit or to a point, and what happens where they arrive."""

from math import atan2, cos, sin, sqrt
from typing import cast as cast_type

from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, unit_of, where
from llm_pysc2.engine.effects import relocate
from llm_pysc2.engine.state.effect_records import Cast, Point, SpellMissile
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.knowledge.effects import LaunchMissile
from llm_pysc2.knowledge.spells import Missile
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_INSTANT_ACCELERATION = 1000.0
"""Cells per game second squared from which a missile is at full speed at once."""
_STRIDE_CELLS = 0.25
"""In such strides it is looked where the ground ends, in front of who is thrown."""
_UNKNOWN_SPEED = 18.75
"""Cells per game second of a missile whose flight the facts do not give: the catalog's default mover."""


def run(match: Match, perform: Perform, effect: LaunchMissile, cast: Cast) -> None:
    """Send a missile on its way."""
    _, (x, y) = aim_of(match, cast, effect.launch_location)
    cast = cast.aimed(*aim_of(match, cast, effect.at))
    if effect.away_cells is not None:
        cast = cast.aimed(0, _beyond(match, cast, effect.away_cells))
    mover = _mover(match, effect)
    full = mover.speed if mover.speed is not None else _UNKNOWN_SPEED
    quick = mover.acceleration is None or not 0 <= mover.acceleration < _INSTANT_ACCELERATION
    channelled = "Channeled" in effect.flags
    start = full / LOOPS_PER_GAME_SECOND if quick else 0.0
    match.spells.missiles.append(SpellMissile(effect.name, cast, x, y, start, channelled))
    if effect.launch_effect:
        perform(match, effect.launch_effect, cast)


def fly(match: Match, perform: Perform) -> None:
    """Move all missiles of spells by one loop; those that arrive do what they came for."""
    for missile in list(match.spells.missiles):
        if missile in match.spells.missiles and _fly_on(match, missile):
            match.spells.missiles = [other for other in match.spells.missiles if other is not missile]
            _arrive(match, perform, missile)


def _beyond(match: Match, cast: Cast, most_cells: float) -> Point:
    """Return the place beyond what a cast aims at, seen from its source: so far, or as far as the ground is open."""
    from_x, from_y = where(match, cast.source_tag, cast.origin)
    x, y = point = cast.point
    ahead = atan2(y - from_y, x - from_x)
    for step in range(1, int(most_cells / _STRIDE_CELLS) + 1):
        further = (x + cos(ahead) * step * _STRIDE_CELLS, y + sin(ahead) * step * _STRIDE_CELLS)
        if not match.ground.is_open(*further)[0]:
            break
        point = further
    return point


def _mover(match: Match, effect: LaunchMissile) -> Missile:
    """Return how a missile flies: as the last of its movers that the tables know."""
    known = [match.spellbook.missiles[name] for name in effect.movers if name in match.spellbook.missiles]
    return known[-1] if known else Missile(None, None)


def _effect(match: Match, missile: SpellMissile) -> LaunchMissile:
    """Return the step that sent a missile."""
    return cast_type(LaunchMissile, match.spellbook.effects[missile.name])


def _fly_on(match: Match, missile: SpellMissile) -> bool:
    """Move a missile by one loop; return whether its flight has ended. After the dead it flies to where they died."""
    units = match.units
    target = units.row_of(missile.cast.target_tag) if missile.cast.target_tag else -1
    point = where(match, missile.cast.target_tag, missile.cast.point)
    if point != missile.cast.point:
        missile.cast = missile.cast.aimed(missile.cast.target_tag, point)
    _accelerate(match, missile)
    away_x, away_y = point[0] - missile.x, point[1] - missile.y
    away = sqrt(away_x * away_x + away_y * away_y)
    _carry(match, missile)
    short = float(units.radius[target]) if target >= 0 and match.assumptions.missile_path == "edge" else 0.0
    if away - short <= missile.speed_cells_per_loop:
        return True
    share = missile.speed_cells_per_loop / away
    missile.x += away_x * share
    missile.y += away_y * share
    return False


def _carry(match: Match, missile: SpellMissile) -> None:
    """Take a unit along that a missile carries."""
    carried = _effect(match, missile).carries
    row = unit_of(match, missile.cast, carried) if carried else -1
    if row >= 0:
        units = match.units
        units.x[row], units.y[row] = quantise(missile.x), quantise(missile.y)
        units.goal_x[row], units.goal_y[row] = units.x[row], units.y[row]
        match.apart = None


def _accelerate(match: Match, missile: SpellMissile) -> None:
    mover = _mover(match, _effect(match, missile))
    full = (mover.speed if mover.speed is not None else _UNKNOWN_SPEED) / LOOPS_PER_GAME_SECOND
    if missile.speed_cells_per_loop < full:
        gain = (mover.acceleration or 0.0) / (LOOPS_PER_GAME_SECOND * LOOPS_PER_GAME_SECOND)
        missile.speed_cells_per_loop = min(full, missile.speed_cells_per_loop + gain)


def _arrive(match: Match, perform: Perform, missile: SpellMissile) -> None:
    effect = _effect(match, missile)
    carried = unit_of(match, missile.cast, effect.carries) if effect.carries else -1
    if carried >= 0:
        relocate.put(match, carried, where(match, missile.cast.target_tag, missile.cast.point))
    lost = missile.cast.target_tag != 0 and match.units.row_of(missile.cast.target_tag) < 0
    for name in (effect.interrupt_effect if lost else effect.impact_effect, effect.finish_effect):
        if name:
            perform(match, name, missile.cast)
