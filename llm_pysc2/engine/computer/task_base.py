"""The computer's base on maps of tasks: workers mine, supply keeps ahead, goals are saved for, the rest fights."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import hypot

import numpy as np

from llm_pysc2.engine.computer.task_front import is_idle, own_units
from llm_pysc2.engine.computer.task_plan import Level, RacePlan
from llm_pysc2.engine.economy import construction, harvest
from llm_pysc2.engine.orders.commands import Target, attempt, available
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.order import IDLE
from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.abilities import Ability, load_abilities

SUPPLY_MARGIN = 3
"""So much supply is kept free, and one more for each 8 in use."""
SUPPLY_MOST = 200
GAS_CREW = 3
SITE_STEP_CELLS = 2
SITE_REACH_STEPS = 9
"""How far around the start places for buildings are looked for."""


@dataclass(slots=True)
class Household:
    """What a player has, while it decides."""

    match: Match
    player_id: int
    home: tuple[float, float]
    has: Counter[int]
    """Units by type, with those under way."""

    @property
    def food_used(self) -> float:
        """Supply in use."""
        return self.match.players[self.player_id].food_used

    def rows(self) -> list[int]:
        """Return the rows of the player's finished units on the map, anew: add-ons are born as they are ordered."""
        finished = own_units(self.match, self.player_id) & (self.match.units.build_progress >= 1)
        return [int(row) for row in np.flatnonzero(finished)]


def command(match: Match, player_id: int, level: Level, race: RacePlan) -> None:
    """Give the base its orders for now."""
    home = match.players[player_id].start_location
    if home is None:
        return
    house = Household(match, player_id, home, Counter())
    _count(house)
    _put_to_work(house, race)
    if _needs_supply(house, race):
        _make(house, race.supply)
    if house.has[race.worker] < level.workers_per_base:
        _make(house, race.worker)
    goal = next((goal for goal in race.goals if house.has[goal.make] < goal.count), None)
    if goal is not None and house.food_used >= goal.food:
        made = _make(house, goal.make)
        if not made and _can_be_saved_for(house, goal.make):
            return
    for kind in race.army:
        while _make(house, kind):
            pass


def _count(house: Household) -> None:
    """Count how many of each type there are, with those that are being made or whose builder is on the way."""
    units, known = house.match.units, load_abilities()
    for row in np.flatnonzero(own_units(house.match, house.player_id)).tolist():
        house.has[int(units.type_id[row])] += 1
        for given in units.orders[row]:
            ability = known.get(given.ability_id)
            if ability is not None and ability.unit:
                house.has[ability.unit] += ability.count


def _put_to_work(house: Household, race: RacePlan) -> None:
    """Send idle workers to minerals, and three to each gas building."""
    match, units = house.match, house.match.units
    workers = [row for row in house.rows() if units.type_id[row] == race.worker]
    crews = harvest.crews_of(match)
    for building in house.rows():
        if units.type_id[building] == race.gas and harvest.contents_of(match, building):
            tag = int(units.tag[building])
            for row in [row for row in workers if _is_free(house, row)][: max(GAS_CREW - crews[tag], 0)]:
                harvest.send(match, row, tag)
                workers.remove(row)
    for row in workers:
        if is_idle(match, row):
            harvest.seek(match, row, house.home)


def _is_free(house: Household, row: int) -> bool:
    """Return whether a worker may be taken away: it is idle, or on its way to minerals with empty hands."""
    match, tag = house.match, int(house.match.units.tag[row])
    if match.units.mode[row] == IDLE:
        return True
    if tag in match.industry.builders:
        return False
    job = match.industry.jobs.get(tag)
    field = match.units.row_of(job.field) if job is not None else -1
    return (
        job is not None and not job.amount and field >= 0 and bool(match.types.is_mineral_field[match.units.row[field]])
    )


