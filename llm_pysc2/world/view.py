"""What one player sees at one game loop: typed, exact, independent of PySC2 and of language."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from llm_pysc2.world.geometry import Point, Rect


class Alliance(StrEnum):
    """Whose a unit is, as seen by the player."""

    SELF = "self"
    ALLY = "ally"
    NEUTRAL = "neutral"
    ENEMY = "enemy"


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order of a unit; the first of a unit's orders is the one being carried out."""

    ability_id: int
    target: Point | int | None = None
    progress: float = 0.0
    """Share of the work done, 0 to 1, for production and research."""


@dataclass(frozen=True, slots=True)
class UnitView:
    """One unit as the API shows it to the player."""

    tag: int
    type_id: int
    """The game's own number of the type; maps may add types of their own above the catalog."""
    type_name: str
    """Name by which facts are found, "Stalker" also for a map's own variant of it."""
    alliance: Alliance
    owner: int
    position: Point
    facing_radians: float = 0.0
    radius_cells: float = 0.0
    health: float = 0.0
    health_max: float = 0.0
    shield: float = 0.0
    shield_max: float = 0.0
    energy: float = 0.0
    energy_max: float = 0.0
    build_progress: float = 1.0
    weapon_cooldown_loops: float = 0.0
    orders: tuple[OrderView, ...] = ()
    buff_ids: tuple[int, ...] = ()
    passenger_tags: tuple[int, ...] = ()
    cargo_used: int = 0
    cargo_max: int = 0
    engaged_tag: int = 0
    """Tag of the unit it is attacking, 0 if none."""
    attack_upgrade_level: int = 0
    armor_upgrade_level: int = 0
    shield_upgrade_level: int = 0
    is_flying: bool = False
    is_burrowed: bool = False
    is_hallucination: bool = False
    is_cloaked: bool = False
    is_active: bool = False
    is_powered: bool = False
    is_snapshot: bool = False
    """Seen before, not now: the values are those of the last sight."""
    assigned_harvesters: int = 0
    ideal_harvesters: int = 0
    mineral_contents: int = 0
    vespene_contents: int = 0
    add_on_tag: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether it has finished building."""
        return self.build_progress >= 1.0

    def distance_to(self, other: "UnitView | Point") -> float:
        """Return the distance between centres in cells."""
        return self.position.distance_to(other if isinstance(other, Point) else other.position)


@dataclass(frozen=True, slots=True)
class EffectView:
    """A lasting effect on the ground, such as a storm."""

    effect_id: int
    positions: tuple[Point, ...]
    radius_cells: float
    owner: int
    alliance: Alliance


@dataclass(frozen=True, slots=True)
class ResourcesView:
    """What the player owns beside units."""

    minerals: int = 0
    vespene: int = 0
    supply_used: int = 0
    supply_cap: int = 0
    supply_army: int = 0
    supply_workers: int = 0
    idle_workers: int = 0
    army_count: int = 0
    warp_gates: int = 0
    larva: int = 0


@dataclass(frozen=True, slots=True)
class ScoreView:
    """The running totals of the game's score that our scores use (SC2 API `ScoreDetails`)."""

    killed_minerals: float = 0.0
    killed_vespene: float = 0.0
    lost_minerals: float = 0.0
    lost_vespene: float = 0.0
    damage_dealt: float = 0.0
    """Life and shields together."""
    damage_taken: float = 0.0
    healed: float = 0.0


@dataclass(frozen=True, slots=True)
class MapView:
    """What does not change during a game."""

    name: str
    size_cells: tuple[int, int]
    """Width and height."""
    playable: Rect
    start_locations: tuple[Point, ...] = ()
    pathing: bytes = b""
    """One byte a cell, 1 = walkable, row 0 at the bottom (y = 0), `width * height` bytes."""
    terrain_height: bytes = b""
    """One byte a cell in the API's encoding, world z = byte / 255 * 32 - 16, same order as `pathing`."""


@dataclass(frozen=True, slots=True)
class ActionErrorView:
    """An order that the game refused."""

    unit_tag: int
    ability_id: int
    code: int
    """`sc2api` ActionResult."""


@dataclass(frozen=True, slots=True)
class RasterView:
    """A picture that the game itself has drawn."""

    name: str
    """Of a feature layer, such as "unit_type"; "rgb" for what a person would see."""
    size_px: tuple[int, int]
    """Width and height."""
    bits_per_pixel: int
    """1, 8 or 32 of a feature layer, 24 of RGB."""
    data: bytes
    """Pixels as in the API: row by row, row 0 at the top; of 1 bit the highest of a byte first."""


@dataclass(frozen=True, slots=True)
class CameraView:
    """What the game draws for a player who asked for it: around the one camera there is, and the minimap."""

    centre: Point
    """Where the camera looks at."""
    screen: tuple[RasterView, ...] = ()
    minimap: tuple[RasterView, ...] = ()


@dataclass(frozen=True)
class WorldView:
    """Everything one player sees at one game loop. Units are in the game's own, stable order.

    Without slots, so that what many agents ask of the same view is found out once.
    """

    game_loop: int
    player_id: int
    map: MapView
    units: tuple[UnitView, ...]
    resources: ResourcesView = ResourcesView()
    score: ScoreView = ScoreView()
    effects: tuple[EffectView, ...] = ()
    upgrade_ids: tuple[int, ...] = ()
    dead_tags: tuple[int, ...] = ()
    """Units that died since the last observation."""
    action_errors: tuple[ActionErrorView, ...] = ()
    available_abilities: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Ability ids by own unit tag, as the game answers to RequestQueryAvailableAbilities; empty if not asked."""
    camera: CameraView | None = None
    """Feature layers and RGB; None where they were not asked for."""
    result: str = ""
    """The game's own result for this player: "victory", "defeat", "tie", or empty while it goes on."""

    @cached_property
    def by_tag(self) -> dict[int, UnitView]:
        """All units by tag."""
        return {unit.tag: unit for unit in self.units}

    @cached_property
    def type_names(self) -> dict[str, None]:
        """The types of all units, each once, in the order of the units."""
        return dict.fromkeys(unit.type_name for unit in self.units)

    @cached_property
    def own(self) -> tuple[UnitView, ...]:
        """The player's own units."""
        return tuple(unit for unit in self.units if unit.alliance is Alliance.SELF)

    @cached_property
    def enemies(self) -> tuple[UnitView, ...]:
        """The enemy units in sight."""
        return tuple(unit for unit in self.units if unit.alliance is Alliance.ENEMY)

    @cached_property
    def _from_left(self) -> tuple[list[float], list[int]]:
        """Where the units stand from left to right: x, and number in `units`."""
        ranked = sorted((unit.position[0], number) for number, unit in enumerate(self.units))
        return [x for x, _ in ranked], [number for _, number in ranked]

    def within(self, area: Rect) -> list[UnitView]:
        """Return the units whose middle is in a rectangle or on its border, in order."""
        left, bottom, right, top = area
        places, numbers = self._from_left
        found = sorted(numbers[bisect_left(places, left) : bisect_right(places, right)])
        return [unit for unit in map(self.units.__getitem__, found) if bottom <= unit.position[1] <= top]

    def unit(self, tag: int) -> UnitView | None:
        """Return the unit with this tag, or None if it is not seen."""
        return self.by_tag.get(tag)
