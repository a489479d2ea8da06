"""What a model is told of a unit type: one line of numbers from the facts, and what it is for.

All times are seconds at speed "faster" and all speeds cells per such second, whatever the catalog counts in.
"""

from collections.abc import Iterator

from llm_pysc2.dialogue.grammar import ActionBook
from llm_pysc2.dialogue.words import format_number
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.entries import entries_named
from llm_pysc2.knowledge.units import UnitType, Weapon
from llm_pysc2.roster import Frame
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND, LOOPS_PER_SECOND, loops_to_seconds

ANYWHERE_CELLS = 100.0
"""Ranges above are no limit."""
_NOT_TOLD = ("Hallucination_", "Cancel")
_TOLD_KINDS = frozenset({"effect", "behavior_on", "behavior_off", "morph", "load", "unload", "merge"})


def describe_type(unit: UnitType, book: ActionBook, frame: Frame = "world") -> str:
    """Return what is worth knowing of a unit type, on one line.

    >>> from llm_pysc2.dialogue.grammar import load_action_book
    >>> from llm_pysc2.knowledge.units import unit_by_name
    >>> describe_type(unit_by_name("Zealot"), load_action_book()).split("; ")[1:3]
    ['Biological Light ground', 'speed 3.1']
    """
    parts = [
        _vitals(unit),
        " ".join((*sorted(unit.attributes - {"Structure"}), "/".join(sorted(unit.planes)).lower())),
        f"speed {format_number(unit.speed * LOOPS_PER_SECOND / LOOPS_PER_GAME_SECOND)}" if unit.speed else "",
        *(_weapon(weapon) for weapon in unit.weapons if weapon.enabled and not weapon.hidden),
        *_abilities(unit, book, frame),
        f"detects cloaked within {format_number(unit.detector_cells)}" if unit.detector_cells else "",
    ]
    entry = next(iter(entries_named(unit.name)), None)
    role = f" {entry.role}" if entry else ""
    return f"{unit.name}: " + "; ".join(part for part in parts if part) + "." + role


def _vitals(unit: UnitType) -> str:
    text = f"health {unit.life_max:g}"
    if unit.shield_max:
        text += f" shield {unit.shield_max:g}"
    if unit.energy_max:
        text += f" energy {unit.energy_max:g}"
    return text + f" armor {unit.armor:g}"


def _weapon(weapon: Weapon) -> str:
    """Return a weapon in words, such as "range 6 ground+air 13 (+5 Armored), dps 9.7 (13.5)"."""
    reach = "melee" if weapon.melee else f"range {format_number(weapon.range_cells)}"
    targets = "+".join(plane for plane, hits in (("ground", weapon.hits_ground), ("air", weapon.hits_air)) if hits)
    damage, bonus, times = _damage(weapon)
    if not damage:
        return f"{reach} {targets}"
    text = f"{reach} {targets} {damage:g}" + (f"x{times}" if times > 1 else "")
    if bonus:
        text += " (" + ", ".join(f"+{amount:g} {attribute}" for attribute, amount in sorted(bonus.items())) + ")"
    rate = times * LOOPS_PER_SECOND / weapon.period_loops if weapon.period_loops else 0.0
    text += f", dps {format_number(damage * rate)}"
    if bonus:
        text += f" ({format_number((damage + max(bonus.values())) * rate)})"
    if any(hit.splash or hit.search_radius_cells for hit in weapon.hits):
        text += ", area"
    return text


def _damage(weapon: Weapon) -> tuple[float, dict[str, float], int]:
    """Return damage, bonus by attribute, and hits of one shot; the API shows none for some weapons."""
    if weapon.display_damage:
        return weapon.display_damage, weapon.display_bonus, weapon.display_attacks
    hit = next((hit for hit in weapon.hits if not hit.condition), None)
    return (hit.damage, hit.bonus, hit.times) if hit else (0.0, {}, 1)


def _abilities(unit: UnitType, book: ActionBook, frame: Frame) -> Iterator[str]:
    """Yield the special abilities of a unit type by the names of their actions, with what they cost and reach."""
    facts = load_abilities()
    told: set[str] = set()
    for ability_id in unit.abilities:
        ability = facts.get(ability_id)
        if ability is None or ability.kind not in _TOLD_KINDS:
            continue
        action = next((a for a in book.actions_of(unit.name, frame) if ability_id in a.ability_ids), None)
        if action is not None and action.name not in told and not action.name.startswith(_NOT_TOLD):
            told.add(action.name)
            yield _ability(action.name, ability)


def _ability(name: str, ability: Ability) -> str:
    parts = [
        f"range {format_number(ability.range_cells)}" if 0 < ability.range_cells < ANYWHERE_CELLS else "",
        f"{ability.energy:g} energy" if ability.energy else "",
        f"every {format_number(loops_to_seconds(ability.cooldown_loops))}s" if ability.cooldown_loops else "",
        "needs research" if any(need.kind.startswith("upgrade") for need in ability.needs) else "",
    ]
    told = ", ".join(part for part in parts if part)
    return f"{name} ({told})" if told else name
