"""Orders begin, end and give way to the next: they set a unit's mode, goal and target, which all other systems read."""

from llm_pysc2.engine.state.effect_records import Casting
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import CAST, GATHER, IDLE, MOVE, PATROL, Order, OrderKind
from llm_pysc2.engine.state.unit_columns import FIRST_ROW, NEVER
from llm_pysc2.engine.units.spawning import refresh_looks

HOME_CELLS = 0.5
"""An idle unit nearer than this to its post need not go back."""
_SCANNING = (OrderKind.SCAN_MOVE, OrderKind.PATROL)
_TRAVELLING = frozenset(
    {
        *(OrderKind.MOVE, OrderKind.SCAN_MOVE, OrderKind.PATROL),
        *(OrderKind.GATHER, OrderKind.RETURN, OrderKind.BUILD),
    }
)


def run(match: Match) -> None:
    """End the orders of units that have arrived, and let followers follow."""
    units = match.units
    for row in units.arrived.nonzero()[0].tolist():
        if units.mode[row] < GATHER:
            _arrive(match, row)
    followers = (units.follow >= FIRST_ROW).nonzero()[0]
    if followers.size:
        leaders = units.follow[followers]
        units.goal_x[followers] = units.x[leaders]
        units.goal_y[followers] = units.y[leaders]


def give(match: Match, row: int, order: Order, queued: bool) -> None:
    """Give a unit an order: at once, or after those it has."""
    orders = match.units.orders[row]
    if queued and orders:
        orders.append(order)
        match.units.brakes[row] = False
    else:
        keeps = _goes_on(match, row, order)
        orders[:] = [order]
        if not keeps:
            begin(match, row)


def clear(match: Match, row: int) -> None:
    """Drop all orders of a unit: it stands where it is, which becomes its post."""
    match.units.orders[row].clear()
    begin(match, row)


def begin(match: Match, row: int) -> None:
    """Start the first order of a unit, or its idleness if it has none."""
    units = match.units
    orders = units.orders[row]
    order = orders[0] if orders else Order(0, OrderKind.IDLE)
    if order.kind is OrderKind.PATROL and len(orders) == 1:
        orders.append(Order(order.ability_id, order.kind, (float(units.x[row]), float(units.y[row]))))
    if not _keeps_target(match, row, order.kind):
        break_off(match, row)
    _begin_cast(match, row, order.kind)
    if match.industry.builders:
        match.industry.builders.pop(int(units.tag[row]), None)
    units.mode[row] = order.kind
    units.brakes[row] = len(orders) < 2
    units.follow[row] = -1
    units.arrived[row] = units.returning[row] = units.ordered[row] = False
    units.travels[row] = order.kind in _TRAVELLING
    units.goal_x[row], units.goal_y[row] = order.target_point or (units.x[row], units.y[row])
    units.scan_from[row] = match.loop
    units.work_until[row] = NEVER
    if order.target_tag:
        _aim_at(match, row, order)
    refresh_looks(match, row)


def _begin_cast(match: Match, row: int, kind: OrderKind) -> None:
    """Note that a unit begins to carry out an ability, or that another order cuts one off."""
    spells, tag = match.spells, int(match.units.tag[row])
    if spells.casting.pop(tag, None) is not None:
        spells.broken.append(tag)
    if kind is OrderKind.CAST:
        spells.casting[tag] = Casting()


def finish(match: Match, row: int) -> None:
    """End the first order of a unit and start the next."""
    units = match.units
    if units.mode[row] == PATROL:
        units.orders[row].append(units.orders[row][0])
    del units.orders[row][:1]
    begin(match, row)


def engage(match: Match, row: int, target: int) -> None:
    """Let a unit turn against a target of its own choice."""
    units = match.units
    if units.target[row] != target:
        cancel_shot(match, row)
        units.target[row] = target
    units.ordered[row] = False


def lose_target(match: Match, row: int) -> None:
    """Do what a unit does whose target is gone: the next order, on with its way, or back to its post."""
    units = match.units
    cancel_shot(match, row)
    units.target[row] = -1
    units.scan_from[row] = match.loop + 1
    if units.ordered[row]:
        finish(match, row)
    elif units.mode[row] == IDLE:
        go_home(match, row)


def go_home(match: Match, row: int) -> None:
    """Send an idle unit back to its post, if it has left it."""
    units = match.units
    away_x, away_y = units.x[row] - units.goal_x[row], units.y[row] - units.goal_y[row]
    if not match.assumptions.idle_returns or away_x * away_x + away_y * away_y <= HOME_CELLS * HOME_CELLS:
        units.goal_x[row], units.goal_y[row] = units.x[row], units.y[row]
    else:
        units.travels[row] = True


def call_back(match: Match, row: int) -> None:
    """Send a unit back to its post; on the way it looks at no enemy."""
    units = match.units
    cancel_shot(match, row)
    units.target[row] = -1
    units.returning[row] = units.travels[row] = True
    units.looks[row] = False


def break_off(match: Match, row: int) -> None:
    """Let a unit stop fighting: its target, a shot that has not gone off, the rest of a burst, the backswing."""
    units = match.units
    cancel_shot(match, row)
    units.target[row] = -1
    units.busy_until[row] = match.loop
    tag = int(units.tag[row])
    if any(strike.shot.source_tag == tag for strike in match.strikes):
        match.strikes = [s for s in match.strikes if s.shot.source_tag != tag or not s.is_channelled]


def cancel_shot(match: Match, row: int) -> None:
    """Take back a shot that has begun and not gone off; it costs no cooldown."""
    units = match.units
    if units.fire_loop[row] < NEVER:
        units.fire_loop[row] = NEVER
        if not units.beaming[row]:
            units.cooldown[row] = 0.0
    units.beaming[row] = False


def _arrive(match: Match, row: int) -> None:
    """End the way of a unit that came as near to its goal as it will; what that means for a cast is up to `casting`."""
    units = match.units
    mode = units.mode[row]
    units.arrived[row] = travels = bool(units.travels[row] and units.follow[row] < 0)
    if not travels or mode == CAST:
        return
    units.arrived[row] = False
    if mode == IDLE:
        units.travels[row] = units.returning[row] = False
        units.goal_x[row], units.goal_y[row] = units.x[row], units.y[row]
        refresh_looks(match, row)
    elif mode == MOVE or units.target[row] < 0:
        finish(match, row)


def _aim_at(match: Match, row: int, order: Order) -> None:
    """Point a unit at the unit that its order names; an order whose unit is gone ends at once."""
    units = match.units
    other = units.row_of(order.target_tag)
    if other < 0:
        finish(match, row)
    elif order.kind in (OrderKind.ATTACK, OrderKind.HEAL):
        units.target[row] = other
        units.ordered[row] = True
    else:
        units.follow[row] = other


def _goes_on(match: Match, row: int, order: Order) -> bool:
    """Return whether an order only repeats what the unit does, so that its shot in progress goes on."""
    units = match.units
    target = int(units.target[row])
    if order.kind not in (OrderKind.ATTACK, OrderKind.HEAL) or target < 0 or int(units.mode[row]) != order.kind:
        return False
    return int(units.tag[target]) == order.target_tag


def _keeps_target(match: Match, row: int, kind: OrderKind) -> bool:
    """Return whether a unit goes on fighting whom it has chosen when an order of this kind begins."""
    return kind in _SCANNING and int(match.units.mode[row]) in _SCANNING
