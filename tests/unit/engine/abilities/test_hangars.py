"""Carriers and Brood Lords: what they keep, build and launch, against the facts.

A Carrier begins with 4 interceptors and holds 8: 256 loops and 15 minerals each. One leaves every 6 loops at what is
within 8 cells; they come back when nothing is within 12 cells of the Carrier. A Brood Lord has 2 escorts, each 40
loops; each throws itself at a target for 20 damage and becomes a Broodling for 128 loops.
"""

import pytest

from llm_pysc2.engine.state.results import Result
from tests.arena import ATTACK, ENEMY, HOLD, MOVE, Arena
from tests.unit.engine.abilities.casters import Casters

BUILD_INTERCEPTORS = 1042


@pytest.fixture
def arena() -> Arena:
    return Arena(random_delay="none")


def named(arena: Arena, name: str, outside: bool = False) -> list[int]:
    """Return the tags of all units of a type, or of those on the map."""
    units, types = arena.game.units, arena.match.types.types
    return [
        int(units.tag[row])
        for row in range(len(units))
        if types[int(units.row[row])].name == name and (units.aboard[row] < 0 or not outside)
    ]


def test_a_carrier_builds_what_it_can_pay(arena: Arena) -> None:
    arena.game.players[1].minerals = 15 + 14
    arena.add("Carrier", 20, 20)
    arena.step()
    assert len(named(arena, "Interceptor")) == 4
    assert named(arena, "Interceptor", outside=True) == []
    arena.step(258)
    assert len(named(arena, "Interceptor")) == 5
    assert arena.game.players[1].minerals == 14
    arena.step(300)
    assert len(named(arena, "Interceptor")) == 5


def test_a_full_carrier_refuses_more(arena: Arena) -> None:
    arena.game.players[1].minerals = 1000
    carrier = arena.add("Carrier", 20, 20)
    arena.step(4 * 257 + 10)
    assert len(named(arena, "Interceptor")) == 8
    assert arena.order(carrier, BUILD_INTERCEPTORS) == Result.CANT_HOLD_ANY_MORE_AMMO
    assert arena.game.players[1].minerals == 1000 - 4 * 15


def test_interceptors_are_built_by_hand(arena: Arena) -> None:
    carrier = arena.add("Carrier", 20, 20)
    arena.step()
    assert arena.order(carrier, BUILD_INTERCEPTORS) == Result.NOT_ENOUGH_MINERALS
    arena.match.spells.hangars[carrier].automatic = False
    arena.game.players[1].minerals = 100
    assert arena.order(carrier, BUILD_INTERCEPTORS) == 1
    arena.step(300)
    assert len(named(arena, "Interceptor")) == 5
    assert arena.game.players[1].minerals == 85


def test_interceptors_fly_out_one_by_one_and_hit(arena: Arena) -> None:
    carrier, nexus = arena.add("Carrier", 20, 20), arena.add_inert("Nexus", 20 + 8 + 3, 20)
    arena.step()
    assert arena.gap(carrier, nexus) < 8
    arena.order(carrier, ATTACK, nexus)
    out = []
    for _ in range(30):
        arena.step()
        out.append(len(named(arena, "Interceptor", outside=True)))
    assert [out.index(count) - out.index(1) for count in (2, 3, 4)] == [6, 12, 18]
    arena.step(30)
    before = sum(arena.vitals(nexus))
    arena.step(48 * 4)
    # Each beams 2 x 5 less 1 of armor once the shields are gone; here the shields take all of it, every 48 loops.
    assert before - sum(arena.vitals(nexus)) == pytest.approx(4 * 4 * 10, abs=20)


def test_interceptors_come_back(arena: Arena) -> None:
    carrier, marine = arena.add("Carrier", 20, 20), arena.add_inert("Marauder", 27, 20)
    arena.step()
    arena.order(carrier, ATTACK, marine)
    arena.loops_until_dead(marine)
    arena.step(120)
    assert named(arena, "Interceptor", outside=True) == []


def test_interceptors_have_a_leash_and_die_with_their_carrier(arena: Arena) -> None:
    carrier, nexus = arena.add("Carrier", 20, 20), arena.add_inert("Nexus", 30, 20)
    arena.order(carrier, ATTACK, nexus)
    arena.step(60)
    assert len(named(arena, "Interceptor", outside=True)) == 4
    arena.order(carrier, MOVE, (12.0, 20.0))
    arena.step(40)
    assert len(named(arena, "Interceptor", outside=True)) == 4
    arena.order(carrier, MOVE, (2.0, 40.0))
    arena.step(250)
    assert named(arena, "Interceptor", outside=True) == []
    arena.game.kill_units([carrier])
    arena.step()
    assert named(arena, "Interceptor") == []


def test_a_brood_lord_throws_broodlings(arena: Arena) -> None:
    lord, marauder = arena.add("BroodLord", 20, 20, ENEMY), arena.add_inert("Ultralisk", 29, 20, 1)
    arena.order(marauder, HOLD)
    arena.order(lord, ATTACK, marauder)
    before = arena.life(marauder)
    while arena.life(marauder) == before:
        arena.step()
    assert before - arena.life(marauder) == pytest.approx(20 - 2, abs=1)
    arena.step(20)
    assert named(arena, "Broodling", outside=True)
    arena.step(200)
    assert 2 <= len(named(arena, "Broodling")) <= 4
    arena.game.kill_units([lord])
    arena.step(134)
    assert named(arena, "Broodling") == []
    assert named(arena, "BroodlingEscort") == []


def test_broodlings_fall_on_buildings_too(arena: Arena) -> None:
    lord, bunker = arena.add("BroodLord", 20, 20), arena.add_inert("Bunker", 30, 20)
    arena.order(lord, ATTACK, bunker)
    arena.step(60)
    assert arena.life(bunker) < 400
    assert named(arena, "Broodling")


def test_locusts_run_to_where_they_are_sent() -> None:
    # Two locusts; they hatch after the egg's flight and 32 loops, live 400 to 408 loops more; 960 loops to the next.
    arena = Casters()
    host = arena.caster("SwarmHost", 0)
    assert arena.order(host, 2704, (30.0, 40.0)) == 1
    arena.step(60)
    locusts = named(arena, "Locust") + named(arena, "LocustFlying")
    assert len(locusts) == 2
    assert arena.order(host, 2704, (30.0, 40.0)) == Result.COOLDOWN
    arena.step(100)
    assert all(arena.place(tag)[0] > 24 for tag in locusts)
    arena.step(330)
    assert not any(arena.alive(tag) for tag in locusts)
