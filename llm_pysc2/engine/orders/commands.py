"""Orders as clients give them: checked unit by unit, answered with a `Result`, and turned into `Order` values.

Nothing here raises: whatever a client sends gets an answer.
"""

from collections.abc import Sequence

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.cargo import passengers, transport
from llm_pysc2.engine.combat import healing
from llm_pysc2.engine.economy import construction, merging
from llm_pysc2.engine.maps.filters import trait
from llm_pysc2.engine.orders import autocast, casting, economy_commands, legality
from llm_pysc2.engine.state.heal_beam import heal_beam
from llm_pysc2.engine.state.match import Match, hostile
from llm_pysc2.engine.state.order import ABILITY_OF, Order, OrderKind, order_kinds
from llm_pysc2.engine.state.order import Ability as BasicAbility
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import TRANSPORT_KINDS
from llm_pysc2.engine.state.unit_columns import ActionError
from llm_pysc2.engine.units import order_queue
from llm_pysc2.engine.units.aboard import passengers_of
from llm_pysc2.engine.units.spawning import refresh_looks
from llm_pysc2.knowledge.abilities import Ability

Target = tuple[float, float] | int | None

MOST_ORDERS = 32
"""How many orders a unit's queue holds."""
AIR = trait("Air")
_UNCOMMANDABLE = trait("Uncommandable")
_TRANSIENT = frozenset({"Transient", "TransientPreferred"})
"""Abilities that happen at once, whatever the unit is doing."""

_NEEDS_LEGS = (OrderKind.MOVE, OrderKind.PATROL, OrderKind.SCAN_MOVE, OrderKind.HOLD)
_GETS_IN = (Result.SUCCESS, Result.NOT_ENOUGH_ROOM_TO_LOAD_UNIT)
"""What a carrier answers to a unit that it would take in, if there is room."""
_WITHOUT_TARGET = (OrderKind.STOP, OrderKind.HOLD)


def order(
    match: Match, player_id: int, ability_id: int, tags: Sequence[int], target: Target, queued: bool
) -> list[int]:
    """Give one order to units of a player. Returns a `Result` for each tag and keeps refusals as action errors."""
    answers = []
    for tag in tags:
        answer = attempt(match, player_id, (ability_id, target), tag, queued)
        if answer is not Result.SUCCESS and player_id in match.players:
            match.players[player_id].events.action_errors.append(ActionError(tag, ability_id, int(answer)))
        answers.append(int(answer))
    return answers


def order_best(match: Match, player_id: int, ability_id: int, tags: Sequence[int], target: Target, queued: bool) -> int:
    """Give one order to the first of some units that can carry it out.

    Returns its `Result`; where none can, the first unit's, which is kept as an action error.
    """
    answers = []
    for tag in tags:
        answers.append(attempt(match, player_id, (ability_id, target), tag, queued))
        if answers[-1] is Result.SUCCESS:
            return Result.SUCCESS
    if not answers:
        return Result.ERROR
    match.players[player_id].events.action_errors.append(ActionError(tags[0], ability_id, int(answers[0])))
    return answers[0]


def toggle_autocast(match: Match, player_id: int, ability_id: int, tags: Sequence[int]) -> list[int]:
    """Switch the autocast of an ability over. Returns a `Result` for each tag."""
    answers = []
    for tag in tags:
        row = match.units.row_of(tag)
        answer = _may_command(match, player_id, row)
        if answer is Result.SUCCESS:
            answer = _toggle(match, row, ability_id)
        answers.append(int(answer))
    return answers


def _toggle(match: Match, row: int, ability_id: int) -> Result:
    units, tag = match.units, int(match.units.tag[row])
    if ability_id == BasicAbility.HEAL and units.heals[row]:
        units.autocast[row] = not units.autocast[row]
        refresh_looks(match, row)
        return Result.SUCCESS
    hangar = match.spells.hangars.get(tag)
    made = match.types.hangars.get(int(units.row[row]))
    if hangar is not None and made is not None and made.id == ability_id:
        hangar.automatic = not hangar.automatic
        return Result.SUCCESS
    for ability in match.types.autocasts.get(int(units.row[row]), ()):
        if ability_id in (ability.id, ability.general):
            autocast.switch(match, row, ability)
            return Result.SUCCESS
    return Result.NOT_SUPPORTED


def available(match: Match, tag: int, *, ignore_cost: bool = False) -> list[int]:
    """Return the specific ids of the abilities a unit can use now, sorted; empty for an unknown unit."""
    row = match.units.row_of(tag)
    if row < 0:
        return []
    card = match.types.types[int(match.units.row[row])].abilities
    usable = {ability for ability in card if ability in order_kinds()}
    for own in card:
        ability = legality.find(match, row, own)
        ready = ability is not None and legality.check_unit(match, row, ability) is Result.SUCCESS
        if ready or _crew_has(match, row, own):
            usable.add(own)
    return sorted(usable.union(economy_commands.usable(match, row, ignore_cost=ignore_cost)))


