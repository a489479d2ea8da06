"""Situations across races and roles, made by hand: what golden texts and golden pictures are of."""

from collections.abc import Callable
from dataclasses import replace

from llm_pysc2.dialogue.situation import Fellow, Finding, Outcome, Situation, Speaker
from llm_pysc2.mail import Letter
from llm_pysc2.roster import Team
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import (
    ActionErrorView,
    Alliance,
    EffectView,
    MapView,
    OrderView,
    ResourcesView,
    UnitView,
    WorldView,
)
from tests.task4 import task4
from tests.worlds import BOOK, enemy, example, situation, two_stalkers_three_zealots, unit, view


def busy_world():
    """Return a world in which every field of a unit line is used."""
    return view(
        [
            unit(1, "Sentry", 10.26, 12.0, energy=76.4, shield=3.0, buff_ids=(18,), orders=(OrderView(76),)),
            unit(2, "Sentry", 9, 12.5, energy=0.0, weapon_cooldown_loops=13.0, is_hallucination=True),
            unit(3, "Medivac", 11, 12, energy=50, cargo_used=2, cargo_max=8, orders=(OrderView(386, 4),)),
            unit(4, "Marine", 12, 12, buff_ids=(27,), orders=(OrderView(23, 11), OrderView(16, Point(3, 4.44)))),
            unit(5, "Gateway", 6, 6, build_progress=0.415, health=300.0),
            enemy(11, "Roach", 16, 12, is_burrowed=True),
            enemy(12, "HighTemplar", 18, 13, energy=75.0, shield=0.0),
            enemy(13, "Banshee", 15, 14, energy=100.0, is_cloaked=True, health=7.0),
        ],
        900,
        effects=(EffectView(1, (Point(14, 14),), 1.5, 2, Alliance.ENEMY),),
    )


def zealots_and_stalkers() -> Situation:
    before = two_stalkers_three_zealots(104)
    now = two_stalkers_three_zealots()
    now = replace(now, units=tuple(u for u in now.units if u.tag != 14), dead_tags=(14,))
    return situation(
        now,
        previous=before,
        task="Destroy all enemy units before the time limit.",
        loops_left=848,
        outcomes=(Outcome("Zealot", "Attack_Unit(eZ2)"), Outcome("Zealot", "Jump()", "unknown action Jump")),
    )


def terran_drop() -> Situation:
    units = [
        unit(1, "Medivac", 10, 12, energy=37.0, cargo_used=4, cargo_max=8, orders=(OrderView(396, Point(14, 14)),)),
        unit(2, "SiegeTankSieged", 8, 9, weapon_cooldown_loops=22.0),
        unit(3, "SiegeTank", 7, 11),
        unit(4, "Marine", 11, 12, health=21.0, buff_ids=(27,), orders=(OrderView(23, 11),)),
        unit(5, "Marauder", 12, 12, buff_ids=(24,), weapon_cooldown_loops=4.0),
        enemy(11, "Zergling", 14, 13, health=12.0),
        enemy(12, "Baneling", 15, 13),
        enemy(13, "Mutalisk", 16, 16),
        enemy(14, "LurkerBurrowed", 18, 12, is_burrowed=True),
    ]
    effects = (EffectView(12, (Point(15, 12), Point(13, 12)), 0.5, 2, Alliance.ENEMY),)
    return situation(view(units, 9000, effects=effects, upgrade_ids=(15,)), {"Drop": [1, 4, 5], "Siege": [2, 3]})


def zerg_hatchery() -> Situation:
    field = {"health": 0.0, "health_max": 0.0}
    units = [
        unit(1, "Hatchery", 8, 8, assigned_harvesters=12, ideal_harvesters=16, orders=(OrderView(1632, None, 0.55),)),
        unit(2, "Larva", 9, 6),
        unit(3, "Drone", 10, 9, orders=(OrderView(1183, 21),)),
        unit(4, "Queen", 6, 9, energy=31.0),
        unit(5, "SpawningPool", 12, 12, build_progress=0.31, health=300.0),
        unit(21, "MineralField", 3, 9, Alliance.NEUTRAL, mineral_contents=1460, **field),
        unit(22, "VespeneGeyser", 3, 4, Alliance.NEUTRAL, vespene_contents=2250, **field),
    ]
    world = view(units, 1400, resources=ResourcesView(275, 0, 14, 14))
    teams = {"Base": [1, 2, 5], "Workers": [3], "Queens": [4]}
    return situation(world, teams, Speaker("Developer", sees_resources=True), task="Build an army of Roaches.")


