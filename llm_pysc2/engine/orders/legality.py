"""Whether a unit may use an ability now, on that target: answered with the game's own code for what is wrong."""

from collections.abc import Mapping, Sequence
from math import hypot

from llm_pysc2.engine.behaviors import modifiers, vision
from llm_pysc2.engine.behaviors.conditions import holds, relation
from llm_pysc2.engine.behaviors.places import make_cast
from llm_pysc2.engine.behaviors.requirements import is_met
from llm_pysc2.engine.cargo import passengers, transport
from llm_pysc2.engine.combat import hangars
from llm_pysc2.engine.economy import creep, placement
from llm_pysc2.engine.effects import area, relocate
from llm_pysc2.engine.maps.filters import TRAITS, Relation, trait
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import TRANSPORT_KINDS, cooldown_name
from llm_pysc2.engine.units.aboard import passengers_of
from llm_pysc2.knowledge.abilities import Ability
from llm_pysc2.knowledge.effects import EnumArea, Teleport, Unknown

Target = tuple[float, float] | int | None

_MISSING: Mapping[str, Result] = {
    "Biological": Result.MUST_TARGET_BIOLOGICAL_UNITS,
    "Mechanical": Result.MUST_TARGET_MECHANICAL_UNITS,
    "Structure": Result.MUST_TARGET_STRUCTURES,
    "Air": Result.MUST_TARGET_AIR_UNITS,
    "Ground": Result.MUST_TARGET_GROUND_UNITS,
    "HasEnergy": Result.MUST_TARGET_UNIT_WITH_ENERGY,
    "CanHaveEnergy": Result.MUST_TARGET_ENERGY_CAPABLE_UNITS,
    "Massive": Result.MUST_TARGET_MASSIVE_UNITS,
    "Enemy": Result.MUST_TARGET_ENEMY_UNITS,
    "Player": Result.MUST_TARGET_YOUR_OWN_UNITS,
}
"""What is answered where a target lacks what the filters require; other names: that unit cannot be targeted."""

_UNWANTED: Mapping[str, Result] = {
    "Biological": Result.CANT_TARGET_BIOLOGICAL_UNITS,
    "Structure": Result.CANT_TARGET_STRUCTURES,
    "Massive": Result.CANT_TARGET_MASSIVE_UNITS,
    "Heroic": Result.CANT_TARGET_HEROIC_UNITS,
    "Air": Result.CANT_TARGET_AIR_UNITS,
    "Ground": Result.CANT_TARGET_GROUND_UNITS,
    "Invulnerable": Result.CANT_TARGET_INVULNERABLE_UNITS,
    "Hallucination": Result.CANT_TARGET_HALLUCINATIONS,
    "Enemy": Result.CANT_TARGET_ENEMY_UNITS,
    "Player": Result.CANT_TARGET_YOUR_OWN_UNITS,
    "Neutral": Result.CANT_TARGET_NEUTRAL_UNITS,
    "Stasis": Result.CANT_TARGET_UNITS_IN_A_STASIS_FIELD,
    "UnderConstruction": Result.CANT_TARGET_UNDER_CONSTRUCTION_UNITS,
    "Hidden": Result.CANT_TARGET_HIDDEN_UNITS,
}
"""What is answered where a target is what the filters exclude."""
_RELATIONS = {"Self": Relation.SELF, "Player": Relation.PLAYER, "Neutral": Relation.NEUTRAL, "Enemy": Relation.ENEMY}


def find(match: Match, row: int, ability_id: int) -> Ability | None:
    """Return the ability of a unit (row) that an id means, None if it has none that is carried out here."""
    card = match.types.types[int(match.units.row[row])].abilities
    ability = match.book(int(match.units.owner[row])).specific(card, ability_id)
    return ability if ability is not None and is_carried_out(match, ability) else None


def card(match: Match, row: int) -> list[Ability]:
    """Return the abilities on the command card of a unit (row) that the game plays."""
    own = match.types.types[int(match.units.row[row])].abilities
    known = match.book(int(match.units.owner[row])).abilities
    return [known[one] for one in own if one in known]


def find_redirects(match: Match, row: int, ability_id: int) -> Sequence[Ability]:
    """Return the abilities by which a unit (row) hands orders of an id on to its passengers, none for most units."""
    unit_type = match.types.types[int(match.units.row[row])]
    if not unit_type.cargo_behavior:
        return ()
    table = match.spellbook.abilities
    own = (table[ability] for ability in unit_type.abilities if ability in table)
    return [one for one in own if one.kind in _REDIRECTS and ability_id in (one.id, one.general)]


def redirected(match: Match, row: int, redirects: Sequence[Ability]) -> int | None:
    """Return the id of a passenger's (row) own ability that an order handed on means; None if it has none."""
    links = {one.link.removesuffix("Redirect").lower() for one in redirects}
    table = match.spellbook.abilities
    card = match.types.types[int(match.units.row[row])].abilities
    return next((own for own in card if own in table and table[own].link.lower() in links), None)


_REDIRECTS = ("redirect_target", "redirect_instant")


