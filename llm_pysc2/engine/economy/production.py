"""Producers make units, upgrades, add-ons, and themselves into something else, one thing after the other.

All is paid when it is ordered. The supply is reserved, and time runs, from when its turn comes.
"""

from math import atan2, cos, sin

from llm_pysc2.engine.behaviors import modifiers, requirements, upgrades
from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.combat import hangars
from llm_pysc2.engine.economy import addons, harvest, transform
from llm_pysc2.engine.state import alerts, round_points
from llm_pysc2.engine.state.economy_records import Item, Place
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import IDLE, PRODUCE, Order, OrderKind
from llm_pysc2.engine.state.order import Ability as OrderAbility
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import Player
from llm_pysc2.engine.units import accounts, order_queue, spawning
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.units import UnitType

_EXIT_CELLS = 0.1


def check(match: Match, row: int, ability: Ability) -> Result:
    """Return why a unit (row) cannot make something now, prices aside, or SUCCESS."""
    units = match.units
    if units.build_progress[row] < 1:
        return Result.BUILDING_IS_UNDER_CONSTRUCTION
    if units.unpowered[row]:
        return Result.CANT_TRAIN_TOO_FAR_FROM_TRAIN_POWER_SOURCE
    if not requirements.are_met(match, row, ability):
        return Result.TECH_REQUIREMENTS_NOT_MET
    if modifiers.bars(match, int(units.tag[row]), ability.kind):
        return Result.ERROR
    if ability.upgrade and _is_known(match, int(units.owner[row]), ability.upgrade):
        return Result.TECH_REQUIREMENTS_NOT_MET
    casting = match.spells.casting.get(int(units.tag[row]))
    if casting is not None and casting.stage == "morph":
        return Result.NOT_WHILE_OCCUPIED
    queue = match.industry.queues.get(int(units.tag[row]), [])
    if queue and (_changes_producer(ability) or any(_occupies(one) for one in queue)):
        return Result.NOT_WHILE_OCCUPIED
    return Result.QUEUE_IS_FULL if len(queue) >= _places(match, row) else Result.SUCCESS


def check_cost(match: Match, row: int, ability: Ability) -> Result:
    """Return what the owner of a unit (row) lacks to make something, or SUCCESS."""
    player = _owner(match, row)
    answer = accounts.check_price(player, accounts.price_of(ability, int(match.units.type_id[row])))
    queue = match.industry.queues.get(int(match.units.tag[row]), [])
    if answer is Result.SUCCESS and len(queue) < _slots(match, row):
        answer = accounts.check_food(player, food_of(match, row, ability))
    return answer


def enqueue(match: Match, row: int, ability: Ability) -> Item:
    """Pay for something and put it at the end of a producer's (row) queue."""
    tag, type_id = int(match.units.tag[row]), int(match.units.type_id[row])
    price = accounts.pay(_owner(match, row), accounts.price_of(ability, type_id))
    loops = ability.loops + sum(
        match.rng.random() * one.random_delay_loops for one in ability.phases if one.random_delay_loops
    )
    item = Item(ability.id, price, loops, food=food_of(match, row, ability))
    if tag not in match.industry.queues and _changes_producer(ability):
        order_queue.clear(match, row)
    match.industry.queues.setdefault(tag, []).append(item)
    show(match, row)
    return item


def cancel_last(match: Match, row: int) -> Result:
    """Cancel what stands last in the queue of a unit (row); its price comes back."""
    return cancel_at(match, row, -1)


def cancel_at(match: Match, row: int, place: int) -> Result:
    """Cancel what stands at a place of the queue of a unit (row), 0 = what is under way; its price comes back."""
    queue = match.industry.queues.get(int(match.units.tag[row]), [])
    if not queue or place >= len(queue):
        return Result.CANT_FIND_CANCEL_ORDER
    item = queue.pop(place)
    _pay_back(match, row, item)
    if not queue:
        del match.industry.queues[int(match.units.tag[row])]
    if item.site:
        addons.demolish(match, item.site)
    ability = load_abilities()[item.ability_id]
    if item.was:
        if "KillOnCancel" in ability.flags:
            match.industry.consumed.add(int(match.units.tag[row]))
            match.units.life[row] = 0.0
        else:
            _become(match, row, item.was)
    show(match, row)
    return Result.SUCCESS


def abandon(match: Match, row: int) -> None:
    """Give back what a unit (row) that dies was making, in full, and forget what is known of it."""
    tag = int(match.units.tag[row])
    for item in match.industry.queues.get(tag, ()):
        accounts.reserve_food(_owner(match, row), -item.food if item.begun else 0.0)
        if not item.begun and not item.site:
            accounts.refund(_owner(match, row), item.price)
    if tag in match.industry.sites and not match.units.structure[row]:
        accounts.reserve_food(_owner(match, row), -match.types.types[int(match.units.row[row])].food_used)
    addons.part(match, tag)
    match.industry.forget(tag)


