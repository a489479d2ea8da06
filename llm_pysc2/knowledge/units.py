"""Unit types and their weapons, from `knowledge_base/facts/units.json`.

One source for the engine (what happens), the observation (what a model is told) and the API's tables.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SplashRing:
    """One ring of an area damage: the first ring that holds a unit decides its share of the damage."""

    radius_cells: float
    fraction: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One damage node of a weapon: what one shot does, `times` times."""

    effect: str
    """Catalog name, for upgrades that change it and for reports."""
    damage: float
    bonus: dict[str, float]
    """Extra damage by attribute of the target, such as {"Armored": 5}."""
    armor_factor: float
    """Share of the target's armor that counts: 1 for weapons, 0 for spells."""
    kind: str
    """"Melee", "Ranged", "Splash" or "Spell"; some behaviours protect from one kind only."""
    times: int
    period_loops: tuple[float, ...]
    """Delays between the `times` hits, cycled; empty if all fall at once."""
    delay_loops: float
    """From the shot to the first hit, beside flight time."""
    missile_speed: float | None
    """Cells per game second of a homing missile; None = instant."""
    missile_acceleration: float | None
    splash: tuple[SplashRing, ...]
    """Empty for a hit on the target alone."""
    splash_filters: str
    """Catalog filters of the area, "required;excluded" (Ground, Air, Self, Player, Ally, Structure, ...)."""
    splash_hits_centre: bool
    """Whether the target itself is in its own area."""
    splash_same_cliff: bool
    search_radius_cells: float | None
    """For sweeping weapons (Colossus, Hellion): radius of each of the areas along the sweep."""
    search_filters: str
    condition: tuple[str, ...]
    """Names of the branch this node hangs on ("IsStructure", "else", ...); empty = always."""


@dataclass(frozen=True, slots=True)
class UpgradeChange:
    """What one upgrade changes about a weapon or a unit."""

    upgrade_id: int
    subject: str
    """"unit", "weapon:NAME" or "effect:NAME"."""
    field: str
    """Catalog field: Amount, AttributeBonus[Armored], Range, Period, LifeArmor, Speed, ..."""
    operation: str
    """"Add", "Set", "Multiply" or "Subtract"."""
    value: float | str


@dataclass(frozen=True, slots=True)
class Weapon:
    """One weapon of a unit type."""

    name: str
    hits_ground: bool
    hits_air: bool
    filters: str
    """Catalog target filters, "required;excluded"."""
    range_cells: float
    """Edge to edge: between the radii of the two units."""
    range_slop_cells: float
    """Extra range within which an attack once begun goes on."""
    min_range_cells: float
    min_scan_range_cells: float
    arc_deg: float
    arc_slop_deg: float
    period_loops: float
    damage_point_loops: float
    backswing_loops: float
    random_delay_loops: tuple[int, int]
    """Least and most that is added to the period of each shot."""
    melee: bool
    hidden: bool
    """Not listed by the API."""
    enabled: bool
    fires_moving: bool
    turret: str
    effect: str
    options: frozenset[str]
    hits: tuple[Hit, ...]
    display_damage: float
    display_bonus: dict[str, float]
    display_attacks: int
    changes: tuple[UpgradeChange, ...]

    @property
    def is_instant(self) -> bool:
        """Whether no missile flies, so that nothing is ever overkilled."""
        return all(hit.missile_speed is None for hit in self.hits)


@dataclass(frozen=True, slots=True)
class UnitType:
    """One unit type of the build. Times in game loops, distances in cells, speeds in cells per game second."""

    id: int
    name: str
    """PySC2's name."""
    race: str
    """"protoss", "terran", "zerg" or "neutral"."""
    structure: bool
    attributes: frozenset[str]
    """Light, Armored, Biological, Mechanical, Psionic, Massive, Structure, Hover, Heroic, Summoned."""
    planes: frozenset[str]
    """"Ground" and "Air"; a Colossus is on both."""
    collide: frozenset[str]
    """Collision layers: units push each other apart if they share one (Ground, Colossus, Structure, Flying, ...)."""
    flags: frozenset[str]
    """Catalog flags that rules ask for: Worker, ArmySelect, Uncommandable, NoScore, Invulnerable, ..."""
    life_max: float
    life_start: float
    life_regen_per_game_second: float
    shield_max: float
    shield_start: float
    shield_regen_per_game_second: float
    shield_regen_delay_loops: float
    energy_max: float
    energy_start: float
    energy_regen_per_game_second: float
    armor: float
    shield_armor: float
    radius_cells: float
    inner_radius_cells: float
    separation_radius_cells: float
    sight_cells: float
    height_cells: float
    """How far above the ground it flies; 0 on the ground."""
    vision_height_cells: float
    speed: float
    acceleration: float
    """Cells per game second squared; 1000 = at once."""
    deceleration: float
    turning_deg_per_game_second: float
    stationary_turning_deg_per_game_second: float
    creep_speed_multiplier: float
    mover: str
    push_priority: int
    food_used: float
    food_provided: float
    cargo_size: int
    cargo_slots: int
    minerals: int
    """Catalog cost; for Zerg structures and morphs it includes what they are made from."""
    vespene: int
    attack_priority: int
    acquire_level: str
    """"Offensive", "Defensive", "Passive" or "None"."""
    response: str
    """"Acquire", "Flee" or "Nothing": what it does when hit."""
    subgroup_priority: int
    cost_category: str
    score_make: float
    score_kill: float
    footprint: str
    """Name of a footprint in facts/footprints.json, empty for units."""
    abilities: tuple[int, ...]
    """API ability ids on the command card."""
    behaviors: tuple[str, ...]
    tech_alias: tuple[int, ...]
    unit_alias: int
    weapons: tuple[Weapon, ...]
    changes: tuple[UpgradeChange, ...]
    """What upgrades change about the unit itself."""
    detector_cells: float
    """Radius within which it detects cloaked units, 0 = not a detector."""
    timed_life_loops: float
    """0 = lives until killed."""

    @property
    def is_flying(self) -> bool:
        """Whether it is in the air plane only."""
        return self.planes == frozenset({"Air"})