def _needs_supply(house: Household, race: RacePlan) -> bool:
    player, supply = house.match.players[house.player_id], house.match.types.by_id(race.supply)
    finished = sum(house.match.units.type_id[row] == race.supply for row in house.rows())
    cap = player.food_cap + supply.food_provided * (house.has[race.supply] - int(finished))
    margin = SUPPLY_MARGIN + player.food_used // 8
    return cap < SUPPLY_MOST and cap - player.food_used < margin


def _make(house: Household, type_id: int) -> bool:
    """Let somebody make a unit or a building, if anybody can now. Returns whether it was ordered."""
    for row in house.rows():
        ability = _ability_for(house, row, type_id)
        if ability is None or ability.id not in available(house.match, int(house.match.units.tag[row])):
            continue
        builds = int(house.match.units.tag[row]) in house.match.industry.builders
        if builds or (house.match.units.structure[row] and house.match.units.orders[row]):
            continue
        for target in _targets(house, row, ability):
            if _order(house, row, ability, target):
                house.has[type_id] += ability.count
                return True
        if ability.kind == "build" and not house.match.units.structure[row]:
            return False
    return False


def _can_be_saved_for(house: Household, type_id: int) -> bool:
    """Return whether somebody has the ability to make a type, so that it is a matter of resources and time."""
    return any(_ability_for(house, row, type_id) is not None for row in house.rows())


def _ability_for(house: Household, row: int, type_id: int) -> Ability | None:
    card, known = house.match.types.types[int(house.match.units.row[row])].abilities, load_abilities()
    return next((known[one] for one in card if one in known and known[one].unit == type_id), None)


def _order(house: Household, row: int, ability: Ability, target: Target) -> bool:
    tag = int(house.match.units.tag[row])
    return attempt(house.match, house.player_id, (ability.id, target), tag) is Result.SUCCESS


def _targets(house: Household, row: int, ability: Ability) -> Iterator[Target]:
    """Yield where something can be made: nowhere in particular, on a geyser, or at the first place with room."""
    match = house.match
    made = match.types.by_id(ability.unit)
    if ability.kind not in ("build", "warp_in") or made.addon_offset_cells is not None:
        yield None
    elif made.built_on:
        yield from _geysers(house)
    else:
        places = (p for p in _places(house) if construction.check_place(match, row, ability, p) is Result.SUCCESS)
        first = next(places, None)
        if first is not None:
            yield first


def _geysers(house: Household) -> list[int]:
    """Return the tags of the geysers near home, nearest first."""
    units, x, y = house.match.units, *house.home
    names = [house.match.types.types[row].name for row in units.row.tolist()]
    near = [
        (hypot(units.x[row] - x, units.y[row] - y), int(units.tag[row]))
        for row, name in enumerate(names)
        if units.owner[row] == NEUTRAL and "Geyser" in name
    ]
    return [tag for away, tag in sorted(near) if away < SITE_STEP_CELLS * SITE_REACH_STEPS]


def _places(house: Household) -> list[tuple[float, float]]:
    """Return places around home, nearest first, without those between the town hall and its minerals."""
    x, y = house.home
    steps = range(-SITE_REACH_STEPS, SITE_REACH_STEPS + 1)
    fields = harvest.fields_near(house.match, house.home)
    units = house.match.units
    lines = [(float(units.x[field]) - x, float(units.y[field]) - y) for field in fields.tolist()]
    around = [(SITE_STEP_CELLS * right, SITE_STEP_CELLS * up) for right, up in product(steps, steps)]
    open_ground = [place for place in around if not any(_lies_between(place, line) for line in lines)]
    return [(x + right, y + up) for right, up in sorted(open_ground, key=lambda place: (hypot(*place), place))]


def _lies_between(place: tuple[float, float], line: tuple[float, float]) -> bool:
    """Return whether a place lies on the way to a mineral field, both relative to the town hall."""
    length = hypot(*line)
    along = (place[0] * line[0] + place[1] * line[1]) / length
    aside = abs(place[0] * line[1] - place[1] * line[0]) / length
    return 0 < along < length + 1 and aside < 3
