"""Build a scenario's map on a stock map by debug commands: what stands there, whose it is, what has been learned."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol

from s2clientprotocol.debug_pb2 import DebugCommand

from llm_pysc2.engine.maps.definitions import MapDefinition, MapPlayer, PlacedUnit
from llm_pysc2.engine.maps.trigger_rules import CreateUnits
from llm_pysc2.env.debugging import Cheat, cheat, create, kill, set_energy
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.units import load_units, unit_by_name
from llm_pysc2.knowledge.upgrades import Upgrade, load_upgrades
from llm_pysc2.orchestrator.staged.director import GATHER
from llm_pysc2.orchestrator.staged.stage import Stage, standard_type
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView, WorldView

NOBODY = 0
PYLON = "Pylon"
START_MINERALS = 50
"""Of a melee game; a map that gives more than this gets what `Cheat.MINERALS` gives."""
RESEARCH_LOOPS = 16
"""What an upgrade takes at most once building is fast."""
WORKERS_CELLS = 4
"""From the middle of a town hall to where its workers begin, towards the minerals."""
_SCHOOL_CELLS = 6
"""From one building for research to the next, until they go."""


class StockGame(Protocol):
    """A game on a stock map; all places are those of that map."""

    def step(
        self, commands: Iterable[Command] = (), loops: int = 1, enemy_commands: Iterable[Command] = ()
    ) -> WorldView:
        """Give commands to both sides, let the game run, and return the view after that."""
        ...

    def debug(self, commands: Iterable[DebugCommand]) -> None:
        """Carry out debug commands."""
        ...


class Builder:
    """Builds one episode's scene."""

    def __init__(self, game: StockGame, definition: MapDefinition, stage: Stage) -> None:
        self._game = game
        self._definition = definition
        self._stage = stage
        self._start = definition.triggers.start

    def build(self) -> None:
        """Clear the stock map and put the scenario's in its place: bases, placed units, upgrades, minerals, energy."""
        switches = [Cheat.CONTROL_ENEMY] if self._start.fog else [Cheat.SHOW_MAP, Cheat.CONTROL_ENEMY]
        self._game.debug(cheat(switch) for switch in switches)
        before = self._game.step(loops=2)
        self._research(before.player_id)
        self._clear(unit for unit in before.units if unit.alliance is Alliance.NEUTRAL)
        self._game.debug(self._scenery())
        self._game.step(loops=2)
        # the old bases go last: who has no structure left has lost on a melee map
        self._clear(unit for unit in before.units if unit.alliance is not Alliance.NEUTRAL)
        self._game.debug(self._army())
        built = self._game.step()
        self._game.debug(self._gifts(built))
        seen = self._game.step()
        if self._start.melee:
            self._game.step(list(_gathering(seen, seen.own)), 1, list(_gathering(seen, seen.enemies)))

    def creations(self, groups: Iterable[CreateUnits]) -> Iterator[DebugCommand]:
        """Yield what creates the groups of a trigger, and their cargo beside them."""
        for group in groups:
            point = self._stage.there(Point(*group.point))
            yield create(standard_type(self._definition, group.type_id), group.owner, point, group.count)
            if group.cargo is not None:
                aboard = standard_type(self._definition, group.cargo.type_id)
                yield create(aboard, group.owner, point, group.cargo.count * group.count)

    def _clear(self, units: Iterable[UnitView]) -> None:
        tags = [unit.tag for unit in units]
        if tags:
            self._game.debug([kill(tags)])
            self._game.step(loops=2)

    def _scenery(self) -> Iterator[DebugCommand]:
        """Yield what creates all that stays where it stands; fields and geysers first, then town halls."""
        neutral = [placed for placed in self._definition.units if placed.owner == NOBODY]
        yield from map(self._created, neutral)
        if self._start.melee:
            for player in self._definition.players:
                yield from self._base(player, neutral)
        placed = (placed for placed in self._definition.units if placed.owner != NOBODY)
        yield from (self._created(one) for one in placed if not self._is_mobile(one))

    def _army(self) -> Iterator[DebugCommand]:
        """Yield what creates the placed units that can go away from where they stand."""
        yield from (self._created(placed) for placed in self._definition.units if self._is_mobile(placed))

    def _is_mobile(self, placed: PlacedUnit) -> bool:
        return placed.owner != NOBODY and load_units()[standard_type(self._definition, placed.type_id)].speed > 0

    def _created(self, placed: PlacedUnit) -> DebugCommand:
        point = self._stage.there(Point(placed.x, placed.y))
        return create(standard_type(self._definition, placed.type_id), placed.owner, point)

    def _base(self, player: MapPlayer, neutral: Sequence[PlacedUnit]) -> Iterator[DebugCommand]:
        """Yield what creates a melee start: town hall, workers on the side of the nearest field, what else there is."""
        if player.start is None:
            return
        race, hall = load_economy().races[player.race], Point(*player.start)
        fields = [Point(placed.x, placed.y) for placed in neutral]
        nearest = min(fields, key=hall.distance_to, default=Point(hall.x, hall.y + 1))
        share = WORKERS_CELLS / max(1.0, hall.distance_to(nearest))
        beside = Point(hall.x + (nearest.x - hall.x) * share, hall.y + (nearest.y - hall.y) * share)
        yield create(race.town_hall, player.slot, self._stage.there(hall))
        yield create(race.worker, player.slot, self._stage.there(beside), race.workers)
        for type_id, count in race.others:
            yield create(type_id, player.slot, self._stage.there(hall), count)

    def _gifts(self, built: WorldView) -> Iterator[DebugCommand]:
        """Yield what gives minerals, and energy to placed units."""
        for given in self._start.players:
            if given.player == built.player_id and (given.minerals or 0) > START_MINERALS:
                yield cheat(Cheat.MINERALS)
        for placed in self._definition.units:
            if placed.energy is None:
                continue
            type_id, point = standard_type(self._definition, placed.type_id), Point(placed.x, placed.y)
            same = [unit for unit in built.units if (unit.type_id, unit.owner) == (type_id, placed.owner)]
            if same:
                nearest = min(same, key=partial(UnitView.distance_to, other=self._stage.there(point)))
                yield set_energy(nearest.tag, placed.energy)

    def _research(self, player_id: int) -> None:
        """Let the player research what the map gives, at buildings that come and go, free and without waiting."""
        wanted = [
            upgrade
            for given in self._start.players
            if given.player == player_id
            for upgrade in map(load_upgrades().get, given.upgrades)
            if upgrade is not None and upgrade.ability and upgrade.researched_at
        ]
        if not wanted:
            return
        cheats = [cheat(which) for which in (Cheat.FREE, Cheat.TECH_TREE, Cheat.FAST_BUILD)]
        self._game.debug([*cheats, *self._schools(wanted, player_id)])
        known = self._game.step(loops=2)
        commands = [command for upgrade in wanted for command in _orders(upgrade, known)]
        learned = self._game.step(commands, RESEARCH_LOOPS)
        schools = {upgrade.researched_at[0] for upgrade in wanted} | {unit_by_name(PYLON).id}
        self._game.debug(cheats)
        self._clear(unit for unit in learned.own if unit.type_id in schools)

    def _schools(self, wanted: Sequence[Upgrade], player_id: int) -> Iterator[DebugCommand]:
        """Yield what creates a building for each upgrade, so that none waits for another, and their power."""
        left, bottom, right, top = self._definition.playable
        middle = self._stage.there(Point((left + right) / 2, (bottom + top) / 2))
        for number, upgrade in enumerate(wanted):
            place = Point(middle.x + _SCHOOL_CELLS * number, middle.y)
            yield create(unit_by_name(PYLON).id, player_id, Point(place.x, place.y + _SCHOOL_CELLS / 2))
            yield create(upgrade.researched_at[0], player_id, place)


def _orders(upgrade: Upgrade, view: WorldView) -> Iterator[Command]:
    """Yield the command that starts the research of an upgrade at a building for it, if there is one."""
    school = next((unit for unit in view.own if unit.type_id == upgrade.researched_at[0]), None)
    if school is not None:
        yield Command(upgrade.ability, (school.tag,), queued=True)


def _gathering(view: WorldView, side: Sequence[UnitView]) -> Iterator[Command]:
    """Yield commands that send each worker of a side to the field nearest to it."""
    fields = [unit for unit in view.units if unit.mineral_contents]
    workers = [unit for unit in side if _is_worker(unit)]
    for worker in workers if fields else ():
        yield Command(GATHER, (worker.tag,), min(fields, key=worker.distance_to).tag)


def _is_worker(unit: UnitView) -> bool:
    kind = load_units().get(unit.type_id)
    return kind is not None and "Worker" in kind.flags
