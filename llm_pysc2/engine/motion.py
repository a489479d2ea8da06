"""Where every unit wants to be in this loop, handed to `movement`, and where it is then."""

import numpy as np

from llm_pysc2.engine.economy import creep
from llm_pysc2.engine.movement import Bodies, move
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import GATHER, HOLD, MOVE, RETURN
from llm_pysc2.engine.state.targeting import targeting_of
from llm_pysc2.engine.state.unit_columns import FIRST_ROW, SCALAR_NEVER, Bools, Floats, Ints

_TOUCH_CELLS = 1 / 256
"""Workers count as touching what they are this near to: positions are rounded."""
_INSIDE_CELLS = 1 / 64
"""A chase aims this much deeper than the range, so that a unit which arrives can fire."""

_MOVE, _HOLD, _AT_REST, _INSIDE = np.array(MOVE), np.array(HOLD), np.array(0.0), np.array(_INSIDE_CELLS)


def run(match: Match) -> None:
    """Move all units by one loop."""
    units = match.units
    if not len(units):
        return
    fights = (units.target >= FIRST_ROW) & (units.mode != _MOVE)
    rows, targets = _chasers(match, fights)
    travels = units.travels & ~fights
    travels[rows] = True
    if not np.count_nonzero(travels) and _calm(match):
        return
    bodies = _bodies(match, fights, travels, (rows, targets))
    moved = move(bodies, match.tracks, match.ground, match.loop, match.assumptions.movement, match.distances())
    units.x, units.y, units.facing = moved.x, moved.y, moved.facing
    units.vx, units.vy = moved.vx, moved.vy
    moved.arrived[rows] = False
    units.arrived = moved.arrived
    match.apart = None
    match.moved_targeting = match.targeting


def _chasers(match: Match, fights: Bools) -> tuple[Ints, Ints]:
    """Return the rows of units that go after their targets, and the rows of these."""
    units, limit_square = match.units, targeting_of(match).limit_square
    rows = (fights & (units.mode != _HOLD)).nonzero()[0]
    targets = units.target[rows]
    if rows.size:
        far = match.distances().square[rows, targets] > limit_square[rows, targets]
        rows, targets = rows[far], targets[far]
    return rows, targets


def _calm(match: Match) -> bool:
    """Return whether nobody was moved or changed since a loop in which nobody moved, so that movement has no work."""
    calm = match.tracks.calm_at
    if calm is None or match.targeting is not match.moved_targeting:
        return False
    return bool((match.units.x == calm[0]).all() and (match.units.y == calm[1]).all())


def _bodies(match: Match, fights: Bools, travels: Bools, chase: tuple[Ints, Ints]) -> Bodies:
    """Return what movement is told: `travels` says who has somewhere to go, `chase` who goes after whom (rows)."""
    units, targeting = match.units, targeting_of(match)
    goal_x, goal_y, brakes = units.goal_x.copy(), units.goal_y.copy(), units.brakes.copy()
    stop_within = np.zeros(len(units))
    rows, targets = chase
    if rows.size:
        goal_x[rows], goal_y[rows], brakes[rows] = units.x[targets], units.y[targets], False
        stop_within[rows] = targeting.limit[rows, targets] - _INSIDE
    followers = (units.follow >= FIRST_ROW).nonzero()[0]
    if followers.size:
        _follow(match, followers, stop_within)
    busy = (units.fire_loop < SCALAR_NEVER) | (units.busy_until > np.array(match.loop))
    wants = travels & (~busy | units.fires_moving) & (units.speed > _AT_REST)
    stands = units.mode == _HOLD
    if match.assumptions.fighters_stand != "never":
        stands |= busy
    if match.assumptions.fighters_stand == "always":
        stands |= fights
    return Bodies(
        x=units.x, y=units.y, facing=units.facing, vx=units.vx, vy=units.vy,
        goal_x=goal_x, goal_y=goal_y, stop_within=stop_within,
        wants_move=wants, brakes=brakes, holds=stands & ~wants,
        immovable=units.immovable, speed=creep.speeds(match),
        acceleration=units.acceleration, turn_rate=units.turn_rate,
        inner_radius=units.inner_radius, separation_radius=units.separation_radius,
        layers=_layers(match) if match.industry.jobs else units.layers, flying=units.flying, climbs=units.climbs,
        push_priority=units.push_priority, team=units.owner,
    )  # fmt: skip


def _follow(match: Match, followers: Ints, stop_within: Floats) -> None:
    """Write down how near to their leaders those come who follow somebody (rows)."""
    units = match.units
    leaders = units.follow[followers]
    stop_within[followers] = targeting_of(match).radius_sum[followers, leaders]
    if match.industry.jobs:
        touch = match.types.contact_cells[units.row[leaders]] + units.inner_radius[followers] + _TOUCH_CELLS
        stop_within[followers] = np.where(units.mode[followers] >= GATHER, touch, stop_within[followers])


def _layers(match: Match) -> Ints:
    """Return the collision layers: workers at their work walk through others."""
    harvests = (match.units.mode == GATHER) | (match.units.mode == RETURN)
    return np.where(harvests, 0, match.units.layers)
