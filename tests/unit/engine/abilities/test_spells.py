"""Spells against the facts, each with its calculation written out: price, effect, duration, and what is refused."""

import pytest

from llm_pysc2.engine.state.results import Result
from tests.arena import ATTACK, ENEMY, MOVE
from tests.unit.engine.abilities.casters import Casters


@pytest.fixture
def arena() -> Casters:
    return Casters()


def test_feedback(arena: Casters) -> None:
    # 50 energy; half of the target's energy as damage, whatever its armor; then it has none. Ghost 75 + 0.5625 / 16.
    templar, ghost, marine = arena.caster("HighTemplar"), arena.enemy("Ghost"), arena.enemy("Marine", up=3)
    assert arena.order(templar, 140, marine) == Result.MUST_TARGET_ENERGY_CAPABLE_UNITS
    assert arena.order(templar, 140, (25.0, 40.0)) == Result.MUST_TARGET_UNIT
    assert arena.order(templar, 140, ghost) == 1
    arena.step()
    assert arena.life(ghost) == pytest.approx(100 - (75 + 0.5625 / 16) / 2, abs=0.01)
    assert arena.energy(ghost) < 0.1
    assert arena.energy(templar) == pytest.approx(150, abs=0.1)
    friend = arena.add_inert("Sentry", 22, 40, owner=1)
    assert arena.order(templar, 140, friend) == Result.CANT_TARGET_YOUR_OWN_UNITS


def test_force_field_stands_fifteen_seconds(arena: Casters) -> None:
    # 50 energy, 240 loops and up to 4.8 more; neutral, nobody can order or attack it.
    sentry = arena.caster("Sentry")
    assert arena.order(sentry, 1526, (25.0, 40.0)) == 1
    arena.step()
    assert arena.names() == ["Sentry", "ForceField"]
    assert arena.energy(sentry) == pytest.approx(150, abs=0.1)
    assert arena.game.units.owner[1] == 0
    assert bool(arena.game.units.invulnerable[1])
    arena.step(239)
    assert arena.names() == ["Sentry", "ForceField"]
    arena.step(7)
    assert arena.names() == ["Sentry"]


def test_hallucinations(arena: Casters) -> None:
    # 75 energy for two Stalkers that do no damage, cannot use abilities, and last 960 loops.
    sentry = arena.caster("Sentry")
    assert arena.order(sentry, 158) == 1
    arena.step()
    assert arena.names() == ["Sentry", "Stalker", "Stalker"]
    assert arena.energy(sentry) == pytest.approx(125, abs=0.1)
    image = int(arena.game.units.tag[1])
    assert bool(arena.game.units.hallucination[1])
    assert arena.order(image, 1442, (30.0, 40.0)) == Result.ERROR
    arena.step(958)
    assert len(arena.names()) == 3
    arena.step(3)
    assert arena.names() == ["Sentry"]


def test_graviton_beam(arena: Casters) -> None:
    # 50 energy, 4 cells; lifts for 80 x 2 loops: the target hangs in the air and does nothing. Other orders wait
    # for its end; the Phoenix' own cancel ends it.
    phoenix, marauder, tank = arena.caster("Phoenix"), arena.enemy("Marauder", 3), arena.enemy("Ultralisk", 6, 4)
    assert arena.order(phoenix, 173, tank) == Result.CANT_TARGET_MASSIVE_UNITS
    assert arena.order(phoenix, 173, marauder) == 1
    arena.step(6)
    row = arena.row(marauder)
    assert arena.buffs(marauder) == [5]
    assert (bool(arena.game.units.flying[row]), arena.game.units.speed[row]) == (True, 0)
    assert arena.order(marauder, MOVE, (30.0, 40.0)) == Result.YOU_CANT_CONTROL_THAT_UNIT
    arena.step(150)
    assert [order.ability_id for order in arena.orders(phoenix)] == [173]
    arena.step(16)
    assert arena.orders(phoenix) == []
    assert arena.buffs(marauder) == []
    assert not arena.game.units.flying[arena.row(marauder)]
    arena.order(phoenix, 173, marauder)
    arena.step(10)
    assert arena.order(phoenix, MOVE, (20.0, 30.0)) == 1
    arena.step(10)
    assert [order.ability_id for order in arena.orders(phoenix)] == [173, MOVE]
    assert arena.buffs(marauder) == [5]
    assert arena.order(phoenix, 174) == 1
    arena.step(10)
    assert [order.ability_id for order in arena.orders(phoenix)] == [MOVE]
    assert arena.buffs(marauder) == []


