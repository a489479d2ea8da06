"""Fighters in waves: they gather, set out, travel together, turn back, defend, and hunt what is left.

States of the attack: "wait" (none yet), "depart" (to set out now), "attack", "retreat", "idle" (after one).
"""

from collections.abc import Sequence
from math import hypot

import numpy as np

from llm_pysc2.engine.computer import judgement
from llm_pysc2.engine.computer.base_sites import base_sites, walk_cells
from llm_pysc2.engine.computer.view import View
from llm_pysc2.engine.orders.commands import order
from llm_pysc2.engine.state.computer_records import Departure, Sighting
from llm_pysc2.engine.state.order import IDLE, MOVE, Ability
from llm_pysc2.knowledge.computer import load_rules
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

LOOPS = int(LOOPS_PER_GAME_SECOND)
MAIN, ATTACK = "main", "attack"
AHEAD_CELLS = 9.0
"""Who is so far ahead of the middle of a wave waits for it; ours, the build's leash is not visible."""
SCATTERED_CELLS = 9.0
GATHER_CELLS = 9.0
NEAR_CELLS = {"attack": 10.0, "defend": 16.0}
LOOKED_AT_CELLS = 6.0
WORKERS_PER_INTRUDER = 2
_HOME_BODIES = frozenset({"Queen", "SpineCrawlerUprooted", "SporeCrawlerUprooted"})
_NO_FIGHTERS = frozenset({
    "MULE", "Larva", "Egg", "Overlord", "OverlordTransport", "Broodling", "Interceptor", "AdeptPhaseShift",
    "DisruptorPhased", "AutoTurret", "Changeling", "KD8Charge", "Locust", "LocustFlying", "Drone", "Probe", "SCV",
    "BanelingCocoon", "RavagerCocoon", "LurkerCocoon", "BroodLordCocoon", "OverlordCocoon", "TransportOverlordCocoon",
})  # fmt: skip


def command(view: View) -> None:
    """Give the fighters their orders for now."""
    _enlist(view)
    threats = judgement.threats(view)
    _defend_with_workers(view, threats)
    main, attack = _members(view, MAIN), _members(view, ATTACK)
    if threats and not _defend(view, threats, main, attack):
        main = []
    elif not threats:
        _gather(view, main)
    _attack(view, attack)


def _enlist(view: View) -> None:
    """Put new fighters into the main wave, and forget the dead."""
    match, waves = view.match, view.mind.waves
    units = match.units
    alive = {}
    for name, rows in view.rows.items():
        if name in _NO_FIGHTERS or name in _HOME_BODIES:
            continue
        for row in rows:
            if units.structure[row] or units.speed[row] <= 0:
                continue
            if units.arms[row].weapons or units.energy_max[row] > 0 or name in ("Baneling", "Observer", "Overseer"):
                tag = int(units.tag[row])
                alive[tag] = waves.get(tag, MAIN)
    view.mind.waves = alive


def _members(view: View, wave: str) -> list[int]:
    units = view.match.units
    rows = (units.row_of(tag) for tag, one in view.mind.waves.items() if one == wave)
    return [row for row in rows if row >= 0 and units.aboard[row] < 0]


def _strength(view: View, rows: Sequence[int]) -> float:
    return sum(judgement.strength_of(view.match, row) for row in rows)


def _middle(view: View, rows: Sequence[int]) -> tuple[float, float]:
    units = view.match.units
    return float(np.median(units.x[list(rows)])), float(np.median(units.y[list(rows)]))


def gather_point(view: View) -> tuple[float, float]:
    """Return the place before the newest town, on the way to the nearest enemy start."""
    home = view.home
    if view.towns:
        home = (view.towns[-1].site.x, view.towns[-1].site.y)
    walk = walk_cells(view.match, _enemy_start(view))
    return _downhill(walk, home, GATHER_CELLS)


def _downhill(walk: np.ndarray, start: tuple[float, float], cells: float) -> tuple[float, float]:
    """Return where a walk of so many cells from a place towards the source of a distance grid ends."""
    x, y = int(start[0]), int(start[1])
    best = (x, y)
    height, width = walk.shape
    low = float("inf")
    reach = int(cells)
    for column in range(max(x - reach, 0), min(x + reach + 1, width)):
        for row in range(max(y - reach, 0), min(y + reach + 1, height)):
            if walk[row, column] < low and hypot(column - x, row - y) <= cells:
                low, best = float(walk[row, column]), (column, row)
    return best[0] + 0.5, best[1] + 0.5


