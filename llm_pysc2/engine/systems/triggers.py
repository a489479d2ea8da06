"""What the map's triggers do: create units and order them at the start, again when all are dead, and end the game."""

from llm_pysc2.engine import births
from llm_pysc2.engine.maps import EndCheck, GroupOrder
from llm_pysc2.engine.match import Match
from llm_pysc2.engine.order import Ability, Order, OrderKind
from llm_pysc2.engine.systems import orders


def start(match: Match) -> None:
    """Set the map up at loop 0: its placed units, then what its triggers create and order."""
    for placed in match.map.units:
        births.create(match, placed.type_id, placed.owner, placed.x, placed.y, placed.facing_deg)
    _populate(match)


def run(match: Match) -> None:
    """Look whether the map's triggers have something to do in this loop."""
    if match.respawn_due:
        match.respawn_due = False
        if match.map.respawn and not _any_alive(match):
            _populate(match)
    for check in match.map.ends:
        if match.loop and match.loop % check.every_loops == 0:
            _check_end(match, check)


def _populate(match: Match) -> None:
    for group in match.map.start.create:
        births.create_group(match, group.type_id, group.owner, group.point, group.count)
    for order in match.map.start.order:
        _order_group(match, order)


def _any_alive(match: Match) -> bool:
    """Return whether any side that the triggers create units for still has some."""
    owners = {group.owner for group in match.map.start.create}
    return any(owner in owners for owner in match.units.owner.tolist())


def _order_group(match: Match, command: GroupOrder) -> None:
    """Order all units of a player to attack a point, a point on a line, or the nearest of another's units."""
    units = match.units
    for row in range(len(units)):
        if units.owner[row] != command.owner or units.speed[row] <= 0:
            continue
        point = _point(match, command, row)
        armed = bool(units.arms[row].weapons)
        ability = Ability.ATTACK if armed else Ability.SCAN_MOVE
        orders.give(match, row, Order(int(ability), OrderKind.SCAN_MOVE, point), queued=False)


def _point(match: Match, command: GroupOrder, row: int) -> tuple[float, float]:
    if command.point is not None:
        return command.point
    if command.between is not None:
        (x, y), (other_x, other_y) = command.between
        share = match.rng.random()
        return x + (other_x - x) * share, y + (other_y - y) * share
    units = match.units
    mine = [other for other in range(len(units)) if units.owner[other] == command.units_of]
    if not mine:
        return float(units.x[row]), float(units.y[row])
    square = match.distances().square
    nearest = min(mine, key=lambda other: (float(square[row, other]), other))
    return float(units.x[nearest]), float(units.y[nearest])


def _check_end(match: Match, check: EndCheck) -> None:
    alive = set(match.units.owner.tolist())
    if all(owner in alive for owner in check.alive) and not any(owner in alive for owner in check.empty):
        opposite = {"victory": "defeat", "defeat": "victory", "tie": "tie"}
        for player_id, player in match.players.items():
            if player.setup is not None and not player.result:
                player.result = check.result if player_id == 1 else opposite[check.result]
