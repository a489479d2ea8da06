"""Numbers of the facts as people read them, for entries and for `{Stalker.range}` in notes.

Times are real seconds at speed "faster", distances cells, speeds cells a second, damage a second of real time.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.knowledge.abilities import Ability, carriers, load_abilities
from llm_pysc2.knowledge.attack import drones
from llm_pysc2.knowledge.entries import Entry, ability_ids, entries_named, entry_by_name, title_of
from llm_pysc2.knowledge.units import UnitType, Weapon, load_units
from llm_pysc2.knowledge.upgrades import Upgrade, load_upgrades, upgrade_by_name
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND, LOOPS_PER_SECOND, loops_to_seconds

_ANYWHERE_CELLS = 100.0
"""Ranges above this say nothing: the order can be given anywhere, and the effect has a reach of its own."""
_ROWS = 6
"""An ability with more variants than these shows those only that cost something."""
_MAKING = ("train", "build", "morph", "merge", "arm_magazine")
_NOT_SHOWN = ("general", "cancel_effect", "cancel_morph", "cancel_last", "halt_construction", "behavior_off")
_PLACEHOLDER = re.compile(r"\{(\w+)\.(\w+)\}")


def figures(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Return the numbers that belong to an entry as (label, text); the first label of each thing names it."""
    match entry.kind:
        case "unit" | "structure":
            return tuple(_unit_figures(entry))
        case "upgrade":
            return tuple(_upgrade_figures(entry))
        case _:
            return tuple(_ability_figures(entry))


def figure(name: str, measure: str) -> str:
    """Return one number of an entry, such as ("Barracks", "time"). Raises UsageError with the closest names.

    >>> figure("Stalker", "range"), figure("SpawningPool", "time")
    ('6', '46')
    """
    entries = entries_named(name) or (entry_by_name(name),)
    measures = [_measures(entry) for entry in entries]
    for known in measures:
        if measure in known:
            return number(known[measure])
    names = {key for known in measures for key in known}
    raise UsageError(f"nothing known as {measure!r} of {name}; {closest_names(measure, names)}")


def fill(text: str) -> str:
    """Return a text with each {Name.measure} replaced by the number. Raises UsageError for one that does not exist."""
    return _PLACEHOLDER.sub(lambda found: figure(found[1], found[2]), text)


def main_type(entry: Entry) -> UnitType | None:
    """Return the unit type that a unit's or structure's entry is about first, None if the facts have none."""
    return next(iter(unit_types(entry)), None)


def number(value: float, digits: int = 0) -> str:
    """Return a number with at most so many digits behind the point, half away from none.

    >>> number(46.43), number(1.25, 2), number(3.0, 1), number(0.5)
    ('46', '1.25', '3', '0.5')
    """
    shown = f"{value:.{digits}f}" if digits or abs(value) >= 10 or value == int(value) else f"{value:.2f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _measures(entry: Entry) -> Mapping[str, float]:
    if entry.kind == "upgrade":
        upgrade = _levels(entry)[0]
        return {"minerals": upgrade.minerals, "gas": upgrade.vespene, "time": loops_to_seconds(upgrade.loops)}
    if entry.kind == "ability":
        return _ability_measures(entry)
    unit = main_type(entry)
    return _unit_measures(unit) | _price_measures(entry) if unit else {}


def _unit_measures(unit: UnitType) -> dict[str, float]:
    ranges = [weapon.range_cells for weapon in unit.weapons if weapon.enabled]
    return {
        "supply": unit.food_used,
        "life": unit.life_max,
        "shields": unit.shield_max,
        "armor": unit.armor,
        "sight": unit.sight_cells,
        "speed": _per_second(unit.speed),
    } | ({"range": max(ranges)} if ranges else {})


def _price_measures(entry: Entry) -> dict[str, float]:
    making = _making(entry)
    if making is None:
        return {}
    minerals, vespene = _price(making)
    return {"minerals": minerals, "gas": vespene, "time": loops_to_seconds(making.loops)}


def _ability_measures(entry: Entry) -> Mapping[str, float]:
    known: dict[str, float] = {}
    for ability in _own_abilities(entry):
        for measure, value in (
            ("energy", ability.energy),
            ("cooldown", loops_to_seconds(ability.cooldown_loops)),
            ("range", ability.range_cells),
        ):
            if value:
                known.setdefault(measure, value)
    return known


def _unit_figures(entry: Entry) -> Iterator[tuple[str, str]]:
    unit = main_type(entry)
    if unit is None:
        return
    if unit.resource is not None and unit.resource.contents:
        yield "holds", f"{unit.resource.contents} {unit.resource.kind}, {unit.resource.harvest_amount} a trip"
    if unit.race == "neutral":
        return
    if making := _making(entry):
        yield "cost", _cost_text(unit, making)
        yield "made", _made_text(entry, making)
    yield "body", _body_text(unit)
    yield "moves" if unit.speed else "senses", _moves_text(unit)
    yield from _weapon_figures(entry, unit)


def unit_types(entry: Entry) -> tuple[UnitType, ...]:
    """Return the unit types that an entry is about, the main one first; without those unknown to the facts."""
    known = _units_by_name()
    return tuple(known[name] for name in (entry.name, *entry.forms) if name in known)


