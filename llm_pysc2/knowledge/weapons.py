"""Weapons of unit types: what one shot does, how far, how often. Part of `knowledge_base/facts/units.json`."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SplashRing:
    """One ring of an area damage: the first ring that holds a unit decides its share of the damage."""

    radius_cells: float
    fraction: float
    arc_deg: float = 360.0
    """Width of the sector in front of the attacker that the ring covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One damage node of a weapon: what one shot does, `times` times."""

    effect: str
    """Catalog name, for upgrades that change it and for reports."""
    damage: float
    bonus: dict[str, float] = field(default_factory=dict)
    """Extra damage by attribute of the target, such as {"Armored": 5}."""
    armor_factor: float = 1.0
    """Share of the target's armor that counts: 1 for weapons, 0 for spells."""
    kind: str = "Ranged"
    """"Melee", "Ranged", "Splash" or "Spell"; some behaviours protect from one kind only."""
    times: int = 1
    period_loops: tuple[float, ...] = ()
    """Wait before each of the `times` hits, cycled: (0, 4.48) hits at 0 and at 4.48; empty if all fall at once."""
    delay_loops: float = 0.0
    """From the shot to the start of the above, beside flight time."""
    missile_speed: float | None = None
    """Cells per game second of a homing missile, when it is at full speed; None = instant."""
    missile_acceleration: float | None = None
    """Cells per game second squared; None = at full speed at once, and 3200 is as good as that."""
    missile_start_speed: float = 0.0
    """Cells per game second at launch."""
    splash: tuple[SplashRing, ...] = ()
    """Inner to outer; empty for a hit on the target alone."""
    splash_filters: str = ""
    """Catalog filters of the area, "required;excluded" (Ground, Air, Self, Player, Ally, Structure, ...)."""
    splash_hits_centre: bool = False
    """Whether the target itself is in its own area; False = it takes the direct damage only."""
    splash_same_cliff: bool = False
    splash_origin: str = "target"
    """Centre of the area: "target", or "caster" (Baneling: then nobody is hit but by the area)."""
    search_radius_cells: float | None = None
    """For sweeps and bounces: radius of each area whose units are hit, instead of the target."""
    search_filters: str = ""
    search_arc_deg: float = 360.0
    search_max_count: int = 0
    """How many units each area hits at most, nearest first; 0 = all."""
    search_excludes_target: bool = False
    search_origin: str = "target"
    """What the areas are around: "target", "caster", or "previous" (Mutalisk: the unit the missile hit before)."""
    search_flags: frozenset[str] = frozenset()
    """Catalog flags: ExtendByUnitRadius, OffsetByUnitRadius, SameCliff (on unless the catalog says no)."""
    sweep_cells: tuple[tuple[float, float], ...] = ()
    """Centre of the area of each of the `times` hits, (right, forward) of `search_origin`, seen from the caster."""
    once_per_unit: bool = False
    """Whether a unit that stands in several areas of one sweep is hit once only."""
    also: tuple[str, ...] = ()
    """Names of effects that fall on who is hit, beside the damage."""
    condition: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Weapon:
    """One weapon of a unit type."""

    name: str
    hits_ground: bool = True
    hits_air: bool = False
    filters: str = "Ground,Visible;Missile,Stasis,Dead,Hidden,Invulnerable"
    """Catalog target filters, "required;excluded"."""
    range_cells: float
    """Edge to edge: between the radii of the two units."""
    range_slop_cells: float = 1.0
    """Extra range within which an attack once begun goes on."""
    min_range_cells: float = 0.0
    min_scan_range_cells: float = 5.0
    arc_deg: float = 0.0
    arc_slop_deg: float = 11.25
    period_loops: float
    damage_point_loops: float = 2.672
    backswing_loops: float = 8.0
    random_delay_loops: tuple[int, int] = (-1, 2)
    """Least and most that is added to the period of each shot."""
    melee: bool = False
    hidden: bool = False
    """Not listed by the API."""
    enabled: bool = True
    """Whether it works from birth; an ability or an upgrade switches the others on."""
    allowed_movement: str = "None"
    """What the unit may do while it fires: "None", "Slowing" or "Moving"."""
    beam: bool = False
    """Whether it holds the target and hits every period without aiming anew (Sentry, Void Ray, Oracle)."""
    kills_caster: bool = False
    """Whether the shot is the end of who fires it."""
    turret: str = ""
    effect: str = ""
    options: frozenset[str] = frozenset({"OnlyFireAtAttackOrderTarget", "OnlyFireWhileInAttackOrder"})
    acquire_prioritization: str = ""
    """How to choose among equal targets: "" (nearest), "ByAngle" or "ByDistanceFromTarget"."""
    hits: tuple[Hit, ...] = ()
    display_damage: float = 0.0
    display_bonus: dict[str, float] = field(default_factory=dict)
    display_attacks: int = 1
    changes: tuple[UpgradeChange, ...] = ()

    @property
    def is_instant(self) -> bool:
        """Whether no missile flies, so that nothing is ever overkilled."""
        return all(hit.missile_speed is None for hit in self.hits)

    @property
    def fires_moving(self) -> bool:
        """Whether it fires while the unit goes on moving."""
        return self.allowed_movement == "Moving"


def decode_changes(rows: list[list[Any]]) -> tuple[UpgradeChange, ...]:
    """Return changes from rows [upgrade ids, subject, field, operation, value], one for each id.

    >>> decode_changes([[[39, 40], "unit", "LifeArmor", "Add", 1]])[1].upgrade_id
    40
    """
    return tuple(
        UpgradeChange(upgrade, subject, changed, operation, value)
        for upgrades, subject, changed, operation, value in rows
        for upgrade in upgrades
    )


def decode_hit(row: dict[str, Any]) -> Hit:
    """Return a hit from its JSON object. Raises TypeError for an unknown key."""
    fields = dict(row)
    for key in ("period_loops", "condition", "also"):
        if key in fields:
            fields[key] = tuple(fields[key])
    if "splash" in fields:
        fields["splash"] = tuple(SplashRing(*ring) for ring in fields["splash"])
    if "sweep_cells" in fields:
        fields["sweep_cells"] = tuple((right, forward) for right, forward in fields["sweep_cells"])
    if "search_flags" in fields:
        fields["search_flags"] = frozenset(fields["search_flags"])
    return Hit(**fields)


def decode_weapon(row: dict[str, Any]) -> Weapon:
    """Return a weapon from its JSON object. Raises TypeError for an unknown key."""
    fields = dict(row)
    fields["hits"] = tuple(decode_hit(hit) for hit in fields.get("hits", ()))
    fields["changes"] = decode_changes(fields.get("changes", []))
    if "options" in fields:
        fields["options"] = frozenset(fields["options"])
    if "random_delay_loops" in fields:
        least, most = fields["random_delay_loops"]
        fields["random_delay_loops"] = (least, most)
    return Weapon(**fields)
