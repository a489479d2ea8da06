"""A map's triggers, looked after from outside: what is due when, whom its orders are for, and how the game ends."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from random import Random

from llm_pysc2.conditions import ANY_UNIT, holds
from llm_pysc2.engine.maps.definitions import MapDefinition
from llm_pysc2.engine.maps.trigger_rules import HAS_ENERGY, UNLOAD_AT, Actions, CreateUnits, GroupOrder
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.units import UnitType, load_units
from llm_pysc2.orchestrator.staged.stage import standard_type
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView, WorldView

ATTACK, UNLOAD_ALL_AT, LOAD, GATHER = 3674, 3669, 3668, 3666
"""General abilities of the API."""


class Director:
    """Follows one episode; all views and places are the scenario's own."""

    def __init__(self, definition: MapDefinition, seed: int) -> None:
        self._definition = definition
        self._triggers = definition.triggers
        self._chance = Random(seed)
        self._inside: dict[int, frozenset[int]] = {}

    def loops_to_next(self, loop: int) -> int | None:
        """Return how many game loops after this one a trigger is due or an end is looked at; None if never."""
        waits = [check.every_loops - loop % check.every_loops for check in self._triggers.ends]
        for timed in self._triggers.timed:
            if timed.at_loop > loop:
                waits.append(timed.at_loop - loop)
            elif timed.every_loops:
                waits.append(timed.every_loops - (loop - timed.at_loop) % timed.every_loops)
        return min(waits, default=None)

    def due(self, view: WorldView) -> Iterator[Actions]:
        """Yield what the triggers do before the loop of a view is played."""
        for timed in self._triggers.timed:
            if timed.is_due(view.game_loop):
                yield timed.actions
        for index, trigger in enumerate(self._triggers.enter):
            region = self._definition.region(trigger.region)
            inside = frozenset(
                unit.tag for unit in (*view.own, *view.enemies) if region.contains(unit.position.x, unit.position.y)
            )
            entered = inside - self._inside.get(index, frozenset())
            self._inside[index] = inside
            if entered:
                yield trigger.actions

    def boarding(self, groups: Iterable[CreateUnits], view: WorldView, new: frozenset[int]) -> Iterator[Command]:
        """Yield the commands by which new carriers take aboard what was created beside them."""
        units = [unit for unit in view.units if unit.tag in new]
        for group in groups:
            assert group.cargo is not None  # noqa: S101 - only groups with cargo have anything to take aboard
            point = Point(*group.point)
            by_distance = sorted(units, key=partial(UnitView.distance_to, other=point))
            carriers = [unit for unit in by_distance if unit.type_id == self._standard(group.type_id)][: group.count]
            aboard = [unit for unit in by_distance if unit.type_id == self._standard(group.cargo.type_id)]
            for number, carrier in enumerate(carriers):
                own = aboard[number * group.cargo.count : (number + 1) * group.cargo.count]
                for place, passenger in enumerate(own):
                    yield Command(LOAD, (carrier.tag,), passenger.tag, queued=place > 0)

    def commands(self, order: GroupOrder, view: WorldView, boarding: Sequence[Command] = ()) -> list[Command]:
        """Return the commands of a group order to the units in sight.

        Carriers get it queued behind their boarding, and whom they take aboard does not get it. The API cannot put an
        order before those that a unit has: such an order replaces them.
        """
        busy = {tag for command in boarding for tag in command.unit_tags}
        aboard = {command.target for command in boarding}
        side = view.own if order.owner == view.player_id else view.enemies
        group = [unit for unit in side if unit.tag not in aboard and self._is_meant(unit, order)]
        ability = UNLOAD_ALL_AT if order.ability == UNLOAD_AT else ATTACK
        if order.point is None:
            return [Command(ability, (unit.tag,), self._target(order, unit, view), unit.tag in busy) for unit in group]
        halves = [
            (tuple(unit.tag for unit in group if (unit.tag in busy) is queued), queued) for queued in (False, True)
        ]
        return [Command(ability, tags, Point(*order.point), queued) for tags, queued in halves if tags]

    def result(self, view: WorldView) -> str:
        """Return how the map's triggers end the game at the loop of a view; empty while it goes on."""

        def count(player: int, name: str, unfinished: bool) -> int:
            side = view.own if player == view.player_id else view.enemies
            return sum((unfinished or unit.is_complete) and name in (ANY_UNIT, unit.type_name) for unit in side)

        for check in self._triggers.ends:
            if view.game_loop and view.game_loop % check.every_loops == 0 and holds(check.when, count):
                return check.result
        return ""

    def _standard(self, type_id: int) -> int:
        return standard_type(self._definition, type_id)

    def _is_meant(self, unit: UnitView, order: GroupOrder) -> bool:
        kind = load_units().get(unit.type_id)
        if kind is None or not kind.speed or unit.is_snapshot:
            return False
        if order.ability == UNLOAD_AT and not _unloads(kind):
            return False
        if order.region and not self._definition.region(order.region).contains(*unit.position):
            return False
        has = {
            "Structure": kind.structure,
            "Worker": "Worker" in kind.flags,
            "Air": unit.is_flying,
            "Ground": not unit.is_flying,
            HAS_ENERGY: unit.energy_max > 0,
        }
        return not any(has.get(name, name in kind.attributes) for name in order.without)

    def _target(self, order: GroupOrder, unit: UnitView, view: WorldView) -> Point:
        if order.between is not None:
            (x, y), (other_x, other_y) = order.between
            share = self._chance.random()
            return Point(x + (other_x - x) * share, y + (other_y - y) * share)
        side = view.own if order.units_of == view.player_id else view.enemies
        return min(side, key=unit.distance_to).position if side else unit.position


def _unloads(kind: UnitType) -> bool:
    """Return whether units of a type can let out everybody aboard at a place."""
    known = load_abilities()
    return any(known[ability].kind == UNLOAD_AT for ability in kind.abilities if ability in known)
