"""Where structures go: room on the ground, power or creep, off the way of workers, and near the town they belong to.

The build's scoring of places is not visible; here the nearest place with a free edge around it is taken.
"""

from collections.abc import Iterator
from math import hypot

import numpy as np

from llm_pysc2.engine.computer import judgement
from llm_pysc2.engine.computer.base_sites import BaseSite, base_sites, walk_cells, windows
from llm_pysc2.engine.computer.view import View
from llm_pysc2.engine.economy import construction, placement
from llm_pysc2.engine.orders.commands import Target
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.units import UnitType

TRIED = 14
"""Places that are checked by the rules for one structure."""
WITH_ADDONS = ("Barracks", "Factory", "Starport")
HALLS = ("Nexus", "CommandCenter", "Hatchery")
POWER_CELLS = 6.0
PYLONS_APART_CELLS = 5.0
TAKEN_CELLS = 7.0


def places_for(view: View, name: str, ability: Ability) -> Iterator[Target]:
    """Yield where a worker can set up a structure, the best first."""
    kind = view.match.types.by_id(ability.unit)
    if kind.built_on:
        yield from _geysers(view)
    elif name in HALLS:
        yield from _bases(view)
    else:
        yield from _ground(view, name, ability, kind)


def _bases(view: View) -> Iterator[Target]:
    """Yield free base locations, those first that are nearest to walk to."""
    walk = walk_cells(view.match, view.home)
    for site in sorted(free_bases(view), key=lambda one: (_at(walk, one.x, one.y), one.number)):
        if np.isfinite(_at(walk, site.x, site.y)):
            yield site.x, site.y


def free_bases(view: View) -> list[BaseSite]:
    """Return base locations where no hall stands or is meant to stand, and no enemy is known."""
    match, units = view.match, view.match.units
    own = (units.owner == view.player_id) & match.types.is_drop_off[units.row]
    rows = own.nonzero()[0].tolist()
    taken = [(float(units.x[row]), float(units.y[row])) for row in rows] + view.pending
    taken += [(one.x, one.y) for one in view.mind.known.values() if one.structure]
    return [
        site
        for site in base_sites(match)
        if all(hypot(site.x - x, site.y - y) > TAKEN_CELLS for x, y in taken)
        and not any(one.strength for one in judgement.near(view, site.x, site.y, 12.0))
    ]


def _geysers(view: View) -> Iterator[Target]:
    taken = set(view.match.industry.geysers.values())
    for town in view.towns:
        for tag in town.site.geysers:
            row = view.match.units.row_of(tag)
            place = (float(view.match.units.x[row]), float(view.match.units.y[row]))
            if row >= 0 and tag not in taken and tag not in _ordered(view) and place not in view.pending:
                yield tag


def _ordered(view: View) -> set[int]:
    """Return the tags that builders are on their way to."""
    units = view.match.units
    rows = (row for row in view.rows.get(view.race.worker, ()) if units.orders[row])
    return {given.target_tag for row in rows for given in units.orders[row] if given.target_tag}


def _ground(view: View, name: str, ability: Ability, kind: UnitType) -> Iterator[Target]:
    """Yield places on open ground, nearest to the town first, checked by the rules of placement."""
    match = view.match
    free = _room(view, name, kind)
    if kind.needs_power:
        free &= _powered(view)
    if "Creep" in str(placement.footprint_of(kind).needs) and match.creep is not None:
        free &= match.creep
    rows, columns = free.nonzero()
    if not rows.size:
        return
    odd = placement.snapped(kind, (0.6, 0.6))[0] % 1
    x, y = columns + odd, rows + odd
    order = np.argsort(_unfitness(view, name, x, y), kind="stable")[:TRIED]
    workers = view.rows.get(view.race.worker, ())
    if not workers:
        return
    for number in order.tolist():
        place = (float(x[number]), float(y[number]))
        if construction.check_place(match, workers[0], ability, place) is Result.SUCCESS:
            yield place