def protoss_with_mail() -> Situation:
    units = [
        unit(1, "HighTemplar", 8, 8, energy=112.0),
        unit(2, "DarkTemplar", 9, 9, is_cloaked=True),
        unit(3, "Carrier", 10, 10),
        unit(4, "Archon", 12, 10, shield=120.0),
        enemy(11, "Hydralisk", 14, 12),
        enemy(12, "Hydralisk", 30, 30),
    ]
    speaker = Speaker("CombatGroup5", partners=("Commander",), channels=("Front",))
    letters = (
        Letter("Commander", "CombatGroup5", "Storm the Hydralisks,\nthen fall back to [8, 8]."),
        Letter("CombatGroup6", "Front", "Force fields in 3 seconds."),
    )
    world = view(units, 12000, upgrade_ids=(52,), available_abilities={1: (23, 16, 4, 18, 1036)})
    return situation(world, {"HighTemplar-1": [1], "DarkTemplar-1": [2]}, speaker, letters=letters)


BASE_MAP = MapView("Base", (64, 64), Rect(4, 4, 60, 60), start_locations=(Point(52, 52),))
DEVELOPER = Speaker("Developer", sees_resources=True, partners=("Commander",))


def order(name: str, target: Point | int | None = None, progress: float = 0.0) -> OrderView:
    """Return the order that an action of that name gives."""
    action = BOOK.find(name)
    assert action is not None, name
    return OrderView(action.ability_id, target, progress)


def minerals(first_tag: int, x: float, y: float, count: int) -> list[UnitView]:
    """Return a column of mineral fields and a geyser above it."""
    bare = {"health": 10.0, "health_max": 10.0}
    fields = [
        unit(first_tag + n, "MineralField", x, y + n, Alliance.NEUTRAL, mineral_contents=1500 - 35 * n, **bare)
        for n in range(count)
    ]
    geyser = unit(
        first_tag + count, "VespeneGeyser", x + 1, y + count + 3, Alliance.NEUTRAL, vespene_contents=2105, **bare
    )
    return [*fields, geyser]


def later(before: WorldView, loop: int, changes: dict[int, dict[str, object]], **values: object) -> WorldView:
    """Return a later view: units with fields changed by tag; {} alone takes a unit out."""
    kept = [each for each in before.units if changes.get(each.tag) != {}]
    units = tuple(replace(each, **changes.get(each.tag, {})) for each in kept)  # type: ignore[arg-type]
    return replace(before, game_loop=loop, units=(*units, *values.pop("new", ())), **values)  # type: ignore[misc, arg-type]


def protoss_base() -> Situation:
    """Return a Nexus at work: production, warp-in, research, a pylon going up, a Probe lost to a raid."""
    before = view(
        [
            unit(
                1,
                "Nexus",
                12.5,
                12.5,
                energy=62.0,
                assigned_harvesters=14,
                ideal_harvesters=16,
                orders=(order("Train_Probe", progress=0.2),),
            ),
            unit(2, "Pylon", 17, 14, build_progress=0.93, health=180.0, shield=180.0),
            unit(3, "Gateway", 19.5, 10.5, is_powered=True, orders=(order("Train_Zealot", progress=0.4),)),
            unit(
                4, "CyberneticsCore", 19.5, 16.5, is_powered=True, orders=(order("Research_WarpGate", progress=0.61),)
            ),
            unit(5, "WarpGate", 23.5, 12.5, is_powered=True),
            unit(6, "Probe", 8.5, 12, orders=(order("Harvest_Gather_Unit", 61),)),
            unit(7, "Probe", 9.5, 13, orders=(order("Harvest_Return"),)),
            unit(8, "Probe", 16, 15, orders=(order("Build_Gateway_To", Point(22.5, 16.5)),)),
            unit(9, "Probe", 10, 10),
            unit(10, "Stalker", 24, 20, weapon_cooldown_loops=11.0),
            unit(21, "Assimilator", 8.5, 19.5, assigned_harvesters=3, ideal_harvesters=3, vespene_contents=1893),
            enemy(31, "Mutalisk", 12, 7, health=88.0),
            *minerals(61, 5.5, 9.5, 3),
        ],
        5376,
        BASE_MAP,
        resources=ResourcesView(215, 75, 27, 31),
        upgrade_ids=(),
    )
    now = later(
        before,
        5400,
        {
            1: {"orders": (order("Train_Probe", progress=0.48), order("Train_Probe"))},
            2: {"build_progress": 1.0, "health": 200.0, "shield": 200.0},
            7: {"shield": 2.0},
            9: {},
            31: {"health": 61.0, "position": Point(10.5, 9.5)},
        },
        new=(unit(11, "Probe", 14, 9), enemy(32, "Mutalisk", 11.5, 8)),
        resources=ResourcesView(340, 112, 28, 39, supply_workers=16, warp_gates=1),
        dead_tags=(9,),
        action_errors=(ActionErrorView(8, 883, 44),),
    )
    outcomes = (
        Outcome("Base", "Train_Probe()"),
        Outcome("Workers", "Build_Gateway_To([22.5, 16.5])"),
        Outcome("Base", "Train_Colossus()", "Train_Colossus takes a finished RoboticsFacility, you lead none"),
    )
    return situation(
        now,
        {"Base": [1, 2, 3, 4, 5, 21], "Workers": [6, 7, 8, 11]},
        DEVELOPER,
        previous=before,
        task="Expand and hold.",
        outcomes=outcomes,
        letters=(Letter("Commander", "Developer", "I need two Zealots at 24,20."),),
        loops_left=8064,
        fellows=(Fellow("Commander", (Team("Front", (10,)),)),),
    )


