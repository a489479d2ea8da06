"""What a map's triggers do, as values read from its file: at the start, at times, where units enter, and at the end.

Between `maps` and `systems.triggers`, which carries them out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from llm_pysc2.conditions import ANY_UNIT, Condition, parse_condition
from llm_pysc2.engine.maps.filters import TRAITS
from llm_pysc2.engine.maps.round_rules import Rounds, read_rounds
from llm_pysc2.engine.maps.table_reader import MapTable, Point
from llm_pysc2.errors import PackError, UsageError
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.units import UnitType, unit_by_name
from llm_pysc2.knowledge.upgrades import upgrade_by_name

RESULTS = ("victory", "defeat", "tie")
HAS_ENERGY = "HasEnergy"
"""Beside the traits of `filters`: what units may have that an order leaves out."""
UNLOAD_AT = "unload_all_at"
"""Kind of the abilities by which carriers go somewhere and let everybody out."""
GATHER = "gather"
ORDERS = ("attack", UNLOAD_AT, GATHER)


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a created unit carries."""

    type_id: int
    count: int


@dataclass(frozen=True, slots=True)
class CreateUnits:
    """Trigger action: create units around a point."""

    type_id: int
    count: int
    owner: int
    point: Point
    cargo: Cargo | None = None
    """Aboard each of them."""


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """Trigger action: order all units of a player; one of the three targets is set."""

    owner: int
    ability: str
    """One of `ORDERS`."""
    point: Point | None
    between: tuple[Point, Point] | None
    """A random point on the line between two points."""
    units_of: int | None
    """The units of that player."""
    region: str = ""
    """Only units in that region; empty = on the whole map."""
    without: tuple[str, ...] = ()
    """Units with one of these traits are left out."""
    first: bool = False
    """Whether the order comes before those a unit has; otherwise it replaces them."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What a trigger does: it creates, then orders."""

    create: tuple[CreateUnits, ...] = ()
    order: tuple[GroupOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class PlayerStart:
    """What a player has at the start beside units."""

    player: int
    minerals: int | None
    """None = what the game gives."""
    upgrades: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StartTriggers:
    """What happens at loop 0."""

    fog: bool = True
    """False = everybody sees the whole map."""
    melee: bool = False
    """Whether players get the town hall, workers and resources of a melee game."""
    elimination: bool = False
    """Whether those are out who have lost all that prevents defeat: their structures."""
    camera: Point | None = None
    """Where the players look, None = at home, or at their units."""
    players: tuple[PlayerStart, ...] = ()
    actions: Actions = Actions()


@dataclass(frozen=True, slots=True)
class TimedTrigger:
    """Actions at a time."""

    at_loop: int
    """The loop in which it happens first."""
    every_loops: int
    """Game loops from one time to the next; 0 = only once."""
    actions: Actions

    def is_due(self, loop: int) -> bool:
        """Return whether it happens in a loop."""
        return loop == self.at_loop or (
            self.every_loops > 0 and loop > self.at_loop and (loop - self.at_loop) % self.every_loops == 0
        )


@dataclass(frozen=True, slots=True)
class EnterTrigger:
    """Actions whenever a unit, whosever it is, comes into a region."""

    region: str
    actions: Actions


@dataclass(frozen=True, slots=True)
class EndCheck:
    """A trigger that ends the game for player 1."""

    result: str
    """"victory", "defeat" or "tie"."""
    every_loops: int
    """Game loops from one look to the next, the first one included."""
    when: Condition
    """Empty = always."""


@dataclass(frozen=True, slots=True)
class Triggers:
    """All triggers of a map."""

    start: StartTriggers = StartTriggers()
    respawn: bool = False
    """Whether everything is created and ordered anew when a unit dies and neither side has any left."""
    timed: tuple[TimedTrigger, ...] = ()
    enter: tuple[EnterTrigger, ...] = ()
    ends: tuple[EndCheck, ...] = ()
    rounds: Rounds = field(default_factory=Rounds)

    def all_actions(self) -> tuple[Actions, ...]:
        """Return what the triggers do, whenever they do it."""
        timed, enter = (trigger.actions for trigger in self.timed), (trigger.actions for trigger in self.enter)
        return (self.start.actions, *timed, *enter)

    def created(self) -> tuple[CreateUnits, ...]:
        """Return all that is ever created."""
        return tuple(create for actions in self.all_actions() for create in actions.create)


def read_triggers(table: MapTable, types: Mapping[str, UnitType], regions: frozenset[str]) -> Triggers:
    """Return the triggers in a map file. Raises PackError that names the file, the key and what was expected."""
    triggers = Triggers(
        start=_read_start(table.table("start"), types),
        respawn=table.flag("respawn", default=False),
        timed=tuple(_read_timed(row, types) for row in table.tables("timed")),
        enter=tuple(_read_enter(row, types) for row in table.tables("enter")),
        ends=tuple(_read_end(row, types) for row in table.tables("end")),
        rounds=read_rounds(table, types, type_named, _read_condition),
    )
    _check_regions(table, triggers, regions)
    return triggers


def _check_regions(table: MapTable, triggers: Triggers, regions: frozenset[str]) -> None:
    named = {order.region for actions in triggers.all_actions() for order in actions.order if order.region}
    named |= triggers.rounds.regions()
    for name in sorted((named | {trigger.region for trigger in triggers.enter}) - regions):
        raise table.error("regions", f"no region named {name!r}, which a trigger needs")


def _read_start(table: MapTable, types: Mapping[str, UnitType]) -> StartTriggers:
    start = StartTriggers(
        fog=table.flag("fog", default=True),
        melee=table.flag("melee", default=False),
        elimination=table.flag("elimination", default=False),
        camera=table.point("camera") if table.has("camera") else None,
        players=tuple(_read_player(row) for row in table.tables("players")),
        actions=_read_actions(table, types),
    )
    table.finish()
    return start


def _read_player(row: MapTable) -> PlayerStart:
    player = PlayerStart(
        player=row.whole("player", least=1),
        minerals=row.whole("minerals") if row.has("minerals") else None,
        upgrades=tuple(_upgrade_named(row, name) for name in row.texts("upgrades")),
    )
    row.finish()
    return player


def _upgrade_named(row: MapTable, name: str) -> int:
    """Return the id of an upgrade; maps also give such as do nothing any more, which only the id table knows."""
    try:
        return _all_upgrades().get(name) or upgrade_by_name(name).id
    except UsageError as error:
        raise row.error("upgrades", str(error)) from error


@cache
def _all_upgrades() -> Mapping[str, int]:
    return {name: upgrade_id for upgrade_id, name in load_ids().upgrades.items() if name}


def _read_timed(row: MapTable, types: Mapping[str, UnitType]) -> TimedTrigger:
    every_loops = row.whole("every_loops", 0)
    timed = TimedTrigger(row.whole("at_loop", every_loops), every_loops, _read_actions(row, types))
    row.finish()
    return timed


def _read_enter(row: MapTable, types: Mapping[str, UnitType]) -> EnterTrigger:
    enter = EnterTrigger(row.text("region"), _read_actions(row, types))
    row.finish()
    return enter


def _read_actions(table: MapTable, types: Mapping[str, UnitType]) -> Actions:
    return Actions(
        create=tuple(_read_create(row, types) for row in table.tables("create")),
        order=tuple(_read_order(row) for row in table.tables("order")),
    )


def _read_create(row: MapTable, types: Mapping[str, UnitType]) -> CreateUnits:
    create = CreateUnits(
        type_id=type_named(row, "type", types).id,
        count=row.whole("count", 1, least=1),
        owner=row.whole("owner"),
        point=row.point("point"),
        cargo=_read_cargo(row.table("cargo"), types) if row.has("cargo") else None,
    )
    row.finish()
    return create


def _read_cargo(row: MapTable, types: Mapping[str, UnitType]) -> Cargo:
    cargo = Cargo(type_named(row, "type", types).id, row.whole("count", 1, least=1))
    row.finish()
    return cargo


def _read_order(row: MapTable) -> GroupOrder:
    between = row.points("between")
    order = GroupOrder(
        owner=row.whole("owner"),
        ability=row.text("ability", among=ORDERS),
        point=row.point("point") if row.has("point") else None,
        between=(between[0], between[1]) if len(between) == 2 else None,
        units_of=row.whole("units_of") if row.has("units_of") else None,
        region=row.text("region", ""),
        without=row.texts("without", among=(*TRAITS, HAS_ENERGY)),
        first=row.flag("first", default=False),
    )
    row.finish()
    targets = (order.point, order.between, order.units_of)
    if sum(target is not None for target in targets) != 1:
        raise row.error("point", "expected one of point = [x, y], between = [[x, y], [x, y]], units_of = player")
    return order


def _read_end(row: MapTable, types: Mapping[str, UnitType]) -> EndCheck:
    end = EndCheck(
        result=row.text("result", among=RESULTS),
        every_loops=row.whole("every_loops", least=1),
        when=_read_condition(row, types),
    )
    row.finish()
    return end


def _read_condition(row: MapTable, types: Mapping[str, UnitType]) -> Condition:
    try:
        condition = parse_condition(row.raw("when", []))
        for name in {part.unit for parts in condition for part in parts} - {ANY_UNIT, *types}:
            unit_by_name(name)
    except (ValueError, UsageError) as error:
        raise row.error("when", str(error)) from error
    return condition


def type_named(row: MapTable, key: str, types: Mapping[str, UnitType]) -> UnitType:
    """Return the unit type that a key names, as the map has it. Raises PackError with the closest names."""
    name = row.text(key)
    if name in types:
        return types[name]
    try:
        return unit_by_name(name)
    except UsageError as error:
        raise PackError(f"{row.path}: {row.where}.{key}: {error}") from error
