"""Queues: times, prices, supply, refunds, research, morphs, eggs, warp gates and power."""

from itertools import pairwise

import pytest

from llm_pysc2.engine.state.results import Result
from tests.bases import Base, dist, empty_melee, maker_of


def producer(race: str, *structures: str) -> Base:
    """Return a rich base with finished structures, powered where they need that."""
    base = Base(race).rich()
    if race == "protoss":
        base.add("Pylon", base.room("Pylon"))
    for name in structures:
        base.add(name, base.room(name))
    return base


def test_a_queue_makes_one_after_the_other() -> None:
    base = producer("terran", "Barracks", "SupplyDepot")
    marine = maker_of("Marine", "Barracks")
    barracks = base.one("Barracks")
    assert [base.order(barracks, marine) for _ in range(6)] == [Result.SUCCESS] * 5 + [Result.QUEUE_IS_FULL]
    assert base.player.minerals == 10000 - 5 * 50
    base.step()
    assert base.player.food_used == 13, "only what is under way reserves supply"
    base.step(398)
    assert not base.all("Marine")
    orders = base.game.units.orders[base.row(barracks)]
    assert len(orders) == 5
    assert orders[0].progress == pytest.approx(399 / 400, abs=0.001)
    base.step()
    assert len(base.all("Marine")) == 1
    base.step(1600)
    assert len(base.all("Marine")) == 5
    assert base.get(barracks, "mode") == 0


def test_cancelling_gives_everything_back_and_the_last_goes_first() -> None:
    base = producer("terran", "Barracks", "SupplyDepot")
    barracks = base.one("Barracks")
    for name in ("Marine", "Reaper"):
        assert base.order(barracks, maker_of(name, "Barracks")) == Result.SUCCESS
    base.step(10)
    assert base.order(barracks, 3671) == Result.SUCCESS
    assert (base.player.vespene, len(base.game.units.orders[base.row(barracks)])) == (10000, 1)
    before = base.player.minerals
    assert base.order(barracks, 3671) == Result.SUCCESS
    assert base.player.minerals == before + 50
    assert base.player.food_used == 12
    assert base.order(barracks, 3671) == Result.CANT_FIND_CANCEL_ORDER


def test_supply_and_resources_are_asked_for_when_something_would_begin() -> None:
    base = Base("terran")
    hall, scv = base.one("CommandCenter"), maker_of("SCV", "CommandCenter")
    base.player.minerals = 49
    assert base.order(hall, scv) == Result.NOT_ENOUGH_MINERALS
    base.player.minerals = 500
    base.player.food_used = 15
    assert base.order(hall, scv) == Result.NOT_ENOUGH_FOOD
    base.player.food_used = 200
    base.player.food_cap = 200
    assert base.order(hall, scv) == Result.FOOD_USAGE_IMPOSSIBLE
    base.player.food_used = 12
    base.rich(vespene=0)
    base.add("Barracks", base.room("Barracks"))
    assert base.make("Reaper", "Barracks") == Result.NOT_ENOUGH_VESPENE
    assert not base.game.units.orders[base.row(base.one("Barracks"))]


def test_a_queue_waits_for_supply() -> None:
    base = Base("terran").rich(food=0)
    hall, scv = base.one("CommandCenter"), maker_of("SCV", "CommandCenter")
    assert [base.order(hall, scv) for _ in range(5)] == [Result.SUCCESS] * 5
    base.step(272 * 5)
    assert len(base.all("SCV")) == 15
    base.add("SupplyDepot", base.room("SupplyDepot"))
    base.step(273)
    assert len(base.all("SCV")) == 16


def test_workers_go_where_their_rally_point_is() -> None:
    base = Base("terran").rich()
    hall = base.one("CommandCenter")
    base.make("SCV", "CommandCenter")
    base.step(273)
    newborn = base.all("SCV")[-1]
    assert base.game.units.orders[base.row(newborn)][0].ability_id == 295, "a melee hall rallies to its minerals"
    assert base.order(hall, 203, (40.0, 60.0)) == Result.SUCCESS
    base.make("SCV", "CommandCenter")
    base.step(273)
    assert base.game.units.orders[base.row(base.all("SCV")[-1])][0].target == (40.0, 60.0)


