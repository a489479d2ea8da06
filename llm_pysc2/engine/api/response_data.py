"""`ResponseData`: every ability, unit type, upgrade, buff and effect of the build, in full for those in use.

Made from the facts once, and kept serialized: half a megabyte that clients ask for at the start of every game.
"""

from collections.abc import Collection, Iterator
from functools import cache

from s2clientprotocol import common_pb2, data_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.game_setup import RACE_NUMBERS
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.observe.wire import nest
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.ids import AbilityId, load_ids
from llm_pysc2.knowledge.tables import load_rows, row_id
from llm_pysc2.knowledge.units import UnitType, load_units
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.knowledge.weapons import Weapon
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

_TARGETS = {
    "none": data_pb2.AbilityData.Target.Value("None"),
    "point": data_pb2.AbilityData.Point,
    "unit": data_pb2.AbilityData.Unit,
    "point_or_unit": data_pb2.AbilityData.PointOrUnit,
    "point_or_none": data_pb2.AbilityData.PointOrNone,
}

_VERBS = {
    **dict.fromkeys(("stop", "hold_fire", "cheer", "dance"), "Stop"),
    **dict.fromkeys(("turn", "scan_move"), "Move"),
    **dict.fromkeys(("attack", "attack_towards", "attack_barrage"), "Attack"),
    **dict.fromkeys(("morph", "cancel_morph"), "Morph"),
    **{kind: kind.capitalize() for kind in ("effect", "train", "build", "research")},
    "warp_in": "TrainWarp",
}
"""What friendly names begin with, where the build has none of its own for an ability."""
_UNLISTED_WAYS = ("arm_magazine", "merge")
"""Ways to make a unit that the API does not tell of."""
NOTHING = 0
_BEAM = "CanRetargetWhileChanneling"


def encode_data(map_name: str, tables: Collection[str]) -> bytes:
    """Return a serialized Response with the tables asked for, by the fields of RequestData."""
    parts = [part for name, part in _parts(map_name) if name in tables]
    return nest(sc_pb.Response.DESCRIPTOR, ("data",), b"".join(parts))


def _parts(map_name: str) -> Iterator[tuple[str, bytes]]:
    yield "ability_id", _encode_abilities()
    yield "unit_type_id", _encode_units(map_name)
    yield "upgrade_id", _encode_upgrades()
    yield "buff_id", _encode_buffs()
    yield "effect_id", _encode_effects()


@cache
def _encode_abilities() -> bytes:
    known = load_abilities()
    abilities = [
        encode_ability(ability_id, row, known.get(ability_id)) for ability_id, row in load_ids().abilities.items()
    ]
    return _serialized(sc_pb.ResponseData(abilities=abilities))


@cache
def _encode_units(map_name: str) -> bytes:
    """Return the types of the build and of one map, in the order of ids; most are names only, and not available."""
    types = {**load_units(), **{unit_type.id: unit_type for unit_type in load_map(map_name).unit_types}}
    names = load_ids().units
    units = [
        encode_unit_type(types[type_id], names.get(type_id, types[type_id].name))
        if type_id in types
        else data_pb2.UnitTypeData(unit_id=type_id, name=_name(type_id, names[type_id]), available=False)
        for type_id in sorted({*names, *types})
    ]
    return _serialized(sc_pb.ResponseData(units=units))


@cache
def _encode_upgrades() -> bytes:
    known = load_upgrades()
    upgrades = []
    for upgrade_id, name in load_ids().upgrades.items():
        row = data_pb2.UpgradeData(upgrade_id=upgrade_id, name=_name(upgrade_id, name))
        if upgrade_id in known:
            upgrade = known[upgrade_id]
            row.mineral_cost, row.vespene_cost = upgrade.minerals, upgrade.vespene
            row.research_time, row.ability_id = upgrade.loops, upgrade.ability
        upgrades.append(row)
    return _serialized(sc_pb.ResponseData(upgrades=upgrades))


@cache
def _encode_buffs() -> bytes:
    buffs = [
        data_pb2.BuffData(buff_id=buff_id, name=_name(buff_id, name)) for buff_id, name in load_ids().buffs.items()
    ]
    return _serialized(sc_pb.ResponseData(buffs=buffs))


@cache
def _encode_effects() -> bytes:
    known = load_rows("effects", row_id, dict)
    effects = []
    for effect_id, name in load_ids().effects.items():
        row = data_pb2.EffectData(effect_id=effect_id, name=_name(effect_id, name), friendly_name="", radius=0)
        if effect_id in known:
            row.friendly_name, row.radius = known[effect_id]["friendly_name"], known[effect_id]["radius_cells"]
        effects.append(row)
    return _serialized(sc_pb.ResponseData(effects=effects))