def _enemy_start(view: View) -> tuple[float, float]:
    own = view.player.start_location or (0.0, 0.0)
    known = [one for one in view.mind.known.values() if one.structure]
    if known:
        home = view.home
        near = min(known, key=lambda one: hypot(one.x - home[0], one.y - home[1]))
        return float(int(near.x)), float(int(near.y))
    others = [place for place in view.match.map.start_locations if place != own]
    return min(others, key=lambda place: hypot(place[0] - own[0], place[1] - own[1]), default=own)


def _gather(view: View, main: Sequence[int]) -> None:
    """Call idle units of the main wave to the gather point."""
    units, place = view.match.units, gather_point(view)
    far = [
        row
        for row in main
        if units.mode[row] == IDLE
        and units.target[row] < 0
        and hypot(units.x[row] - place[0], units.y[row] - place[1]) > SCATTERED_CELLS
    ]
    send(view, far, place)


def send(view: View, rows: Sequence[int], place: tuple[float, float]) -> None:
    """Let units attack-move to a place."""
    match = view.match
    tags = [int(match.units.tag[row]) for row in rows]
    armed = [tag for row, tag in zip(rows, tags, strict=True) if match.units.arms[row].weapons]
    order(match, view.player_id, int(Ability.ATTACK), armed, place, False)
    order(match, view.player_id, int(Ability.SCAN_MOVE), [tag for tag in tags if tag not in armed], place, False)


def _defend(view: View, threats: Sequence[Sighting], main: Sequence[int], attack: Sequence[int]) -> bool:
    """Let the main wave, and what it lacks from the attack, meet intruders, or fall back. Returns whether it fights."""
    own, other = _strength(view, main), sum(one.strength for one in threats)
    helpers = list(main)
    if own < 1.5 * other and attack and _is_near_home(view, attack):
        helpers += list(attack)
    still = sum(one.strength for one in threats if one.structure) / max(other, 1.0)
    needed = 70 if still > 0.9 else 60 if still > 0.4 else 50
    if not helpers:
        return True
    if 100 * _strength(view, helpers) < needed * other:
        send(view, [row for row in helpers if _is_free(view, row)], view.home)
        return False
    target = threats[0]
    send(view, [row for row in helpers if _is_free(view, row)], (target.x, target.y))
    return True


def _is_near_home(view: View, rows: Sequence[int]) -> bool:
    middle, home = _middle(view, rows), view.home
    goal = _enemy_start(view)
    return hypot(middle[0] - home[0], middle[1] - home[1]) < hypot(middle[0] - goal[0], middle[1] - goal[1])


def _is_free(view: View, row: int) -> bool:
    """Return whether a unit neither fights nor has been sent somewhere that matters more."""
    units = view.match.units
    return bool(units.target[row] < 0)