def _crew_has(match: Match, row: int, ability_id: int) -> bool:
    """Return whether a carrier (row) hands orders of an ability on to passengers, and one of them can use it."""
    redirects = legality.find_redirects(match, row, ability_id)
    if not redirects:
        return False
    crew = ((one, legality.redirected(match, one, redirects)) for one in passengers_of(match, row))
    return any(own in available(match, int(match.units.tag[one])) for one, own in crew)


def attempt(match: Match, player_id: int, what: tuple[int, Target], tag: int, queued: bool = False) -> Result:
    """Give one unit an order, an ability and its target. Returns why it is refused, or SUCCESS; keeps no error."""
    row = match.units.row_of(tag)
    answer = _may_command(match, player_id, row)
    return answer if answer is not Result.SUCCESS else _carry_out(match, row, what, queued)


def _carry_out(match: Match, row: int, what: tuple[int, Target], queued: bool) -> Result:
    ability_id, target = what
    redirects = legality.find_redirects(match, row, ability_id)
    if redirects:
        return _redirect(match, row, redirects, target, queued)
    if ability_id == BasicAbility.SMART:
        ability_id = economy_commands.smart(match, row, target) or ability_id
    economic = economy_commands.order(match, row, ability_id, target, queued)
    if economic is not None:
        return economic
    kind = _kind(match, row, ability_id, target)
    if kind is None:
        return _order_ability(match, row, ability_id, target, queued)
    answer = _check(match, row, kind, target)
    if answer is not Result.SUCCESS:
        return answer
    if kind is OrderKind.STOP:
        _stop(match, row)
        return Result.SUCCESS
    if queued and len(match.units.orders[row]) >= MOST_ORDERS:
        return Result.ORDER_QUEUE_IS_FULL
    order_target = None if kind in _WITHOUT_TARGET else target
    _give(match, row, Order(_specific(match, row, kind), kind, order_target), queued)
    return Result.SUCCESS


def _redirect(match: Match, row: int, redirects: Sequence[Ability], target: Target, queued: bool) -> Result:
    """Hand an order on to the passengers who can carry it out."""
    answer = Result.ERROR
    for passenger in passengers_of(match, row):
        own = legality.redirected(match, passenger, redirects)
        if own is not None:
            answers = (answer, _carry_out(match, passenger, (own, target), queued))
            answer = Result.SUCCESS if Result.SUCCESS in answers else answers[1]
    return answer


def _order_ability(match: Match, row: int, ability_id: int, target: Target, queued: bool) -> Result:
    """Let a unit use an ability: at once where that disturbs nothing, else as its order."""
    ability = legality.find(match, row, ability_id)
    if ability is None:
        return Result.NOT_SUPPORTED
    answer = legality.check_unit(match, row, ability, queued=queued)
    if answer is Result.SUCCESS and ability.kind == "augment":
        return _attack_with(match, row, ability, target, queued)
    if answer is Result.SUCCESS:
        answer = legality.check_target(match, row, ability, target)
    if answer is not Result.SUCCESS:
        return answer
    waits = queued and bool(match.units.orders[row])
    if waits and len(match.units.orders[row]) >= MOST_ORDERS:
        return Result.ORDER_QUEUE_IS_FULL
    aim = None if ability.target == "none" else target
    if ability.kind in TRANSPORT_KINDS and not waits and transport.begin(match, row, ability, aim):
        return Result.SUCCESS
    at_once = bool(_TRANSIENT & ability.flags) or ability.kind in ("cancel_effect", "arm_magazine")
    if at_once and not waits:
        casting.use(match, row, ability, aim)
        return Result.SUCCESS
    if ability.kind == "merge" and not waits:
        merging.order(match, row, ability)
    else:
        _give(match, row, Order(ability.id, OrderKind.CAST, aim), queued)
    return Result.SUCCESS


