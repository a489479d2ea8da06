"""Orders of the economy: each kind of ability has its own way to be checked and carried out."""

from collections.abc import Callable, Mapping, Sequence

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.combat import hangars
from llm_pysc2.engine.economy import construction, harvest, production, warping
from llm_pysc2.engine.orders import legality
from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.units import order_queue
from llm_pysc2.knowledge.abilities import Ability, load_abilities

Target = tuple[float, float] | int | None
Carry = Callable[[Match, int, Ability, Target, bool], Result]
Check = Callable[[Match, int, Ability], Result]

_WORKERS, _UNITS = "workers", "units"
MOST_RALLIES = 8
"""How many places new units can be sent to one after the other."""


def order(match: Match, row: int, ability_id: int, target: Target, queued: bool) -> Result | None:
    """Give an order of the economy to a unit (row); None if the ability is none, or not the unit's."""
    answer: Result | None = None
    for ability in find(match, row, ability_id):
        kind_answer = _carry(match, row, ability, target, queued)
        if kind_answer is Result.SUCCESS:
            return kind_answer
        answer = answer or kind_answer
    return answer


def find(match: Match, row: int, ability_id: int) -> Sequence[Ability]:
    """Return the abilities of the economy on a unit's (row) card that an id means: itself, or a general one."""
    return [one for one in abilities_of(match, row) if ability_id in (one.id, one.general)]


def abilities_of(match: Match, row: int) -> Sequence[Ability]:
    """Return the abilities of the economy on a unit's (row) card."""
    type_row = int(match.units.row[row])
    if type_row not in match.economy_cards:
        known, left_out = load_abilities(), load_coverage().left_out
        card = [known[one] for one in match.types.types[type_row].abilities if one in known]
        match.economy_cards[type_row] = tuple(
            one
            for one in card
            if one.id not in left_out
            and one.kind in _CARRY
            and not (_is_a_mode(match, one) or _is_hangar(match, row, one))
        )
    return match.economy_cards[type_row]


def carries_out(ability: Ability) -> bool:
    """Return whether there is a way to carry out an ability here."""
    return ability.kind in _CARRY


def usable(match: Match, row: int, *, ignore_cost: bool = False) -> list[int]:
    """Return the ids of the economy's abilities that a unit (row) can use now."""
    found = []
    for ability in abilities_of(match, row):
        answer = _CHECKS.get(ability.kind, _always)(match, row, ability)
        if answer is Result.SUCCESS and not ignore_cost:
            answer = _COSTS.get(ability.kind, _always)(match, row, ability)
        if answer is Result.SUCCESS:
            found.append(ability.id)
    return found


def smart(match: Match, row: int, target: Target) -> int:
    """Return the ability of the economy that a right click means for a unit (row), 0 = none."""
    kinds = {one.kind: one.id for one in reversed(abilities_of(match, row))}
    if match.units.structure[row]:
        return kinds.get("rally", 0) if match.units.speed[row] <= 0 else 0
    if not isinstance(target, int) or "gather" not in kinds:
        return 0
    other = match.units.row_of(target)
    if other < 0:
        return 0
    resumed = construction.can_resume(match, row, target)
    if resumed:
        return resumed
    if harvest.check_field(match, row, target) is Result.SUCCESS:
        return kinds["gather"]
    repair = next((one for one in legality.card(match, row) if one.general == legality.REPAIR), None)
    if repair is not None and legality.check_target(match, row, repair, target) is Result.SUCCESS:
        return repair.id if passengers.check(match, other, row) is not Result.SUCCESS else 0
    job = match.industry.jobs.get(int(match.units.tag[row]))
    own_hall = match.types.is_drop_off[match.units.row[other]] and match.units.owner[other] == match.units.owner[row]
    return kinds.get("return", 0) if own_hall and job is not None and job.amount else 0


def check(match: Match, row: int, ability: Ability) -> Result:
    """Return why a unit (row) cannot use an ability of the economy now, or SUCCESS; its target is not looked at."""
    for checks in (_CHECKS, _COSTS):
        answer = checks.get(ability.kind, _always)(match, row, ability)
        if answer is not Result.SUCCESS:
            return answer
    return Result.SUCCESS


