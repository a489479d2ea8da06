"""Where something could stand that finds its own place: places worth asking the game about, the best first.

Pure geometry over what is seen. Whether a place is free, has power or creep, the game says.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import floor

from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.affordability import planned
from llm_pysc2.dialogue.outline import unit_types_by_name
from llm_pysc2.dialogue.refusal import Refusal
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.units import UnitType, load_units
from llm_pysc2.world.command import Site
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView, WorldView

SITES_TRIED = 240
"""Places that the game is asked about at most."""
REACH_CELLS = 13
"""How far from where it is wanted a structure is put at most."""
BASE_CELLS = 11.0
"""Resources nearer to a town hall are its own."""
CLUSTER_CELLS = 8.0
"""Resources nearer to one another than this lie at the same base."""
HALL_RIM_CELLS = 4.0
"""From the middle of a town hall to ground that can be walked on."""
ON_GEYSER_CELLS = 3.0
"""A place nearer to a geyser than this means it."""
MINING_CELLS = 6.5
"""Nearer to resources than this, workers pass."""
LANE_CELLS = 1.0
"""Width of the gap between structures that units can walk through."""
CROWDED_CELLS = 5.0
"""Two sources of power nearer to one another than this serve the same place."""


class Ground:
    """What a view tells of the ground, gathered once for all that is to be placed."""

    def __init__(self, view: WorldView) -> None:
        types = unit_types_by_name()
        self._view = view
        self._facts = [(unit, types[unit.type_name]) for unit in view.units if unit.type_name in types]
        self._resources = [unit for unit, facts in self._facts if facts.resource and unit.alliance is Alliance.NEUTRAL]
        self._halls = [unit for unit, facts in self._facts if facts.drop_off and facts.structure]
        self._mined = [unit for unit in self._resources if self._distance_to_hall(unit.position) < BASE_CELLS]
        standing = [(unit, facts) for unit, facts in self._facts if not unit.is_flying]
        resources = {unit.tag for unit in self._resources}
        self._built = set(_cells_of_all(one for one in standing if one[1].structure and one[0].tag not in resources))
        for ability, place in planned(view):
            self._built.update(_cells(place, ability.footprint_radius_cells))
        self._taken = self._built | set(_cells_of_all(one for one in standing if one[0].tag in resources))

    def sites(self, ability: Ability, near: UnitView | None) -> tuple[Site, ...]:
        """Return where something could stand, the best place first.

        Args:
            ability: What makes it.
            near: The unit near which it is wanted; None = where it is of most use.
        """
        made = load_units()[ability.unit]
        if made.built_on:
            found: Iterable[Site] = self._on_geysers(made, near)
        elif ability.kind == "warp_in":
            found = self._in_fields(made, near)
        elif made.drop_off and made.structure:
            found = self._at_bases(ability, near)
        else:
            found = self._on_ground(ability, made, near)
        return tuple(islice(found, SITES_TRIED))

    def place_for(self, ability_id: int, point: Point) -> Point | int:
        """Return a point for what stands on the ground, the geyser there for what stands on one. Raises Refusal."""
        ability = load_abilities().get(ability_id)
        made = load_units().get(ability.unit) if ability else None
        if made is None or not made.built_on:
            return point
        geysers = [unit for unit in self._geysers(made) if unit.distance_to(point) < ON_GEYSER_CELLS]
        if not geysers:
            raise Refusal(f"there is no geyser at {words.format_point(point)}", "place")
        return min(geysers, key=lambda unit: unit.distance_to(point)).tag

    def _geysers(self, made: UnitType) -> list[UnitView]:
        return [unit for unit in self._resources if unit.type_id in made.built_on]

    def _on_geysers(self, made: UnitType, near: UnitView | None) -> Iterator[Site]:
        geysers = self._geysers(made)
        if near is None:
            geysers = [unit for unit in geysers if self._distance_to_hall(unit.position) < BASE_CELLS]
        for unit in _nearest_first(geysers, near, self._distance_to_hall):
            if (floor(unit.position.x), floor(unit.position.y)) not in self._built:
                yield Site(unit.position, unit.tag)

    def _in_fields(self, made: UnitType, near: UnitView | None) -> Iterator[Site]:
        """Yield places in the power fields of one source or all, from the inside out."""
        sources = [near] if near else self._power_sources()
        bodies = [(unit, facts) for unit, facts in self._facts if not facts.structure and not facts.is_flying]
        for source in sources:
            facts = unit_types_by_name().get(source.type_name)
            reach = facts.power_cells if facts and facts.power_cells else REACH_CELLS / 2
            for place in _grid(source.position, 0.5, reach):
                if self._is_free(place, 0.5) and not any(
                    unit.distance_to(place) < made.radius_cells + facts_.radius_cells for unit, facts_ in bodies
                ):
                    yield Site(place)

    def _at_bases(self, ability: Ability, near: UnitView | None) -> Iterator[Site]:
        """Yield places for a town hall at the resources that nobody mines, or at those near a unit."""
        half = ability.footprint_radius_cells
        clusters = [cluster for cluster in _clusters(self._resources) if not self._is_settled(_middle(cluster))]
        middles = [(_middle(cluster), cluster) for cluster in clusters]
        far = near.distance_to if near else self._walking_cells()
        for middle, cluster in sorted(middles, key=lambda one: far(one[0])):
            places = [place for place in _grid(middle, half, REACH_CELLS - 3) if self._is_free(place, half)]
            places.sort(key=lambda place: sum(unit.distance_to(place) for unit in cluster))
            yield from (Site(place) for place in places[: SITES_TRIED // 4])

    def _on_ground(self, ability: Ability, made: UnitType, near: UnitView | None) -> list[Site]:
        half = ability.footprint_radius_cells
        if made.needs_power and not self._power_sources():
            raise Refusal(f"{made.name} needs power, there is no finished Pylon", "place")
        anchors = [near] if near else self._anchors(made)
        places = dict.fromkeys(place for unit in anchors for place in _grid(unit.position, half, self._reach(made)))
        fit = [place for place in places if self._is_free(place, half)]

        def cost(place: Point) -> tuple[int, float]:
            return self._nuisance(place, half, made), min(unit.distance_to(place) for unit in anchors)

        return [Site(place) for place in sorted(fit, key=cost)]

    def _anchors(self, made: UnitType) -> list[UnitView]:
        """Return what a structure is put around: sources of power where it needs some, or else town halls."""
        return (self._power_sources() if made.needs_power else []) or self._own_halls() or list(self._view.own)[:1]

    def _reach(self, made: UnitType) -> float:
        return 7.0 if made.needs_power else REACH_CELLS

    def _nuisance(self, place: Point, half: float, made: UnitType) -> int:
        """Return how much a structure would be in the way at a place, 0 = not at all."""
        in_lane = any(unit.distance_to(place) < MINING_CELLS + half - 1.5 for unit in self._mined)
        walls = not self._built.isdisjoint(_cells(place, half + LANE_CELLS))
        serves_twice = made.power_cells > 0 and any(
            unit.type_id == made.id and unit.distance_to(place) < CROWDED_CELLS for unit in self._view.own
        )
        no_add_on = _takes_add_on(made) and not self._is_free(Point(place.x + 2.5, place.y - 0.5), 1.0)
        return 4 * in_lane + 2 * no_add_on + walls + serves_twice

    def _is_free(self, place: Point, half: float) -> bool:
        cells = _cells(place, half)
        return self._taken.isdisjoint(cells) and all(self._is_walkable(column, row) for column, row in cells)

    def _is_walkable(self, column: int, row: int) -> bool:
        width, height = self._view.map.size_cells
        pathing = self._view.map.pathing
        return 0 <= column < width and 0 <= row < height and (not pathing or bool(pathing[row * width + column]))

    def _own_halls(self) -> list[UnitView]:
        halls = [unit for unit in self._halls if unit.alliance is Alliance.SELF]
        return [unit for unit in halls if unit.is_complete] or halls

    def _power_sources(self) -> list[UnitView]:
        """Return the sources of power, those of units first, then those nearest to a town hall."""
        sources = [
            (facts.structure, self._distance_to_hall(unit.position), unit.tag, unit)
            for unit, facts in self._facts
            if facts.power_cells and unit.alliance is Alliance.SELF and unit.is_complete
        ]
        return [unit for *_, unit in sorted(sources)]

    def _distance_to_hall(self, place: Point) -> float:
        return min((unit.distance_to(place) for unit in self._own_halls()), default=0.0)

    def _walking_cells(self) -> Callable[[Point], float]:
        """Return a function that gives the way from our town halls to a place, infinite where there is none."""
        steps = {cell: 0 for hall in self._own_halls() for cell in _cells(hall.position, HALL_RIM_CELLS)}
        queue = deque(steps)
        while queue:
            column, row = queue.popleft()
            for cell in ((column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)):
                if cell not in steps and self._is_walkable(*cell):
                    steps[cell] = steps[column, row] + 1
                    queue.append(cell)

        def cells(place: Point) -> float:
            return min((steps[cell] for cell in _cells(place, CLUSTER_CELLS) if cell in steps), default=float("inf"))

        return cells

    def _is_settled(self, place: Point) -> bool:
        return any(unit.distance_to(place) < BASE_CELLS for unit in self._halls)


def _takes_add_on(made: UnitType) -> bool:
    return made.name in ("Barracks", "Factory", "Starport")


def _cells(place: Point, half: float) -> list[tuple[int, int]]:
    """Return the cells of a square, column and row."""
    columns = range(floor(place.x - half), floor(place.x + half - 0.01) + 1)
    rows = range(floor(place.y - half), floor(place.y + half - 0.01) + 1)
    return [(column, row) for column in columns for row in rows]


def _cells_of_all(units: Iterable[tuple[UnitView, UnitType]]) -> Iterator[tuple[int, int]]:
    """Yield the cells on which units stand, by their radius."""
    for unit, facts in units:
        yield from _cells(unit.position, floor(facts.radius_cells * 2) / 2)


def _grid(middle: Point, half: float, reach: float) -> list[Point]:
    """Return the places around a point on which a square of that half side lies on whole cells, the nearest first."""
    offset = half % 1.0
    left, bottom = floor(middle.x - reach), floor(middle.y - reach)
    steps = range(int(2 * reach) + 2)
    places = [Point(left + i + offset, bottom + j + offset) for i in steps for j in steps]
    near = [(place.distance_to(middle), place) for place in places]
    return [place for distance, place in sorted(near) if distance <= reach]


def _nearest_first(
    units: Iterable[UnitView], near: UnitView | None, otherwise: Callable[[Point], float]
) -> list[UnitView]:
    return sorted(units, key=lambda unit: near.distance_to(unit) if near else otherwise(unit.position))


def _clusters(resources: Iterable[UnitView]) -> list[list[UnitView]]:
    """Return the resources in groups that lie together, each of minerals and geysers of one base."""
    clusters: list[list[UnitView]] = []
    for unit in resources:
        joined = [group for group in clusters if any(unit.distance_to(other) < CLUSTER_CELLS for other in group)]
        merged = [unit, *(other for group in joined for other in group)]
        clusters = [group for group in clusters if group not in joined] + [merged]
    return clusters


def _middle(units: Iterable[UnitView]) -> Point:
    found = list(units)
    return Point(sum(u.position.x for u in found) / len(found), sum(u.position.y for u in found) / len(found))
