"""What a computer has and knows at one think: its units counted by name, its towns, the enemies it has seen."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from llm_pysc2.engine.computer.base_sites import BaseSite, base_sites
from llm_pysc2.engine.economy import harvest
from llm_pysc2.engine.state.computer_records import Mind
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.order import BUILD
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.computer import RaceRules, load_rules
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

TOWN_CELLS = 8.0
"""A hall so near to a base location makes a town of it."""


@dataclass(frozen=True, slots=True)
class Town:
    """A base of the player: its finished hall and what can be harvested there. Rows of units."""

    site: BaseSite
    hall: int
    minerals: tuple[int, ...]
    """Rows of the fields that are left."""
    gas: tuple[int, ...]
    """Rows of its finished gas buildings that hold something."""
    minerals_left: int
    vespene_left: int

    @property
    def least_workers(self) -> int:
        """Two to a mineral field, three to a gas building."""
        return 2 * len(self.minerals) + 3 * len(self.gas)

    @property
    def most_workers(self) -> int:
        """Three to everything."""
        return 3 * len(self.minerals) + 3 * len(self.gas)


@dataclass
class View:
    """One player's."""

    match: Match
    player_id: int
    mind: Mind
    have: Counter[str] = field(default_factory=Counter)
    """Finished units, structures and upgrades by name."""
    begun: Counter[str] = field(default_factory=Counter)
    """The same with those under way."""
    queued: Counter[str] = field(default_factory=Counter)
    """The same with those whose builder is on its way."""
    rows: dict[str, list[int]] = field(default_factory=dict)
    """Rows of its finished units on the map, by the type's own name."""
    pending: list[tuple[float, float]] = field(default_factory=list)
    """Where builders are to set something up."""
    reserved: tuple[float, float] = (0.0, 0.0)
    """Minerals and vespene that these will take."""

    @property
    def player(self) -> Player:
        """The player."""
        return self.match.players[self.player_id]

    @property
    def race(self) -> RaceRules:
        """What its race makes its economy of."""
        return load_rules().races[self.player.race]

    @property
    def seconds(self) -> float:
        """Game seconds since the start."""
        return self.match.loop / LOOPS_PER_GAME_SECOND

    @property
    def home(self) -> tuple[float, float]:
        """The main town's place, else where the game began for it."""
        if self.towns:
            hall = self.towns[0].hall
            return float(self.match.units.x[hall]), float(self.match.units.y[hall])
        return self.player.start_location or (0.0, 0.0)

    @cached_property
    def towns(self) -> list[Town]:
        """Its towns with a finished hall, the oldest base first."""
        return _towns(self)


def look(match: Match, player_id: int, mind: Mind) -> View:
    """Return what a player has now."""
    view = View(match, player_id, mind)
    units = match.units
    for row in (units.owner == player_id).nonzero()[0].tolist():
        _count(view, row)
    upgrades = load_upgrades()
    for upgrade in view.player.upgrades:
        _add(upgrades[upgrade].name, 1, view.have, view.begun, view.queued)
    return view


def _count(view: View, row: int) -> None:
    units, match = view.match.units, view.match
    name = match.types.types[int(units.row[row])].name
    finished = units.build_progress[row] >= 1
    counters = (view.have, view.begun, view.queued) if finished else (view.begun, view.queued)
    for one in (name, *load_rules().counts_as.get(name, ())):
        _add(one, 1, *counters)
    if finished and units.aboard[row] < 0:
        view.rows.setdefault(name, []).append(row)
    tag = int(units.tag[row])
    if tag in match.industry.queues:
        _count_queue(view, tag)
    elif units.mode[row] == BUILD and tag not in match.industry.builders:
        _count_errand(view, row)


def _count_queue(view: View, tag: int) -> None:
    known, upgrades = load_abilities(), load_upgrades()
    for item in view.match.industry.queues[tag]:
        ability = known[item.ability_id]
        if item.site:
            continue
        if ability.upgrade:
            _add(upgrades[ability.upgrade].name, 1, view.begun, view.queued)
        elif ability.unit:
            _add(view.match.types.by_id(ability.unit).name, ability.count, view.begun, view.queued)


def _count_errand(view: View, row: int) -> None:
    """Count what a builder is on its way to set up."""
    known = load_abilities()
    for given in view.match.units.orders[row]:
        ability = known.get(given.ability_id)
        if ability is None or not ability.unit or given.target_tag in view.match.industry.sites:
            continue
        _add(view.match.types.by_id(ability.unit).name, 1, view.queued)
        minerals, vespene = view.reserved
        view.reserved = (minerals + ability.minerals, vespene + ability.vespene)
        if given.target_point is not None:
            view.pending.append(given.target_point)


def _add(name: str, count: int, *counters: Counter[str]) -> None:
    for counter in counters:
        counter[name] += count


def _towns(view: View) -> list[Town]:
    match, units = view.match, view.match.units
    halls = [
        row
        for name, rows in view.rows.items()
        if name in ("Nexus", "CommandCenter", "OrbitalCommand", "PlanetaryFortress", "Hatchery", "Lair", "Hive")
        for row in rows
    ]
    found: list[Town] = []
    for row in sorted(halls, key=lambda one: int(units.tag[one])):
        site = min(
            base_sites(match), key=lambda one: np.hypot(one.x - units.x[row], one.y - units.y[row]), default=None
        )
        if site is None or np.hypot(site.x - units.x[row], site.y - units.y[row]) > TOWN_CELLS:
            continue
        if any(town.site is site for town in found):
            continue
        found.append(_town(view, site, row))
    return found


def _town(view: View, site: BaseSite, hall: int) -> Town:
    match, units = view.match, view.match.units
    away = np.hypot(units.x - site.x, units.y - site.y) < 11.0
    fields = (away & match.types.is_mineral_field[units.row] & (units.owner == NEUTRAL)).nonzero()[0].tolist()
    gas_names = {view.race.gas, f"{view.race.gas}Rich"}
    gas = [row for name in sorted(gas_names) for row in view.rows.get(name, ()) if away[row]]
    left = sum(harvest.contents_of(match, row) for row in fields)
    geysers = [row for row in (units.row_of(tag) for tag in site.geysers) if row >= 0]
    vespene = sum(match.industry.contents.get(int(units.tag[row]), _full(match, row)) for row in geysers)
    working = tuple(row for row in gas if harvest.contents_of(match, row) > 0)
    return Town(site, hall, tuple(fields), working, left, vespene)


def _full(match: Match, row: int) -> int:
    resource = match.types.types[int(match.units.row[row])].resource
    return resource.contents if resource is not None else 0