@cache
def _units_by_name() -> Mapping[str, UnitType]:
    return {unit.name: unit for unit in load_units().values()}


def _making(entry: Entry) -> Ability | None:
    """Return the ability by which something else makes a unit or structure, None if nothing does in a melee game."""
    for unit in unit_types(entry):
        making = load_abilities().get(unit.made_by)
        if making is not None and making.kind in _MAKING and _makers(entry, making):
            return making
    return None


def _makers(entry: Entry, making: Ability) -> list[str]:
    return [title for title in _titles(carriers().get(making.id, ())) if title != entry.title]


def _weapon_figures(entry: Entry, unit: UnitType) -> Iterator[tuple[str, str]]:
    shown: set[str] = set()
    for form in unit_types(entry):
        if "AIChangeling" in form.flags:
            continue
        label = "weapon" if form is unit else f"weapon, {title_of(form.name)}"
        listed = [weapon for weapon in form.weapons if not weapon.hidden and weapon.enabled] or form.weapons
        for weapon in listed:
            text = _drones_text(form, weapon) or _weapon_text(weapon)
            if text and text not in shown:
                shown.add(text)
                yield label, text


def _drones_text(unit: UnitType, weapon: Weapon) -> str:
    drone, count = drones(unit)
    if drone is None or weapon.hits:
        return ""
    if count:
        return f"up to {count} {drone.name}s out to {number(weapon.range_cells)}, each {_weapon_text(drone.weapons[0])}"
    own = replace(drone.weapons[0], range_cells=weapon.range_cells, period_loops=weapon.period_loops)
    return _weapon_text(own)


def _cost_text(unit: UnitType, making: Ability) -> str:
    minerals, vespene = _price(making)
    parts = [f"{number(making.energy)} energy" if making.energy else _resources(minerals, vespene)]
    if making.kind == "merge":
        parts = ["two of them"]
    if unit.food_used:
        pair = making.kind == "train" and making.minerals > unit.minerals > 0
        parts.append(f"{number(unit.food_used * (2 if pair else 1))} supply" + (" for two" if pair else ""))
    if unit.food_provided:
        parts.append(f"gives {number(unit.food_provided)} supply")
    if making.loops:
        parts.append(_seconds(making.loops))
    return ", ".join(parts)


def _price(making: Ability) -> tuple[int, int]:
    """Return the minerals and vespene that are paid."""
    if making.kind in ("merge", "arm_magazine"):
        product = load_units()[making.unit]
        return product.minerals, product.vespene
    for source in carriers().get(making.id, ()):
        if source in making.costs_by_source:
            return making.costs_by_source[source]
    return making.minerals, making.vespene


def _resources(minerals: float, vespene: float) -> str:
    parts = [f"{amount:g} {what}" for amount, what in ((minerals, "minerals"), (vespene, "gas")) if amount]
    return ", ".join(parts) or "free"


def _made_text(entry: Entry, making: Ability) -> str:
    makers = _makers(entry, making)
    at_building = making.kind == "train" and load_units()[carriers()[making.id][0]].structure
    where = {"build": "by", "arm_magazine": "in"}.get(making.kind, "at" if at_building else "from")
    return f"{where} {' or '.join(makers)}{_needs_text(making, makers)}"


def _needs_text(ability: Ability, makers: Sequence[str] = ()) -> str:
    groups = [_titles(need.ids) for need in ability.needs if need.kind in ("unit", "attached")]
    needs = [" or ".join(titles) for titles in groups if titles and titles != list(makers)]
    return f", needs {' and '.join(needs)}" if needs else ""


def _titles(type_ids: Iterable[int]) -> list[str]:
    """Return the titles of the entries of unit types, each once, in order."""
    titles: dict[str, None] = {}
    for type_id in type_ids:
        unit = load_units().get(type_id)
        for entry in entries_named(unit.name)[:1] if unit else ():
            titles[entry.title] = None
    return list(titles)


def _body_text(unit: UnitType) -> str:
    parts = [f"{number(unit.life_max)} life"]
    if unit.shield_max:
        parts.append(f"{number(unit.shield_max)} shields")
    parts.append(f"armor {number(unit.armor)}")
    if unit.energy_max:
        parts.append(f"energy {number(unit.energy_start)} of {number(unit.energy_max)}")
    if unit.timed_life_loops:
        parts.append(f"lives {_seconds(unit.timed_life_loops)}")
    attributes = sorted(unit.attributes - {"Structure"})
    return ", ".join(parts) + (f"; {', '.join(attributes).lower()}" if attributes else "")


def _moves_text(unit: UnitType) -> str:
    parts = [f"sight {number(unit.sight_cells, 1)}"]
    if unit.speed:
        parts.insert(0, f"speed {number(_per_second(unit.speed), 2)}" + (", flies" if unit.is_flying else ""))
    if unit.detector_cells:
        parts.append(f"detects within {number(unit.detector_cells, 1)}")
    if unit.cargo_slots and unit.cargo_slots < 100:
        parts.append(f"carries {unit.cargo_slots}")
    if unit.cargo_size:
        parts.append(f"takes {unit.cargo_size} cargo")
    return ", ".join(parts)


