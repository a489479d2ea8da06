"""Rounds of a map that is played for points, as values read from its file; mini-games consist of them.

A round places units, where chance and the rules of the placement say. Points are given for deaths, for resources, for
trained units, and for contacts: a unit of a player that comes near something. Between `map_triggers` and
`systems.rounds`, which carries them out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from llm_pysc2.conditions import Condition
from llm_pysc2.engine.maps.table_reader import MapTable
from llm_pysc2.knowledge.units import UnitType

SPREADS = ("apart", "column", "ring")
AFTER_CONTACT = ("move", "take")
RESOURCES = ("minerals", "vespene")

TypeReader = Callable[[MapTable, str, Mapping[str, UnitType]], UnitType]
"""Returns the unit type that a key of a table names."""
ConditionReader = Callable[[MapTable, Mapping[str, UnitType]], Condition]
"""Returns the condition under the key "when" of a table."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Units that a round places, all in one region."""

    type_id: int
    owner: int
    first: int
    """How many the first round adds."""
    later: int
    """How many every later round adds."""
    regions: tuple[str, ...]
    """One of them is drawn for all placements of the round together, by its place in the list."""
    spread: str
    """"apart" (each at a random point of its own), "column" (above and below one random point of the region) or "ring"
    (around its middle)."""
    offsets_y: tuple[float, ...]
    """Of a column, cells; without, a cell after the other above and below in turn."""
    radius_cells: float
    """Of a ring."""
    apart_cells: float
    """Least distance between points of their own, to all units of the owner."""
    away_cells: float
    """Least distance to units of other players."""
    gather: bool
    """Whether those of the type who are left are placed anew with the others."""


@dataclass(frozen=True, slots=True)
class Round:
    """What is placed at the beginning, and again whenever a condition holds."""

    when: Condition
    """Empty = only at the beginning."""
    place: tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """Points for a unit of a player that comes near something."""

    owner: int
    type_id: int
    """What is to be reached."""
    within_cells: float
    """Between the two middles."""
    points: float
    then: str
    """What becomes of what was reached: "move" (it is placed anew) or "take" (it is gone)."""


@dataclass(frozen=True, slots=True)
class DeathPoints:
    """Points for the death of a unit of an owner."""

    owner: int
    points: float


@dataclass(frozen=True, slots=True)
class DeliveryPoints:
    """Points for each mineral, or each unit of vespene, that workers of an owner bring home."""

    owner: int
    resource: str
    points: float


@dataclass(frozen=True, slots=True)
class TrainingPoints:
    """Points for each unit of a type that an owner trains."""

    owner: int
    type_id: int
    points: float


@dataclass(frozen=True, slots=True)
class Rounds:
    """All that a map gives points for; empty for maps that are not played for points."""

    rounds: tuple[Round, ...] = ()
    contacts: tuple[Contact, ...] = ()
    deaths: tuple[DeathPoints, ...] = ()
    deliveries: tuple[DeliveryPoints, ...] = ()
    trained: tuple[TrainingPoints, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there is anything to do."""
        return bool(self.rounds or self.contacts or self.deaths or self.deliveries or self.trained)

    def regions(self) -> set[str]:
        """Return the names of all regions that are needed."""
        return {name for one in self.rounds for placed in one.place for name in placed.regions}

    def owners(self) -> set[int]:
        """Return everybody for whom units are placed."""
        return {placed.owner for one in self.rounds for placed in one.place}


def read_rounds(
    table: MapTable, types: Mapping[str, UnitType], type_named: TypeReader, read_condition: ConditionReader
) -> Rounds:
    """Return the rounds in a map file. Raises PackError that names the file, the key and what was expected."""
    rounds = []
    for row in table.tables("rounds"):
        place = tuple(_read_placement(part, types, type_named) for part in row.tables("place"))
        rounds.append(Round(read_condition(row, types), place))
        row.finish()
    return Rounds(
        rounds=tuple(rounds),
        contacts=tuple(_read_contact(row, types, type_named) for row in table.tables("contacts")),
        deaths=tuple(_read_death(row) for row in table.tables("deaths")),
        deliveries=tuple(_read_delivery(row) for row in table.tables("deliveries")),
        trained=tuple(_read_training(row, types, type_named) for row in table.tables("trained")),
    )


def _read_placement(row: MapTable, types: Mapping[str, UnitType], type_named: TypeReader) -> Placement:
    placement = Placement(
        type_id=type_named(row, "type", types).id,
        owner=row.whole("owner"),
        first=row.whole("first"),
        later=row.whole("later", 0),
        regions=row.texts("regions"),
        spread=row.text("spread", "apart", SPREADS),
        offsets_y=tuple(offset for (offset,) in row.rows("offsets_y", 1)),
        radius_cells=row.number("radius_cells", 0.0),
        apart_cells=row.number("apart_cells", 0.0),
        away_cells=row.number("away_cells", 0.0),
        gather=row.flag("gather", default=False),
    )
    row.finish()
    if not placement.regions:
        raise row.error("regions", "expected the names of one or more regions")
    return placement


def _read_contact(row: MapTable, types: Mapping[str, UnitType], type_named: TypeReader) -> Contact:
    contact = Contact(
        owner=row.whole("owner", least=1),
        type_id=type_named(row, "type", types).id,
        within_cells=row.number("within_cells"),
        points=row.number("points"),
        then=row.text("then", among=AFTER_CONTACT),
    )
    row.finish()
    return contact


def _read_death(row: MapTable) -> DeathPoints:
    points = DeathPoints(row.whole("owner", least=1), row.number("points"))
    row.finish()
    return points


def _read_delivery(row: MapTable) -> DeliveryPoints:
    points = DeliveryPoints(row.whole("owner", least=1), row.text("resource", among=RESOURCES), row.number("points"))
    row.finish()
    return points


def _read_training(row: MapTable, types: Mapping[str, UnitType], type_named: TypeReader) -> TrainingPoints:
    points = TrainingPoints(row.whole("owner", least=1), type_named(row, "type", types).id, row.number("points"))
    row.finish()
    return points