def _unfitness(view: View, name: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return how bad places are: far from the towns, the first of which counts most; Pylons near others."""
    towns = (
        view.towns[:1] if name not in ("PhotonCannon", "SpineCrawler", "SporeCrawler", "MissileTurret") else view.towns
    )
    middle = [(town.site.x, town.site.y) for town in towns] or [view.home]
    if name in ("PhotonCannon", "SpineCrawler", "SporeCrawler", "MissileTurret") and len(middle) > 1:
        middle = [middle[(view.begun[name]) % len(middle)]]
    away = np.min([np.hypot(x - one_x, y - one_y) for one_x, one_y in middle], axis=0)
    if name == "Pylon":
        units = view.match.units
        for row in view.rows.get("Pylon", ()):
            near = np.hypot(x - units.x[row], y - units.y[row]) < PYLONS_APART_CELLS
            away = away + 20.0 * near
        away = away + 6.0 * (away < 5.5)
    return np.asarray(away)


def _room(view: View, name: str, kind: UnitType) -> Bools:
    """Return where a structure with a free edge around it fits, by the cell of its middle."""
    free = _open_cells(view)
    wide = round(2 * max(kind.radius_cells, 0.75)) if name != "Pylon" else 2
    wide = 3 if wide > 3 else wide
    if name in WITH_ADDONS:
        room = windows(free, 2, 2)
        shifted = np.zeros_like(room)
        shifted[:, :-2] = windows(free, 1, 1)[:, 2:]
        return room & shifted
    if wide == 3:
        return windows(free, 2, 2)
    return windows(free, 2, 1)


def _open_cells(view: View) -> Bools:
    """Return cells without structures, plans for structures, and the ways of workers."""
    match = view.match
    free = match.map.terrain.placement & ~_built(match)
    for site in base_sites(match):
        _block(free, site.x, site.y, 2.5)
        for other_x, other_y in site.resources:
            for share in (0.25, 0.5, 0.75, 1.0):
                _block(free, site.x + (other_x - site.x) * share, site.y + (other_y - site.y) * share, 1.0)
    for x, y in view.pending:
        _block(free, x, y, 1.5)
    return free


def _built(match: Match) -> Bools:
    marks = placement.marked_cells(match)
    grid = np.zeros(match.map.terrain.placement.shape, dtype=np.bool_)
    if "NoBuild" in marks:
        grid |= marks["NoBuild"]
    return grid


def _block(free: Bools, x: float, y: float, half: float) -> None:
    free[max(int(y - half), 0) : int(np.ceil(y + half)), max(int(x - half), 0) : int(np.ceil(x + half))] = False


def _powered(view: View) -> Bools:
    units = view.match.units
    free = np.zeros(view.match.map.terrain.placement.shape, dtype=np.bool_)
    rows, columns = np.indices(free.shape)
    for row in view.rows.get("Pylon", ()):
        free |= np.hypot(columns + 0.5 - units.x[row], rows + 0.5 - units.y[row]) <= POWER_CELLS
    return free


def warp_places(view: View, ability: Ability) -> Iterator[tuple[float, float]]:
    """Yield where a unit can be warped in, near the Pylons that stand nearest to the enemy's way."""
    match, units = view.match, view.match.units
    kind = match.types.by_id(ability.unit)
    gather = view.home
    pylons = sorted(
        view.rows.get("Pylon", ()), key=lambda row: hypot(units.x[row] - gather[0], units.y[row] - gather[1])
    )
    tries = 0
    for row in pylons:
        for ring in (2.5, 4.0, 5.5):
            for turn in range(8):
                place = (
                    float(units.x[row]) + ring * float(np.cos(turn * np.pi / 4)),
                    float(units.y[row]) + ring * float(np.sin(turn * np.pi / 4)),
                )
                tries += 1
                if tries > 60:
                    return
                if placement.check_warp_in(match, view.player_id, kind, place) is Result.SUCCESS:
                    yield place


def _at(grid: np.ndarray, x: float, y: float) -> float:
    return float(grid[min(max(int(y), 0), grid.shape[0] - 1), min(max(int(x), 0), grid.shape[1] - 1)])
