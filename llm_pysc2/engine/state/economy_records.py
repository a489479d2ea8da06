"""What an economy has under way: who mines where, what is being built and made, where new units go.

Values of a game's state: everything here is copied by a snapshot and hashed by a digest. Dictionaries are by tag.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

Place = tuple[float, float] | int
"""A point in cells, or the tag of a unit."""


@dataclass(frozen=True, slots=True)
class Price:
    """What something costs."""

    minerals: int = 0
    vespene: int = 0

    def share(self, fraction: float) -> "Price":
        """Return a part of it, in whole minerals and vespene.

        >>> Price(150, 25).share(0.75)
        Price(minerals=112, vespene=18)
        """
        return Price(int(self.minerals * fraction), int(self.vespene * fraction))


@dataclass(slots=True)
class Job:
    """What a worker harvests, and what it has in its hands."""

    field: int = 0
    """Tag of the mineral field or gas building that it goes back to, 0 = none."""
    kind: str = ""
    """"minerals" or "vespene" while it carries something, else empty."""
    amount: int = 0
    buff: int = 0
    """Of the API, that shows what it carries."""
    works_at: int = 0
    """Tag of the field at which it is at work, while `Units.work_until` says how long; else 0."""


@dataclass(slots=True)
class Item:
    """Something that a unit makes: a unit, an upgrade, an add-on or itself in another form."""

    ability_id: int
    price: Price
    loops: float
    """How long it takes."""
    done_loops: float = 0.0
    begun: bool = False
    """Its supply is reserved and time runs; only the first of a queue, with a reactor the first two."""
    food: float = 0.0
    """Supply that it reserves."""
    was: int = 0
    """Type of the producer before it changed itself to make this, 0 = it did not."""
    site: int = 0
    """Tag of the add-on that grows beside the producer, 0 = none."""


@dataclass(slots=True)
class Site:
    """A structure under construction, or a unit that is being warped in."""

    ability_id: int
    price: Price
    loops: float
    done_loops: float = 0.0
    builder: int = 0
    """Tag of the worker that is at it."""
    needs_builder: bool = False
    """It grows only while a worker is at it."""
    consumed: int = 0
    """Type of the worker that it was made of; it comes back when the construction is cancelled."""


@dataclass(slots=True)
class Brood:
    """The larvae of a town hall."""

    spawn_due: float
    """The loop in which the next one comes, if there are too few."""
    release_due: float = 0.0
    """The loop from which the next one may come that a Queen gave."""


@dataclass(slots=True)
class Patch:
    """The creep around one source."""

    source: str
    """Name of the kind of source in the facts."""
    column: int
    row: int
    """The cell of the source."""
    due: float
    """The loop in which it grows next."""
    grown: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a worker brought home."""

    loop: int
    player: int
    kind: str
    """"minerals" or "vespene"."""
    amount: int


@dataclass(slots=True)
class Industry:
    """All of it, for one game."""

    jobs: dict[int, Job] = field(default_factory=dict)
    contents: dict[int, int] = field(default_factory=dict)
    """What is left in a mineral field or geyser, by its tag."""
    miners: dict[int, int] = field(default_factory=dict)
    """Field or gas building -> the worker that is at work there."""
    geysers: dict[int, int] = field(default_factory=dict)
    """Gas building -> the geyser under it."""
    queues: dict[int, list[Item]] = field(default_factory=dict)
    """What a producer makes, in order; never empty."""
    sites: dict[int, Site] = field(default_factory=dict)
    builders: dict[int, int] = field(default_factory=dict)
    """Worker -> the site at which it is at work."""
    addons: dict[int, int] = field(default_factory=dict)
    """Producer -> its add-on, complete or not."""
    rallies: dict[int, dict[str, tuple[Place, ...]]] = field(default_factory=dict)
    """Producer -> "units" or "workers" -> where new ones go, one place after the other."""
    broods: dict[int, Brood] = field(default_factory=dict)
    larvae: dict[int, int] = field(default_factory=dict)
    """Larva or egg -> its town hall."""
    patches: dict[int, Patch] = field(default_factory=dict)
    """Source of creep -> how far it has grown."""
    creep_wanes_at: float = 0.0
    """The loop in which creep without a source loses its next ring, 0 = there is none."""
    deliveries: list[Delivery] = field(default_factory=list)
    """Of late, in their order."""
    consumed: set[int] = field(default_factory=set)
    """Units that leave the game in this loop because something else came of them."""

    def forget(self, tag: int) -> None:
        """Drop what is known of a unit that left the game. Builders of a site find out themselves."""
        for table in (self.jobs, self.contents, self.miners, self.geysers, self.sites, self.builders):
            table.pop(tag, None)
        for other_table in (self.queues, self.rallies, self.broods, self.larvae, self.addons):
            other_table.pop(tag, None)
        for links in (self.miners, self.addons):
            for one in [one for one, other in links.items() if other == tag]:
                del links[one]

    def copy(self) -> Self:
        """Return an independent copy; prices and places are frozen values and may be shared."""
        return type(self)(**{column.name: _copied(getattr(self, column.name)) for column in fields(self)})


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_copied(one) for one in value]
    if isinstance(value, set):
        return set(value)
    return replace(value) if isinstance(value, Job | Item | Site | Brood | Patch) else value