def _defend_with_workers(view: View, threats: Sequence[Sighting]) -> None:
    """Let workers fight early intruders whom nobody else can stop, and go back to work afterwards."""
    match, mind, units = view.match, view.mind, view.match.units
    army = _strength(view, _members(view, MAIN))
    strength = sum(one.strength for one in threats)
    wanted = view.seconds < 600 and strength > 0 and army < 0.7 * strength
    if not wanted:
        mind.defenders = []
        return
    x, y = threats[0].x, threats[0].y
    workers = sorted(
        view.rows.get(view.race.worker, ()), key=lambda row: (hypot(units.x[row] - x, units.y[row] - y), row)
    )
    chosen = [row for row in workers if hypot(units.x[row] - x, units.y[row] - y) < 20.0]
    chosen = [row for row in chosen if int(units.tag[row]) not in match.industry.builders]
    chosen = chosen[: min(WORKERS_PER_INTRUDER * len(threats), len(workers) * 2 // 3)]
    mind.defenders = [int(units.tag[row]) for row in chosen]
    send(view, [row for row in chosen if units.target[row] < 0], (x, y))


def _attack(view: View, attack: list[int]) -> None:
    """Lead the attack wave by its state."""
    mind, loop = view.mind, view.match.loop
    if mind.attack == "depart" or (mind.attack == "idle" and _goes_again(view)):
        _depart(view)
        attack = _members(view, ATTACK)
    if mind.attack == "attack":
        if not attack:
            mind.attack, mind.retreated = "idle", loop
        elif _turns_back(view, attack):
            mind.attack, mind.retreated = "retreat", loop
            _retreat(view, attack)
        else:
            _advance(view, attack)
    elif mind.attack == "retreat":
        place = gather_point(view)
        units = view.match.units
        there = [row for row in attack if hypot(units.x[row] - place[0], units.y[row] - place[1]) < 12.0]
        if not attack or len(there) * 2 > len(attack) or loop - mind.retreated > 60 * LOOPS:
            mind.attack = "idle"
            mind.waves = dict.fromkeys(mind.waves, MAIN)
        else:
            _retreat(view, [row for row in attack if units.mode[row] != MOVE and row not in there])


def _depart(view: View) -> None:
    """Let the main wave join the attack."""
    mind, match = view.mind, view.match
    fresh = mind.attack != "attack" and not _members(view, ATTACK)
    joining = _members(view, MAIN)
    mind.waves = dict.fromkeys(mind.waves, ATTACK)
    mind.attack = "attack"
    if not joining:
        return
    kinds = [match.types.types[int(match.units.row[row])] for row in joining]
    food = sum(kind.food_used for kind in kinds)
    cost = float(sum(kind.minerals + kind.vespene for kind in kinds))
    if fresh:
        mind.departures.append(Departure(match.loop, len(joining), food, cost))
        mind.strength_at_start = _strength(view, joining)
        score = view.player.score
        mind.killed_at_start, mind.lost_at_start = _killed(score), _lost(score)


def _killed(score: object) -> float:
    return float(getattr(score, "killed_value_units", 0.0) + getattr(score, "killed_value_structures", 0.0))


def _lost(score: object) -> float:
    lost = (getattr(score, "lost_minerals", {}), getattr(score, "lost_vespene", {}))
    return float(sum(table.get("army", 0) for table in lost if hasattr(table, "get")))


def _turns_back(view: View, attack: Sequence[int]) -> bool:
    """Return whether a wave is too weak for what is around it."""
    mind, rules = view.mind, load_rules()
    x, y = _middle(view, attack)
    enemies = judgement.near(view, x, y, NEAR_CELLS["attack"])
    other = sum(one.strength for one in enemies)
    fights = bool((view.match.units.target[list(attack)] >= 0).any())
    if fights and view.match.loop - mind.fought > 5 * LOOPS:
        mind.fight_began = view.match.loop
    if fights:
        mind.fought = view.match.loop
    if mind.level < rules.levels["retreats_from"] or other <= 0:
        return False
    units = view.match.units
    close = [row for row in attack if hypot(units.x[row] - x, units.y[row] - y) <= NEAR_CELLS["attack"] + 4]
    ratio = 100 * _strength(view, close) / other
    early = view.match.loop - mind.fight_began <= 3 * LOOPS
    return ratio < 75 or (ratio < 85 and fights and early)


def _retreat(view: View, rows: Sequence[int]) -> None:
    tags = [int(view.match.units.tag[row]) for row in rows]
    order(view.match, view.player_id, int(Ability.MOVE), tags, gather_point(view), False)


def _goes_again(view: View) -> bool:
    """Return whether an army that was back from an attack goes again."""
    mind, loop, rules = view.mind, view.match.loop, load_rules()
    if loop - mind.retreated < 120 * LOOPS:
        return False
    count = len(mind.waves)
    since = (loop - mind.fought) / LOOPS
    if mind.level <= rules.levels["timed_until"]:
        return view.player.food_used > 180
    if mind.level < rules.levels["wins_again_from"]:
        return view.player.food_used > 180 or (mind.phase == "late" and since >= 600 - 2 * count and count >= 6)
    return _goes_by_outcome(view, count, since)


def _goes_by_outcome(view: View, count: int, since: float) -> bool:
    """Return whether to go again by how the last attack went: won, even or lost."""
    mind, late = view.mind, view.mind.phase == "late"
    score = view.player.score
    killed, lost = _killed(score) - mind.killed_at_start, _lost(score) - mind.lost_at_start
    ratio = 100 * killed / lost if lost > 0 else (130 if killed > 0 else 90)
    if ratio >= 130:
        return count >= 30 or (count >= 15 and late and since >= 150)
    if ratio >= 90:
        return count >= 40 or (count >= 20 and late and since >= 300 - 4 * count)
    food = view.player.food_used
    strong = _strength(view, [*_members(view, MAIN), *_members(view, ATTACK)]) > 1.33 * mind.strength_at_start
    return (count >= 30 or food >= 120) and (food > 170 or strong)


def _advance(view: View, attack: Sequence[int]) -> None:
    """Lead a wave on: those ahead wait for the rest, the others go for the nearest known building, or search."""
    units = view.match.units
    goal = _target(view, attack)
    if goal is None:
        _search(view, attack)
        return
    x, y = _middle(view, attack)
    middle_left = hypot(goal[0] - x, goal[1] - y)
    free = [row for row in attack if units.target[row] < 0]
    ahead = [
        row
        for row in free
        if middle_left - hypot(goal[0] - units.x[row], goal[1] - units.y[row]) > AHEAD_CELLS and middle_left > 12.0
    ]
    waiting = set(ahead)
    send(view, ahead, (x, y))
    send(view, [row for row in free if row not in waiting and _must_be_told(view, row, goal)], goal)


def _must_be_told(view: View, row: int, goal: tuple[float, float]) -> bool:
    """Return whether a unit is not on its way to a goal already."""
    orders = view.match.units.orders[row]
    point = orders[0].target_point if orders else None
    return point is None or hypot(point[0] - goal[0], point[1] - goal[1]) > 1.0


def _target(view: View, attack: Sequence[int]) -> tuple[float, float] | None:
    """Return the nearest known enemy building by the way, else a start location not looked at, else None."""
    match = view.match
    middle = _middle(view, attack)
    known = [one for one in view.mind.known.values() if one.structure]
    flies = any(match.units.flying[row] for row in attack)
    if not flies:
        known = [one for one in known if not one.flying]
    if known:
        walk = walk_cells(match, _walkable(view, attack, middle))
        best = min(known, key=lambda one: (_cells(walk, one), hypot(one.x - middle[0], one.y - middle[1])))
        return best.x, best.y
    own = view.player.start_location
    starts = [place for place in match.map.start_locations if place != own and not _explored(view, place)]
    if starts:
        return min(starts, key=lambda place: hypot(place[0] - middle[0], place[1] - middle[1]))
    return None


def _walkable(view: View, attack: Sequence[int], middle: tuple[float, float]) -> tuple[float, float]:
    """Return the place of the unit nearest to the middle of a wave, in steps of four cells so that ways are kept."""
    units = view.match.units
    row = min(attack, key=lambda one: hypot(units.x[one] - middle[0], units.y[one] - middle[1]))
    return 4.0 * (units.x[row] // 4) + 2, 4.0 * (units.y[row] // 4) + 2


def _cells(walk: np.ndarray, one: Sighting) -> float:
    x, y = int(one.x), int(one.y)
    around = walk[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4]
    return float(around.min()) if around.size else float("inf")


def _explored(view: View, place: tuple[float, float]) -> bool:
    fog = view.match.fogs.get(view.player_id)
    return fog is None or bool(fog.explored[int(place[1]), int(place[0])])


def _search(view: View, attack: Sequence[int]) -> None:
    """Spread over the map's base locations, those first that were not looked at for the longest time."""
    match, mind, units = view.match, view.mind, view.match.units
    fog = match.fogs.get(view.player_id)
    sites = base_sites(match)
    for site in sites:
        if fog is None or fog.watchers[int(site.y), int(site.x)]:
            mind.searched[site.number] = match.loop
    order_of_sites = sorted(sites, key=lambda one: (mind.searched.get(one.number, -1), one.number))
    idle = [row for row in attack if units.mode[row] == IDLE and units.target[row] < 0]
    corners = _corners(view)
    for number, row in enumerate(idle):
        if units.flying[row] and corners:
            send(view, [row], corners[(number + match.loop // (30 * LOOPS)) % len(corners)])
        elif order_of_sites:
            site = order_of_sites[number % min(len(order_of_sites), 6)]
            send(view, [row], (site.x, site.y))


def _corners(view: View) -> list[tuple[float, float]]:
    """Return places all over the playable map, for flyers that search."""
    left, bottom, right, top = view.match.map.playable
    return [
        (left + (right - left) * (column + 0.5) / 4, bottom + (top - bottom) * (row + 0.5) / 4)
        for column in range(4)
        for row in range(4)
    ]