def is_carried_out(match: Match, ability: Ability) -> bool:
    """Return whether the engine can do what an ability does; morphs that cost resources belong to production."""
    if ability.kind == "morph":
        free = not (ability.minerals or ability.vespene or ability.costs_by_source)
        return free and ability.target in ("none", "point") and "Produce" not in ability.flags and bool(ability.phases)
    effects = match.spellbook.effects
    return ability.kind != "effect" or any(
        name in effects and not isinstance(effects[name], Unknown) for name in ability.effects
    )


def check_unit(match: Match, row: int, ability: Ability, *, queued: bool = False) -> Result:
    """Return why a unit cannot use an ability at all now, or SUCCESS."""
    units, tag = match.units, int(match.units.tag[row])
    player = match.players[int(units.owner[row])]
    if ability.kind == "arm_magazine":
        return hangars.check(match, row, ability)
    if not all(is_met(match, row, need) for need in ability.needs) and not player.cheats.tech_tree:
        return Result.TECH_REQUIREMENTS_NOT_MET
    if units.hallucination[row] or not modifiers.lets_use(match, tag, ability):
        return Result.ERROR
    answer = _check_mode(match, row, ability)
    if answer is not Result.SUCCESS:
        return answer
    if not player.cheats.free and units.energy[row] < ability.energy:
        return Result.NOT_ENOUGH_ENERGY
    if ability.life and units.life[row] <= ability.life:
        return Result.NOT_ENOUGH_LIFE
    if ready_loop(match, row, ability) > match.loop and not queued and not player.cheats.cooldown:
        return Result.COOLDOWN
    return _check_cargo(match, row, ability)


def _check_mode(match: Match, row: int, ability: Ability) -> Result:
    """Return why a unit (row) that is at something else cannot change its mode, or be taken apart, or SUCCESS.

    What is channelled can only be cancelled while it is.
    """
    if ability.kind == "cancel_effect" and not match.spells.channels(int(match.units.tag[row])):
        return Result.CANT_FIND_CANCEL_ORDER
    if ability.kind == "morph" and int(match.units.tag[row]) in match.industry.queues:
        return Result.NOT_WHILE_OCCUPIED
    if ability.link == _CREEP and creep.is_source(match, row, ability.behaviors[0]) == (ability.kind == "behavior_on"):
        return Result.ERROR
    if ability.link == _SALVAGE and ability.kind == "behavior_on" and passengers_of(match, row):
        return Result.NOT_WHILE_OCCUPIED
    return Result.SUCCESS


_SALVAGE, _CREEP = "SalvageShared", "GenerateCreep"
REPAIR = 3685
"""General id of the abilities that repair."""


def _check_repair(match: Match, tag: int) -> Result:
    """Return whether the unit with a tag can be repaired, and needs it."""
    units, other = match.units, match.units.row_of(tag)
    mends = match.types.types[int(units.row[other])].repair_loops > 0 and units.life[other] < units.life_max[other]
    return Result.SUCCESS if mends else Result.REQUIRES_REPAIR_TARGET


def _check_cargo(match: Match, row: int, ability: Ability) -> Result:
    """Return why a carrier has nothing to let out, or no room, or SUCCESS."""
    if ability.kind not in TRANSPORT_KINDS:
        return Result.SUCCESS
    if ability.kind.startswith("unload"):
        return Result.SUCCESS if passengers_of(match, row) else Result.NO_CARGO_TO_UNLOAD
    has_room = passengers.space_taken(match, row) < match.units.cargo_slots[row]
    return Result.SUCCESS if has_room else Result.NOT_ENOUGH_ROOM_TO_LOAD_UNIT


def check_target(match: Match, row: int, ability: Ability, target: Target) -> Result:
    """Return why an ability cannot be aimed at that, or SUCCESS."""
    kind = ability.target
    if kind == "none" or (kind == "point_or_none" and target is None):
        answer = Result.SUCCESS
    elif isinstance(target, int):
        answer = Result.MUST_TARGET_VISIBLE_LOCATION if kind == "point" else _check_aim(match, row, ability, target)
    elif target is None or kind == "unit":
        answer = Result.MUST_TARGET_UNIT
    else:
        width, height = match.map.size_cells
        on_map = 0 <= target[0] < width and 0 <= target[1] < height
        answer = Result.SUCCESS if on_map else Result.MUST_TARGET_VISIBLE_LOCATION
    return _check_deed(match, row, ability, target) if answer is Result.SUCCESS else answer


def _check_deed(match: Match, row: int, ability: Ability, target: Target) -> Result:
    """Return why what an ability does would come to nothing there, or SUCCESS."""
    answer = Result.SUCCESS
    if ability.kind in TRANSPORT_KINDS:
        answer = transport.check(match, row, ability, target)
    elif isinstance(target, int) and ability.general == REPAIR:
        answer = _check_repair(match, target)
    elif isinstance(target, tuple) and ability.kind == "morph":
        answer = placement.check_landing(match, row, match.types.by_id(ability.unit), target)
    elif isinstance(target, tuple) and ability.kind == "effect" and ability.unit:
        answer = _check_site(match, row, ability, target)
    if answer is Result.SUCCESS and not _roots_hold(match, row, ability, target):
        return Result.CANT_TARGET_THAT_UNIT if isinstance(target, int) else Result.ERROR
    if answer is Result.SUCCESS and _goes_into_the_dark(match, row, ability, target):
        return Result.CANT_FIND_TELEPORT_LOCATION
    if answer is Result.SUCCESS and not _finds_enough(match, row, ability, target):
        return Result.CANT_FIND_ENOUGH_TARGETS
    return answer


