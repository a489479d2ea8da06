"""Structures: recorded build times, growth, builders, prices, refunds, placement and its refusals."""

from itertools import product

import pytest

from llm_pysc2.engine.economy.placement import check_structure
from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.units import load_units, unit_by_name
from tests.bases import Base, empty_melee, maker_of

RECORDED_LOOPS = {
    "SCV": {
        "SupplyDepot": 480, "Refinery": 480, "Barracks": 1040, "EngineeringBay": 560, "Factory": 960, "Starport": 800,
        "Armory": 1040, "MissileTurret": 400, "SensorTower": 400, "GhostAcademy": 640,
    },
    "Probe": {
        "Pylon": 400, "Gateway": 1040, "CyberneticsCore": 800, "Assimilator": 480, "Forge": 720, "PhotonCannon": 640,
        "ShieldBattery": 640, "RoboticsFacility": 1040, "RoboticsBay": 1040, "Stargate": 960, "TwilightCouncil": 800,
        "DarkShrine": 1600, "TemplarArchive": 800,
    },
    "Drone": {
        "SpawningPool": 1040, "Extractor": 480, "EvolutionChamber": 560, "RoachWarren": 880, "BanelingNest": 960,
        "HydraliskDen": 640, "Spire": 1600, "NydusNetwork": 800, "SpineCrawler": 800, "SporeCrawler": 480,
    },
}  # fmt: skip
"""From when it stands to when it is finished, in recorded games of build 75689 (tracker events)."""
RACE = {"SCV": "terran", "Probe": "protoss", "Drone": "zerg"}


def open_base(race: str) -> Base:
    """Return a base that may build everything."""
    base = Base(race).rich()
    base.player.cheats.tech_tree = True
    for place in ((40.0, 44.0), (46.0, 44.0), (40.0, 50.0), (46.0, 50.0)) if race == "protoss" else ():
        base.add("Pylon", place)
    return base


@pytest.mark.parametrize("worker", RECORDED_LOOPS)
def test_build_times_are_the_recorded_ones(worker: str) -> None:
    base, wanted = open_base(RACE[worker]), list(RECORDED_LOOPS[worker])
    known = set(base.game.units.tag.tolist())
    stands: dict[str, tuple[int, int]] = {}
    took: dict[str, int] = {}
    for index in range(6000):
        if len(stands) < len(wanted) and index % 160 == 0:
            name = wanted[len(stands)]
            builder = base.all(worker)[0 if worker == "Drone" else len(stands) % 12]
            ability = maker_of(name, worker)
            near = (43.0, 47.0) if worker == "Probe" and name not in ("Pylon", "Assimilator") else None
            assert base.order(builder, ability, base.room(name, near)) == Result.SUCCESS, name
        base.step()
        new = [tag for tag in base.all(name) if tag not in known]
        if new:
            stands.setdefault(name, (new[0], base.game.loop))
        for one, (tag, loop) in stands.items():
            if one not in took and base.get(tag, "build_progress") == 1:
                took[one] = base.game.loop - loop
        if len(took) == len(wanted):
            break
    assert took == RECORDED_LOOPS[worker]


@pytest.mark.parametrize(
    ("product", "maker", "loops"),
    [
        ("Nexus", "Probe", 1600), ("CommandCenter", "SCV", 1600), ("Hatchery", "Drone", 1600),
        ("BarracksTechLab", "Barracks", 400), ("FactoryTechLab", "Factory", 400), ("StarportTechLab", "Starport", 400),
    ],
)  # fmt: skip
def test_halls_and_labs_take_recorded_times(product: str, maker: str, loops: int) -> None:
    base = Base("terran", definition=empty_melee()).rich()
    base.player.cheats.tech_tree = True
    builder = base.add(maker, (40.5, 40.5))
    assert base.order(builder, maker_of(product, maker), (43.5, 43.5)) == Result.SUCCESS
    base.until(lambda: base.all(product) != [], 60)
    begun, tag = base.game.loop, base.one(product)
    assert base.until(lambda: base.get(tag, "build_progress") == 1, loops + 10) - begun == loops


