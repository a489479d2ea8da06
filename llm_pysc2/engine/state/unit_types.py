"""The unit types of one game, compiled to what the systems read: rows, first values of every column, attribute masks.

Made of the facts and of the types that the map adds; constant during a game and shared by all copies of its state.
"""

from collections.abc import Iterable
from functools import cached_property
from math import ceil, radians

import numpy as np

from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.engine.state.order import Ability as Basic
from llm_pysc2.engine.state.unit_columns import Bools, Floats, Ints, quantise
from llm_pysc2.errors import UsageError
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.behaviors import Behavior, load_behaviors
from llm_pysc2.knowledge.footprints import closed_outline, load_footprints
from llm_pysc2.knowledge.units import UnitType
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_LARVA, _WARP_GATE = "Larva", "WarpGate"


class TypeTable:
    """All unit types of a game, one row each, in the order of their ids."""

    def __init__(self, types: Iterable[UnitType]) -> None:
        by_id = {unit_type.id: unit_type for unit_type in types}
        self.types: tuple[UnitType, ...] = tuple(by_id[type_id] for type_id in sorted(by_id))
        self._rows = {unit_type.id: row for row, unit_type in enumerate(self.types)}
        self._layers = _layer_bits(self.types)
        self._templates: dict[int, dict[str, float]] = {}

    def __len__(self) -> int:
        """Return the number of types."""
        return len(self.types)

    def __contains__(self, type_id: object) -> bool:
        """Return whether the game knows the type."""
        return type_id in self._rows

    def row_of(self, type_id: int) -> int:
        """Return the row of a type. Raises UsageError if the game has none of that id."""
        try:
            return self._rows[type_id]
        except KeyError:
            raise UsageError(f"no unit type with id {type_id} in this game") from None

    def by_id(self, type_id: int) -> UnitType:
        """Return the facts of a type. Raises UsageError if the game has none of that id."""
        return self.types[self.row_of(type_id)]

    def id_by_name(self, name: str) -> int | None:
        """Return the id of the type of a name, None if the game has none."""
        return self._ids.get(name)

    @cached_property
    def headcounts(self) -> Floats:
        """What one unit adds to army, its supply, workers, theirs, warp gates, larvae, shape (6, types)."""
        rows = []
        for unit_type in self.types:
            worker = "Worker" in unit_type.flags
            army = "ArmySelect" in unit_type.flags
            supply = unit_type.food_used
            named = unit_type.name == _WARP_GATE, unit_type.name == _LARVA
            rows.append((army, supply * (not worker), worker, supply * worker, *named))
        return np.array(rows, dtype=np.float64).T

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {unit_type.name: unit_type.id for unit_type in reversed(self.types)}

    @cached_property
    def on_cards(self) -> frozenset[int]:
        """Ids of all abilities that stand on some type's command card."""
        return frozenset(ability for unit_type in self.types for ability in unit_type.abilities)

    @cached_property
    def minerals(self) -> Ints:
        """Catalog costs, shape (types,)."""
        return np.array([unit_type.minerals for unit_type in self.types], dtype=np.int64)

    @cached_property
    def vespene(self) -> Ints:
        """Catalog costs, shape (types,)."""
        return np.array([unit_type.vespene for unit_type in self.types], dtype=np.int64)

    @cached_property
    def guards(self) -> dict[int, tuple[Behavior, ...]]:
        """Behaviours that types are born with and that answer damage for a cooldown, by type row; most have none."""
        table = load_behaviors()
        found = {}
        for row, unit_type in enumerate(self.types):
            own = [table[name] for name in unit_type.behaviors if name in table]
            guards = tuple(one for one in own if any("cost" in answer for answer in one.damage_response))
            if guards:
                found[row] = guards
        return found

    @cached_property
    def born(self) -> dict[int, tuple[str, ...]]:
        """Behaviours that units of a type hold from their birth, by type row; most types have none."""
        played = load_coverage().born
        found = {row: tuple(one for one in kind.behaviors if one in played) for row, kind in enumerate(self.types)}
        return {row: names for row, names in found.items() if names}

    @cached_property
    def death_effects(self) -> dict[int, str]:
        """What happens where a unit of a type was killed, by type row; nothing for most."""
        table = load_behaviors()
        found = {}
        for row, kind in enumerate(self.types):
            answers = (table[one].modification.get("death_response") for one in kind.behaviors if one in table)
            found[row] = next((answer["effect"] for answer in answers if answer), "")
        return {row: effect for row, effect in found.items() if effect}

    @cached_property
    def autocasts(self) -> dict[int, tuple[Ability, ...]]:
        """Abilities that units of a type use of their own accord, by type row. Healing has a system of its own."""
        done, table = load_coverage().done, load_abilities()
        found = {
            row: tuple(
                table[one]
                for one in kind.abilities
                if one in done and one != Basic.HEAL and "AutoCast" in table[one].flags
            )
            for row, kind in enumerate(self.types)
        }
        return {row: abilities for row, abilities in found.items() if abilities}

    @cached_property
    def hangars(self) -> dict[int, Ability]:
        """The abilities that make what types keep and launch, by type row; few types have one."""
        by_link = {ability.link: ability for ability in load_abilities().values() if ability.kind == "arm_magazine"}
        return {row: by_link[unit_type.hangar] for row, unit_type in enumerate(self.types) if unit_type.hangar}

    @cached_property
    def attack_priority(self) -> Floats:
        """What is shot at first: 20 for most units, 11 for buildings; shape (types,)."""
        return np.array([unit_type.attack_priority for unit_type in self.types], dtype=np.float64)

    @cached_property
    def sight_cells(self) -> Floats:
        """How far the types see, shape (types,)."""
        return np.array([unit_type.sight_cells for unit_type in self.types], dtype=np.float64)

    @cached_property
    def vision_height(self) -> Floats:
        """How high above their ground the types look over cliffs, cells, shape (types,)."""
        return np.array([unit_type.vision_height_cells for unit_type in self.types], dtype=np.float64)

    @cached_property
    def minimap_radius(self) -> Floats:
        """Radius of the types' marks on the minimap, cells, shape (types,)."""
        radii = [unit_type.minimap_radius_cells or unit_type.radius_cells for unit_type in self.types]
        return np.array(radii, dtype=np.float64)

    @cached_property
    def unmarked(self) -> Bools:
        """Whether the types are not on the minimap: rocks and the like, as in recorded games, shape (types,)."""
        rocks = [kind.race == "neutral" and "Structure" in kind.attributes and not kind.resource for kind in self.types]
        return np.array(rocks, dtype=np.bool_)

    @cached_property
    def detector_cells(self) -> Floats:
        """How far the types detect what is cloaked or burrowed, 0 = not at all, shape (types,)."""
        return np.array([unit_type.detector_cells for unit_type in self.types], dtype=np.float64)

    @cached_property
    def radar_cells(self) -> Floats:
        """How far the types notice units without seeing them, 0 = not at all, shape (types,)."""
        known = load_behaviors()
        reach = [
            [known[one].modification.get("radar", 0.0) for one in kind.behaviors if one in known] for kind in self.types
        ]
        return np.array([max(own, default=0.0) for own in reach])

    @cached_property
    def lasting(self) -> Bools:
        """Whether the types stay on the map out of sight, as they were last seen, shape (types,)."""
        return np.array([unit_type.fog_visibility == "Snapshot" for unit_type in self.types], dtype=np.bool_)

    @cached_property
    def created_visible(self) -> Bools:
        """Whether all players know of units of the types from their creation on, shape (types,)."""
        return self._flagged("CreateVisible")

    @cached_property
    def selectable(self) -> Bools:
        """Whether players can select units of the types, shape (types,)."""
        return ~self._flagged("Unselectable")

    @cached_property
    def targetable(self) -> Bools:
        """Whether orders can be aimed at units of the types, shape (types,)."""
        return ~self._flagged("Untargetable")

    @cached_property
    def in_army(self) -> Bools:
        """Whether the types belong to what is selected as the army, shape (types,)."""
        return self._flagged("ArmySelect")

    @cached_property
    def prevent_defeat(self) -> Bools:
        """Whether a player who has one of the types is still in a melee game: structures, shape (types,)."""
        return self._flagged("PreventDefeat")

    @cached_property
    def workers(self) -> Bools:
        """Whether the types are workers, shape (types,)."""
        return self._flagged("Worker")

    @cached_property
    def trainers(self) -> Bools:
        """Whether the types are structures that train units, shape (types,)."""
        trainers: Bools = self._able("train") & np.array([one.structure for one in self.types])
        return trainers

    def _able(self, kind: str) -> Bools:
        """Return which types have an ability of a kind, shape (types,)."""
        known = load_abilities()
        return np.array([any(known[own].kind == kind for own in one.abilities if own in known) for one in self.types])

    def named(self, name: str) -> Bools:
        """Return which types have a name, shape (types,)."""
        return np.array([unit_type.name == name for unit_type in self.types], dtype=np.bool_)

    def _flagged(self, flag: str) -> Bools:
        return np.array([flag in unit_type.flags for unit_type in self.types], dtype=np.bool_)

    @cached_property
    def flying_height(self) -> Floats:
        """How far above the ground the types are, cells, shape (types,)."""
        return np.array([unit_type.height_cells for unit_type in self.types], dtype=np.float64)

    @cached_property
    def armed(self) -> tuple[bool, ...]:
        """Whether the type has a weapon at all."""
        return tuple(bool(unit_type.weapons) for unit_type in self.types)

    @cached_property
    def is_mineral_field(self) -> Bools:
        """Whether minerals can be harvested from the types, shape (types,)."""
        return np.array([one.resource is not None and one.resource.kind == "minerals" for one in self.types])

    @cached_property
    def contact_cells(self) -> Floats:
        """How far from its middle a worker can always touch a type: as far as it blocks the ground, or its radius."""
        outlines = [closed_outline(one.footprint) for one in self.types]
        blocked = [max((max(abs(x), abs(y)) for x, y in outline), default=0.0) for outline in outlines]
        return np.array([closed or one.radius_cells for one, closed in zip(self.types, blocked, strict=True)])

    @cached_property
    def has_contents(self) -> Bools:
        """Whether the types hold minerals or vespene, shape (types,)."""
        return np.array([one.resource is not None for one in self.types])

    @cached_property
    def is_drop_off(self) -> Bools:
        """Whether workers bring what they harvest to the types, shape (types,)."""
        return np.array([one.drop_off for one in self.types])

    @cached_property
    def power_cells(self) -> Floats:
        """Radius of the types' power fields, shape (types,)."""
        return np.array([one.power_cells for one in self.types])

    @cached_property
    def fast_power_cells(self) -> Floats:
        """Radius within which the types make power fields fast ones, shape (types,)."""
        return np.array([one.fast_power_cells for one in self.types])

    @cached_property
    def needs_power(self) -> Bools:
        """Whether the types work only in a power field, shape (types,)."""
        return np.array([one.needs_power for one in self.types])

    def template(self, row: int) -> dict[str, float]:
        """Return the first values of a new unit's columns, without upgrades."""
        if row not in self._templates:
            self._templates[row] = _template(self.types[row], row, self._layers)
        return dict(self._templates[row])