def _attack_with(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    """Let a unit attack with an ability that goes along with it (Charge); out of its reach it only attacks."""
    answer = _check(match, row, OrderKind.ATTACK, target)
    if answer is Result.SUCCESS:
        _give(match, row, Order(_specific(match, row, OrderKind.ATTACK), OrderKind.ATTACK, target), queued)
        if not queued and legality.check_target(match, row, ability, target) is Result.SUCCESS:
            casting.use(match, row, ability, target)
    return answer


def _give(match: Match, row: int, order: Order, queued: bool) -> None:
    """Give an order; one that meets what cannot be cut off waits for its end, in place of all that waited before."""
    if not _is_bound(match, row):
        order_queue.give(match, row, order, queued)
        return
    if not queued:
        del match.units.orders[row][1:]
    match.units.orders[row].append(order)


def _is_bound(match: Match, row: int) -> bool:
    return casting.is_bound(match, row) or construction.is_bound(match, row)


def _stop(match: Match, row: int) -> None:
    if _is_bound(match, row):
        del match.units.orders[row][1:]
    else:
        order_queue.clear(match, row)


def _may_command(match: Match, player_id: int, row: int) -> Result:
    if row < 0 or player_id not in match.players:
        return Result.ERROR
    owner = int(match.units.owner[row])
    if owner != player_id and not match.players[player_id].cheats.control_enemy:
        return Result.YOU_CANT_CONTROL_THAT_UNIT
    if match.units.aboard[row] >= 0:
        return Result.YOU_CANT_ISSUE_COMMANDS_TO_THAT_UNIT
    commandable = not int(match.units.traits[row]) & _UNCOMMANDABLE
    return Result.SUCCESS if commandable else Result.YOU_CANT_CONTROL_THAT_UNIT


def _kind(match: Match, row: int, ability_id: int, target: Target) -> OrderKind | None:
    """Return what an ability means for a unit: a click by its target, an attack on a point as attack-move."""
    kind = _smart_kind(match, row, target) if ability_id == BasicAbility.SMART else order_kinds().get(ability_id)
    if kind is OrderKind.ATTACK and (not match.units.arms[row].weapons or isinstance(target, tuple)):
        return OrderKind.SCAN_MOVE
    if kind is OrderKind.HEAL and not match.units.heals[row]:
        return None
    return kind


def _smart_kind(match: Match, row: int, target: Target) -> OrderKind:
    """Return what a right click means: attack an enemy, heal the wounded, get in, else go there."""
    units = match.units
    other = units.row_of(target) if isinstance(target, int) else -1
    if other < 0:
        return OrderKind.MOVE
    if hostile(int(units.owner[row]), int(units.owner[other])):
        return OrderKind.ATTACK
    if units.speed[row] > 0 and passengers.check(match, other, row) in _GETS_IN:
        return OrderKind.CAST
    wounded = units.life[other] < units.life_max[other]
    return OrderKind.HEAL if wounded and units.heals[row] and healing.can_heal(match, row)[other] else OrderKind.MOVE


def _check(match: Match, row: int, kind: OrderKind, target: Target) -> Result:
    """Return why a unit cannot carry out an order, or SUCCESS."""
    if kind in _NEEDS_LEGS and match.units.speed[row] <= 0:
        return Result.UNIT_CANT_MOVE
    if kind in _WITHOUT_TARGET:
        return Result.SUCCESS
    if isinstance(target, tuple):
        if kind in (OrderKind.ATTACK, OrderKind.HEAL):
            return Result.MUST_TARGET_UNIT
        width, height = match.map.size_cells
        on_map = 0 <= target[0] < width and 0 <= target[1] < height
        return Result.SUCCESS if on_map else Result.MUST_TARGET_VISIBLE_LOCATION
    if target is None:
        return Result.MUST_TARGET_UNIT
    return _check_unit(match, row, kind, target)


def _check_unit(match: Match, row: int, kind: OrderKind, tag: int) -> Result:
    """Return why a unit cannot aim an order at the unit with a tag, or SUCCESS."""
    units = match.units
    other = units.row_of(tag)
    if other < 0 or not vision.knows(match, int(units.owner[row]), other):
        return Result.MUST_TARGET_VISIBLE_UNIT
    if other == row:
        return Result.CANT_TARGET_THAT_UNIT
    if kind is OrderKind.ATTACK:
        return _check_attack(match, row, other)
    if kind is OrderKind.HEAL:
        return _check_heal(match, row, other)
    if kind is OrderKind.CAST:
        return passengers.check(match, other, row)
    return Result.SUCCESS


def _check_attack(match: Match, row: int, other: int) -> Result:
    units = match.units
    traits = int(units.traits[other])
    if units.invulnerable[other]:
        return Result.CANT_TARGET_INVULNERABLE_UNITS
    if any(weapon.allows(traits) for weapon in units.arms[row].weapons):
        return Result.SUCCESS
    return Result.CANT_TARGET_AIR_UNITS if traits & AIR else Result.CANT_TARGET_GROUND_UNITS


def _check_heal(match: Match, row: int, other: int) -> Result:
    units = match.units
    if hostile(int(units.owner[row]), int(units.owner[other])):
        return Result.CANT_TARGET_ENEMY_UNITS
    if not units.traits[other] & trait("Biological"):
        return Result.MUST_TARGET_BIOLOGICAL_UNITS
    if not healing.can_heal(match, row)[other] or units.life[other] >= units.life_max[other]:
        return Result.CANT_TARGET_THAT_UNIT
    return Result.SUCCESS if units.energy[row] >= heal_beam().least_energy else Result.NOT_ENOUGH_ENERGY


def _specific(match: Match, row: int, kind: OrderKind) -> int:
    """Return the ability of the unit's own command card that an order of a kind is shown as."""
    if kind is OrderKind.CAST:
        return int(BasicAbility.SMART)
    for ability in match.types.types[int(match.units.row[row])].abilities:
        if order_kinds().get(ability) is kind:
            return ability
    if kind is OrderKind.SCAN_MOVE and match.units.arms[row].weapons:
        return _specific(match, row, OrderKind.ATTACK)
    return int(ABILITY_OF[kind])