def test_a_structure_grows_from_a_tenth_of_its_life() -> None:
    base = open_base("protoss")
    base.make("Gateway", "Probe")
    base.until(lambda: bool(base.all("Gateway")), 400)
    tag = base.one("Gateway")
    assert (base.get(tag, "life"), base.get(tag, "shield")) == (50, 50)
    base.step(520)
    assert base.get(tag, "life") == pytest.approx(275, abs=1)
    assert base.get(tag, "build_progress") == pytest.approx(0.5, abs=0.002)
    base.step(520)
    assert (base.get(tag, "life"), base.get(tag, "shield"), base.get(tag, "build_progress")) == (500, 500, 1)


def test_the_price_is_paid_when_the_structure_stands_and_three_quarters_come_back() -> None:
    base = open_base("terran")
    base.player.minerals = 150
    assert base.make("Barracks", "SCV") == Result.SUCCESS
    paid_before = base.player.score.spent_minerals
    assert paid_before == 0
    base.until(lambda: bool(base.all("Barracks")), 400)
    assert base.player.score.spent_minerals == 150
    base.step(300)
    before = base.player.minerals
    assert base.order(base.one("Barracks"), 3659) == Result.SUCCESS
    assert base.player.minerals == before + 112
    base.step()
    assert not base.all("Barracks")
    assert base.player.score.lost_minerals["technology"] == 0


def test_an_scv_has_to_stay_and_another_may_go_on() -> None:
    base = open_base("terran")
    base.make("SupplyDepot", "SCV")
    scv = base.one("SCV")
    base.until(lambda: bool(base.all("SupplyDepot")), 400)
    depot = base.one("SupplyDepot")
    base.step(100)
    assert base.order(scv, 348) == Result.SUCCESS
    halted = base.get(depot, "build_progress")
    base.step(50)
    assert base.get(depot, "build_progress") == halted
    other = base.all("SCV")[1]
    assert base.order(other, 1, depot) == Result.SUCCESS
    base.until(lambda: base.get(depot, "build_progress") == 1, 700)
    base.step(2)
    assert base.get(other, "mode") == 0


def test_a_killed_scv_leaves_the_structure_unfinished() -> None:
    base = open_base("terran")
    base.make("SupplyDepot", "SCV")
    scv = base.one("SCV")
    base.until(lambda: bool(base.all("SupplyDepot")), 400)
    base.step(50)
    base.game.kill_units([scv])
    base.step(200)
    assert 0 < base.get(base.one("SupplyDepot"), "build_progress") < 0.2
    assert base.player.food_cap == 15 + 150, "what is unfinished gives no supply"


def test_a_probe_is_free_at_once_and_a_drone_is_used_up_and_comes_back() -> None:
    base = open_base("protoss")
    base.make("Pylon", "Probe")
    probe, pylons = base.one("Probe"), len(base.all("Pylon"))
    base.until(lambda: len(base.all("Pylon")) > pylons, 400)
    assert base.get(probe, "mode") == 0
    zerg = open_base("zerg")
    zerg.make("SpawningPool", "Drone")
    zerg.until(lambda: bool(zerg.all("SpawningPool")), 400)
    zerg.step()
    assert len(zerg.all("Drone")) == 11
    assert zerg.player.food_used == 11
    assert zerg.player.score.lost_minerals["economy"] == 0
    before = zerg.player.minerals
    assert zerg.order(zerg.one("SpawningPool"), 314) == Result.SUCCESS
    assert len(zerg.all("Drone")) == 12
    assert zerg.player.minerals == before + 150
    assert zerg.player.food_used == 12


def test_an_scv_that_built_a_refinery_harvests_from_it() -> None:
    base = open_base("terran")
    base.make("Refinery", "SCV")
    scv = base.one("SCV")
    base.until(lambda: bool(base.all("Refinery", finished=True)), 900)
    base.step(2)
    assert base.match.industry.jobs[scv].field == base.one("Refinery")


