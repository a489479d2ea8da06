"""Every way in which an order of the economy can be wrong: the game's action error, nothing paid, nothing begun."""

from collections.abc import Callable

import pytest

from llm_pysc2.engine.state.results import Result
from tests.bases import Base, empty_melee, maker_of

Wrong = Callable[[Base], tuple[int, int, object]]
"""Prepares a game and returns who is ordered, the ability, and its target."""


def poor(minerals: float, vespene: float) -> Wrong:
    def prepare(base: Base) -> tuple[int, int, object]:
        factory = base.add("Factory", (40.5, 40.5))
        base.player.minerals, base.player.vespene = minerals, vespene
        return factory, maker_of("Hellion" if minerals < 100 else "WidowMine", "Factory").id, None

    return prepare


def no_supply(base: Base) -> tuple[int, int, object]:
    base.player.food_cap = base.player.food_used
    return base.add("Barracks", (40.5, 40.5)), maker_of("Marine", "Barracks").id, None


def beyond_all_supply(base: Base) -> tuple[int, int, object]:
    base.player.food_cap, base.player.food_used = 230.0, 200.0
    return base.add("Barracks", (40.5, 40.5)), maker_of("Marine", "Barracks").id, None


def no_power(base: Base) -> tuple[int, int, object]:
    base.player.cheats.tech_tree = True
    return base.add("Probe", (30.0, 30.0)), maker_of("Forge", "Probe").id, (40.5, 40.5)


def no_creep(base: Base) -> tuple[int, int, object]:
    base.player.cheats.tech_tree = True
    return base.add("Drone", (30.0, 30.0)), maker_of("EvolutionChamber", "Drone").id, (40.5, 40.5)


def creep_in_the_way(base: Base) -> tuple[int, int, object]:
    base.match.creep = base.match.map.terrain.pathable.copy()
    return base.add("SCV", (30.0, 30.0)), maker_of("SupplyDepot", "SCV").id, (40.0, 40.0)


def no_tech_for_a_unit(base: Base) -> tuple[int, int, object]:
    return base.add("Barracks", (40.5, 40.5)), maker_of("Ghost", "Barracks").id, None


def no_tech_for_a_building(base: Base) -> tuple[int, int, object]:
    return base.add("SCV", (30.0, 30.0)), maker_of("Factory", "SCV").id, (40.5, 40.5)


def no_room_for_an_add_on(base: Base) -> tuple[int, int, object]:
    base.add("SupplyDepot", (43.0, 40.0))
    return base.add("Barracks", (40.5, 40.5)), maker_of("BarracksTechLab", "Barracks").id, None


def no_room_to_warp_in(base: Base) -> tuple[int, int, object]:
    base.add("Pylon", (40.0, 40.0))
    base.add("Immortal", (38.0, 38.0))
    return base.add("WarpGate", (43.5, 40.5)), maker_of("Zealot", "WarpGate").id, (38.0, 38.0)


def blocked_by_a_structure(base: Base) -> tuple[int, int, object]:
    base.add("SupplyDepot", (40.0, 40.0))
    return base.add("SCV", (30.0, 30.0)), maker_of("SupplyDepot", "SCV").id, (41.0, 40.0)


def blocked_by_an_enemy(base: Base) -> tuple[int, int, object]:
    base.add("Zealot", (40.0, 40.0), 2)
    return base.add("SCV", (30.0, 30.0)), maker_of("SupplyDepot", "SCV").id, (40.0, 40.0)


def too_near_to_minerals(base: Base) -> tuple[int, int, object]:
    x, y = base.place(base.all("MineralField", 0)[0])
    return base.add("SCV", (30.0, 30.0)), maker_of("CommandCenter", "SCV").id, (x + 4.5, y)


def gas_without_geyser(base: Base) -> tuple[int, int, object]:
    return base.add("SCV", (30.0, 30.0)), maker_of("Refinery", "SCV").id, (40.5, 40.5)


def off_the_map(base: Base) -> tuple[int, int, object]:
    return base.add("SCV", (30.0, 30.0)), maker_of("SupplyDepot", "SCV").id, (4000.0, -7.0)


def no_place_at_all(base: Base) -> tuple[int, int, object]:
    return base.add("SCV", (30.0, 30.0)), maker_of("SupplyDepot", "SCV").id, None


def busy(base: Base) -> tuple[int, int, object]:
    hall = base.add("CommandCenter", (40.5, 40.5))
    base.add("Barracks", (50.5, 40.5))
    assert base.order(hall, maker_of("SCV", "CommandCenter")) == Result.SUCCESS
    return hall, maker_of("OrbitalCommand", "CommandCenter").id, None


def full_queue(base: Base) -> tuple[int, int, object]:
    barracks, marine = base.add("Barracks", (40.5, 40.5)), maker_of("Marine", "Barracks")
    assert [base.order(barracks, marine) for _ in range(5)] == [Result.SUCCESS] * 5
    return barracks, marine.id, None


