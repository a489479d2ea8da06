"""The state of a game: units as columns, one row per living unit in order of creation, and players beside them.

Nothing here knows the rules: those are `systems`.
Vitals, cooldowns and positions are multiples of 1/4096, which float64 holds and adds exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from llm_pysc2.engine.state.order import Order, OrderKind
from llm_pysc2.engine.state.score import Score

if TYPE_CHECKING:
    from llm_pysc2.engine.state.alarm import Alarm
    from llm_pysc2.engine.state.weapon_tables import Armament

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GRID = 4096
"""Steps of the game's fixed point in one unit of life, in one loop of cooldown, in one cell."""
NEVER = 1 << 40
"""A loop that no game reaches."""
FIRST_ROW, SCALAR_NEVER = np.array(0), np.array(NEVER)
"""For comparisons with whole columns: NumPy takes several times as long to compare a few rows with a plain number."""


def quantise(value: float) -> float:
    """Return the nearest multiple of 1/4096.

    >>> quantise(0.2734 / 16) * 4096
    70.0
    """
    return round(value * GRID) / GRID


@dataclass(slots=True)
class Columns:
    """What is known of each unit as numbers: arrays of shape (units,), rows in order of creation."""

    tag: Ints
    """Unique in a game, never given twice, growing with the row; replaced, never changed in place."""
    type_id: Ints
    row: Ints
    """Row of the unit's type in `TypeTable`."""
    owner: Ints
    """Player id; 0 is neutral."""
    x: Floats
    y: Floats
    """Centre in cells."""
    z: Floats
    """Height of the unit in world units, brought up to date at the end of `Game.step`."""
    facing: Floats
    """Radians, counter-clockwise from east, in [0, 2 pi)."""
    vx: Floats
    vy: Floats
    """How far the unit came by itself in the last loop, cells."""
    radius: Floats
    life: Floats
    life_max: Floats
    shield: Floats
    shield_max: Floats
    energy: Floats
    energy_max: Floats
    life_regen: Floats
    """Life that comes back per loop."""
    shield_regen: Floats
    energy_regen: Floats
    life_regen_from: Ints
    """The loop from which life comes back, pushed on by damage where the type says so."""
    shield_regen_from: Ints
    armor: Floats
    """Of life, with upgrades."""
    shield_armor: Floats
    build_progress: Floats
    traits: Ints
    """Bits of what it is, as target filters name it (`filters.TRAITS`)."""
    structure: Bools
    flying: Bools
    on_ground: Bools
    """Weapons against the ground can hit it; a Colossus is on the ground and in the air."""
    in_air: Bools
    """Weapons against air can hit it."""
    cloaked: Bools
    burrowed: Bools
    hallucination: Bools
    invulnerable: Bools
    dies_at: Ints
    """The loop in which its timed life ends."""
    aboard: Ints
    """Row of the carrier that it is a passenger of, -1 = it is on the map."""
    cargo_slots: Ints
    """How much room it has for passengers, with upgrades."""
    boarded: Ints
    """Counts up with every passenger that gets in: the order in which they come out."""

    mode: Ints
    """`OrderKind` of the order that is being carried out."""
    goal_x: Floats
    goal_y: Floats
    """Where the present order leads, cells; for a unit without orders its post, to which it returns from a chase."""
    follow: Ints
    """Row of the unit that a move order follows, or that a medivac heals by order; -1 = none."""
    arrived: Bools
    """In the last loop it came as near to its goal as it will."""
    travels: Bools
    """It has somewhere to go when it has nobody to fight: the goal of its order, or its post."""
    brakes: Bools
    """It comes to rest at its goal; false when another order is waiting."""
    returning: Bools
    """It is on the way back to its post after a chase that became too long, and looks at no enemy."""

    target: Ints
    """Row of the unit that it attacks or heals, -1 = none."""
    ordered: Bools
    """The target was named by an order: it is kept at any distance."""
    cooldown: Floats
    """Loops until the first weapon can begin another shot."""
    fire_loop: Ints
    """The loop in which the shot that has begun goes off (end of the damage point)."""
    busy_until: Ints
    """The loop in which the backswing ends; a unit does not chase before, a new order ends it."""
    scan_from: Ints
    """The loop from which it may look for targets again."""
    scan_cells: Floats
    """How far it looks for targets, edge to edge in cells."""
    fires_moving: Bools
    """Need not stop to fire."""
    fires_in_any_order: Bools
    """Fires at what comes into range while it carries out a move order (Phoenix)."""
    min_reach: Floats
    """Its weapons fire at nothing nearer than this, edge to edge in cells."""
    weapon: Ints
    """Index of the weapon whose shot has begun, or whose beam holds the target."""
    looks: Bools
    """Looks for targets under its present order."""
    beaming: Bools
    """Its beam holds the target: the next shot needs no aiming."""
    heals: Bools
    tends: Bools
    """Heals of its own accord under its present order (autocast)."""
    autocast: Bools
    """Autocast of its healing is on."""
    acquires: Bools
    """Looks for targets of its own accord when it has no orders."""
    responds: Bools
    """Turns on an enemy who hurts it, and answers calls for help."""
    turret: Bools
    """Fires to all sides without turning its body."""

    work_until: Ints
    """The loop in which what a worker does at a field, or in a gas building, is done."""
    unpowered: Bools
    """It needs a power field, and has none: it makes nothing and does not fire."""

    speed: Floats
    """Top speed in cells per loop, with upgrades and buffs."""
    acceleration: Floats
    """Cells per loop squared."""
    turn_rate: Floats
    """Radians per loop."""
    creep_speed: Floats
    """How much faster it is on creep, as a factor."""
    inner_radius: Floats
    separation_radius: Floats
    layers: Ints
    """Collision bit mask, see `movement.Bodies`."""
    climbs: Bools
    immovable: Bools
    push_priority: Ints