def test_an_add_on_takes_its_time_and_keeps_its_producer_busy() -> None:
    base = open_base("terran")
    base.add("Barracks", base.room("Barracks"))
    barracks = base.one("Barracks")
    started = base.game.loop
    assert base.make("BarracksReactor", "Barracks") == Result.SUCCESS
    assert base.make("Marine", "Barracks") == Result.NOT_WHILE_OCCUPIED
    reactor = base.one("BarracksReactor")
    x, y = base.place(barracks)
    assert base.place(reactor) == (x + 2.5, y - 0.5)
    done = base.until(lambda: base.get(reactor, "build_progress") == 1, 900)
    assert done - started == 800
    for _ in range(4):
        assert base.make("Marine", "Barracks") == Result.SUCCESS
    base.step(401)
    assert len(base.all("Marine")) == 2, "two at a time"


def test_where_a_structure_cannot_stand() -> None:
    base = Base("terran").rich()
    barracks, hall = unit_by_name("Barracks"), unit_by_name("CommandCenter")
    mineral = base.place(base.one("MineralField", owner=0))
    assert check_structure(base.match, 1, barracks, mineral) == Result.CANT_BUILD_LOCATION_INVALID
    assert check_structure(base.match, 1, barracks, base.home) == Result.CANT_BUILD_LOCATION_INVALID
    near = (mineral[0], mineral[1] - 5)
    assert check_structure(base.match, 1, hall, near) == Result.CANT_BUILD_TOO_CLOSE_TO_RESOURCES
    refinery = unit_by_name("Refinery")
    assert check_structure(base.match, 1, refinery, base.home) == Result.MUST_TARGET_RESOURCES


def test_builders_are_refused_with_the_games_own_words() -> None:
    base = Base("protoss")
    probe = base.one("Probe")
    free, gateway, pylon = base.room("Pylon"), maker_of("Gateway", "Probe"), maker_of("Pylon", "Probe")
    core = maker_of("CyberneticsCore", "Probe")
    assert base.order(probe, core, free) == Result.BUILD_TECH_REQUIREMENTS_NOT_MET
    assert base.order(probe, pylon, free) == Result.NOT_ENOUGH_MINERALS
    base.rich()
    assert base.order(probe, pylon, base.home) == Result.CANT_BUILD_LOCATION_INVALID
    assert base.order(probe, gateway, free) == Result.CANT_BUILD_TOO_FAR_FROM_BUILD_POWER_SOURCE
    field = base.one("MineralField", 0)
    assert base.order(probe, maker_of("Assimilator", "Probe"), field) == Result.MUST_TARGET_RESOURCES
    zerg = Base("zerg").rich()
    pool = maker_of("SpawningPool", "Drone")
    assert zerg.order(zerg.one("Drone"), pool, (44.5, 50.5)) == Result.CANT_BUILD_TOO_FAR_FROM_CREEP_SOURCE
    terran = Base("terran").rich()
    depot = maker_of("SupplyDepot", "SCV")
    assert terran.order(terran.one("SCV"), depot, terran.home) == Result.CANT_BUILD_LOCATION_INVALID


def test_a_place_that_was_taken_meanwhile_is_refused_on_arrival_without_price() -> None:
    base = open_base("protoss")
    first, second = base.all("Probe")[:2]
    place = base.room("Forge", (base.home[0], base.home[1] - 1))
    forge = maker_of("Forge", "Probe")
    assert base.order(first, forge, place) == base.order(second, forge, place) == Result.SUCCESS
    base.step(400)
    assert len(base.all("Forge")) == 1
    assert base.player.score.spent_minerals == 150
    errors = base.game.take_events(1).action_errors
    assert [error.result for error in errors] == [Result.CANT_BUILD_LOCATION_INVALID]


NARROW = {
    "Barracks": ("SCV", (22.57, 26.66), (22.5, 20.5), [("SupplyDepot", (24.0, 26.0)), ("Barracks", (20.5, 26.5))]),
    "Forge": ("Probe", (59.0, 63.0), (65.5, 57.5),
              [("Pylon", (60.0, 62.0)), ("Gateway", (57.5, 61.5)), ("Gateway", (59.5, 65.5)), ("Pylon", (60.0, 60.0))]),
}  # fmt: skip
"""What is built, by whom, from where, at which place, between which structures."""


