"""What units use of their own accord, what they do when they are killed, and behaviours that change whose they are."""

import pytest

from llm_pysc2.engine.state.results import Result
from tests.arena import ATTACK, ENEMY, HOLD, MOVE
from tests.unit.engine.abilities.casters import Casters

CHARGE, WIDOW_MINE_ATTACK, RESTORE, LOCK_ON, NEURAL_PARASITE, ABDUCT = 1819, 2099, 3765, 2350, 249, 2067


@pytest.fixture
def arena() -> Casters:
    return Casters()


def test_zealots_charge(arena: Casters) -> None:
    # From less than 4 cells: 2.2 times the speed (3.15 + 1 for Charge in 4.10 facts), buff 30, and 8 damage on arrival.
    zealot, target = arena.add("Zealot", 20, 40), arena.add_inert("Ultralisk", 26, 40)
    arena.order(target, HOLD)
    arena.order(zealot, ATTACK, target)
    speed = float(arena.game.units.speed[arena.row(zealot)])
    charged = []
    for _ in range(80):
        arena.step()
        if 30 in arena.buffs(zealot):
            charged.append((arena.gap(zealot, target), float(arena.game.units.speed[arena.row(zealot)])))
        elif charged:
            break
    assert 2.5 < charged[0][0] < 4
    assert charged[0][1] == pytest.approx(speed * 2.2)
    arena.step(4)
    assert 500 - arena.life(target) >= 8


def test_charge_has_a_cooldown_and_can_be_switched_off(arena: Casters) -> None:
    zealot, target = arena.add("Zealot", 20, 40), arena.add_inert("Ultralisk", 26, 40)
    arena.order(target, HOLD)
    assert arena.game.set_autocast(1, CHARGE, [zealot]) == [1]
    arena.order(zealot, ATTACK, target)
    for _ in range(80):
        arena.step()
        assert 30 not in arena.buffs(zealot)


def test_massive_units_break_force_fields(arena: Casters) -> None:
    sentry = arena.caster("Sentry")
    arena.order(sentry, 1526, (25.0, 40.0))
    arena.step(4)
    ultralisk = arena.add_inert("Ultralisk", 33, 40)
    assert "ForceField" in arena.names()
    arena.order(ultralisk, MOVE, (20.0, 40.0))
    arena.step(60)
    assert "ForceField" not in arena.names()


def test_a_widow_mine_fires_by_itself_once_in_640_loops(arena: Casters) -> None:
    arena.add("WidowMineBurrowed", 20, 40)
    marauder = arena.enemy("Marauder", 4)
    other = arena.enemy("Ultralisk", 4, 2)
    arena.order(other, HOLD)
    arena.step(80)
    assert not arena.alive(marauder) or arena.life(other) < 500
    life = arena.life(other)
    arena.step(400)
    assert arena.life(other) >= life


def test_a_battery_restores_shields_for_energy(arena: Casters) -> None:
    # 36 shields a game second at 0.33 energy each; not below 10 energy; nothing when switched off.
    battery = arena.caster("ShieldBattery", 50)
    arena.add_inert("Pylon", 16, 40, owner=1)
    stalker = arena.add_inert("Stalker", 24, 40, owner=1)
    assert arena.game.set_autocast(1, RESTORE, [battery]) == [1]
    arena.game.set_unit_value(stalker, "shields", 0)
    arena.step(20)
    assert arena.energy(battery) >= 50
    arena.game.set_autocast(1, RESTORE, [battery])
    arena.game.set_unit_value(stalker, "shields", 0)
    before = arena.energy(battery)
    arena.step(60)
    assert arena.shield(stalker) == 80
    # It comes back by 0.5625 a game second meanwhile, and some of the shields by themselves.
    assert before - arena.energy(battery) == pytest.approx(80 * 0.33 - 60 * 0.5625 / 16, abs=2)


def test_cyclones_lock_on_and_lose_who_gets_away(arena: Casters) -> None:
    # 20 damage each 16 loops, 400 in all, as long as the target is within 15 cells.
    cyclone, thor = arena.caster("Cyclone", 0), arena.enemy("Thor", 6)
    arena.order(thor, HOLD)
    arena.step(100)
    assert 116 in arena.buffs(thor)
    assert 400 - arena.life(thor) == pytest.approx(80, abs=21)
    arena.game.units.x[arena.row(thor)] = 60
    arena.step(30)
    assert 116 not in arena.buffs(thor)
    assert cyclone