def test_a_lifted_worker_stays_a_worker(arena: Casters) -> None:
    # The beam tells what is burrowed to come up; a Drone has no such ability, whoever else has.
    phoenix, drone = arena.caster("Phoenix"), arena.enemy("Drone")
    assert arena.order(phoenix, 173, drone) == 1
    arena.step(60)
    assert arena.names() == ["Phoenix", "Drone"]


def test_fungal_growth(arena: Casters) -> None:
    # 75 energy; a missile of 12 / 16 cells a loop over 5 cells: 7 loops; 16 ticks of 1.875 = 30; a quarter of speed.
    infestor, marine, mine = arena.caster("Infestor"), arena.enemy("Marauder"), arena.add_inert("Roach", 25, 41, 1)
    assert arena.order(infestor, 74, (25.0, 40.0)) == 1
    arena.step(8)
    assert (arena.buffs(marine), arena.buffs(mine)) == ([17], [])
    assert arena.game.units.speed[arena.row(marine)] == pytest.approx(2.25 / 16 / 4)
    arena.step(80)
    assert arena.life(marine) == 125 - 30
    assert arena.game.units.speed[arena.row(marine)] == pytest.approx(2.25 / 16)


def test_transfusion(arena: Casters) -> None:
    # 50 energy; 75 life at once after 3.2 loops of casting and 160 x 0.3125 = 50 more over 160 loops, not itself.
    queen, patient = arena.caster("Queen"), arena.add_inert("Ultralisk", 25, 40, owner=1)
    assert arena.order(queen, 1664, patient) == Result.CANT_TARGET_THAT_UNIT
    arena.game.set_unit_value(patient, "life", 200)
    regen = 0.2734 / 16
    assert arena.order(queen, 1664, queen) == Result.CANT_TARGET_THAT_UNIT
    assert arena.order(queen, 1664, patient) == 1
    arena.step(5)
    assert arena.life(patient) == pytest.approx(200 + 75 + 5 * regen, abs=0.05)
    assert arena.energy(queen) == pytest.approx(150, abs=0.3)
    arena.step(170)
    assert arena.life(patient) == pytest.approx(325 + 175 * regen, abs=0.1)


def test_corrosive_bile(arena: Casters) -> None:
    # Lands 32 loops after the cast with 60, on friend and foe; breaks force fields; 160 loops until the next.
    ravager, marauder = arena.caster("Ravager", 0), arena.enemy("Marauder", 8)
    arena.order(arena.caster("Sentry", x=21), 1526, (28.5, 42.0))
    assert arena.order(ravager, 2338, (28.0, 40.4)) == 1
    arena.step(31)
    assert arena.life(marauder) == 125
    assert "ForceField" in arena.names()
    arena.step(3)
    assert arena.life(marauder) == 125 - 60
    assert "ForceField" not in arena.names()
    assert arena.order(ravager, 2338, (28.0, 40.0)) == Result.COOLDOWN
    arena.step(160 - 34)
    assert arena.order(ravager, 2338, (28.0, 40.0)) == 1


def test_blinding_cloud(arena: Casters) -> None:
    # 100 energy; ranges on the ground shrink by 20, so to nothing, for 15 x 8 loops and the last buff's 10.
    viper, marauder = arena.caster("Viper"), arena.enemy("Marauder")
    assert arena.order(viper, 2063, (25.0, 40.0)) == 1
    arena.step()
    assert arena.game.units.arms[arena.row(marauder)].weapons[0].range_cells == 0
    arena.step(120)
    assert arena.buffs(marauder) == [83]
    arena.step(11)
    assert arena.game.units.arms[arena.row(marauder)].weapons[0].range_cells == 6