_KINDS: dict[Any, type] = {Floats: np.float64, Ints: np.int64, Bools: np.bool_}
_DTYPES = {column.name: _KINDS[column.type] for column in fields(Columns)}
_DEFAULTS: dict[str, float] = {
    "build_progress": 1.0,
    "dies_at": NEVER,
    "mode": OrderKind.IDLE,
    "aboard": -1,
    "follow": -1,
    "target": -1,
    "fire_loop": NEVER,
    "weapon": -1,
    "work_until": NEVER,
    "push_priority": 10,
}
"""First values of the columns that do not begin at 0."""


@dataclass(slots=True)
class Units(Columns):
    """All living units: the columns, and three lists with one entry per row."""

    orders: list[list[Order]] = field(default_factory=list)
    """What each unit is to do; the first is being carried out."""
    buffs: list[dict[int, int]] = field(default_factory=list)
    """Buff id -> loop in which it ends."""
    arms: list["Armament"] = field(default_factory=list)
    """Weapons with the owner's upgrades; shared values, never changed."""
    _rows: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Row by tag, of the column `_indexed`; derived."""
    _indexed: Ints | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def empty(cls) -> Self:
        """Return a table without rows."""
        columns: dict[str, Any] = {name: np.zeros(0, dtype=dtype) for name, dtype in _DTYPES.items()}
        return cls(**columns)

    def __len__(self) -> int:
        """Return the number of living units."""
        return len(self.tag)

    @property
    def target_tag(self) -> Ints:
        """Tags of what the units attack or heal, 0 where nothing."""
        tags = self.tag[self.target] if len(self.tag) else self.tag
        return np.where(self.target >= 0, tags, 0)

    def row_of(self, tag: int) -> int:
        """Return the row of a living unit, or -1."""
        if self._indexed is not self.tag:
            self._rows = {known: row for row, known in enumerate(self.tag.tolist())}
            self._indexed = self.tag
        return self._rows.get(tag, -1)

    def extend(self, rows: Sequence[dict[str, float]], arms: "Armament") -> None:
        """Add units at the end, all with the same weapons; columns that are not named get their defaults."""
        for name, dtype in _DTYPES.items():
            default = _DEFAULTS.get(name, 0)
            born: npt.NDArray[Any] = np.array([values.get(name, default) for values in rows], dtype=dtype)
            setattr(self, name, np.concatenate((getattr(self, name), born)))
        self.orders += [[] for _ in rows]
        self.buffs += [{} for _ in rows]
        self.arms += [arms] * len(rows)

    def joined(self, other: Self) -> Self:
        """Return a table of these units and others after them; rows that the others point at must be none."""
        columns: dict[str, Any] = {
            name: np.concatenate((getattr(self, name), getattr(other, name))) for name in _DTYPES
        }
        lists = (self.orders + other.orders, self.buffs + other.buffs, self.arms + other.arms)
        return type(self)(**columns, orders=lists[0], buffs=lists[1], arms=lists[2])

    def keep(self, mask: Bools) -> None:
        """Drop the rows where the mask of shape (units,) is false; rows that others point at are renumbered."""
        renumber, kept = np.where(mask, np.cumsum(mask) - 1, -1), mask.nonzero()[0]
        for name in _DTYPES:
            setattr(self, name, getattr(self, name)[kept])
        for name in ("target", "follow", "aboard"):
            rows = getattr(self, name)
            setattr(self, name, np.where(rows >= 0, renumber[rows], -1))
        survivors = kept.tolist()
        self.orders = [self.orders[row] for row in survivors]
        self.buffs = [self.buffs[row] for row in survivors]
        self.arms = [self.arms[row] for row in survivors]

    def copy(self) -> Self:
        """Return an independent copy; orders are frozen values and may be shared."""
        columns: dict[str, Any] = {name: getattr(self, name).copy() for name in _DTYPES}
        orders, buffs = [list(queue) for queue in self.orders], [dict(held) for held in self.buffs]
        return type(self)(**columns, orders=orders, buffs=buffs, arms=list(self.arms))


@dataclass(frozen=True, slots=True)
class ActionError:
    """An order that the game refused."""

    tag: int
    ability_id: int
    result: int
    """`ActionResult` of the API."""


@dataclass(slots=True)
class Events:
    """What happened to a player since it was last asked for."""

    dead_tags: list[int] = field(default_factory=list)
    action_errors: list[ActionError] = field(default_factory=list)
    alerts: list[int] = field(default_factory=list)
    """`Alert` numbers of the API."""

    def copy(self) -> Self:
        """Return an independent copy."""
        return type(self)(list(self.dead_tags), list(self.action_errors), list(self.alerts))


@dataclass(frozen=True, slots=True)
class PlayerSetup:
    """Who plays: what a client says when it creates and joins a game."""

    kind: str = "participant"
    """"participant" or "computer"."""
    race: str = "random"
    """"protoss", "terran", "zerg" or "random"."""
    name: str = ""
    difficulty: int = 0
    """`Difficulty` of the API, computers only."""
    ai_build: int = 0


@dataclass(slots=True)
class Cheats:
    """Switches of the debug interface that a client may set for a player."""

    god: bool = False
    """Its units take no damage."""
    free: bool = False
    food: bool = False
    cooldown: bool = False
    tech_tree: bool = False
    fast_build: bool = False
    show_map: bool = False
    control_enemy: bool = False


@dataclass(slots=True)
class Hand:
    """What a player has selected: tags, of units that may have died since."""

    selection: tuple[int, ...] = ()
    groups: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Control groups by number, 0 to 9."""

    def copy(self) -> Self:
        """Return an independent copy."""
        return type(self)(self.selection, dict(self.groups))


