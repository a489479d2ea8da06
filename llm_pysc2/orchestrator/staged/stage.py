"""On which stock map a scenario's map is built, and how far from its own place."""

from dataclasses import dataclass, replace

from llm_pysc2.engine.maps.definitions import FIRST_OWN_ID, MapDefinition, load_map
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import EffectView, MapView, OrderView, UnitView

WITH_BASES = "Flat96"
"""A melee map, whose rules let the computer opponent play its base."""
WITHOUT_BASES = "Empty128"
"""Nothing stands on it, and nobody loses there for want of structures."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stock map, and the shift from places of the scenario's map to places on it, in whole cells."""

    stock: str
    right: int
    up: int

    def there(self, point: Point) -> Point:
        """Return where a place of the scenario is on the stock map."""
        return Point(point[0] + self.right, point[1] + self.up)

    def here(self, point: Point) -> Point:
        """Return which place of the scenario a place on the stock map is."""
        return Point(point.x - self.right, point.y - self.up)

    def command_there(self, command: Command) -> Command:
        """Return a command with its target on the stock map."""
        target = command.target
        return replace(command, target=self.there(target)) if isinstance(target, Point) else command

    def unit_here(self, unit: UnitView) -> UnitView:
        """Return a unit seen on the stock map as one of the scenario."""
        orders = tuple(self._order_here(order) for order in unit.orders)
        return replace(unit, position=self.here(unit.position), orders=orders)

    def effect_here(self, effect: EffectView) -> EffectView:
        """Return an effect seen on the stock map as one of the scenario."""
        return replace(effect, positions=tuple(self.here(point) for point in effect.positions))

    def _order_here(self, order: OrderView) -> OrderView:
        return replace(order, target=self.here(order.target)) if isinstance(order.target, Point) else order

    def map_here(self, stock: MapView, definition: MapDefinition) -> MapView:
        """Return the part of the stock map that the scenario's map takes up, under its name."""
        left, bottom, right, top = definition.playable
        return replace(
            stock,
            name=definition.name,
            size_cells=definition.size_cells,
            playable=type(stock.playable)(left, bottom, right, top),
            start_locations=tuple(Point(*player.start) for player in definition.players if player.start),
            pathing=self._part(stock.pathing, stock.size_cells, definition.size_cells),
            terrain_height=self._part(stock.terrain_height, stock.size_cells, definition.size_cells),
        )

    def _part(self, grid: bytes, from_size: tuple[int, int], size: tuple[int, int]) -> bytes:
        """Return a part of a grid with a byte a cell; what lies outside of the stock map is 0."""
        if not grid:
            return grid
        (wide, high), (width, height) = from_size, size
        rows = []
        for y in range(self.up, self.up + height):
            row = grid[y * wide : (y + 1) * wide] if 0 <= y < high else b""
            part = bytes(max(0, -self.right)) + row[max(0, self.right) : self.right + width]
            rows.append(part.ljust(width, b"\0"))
        return b"".join(rows)


def stage_of(definition: MapDefinition) -> Stage:
    """Return the stage for a map: its middle comes to the middle of a stock map."""
    stock = load_map(WITH_BASES if definition.triggers.start.melee else WITHOUT_BASES)
    (left, bottom, right, top), (other_left, other_bottom, other_right, other_top) = definition.playable, stock.playable
    return Stage(
        stock.name, (other_left + other_right - left - right) // 2, (other_bottom + other_top - bottom - top) // 2
    )


def standard_type(definition: MapDefinition, type_id: int) -> int:
    """Return the type of the build that stands for a type that a map adds, or the type itself if it is of the build."""
    added = next((kind for kind in definition.unit_types if kind.id == type_id >= FIRST_OWN_ID), None)
    return type_id if added is None else added.unit_alias