def test_parasitic_bomb(arena: Casters) -> None:
    # 125 energy, air only; after a delay of 16 loops 3 each 4 loops to everybody near for 160 loops: 40 x 3.
    viper, ray, near = arena.caster("Viper"), arena.enemy("VoidRay"), arena.enemy("VoidRay", 6, 1)
    assert arena.order(viper, 2542, arena.enemy("Marine", 3, 8)) == Result.MUST_TARGET_AIR_UNITS
    assert arena.order(viper, 2542, ray) == 1
    arena.step(200)
    for tag in (ray, near):
        shield, life = arena.vitals(tag)
        assert 250 - shield - life == pytest.approx(40 * 3, abs=3)
    assert arena.energy(viper) < 85
    assert "ParasiticBombDummy" not in arena.names()


@pytest.mark.parametrize("when", [8, 96])
def test_a_parasitic_bomb_outlives_its_carrier(arena: Casters, when: int) -> None:
    # The cloud stays where he died: for what is left of 160 loops from the cast, or for 192 if it was not yet awake.
    viper, ray, near = arena.caster("Viper"), arena.enemy("VoidRay"), arena.enemy("VoidRay", 6, 1)
    assert arena.order(viper, 2542, ray) == 1
    while 132 not in arena.buffs(ray):
        arena.step()
    arena.step(when)
    before = sum(arena.vitals(near))
    place = arena.place(ray)
    arena.game.kill_units([ray])
    arena.step()
    (cloud,) = (tag for tag in arena.game.units.tag.tolist() if arena.name(tag) == "ParasiticBombDummy")
    assert arena.place(cloud) == place
    lasts = 160 - when if when > 16 else 192
    arena.step(lasts - 3)
    assert arena.alive(cloud)
    arena.step(8)
    assert not arena.alive(cloud)
    arena.step(8)
    assert before - sum(arena.vitals(near)) == pytest.approx(lasts / 4 * 3, abs=6)


def test_prismatic_alignment(arena: Casters) -> None:
    # 6 more against armored for 320 loops at three quarters of the speed; can be ended before; 960 loops to the next.
    ray = arena.caster("VoidRay", 0)
    bonus = arena.game.units.arms[arena.row(ray)].weapons[0].hits[0].bonus["Armored"]
    speed = float(arena.game.units.speed[arena.row(ray)])
    assert arena.order(ray, 3707) == Result.TECH_REQUIREMENTS_NOT_MET
    assert arena.order(ray, 2393) == 1
    assert arena.game.units.arms[arena.row(ray)].weapons[0].hits[0].bonus["Armored"] == bonus + 6
    assert arena.game.units.speed[arena.row(ray)] == pytest.approx(speed * 0.75)
    arena.step(10)
    assert arena.order(ray, 3707) == 1
    assert arena.buffs(ray) == []
    assert arena.game.units.speed[arena.row(ray)] == pytest.approx(speed)
    assert arena.order(ray, 2393) == Result.COOLDOWN


def test_emp(arena: Casters) -> None:
    # 75 energy; up to 100 of shields and 100 of energy, no life; cloaks are off for 160 loops.
    ghost, templar, dark = arena.caster("Ghost"), arena.enemy("HighTemplar"), arena.enemy("DarkTemplar", 5, 1)
    assert arena.order(ghost, 1628, (25.0, 40.5)) == 1
    arena.step(6)
    assert arena.vitals(templar) == (0, 40)
    assert arena.energy(templar) == pytest.approx(0, abs=0.2)
    assert not arena.game.units.cloaked[arena.row(dark)]
    arena.step(165)
    assert bool(arena.game.units.cloaked[arena.row(dark)])


def test_snipe_and_its_interruption(arena: Casters) -> None:
    # 50 energy; 32 loops of aim, then 170. Orders wait for its end; damage to the Ghost ends it and pays it back.
    ghost, victim = arena.caster("Ghost"), arena.enemy("Ultralisk", 8)
    before = arena.life(victim)
    assert arena.order(ghost, 2714, arena.enemy("Stalker", 6, 5)) == Result.MUST_TARGET_BIOLOGICAL_UNITS
    assert arena.order(ghost, 2714, victim) == 1
    arena.step(31)
    assert arena.life(victim) == before
    arena.step(4)
    assert before - arena.life(victim) == pytest.approx(170, abs=1)
    assert arena.energy(ghost) == pytest.approx(150 + 35 * 0.5625 / 16, abs=0.2)
    arena.order(ghost, 2714, victim)
    arena.step(10)
    assert arena.order(ghost, MOVE, (20.0, 30.0)) == 1
    arena.step(2)
    assert [order.ability_id for order in arena.orders(ghost)] == [2714, MOVE]
    arena.order(arena.add("Marine", 20, 43, ENEMY), ATTACK, ghost)
    while arena.life(ghost) == 100:
        arena.step()
    arena.step(2)
    assert [order.ability_id for order in arena.orders(ghost)] == [MOVE]
    assert arena.energy(ghost) == pytest.approx(150 + 47 * 0.5625 / 16, abs=0.3)
    assert before - arena.life(victim) < 171


