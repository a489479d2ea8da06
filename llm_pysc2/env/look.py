"""What a person at the screen sees in one moment: the units, what is selected, where the camera stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import cos, pi, sin
from typing import Any, NamedTuple

from llm_pysc2.world.frames import SCREEN_PX, ScreenFrame, px_middle
from llm_pysc2.world.geometry import Point

_SELF = 1
_PLACEHOLDER = 4
_PX_TRIED = 6
"""How many px of a unit are worth a click."""


class Px(NamedTuple):
    """A px, from the top left corner."""

    x: int
    y: int


@dataclass(frozen=True)
class Look:
    """One observation with the functions that PySC2 offers in it."""

    response: Any
    """`ResponseObservation`."""
    available: frozenset[int]
    """Ids of the functions that can be called."""

    @cached_property
    def units(self) -> dict[int, Any]:
        """All units by tag, as the API gives them; what stands aboard another is not among them."""
        raw = self.response.observation.raw_data.units
        return {unit.tag: unit for unit in raw if unit.display_type != _PLACEHOLDER}

    @cached_property
    def own(self) -> dict[int, Any]:
        """The player's own units by tag."""
        return {tag: unit for tag, unit in self.units.items() if unit.alliance == _SELF}

    @cached_property
    def selected(self) -> frozenset[int]:
        """Tags of the units that are selected."""
        return frozenset(tag for tag, unit in self.units.items() if unit.is_selected)

    @cached_property
    def screen(self) -> ScreenFrame:
        """What the screen shows."""
        camera = self.response.observation.raw_data.player.camera
        return ScreenFrame(Point(camera.x, camera.y))

    def px(self, place: Point) -> Px:
        """Return the px of the screen that a place lies in, on the screen or beyond it."""
        x, y = self.screen.world_to_screen(place)
        return Px(int(x // 1), int(y // 1))

    def shows(self, place: Point, edge_px: int = 1) -> bool:
        """Return whether a place is on the screen, so many px off its edge."""
        return all(edge_px <= at < SCREEN_PX - edge_px for at in self.px(place))

    def shows_all(self, tags: Iterable[int]) -> bool:
        """Return whether all of some own units are on the screen."""
        return all(self.shows(place_of(self.own[tag]), 0) for tag in tags)

    def middle(self, tags: Iterable[int]) -> Point:
        """Return the middle of what some own units occupy; where the camera stands if there are none."""
        places = [place_of(self.own[tag]) for tag in tags] or [self.screen.centre]
        xs, ys = [place.x for place in places], [place.y for place in places]
        return Point((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)

    def clear_px(self, unit: Any) -> list[Px]:
        """Return px of the screen where a click means a unit, those first over which fewer others lie."""
        others = [other for tag, other in self.units.items() if tag != unit.tag and _touch(unit, other)]
        found: dict[Px, int] = {}
        for place in _disc(unit):
            px = self.px(place)
            if px not in found and all(0 <= at < SCREEN_PX for at in px):
                middle = self.screen.screen_to_world(px_middle(Point(*px)))
                found[px] = sum(_covers(other, middle) for other in others)
        return sorted(found, key=lambda px: found[px])[:_PX_TRIED] or [self.px(place_of(unit))]

    def rectangle(self, tags: Iterable[int]) -> tuple[Px, Px] | None:
        """Return two corners that enclose the middles of some own units and touch no other, or None."""
        wanted = set(tags)
        spots = [self.px(place_of(self.units[tag])) for tag in wanted]
        low = Px(min(x for x, _ in spots), min(y for _, y in spots))
        high = Px(max(x for x, _ in spots), max(y for _, y in spots))
        left, top = self.screen.screen_to_world(Point(low.x, low.y))
        right, bottom = self.screen.screen_to_world(Point(high.x + 1, high.y + 1))
        for tag, unit in self.own.items():
            x, y = place_of(unit)
            away = Point(x - min(max(x, left), right), y - min(max(y, bottom), top))
            if tag not in wanted and away.distance_to(Point(0, 0)) <= unit.radius:
                return None
        return low, high


def place_of(unit: Any) -> Point:
    """Return where a unit is."""
    return Point(unit.pos.x, unit.pos.y)


def _touch(unit: Any, other: Any) -> bool:
    return bool(place_of(unit).distance_to(place_of(other)) < unit.radius + other.radius)


def _covers(unit: Any, place: Point) -> bool:
    return bool(place_of(unit).distance_to(place) <= unit.radius)


def _disc(unit: Any) -> Iterator[Point]:
    """Yield places of a unit, from its middle outwards."""
    x, y = place_of(unit)
    yield Point(x, y)
    for share in (0.5, 0.85):
        for step in range(8):
            angle = step * pi / 4
            yield Point(x + share * unit.radius * cos(angle), y + share * unit.radius * sin(angle))