def under_construction(base: Base) -> tuple[int, int, object]:
    scv = base.add("SCV", (40.5, 37.0))
    base.add("SupplyDepot", (30.0, 30.0))
    assert base.order(scv, maker_of("Barracks", "SCV"), (40.5, 40.5)) == Result.SUCCESS
    base.until(lambda: base.all("Barracks") != [], 60)
    return base.one("Barracks"), maker_of("Marine", "Barracks").id, None


def lifted(base: Base) -> tuple[int, int, object]:
    barracks = base.add("Barracks", (40.5, 40.5))
    assert base.order(barracks, 452) == Result.SUCCESS
    base.step(33)
    return barracks, maker_of("Marine", "Barracks").id, None


def lifting(base: Base) -> tuple[int, int, object]:
    barracks = base.add("Barracks", (40.5, 40.5))
    assert base.order(barracks, 452) == Result.SUCCESS
    base.step(10)
    return barracks, maker_of("Marine", "Barracks").id, None


def dead(base: Base) -> tuple[int, int, object]:
    barracks = base.add("Barracks", (40.5, 40.5))
    base.game.kill_units([barracks])
    base.step()
    return barracks, maker_of("Marine", "Barracks").id, None


def unpowered(base: Base) -> tuple[int, int, object]:
    pylon = base.add("Pylon", (36.0, 40.0))
    gateway = base.add("Gateway", (40.5, 40.5))
    base.step()
    base.game.kill_units([pylon])
    base.step(2)
    return gateway, maker_of("Zealot", "Gateway").id, None


def somebody_elses(base: Base) -> tuple[int, int, object]:
    return base.add("Barracks", (40.5, 40.5), 2), maker_of("Marine", "Barracks").id, None


CASES: dict[str, tuple[Wrong, Result]] = {
    "minerals": (poor(99, 0), Result.NOT_ENOUGH_MINERALS),
    "gas": (poor(1000, 0), Result.NOT_ENOUGH_VESPENE),
    "supply": (no_supply, Result.NOT_ENOUGH_FOOD),
    "200 supply": (beyond_all_supply, Result.FOOD_USAGE_IMPOSSIBLE),
    "power": (no_power, Result.CANT_BUILD_TOO_FAR_FROM_BUILD_POWER_SOURCE),
    "creep": (no_creep, Result.CANT_BUILD_TOO_FAR_FROM_CREEP_SOURCE),
    "creep in the way": (creep_in_the_way, Result.CANT_BUILD_TOO_CLOSE_TO_CREEP_SOURCE),
    "tech of a unit": (no_tech_for_a_unit, Result.TECH_REQUIREMENTS_NOT_MET),
    "tech of a building": (no_tech_for_a_building, Result.BUILD_TECH_REQUIREMENTS_NOT_MET),
    "room for an add-on": (no_room_for_an_add_on, Result.CANT_BUILD_LOCATION_INVALID),
    "room to warp in": (no_room_to_warp_in, Result.CANT_WARP_IN_UNITS_THERE),
    "blocked by a structure": (blocked_by_a_structure, Result.CANT_BUILD_LOCATION_INVALID),
    "blocked by an enemy": (blocked_by_an_enemy, Result.CANT_BUILD_LOCATION_INVALID),
    "too near to minerals": (too_near_to_minerals, Result.CANT_BUILD_TOO_CLOSE_TO_RESOURCES),
    "no geyser": (gas_without_geyser, Result.MUST_TARGET_RESOURCES),
    "off the map": (off_the_map, Result.CANT_BUILD_LOCATION_INVALID),
    "no place": (no_place_at_all, Result.CANT_BUILD_LOCATION_INVALID),
    "busy": (busy, Result.NOT_WHILE_OCCUPIED),
    "full queue": (full_queue, Result.QUEUE_IS_FULL),
    "under construction": (under_construction, Result.BUILDING_IS_UNDER_CONSTRUCTION),
    "lifted": (lifted, Result.NOT_SUPPORTED),
    "lifting": (lifting, Result.NOT_WHILE_OCCUPIED),
    "dead": (dead, Result.ERROR),
    "unpowered": (unpowered, Result.CANT_TRAIN_TOO_FAR_FROM_TRAIN_POWER_SOURCE),
    "somebody else's": (somebody_elses, Result.YOU_CANT_CONTROL_THAT_UNIT),
}


@pytest.mark.parametrize("case", CASES)
def test_wrong_orders_are_answered_and_cost_nothing(case: str) -> None:
    prepare, answer = CASES[case]
    base = Base("terran", definition=empty_melee()).rich()
    tag, ability, target = prepare(base)
    base.game.take_events(1)
    before = (base.player.minerals, base.player.vespene, base.player.food_used, len(base.game.units))
    assert Result(base.order(tag, ability, target)) is answer
    errors = [(error.tag, error.ability_id, error.result) for error in base.game.take_events(1).action_errors]
    assert errors == [(tag, ability, answer)]
    assert (base.player.minerals, base.player.vespene, base.player.food_used, len(base.game.units)) == before