def test_yamato(arena: Casters) -> None:
    # 48 loops of charge, then a missile with 240; 1600 loops until the next.
    cruiser, victim = arena.caster("Battlecruiser", 0), arena.enemy("Ultralisk", 8)
    assert arena.order(cruiser, 401, victim) == 1
    arena.game.units.arms[arena.row(cruiser)] = type(arena.game.units.arms[0])()
    arena.step(47)
    assert arena.life(victim) == 500
    arena.step(20)
    assert 500 - arena.life(victim) == pytest.approx(240, abs=2)
    assert arena.order(cruiser, 401, victim) == Result.COOLDOWN


def test_cloak_by_energy(arena: Casters) -> None:
    # 25 at once, then 0.5625 - 1.4765 per game second: 24.9 energy last (24.9 - 1) / 0.9140 x 16 = 419 loops.
    banshee = arena.caster("Banshee", 50)
    assert arena.order(banshee, 392) == 1
    assert bool(arena.game.units.cloaked[arena.row(banshee)])
    assert arena.energy(banshee) == 25
    arena.step(410)
    assert bool(arena.game.units.cloaked[arena.row(banshee)])
    arena.step(20)
    assert not arena.game.units.cloaked[arena.row(banshee)]
    assert arena.order(banshee, 392) == Result.NOT_ENOUGH_ENERGY
    arena.game.set_unit_value(banshee, "energy", 100)
    arena.order(banshee, 392)
    assert arena.order(banshee, 393) == 1
    assert not arena.game.units.cloaked[arena.row(banshee)]


def test_purification_nova(arena: Casters) -> None:
    # The ball leaves the Disruptor for 48 loops, then 145 (+55 to shields) around it; 480 loops until the next.
    disruptor, marauder = arena.caster("Disruptor", 0), arena.enemy("Marauder")
    assert arena.order(disruptor, 2346, (25.0, 40.0)) == 1
    arena.step(1)
    assert arena.names() == ["Disruptor", "Marauder", "DisruptorPhased"]
    arena.step(46)
    assert arena.life(marauder) == 125
    arena.step(4)
    assert arena.names() == ["Disruptor"]
    assert arena.order(disruptor, 2346, (25.0, 40.0)) == Result.COOLDOWN


def test_adept_shade_and_its_cancel(arena: Casters) -> None:
    # The shade runs for 160 loops, then the Adept is where it is; cancelled, the Adept stays.
    adept = arena.caster("Adept", 0)
    assert arena.order(adept, 2544, (28.0, 40.0)) == 1
    arena.step(165)
    assert arena.names() == ["Adept"]
    assert arena.place(adept)[0] == pytest.approx(28, abs=1.5)
    other = arena.caster("Adept", 0, x=12)
    arena.order(other, 2544, (5.0, 40.0))
    arena.step(20)
    assert arena.order(other, 2594) == 1
    arena.step(200)
    assert arena.names() == ["Adept", "Adept"]
    assert arena.place(other)[0] == pytest.approx(12, abs=0.1)


def test_interference_matrix(arena: Casters) -> None:
    # 50 energy, 176 loops: no weapon and no ability; only mechanical or psionic.
    raven, tank = arena.caster("Raven"), arena.enemy("SiegeTank")
    assert arena.order(raven, 3747, arena.enemy("Marine", 5, 4)) == Result.CANT_TARGET_THAT_UNIT
    assert arena.order(raven, 3747, tank) == 1
    arena.step(20)
    assert arena.buffs(tank) == [277]
    assert arena.game.units.arms[arena.row(tank)].weapons == ()
    assert arena.order(tank, 388) == Result.ERROR
    arena.step(190)
    assert arena.order(tank, 388) == 1