def encode_ability(ability_id: int, row: AbilityId, ability: Ability | None) -> data_pb2.AbilityData:
    """Return what the API tells about an ability; of one that no unit carries, its name and target."""
    data = data_pb2.AbilityData(
        ability_id=ability_id, link_name=row.link, link_index=row.index, available=row.available
    )
    if row.button:
        data.button_name = row.button
    if ability is None:
        data.friendly_name = row.friendly_name or _name(ability_id, f"{row.link}_{row.index}")
        data.target = data_pb2.AbilityData.Target.Value(row.target)
        return data
    data.friendly_name = _friendly_name(ability)
    data.hotkey = ability.hotkey
    data.target = _TARGETS[ability.target]
    data.allow_minimap = ability.allow_minimap
    data.allow_autocast = ability.allow_autocast
    if ability.general:
        data.remaps_to_ability_id = ability.general
    if ability.is_building:
        data.is_building = True
        data.footprint_radius = ability.footprint_radius_cells
    if ability.instant_placement:
        data.is_instant_placement = True
    if ability.cast_range_cells:
        data.cast_range = ability.cast_range_cells
    return data


def _friendly_name(ability: Ability) -> str:
    if ability.kind in ("general", "smart") or ability.name not in (ability.button, ability.link):
        return ability.name
    verb = _VERBS.get(ability.kind)
    return f"{verb} {ability.button}" if verb and ability.button else f"{ability.link}_{ability.index}"


def encode_unit_type(unit_type: UnitType, name: str) -> data_pb2.UnitTypeData:
    """Return what the API tells about a unit type, under the catalog's name; numbers as the game rounds them."""
    data = data_pb2.UnitTypeData(
        unit_id=unit_type.id,
        name=name,
        available=True,
        mineral_cost=unit_type.minerals,
        vespene_cost=unit_type.vespene,
        race=RACE_NUMBERS.get(unit_type.race, common_pb2.NoRace),
        sight_range=unit_type.sight_cells,
        movement_speed=quantise(unit_type.speed),
        armor=unit_type.armor,
        tech_alias=unit_type.tech_alias,
        attributes=sorted(data_pb2.Attribute.Value(attribute) for attribute in unit_type.attributes),
        weapons=[_encode_weapon(weapon) for weapon in unit_type.weapons if _is_listed(weapon)],
    )
    if unit_type.food_used:
        data.food_required = unit_type.food_used
    else:
        data.food_provided = unit_type.food_provided
    if unit_type.cargo_size:
        data.cargo_size = unit_type.cargo_size
    if unit_type.unit_alias:
        data.unit_alias = unit_type.unit_alias
    _add_making(data, unit_type)
    if unit_type.resource is not None:
        data.has_minerals = unit_type.resource.kind == "minerals"
        data.has_vespene = unit_type.resource.kind == "vespene"
    return data


def _add_making(data: data_pb2.UnitTypeData, unit_type: UnitType) -> None:
    if unit_type.made_by and _way(unit_type) not in _UNLISTED_WAYS:
        data.ability_id = unit_type.made_by
        data.build_time = quantise(unit_type.build_loops)
    if unit_type.tech_requirement:
        data.tech_requirement = unit_type.tech_requirement
        data.require_attached = unit_type.require_attached


def _way(unit_type: UnitType) -> str:
    """Return the kind of ability that makes a unit type."""
    ability = load_abilities().get(unit_type.made_by)
    return ability.kind if ability else ""


def _is_listed(weapon: Weapon) -> bool:
    """Return whether the API lists a weapon: it leaves out the hidden ones, and beams (Sentry, Void Ray)."""
    return weapon.enabled and not weapon.hidden and _BEAM not in weapon.options


def _encode_weapon(weapon: Weapon) -> data_pb2.Weapon:
    kinds = {(True, True): data_pb2.Weapon.Any, (True, False): data_pb2.Weapon.Ground}
    bonus = sorted((data_pb2.Attribute.Value(name), amount) for name, amount in weapon.display_bonus.items())
    return data_pb2.Weapon(
        type=kinds.get((weapon.hits_ground, weapon.hits_air), data_pb2.Weapon.Air),
        damage=weapon.display_damage,
        damage_bonus=[data_pb2.DamageBonus(attribute=number, bonus=amount) for number, amount in bonus],
        attacks=weapon.display_attacks,
        range=quantise(weapon.range_cells),
        speed=quantise(weapon.period_loops / LOOPS_PER_GAME_SECOND),
    )


def _name(entry_id: int, name: str) -> str:
    """Return the name as the API gives it: entry 0 of each table stands for nothing."""
    return "" if entry_id == NOTHING else name


def _serialized(message: sc_pb.ResponseData) -> bytes:
    content: bytes = message.SerializeToString()
    return content
