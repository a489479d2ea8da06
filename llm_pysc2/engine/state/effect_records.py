"""What spells have under way: who cast what on whom, what lasts on units, what goes on at places, what flies.

Values of a game's state: everything here is copied by a snapshot and hashed by a digest.
"""

from dataclasses import dataclass, field, replace
from typing import Self

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cast:
    """Where a step of an effect tree stands: who caused it, and what it aims at. Steps hand on changed copies."""

    caster_tag: int
    """The unit whose ability or behaviour began it."""
    owner: int
    """Player id of the caster when it cast."""
    source_tag: int
    """The unit this step comes from: the caster, or the unit that holds a behaviour."""
    origin: Point
    """Where the caster stood when it cast, cells."""
    target_tag: int = 0
    """The unit it aims at, 0 = the point only."""
    point: Point = (0.0, 0.0)
    """The point it aims at, cells: for a unit where it was when it was aimed at."""
    effect: str = ""
    """Name of the effect that runs with it, by which later steps refer to it."""
    parent: "Cast | None" = field(default=None, repr=False)
    """The step before."""

    def aimed(self, target_tag: int, point: Point) -> "Cast":
        """Return the same cast aimed at something else."""
        return replace(self, target_tag=target_tag, point=point)

    def step(self, effect: str) -> "Cast":
        """Return the cast as the step of that name sees it."""
        return replace(self, effect=effect, parent=self)

    def child(self, target_tag: int, point: Point) -> "Cast":
        """Return a cast that comes from this step and aims at something else; the step's own aim is remembered."""
        return replace(self, target_tag=target_tag, point=point, effect="", parent=self)

    def remembered(self, effect: str) -> "Cast":
        """Return the nearest step of a name before this one; this one itself where there is none."""
        found: Cast | None = self
        while found is not None:
            if found.effect == effect:
                return found
            found = found.parent
        return self


@dataclass(slots=True, eq=False)
class Held:
    """A behaviour on a unit."""

    name: str
    cast: Cast
    """Aimed at the unit that holds it."""
    ends_loop: float
    """Game loop on the grid of 1/4096; NEVER = until it is removed."""
    period_due: float
    """When its periodic effect comes next."""
    stacks: int = 1
    channelled: bool = False
    """It ends with the channel of its caster."""
    disabled: bool = False
    """It changes nothing about the unit for now."""
    absorbed: float = 0.0
    """Damage it has taken on itself so far."""
    former_owner: int = -1
    """Whose the unit was before, where the behaviour takes it over."""


@dataclass(slots=True, eq=False)
class Persistent:
    """An effect that goes on for some time at a place or a unit."""

    name: str
    cast: Cast
    due: float
    """When its next period is over, or its last delay."""
    periods: int = 0
    """How many are over."""
    channelled: bool = False
    expiring: bool = False
    """Its periods are over and only the delay before the end is left."""
    started_loop: int = 0


@dataclass(slots=True, eq=False)
class SpellMissile:
    """A missile of a spell: after a unit, or to a point."""

    name: str
    cast: Cast
    x: float
    y: float
    """Cells."""
    speed_cells_per_loop: float
    channelled: bool = False


@dataclass(slots=True, eq=False)
class Casting:
    """What a unit does that carries out an ability."""

    stage: str = "approach"
    """"approach", "prepare", "channel", "outro", "finish" or "morph"."""
    until: float = 0.0
    """The loop in which the stage ends."""
    phase: int = 0
    """Which step of a morph it is in."""


@dataclass(slots=True, eq=False)
class Hangar:
    """What a unit keeps and launches: interceptors of a Carrier, broodlings of a Brood Lord."""

    members: list[int]
    """Tags, whether inside or out."""
    ordered: int = 0
    """How many are to be made by hand."""
    ready_loop: float = 0.0
    """When the one in the making is done; 0 = none is."""
    launch_loop: float = 0.0
    """From when the next may leave."""
    automatic: bool = True
    """Lost ones are made anew (autocast)."""


@dataclass(slots=True)
class Spells:
    """All of it, for one game. Dictionaries are by tag; readers sort the tags, which is the order of rows."""

    held: dict[int, list[Held]] = field(default_factory=dict)
    cooldowns: dict[int, dict[str, float]] = field(default_factory=dict)
    """Tag, or minus the id of the player whose units share it -> name of the cooldown -> loop in which it is over."""
    persistents: list[Persistent] = field(default_factory=list)
    missiles: list[SpellMissile] = field(default_factory=list)
    casting: dict[int, Casting] = field(default_factory=dict)
    hangars: dict[int, Hangar] = field(default_factory=dict)
    switched: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Tag -> ids of the abilities whose autocast is not as it is from the beginning."""
    newborn: list[int] = field(default_factory=list)
    """Tags of units that have still to get what their types are born with."""
    broken: list[int] = field(default_factory=list)
    """Tags of units whose ability was cut off by another order in this loop."""
    pending: list[tuple[str, Cast]] = field(default_factory=list)
    """Effects that damage has caused, to happen at the end of the shots of this loop."""

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not (self.held or self.persistents or self.missiles or self.casting or self.pending or self.broken)

    def has(self, tag: int, behavior: str) -> bool:
        """Return whether a unit holds a behaviour."""
        return any(held.name == behavior for held in self.held.get(tag, ()))

    def channels(self, tag: int) -> bool:
        """Return whether a unit keeps something up by channelling."""
        going_on = any(one.channelled and one.cast.caster_tag == tag for one in self.persistents)
        return going_on or any(one.channelled and one.cast.caster_tag == tag for one in self.missiles)

    def drop(self, tag: int, held: Held) -> None:
        """Take a behaviour off a unit without anything that follows from its end."""
        self.held[tag].remove(held)
        if not self.held[tag]:
            del self.held[tag]

    def forget(self, tag: int) -> None:
        """Drop what is known of a unit that left the game."""
        self.held.pop(tag, None)
        self.cooldowns.pop(tag, None)
        self.hangars.pop(tag, None)
        self.switched.pop(tag, None)
        if self.casting.pop(tag, None) is not None:
            self.broken.append(tag)

    def copy(self) -> Self:
        """Return an independent copy; casts are frozen values and may be shared."""
        return type(self)(
            held={tag: [replace(one) for one in all_held] for tag, all_held in self.held.items()},
            cooldowns={tag: dict(waits) for tag, waits in self.cooldowns.items()},
            persistents=[replace(one) for one in self.persistents],
            missiles=[replace(one) for one in self.missiles],
            casting={tag: replace(one) for tag, one in self.casting.items()},
            hangars={tag: replace(one, members=list(one.members)) for tag, one in self.hangars.items()},
            switched=dict(self.switched),
            newborn=list(self.newborn),
            broken=list(self.broken),
            pending=list(self.pending),
        )
