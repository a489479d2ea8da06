"""What Protoss do with what they have: chrono boost, warp gates of their own accord, archons."""

import pytest

from llm_pysc2.engine.state.results import Result
from tests.bases import Base, empty_melee, maker_of

CHRONO, TO_GATEWAY, MERGE, WARP_GATE_RESEARCH = 3755, 1520, 1766, 84


@pytest.fixture
def base() -> Base:
    base = Base("protoss", definition=empty_melee()).rich()
    base.add("Pylon", (40.0, 40.0))
    return base


def nexus(base: Base) -> int:
    tag = base.add("Nexus", (30.5, 30.5))
    base.game.units.energy[base.row(tag)] = 200
    return tag


def boosted(base: Base, structure: int) -> None:
    assert base.order(nexus(base), CHRONO, structure) == Result.SUCCESS


@pytest.mark.parametrize(
    ("producer", "product", "loops"), [("Gateway", "Zealot", 608), ("Forge", "ProtossGroundWeaponsLevel1", 2880)]
)
def test_chrono_boost_makes_half_as_much_again_for_448_loops(
    base: Base, producer: str, product: str, loops: int
) -> None:
    maker = base.add(producer, (43.5, 40.5))
    base.player.cheats.tech_tree = True
    ability = maker_of(product, producer)
    assert ability.loops == loops
    boosted(base, maker)
    assert base.order(maker, ability) == Result.SUCCESS
    started = base.game.loop
    done = base.until(lambda: maker not in base.match.industry.queues, loops + 10)
    expected = loops / 1.5 if loops <= 672 else 448 + loops - 672
    assert done - started == pytest.approx(expected, abs=1)


def test_chrono_boost_hastens_the_change_into_a_warp_gate(base: Base) -> None:
    gateway = base.add("Gateway", (43.5, 40.5))
    boosted(base, gateway)
    base.player.upgrades += (WARP_GATE_RESEARCH,)
    assert base.order(gateway, 1518) == Result.SUCCESS
    started = base.game.loop
    assert base.until(lambda: base.all("WarpGate") != [], 170) - started == pytest.approx(160 / 1.5, abs=1)


def test_chrono_boost_hastens_the_wait_of_a_warp_gate(base: Base) -> None:
    gate, plain = base.add("WarpGate", (43.5, 40.5)), base.add("WarpGate", (43.5, 44.5))
    boosted(base, gate)
    zealot = maker_of("Zealot", "WarpGate")
    assert base.order(gate, zealot, (38.0, 38.0)) == base.order(plain, zealot, (38.0, 42.0)) == Result.SUCCESS
    assert base.order(gate, zealot, (37.0, 37.0)) == Result.COOLDOWN
    started, waits = base.game.loop, {}
    while len(waits) < 2:
        base.step()
        for tag in (gate, plain):
            if tag not in waits and zealot.id in base.game.available_abilities(tag):
                waits[tag] = base.game.loop - started
    assert waits[plain] == pytest.approx(zealot.cooldown_loops, abs=1)
    assert waits[gate] == pytest.approx(zealot.cooldown_loops / 1.5, abs=1)


def test_gateways_change_of_their_own_accord_once_that_is_researched(base: Base) -> None:
    gateway = base.add("Gateway", (43.5, 40.5))
    base.make("Zealot", "Gateway")
    base.step(100)
    base.game.grant_upgrade(1, WARP_GATE_RESEARCH)
    base.step(100)
    assert base.all("Gateway") == [gateway], "it finishes what it makes"
    base.until(lambda: base.all("WarpGate") != [], 608 + 160)
    assert base.order(gateway, TO_GATEWAY) == Result.SUCCESS
    base.step(400)
    assert base.all("Gateway") == [gateway], "changed back it stays"


def test_gateways_stay_where_that_is_switched_off(base: Base) -> None:
    gateway = base.add("Gateway", (43.5, 40.5))
    base.game.grant_upgrade(1, WARP_GATE_RESEARCH)
    assert base.game.set_autocast(1, 1518, [gateway]) == [Result.SUCCESS]
    base.step(300)
    assert base.all("Gateway") == [gateway]


def test_two_templars_become_an_archon_in_192_loops(base: Base) -> None:
    pair = [base.add("HighTemplar", (30.0, 50.0)), base.add("DarkTemplar", (36.0, 50.0))]
    food = base.player.food_used
    assert base.game.order(1, MERGE, pair, None, False) == [Result.SUCCESS] * 2
    base.until(lambda: base.all("Archon") != [], 100)
    archon, begun = base.one("Archon"), base.game.loop
    base.step()
    assert not any(base.alive(tag) for tag in pair)
    assert base.player.food_used == food
    assert base.until(lambda: base.get(archon, "build_progress") == 1, 300) - begun == 192
    assert (base.get(archon, "life"), base.get(archon, "shield")) == (10, 350)
    assert base.player.food_used == food
    assert base.player.score.lost_vespene["army"] == 0
    assert 8 in base.game.take_events(1).alerts


def test_a_templar_alone_is_told_that_there_is_no_other(base: Base) -> None:
    trio = [base.add("HighTemplar", (30.0 + 3 * i, 50.0)) for i in range(3)]
    base.game.order(1, MERGE, trio, None, False)
    base.step(2)
    assert [error.result for error in base.game.take_events(1).action_errors] == [Result.CANT_FIND_ENOUGH_TARGETS]
    base.until(lambda: base.all("Archon", finished=True) != [], 400)
    assert [base.get(tag, "mode") for tag in trio if base.alive(tag)] == [0]


def test_a_unit_that_dies_while_it_is_warped_in_gives_its_supply_back(base: Base) -> None:
    gate = base.add("WarpGate", (43.5, 40.5))
    food = base.player.food_used
    base.order(gate, maker_of("Zealot", "WarpGate"), (38.0, 38.0))
    base.step(5)
    assert base.player.food_used == food + 2
    base.game.kill_units(base.all("Zealot"))
    base.step()
    assert base.player.food_used == food
