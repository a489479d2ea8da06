"""Steps that change a unit at once: its life, shields and energy, and what it is ordered to do."""

from collections.abc import Mapping

from llm_pysc2.engine.behaviors import allegiance
from llm_pysc2.engine.behaviors.lasting import Perform
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.economy import construction, harvest
from llm_pysc2.engine.state.economy_records import Price
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.order import Ability, Order, OrderKind, order_kinds
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.spellbook import CAST_KINDS
from llm_pysc2.engine.state.unit_columns import quantise
from llm_pysc2.engine.units import accounts, order_queue
from llm_pysc2.knowledge.effects import CancelOrder, IssueOrder, ModifyUnit

_VITALS = {"Life": "life", "Shields": "shield", "Energy": "energy"}
_BASIC = {
    "move": (Ability.MOVE, OrderKind.MOVE),
    "attack": (Ability.ATTACK, OrderKind.SCAN_MOVE),
}


def run(match: Match, perform: Perform, effect: ModifyUnit, cast: Cast) -> None:
    """Add to life, shields or energy, or take from them: an amount, and a share of the maximum; or change its owner.

    A turret that is told to aim is aimed at once.
    """
    row = unit_of(match, cast, effect.impact_unit)
    if row < 0 or match.units.life[row] <= 0:
        return
    units = match.units
    if effect.modify_turret is not None and effect.modify_turret.aim_complete_effect:
        perform(match, effect.modify_turret.aim_complete_effect, cast)
    if "Salvage" in effect.modify_flags and effect.salvage_factor is not None:
        _salvage(match, row, effect.salvage_factor.resource)
        return
    if effect.modify_owner_player == "Caster":
        allegiance.hand_over(match, row, cast.owner)
    for vital, change in effect.vitals.items():
        column, most = getattr(units, _VITALS[vital]), float(getattr(units, f"{_VITALS[vital]}_max")[row])
        before = float(column[row])
        after = before + change.change + change.change_fraction * most
        column[row] = quantise(min(max(after, 0.0), most))
        if vital == "Life" and column[row] > before:
            match.players[cast.owner].score.total_healed.life += float(column[row]) - before


def _salvage(match: Match, row: int, factors: Mapping[str, float]) -> None:
    """Take a unit (row) apart: its owner gets a part of its price back."""
    unit_type = match.types.types[int(match.units.row[row])]
    price = Price(round(-factors["Minerals"] * unit_type.minerals), round(-factors["Vespene"] * unit_type.vespene))
    accounts.refund(match.players[int(match.units.owner[row])], price)
    match.industry.consumed.add(int(match.units.tag[row]))
    match.units.life[row] = 0.0


def issue_order(match: Match, _perform: Perform, effect: IssueOrder, cast: Cast) -> None:
    """Order a unit about by the catalog name of an ability.

    It may be one that is on nobody's command card; one that is only on those of others is none of the unit's. A change
    of its type comes first, and what it was ordered before goes on after that.
    """
    row = unit_of(match, cast, effect.on)
    if row < 0:
        return
    link, index = effect.abil, effect.abil_cmd_index
    tag, point = aim_of(match, cast, effect.target) if effect.target is not None else (0, None)
    aim = tag or point
    if link == "stop":
        order_queue.clear(match, row)
    elif link in _BASIC:
        ability, kind = _BASIC[link]
        order_queue.give(match, row, Order(int(ability), kind, aim), queued=False)
    else:
        known = match.spellbook.by_link(link, index)
        own = match.types.types[int(match.units.row[row])].abilities
        if known is None or (known.id in match.types.on_cards and known.id not in own):
            return
        if known.kind == "halt_construction":
            construction.halt(match, row)
        if known.kind == "gather" and harvest.check_field(match, row, tag) is Result.SUCCESS:
            harvest.send(match, row, tag)
        meant = OrderKind.CAST if known.kind in CAST_KINDS else order_kinds().get(known.id)
        if meant is not None:
            waiting = [
                one for one in match.units.orders[row] if known.kind == "morph" and one.kind is not OrderKind.CAST
            ]
            order_queue.give(match, row, Order(known.id, meant, aim), queued=False)
            match.units.orders[row] += waiting


def cancel_order(match: Match, _perform: Perform, effect: CancelOrder, cast: Cast) -> None:
    """Drop all orders of a unit."""
    row = unit_of(match, cast, effect.on)
    if row >= 0:
        order_queue.clear(match, row)
