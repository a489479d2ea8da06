"""What Terran do with what they have: MULEs, extra supplies, repair, salvage, lifting off, landing, add-ons."""

import pytest

from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.units import load_units, unit_by_name
from tests.bases import Base, dist, empty_melee, maker_of

MULE, SUPPLY_DROP, REPAIR, SALVAGE, STOP_SALVAGE, LIFT, LAND, SMART, MOVE = 171, 255, 3685, 32, 33, 3679, 3678, 1, 16


@pytest.fixture
def base() -> Base:
    return Base("terran", definition=empty_melee()).rich()


def orbital(base: Base) -> int:
    tag = base.add("OrbitalCommand", (40.5, 40.5))
    base.game.units.energy[base.row(tag)] = 200
    return tag


def test_a_mule_lands_harvests_by_25_and_lives_64_seconds() -> None:
    base = Base("terran")
    base.game.kill_units(base.all("SCV") + base.all("SCV", owner=2))
    hall = orbital(base)
    field = min(base.all("MineralField", 0), key=lambda tag: dist(base.place(tag), base.home))
    assert base.order(hall, MULE, field) == Result.SUCCESS
    assert base.get(hall, "energy") == 150
    base.step(66)
    mule = base.one("MULE")
    assert base.game.units.orders[base.row(mule)][0].target == field
    job = base.match.industry.jobs[mule]
    begun = base.until(lambda: job.works_at == field, 100)
    assert base.until(lambda: job.amount == 25, 100) - begun == pytest.approx(44.576 * 2.05, abs=1)
    base.step(66 + 1440 - base.game.loop)
    assert base.player.score.collected_minerals % 25 == 0
    assert 175 <= base.player.score.collected_minerals <= 250
    base.step(80)
    assert not base.alive(mule)
    assert sum(base.player.score.lost_minerals.values()) == 600, "the SCVs; MULEs do not count"


def test_a_mule_takes_no_gas_and_shares_fields() -> None:
    base = Base("terran").rich()
    hall = orbital(base)
    field = min(base.all("MineralField", 0), key=lambda tag: dist(base.place(tag), base.home))
    assert [base.order(hall, MULE, field) for _ in range(2)] == [Result.SUCCESS] * 2
    base.step(120)
    refinery, mules = base.add("Refinery", base.room("Refinery")), base.all("MULE")
    assert base.order(mules[0], 3666, refinery) == Result.CANT_HARVEST_THAT_RESOURCE
    jobs = base.match.industry.jobs
    assert any(all(jobs[mule].works_at == field for mule in mules) for _ in range(90) if base.step() is None)


def test_extra_supplies_come_after_a_while_once_for_each_depot(base: Base) -> None:
    hall, depot = orbital(base), base.add("SupplyDepot", (46.0, 46.0))
    cap = base.player.food_cap
    assert base.order(hall, SUPPLY_DROP, base.add("Barracks", (46.5, 36.5))) == Result.CANT_TARGET_THAT_UNIT
    assert base.order(hall, SUPPLY_DROP, depot) == Result.SUCCESS
    base.step(60)
    assert base.player.food_cap == cap
    base.step(10)
    assert base.player.food_cap == cap + 8
    assert base.order(hall, SUPPLY_DROP, depot) == Result.CANT_TARGET_THAT_UNIT
    base.order(depot, 556)
    base.step(60)
    assert base.game.units.type_id[base.row(depot)] == 47, "lowered, it keeps them"
    assert base.player.food_cap == cap + 8
    base.game.kill_units([depot])
    base.step()
    assert base.player.food_cap == cap - 8


def test_repair_takes_the_time_of_building_and_a_quarter_of_the_price(base: Base) -> None:
    bunker, scv = base.add("Bunker", (30.5, 30.5)), base.add("SCV", (33.0, 30.5))
    base.game.units.life[base.row(bunker)] = 200
    before = base.player.minerals
    assert base.order(scv, REPAIR, bunker) == Result.SUCCESS
    base.until(lambda: base.get(bunker, "life") > 200, 60)
    first, started = base.get(bunker, "life"), base.game.loop
    base.step(100)
    assert base.get(bunker, "life") - first == pytest.approx(400 / 640 * 100, abs=0.1)
    done = base.until(lambda: base.get(bunker, "life") == 400, 400)
    assert done - started == pytest.approx(320, abs=2)
    assert before - base.player.minerals == pytest.approx(100 * 0.25 * 0.5, abs=0.05)
    base.step(2)
    assert base.get(scv, "mode") == 0


