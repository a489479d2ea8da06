"""What an order takes and whether the player has it: minerals, vespene, supply, and what must be there first."""

from collections.abc import Iterable, Iterator
from functools import cache

from llm_pysc2.dialogue.prices import find_price
from llm_pysc2.dialogue.refusal import Refusal
from llm_pysc2.knowledge.abilities import Ability, Need, load_abilities
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView, WorldView

SAME_PLACE_CELLS = 1.0
"""A structure nearer to the target of a builder's order is the one that was ordered."""


class Technology:
    """What a player has built and researched."""

    def __init__(self, view: WorldView) -> None:
        self._view = view
        self._types = {unit.type_id for unit in view.own if unit.is_complete}
        self._opens: dict[int, bool] = {}

    def holds_for(self, view: WorldView) -> bool:
        """Return whether a view is of the same moment; agents get views of their own that share its units."""
        return view.units is self._view.units and view.upgrade_ids == self._view.upgrade_ids

    def lacking(self, ability: Ability) -> list[str]:
        """Return in words what must be there before an ability can be used, as far as the game need not be asked."""
        return [words for need in ability.needs if (words := self._lacking(need))]

    def opens(self, ability: Ability) -> bool:
        """Return whether nothing is lacking for an ability, and what it researches is not known already."""
        if ability.id not in self._opens:
            is_news = ability.upgrade not in self._view.upgrade_ids
            self._opens[ability.id] = is_news and not self.lacking(ability)
        return self._opens[ability.id]

    def _lacking(self, need: Need) -> str:
        """Return what is missing for a condition, or nothing where it holds or only the game can tell."""
        if need.kind == "unit" and not self._types.intersection(need.ids):
            return f"a finished {_type_name(need.ids[0])}"
        if need.kind == "upgrade" and not set(need.ids) <= set(self._view.upgrade_ids):
            return f"the upgrade {_upgrade_name(need.ids[0])}"
        if need.kind == "fewer" and not need.here:
            there = sum(unit.type_id in need.ids for unit in self._view.own)
            if there >= need.fewer_than:
                return f"fewer than {need.fewer_than} {_type_name(need.ids[0])}"
        return ""


_latest: list[Technology] = []


def technology_of(view: WorldView) -> Technology:
    """Return the technology in a view, the same value for all agents that are told of the same moment."""
    if not (_latest and _latest[0].holds_for(view)):
        _latest[:] = [Technology(view)]
    return _latest[0]


class Affordability:
    """What a player has left for the orders of one answer; each takes its share."""

    def __init__(self, view: WorldView) -> None:
        self._view = view
        self._technology = Technology(view)
        self._reserved = _pledged(view)
        self._minerals = view.resources.minerals - self._reserved[0]
        self._vespene = view.resources.vespene - self._reserved[1]
        self._supply = float(view.resources.supply_cap - view.resources.supply_used)

    def check(self, name: str, ability: Ability) -> None:
        """Raise Refusal if an action of that name lacks technology, minerals, vespene or supply."""
        if lacking := self._technology.lacking(ability):
            raise Refusal(f"{name} needs {' and '.join(lacking)}", "unable")
        price = find_price(ability.id)
        if price is None:
            return
        for what, wanted, left, reserved in (
            ("minerals", price.minerals, self._minerals, self._reserved[0]),
            ("vespene", price.vespene, self._vespene, self._reserved[1]),
        ):
            if wanted > left:
                spoken_for = f", {reserved} more are meant for what is about to be built" if reserved else ""
                raise Refusal(f"{name} costs {wanted} {what}, {max(0, left)} are left{spoken_for}", "cost")
        if price.supply > self._supply:
            more = _supplier(self._view)
            raise Refusal(f"{name} takes {price.supply:g} supply, {max(0.0, self._supply):g} are left{more}", "supply")

    def take(self, ability: Ability) -> None:
        """Spend what an ability costs."""
        price = find_price(ability.id)
        if price is not None:
            self._minerals -= price.minerals
            self._vespene -= price.vespene
            self._supply -= price.supply


def _pledged(view: WorldView) -> tuple[int, int]:
    """Return the minerals and vespene of what builders are on their way to build: it is paid when they begin."""
    minerals = vespene = 0
    for ability, _ in planned(view):
        minerals += ability.minerals
        vespene += ability.vespene
    return minerals, vespene


def planned(view: WorldView) -> Iterator[tuple[Ability, Point]]:
    """Yield what builders are on their way to build, and where; what has been begun is not among it."""
    known = load_abilities()
    for order in (order for unit in view.own for order in unit.orders):
        ability = known.get(order.ability_id)
        place = _place(order.target, view)
        if ability and ability.kind == "build" and place and not _is_begun(ability, place, view.own):
            yield ability, place


def _place(target: Point | int | None, view: WorldView) -> Point | None:
    if not isinstance(target, int):
        return target
    unit = view.unit(target)
    return unit.position if unit else None


def _is_begun(ability: Ability, place: Point, units: Iterable[UnitView]) -> bool:
    """Return whether what an ability builds stands at a place already, if only its foundation."""
    return any(unit.type_id == ability.unit and unit.distance_to(place) < SAME_PLACE_CELLS for unit in units)


def _supplier(view: WorldView) -> str:
    races = {load_units()[unit.type_id].race for unit in view.own if unit.type_id in load_units()}
    names = [name for race, name in _SUPPLIERS.items() if race in races]
    return f"; more comes with {' or '.join(names)}" if names else ""


_SUPPLIERS = {"protoss": "Build_Pylon", "terran": "Build_SupplyDepot", "zerg": "Train_Overlord"}


@cache
def _type_name(type_id: int) -> str:
    return load_units()[type_id].name if type_id in load_units() else f"unit type {type_id}"


@cache
def _upgrade_name(upgrade_id: int) -> str:
    return load_upgrades()[upgrade_id].name if upgrade_id in load_upgrades() else f"{upgrade_id}"