def end_site(match: Match, producer: int, site: int) -> None:
    """Let a producer (tag) whose add-on (tag) is finished, or gone, be free again."""
    row = match.units.row_of(producer)
    queue = match.industry.queues.get(producer, [])
    for item in [one for one in queue if one.site == site]:
        _drop(match, row, queue, item)


def run(match: Match) -> None:
    """Let time pass for everything that is being made."""
    queues = match.industry.queues
    if not queues:
        return
    for tag in list(queues):
        row = match.units.row_of(tag)
        if row >= 0 and not match.units.unpowered[row] and match.units.life[row] > 0:
            _advance(match, row, queues[tag])


def show(match: Match, row: int) -> None:
    """Let the orders of a producer (row) be what it makes, with the progress of what is under way."""
    units = match.units
    if units.mode[row] not in (IDLE, PRODUCE):
        return
    queue = match.industry.queues.get(int(units.tag[row]), ())
    units.orders[row][:] = [
        Order(item.ability_id, OrderKind.PRODUCE, None, round(min(item.done_loops / item.loops, 1.0), 4))
        for item in queue
    ]
    units.mode[row] = PRODUCE if queue else IDLE


def show_all(match: Match) -> None:
    """Bring the orders of all producers up to date."""
    for tag in match.industry.queues:
        row = match.units.row_of(tag)
        if row >= 0:
            show(match, row)


def food_of(match: Match, row: int, ability: Ability) -> float:
    """Return the supply that something needs beyond what its producer (row) takes up already."""
    if not ability.unit:
        return 0.0
    product = match.types.by_id(ability.unit)
    food = product.food_used * ability.count
    if _changes_producer(ability):
        food -= match.types.types[int(match.units.row[row])].food_used
    return food


def rally(match: Match, row: int, producer: int) -> None:
    """Send a newborn unit (row) where its producer (tag) sends its like."""
    worker = bool(match.types.workers[match.units.row[row]])
    home = match.industry.larvae.get(producer, producer)
    places = match.industry.rallies.get(home, {})
    if match.units.speed[row] <= 0:
        return
    for place in places.get("workers" if worker else "units", places.get("units", ())):
        _send_to(match, row, place)


def _send_to(match: Match, row: int, place: Place) -> None:
    """Send a newborn unit (row) on to a place: to harvest there, into a carrier, after a unit, or just there."""
    other = match.units.row_of(place) if isinstance(place, int) else -1
    if isinstance(place, int) and other < 0:
        return
    worker = bool(match.types.workers[match.units.row[row]])
    if isinstance(place, int) and worker and harvest.check_field(match, row, place) is Result.SUCCESS:
        harvest.send(match, row, place, queued=bool(match.units.orders[row]))
    elif other >= 0 and passengers.check(match, other, row) is Result.SUCCESS:
        order_queue.give(match, row, Order(int(OrderAbility.SMART), OrderKind.CAST, place), queued=True)
    else:
        order_queue.give(match, row, Order(int(OrderAbility.MOVE), OrderKind.MOVE, place), queued=True)


def exit_of(match: Match, producer: int, unit_type: UnitType) -> tuple[float, float]:
    """Return where a new unit leaves a structure (row): at its edge, on the side of its rally point, else below."""
    units = match.units
    x, y = float(units.x[producer]), float(units.y[producer])
    places = match.industry.rallies.get(int(units.tag[producer]), {})
    worker = "Worker" in unit_type.flags
    route = places.get("workers" if worker else "units", places.get("units", ()))
    place = route[0] if route else None
    target = units.row_of(place) if isinstance(place, int) else -1
    if target >= 0:
        place = (float(units.x[target]), float(units.y[target]))
    angle = atan2(place[1] - y, place[0] - x) if isinstance(place, tuple) and place != (x, y) else -1.5707963267948966
    reach = float(units.radius[producer]) + unit_type.radius_cells + _EXIT_CELLS
    return x + reach * cos(angle), y + reach * sin(angle)


def _advance(match: Match, row: int, queue: list[Item]) -> None:
    """Let one loop pass for what a producer (row) makes at the same time."""
    for item in queue[: _slots(match, row)]:
        if not item.begun and not _begin(match, row, item):
            continue
        if item.site:
            _follow_site(match, row, item)
            continue
        item.done_loops += requirements.pace(match, row, load_abilities()[item.ability_id])
        if _owner(match, row).cheats.fast_build:
            item.done_loops = item.loops
        if item.done_loops >= item.loops:
            _drop(match, row, queue, item)
            _finish(match, row, item)
            if match.units.life[row] <= 0:
                return


