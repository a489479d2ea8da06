"""Structures are set up and grow: a worker goes there and pays, and stays, goes on or becomes the structure.

Life and shields grow with the structure from a tenth on. What is destroyed is lost; what is cancelled pays back a part.
"""

from math import hypot

import numpy as np

from llm_pysc2.engine.behaviors import requirements
from llm_pysc2.engine.economy import addons, creep, harvest, larvae, placement, production
from llm_pysc2.engine.state import alerts
from llm_pysc2.engine.state.economy_records import Item, Site
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import BUILD, Order, OrderKind
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import cooldown_name
from llm_pysc2.engine.state.unit_columns import NEVER, ActionError, Player, quantise
from llm_pysc2.engine.units import accounts, order_queue, spawning
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.units import unit_by_name

Target = tuple[float, float] | int | None
_BURROWS = ("CreepTumor", "CreepTumorQueen")
_NEAR_CELLS = 0.05
_CROWDED_CELLS = 1.0
"""So far beyond the edge of its structure a builder may stand, if others who stand there let it come no nearer."""
_BUILD = np.array(BUILD)


def check(match: Match, row: int, ability: Ability) -> Result:
    """Return why a unit (row) cannot build something at all now, prices aside, or SUCCESS."""
    if match.units.build_progress[row] < 1:
        return Result.BUILDING_IS_UNDER_CONSTRUCTION
    if not requirements.are_met(match, row, ability):
        return Result.BUILD_TECH_REQUIREMENTS_NOT_MET
    if match.units.structure[row]:
        return _check_parent(match, row, ability)
    return Result.SUCCESS


def _check_charge(match: Match, row: int, ability: Ability) -> Result:
    """Return whether a structure (row) that can build only once in so many loops, or once at all, can do so now."""
    ready = match.spells.cooldowns.get(int(match.units.tag[row]), {}).get(cooldown_name(ability), 0.0)
    if ready <= match.loop or _owner(match, row).cheats.cooldown:
        return Result.SUCCESS
    return Result.NOT_ENOUGH_CHARGES if ready >= NEVER else Result.COOLDOWN


def check_cost(match: Match, row: int, ability: Ability) -> Result:
    """Return what the owner of a unit (row), or the unit, lacks to build something, or SUCCESS."""
    player = _owner(match, row)
    answer = accounts.check_price(player, accounts.price_of(ability))
    if answer is Result.SUCCESS and match.units.energy[row] < ability.energy and not player.cheats.free:
        return Result.NOT_ENOUGH_ENERGY
    return answer


def check_place(match: Match, row: int, ability: Ability, target: Target) -> Result:
    """Return why a structure cannot stand where a unit (row) is told to build it, or SUCCESS."""
    unit_type, place = match.types.by_id(ability.unit), place_of(match, row, ability, target)
    if place is None:
        return Result.MUST_TARGET_RESOURCES if unit_type.built_on else Result.CANT_BUILD_LOCATION_INVALID
    if match.units.structure[row] and ability.range_cells and not _reaches(match, row, ability, place):
        return Result.TARGET_IS_OUT_OF_RANGE
    return placement.check_structure(match, int(match.units.owner[row]), unit_type, place, row)


def place_of(match: Match, row: int, ability: Ability, target: Target) -> tuple[float, float] | None:
    """Return the middle of the structure that an order means, on the grid of cells; None where there is none."""
    unit_type, units = match.types.by_id(ability.unit), match.units
    if unit_type.addon_offset_cells is not None:
        return addons.place_of(match, row, unit_type, target)
    if isinstance(target, int):
        other = units.row_of(target)
        return (float(units.x[other]), float(units.y[other])) if other >= 0 and unit_type.built_on else None
    if target is None:
        return None
    geyser = placement.geyser_at(match, unit_type, target) if unit_type.built_on else -1
    if geyser >= 0:
        return float(units.x[geyser]), float(units.y[geyser])
    return placement.snapped(unit_type, target)


