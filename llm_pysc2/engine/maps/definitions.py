"""Maps: what a game is played on, read from `scenarios/maps/<group>/NAME.toml`.

Values only: what the triggers do is the engine's business, as is how units created at one point spread.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from llm_pysc2.engine.maps.map_file import decode_map_file
from llm_pysc2.engine.maps.table_reader import MapTable, Point
from llm_pysc2.engine.maps.terrain import Terrain, load_terrain
from llm_pysc2.engine.maps.trigger_rules import Triggers, read_triggers, type_named
from llm_pysc2.errors import PackError, UsageError, closest_names
from llm_pysc2.knowledge.abilities import load_abilities
from llm_pysc2.knowledge.ids import load_ids
from llm_pysc2.knowledge.units import UnitType, unit_by_name
from llm_pysc2.packs import find_files, read_toml

FIRST_OWN_ID = 1970
"""Types that a map adds get ids after the last of the build (4.10.0.75689), in the order of its unit data."""

RACES = ("protoss", "terran", "zerg", "random", "any")


@dataclass(frozen=True, slots=True)
class MapPlayer:
    """A slot of the map."""

    slot: int
    kind: str
    """"user" (anybody may play it) or "computer"."""
    race: str
    """The race that the map sets, or "any"."""
    start: Point | None
    """Where it starts, None if that is drawn from the map's start locations."""


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """A unit that stands on the map from the beginning."""

    type_id: int
    owner: int
    """Slot of a player, 0 = neutral."""
    x: float
    y: float
    facing_deg: float | None
    """None = as the unit type says."""
    energy: float | None = None
    """None = as the unit type says."""