def test_several_workers_repair_faster_and_follow_what_moves(base: Base) -> None:
    medivac, crew = base.add("Medivac", (30.0, 30.0)), [base.add("SCV", (31.0 + i, 31.0)) for i in range(3)]
    base.game.units.life[base.row(medivac)] = 30
    assert [base.order(scv, REPAIR, medivac) for scv in crew] == [Result.SUCCESS] * 3
    base.step(50)
    base.order(medivac, MOVE, (36.0, 36.0))
    base.step(150)
    alone = 150 / unit_by_name("Medivac").repair_loops * 200
    assert base.get(medivac, "life") - 30 > 1.5 * alone
    assert base.place(medivac) == pytest.approx((36.0, 36.0), abs=0.1)


def test_repair_is_refused_with_the_games_own_words(base: Base) -> None:
    scv, bunker = base.add("SCV", (33.0, 30.5)), base.add("Bunker", (30.5, 30.5))
    assert base.order(scv, REPAIR, bunker) == Result.REQUIRES_REPAIR_TARGET
    marine = base.add("Marine", (34.0, 34.0))
    assert base.order(scv, REPAIR, marine) == Result.MUST_TARGET_MECHANICAL_UNITS
    enemy = base.add("Hellion", (34.0, 35.0), 2)
    assert base.order(scv, REPAIR, enemy) == Result.CANT_TARGET_ENEMY_UNITS
    assert base.order(scv, REPAIR, (20.0, 20.0)) == Result.MUST_TARGET_UNIT
    base.game.units.life[base.row(bunker)] = 200
    base.player.minerals = 1
    assert base.order(scv, REPAIR, bunker) == Result.SUCCESS
    base.step(120)
    assert [error.result for error in base.game.take_events(1).action_errors][-1] == Result.NOT_ENOUGH_MINERALS
    assert base.get(scv, "mode") == 0
    assert base.player.minerals >= 0


def test_repair_by_right_click_and_of_their_own_accord(base: Base) -> None:
    scv, other, tank = base.add("SCV", (33.0, 30.5)), base.add("SCV", (25.0, 30.5)), base.add("SiegeTank", (30.0, 30.0))
    base.game.units.life[base.row(tank)] = 100
    assert base.order(scv, SMART, tank) == Result.SUCCESS
    assert base.game.units.orders[base.row(scv)][0].ability_id == 316
    base.game.set_autocast(1, 316, [other])
    base.step(60)
    assert base.game.units.orders[base.row(other)][0].ability_id == 316
    base.step(900)
    assert base.get(tank, "life") == 175
    assert base.get(scv, "mode") == base.get(other, "mode") == 0


def test_a_bunker_is_salvaged_for_three_quarters_unless_that_is_cut_off(base: Base) -> None:
    bunker = base.add("Bunker", (30.5, 30.5))
    marine = base.add("Marine", (33.0, 30.0))
    base.order(marine, SMART, bunker)
    base.step(40)
    assert base.order(bunker, SALVAGE) == Result.NOT_WHILE_OCCUPIED
    base.order(bunker, 408)
    base.step(2)
    assert base.order(bunker, SALVAGE) == Result.SUCCESS
    base.step(70)
    assert base.order(bunker, STOP_SALVAGE) == Result.SUCCESS
    base.step(70)
    assert base.alive(bunker)
    before = base.player.minerals
    assert base.order(bunker, SALVAGE) == Result.SUCCESS
    base.step(82)
    assert not base.alive(bunker)
    assert base.player.minerals - before == 75
    assert base.player.score.lost_minerals["technology"] == base.player.score.lost_minerals["army"] == 0