def test_new_units_go_from_place_to_place_after_units_and_into_carriers() -> None:
    base = Base("terran", definition=empty_melee()).rich()
    barracks, bunker = base.add("Barracks", (30.5, 30.5)), base.add("Bunker", (42.5, 42.5))
    base.player.cheats.fast_build = True
    assert base.order(barracks, 195, (36.0, 30.0)) == Result.SUCCESS
    assert base.order(barracks, 195, (36.0, 36.0), queued=True) == Result.SUCCESS
    assert base.match.industry.rallies[barracks]["units"] == ((36.0, 30.0), (36.0, 36.0))
    base.make("Marine", "Barracks")
    base.step(120)
    assert dist(base.place(base.one("Marine")), (36.0, 36.0)) < 1
    assert base.order(barracks, 195, bunker) == Result.SUCCESS
    base.make("Marine", "Barracks")
    base.step(240)
    assert base.get(base.all("Marine")[1], "aboard") == base.row(bunker)
    leader = base.one("Marine")
    assert base.order(barracks, 195, leader) == Result.SUCCESS
    base.make("Marine", "Barracks")
    base.step(60)
    base.order(leader, 16, (45.0, 20.0))
    base.step(240)
    assert dist(base.place(base.all("Marine")[2]), (45.0, 20.0)) < 2


def test_rally_points_are_refused_beyond_eight_and_where_nothing_is() -> None:
    base = Base("terran", definition=empty_melee())
    barracks = base.add("Barracks", (30.5, 30.5))
    answers = [base.order(barracks, 195, (36.0 + i, 30.0), queued=True) for i in range(9)]
    assert answers == [Result.SUCCESS] * 8 + [Result.RALLY_QUEUE_IS_FULL]
    assert base.order(barracks, 195) == Result.MUST_TARGET_VISIBLE_LOCATION
    assert base.order(barracks, 195, (30.0, 30.0)) == Result.SUCCESS
    assert base.match.industry.rallies[barracks]["units"] == ((30.0, 30.0),)


def test_research_is_had_once_and_changes_units() -> None:
    base = producer("terran", "EngineeringBay", "Barracks")
    marine = base.add("Marine", (40.0, 50.0))
    weapons = maker_of("TerranInfantryWeaponsLevel1", "EngineeringBay")
    bay = base.one("EngineeringBay")
    assert base.order(bay, weapons) == Result.SUCCESS
    assert base.order(bay, weapons) == Result.TECH_REQUIREMENTS_NOT_MET
    base.step(int(weapons.loops) - 1)
    assert not base.player.upgrades
    base.step(1)
    assert base.player.upgrades == (7,)
    assert base.game.units.arms[base.row(marine)].weapons[0].hits[0].damage == 7
    assert base.order(bay, weapons) == Result.TECH_REQUIREMENTS_NOT_MET


def test_a_morph_takes_its_time_and_gives_back_three_quarters() -> None:
    base = producer("terran", "Barracks")
    hall, orbital = base.one("CommandCenter"), maker_of("OrbitalCommand", "CommandCenter")
    assert base.order(hall, orbital) == Result.SUCCESS
    assert base.make("SCV", "CommandCenter") == Result.NOT_WHILE_OCCUPIED
    base.step(100)
    before = base.player.minerals
    assert base.order(hall, 1517) == Result.SUCCESS
    assert base.player.minerals == before + 112
    base.order(hall, orbital)
    base.step(560)
    assert base.all("OrbitalCommand") == [hall]
    assert base.get(hall, "energy") == 50
    assert base.player.food_cap == 15 + 150


def test_larvae_eggs_and_pairs() -> None:
    base = producer("zerg", "SpawningPool")
    larvae = base.all("Larva")
    assert len(larvae) == 3
    assert base.order(larvae[0], maker_of("Zergling", "Larva")) == Result.SUCCESS
    assert base.player.minerals == 9950
    base.step(1)
    assert base.all("Cocoon") == [larvae[0]]
    assert base.player.food_used == 13
    base.step(384)
    assert len(base.all("Zergling")) == 2
    assert not base.alive(larvae[0])
    assert base.player.food_used == 13
    assert len(base.all("Larva")) == 3, "another larva came meanwhile"
    egg = base.all("Larva")[0]
    base.order(egg, maker_of("Overlord", "Larva"))
    base.step(100)
    before = base.player.minerals
    assert base.order(egg, 3671) == Result.SUCCESS
    assert base.player.minerals == before + 100


def test_a_larva_comes_every_eleven_seconds_while_there_are_fewer_than_three() -> None:
    base = Base("zerg").rich()
    for larva in base.all("Larva"):
        base.order(larva, maker_of("Drone", "Larva"))
    base.step(1)
    births = []
    for _ in range(800):
        before = len(base.all("Larva"))
        base.step()
        if len(base.all("Larva")) > before:
            births.append(base.game.loop)
    assert [later - earlier for earlier, later in pairwise(births)] == [240, 240]