@dataclass(frozen=True, slots=True)
class Region:
    """A named area: the union of rectangles and circles, without some circles."""

    name: str
    rects: tuple[tuple[float, ...], ...]
    """(left, bottom, right, top) each."""
    circles: tuple[tuple[float, ...], ...]
    """(x, y, radius) each."""
    without_circles: tuple[tuple[float, ...], ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of all that may belong to the region."""
        boxes = [*self.rects, *((x - radius, y - radius, x + radius, y + radius) for x, y, radius in self.circles)]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)

    def contains(self, x: float, y: float) -> bool:
        """Return whether the point lies in the region."""
        inside = any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in self.rects)
        inside = inside or any(_in_circle(x, y, circle) for circle in self.circles)
        return inside and not any(_in_circle(x, y, circle) for circle in self.without_circles)

    def contains_each(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return whether each of some points lies in the region, shape (points,)."""
        return np.array([self.contains(*at) for at in zip(x.tolist(), y.tolist(), strict=True)], dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class PaintedCreep:
    """Creep that lies on the map without a source, and stays: how much of it, and what it lies around."""

    cells: int
    near: Point


def _in_circle(x: float, y: float, circle: tuple[float, ...]) -> bool:
    centre_x, centre_y, radius = circle
    return (x - centre_x) ** 2 + (y - centre_y) ** 2 <= radius**2


@dataclass(frozen=True, slots=True, eq=False)
class MapDefinition:
    """A map. Each is equal to itself only, so that what follows from it can be kept by it."""

    name: str
    """The file's stem; unique over all groups."""
    group: str
    """The folder it lies in: "smac", "melee", "mini_games", "llm_smac", "arena", "pvz"."""
    size_cells: tuple[int, int]
    """Width and height."""
    playable: tuple[int, int, int, int]
    """Left, bottom, right, top; right and top are the first cells outside."""
    terrain_name: str
    players: tuple[MapPlayer, ...]
    start_locations: tuple[Point, ...]
    points: Mapping[str, Point]
    regions: tuple[Region, ...]
    unit_types: tuple[UnitType, ...]
    """Types that the map adds (new ids) or changes (ids of the build)."""
    units: tuple[PlacedUnit, ...]
    triggers: Triggers
    painted_creep: PaintedCreep | None = None

    @property
    def terrain(self) -> Terrain:
        """The ground; read when it is first asked for, shared by all maps that have it."""
        return load_terrain(self.terrain_name)

    def region(self, name: str) -> Region:
        """Return the region of that name; the triggers name only regions that are there."""
        return next(region for region in self.regions if region.name == name)

    def unit_type(self, name: str) -> UnitType:
        """Return a unit type as it is on this map. Raises UsageError with the closest names."""
        own = {kind.name.casefold(): kind for kind in self.unit_types}
        return own.get(name.casefold()) or unit_by_name(name)


def known_maps() -> tuple[str, ...]:
    """Return the names of all maps, sorted."""
    return tuple(find_files("scenarios/maps"))


@cache
def load_map(name: str) -> MapDefinition:
    """Return the map of that name. Raises UsageError with the closest names, PackError if the file is broken."""
    files = find_files("scenarios/maps")
    if name not in files:
        raise UsageError(f"no map named {name!r}; {closest_names(name, files)}")
    return read_map(files[name])


def map_from_bytes(data: bytes) -> str:
    """Return the name of the map in a map file of ours. Raises UsageError for anything else, with what is known."""
    name = decode_map_file(data)
    if name is None:
        raise UsageError("not a map file of llm-pysc2; those are written by 'llm-pysc2 engine install'")
    return _known(name)


def map_from_path(path: str) -> str:
    """Return the name of the map that a client means by a path, by the file's stem: "Melee/(2)Simple64.SC2Map".

    Raises UsageError with the closest names.
    """
    stem = path.replace("\\", "/").rpartition("/")[2].removesuffix(".SC2Map")
    return _known(stem.partition(")")[2] if stem.startswith("(") else stem)


def _known(name: str) -> str:
    maps = known_maps()
    if name not in maps:
        raise UsageError(f"no map named {name!r}; {closest_names(name, maps)}")
    return name


def read_map(path: Path) -> MapDefinition:
    """Return the map in a file. Raises PackError that names the file, the key and what was expected."""
    table = MapTable(path, _content(path))
    width, height = table.numbers("size_cells", 2)
    left, bottom, right, top = table.numbers("playable", 4)
    own = _read_unit_types(table)
    types = {kind.name: kind for kind in own}
    players = tuple(_read_player(row) for row in table.tables("players"))
    start_locations = table.points("start_locations") or tuple(player.start for player in players if player.start)
    points = table.table("points")
    regions = tuple(_read_region(row) for row in table.tables("regions"))
    definition = MapDefinition(
        name=path.stem,
        group=path.parent.name,
        size_cells=(int(width), int(height)),
        playable=(int(left), int(bottom), int(right), int(top)),
        terrain_name=table.text("terrain"),
        players=players,
        start_locations=start_locations,
        points=MappingProxyType({name: points.point(name) for name in points.names()}),
        regions=regions,
        unit_types=own,
        units=tuple(unit for row in table.tables("units") for unit in _read_units(row, types)),
        triggers=read_triggers(table, types, frozenset(region.name for region in regions)),
        painted_creep=_read_painted_creep(table.table("painted_creep")) if table.has("painted_creep") else None,
    )
    table.finish()
    return definition


def _content(path: Path) -> dict[str, Any]:
    """Return the keys of a map file over those of the map that it names as its base, if it names one."""
    content = read_toml(path)
    if "base" not in content:
        return content
    base, files = content.pop("base"), find_files("scenarios/maps", without=(path.parent.name,))
    if base not in files:
        raise PackError(f"{path}: base: no map named {base!r} in another folder; {closest_names(str(base), files)}")
    return _content(files[base]) | content


def _read_player(row: MapTable) -> MapPlayer:
    player = MapPlayer(
        slot=row.whole("slot", least=1),
        kind=row.text("kind", among=("user", "computer")),
        race=row.text("race", "any", RACES),
        start=row.point("start") if row.has("start") else None,
    )
    row.finish()
    return player


def _read_unit_types(table: MapTable) -> tuple[UnitType, ...]:
    own: list[UnitType] = []
    next_id = FIRST_OWN_ID
    for row in table.tables("unit_types"):
        name, base = row.text("name"), type_named(row, "base", {})
        added = name != base.name
        type_id = row.whole("id", next_id if added else base.id)
        of_the_build = load_ids().units.get(type_id) == name
        if added and type_id != next_id and not of_the_build:
            raise row.error("id", f"expected {next_id} (ids from {FIRST_OWN_ID} on, in order), found {type_id}")
        next_id += added and not of_the_build
        changed = _read_changes(row, base)
        alias = base.unit_alias or base.id if added else base.unit_alias
        own.append(replace(base, id=type_id, name=name, unit_alias=alias, **changed))
    return tuple(own)


def _read_changes(row: MapTable, base: UnitType) -> dict[str, Any]:
    """Return the fields of the base type that the map sets anew, checked against the type of the old value."""
    wanted = {field.name: getattr(base, field.name) for field in fields(base)} | {"weapons": base.weapons}
    changed: dict[str, Any] = {}
    for key, value in row.rest(wanted.keys() - {"id", "name"}).items():
        changed[key] = _converted(row, key, value, wanted[key])
    row.finish()
    for part in ("life", "shield"):
        if f"{part}_max" in changed:
            changed.setdefault(f"{part}_start", changed[f"{part}_max"])
    return changed


def _converted(row: MapTable, key: str, value: Any, old: Any) -> Any:
    if key == "weapons":
        weapons = {weapon.name: weapon for weapon in old}
        if isinstance(value, list) and all(name in weapons for name in value):
            return tuple(weapons[name] for name in value)
        raise row.error(key, f"expected some of {', '.join(weapons) or 'no weapons'}, found {value!r}")
    if key == "abilities":
        if isinstance(value, list) and all(one in load_abilities() for one in value):
            return tuple(value)
        raise row.error(key, f"expected ids of abilities, such as {', '.join(map(str, old))}, found {value!r}")
    if isinstance(old, bool | str):
        fits = type(value) is type(old)
    elif isinstance(old, int | float):
        fits = type(value) in (int, float)
    else:
        fits = isinstance(old, frozenset) and isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not fits:
        raise row.error(key, f"expected a value such as {old!r}, found {value!r}")
    return frozenset(value) if isinstance(old, frozenset) else value


def _read_painted_creep(row: MapTable) -> PaintedCreep:
    creep = PaintedCreep(row.whole("cells", least=1), row.point("near"))
    row.finish()
    return creep


def _read_region(row: MapTable) -> Region:
    region = Region(row.text("name"), row.rows("rects", 4), row.rows("circles", 3), row.rows("without_circles", 3))
    row.finish()
    return region


def _read_units(row: MapTable, types: Mapping[str, UnitType]) -> list[PlacedUnit]:
    kind = type_named(row, "type", types)
    owner = row.whole("owner", 0)
    facing_deg = row.number("facing_deg") if row.has("facing_deg") else None
    energy = row.number("energy") if row.has("energy") else None
    placed = [PlacedUnit(kind.id, owner, x, y, facing_deg, energy) for x, y in row.points("at")]
    row.finish()
    return placed
