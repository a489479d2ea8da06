"""Orders that say what is to be made, and not by whom or where: who could, and the places worth asking about.

What a worker builds, a structure trains or researches, a gate warps in. Whether the player can pay is checked here, so
that the reason is a sentence; who really can and which place is free, the game is asked later
(`world.command.ProductionRequest`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from llm_pysc2.dialogue.affordability import Affordability
from llm_pysc2.dialogue.build_sites import Ground
from llm_pysc2.dialogue.grammar import Action
from llm_pysc2.dialogue.outline import unit_types_by_name
from llm_pysc2.dialogue.refusal import Refusal
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.world.command import Doer, ProductionRequest, Site
from llm_pysc2.world.view import UnitView

DOERS_NAMED = 8
"""How many units the game may choose among."""
_QUEUE = {False: 1, True: 2}
"""How many things a structure makes at a time, without and with a reactor."""


class Dispatcher:
    """Finds out for the orders of one answer who carries them out, and where."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._given: Counter[int] = Counter()
        """ProductionRequests of this answer by the unit that is first to do them."""

    @cached_property
    def ground(self) -> Ground:
        """What the view tells of the ground."""
        return Ground(self._situation.view)

    @cached_property
    def means(self) -> Affordability:
        """What the player has left for the orders to come."""
        return Affordability(self._situation.view)

    def send(
        self, action: Action, pool: Sequence[UnitView], near: UnitView | None, *, queued: bool | None
    ) -> ProductionRequest:
        """Return a production request for one of the units, and count what it costs. Raises Refusal.

        Args:
            action: What is to be done.
            pool: Who may do it, those who should in the first place first.
            near: The unit near which it is wanted; None = where it is of most use.
            queued: As written.
        """
        able = [(unit, ability) for unit in pool if (ability := self._ability(action, unit))]
        if not able:
            raise Refusal(self._nobody(action, pool), "unable")
        sample = able[0][1]
        self.means.check(action.name, sample)
        sites = self._sites(action, sample, near)
        doers = self._in_order(action, able, sites, waits=queued is True)
        first = doers[0].tag
        waits = queued if queued is not None else bool(self._given[first])
        self.means.take(sample)
        self._given[first] += 1
        return ProductionRequest(action.ability_id, doers[:DOERS_NAMED], sites, _half_side(sample), waits)

    def _ability(self, action: Action, unit: UnitView) -> Ability | None:
        """Return the special ability by which a unit does an action, or None if it never can."""
        facts = unit_types_by_name().get(unit.type_name)
        found = self._situation.book.ways(action, unit.type_name)
        if facts is None or not found or not unit.is_complete:
            return None
        # Of the levels of an upgrade the next one is meant.
        open_ = [one for one in found if not one.upgrade or one.upgrade not in self._situation.view.upgrade_ids]
        return open_[0] if open_ else None

    def _sites(self, action: Action, ability: Ability, near: UnitView | None) -> tuple[Site, ...] | None:
        if not action.sited:
            return None
        sites = self.ground.sites(ability, near)
        if not sites:
            where = f"near {self._situation.short_ids.name(near.tag)}" if near else "to be seen"
            raise Refusal(f"{action.name}: no place for it {where}", "place")
        return sites

    def _in_order(
        self,
        action: Action,
        able: Sequence[tuple[UnitView, Ability]],
        sites: tuple[Site, ...] | None,
        *,
        waits: bool,
    ) -> tuple[Doer, ...]:
        """Return who does it, best first: producers that are idle; of those who go there the nearest not building."""
        ready = [(unit, ability) for unit, ability in able if self._is_attached(unit, ability)]
        if not ready:
            raise Refusal(f"{action.name} needs {_add_on(able[0][1])} at the one who does it", "unable")
        free = [(unit, ability) for unit, ability in ready if waits or self._is_free(unit)]
        if not free:
            busy = ", ".join(self._busy(unit) for unit, _ in ready[:4])
            raise Refusal(f"{action.name}: all who could are busy: {busy}", "busy")
        place = sites[0].place if sites else None
        rank = {unit.tag: number for number, (unit, _) in enumerate(able)}

        def cost(one: tuple[UnitView, Ability]) -> tuple[int, float, int]:
            unit = one[0]
            load = self._given[unit.tag] + (self._builds(unit) if place else len(unit.orders))
            return load, unit.distance_to(place) if place and not _is_fixed(unit) else 0.0, rank[unit.tag]

        return tuple(Doer(unit.tag, ability.id) for unit, ability in sorted(free, key=cost))

    def _is_attached(self, unit: UnitView, ability: Ability) -> bool:
        add_on = self._situation.view.unit(unit.add_on_tag) if unit.add_on_tag else None
        type_id = add_on.type_id if add_on and add_on.is_complete else 0
        needs = {need.kind: need.ids for need in ability.needs if need.kind in ("attached", "not_attached")}
        return type_id in needs.get("attached", (type_id,)) and type_id not in needs.get("not_attached", ())

    def _is_free(self, unit: UnitView) -> bool:
        """Return whether a unit can begin at once; workers can always, they leave what they do."""
        if not _is_fixed(unit):
            return True
        add_on = self._situation.view.unit(unit.add_on_tag) if unit.add_on_tag else None
        room = _QUEUE["Reactor" in add_on.type_name if add_on else False]
        return len(unit.orders) + self._given[unit.tag] < room

    def _busy(self, unit: UnitView) -> str:
        name = self._situation.short_ids.name(unit.tag)
        if not unit.orders:
            return f"{name} (an order of this answer)"
        return f"{name} ({self._situation.book.verb(unit.orders[0].ability_id)} {unit.orders[0].progress:.0%})"

    @staticmethod
    def _builds(unit: UnitView) -> int:
        """Return how many of a unit's orders are to build something."""
        known = load_abilities()
        return sum(order.ability_id in known and known[order.ability_id].kind == "build" for order in unit.orders)

    def _nobody(self, action: Action, pool: Iterable[UnitView]) -> str:
        """Return why nobody of the pool can do an action."""
        cards = self._situation.book.cards
        names = [name for name, card in cards.items() if not action.ability_ids.isdisjoint(card)]
        if any(unit.type_name in names and unit.is_complete for unit in pool):
            return f"{action.name}: all of it is researched"
        return f"{action.name} takes {' or '.join(f'a finished {name}' for name in names[:3])}, you lead none"


def _is_fixed(unit: UnitView) -> bool:
    """Return whether a unit makes things where it is: structures and larvae."""
    facts = unit_types_by_name().get(unit.type_name)
    return facts is not None and (facts.structure or facts.name == "Larva")


def _add_on(ability: Ability) -> str:
    names: Iterable[str] = (
        load_units()[type_id].name for need in ability.needs if need.kind == "attached" for type_id in need.ids
    )
    return next((f"a finished {name}" for name in names), "no add-on")


def _half_side(ability: Ability) -> float:
    made = load_units().get(ability.unit)
    return ability.footprint_radius_cells or (made.radius_cells if made else 0.0)