def _carry(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    answer = check(match, row, ability)
    if answer is not Result.SUCCESS:
        return answer
    return _CARRY[ability.kind](match, row, ability, target, queued)


def _is_a_mode(match: Match, ability: Ability) -> bool:
    """Return whether a morph is one of those that cost nothing but time, which `systems.casting` carries out."""
    return ability.kind == "morph" and legality.is_carried_out(match, ability)


def _is_hangar(match: Match, row: int, ability: Ability) -> bool:
    """Return whether a unit (row) launches what an ability makes, which `systems.hangars` carries out."""
    return ability.kind == "arm_magazine" and int(match.units.row[row]) in match.types.hangars


def _always(match: Match, row: int, ability: Ability) -> Result:
    del match, row, ability
    return Result.SUCCESS


def _make(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    del target, queued
    production.enqueue(match, row, ability)
    return Result.SUCCESS


def _build(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    if isinstance(target, int) and target in match.industry.sites:
        return construction.order(match, row, ability, target, queued)
    answer = construction.check_place(match, row, ability, target)
    return construction.order(match, row, ability, target, queued) if answer is Result.SUCCESS else answer


def _warp_in(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    del queued
    if not isinstance(target, tuple):
        return Result.MUST_TARGET_VISIBLE_LOCATION
    return warping.warp_in(match, row, ability, target)


def _gather(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    del ability
    if not isinstance(target, int):
        return Result.MUST_TARGET_RESOURCES
    other = match.units.row_of(target)
    if other < 0 or not vision.knows(match, int(match.units.owner[row]), other):
        return Result.MUST_TARGET_VISIBLE_UNIT
    answer = harvest.check_field(match, row, target)
    if answer is Result.SUCCESS:
        harvest.send(match, row, target, queued)
    return answer


def _return(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    del ability, target
    return harvest.send_home(match, row, queued)


def _rally(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    if target is None or (isinstance(target, int) and match.units.row_of(target) < 0):
        return Result.MUST_TARGET_VISIBLE_LOCATION
    card = [one for one in abilities_of(match, row) if one.kind == "rally"]
    for_workers = ability.general == _WORKER_RALLY
    both = len(card) == 1
    places = match.industry.rallies.setdefault(int(match.units.tag[row]), {})
    for kind in (_WORKERS, _UNITS) if both and for_workers else (_WORKERS,) if for_workers else (_UNITS,):
        route = (*places.get(kind, ()), target) if queued else (target,)
        if len(route) > MOST_RALLIES:
            return Result.RALLY_QUEUE_IS_FULL
        places[kind] = route
    return Result.SUCCESS


def _cancel_last(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    del target, queued
    if _changes_by(match, row, ability):
        order_queue.clear(match, row)
        return Result.SUCCESS
    if hangars.is_busy(match, row):
        hangars.cancel(match, row)
        return Result.SUCCESS
    return production.cancel_last(match, row)


def _changes_by(match: Match, row: int, ability: Ability) -> bool:
    """Return whether a unit (row) is in a change of mode that an ability would cut off."""
    casting = match.spells.casting.get(int(match.units.tag[row]))
    if casting is None or casting.stage != "morph":
        return False
    return load_abilities()[match.units.orders[row][0].ability_id].link == ability.link


def _cancel_construction(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    del ability, target, queued
    return construction.cancel(match, row)


def _halt(match: Match, row: int, ability: Ability, target: Target, queued: bool) -> Result:
    del ability, target, queued
    queued = int(match.units.tag[row]) in match.industry.queues
    return production.cancel_last(match, row) if queued else construction.halt(match, row)


_WORKER_RALLY = 3690
"""General id of the rally points of workers; town halls of two races have no other."""

_CARRY: Mapping[str, Carry] = {
    "train": _make,
    "research": _make,
    "morph": _make,
    "arm_magazine": _make,
    "build": _build,
    "warp_in": _warp_in,
    "gather": _gather,
    "return": _return,
    "rally": _rally,
    "cancel_last": _cancel_last,
    "cancel_morph": _cancel_last,
    "cancel_construction": _cancel_construction,
    "halt_construction": _halt,
}


def _check_queue(match: Match, row: int, ability: Ability) -> Result:
    queued = int(match.units.tag[row]) in match.industry.queues
    busy = queued or _changes_by(match, row, ability) or hangars.is_busy(match, row)
    return Result.SUCCESS if busy else Result.CANT_FIND_CANCEL_ORDER


def _check_site(match: Match, row: int, ability: Ability) -> Result:
    del ability
    return Result.SUCCESS if int(match.units.tag[row]) in match.industry.sites else Result.CANT_FIND_CANCEL_ORDER


def _check_load(match: Match, row: int, ability: Ability) -> Result:
    del ability
    job = match.industry.jobs.get(int(match.units.tag[row]))
    return Result.SUCCESS if job is not None and job.amount else Result.CANT_FIND_DROP_OFF


def _check_work(match: Match, row: int, ability: Ability) -> Result:
    del ability
    busy = construction.site_of(match, row) or int(match.units.tag[row]) in match.industry.queues
    return Result.SUCCESS if busy else Result.CANT_FIND_CANCEL_ORDER


_CHECKS: Mapping[str, Check] = {
    "train": production.check,
    "research": production.check,
    "morph": production.check,
    "arm_magazine": production.check,
    "build": construction.check,
    "warp_in": warping.check,
    "return": _check_load,
    "cancel_last": _check_queue,
    "cancel_morph": _check_queue,
    "cancel_construction": _check_site,
    "halt_construction": _check_work,
}
_COSTS: Mapping[str, Check] = {
    "train": production.check_cost,
    "research": production.check_cost,
    "morph": production.check_cost,
    "arm_magazine": production.check_cost,
    "build": construction.check_cost,
    "warp_in": warping.check_cost,
}