def order(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    """Order a unit (row) to build something; structures begin at once."""
    place = place_of(match, row, ability, target) if match.units.structure[row] else None
    if match.units.flying[row] and match.units.structure[row]:
        order_queue.give(match, row, Order(_landing_of(match, row), OrderKind.CAST, target), queued)
        order_queue.give(match, row, Order(ability.id, OrderKind.BUILD, target), queued=True)
    elif place is not None:
        _set_up(match, row, ability, place)
    else:
        order_queue.give(match, row, Order(ability.id, OrderKind.BUILD, target), queued)
    return Result.SUCCESS


def _landing_of(match: Match, row: int) -> int:
    """Return the ability by which a flying structure (row) comes down."""
    card = (load_abilities()[one] for one in match.types.types[int(match.units.row[row])].abilities)
    return next(one.id for one in card if one.kind == "morph" and one.target == "point")


def run(match: Match) -> None:
    """Let builders set up what they came for, and structures grow."""
    units, sites = match.units, match.industry.sites
    for tag in list(sites):
        row = units.row_of(tag)
        if row >= 0 and units.life[row] > 0 and _is_worked_on(match, tag, sites[tag]):
            _grow(match, row, sites[tag])
    for row in (units.mode == _BUILD).nonzero()[0].tolist():
        _build(match, row)


def raise_site(match: Match, birth: spawning.Birth, place: tuple[float, float], site: Site) -> int:
    """Let something unfinished stand at a place. Returns its tag."""
    tag = spawning.create_at(match, birth, [place])[0]
    match.industry.sites[tag] = site
    return tag


def cancel(match: Match, row: int) -> Result:
    """Cancel a structure (row) that is being built: a part of its price comes back, and what it was made of."""
    tag = int(match.units.tag[row])
    site = match.industry.sites.get(tag)
    if site is None:
        return Result.CANT_FIND_CANCEL_ORDER
    parent = next((producer for producer, addon in match.industry.addons.items() if addon == tag), 0)
    if parent and parent in match.industry.queues:
        return production.cancel_last(match, match.units.row_of(parent))
    fraction = load_abilities()[site.ability_id].refund_fraction
    accounts.refund(_owner(match, row), site.price.share(fraction))
    match.industry.consumed.add(tag)
    match.units.life[row] = 0.0
    if site.consumed:
        place = (float(match.units.x[row]), float(match.units.y[row]))
        spawning.create_at(match, spawning.Birth(site.consumed, int(match.units.owner[row])), [place])
    return Result.SUCCESS


def site_of(match: Match, row: int) -> int:
    """Return the tag of the site that a unit (row) is at, or that grows from it; 0 = there is none."""
    tag = int(match.units.tag[row])
    own = (site for site, one in match.industry.sites.items() if one.builder == tag and not one.needs_builder)
    return match.industry.builders.get(tag) or next(own, 0)


def is_bound(match: Match, row: int) -> bool:
    """Return whether a unit (row) builds something that other orders do not cut off."""
    if match.units.mode[row] != BUILD or int(match.units.tag[row]) not in match.industry.builders:
        return False
    return "Interruptible" not in load_abilities()[match.units.orders[row][0].ability_id].flags


def halt(match: Match, row: int) -> Result:
    """Let a builder (row) leave its site, which waits; where it cannot be left, it is cancelled."""
    site = site_of(match, row)
    if not site:
        return Result.CANT_FIND_CANCEL_ORDER
    if "Interruptible" not in load_abilities()[match.industry.sites[site].ability_id].flags:
        return cancel(match, match.units.row_of(site))
    order_queue.finish(match, row)
    return Result.SUCCESS


def can_resume(match: Match, row: int, target: int) -> int:
    """Return the ability by which a worker (row) goes on with the site of a tag, 0 = it cannot."""
    site = match.industry.sites.get(target)
    other = match.units.row_of(target)
    if site is None or not site.needs_builder or match.units.owner[other] != match.units.owner[row]:
        return 0
    card = match.types.types[int(match.units.row[row])].abilities
    return site.ability_id if site.ability_id in card and not _is_worked_on(match, target, site) else 0


def _check_parent(match: Match, row: int, ability: Ability) -> Result:
    """Return why a structure (row) cannot build at its side, or SUCCESS."""
    tag = int(match.units.tag[row])
    if tag in match.industry.queues:
        return Result.NOT_WHILE_OCCUPIED
    if match.types.by_id(ability.unit).addon_offset_cells is not None and tag in match.industry.addons:
        return Result.CANT_BUILD_LOCATION_INVALID
    return _check_charge(match, row, ability)


def _build(match: Match, row: int) -> None:
    """Bring a builder (row) to its place, set up what it came for, and end its order when that is done."""
    units, tag = match.units, int(match.units.tag[row])
    if tag in match.industry.builders:
        if match.industry.builders[tag] not in match.industry.sites:
            _end_work(match, row, match.industry.builders.pop(tag))
        return
    building = units.orders[row][0]
    ability = load_abilities()[building.ability_id]
    if building.target_tag in match.industry.sites:
        _resume(match, row, building.target_tag)
        return
    place = place_of(match, row, ability, building.target)
    if place is None:
        _refuse(match, row, ability, Result.CANT_BUILD_LOCATION_INVALID)
        return
    missing = hypot(units.x[row] - place[0], units.y[row] - place[1]) - _reach(match, row, ability)
    if units.structure[row] or missing <= 0 or units.arrived[row]:
        units.arrived[row] = False
        answer = _check_on_site(match, row, ability, building.target, missing)
        if answer is Result.SUCCESS:
            if units.structure[row]:
                order_queue.finish(match, row)
            _set_up(match, row, ability, place)
        else:
            _refuse(match, row, ability, answer)


def _check_on_site(match: Match, row: int, ability: Ability, target: Target, missing_cells: float) -> Result:
    """Return why a builder (row) that came as near to its site as it will cannot set it up, or SUCCESS."""
    if missing_cells > match.types.by_id(ability.unit).radius_cells + _CROWDED_CELLS:
        return Result.COULDNT_REACH_TARGET
    for answer in (check(match, row, ability), check_cost(match, row, ability)):
        if answer is not Result.SUCCESS:
            return answer
    return check_place(match, row, ability, target)


def _set_up(match: Match, row: int, ability: Ability, place: tuple[float, float]) -> None:
    """Let a structure stand where a unit (row) builds it, paid for."""
    units, tag, player = match.units, int(match.units.tag[row]), _owner(match, row)
    unit_type = match.types.by_id(ability.unit)
    price = accounts.pay(player, accounts.price_of(ability))
    if not player.cheats.free:
        units.energy[row] = quantise(float(units.energy[row]) - ability.energy)
    geyser = placement.geyser_at(match, unit_type, place) if unit_type.built_on else -1
    site = Site(ability.id, price, ability.loops, consumed=ability.consumes)
    if ability.charges_max and units.structure[row]:
        site.loops += _spread(match, row, ability, place)
    maintained = "PeonMaintained" in ability.flags and not ability.consumes
    site.needs_builder = maintained and not units.structure[row]
    site.builder = tag if maintained else 0
    site_tag = raise_site(match, spawning.Birth(unit_type.id, player.id, finished=False), place, site)
    if geyser >= 0:
        match.industry.geysers[site_tag] = int(units.tag[geyser])
    if ability.consumes:
        match.industry.consumed.add(tag)
        match.units.life[row] = 0.0
    elif unit_type.addon_offset_cells is not None:
        match.industry.addons[tag] = site_tag
        item = Item(ability.id, price, ability.loops, begun=True, site=site_tag)
        match.industry.queues.setdefault(tag, []).append(item)
        production.show(match, row)
    elif site.needs_builder:
        _stay(match, row, site_tag)
    elif not units.structure[row]:
        order_queue.finish(match, row)


def _spread(match: Match, row: int, ability: Ability, place: tuple[float, float]) -> float:
    """Use up the only charge of a creep tumor (row). Returns how many loops its spore flies to a place."""
    match.spells.cooldowns.setdefault(int(match.units.tag[row]), {})[cooldown_name(ability)] = float(NEVER)
    away = hypot(match.units.x[row] - place[0], match.units.y[row] - place[1])
    return float(away / match.assumptions.tumor_spore_cells_per_loop)


def _stay(match: Match, row: int, site_tag: int) -> None:
    """Let a builder (row) work at a site until it is done."""
    tag = int(match.units.tag[row])
    match.industry.builders[tag] = site_tag
    match.industry.sites[site_tag].builder = tag
    match.units.travels[row] = False
    match.units.follow[row] = -1


def _resume(match: Match, row: int, site_tag: int) -> None:
    """Let a builder (row) who came to a waiting site go on with it."""
    units, other = match.units, match.units.row_of(site_tag)
    gap = hypot(units.x[row] - units.x[other], units.y[row] - units.y[other])
    if units.arrived[row] or gap <= units.radius[row] + units.radius[other] + _NEAR_CELLS:
        units.arrived[row] = False
        if _is_worked_on(match, site_tag, match.industry.sites[site_tag]):
            order_queue.finish(match, row)
        else:
            _stay(match, row, site_tag)


def _end_work(match: Match, row: int, site_tag: int) -> None:
    """End the order of a builder whose site is done or gone; one that built over a geyser harvests from it."""
    other = match.units.row_of(site_tag)
    if other >= 0 and len(match.units.orders[row]) == 1 and harvest.check_field(match, row, site_tag) is Result.SUCCESS:
        harvest.send(match, row, site_tag)
    else:
        order_queue.finish(match, row)


def _is_worked_on(match: Match, tag: int, site: Site) -> bool:
    """Return whether a site grows: by itself, or because its builder is at it."""
    if not site.needs_builder:
        return True
    builder = match.units.row_of(site.builder)
    return builder >= 0 and match.units.mode[builder] == BUILD and match.industry.builders.get(site.builder) == tag


def _grow(match: Match, row: int, site: Site) -> None:
    """Let a structure grow by one loop."""
    units = match.units
    before = min(site.done_loops / site.loops, 1.0)
    pace = site.loops if _owner(match, row).cheats.fast_build else 1.0
    site.done_loops += pace
    share = min(site.done_loops / site.loops, 1.0)
    first = load_economy().numbers["construction_start_fraction"]
    for vital, most in (("life", units.life_max), ("shield", units.shield_max)):
        whole = float(most[row]) * (1 - first)
        column = getattr(units, vital)
        column[row] = min(float(column[row]) + quantise(whole * share) - quantise(whole * before), float(most[row]))
    units.build_progress[row] = share
    if site.done_loops >= site.loops:
        _complete(match, row)


def _complete(match: Match, row: int) -> None:
    """Let a structure, or a unit that was warped in, be finished."""
    units, tag, player = match.units, int(match.units.tag[row]), _owner(match, row)
    unit_type = match.types.types[int(units.row[row])]
    site = match.industry.sites.pop(tag)
    if not unit_type.structure:
        accounts.reserve_food(player, -unit_type.food_used)
    spawning.complete(match, row)
    larvae.begin(match, tag)
    creep.begin(match, row)
    if unit_type.name in _BURROWS:
        _burrow(match, row)
    addons.join(match, row)
    parent = next((producer for producer, addon in match.industry.addons.items() if addon == tag), 0)
    if parent:
        production.end_site(match, parent, tag)
    addon = unit_type.addon_offset_cells is not None
    merged = load_abilities()[site.ability_id].kind == "merge"
    unit_alert = alerts.MERGE_COMPLETE if merged else alerts.WARP_IN_COMPLETE
    done = alerts.BUILDING_COMPLETE if unit_type.structure else unit_alert
    alerts.alert_at(match, row, alerts.ADDON_COMPLETE if addon else done)


def _burrow(match: Match, row: int) -> None:
    """Let a creep tumor (row) that is finished go into the ground; it cannot make another at once."""
    buried = unit_by_name("CreepTumorBurrowed")
    order_queue.give(match, row, Order(buried.made_by, OrderKind.CAST), queued=False)
    if match.assumptions.tumor_waits:
        spreads = next(load_abilities()[one] for one in buried.abilities if load_abilities()[one].kind == "build")
        ready = match.loop + spreads.cooldown_loops
        match.spells.cooldowns.setdefault(int(match.units.tag[row]), {})[cooldown_name(spreads)] = ready


def _refuse(match: Match, row: int, ability: Ability, answer: Result) -> None:
    """End the order of a builder (row) who cannot build where it came, and tell its owner."""
    error = ActionError(int(match.units.tag[row]), ability.id, int(answer))
    _owner(match, row).events.action_errors.append(error)
    order_queue.finish(match, row)


def _reaches(match: Match, row: int, ability: Ability, place: tuple[float, float]) -> bool:
    away = hypot(match.units.x[row] - place[0], match.units.y[row] - place[1])
    return away <= _reach(match, row, ability)


def _reach(match: Match, row: int, ability: Ability) -> float:
    """Return how far from the middle of its site a builder (row) can be, cells."""
    reach = float(match.units.radius[row]) + ability.range_cells + _NEAR_CELLS
    if "RangeIncludesBuilding" in ability.flags:
        reach += match.types.by_id(ability.unit).radius_cells
    return reach


def _owner(match: Match, row: int) -> Player:
    return match.players[int(match.units.owner[row])]