def terran_base() -> Situation:
    """Return an orbital command, add-ons, a reactor's two queues, lifted and lowered structures, a building site."""
    units = [
        unit(
            1,
            "OrbitalCommand",
            40.5,
            40.5,
            energy=97.0,
            assigned_harvesters=18,
            ideal_harvesters=16,
            orders=(order("Train_SCV", progress=0.7),),
        ),
        unit(2, "BarracksReactor", 50, 40),
        unit(
            3,
            "Barracks",
            47.5,
            40.5,
            add_on_tag=2,
            orders=(order("Train_Marine", progress=0.9), order("Train_Marine", progress=0.15)),
        ),
        unit(4, "BarracksTechLab", 50, 45, orders=(order("Research_Stimpack", progress=0.33),)),
        unit(5, "Barracks", 47.5, 45.5, add_on_tag=4),
        unit(6, "SupplyDepotLowered", 44, 50),
        unit(7, "FactoryFlying", 52, 50, is_flying=True, orders=(order("Move_To", Point(48, 52)),)),
        unit(8, "EngineeringBay", 36.5, 47.5, build_progress=0.22, health=190.0),
        unit(9, "SCV", 36.5, 46, orders=(order("Build_EngineeringBay", Point(36.5, 47.5)),)),
        unit(10, "SCV", 45, 49, orders=(order("Effect_Repair_Unit", 6),)),
        unit(11, "SCV", 38, 42, health=21.0),
        unit(12, "MULE", 37, 39, energy=0.0, energy_max=0.0, orders=(order("Harvest_Gather_Unit", 61),)),
        unit(21, "Refinery", 35.5, 35.5, assigned_harvesters=2, ideal_harvesters=3, vespene_contents=1410),
        *minerals(61, 33.5, 38.5, 3),
    ]
    world = view(units, 6720, BASE_MAP, resources=ResourcesView(410, 180, 33, 38, supply_workers=19), upgrade_ids=())
    teams = {"Base": [1, 3, 5, 6, 7, 8, 21], "AddOns": [2, 4], "Builders": [9, 10, 11], "Mules": [12]}
    return situation(world, teams, DEVELOPER, task="Get Stimpack, then move out with Medivacs.")


def zerg_macro() -> Situation:
    """Return eggs, a morphing Lair, a Queen with tumors and larvae, what was spawned since the last turn."""
    before = view(
        [
            unit(
                1,
                "Hatchery",
                30.5,
                30.5,
                assigned_harvesters=16,
                ideal_harvesters=16,
                orders=(order("Morph_Lair", progress=0.4),),
            ),
            unit(2, "SpawningPool", 36, 36),
            unit(3, "RoachWarren", 25.5, 36.5, build_progress=0.99, health=800.0),
            *[unit(tag, "Larva", 29 + tag * 0.3, 27.5) for tag in (4, 5, 6)],
            unit(7, "Cocoon", 31.5, 27.5, orders=(order("Train_Overlord", progress=0.8),)),
            unit(8, "Queen", 33, 28, energy=27.0),
            unit(9, "Overlord", 20, 40),
            unit(10, "CreepTumorBurrowed", 38, 30, is_burrowed=True),
            unit(11, "Drone", 26, 33, orders=(order("Build_Spire", Point(24, 28)),)),
        ],
        9000,
        BASE_MAP,
        resources=ResourcesView(395, 230, 38, 44),
        upgrade_ids=(66,),
    )
    now = later(
        before,
        9022,
        {
            1: {"orders": (order("Morph_Lair", progress=0.42),), "buff_ids": (11,)},
            3: {"build_progress": 1.0, "health": 850.0},
            4: {},
            7: {"orders": (order("Train_Overlord", progress=0.86),)},
            8: {"energy": 2.0},
        },
        new=(unit(12, "Cocoon", 30.2, 27.5, orders=(order("Train_Roach", progress=0.02),)),),
        resources=ResourcesView(320, 205, 40, 44, larva=2),
    )
    return situation(
        now,
        {"Base": [1, 2, 3, 10], "Larvae": [4, 5, 6], "Eggs": [7, 12], "Queens": [8], "Workers": [11], "Eyes": [9]},
        replace(DEVELOPER, token_budget=900),
        previous=before,
        outcomes=(Outcome("Larvae", "Train_Roach()"), Outcome("Queens", "Effect_InjectLarva_Unit(H1)")),
    )