def test_stasis_wards_spring(arena: Casters) -> None:
    arena.add("StasisTrap", 20, 40)
    marine = arena.enemy("Marine", 8)
    arena.order(marine, MOVE, (18.0, 40.0))
    arena.step(160)
    assert arena.buffs(marine) == [129]
    assert arena.names() == ["Marine"]


def test_banelings_explode_when_they_are_killed_but_not_when_they_are_removed(arena: Casters) -> None:
    # 20 + 15 Light within 2.2 cells; a Marine of the facts has 45 life (55 with Combat Shield for us only).
    baneling, marine = arena.add_inert("Baneling", 20, 40, owner=1), arena.enemy("Marine", 2)
    arena.order(marine, HOLD)
    arena.game.kill_units([baneling])
    arena.step()
    assert arena.life(marine) == 45
    baneling = arena.add_inert("Baneling", 20, 40, owner=1)
    killer = arena.add("Marauder", 27, 40, ENEMY, 180)
    arena.order(killer, ATTACK, baneling)
    arena.loops_until_dead(baneling)
    arena.step()
    assert arena.life(marine) == pytest.approx(45 - 35, abs=3)


def test_burning_buildings_burn_down(arena: Casters) -> None:
    depot = arena.add_inert("SupplyDepot", 20, 40, owner=1)
    arena.step(40)
    assert arena.life(depot) == 400
    arena.game.set_unit_value(depot, "life", 120)
    arena.step(160)
    assert arena.life(depot) < 110


def test_ghosts_hold_their_fire(arena: Casters) -> None:
    ghost = arena.add("Ghost", 20, 40)
    assert arena.order(ghost, 36) == 1
    arena.step(4)
    marine = arena.enemy("Marauder", 4)
    arena.order(marine, HOLD)
    arena.step(60)
    assert arena.life(marine) == 125
    assert arena.order(ghost, 38) == 1
    arena.step(60)
    assert arena.life(marine) < 125


def test_an_order_to_attack_ends_holding_fire(arena: Casters) -> None:
    ghost, marine = arena.add("Ghost", 20, 40), arena.enemy("Marauder", 4)
    arena.order(ghost, 36)
    arena.step(4)
    arena.order(ghost, ATTACK, marine)
    arena.step(60)
    assert arena.life(marine) < 125
    assert arena.order(ghost, 38) == Result.TECH_REQUIREMENTS_NOT_MET


def test_neural_parasite_takes_over_and_gives_back(arena: Casters) -> None:
    # For 240 loops, as long as the Infestor holds it; its own side may not command the unit meanwhile.
    infestor, thor = arena.caster("Infestor"), arena.enemy("Thor", 6)
    arena.order(thor, HOLD)
    assert arena.order(infestor, NEURAL_PARASITE, thor) == 1
    arena.step(20)
    row = arena.row(thor)
    assert arena.game.units.owner[row] == 1
    assert arena.game.order(ENEMY, MOVE, [thor], (40.0, 40.0)) == [Result.YOU_CANT_CONTROL_THAT_UNIT]
    assert arena.game.order(1, MOVE, [thor], (24.0, 44.0)) == [1]
    arena.step(250)
    assert arena.game.units.owner[arena.row(thor)] == ENEMY
    arena.game.set_unit_value(infestor, "energy", 200)
    arena.order(infestor, NEURAL_PARASITE, thor)
    while arena.game.units.owner[arena.row(thor)] == ENEMY:
        arena.step()
    arena.game.kill_units([infestor])
    arena.step(3)
    assert arena.game.units.owner[arena.row(thor)] == ENEMY


def test_ultralisks_are_not_pulled_nor_taken_over(arena: Casters) -> None:
    viper, infestor, ultralisk = arena.caster("Viper"), arena.caster("Infestor", x=18), arena.enemy("Ultralisk")
    assert arena.order(viper, ABDUCT, ultralisk) == Result.CANT_TARGET_THAT_UNIT
    assert arena.order(infestor, NEURAL_PARASITE, ultralisk) == Result.CANT_TARGET_THAT_UNIT
    assert (arena.energy(viper), arena.energy(infestor)) == (200, 200)


def test_changelings_take_the_looks_of_who_they_meet(arena: Casters) -> None:
    overseer = arena.caster("Overseer")
    arena.enemy("Marine", 6)
    arena.order(overseer, 181)
    arena.step(40)
    (looks,) = [row for row, name in enumerate(arena.names()) if name.startswith("Changeling")]
    assert arena.names()[looks].startswith("ChangelingMarine")
    assert arena.game.units.owner[looks] == 1
    arena.step(2400)
    assert not any(name.startswith("Changeling") for name in arena.names())