def test_a_cocoon_keeps_the_unit_and_its_price_by_difference() -> None:
    base = producer("zerg", "BanelingNest", "RoachWarren", "SpawningPool")
    ling, roach = base.add("Zergling", (40.0, 50.0)), base.add("Roach", (42.0, 50.0))
    assert base.order(ling, 80) == base.order(roach, 2330) == Result.SUCCESS
    assert (base.player.minerals, base.player.vespene) == (10000 - 25 - 25, 10000 - 25 - 75)
    base.step(2)
    assert base.all("BanelingCocoon") == [ling]
    assert base.all("RavagerCocoon") == [roach]
    base.step(330)
    assert len(base.all("Baneling")) == 1
    assert base.all("Ravager") == [roach]
    assert base.player.food_used == 12 + 0.5 + 3


@pytest.mark.parametrize(("near_gate", "loops"), [(True, 81), (False, 256)])
def test_units_are_warped_in_fast_near_a_gate_and_slowly_elsewhere(near_gate: bool, loops: int) -> None:
    base = producer("protoss", "WarpGate")
    pylon = base.one("Pylon") if near_gate else base.add("Pylon", (44.0, 44.0))
    x, y = base.place(pylon)
    place = next(
        (x + right, y + up)
        for right in (-4.0, -3.0, 3.0, 4.0)
        for up in (-4.0, -3.0, 3.0, 4.0)
        if base.match.ground.is_open(x + right, y + up)[0]
    )
    gate, zealot = base.one("WarpGate"), maker_of("Zealot", "WarpGate")
    started = base.game.loop
    assert base.order(gate, zealot, place) == Result.SUCCESS
    assert base.order(gate, zealot, place) == Result.COOLDOWN
    tag = base.one("Zealot")
    assert base.place(tag) == place
    assert base.player.food_used == 14
    done = base.until(lambda: base.get(tag, "build_progress") == 1, 400)
    assert done - started == loops
    assert base.player.food_used == 14
    base.step(448)
    assert base.order(gate, zealot, place) == Result.CANT_WARP_IN_UNITS_THERE


def test_warp_ins_need_power() -> None:
    base = producer("protoss", "WarpGate")
    gate = base.one("WarpGate")
    far = (44.0, 44.0)
    zealot = maker_of("Zealot", "WarpGate")
    assert base.order(gate, zealot, far) == Result.CANT_BUILD_TOO_FAR_FROM_BUILD_POWER_SOURCE
    base.game.kill_units(base.all("Pylon"))
    base.step()
    assert base.order(gate, zealot, far) == Result.CANT_TRAIN_TOO_FAR_FROM_TRAIN_POWER_SOURCE


def test_without_power_time_stands_still() -> None:
    base = producer("protoss", "Gateway", "PhotonCannon")
    gateway = base.one("Gateway")
    base.make("Zealot", "Gateway")
    base.step(100)
    base.game.kill_units(base.all("Pylon"))
    base.step(1000)
    assert not base.all("Zealot")
    assert base.get(gateway, "unpowered")
    assert not base.game.units.arms[base.row(base.one("PhotonCannon"))].weapons
    base.add("Pylon", (base.place(gateway)[0] + 3, base.place(gateway)[1]))
    base.until(lambda: bool(base.all("Zealot")), 600)


def test_what_a_dead_producer_was_making_is_lost_and_what_waited_comes_back() -> None:
    base = producer("terran", "Barracks")
    barracks = base.one("Barracks")
    for _ in range(3):
        base.make("Marine", "Barracks")
    base.step(10)
    before = base.player.minerals
    base.game.kill_units([barracks])
    assert base.player.minerals == before + 100
    assert base.player.food_used == 12


def test_who_cannot_produce_is_told_why() -> None:
    base = producer("terran", "Barracks")
    barracks = base.one("Barracks")
    assert base.order(barracks, maker_of("Marauder", "Barracks")) == Result.TECH_REQUIREMENTS_NOT_MET
    assert base.order(barracks, 916) == Result.NOT_SUPPORTED
    base.make("SupplyDepot", "SCV")
    base.player.cheats.tech_tree = True
    base.make("Factory", "SCV")
    base.until(lambda: bool(base.all("Factory")), 500)
    assert base.order(base.one("Factory"), maker_of("Hellion", "Factory")) == Result.BUILDING_IS_UNDER_CONSTRUCTION
    assert base.game.order(2, 560, [barracks], None, False) == [Result.YOU_CANT_CONTROL_THAT_UNIT]
    assert base.game.order(1, 560, [12345], None, False) == [Result.ERROR]