def _weapon_text(weapon: Weapon) -> str:
    """Return a weapon in words, empty if its damage is not in the facts."""
    planes = [name for name, hit in (("ground", weapon.hits_ground), ("air", weapon.hits_air)) if hit]
    blows = _blows(weapon)
    if not blows:
        return ""
    damage = ", ".join(blow + (f" x{times}" if times > 1 else "") for blow, times in blows.items())
    reach = f"range {number(weapon.range_cells, 1)}" if not weapon.melee else "melee"
    pace = f"every {number(loops_to_seconds(weapon.period_loops), 2)} s" if not weapon.kills_caster else "once"
    splash = any(hit.splash or hit.search_radius_cells is not None for hit in weapon.hits)
    return f"{damage} to {' and '.join(planes)}, {reach}, {pace}" + (", hits several" if splash else "")


def _blows(weapon: Weapon) -> dict[str, int]:
    """Return how often each blow of one attack falls on the target, by the blow in words."""
    blows: dict[str, int] = {}
    for hit in weapon.hits:
        beside = hit.search_excludes_target or hit.search_origin == "previous"
        if not hit.damage or beside or "FriendlyTarget" in hit.condition:
            continue
        blow = number(hit.damage) + "".join(f" (+{number(more)} {name.lower()})" for name, more in hit.bonus.items())
        if "Structure" in hit.splash_filters.partition(";")[0].split(","):
            blow += " on buildings"
        elif "GroundUnitFilter" in hit.condition:
            blow += " on the ground"
        elif hit.condition == ("else",) and "GroundUnitFilter" in weapon.hits[0].condition:
            blow += " in the air"
        times = 1 if hit.once_per_unit else hit.times
        blows[blow] = times if hit.condition else blows.get(blow, 0) + times
    return blows


def _upgrade_figures(entry: Entry) -> Iterator[tuple[str, str]]:
    for upgrade in _levels(entry):
        label = f"level {upgrade.level}" if upgrade.level else "cost"
        if not upgrade.ability:
            yield label, "not in this build"
            continue
        parts = [_resources(upgrade.minerals, upgrade.vespene), _seconds(upgrade.loops)]
        parts.append(
            f"at {' or '.join(_titles(upgrade.researched_at))}{_needs_text(load_abilities()[upgrade.ability])}"
        )
        yield label, ", ".join(parts) + ("" if upgrade.reachable else "; no building offers it")


def _levels(entry: Entry) -> list[Upgrade]:
    return [upgrade_by_name(name) for name in (entry.forms or (entry.name,))]


def _ability_figures(entry: Entry) -> Iterator[tuple[str, str]]:
    abilities = _own_abilities(entry)
    if len(abilities) > _ROWS:
        abilities = [ability for ability in abilities if ability.energy or ability.minerals or ability.cooldown_loops]
    by_text: dict[str, list[int]] = {}
    for ability in abilities:
        if text := _ability_text(ability):
            about: Sequence[int] = (ability.unit,) if ability.unit else carriers().get(ability.id, ())
            by_text.setdefault(text, []).extend(about)
    for text, type_ids in by_text.items():
        yield "cast" if len(by_text) == 1 else " and ".join(_titles(type_ids)[:3]) or entry.title, text


def _ability_text(ability: Ability) -> str:
    parts = []
    if ability.energy:
        parts.append(f"{number(ability.energy)} energy")
    if ability.life:
        parts.append(f"{number(ability.life)} life")
    minerals, vespene = _price(ability) if ability.unit else (ability.minerals, ability.vespene)
    if (minerals or vespene) and ability.kind != "merge":
        parts.append(_resources(minerals, vespene))
    if ability.cooldown_loops > LOOPS_PER_SECOND:
        parts.append(f"cooldown {_seconds(ability.cooldown_loops)}")
    if 1 < ability.range_cells < _ANYWHERE_CELLS and ability.kind == "effect":
        parts.append(f"range {number(ability.range_cells, 1)}")
    if ability.loops and ability.kind in _MAKING:
        parts.append(f"takes {_seconds(ability.loops)}")
    researched = [load_upgrades()[need.ids[0]].name for need in ability.needs if need.kind == "upgrade" and need.ids]
    if researched and parts:
        parts.append(f"needs {entry_by_name(researched[0], 'upgrade').title}")
    return ", ".join(parts)


def _own_abilities(entry: Entry) -> list[Ability]:
    """Return the abilities of an entry that units have; all of them if none has."""
    table = load_abilities()
    own = [table[key] for key in ability_ids(entry) if key in table and table[key].kind not in _NOT_SHOWN]
    return [ability for ability in own if ability.id in carriers()] or own


def _seconds(loops: float) -> str:
    seconds = loops_to_seconds(loops)
    return f"{number(seconds, 1 if seconds < 10 else 0)} s"


def _per_second(cells_per_game_second: float) -> float:
    return cells_per_game_second * LOOPS_PER_SECOND / LOOPS_PER_GAME_SECOND