@dataclass(slots=True)
class Player:
    """One side of the game. Neutral (0) and hostile (15) are players without setup."""

    id: int
    race: str = "neutral"
    setup: PlayerSetup | None = None
    minerals: float = 0.0
    vespene: float = 0.0
    food_used: float = 0.0
    food_cap: float = 0.0
    upgrades: tuple[int, ...] = ()
    """Upgrade ids in the order in which they were finished."""
    result: str = ""
    """"victory", "defeat", "tie", or empty while the game goes on."""
    score: Score = field(default_factory=Score)
    events: Events = field(default_factory=Events)
    cheats: Cheats = field(default_factory=Cheats)
    camera: tuple[float, float] = (0.0, 0.0)
    """Centre of the camera in cells."""
    hand: Hand = field(default_factory=Hand)
    alarms: tuple["Alarm", ...] = ()
    """The alerts of late, and where they were."""
    start_location: tuple[float, float] | None = None
    income: float = 1.0
    """What a resource brought home counts for; above 1 for computers that cheat."""
    income_rest: float = 0.0
    """The part of a mineral that is still to come of that."""

    def take_events(self) -> Events:
        """Return what happened since this was last asked, and forget it."""
        events, self.events = self.events, Events()
        return events

    def copy(self) -> "Player":
        """Return an independent copy."""
        values: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        values["score"] = self.score.copy()
        values["events"] = self.events.copy()
        values["hand"] = self.hand.copy()
        values["cheats"] = Cheats(**{f.name: getattr(self.cheats, f.name) for f in fields(Cheats)})
        return Player(**values)
