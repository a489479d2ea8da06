"""Who makes what: the abilities by which units, structures and upgrades come into being, by the product's name."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from llm_pysc2.engine.computer.view import View
from llm_pysc2.engine.orders import economy_commands
from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.knowledge.upgrades import load_upgrades

Maker = tuple[str, Ability]
"""Name of the type that makes something, and the ability."""
_KINDS = ("train", "build", "warp_in", "research", "morph")
_FREE_MORPHS = ("WarpGate",)


@cache
def makers_of() -> Mapping[str, tuple[Maker, ...]]:
    """Return who can make each product, by its name."""
    abilities, units, upgrades = load_abilities(), load_units(), load_upgrades()
    left_out = load_coverage().left_out
    found: dict[str, tuple[Maker, ...]] = {}
    for unit in units.values():
        for ability in (abilities[one] for one in unit.abilities if one in abilities):
            if ability.kind not in _KINDS or ability.id in left_out or not economy_commands.carries_out(ability):
                continue
            product = upgrades[ability.upgrade].name if ability.upgrade in upgrades else ""
            product = product or (units[ability.unit].name if ability.unit in units else "")
            costs = ability.minerals or ability.vespene or ability.costs_by_source
            if product and (costs or product in _FREE_MORPHS or ability.kind != "morph"):
                found[product] = (*found.get(product, ()), (unit.name, ability))
    return MappingProxyType(found)


@cache
def is_unit(name: str) -> bool:
    """Return whether a name is a unit's or a structure's, not an upgrade's."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(unit.name for unit in load_units().values())


def has_tech(view: View, name: str) -> bool:
    """Return whether somebody there could make something now, prices aside."""
    units = load_units()
    for maker, ability in makers_of().get(name, ()):
        needed = [need for need in ability.needs if need.kind == "unit"]
        if maker in view.rows and all(any(view.have[units[one].name] for one in need.ids) for need in needed):
            return True
    return False


def work_by_maker(view: View, army: Mapping[str, int]) -> dict[str, float]:
    """Return how many loops of work an army is for each kind of producer; larvae and morphs do not count."""
    work: dict[str, float] = {}
    for name, count in army.items():
        left = max(count - view.begun[name], 0)
        for maker, ability in makers_of().get(name, ()):
            if ability.kind == "train" and maker in _PRODUCERS:
                work[maker] = work.get(maker, 0.0) + left * ability.loops / max(ability.count, 1)
                break
    return work


_PRODUCERS = frozenset({"Barracks", "Factory", "Starport", "Gateway", "RoboticsFacility", "Stargate"})


def pace_of_supply(view: View) -> int:
    """Return how much supply is used up while the next supply building is on its way: our own estimate."""
    halls = view.have[view.race.hall]
    if view.race.hall == "Hatchery":
        return 1 + 3 * halls
    producers = sum(view.have[name] for name in _PRODUCERS)
    return 1 + 2 * halls + 2 * producers