def _goes_into_the_dark(match: Match, row: int, ability: Ability, target: Target) -> bool:
    """Return whether an ability teleports its unit (row) to where its owner sees nothing, and must not."""
    effects, cast = match.spellbook.effects, make_cast(match, row, target)
    roots = (effects[name] for name in ability.effects if name in effects)
    jumps = (root for root in roots if isinstance(root, Teleport))
    return any(relocate.is_dark(match, row, root, cast.step(root.name)) for root in jumps)


def _check_site(match: Match, row: int, ability: Ability, point: tuple[float, float]) -> Result:
    """Return why a structure that an ability throws (Auto-Turret) cannot stand at a point, or SUCCESS."""
    unit_type = match.types.by_id(ability.unit)
    if not unit_type.structure:
        return Result.SUCCESS
    owner = int(match.units.owner[row])
    return placement.check_structure(match, owner, unit_type, placement.snapped(unit_type, point))


def _finds_enough(match: Match, row: int, ability: Ability, target: Target) -> bool:
    """Return whether the searches that an ability begins with find as many as they have to."""
    effects, cast = match.spellbook.effects, make_cast(match, row, target)
    for root in (effects[name] for name in ability.effects if name in effects):
        if not isinstance(root, EnumArea) or not root.min_count:
            continue
        step = cast.step(root.name)
        if any(len(area.found(match, root, step, ring.radius_cells)) < root.min_count for ring in root.areas):
            return False
    return True


def ready_loop(match: Match, row: int, ability: Ability) -> float:
    """Return the loop in which the cooldown of a unit's (row) ability is over, 0 = there is none.

    What ends an ability (the Oracle's beam) has its link, and no cooldown: it waits for none.
    """
    if not (ability.cooldown_loops or ability.cooldown_link):
        return 0.0
    return match.spells.cooldowns.get(cooldown_holder(match, row, ability), {}).get(cooldown_name(ability), 0.0)


def cooldown_holder(match: Match, row: int, ability: Ability) -> int:
    """Return under whom the cooldown of a unit's (row) ability is kept."""
    return -int(match.units.owner[row]) if ability.cooldown_of_player else int(match.units.tag[row])


def gap_cells(match: Match, row: int, target: Target) -> float:
    """Return how far a target is from a unit (row), edge to edge in cells; a point has no size."""
    units = match.units
    radius = 0.0
    if isinstance(target, int):
        other = units.row_of(target)
        x, y, radius = float(units.x[other]), float(units.y[other]), float(units.radius[other])
    elif target is None:
        return 0.0
    else:
        x, y = target
    away = hypot(float(units.x[row]) - x, float(units.y[row]) - y)
    return away - float(units.radius[row]) - radius


def _roots_hold(match: Match, row: int, ability: Ability, target: Target) -> bool:
    """Return whether the conditions of an ability's first effects hold, so that it would do something."""
    effects = match.spellbook.effects
    cast = make_cast(match, row, target)
    roots = [effects[name] for name in ability.effects if name in effects]
    return not roots or any(holds(match, cast.step(root.name), root.only_if) for root in roots)


def _check_aim(match: Match, row: int, ability: Ability, tag: int) -> Result:
    """Return why an ability cannot be aimed at the unit with a tag, or SUCCESS."""
    units = match.units
    other = units.row_of(tag)
    if other < 0 or not vision.knows(match, int(units.owner[row]), other):
        return Result.MUST_TARGET_VISIBLE_UNIT
    required, _, excluded = ability.filters.partition(";")
    bits = relation(match, make_cast(match, row, tag), other)
    for name in required.split(","):
        if _known(name) and not _is(match, other, name, bits):
            return _MISSING.get(name, Result.CANT_TARGET_THAT_UNIT)
    for name in excluded.split(","):
        if _known(name) and _is(match, other, name, bits):
            return _UNWANTED.get(name, Result.CANT_TARGET_THAT_UNIT)
    return Result.SUCCESS


_VISIBLE_STATES = ("HasEnergy", "CanHaveEnergy")


def _known(name: str) -> bool:
    return name in _RELATIONS or name in _VISIBLE_STATES or name in _TRAIT_BITS


def _is(match: Match, row: int, name: str, bits: int) -> bool:
    """Return whether a unit (row) is what one name of a filter says."""
    units = match.units
    if name in _RELATIONS:
        return bool(bits & _RELATIONS[name])
    if name in _VISIBLE_STATES:
        return bool((units.energy if name == "HasEnergy" else units.energy_max)[row] > 0)
    return bool(int(units.traits[row]) & _TRAIT_BITS[name])


_TRAIT_BITS = {name: trait(name) for name in TRAITS}
