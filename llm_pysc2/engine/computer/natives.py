"""What halls, Queens, gates and depots of a computer do by themselves: MULEs, boosts, injects."""

from math import hypot

from llm_pysc2.engine.computer.view import View
from llm_pysc2.engine.orders.commands import Target, attempt
from llm_pysc2.engine.state.order import IDLE
from llm_pysc2.engine.state.results import Result

_MULE, _CHRONO, _INJECT, _LOWER, _WARP_GATE = 171, 3755, 251, 556, 1518
_MULE_ENERGY = 50
_INJECT_CELLS = 15.0
_BUSIEST = ("Nexus", "RoboticsFacility", "Stargate", "Gateway", "Forge", "CyberneticsCore", "TwilightCouncil")


def run(view: View) -> None:
    """Use what the economy's units can do."""
    _call_mules(view)
    _boost(view)
    _inject(view)
    for row in view.rows.get("SupplyDepot", ()):
        _use(view, row, _LOWER, None)
    if view.have["WarpGateResearch"]:
        for row in view.rows.get("Gateway", ()):
            if int(view.match.units.tag[row]) not in view.match.industry.queues:
                _use(view, row, _WARP_GATE, None)


def _use(view: View, row: int, ability: int, target: Target) -> bool:
    answer = attempt(view.match, view.player_id, (ability, target), int(view.match.units.tag[row]))
    return answer is Result.SUCCESS


def _call_mules(view: View) -> None:
    """Call a MULE to the fullest town from each Orbital Command that has the energy."""
    units = view.match.units
    towns = [town for town in view.towns if town.minerals]
    if not towns:
        return
    field = max(towns, key=lambda town: town.minerals_left).minerals[0]
    for row in view.rows.get("OrbitalCommand", ()):
        if units.energy[row] >= _MULE_ENERGY:
            _use(view, row, _MULE, int(units.tag[field]))


def _boost(view: View) -> None:
    """Boost a producer that is at work, once the first Pylon stands."""
    match, units = view.match, view.match.units
    if not view.have["Pylon"]:
        return
    for nexus in view.rows.get("Nexus", ()):
        if units.energy[nexus] < 50:
            continue
        for row in (row for name in _BUSIEST for row in view.rows.get(name, ())):
            tag = int(units.tag[row])
            busy = tag in match.industry.queues and not match.spells.has(tag, "ChronoBoostEnergyCost")
            if busy and _use(view, nexus, _CHRONO, tag):
                break


def _inject(view: View) -> None:
    """Let free Queens give larvae to a hall near them, and set a tumor with spare energy."""
    match, units = view.match, view.match.units
    halls = [row for name in ("Hatchery", "Lair", "Hive") for row in view.rows.get(name, ())]
    for queen in view.rows.get("Queen", ()):
        if units.mode[queen] != IDLE or units.energy[queen] < 25:
            continue
        near = [
            hall
            for hall in halls
            if hypot(units.x[hall] - units.x[queen], units.y[hall] - units.y[queen]) < _INJECT_CELLS
        ]
        free = [hall for hall in near if not match.spells.has(int(units.tag[hall]), "QueenSpawnLarvaTimer")]
        if free and _use(view, queen, _INJECT, int(units.tag[free[0]])):
            continue