def _follow_site(match: Match, row: int, item: Item) -> None:
    """Show how far an add-on has grown; a producer (row) whose add-on is gone is free again."""
    site = match.industry.sites.get(item.site)
    if site is None:
        end_site(match, int(match.units.tag[row]), item.site)
    else:
        item.done_loops = site.done_loops


def _begin(match: Match, row: int, item: Item) -> bool:
    """Begin something whose turn has come, if there is supply for it."""
    player, ability = _owner(match, row), load_abilities()[item.ability_id]
    if accounts.check_food(player, item.food) is not Result.SUCCESS:
        return False
    item.begun = True
    accounts.reserve_food(player, item.food)
    cocoon = ability.via[0] if ability.via else 0
    if cocoon or _changes_producer(ability):
        item.was = int(match.units.type_id[row])
    if cocoon:
        _become(match, row, cocoon)
        show(match, row)
    return True


def _drop(match: Match, row: int, queue: list[Item], item: Item) -> None:
    queue[:] = [one for one in queue if one is not item]
    if not queue:
        match.industry.queues.pop(int(match.units.tag[row]), None)
    accounts.reserve_food(_owner(match, row), -item.food)
    show(match, row)


def _finish(match: Match, row: int, item: Item) -> None:
    """Let what was made be there."""
    ability, player = load_abilities()[item.ability_id], _owner(match, row)
    if ability.kind == "research":
        upgrades.grant(match, player.id, ability.upgrade)
        alerts.alert_at(match, row, alerts.RESEARCH_COMPLETE)
    elif ability.kind == "morph":
        _become(match, row, ability.unit)
        alerts.alert_at(match, row, alerts.MORPH_COMPLETE)
    elif ability.kind == "arm_magazine":
        hangars.stock(match, row, ability)
        alerts.alert_at(match, row, alerts.NUKE_COMPLETE)
    else:
        _train(match, row, ability)


def _train(match: Match, row: int, ability: Ability) -> None:
    """Let trained units leave their producer; an egg or cocoon is gone then."""
    units, unit_type = match.units, match.types.by_id(ability.unit)
    tag, owner = int(units.tag[row]), int(units.owner[row])
    hatches = "KillOnFinish" in ability.flags
    if hatches:
        match.industry.consumed.add(tag)
        place = (float(units.x[row]), float(units.y[row]))
        units.life[row] = 0.0
        units.layers[row] = 0
        tags = spawning.create_at(match, spawning.Birth(ability.unit, owner), [place] * ability.count)
    else:
        tags = spawning.create_group(match, ability.unit, owner, exit_of(match, row, unit_type), ability.count)
    for newborn in tags:
        round_points.count_training(match, owner, ability.unit)
        rally(match, match.units.row_of(newborn), tag)
    worker = "Worker" in unit_type.flags
    alerts.alert_at(match, row, alerts.WORKER_COMPLETE if worker else alerts.UNIT_COMPLETE)


def _become(match: Match, row: int, type_id: int) -> None:
    """Make a unit (row) one of another type, and count it as such."""
    old = match.types.types[int(match.units.row[row])]
    transform.become(match, row, type_id)
    accounts.count_change(_owner(match, row), old, match.types.by_id(type_id))


def _pay_back(match: Match, row: int, item: Item) -> None:
    player = _owner(match, row)
    accounts.refund(player, item.price.share(load_abilities()[item.ability_id].refund_fraction))
    if item.begun:
        accounts.reserve_food(player, -item.food)


def _changes_producer(ability: Ability) -> bool:
    """Return whether its producer turns into what it makes."""
    return ability.kind == "morph" or "KillOnFinish" in ability.flags


def _occupies(item: Item) -> bool:
    """Return whether nothing can be put beside something in a queue."""
    return item.site > 0 or _changes_producer(load_abilities()[item.ability_id])


def _slots(match: Match, row: int) -> int:
    return 2 if addons.has_reactor(match, row) else 1


def _places(match: Match, row: int) -> int:
    """Return how much the queue of a producer (row) holds."""
    numbers = load_economy().numbers
    if not match.units.structure[row]:
        return 1
    return int(numbers["production_queue_with_reactor" if addons.has_reactor(match, row) else "production_queue"])


def _is_known(match: Match, owner: int, upgrade: int) -> bool:
    """Return whether a player has an upgrade, or is at it."""
    if upgrade in match.players[owner].upgrades:
        return True
    units, known = match.units, load_abilities()
    rows = [(units.row_of(tag), queue) for tag, queue in match.industry.queues.items()]
    return any(
        known[item.ability_id].upgrade == upgrade
        for row, queue in rows
        if row >= 0 and units.owner[row] == owner
        for item in queue
    )


def _owner(match: Match, row: int) -> Player:
    return match.players[int(match.units.owner[row])]