def per_loop(per_game_second: float) -> float:
    """Return a rate of the catalog per game loop, on the 1/4096 grid."""
    return quantise(per_game_second / LOOPS_PER_GAME_SECOND)


def _layer_bits(types: Iterable[UnitType]) -> dict[str, int]:
    names = sorted({layer for unit_type in types for layer in unit_type.collide})
    return {name: 1 << bit for bit, name in enumerate(names)}


def _template(unit_type: UnitType, row: int, layers: dict[str, int]) -> dict[str, float]:
    return {
        "type_id": unit_type.id,
        "row": row,
        "radius": _radius_cells(unit_type),
        "structure": unit_type.structure,
        "flying": unit_type.is_flying,
        "on_ground": "Ground" in unit_type.planes,
        "in_air": "Air" in unit_type.planes,
        "cloaked": "Cloaked" in unit_type.flags,
        "burrowed": unit_type.burrowed,
        "invulnerable": "Invulnerable" in unit_type.flags,
        "cargo_slots": unit_type.cargo_slots,
        **_vital_columns(unit_type),
        **_motion_columns(unit_type, layers),
    }


def _radius_cells(unit_type: UnitType) -> float:
    """Return how far a unit reaches from its middle: by the catalog, or by its footprint if that is more.

    In all recorded observations the radius of structures is that of the footprint, rounded up to a sixteenth.
    """
    footprint = load_footprints().get(unit_type.footprint)
    rounded = ceil(footprint.radius_cells * 16) / 16 if footprint is not None else 0.0
    return max(unit_type.radius_cells, rounded)