def zerg_army() -> Situation:
    """Return a fight of many modes: burrowed, morphing, spells on the ground, notes and findings, an ally."""
    units = [
        unit(
            1, "Ravager", 20, 20, orders=(order("Effect_CorrosiveBile_To", Point(26, 22)),), weapon_cooldown_loops=14.0
        ),
        unit(2, "RoachBurrowed", 22, 19, is_burrowed=True, health=31.0),
        unit(3, "LurkerBurrowed", 23, 21, is_burrowed=True),
        unit(4, "Infestor", 18, 20, energy=148.0),
        unit(5, "BroodLord", 19, 23, is_flying=True, weapon_cooldown_loops=30.0),
        *[unit(20 + n, "Broodling", 24 + n * 0.4, 22) for n in range(3)],
        unit(30, "Hydralisk", 17, 18, Alliance.ALLY, health=40.0),
        enemy(41, "Immortal", 27, 22, shield=0.0, health=150.0),
        enemy(42, "Sentry", 28, 23, energy=33.0, buff_ids=(18,)),
        enemy(43, "Observer", 25, 24, is_cloaked=True),
        enemy(44, "PhotonCannon", 30, 21, is_powered=True),
        enemy(45, "Carrier", 45, 45),
        enemy(46, "Gateway", 31, 26, is_snapshot=True, health=500.0, shield=500.0),
    ]
    effects = (
        EffectView(11, (Point(26, 22), Point(27, 20)), 0.5, 1, Alliance.SELF),
        EffectView(1, (Point(19, 20),), 1.5, 2, Alliance.ENEMY),
    )
    return situation(
        view(units, 15680, replace(BASE_MAP, name="Front"), effects=effects, upgrade_ids=(2, 64)),
        {"Siege": [1, 3, 5], "Under": [2], "Casters": [4]},
        Speaker("CombatGroup2", channels=("Front",)),
        notes=("Immortals first, they lost their shields.", "Lurkers stay at\n23,21."),
        findings=(Finding("Immortal", "Immortal: health 200 shield 100 armor 1."),),
        team_tasks=(("Siege", "Break the cannon at 30,21."), ("Under", "Stay hidden."), ("Casters", "Stay alive.")),
        loops_left=1120,
    )


def protoss_screens() -> Situation:
    """Return two teams apart from each other in px of their screens, a warp prism and what both can see."""
    units = [
        unit(1, "WarpPrism", 14, 40, cargo_used=4, cargo_max=8, shield=40.0, orders=(order("Move_To", Point(30, 50)),)),
        unit(2, "Phoenix", 16, 42, energy=55.0, buff_ids=(), orders=(order("Attack_Unit", 41),)),
        unit(3, "Adept", 40, 20, weapon_cooldown_loops=20.0),
        unit(4, "Adept", 41, 21, shield=9.0),
        unit(5, "Disruptor", 43, 18),
        unit(6, "Zealot", 44, 24),
        enemy(41, "Banshee", 20, 44, energy=81.0, is_cloaked=True),
        enemy(42, "MissileTurret", 24, 46),
        enemy(43, "Marauder", 47, 21, health=90.0, buff_ids=(24,)),
        enemy(44, "SiegeTankSieged", 52, 24),
        enemy(45, "Bunker", 50, 28, cargo_used=4, cargo_max=4),
    ]
    effects = (
        EffectView(11, (Point(18, 40), Point(42, 21)), 1.5, 1, Alliance.SELF),
        EffectView(6, (Point(60, 60),), 13.0, 2, Alliance.ENEMY),
    )
    return situation(
        view(units, 11200, replace(BASE_MAP, name="Two fronts"), effects=effects),
        {"Air-1": [1, 2], "Adept-1": [3, 4], "Disruptor-1": [5]},
        Speaker("CombatGroup7", points="screen", actions_per_team=2),
        fellows=(Fellow("CombatGroup1", (Team("Zealot-1", (6,)),)),),
    )


SITUATIONS: dict[str, Callable[[], Situation]] = {
    "protoss_2s3z": zealots_and_stalkers,
    "protoss_mail": protoss_with_mail,
    "protoss_base": protoss_base,
    "protoss_screens": protoss_screens,
    "terran_drop": terran_drop,
    "terran_base": terran_base,
    "zerg_hatchery": zerg_hatchery,
    "zerg_macro": zerg_macro,
    "zerg_army": zerg_army,
    "task4_world": lambda: task4("world"),
    "task4_screen": lambda: task4("screen"),
    "example_world": lambda: example("world"),
    "example_screen": lambda: example("screen"),
}
