"""Turns what is wanted into orders: what can be paid and made is ordered, what cannot be paid is saved for.

Missing requirements (a producer, a building, an add-on, supply) are made first. What waits for a busy producer or for
something under way is passed over, and keeps nothing back.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from llm_pysc2.engine.behaviors import requirements
from llm_pysc2.engine.computer import makers, sites
from llm_pysc2.engine.computer.plans import Want
from llm_pysc2.engine.computer.view import View
from llm_pysc2.engine.computer.workers import nearest_worker
from llm_pysc2.engine.orders.commands import Target, attempt
from llm_pysc2.engine.state.economy_records import Price
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.units import accounts
from llm_pysc2.knowledge.abilities import Ability, Need
from llm_pysc2.knowledge.computer import load_rules
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.world.clock import LOOPS_PER_GAME_SECOND

DEEPEST = 8
"""So far requirements of requirements are followed."""
AT_ONCE = 12
"""Orders of one kind in one think at most."""
_MADE, _SAVED, _WAITS = "made", "saved", "waits"


@dataclass(slots=True)
class Purse:
    """What is left to spend in this think, minerals and vespene; below nothing while something is saved for."""

    minerals: float
    vespene: float

    def affords(self, price: Price) -> bool:
        """Return whether a price can be paid: a resource that it does not take may be lacking."""
        return (not price.minerals or self.minerals >= price.minerals) and (
            not price.vespene or self.vespene >= price.vespene
        )

    def take(self, price: Price) -> None:
        """Pay, or save."""
        self.minerals -= price.minerals
        self.vespene -= price.vespene


def carry_out(view: View, wants: Iterable[Want]) -> None:
    """Order what is wanted, as far as it can be made now."""
    purse = Purse(view.player.minerals - view.reserved[0], view.player.vespene - view.reserved[1])
    stock = _Stock(view, purse)
    later = []
    for want in wants:
        if want.idle:
            later.append(want)
        else:
            stock.fill(want)
    for want in later:
        stock.fill(want)


class _Stock:
    """Orders for one think."""

    def __init__(self, view: View, purse: Purse) -> None:
        self.view, self.purse = view, purse
        self.used: set[int] = set()
        """Rows that got an order in this think."""
        self.stuck: set[str] = set()
        """What could not be made in this think, by name."""

    def fill(self, want: Want) -> None:
        """Make what is missing of something."""
        for _ in range(AT_ONCE):
            if self.view.queued[want.name] >= want.count or want.name in self.stuck:
                return
            answer = self._make(want.name, want.by_clock, not want.idle, 0)
            if answer != _MADE:
                self.stuck.add(want.name)
                return

    def _make(self, name: str, by_clock: bool, saves: bool, depth: int) -> str:
        """Make one of something, or what it needs first."""
        if depth > DEEPEST or self._is_early(name, by_clock):
            return _WAITS
        found = makers.makers_of().get(name, ())
        lacking: list[Need] = []
        maker_names = []
        for maker, ability in found:
            if not self._has(maker):
                maker_names.append(maker)
                continue
            rows = self._rows(maker)
            missing = self._missing(rows, ability)
            if missing is not None:
                lacking.append(missing)
                continue
            return self._order(name, rows, ability, saves, depth)
        if lacking:
            return self._provide(found, lacking[0], saves, depth)
        return self._provide_maker(maker_names, saves, depth)

    def _has(self, maker: str) -> bool:
        return bool(self.view.rows.get(maker)) or (maker == self.view.race.worker and self.view.have[maker] > 0)

    def _rows(self, maker: str) -> list[int]:
        return [row for row in self.view.rows.get(maker, ()) if row not in self.used]

    def _missing(self, rows: list[int], ability: Ability) -> Need | None:
        """Return what keeps all of some makers from an ability; None if one of them could, or all are busy."""
        first = None
        for row in rows:
            lacking = next(
                (need for need in ability.needs if not requirements.is_met(self.view.match, row, need)), None
            )
            if lacking is None:
                return None
            first = first or lacking
        return first

    def _provide(self, found: tuple[makers.Maker, ...], need: Need, saves: bool, depth: int) -> str:
        """Make what an ability needs, if it is not under way."""
        if need.kind == "attached":
            names = [maker + "TechLab" for maker, _ in found if self._has(maker)]
        elif need.kind == "upgrade":
            names = [load_upgrades()[one].name for one in need.ids if one in load_upgrades()]
        elif need.kind == "unit":
            names = [load_units()[one].name for one in need.ids if one in load_units()]
        else:
            return _WAITS
        if need.kind == "unit" and any(self.view.queued[name] for name in names):
            return _WAITS
        for name in names:
            under_way = self.view.queued[name] > self.view.have[name]
            if not under_way and name in makers.makers_of():
                return self._make(name, False, saves, depth + 1)
        return _WAITS

    def _provide_maker(self, names: list[str], saves: bool, depth: int) -> str:
        """Make somebody who can make it, if none is under way."""
        for name in names:
            if self.view.queued[name] or name in ("Larva", "WarpGate"):
                return _WAITS
        for name in names:
            if name in makers.makers_of():
                return self._make(name, False, saves, depth + 1)
        return _WAITS

    def _order(self, name: str, rows: list[int], ability: Ability, saves: bool, depth: int) -> str:
        """Let one of some makers make something, or keep its price back."""
        match = self.view.match
        free = [row for row in rows if _is_free(match, row, ability) and self._ready(row, ability)]
        if not free and ability.kind != "build":
            return _WAITS
        price = _price(match, rows, ability)
        if not self._fits(name, ability):
            return self._make_supply(saves, depth)
        if not self.purse.affords(price):
            if saves:
                self.purse.take(price)
            return _SAVED
        return self._send(name, free, ability, price)

    def _fits(self, name: str, ability: Ability) -> bool:
        """Return whether there is supply enough."""
        product = load_units().get(ability.unit)
        if product is None or product.food_used <= 0 or product.structure or name in _SAME_SUPPLY:
            return True
        player = self.view.player
        return player.food_used + product.food_used * ability.count <= player.food_cap

    def _make_supply(self, saves: bool, depth: int) -> str:
        provider = self.view.race.supply
        if self.view.queued[provider] > self.view.have[provider] or self.view.player.food_cap >= 200:
            return _WAITS
        self._make(provider, False, saves, depth + 1)
        return _WAITS

    def _ready(self, row: int, ability: Ability) -> bool:
        return all(requirements.is_met(self.view.match, row, need) for need in ability.needs)

    def _send(self, name: str, free: list[int], ability: Ability, price: Price) -> str:
        view, match = self.view, self.view.match
        by_worker = ability.kind == "build" and not any(match.units.structure[row] for row in free)
        if ability.kind == "build" and not by_worker:
            pairs: list[tuple[int, Target]] = [(row, None) for row in free]
        elif by_worker:
            pairs = self._errands(name, ability)
        elif ability.kind == "warp_in":
            pairs = [(free[0], place) for place in sites.warp_places(view, ability)] if free else []
        else:
            pairs = [(row, None) for row in free]
        for row, target in pairs:
            answer = attempt(match, view.player_id, (ability.id, target), int(match.units.tag[row]))
            if answer is Result.SUCCESS:
                self._note(name, row, ability, price)
                if isinstance(target, tuple):
                    view.pending.append(target)
                return _MADE
        return _WAITS

    def _errands(self, name: str, ability: Ability) -> list[tuple[int, Target]]:
        """Return workers and places for a structure, the best first."""
        pairs: list[tuple[int, Target]] = []
        for target in sites.places_for(self.view, name, ability):
            worker = nearest_worker(self.view, target, self.used)
            if worker >= 0:
                pairs.append((worker, target))
        return pairs

    def _note(self, name: str, row: int, ability: Ability, price: Price) -> None:
        view = self.view
        self.purse.take(price)
        self.used.add(row)
        view.queued[name] += ability.count
        for one in load_rules().counts_as.get(name, ()):
            view.queued[one] += ability.count
        view.begun[name] += ability.count
        mind, rules = view.mind, load_rules()
        if name == view.race.worker:
            gap = rules.by_level("worker_gap_seconds", mind.level) * LOOPS_PER_GAME_SECOND
            mind.next_worker = view.match.loop + int(gap)
        elif mind.army_gap_loops and name in mind.army:
            mind.next_fighter = view.match.loop + mind.army_gap_loops

    def _is_early(self, name: str, by_clock: bool) -> bool:
        """Return whether a slow computer waits before it makes the next of these."""
        mind, loop = self.view.mind, self.view.match.loop
        if name == self.view.race.worker:
            return loop < mind.next_worker
        return by_clock and name in mind.army and loop < mind.next_fighter


_SAME_SUPPLY = frozenset({"Baneling", "Overseer", "OverlordTransport"})
"""What takes no more supply than what it is made of; other morphs are near enough."""


def _is_free(match: Match, row: int, ability: Ability) -> bool:
    """Return whether a maker (row) does nothing that this would disturb."""
    tag, units = int(match.units.tag[row]), match.units
    queue = match.industry.queues.get(tag, [])
    if units.structure[row]:
        addon = units.row_of(match.industry.addons.get(tag, 0))
        reactor = addon >= 0 and "Reactor" in match.types.types[int(units.row[addon])].name
        return len(queue) < (2 if reactor and ability.kind == "train" else 1) and tag not in match.industry.sites
    return not queue and tag not in match.industry.builders


def _price(match: Match, rows: list[int], ability: Ability) -> Price:
    source = int(match.units.type_id[rows[0]]) if rows else 0
    return accounts.price_of(ability, source)