def _vital_columns(unit_type: UnitType) -> dict[str, float]:
    return {
        "life": unit_type.life_start,
        "life_max": unit_type.life_max,
        "life_regen": per_loop(unit_type.life_regen_per_game_second),
        "shield": unit_type.shield_start,
        "shield_max": unit_type.shield_max,
        "shield_regen": per_loop(unit_type.shield_regen_per_game_second),
        "energy": unit_type.energy_start,
        "energy_max": unit_type.energy_max,
        "energy_regen": per_loop(unit_type.energy_regen_per_game_second),
        "armor": unit_type.armor,
        "shield_armor": unit_type.shield_armor,
        "heals": Basic.HEAL in unit_type.abilities,
        "autocast": Basic.HEAL in unit_type.abilities,
        "acquires": unit_type.acquire_level == "Offensive",
        "responds": unit_type.response == "Acquire" and unit_type.acquire_level != "None",
    }


def _layers_of(unit_type: UnitType, layers: dict[str, int]) -> int:
    """Return in which layers a type is in others' way as a disc: none where its footprint keeps them out.

    The disc would reach over the footprint, and close gaps that ways are found through.
    """
    return 0 if closed_outline(unit_type.footprint) else sum(layers[layer] for layer in unit_type.collide)


def _motion_columns(unit_type: UnitType, layers: dict[str, int]) -> dict[str, float]:
    loops_squared = LOOPS_PER_GAME_SECOND * LOOPS_PER_GAME_SECOND
    return {
        "speed": unit_type.speed / LOOPS_PER_GAME_SECOND if unit_type.acceleration else 0.0,
        "acceleration": unit_type.acceleration / loops_squared,
        "turn_rate": radians(unit_type.stationary_turning_deg_per_game_second) / LOOPS_PER_GAME_SECOND,
        "creep_speed": unit_type.creep_speed_multiplier,
        "inner_radius": unit_type.inner_radius_cells,
        "separation_radius": unit_type.separation_radius_cells,
        "layers": _layers_of(unit_type, layers),
        "climbs": unit_type.mover in ("Colossus", "CliffJumper"),
        "immovable": unit_type.speed == 0 or unit_type.acceleration == 0,
        "push_priority": unit_type.push_priority,
    }