def test_a_barracks_lifts_off_lands_and_swaps_its_add_on(base: Base) -> None:
    barracks, factory = base.add("Barracks", (30.5, 30.5)), base.add("Factory", (40.5, 30.5))
    base.make("BarracksTechLab", "Barracks")
    assert base.order(barracks, LIFT) == Result.NOT_WHILE_OCCUPIED
    base.step(402)
    lab = base.one("BarracksTechLab")
    assert base.make("Marauder", "Barracks") == Result.SUCCESS
    base.order(barracks, 3671)
    assert [base.order(tag, LIFT) for tag in (barracks, factory)] == [Result.SUCCESS] * 2
    base.step(33)
    assert base.get(barracks, "flying")
    assert base.all("TechLab") == [lab]
    base.order(barracks, MOVE, (30.5, 45.0))
    base.step(150)
    assert base.order(factory, LAND, (30.6, 30.4)) == Result.SUCCESS
    base.step(250)
    assert base.place(factory) == (30.5, 30.5)
    assert base.all("FactoryTechLab") == [lab]
    assert not base.get(factory, "flying")
    assert base.make("SiegeTank", "Factory") == Result.SUCCESS
    assert base.order(barracks, LAND, (30.5, 30.5)) == Result.CANT_LAND_LOCATION_INVALID
    assert base.order(barracks, 560) == Result.NOT_SUPPORTED, "in the air it trains nobody"


def test_who_builds_beside_a_free_add_on_has_it_and_who_dies_leaves_it(base: Base) -> None:
    barracks = base.add("Barracks", (30.5, 30.5))
    base.make("BarracksReactor", "Barracks")
    base.step(802)
    base.game.kill_units([barracks])
    base.step()
    reactor = base.one("Reactor")
    scv = base.add("SCV", (30.5, 33.5))
    base.player.cheats.tech_tree = True
    base.step()
    assert base.order(scv, maker_of("Starport", "SCV"), (30.5, 30.5)) == Result.SUCCESS
    base.until(lambda: base.all("Starport", finished=True) != [], 1000)
    assert base.all("StarportReactor") == [reactor]


def test_a_flying_barracks_lands_and_builds_its_add_on(base: Base) -> None:
    barracks = base.add("Barracks", (30.5, 30.5))
    base.order(barracks, LIFT)
    base.step(33)
    assert base.order(barracks, 421) == Result.CANT_BUILD_LOCATION_INVALID
    assert base.order(barracks, 421, (40.5, 40.5)) == Result.SUCCESS
    base.until(lambda: base.all("BarracksTechLab", finished=True) != [], 1000)
    assert base.place(barracks) == (40.5, 40.5)
    assert base.place(base.one("BarracksTechLab")) == (43.0, 40.0)


def test_a_place_that_is_taken_under_a_landing_structure_stays_taken(base: Base) -> None:
    barracks, scv = base.add("Barracks", (30.5, 30.5)), base.add("SCV", (38.0, 38.0))
    base.order(barracks, LIFT)
    base.step(33)
    base.order(barracks, LAND, (36.5, 36.5))
    base.until(lambda: base.match.spells.casting[barracks].stage == "morph", 400)
    assert base.order(scv, maker_of("SupplyDepot", "SCV"), (36.0, 36.0)) == Result.SUCCESS
    base.until(lambda: base.all("SupplyDepot") != [], 30)
    base.step(40)
    assert base.get(barracks, "flying")
    assert Result.CANT_LAND_LOCATION_INVALID in [error.result for error in base.game.take_events(1).action_errors]


def test_workers_come_near_enough_to_repair_every_structure_from_its_corner(base: Base) -> None:
    standing = [one for one in load_units().values() if one.race == "terran" and one.structure and one.footprint]
    mended = [one for one in standing if one.repair_loops and not one.resource and "Lowered" not in one.name]
    pairs = []
    for index, kind in enumerate(mended):
        x, y = 16.5 + 9 * (index % 6), 14.5 + 9 * (index // 6)
        structure, scv = base.add(kind.name, (x, y)), base.add("SCV", (x + 3.5, y + 3.2))
        base.game.units.life[base.row(structure)] = kind.life_max / 2
        pairs.append((kind.name, structure, scv))
    assert [base.order(scv, REPAIR, structure) for _, structure, scv in pairs] == [Result.SUCCESS] * len(pairs)
    base.step(80)
    idle = [name for name, tag, _ in pairs if base.get(tag, "life") < base.get(tag, "life_max") / 2 + 2]
    assert idle == []