@pytest.mark.parametrize("product", NARROW)
def test_a_builder_finds_its_way_between_structures_a_cell_apart(product: str) -> None:
    worker, begin, site, structures = NARROW[product]
    base = Base(RACE[worker], definition=empty_melee()).rich()
    base.player.cheats.tech_tree = True
    for name, place in structures:
        base.add(name, place)
    builder, others = base.add(worker, begin), len(base.all(product))
    assert base.order(builder, maker_of(product, worker), site) == Result.SUCCESS
    base.until(lambda: len(base.all(product)) > others, 200)


def test_a_builder_that_is_walled_in_builds_nothing_outside() -> None:
    base = Base("terran", definition=empty_melee()).rich()
    for right, up in product(range(-4, 5, 2), repeat=2):
        if max(abs(right), abs(up)) == 4:
            base.add("SupplyDepot", (40.0 + right, 40.0 + up))
    base.player.cheats.tech_tree = True
    scv = base.add("SCV", (40.0, 40.0))
    assert base.order(scv, maker_of("EngineeringBay", "SCV"), (50.5, 50.5)) == Result.SUCCESS
    base.step(200)
    assert not base.all("EngineeringBay")
    assert [error.result for error in base.game.take_events(1).action_errors] == [Result.COULDNT_REACH_TARGET]
    assert base.get(scv, "mode") == 0


def test_walkers_reach_every_structure() -> None:
    races = ("protoss", "terran", "zerg")
    known = [one for one in load_units().values() if one.structure and one.footprint and one.race in races]
    standing = [one.name for one in known if not (one.cloaked or one.burrowed)]
    base = Base("protoss", definition=empty_melee("Flat128"))
    pairs = []
    for index, name in enumerate(sorted(standing)):
        x, y = 12.5 + 9 * (index % 12), 12.5 + 9 * (index // 12)
        pairs.append((name, base.add(name, (x, y), 2), base.add("Zealot", (x + 3.5, y + 3.2))))
    for _, structure, zealot in pairs:
        base.order(zealot, 23, structure)
    hurt = set()
    for _ in range(60):
        base.step()
        hurt |= {name for name, tag, _ in pairs if not base.alive(tag) or _missing(base, tag)}
    assert {name for name, _, _ in pairs} - hurt == set()


def test_structures_reach_as_far_as_their_footprint_as_in_recorded_observations() -> None:
    recorded = {
        "CommandCenter": 2.75, "Nexus": 2.75, "Pylon": 1.125, "MineralField": 1.125, "VespeneGeyser": 1.5,
        "XelNagaTower": 1.125, "DestructibleDebris6x6": 3.1875, "DestructibleRockEx1VerticalHuge": 6.125,
    }  # fmt: skip
    base = Base("protoss", definition=empty_melee())
    assert {name: base.get(base.add(name, (40.0, 40.0)), "radius") for name in recorded} == recorded


def _missing(base: Base, tag: int) -> float:
    return sum(base.get(tag, f"{vital}_max") - base.get(tag, vital) for vital in ("life", "shield"))


def test_creep_carries_zerg_and_grows_around_a_new_hatchery() -> None:
    base = open_base("zerg")
    creep = base.match.creep
    assert creep is not None
    x, y = base.home
    assert creep[int(y) + 8, int(x)] or creep[int(y) - 8, int(x)]
    assert not creep[44, 44]
    place = base.room("Hatchery", (44.5, 44.5))
    assert base.make("Hatchery", "Drone", place) == Result.SUCCESS
    base.until(lambda: len(base.all("Hatchery", finished=True)) == 2, 2600)
    small = int(base.match.creep.sum())
    base.step(40)
    grown = int(base.match.creep.sum())
    assert grown > small
    base.game.kill_units([tag for tag in base.all("Hatchery") if base.place(tag) == place])
    base.step(300)
    assert not base.match.creep[int(place[1]), int(place[0])]