def test_caustic_spray_and_consume_are_held(arena: Casters) -> None:
    # Consume: 10 life for 2.5 energy each 16 loops, 20 times. Spray: 1 each 3.2 loops, after 96 loops 5.
    viper, home = arena.caster("Viper", 0), arena.add_inert("Hatchery", 25, 40, owner=1)
    assert arena.order(viper, 2073, home) == 1
    arena.step(400)
    regen = 400 * 0.5625 / 16
    assert arena.energy(viper) == pytest.approx(20 * 2.5 + regen, abs=0.5)
    corruptor, target = arena.caster("Corruptor", 0, x=50), arena.add_inert("Nexus", 55, 40)
    before = sum(arena.vitals(target))
    assert arena.order(corruptor, 2324, target) == 1
    arena.step(96 + 160)
    assert before - sum(arena.vitals(target)) == pytest.approx(30 * 1 + 160 / 3.2 * 5, abs=40)


def test_mass_recall(arena: Casters) -> None:
    # 100 energy; own units within 6.5 of the point come to the Mothership after 32 loops.
    ship, near, far = (
        arena.caster("Mothership"),
        arena.add_inert("Zealot", 40, 40, owner=1),
        arena.add_inert("Zealot", 40, 48, owner=1),
    )
    assert arena.order(ship, 142, (40.0, 40.0)) == 1
    arena.step(90)
    assert arena.place(near)[0] == pytest.approx(20, abs=2)
    assert arena.place(far) == pytest.approx((40, 48), abs=0.5)
    assert arena.energy(ship) == pytest.approx(100 + 90 * 0.5625 / 16, abs=0.3)


@pytest.mark.parametrize(
    ("name", "down", "becomes", "up"),
    [
        ("SiegeTank", 388, "SiegeTankSieged", 390),
        ("VikingFighter", 403, "VikingAssault", 405),
        ("Roach", 1386, "RoachBurrowed", 1388),
        ("WarpPrism", 1528, "WarpPrismPhasing", 1530),
        ("Hellion", 1998, "Hellbat", 1978),
        ("Observer", 3741, "ObserverSurveillanceMode", 3739),
        ("Thor", 2362, "ThorHighImpactMode", 2364),
    ],
)
def test_modes_there_and_back(arena: Casters, name: str, down: int, becomes: str, up: int) -> None:
    tag = arena.caster(name, 0)
    arena.game.set_unit_value(tag, "life", 20)
    arena.add_inert("Armory", 50, 60, owner=1)
    assert arena.order(tag, down) == 1
    arena.step(100)
    assert arena.name(tag) == becomes
    assert arena.life(tag) >= 20
    assert arena.order(tag, up) == 1
    arena.step(100)
    assert arena.name(tag) == name


def test_orders_wait_for_the_end_of_a_morph(arena: Casters) -> None:
    tank = arena.caster("SiegeTank", 0)
    arena.order(tank, 388)
    arena.step(10)
    assert arena.order(tank, ATTACK, (40.0, 40.0)) == 1
    assert [order.ability_id for order in arena.orders(tank)] == [388, 23]
    arena.step(80)
    assert arena.name(tank) == "SiegeTankSieged"


def test_immortals_have_a_barrier(arena: Casters) -> None:
    # The first blow (10 + 10 Armored - 3 of shield upgrades) wakes it for 48 loops; it takes up to 100 damage on
    # itself; 720 loops until the next.
    immortal, marauder = arena.add_inert("Immortal", 24, 40, owner=1), arena.add("Marauder", 30, 40, 2, 180)
    arena.order(marauder, ATTACK, immortal)
    while not arena.buffs(immortal):
        arena.step()
    shield = arena.shield(immortal)
    assert shield == 100 - 17
    arena.step(24)
    assert arena.shield(immortal) == shield
    arena.step(30)
    assert arena.buffs(immortal) == []
    arena.step(30)
    assert arena.shield(immortal) < shield
    assert arena.buffs(immortal) == []


def test_effects_on_the_ground_are_shown(arena: Casters) -> None:
    arena.order(arena.caster("HighTemplar"), 1036, (25.0, 40.0))
    arena.order(arena.caster("Sentry", x=22), 76)
    arena.step()
    shown = [(effect.effect_id, effect.x, effect.radius_cells) for effect in arena.game.ground_effects()]
    assert shown == [(2, 22.0, 4), (1, 25.0, 1.5)]
    arena.step(250)
    assert arena.game.ground_effects() == []
