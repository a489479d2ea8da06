"""What behaviours forbid and turn off, and what is shared: against the facts, each with its calculation written out."""

import pytest

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.economy import larvae
from llm_pysc2.engine.state.order import Ability
from llm_pysc2.engine.state.results import Result
from tests.arena import ATTACK, ENEMY, MOVE
from tests.unit.engine.abilities.casters import Casters

CONTAMINATE, INJECT, TRAIN_MARINE, STIM_RESEARCH, WARP_ZEALOT = 1825, 251, 560, 730, 1413
NEXUS_RECALL, STRATEGIC_RECALL, SWOOP, SPAWN_LOCUSTS, CAUSTIC_SPRAY, CONSUME = 3757, 142, 2387, 2704, 2324, 2073
SUPPLY_DROP, LOWER = 255, 556
FUNGAL_GROWTH, GRAVITON_BEAM, LOAD, NEURAL_PARASITE, BLINDING_CLOUD = 74, 173, 911, 249, 2063
CONTAMINATED_LOOPS = 480


@pytest.fixture
def arena() -> Casters:
    return Casters()


def contaminate(arena: Casters, building: int) -> None:
    """Let an Overseer right beside it contaminate a building."""
    overseer = arena.caster("Overseer", x=22)
    assert arena.order(overseer, CONTAMINATE, building) == 1
    for _ in range(100):
        if 36 in arena.buffs(building):
            return
        arena.step()
    pytest.fail("nothing is contaminated")


def test_contaminated_barracks_train_nobody_meanwhile(arena: Casters) -> None:
    # A Marine takes 400 loops; the 480 of the contamination count for nothing.
    barracks = arena.add("Barracks", 26, 40, ENEMY)
    arena.game.players[ENEMY].minerals = 500
    arena.game.players[ENEMY].food_cap = 50
    assert arena.order(barracks, TRAIN_MARINE) == 1
    arena.step(88)
    contaminate(arena, barracks)
    assert arena.order(barracks, TRAIN_MARINE) == Result.ERROR
    assert arena.game.players[ENEMY].minerals == 450
    arena.step(CONTAMINATED_LOOPS - 1)
    before = arena.names().count("Marine")
    arena.step(400 - 88 - 2)
    assert arena.names().count("Marine") == before == 0
    arena.step(3)
    assert arena.names().count("Marine") == 1


def test_contaminated_labs_research_nothing_and_gates_warp_in_nobody(arena: Casters) -> None:
    arena.game.players[ENEMY].minerals = arena.game.players[ENEMY].vespene = 500
    arena.game.players[ENEMY].food_cap = 50
    arena.add("Pylon", 26, 46, ENEMY)
    gate = arena.add("WarpGate", 26, 40, ENEMY)
    arena.step(2)
    contaminate(arena, gate)
    assert arena.order(gate, WARP_ZEALOT, (28.0, 46.0)) == Result.ERROR
    lab = arena.add("BarracksTechLab", 26, 34, ENEMY)
    arena.match.industry.addons[arena.add("Barracks", 23.5, 34.5, ENEMY)] = lab
    contaminate(arena, lab)
    assert arena.order(lab, STIM_RESEARCH) == Result.ERROR
    assert (arena.game.players[ENEMY].minerals, arena.game.players[ENEMY].vespene) == (500, 500)


def test_contaminated_hatcheries_lay_no_larvae(arena: Casters) -> None:
    # One each 240 loops; of 16 loops it has waited when it stands still for 480.
    hatchery = arena.add("Hatchery", 26, 40, ENEMY)
    larvae.begin(arena.match, hatchery)
    arena.step(16)
    contaminate(arena, hatchery)
    arena.step(CONTAMINATED_LOOPS + 240 - 16 - 2)
    assert "Larva" not in arena.names()
    arena.step(3)
    assert arena.names().count("Larva") == 1


def test_an_injection_waits_for_the_end_of_a_contamination(arena: Casters) -> None:
    # 640 loops until the larvae come, and the 480 in which it stands still; a contaminated one is not injected.
    hatchery, other = arena.add("Hatchery", 26, 40, ENEMY), arena.add("Hatchery", 26, 48, ENEMY)
    queen = arena.add_inert("Queen", 22, 43)
    arena.game.set_unit_value(queen, "energy", 200)
    assert arena.order(queen, INJECT, hatchery) == 1
    while 11 not in arena.buffs(hatchery):
        arena.step()
    contaminate(arena, hatchery)
    arena.step(640 + CONTAMINATED_LOOPS - 6)
    assert arena.buffs(hatchery) == [11]
    arena.step(8)
    assert arena.buffs(hatchery) == []
    contaminate(arena, other)
    assert arena.order(queen, INJECT, other) == Result.CANT_TARGET_THAT_UNIT


@pytest.mark.parametrize(
    ("name", "recall", "loops"), [("Nexus", NEXUS_RECALL, 80), ("Mothership", STRATEGIC_RECALL, 80)]
)
def test_who_is_recalled_stands_still_and_obeys_nobody(arena: Casters, name: str, recall: int, loops: int) -> None:
    # 80 loops until he is gone, and 16 more after that: neither moves nor attacks nor is commanded.
    caster, zealot = arena.caster(name), arena.add("Zealot", 40, 30)
    arena.order(zealot, MOVE, (60.0, 30.0))
    arena.step(8)
    there = arena.place(zealot)
    assert arena.order(caster, recall, there) == 1
    arena.step()
    stood = arena.place(zealot)
    assert arena.order(zealot, MOVE, (60.0, 30.0)) == Result.YOU_CANT_CONTROL_THAT_UNIT
    arena.step(loops - 1)
    assert arena.place(zealot) == pytest.approx(stood, abs=0.05)
    arena.step(1)
    home = arena.place(zealot)
    assert home[0] < 30
    arena.step(15)
    assert arena.order(zealot, ATTACK, (60.0, 30.0)) == Result.YOU_CANT_CONTROL_THAT_UNIT
    assert arena.place(zealot) == pytest.approx(home, abs=0.05)
    arena.step(1)
    assert arena.order(zealot, MOVE, (60.0, 30.0)) == 1


def test_all_nexuses_share_the_cooldown_of_their_recall(arena: Casters) -> None:
    # 1904 loops, wherever it is cast; the other side's own do not care.
    first, second = arena.caster("Nexus"), arena.caster("Nexus", x=50)
    theirs = arena.add("Nexus", 30, 60, ENEMY)
    arena.game.set_unit_value(theirs, "energy", 200)
    arena.add_inert("Zealot", 40, 30, owner=1)
    assert arena.order(first, NEXUS_RECALL, (40.0, 30.0)) == 1
    arena.step(1)
    assert arena.order(second, NEXUS_RECALL, (40.0, 30.0)) == Result.COOLDOWN
    later = arena.caster("Nexus", x=8)
    assert arena.order(later, NEXUS_RECALL, (40.0, 30.0)) == Result.COOLDOWN
    assert arena.order(theirs, NEXUS_RECALL, (40.0, 30.0)) != Result.COOLDOWN
    arena.step(1902)
    assert arena.order(later, NEXUS_RECALL, (20.0, 40.0)) == Result.COOLDOWN
    arena.step(1)
    assert arena.order(later, NEXUS_RECALL, (20.0, 40.0)) != Result.COOLDOWN


def test_a_locust_lands_where_it_swoops(arena: Casters) -> None:
    # 5 cells, from a stand at 20 cells / s^2: 5 = 20 / 2 * t^2, so 0.707 s = 11.3 loops.
    locust = arena.add_inert("LocustFlying", 20, 40, owner=1)
    assert arena.order(locust, SWOOP, (25.0, 40.0)) == 1
    arena.step(10)
    assert arena.place(locust)[0] < 24.9
    arena.step(2)
    assert arena.place(locust) == pytest.approx((25, 40), abs=0.1)
    assert arena.names() == ["Locust"]


def test_a_cooldown_that_is_deferred_runs_from_the_end_of_the_channel(arena: Casters) -> None:
    # Caustic Spray: 720 loops from when the Corruptor lets go; Consume: 16 loops after 20 x 16 of eating.
    corruptor, target = arena.caster("Corruptor", 0), arena.enemy("Nexus", 6)
    assert arena.order(corruptor, CAUSTIC_SPRAY, target) == 1
    arena.step(200)
    arena.order(corruptor, Ability.STOP)
    arena.step(718)
    assert arena.order(corruptor, CAUSTIC_SPRAY, target) == Result.COOLDOWN
    arena.step(3)
    assert arena.order(corruptor, CAUSTIC_SPRAY, target) == 1


def test_no_depot_is_lowered_while_its_supplies_are_on_their_way(arena: Casters) -> None:
    orbital, depot = arena.caster("OrbitalCommand"), arena.add("SupplyDepot", 30, 40)
    assert arena.order(orbital, SUPPLY_DROP, depot) == 1
    assert arena.order(depot, LOWER) == Result.ERROR
    arena.step(65)
    assert arena.order(depot, LOWER) == 1


def test_nobody_is_taken_in_who_is_held_fast(arena: Casters) -> None:
    # Fungal Growth and Graviton Beam hold for 64 and 160 loops; a prism takes nobody who is in them.
    prism, zealot = arena.add("WarpPrism", 30, 41, ENEMY), arena.add_inert("Zealot", 25, 40)
    assert arena.order(arena.caster("Infestor"), FUNGAL_GROWTH, (25.0, 40.0)) == 1
    arena.step(8)
    assert arena.order(prism, LOAD, zealot) == Result.CANT_LOAD_THAT_UNIT
    arena.step(64)
    assert arena.order(prism, LOAD, zealot) == 1
    arena.order(prism, Ability.STOP)
    assert arena.order(arena.caster("Phoenix", x=22), GRAVITON_BEAM, zealot) == 1
    arena.step(4)
    assert arena.order(prism, LOAD, zealot) == Result.CANT_LOAD_THAT_UNIT


def test_a_parasite_takes_nobody_in(arena: Casters) -> None:
    prism, marine = arena.add("WarpPrism", 26, 40, ENEMY), arena.add_inert("Zealot", 28, 40, owner=1)
    assert arena.order(arena.caster("Infestor"), NEURAL_PARASITE, prism) == 1
    arena.step(20)
    assert arena.game.order(1, LOAD, [prism], marine) == [Result.ERROR]


def test_a_cloud_over_a_bunker_blinds_its_crew(arena: Casters) -> None:
    # The range of a Marine is 5, and 1 more from a Bunker; 20 less leaves nothing, for 15 x 8 and 10 loops.
    bunker, marine = arena.add("Bunker", 28, 40, ENEMY), arena.add_inert("Marine", 33, 40)
    passengers.board(arena.match, arena.row(bunker), arena.row(marine))
    arena.step()
    assert arena.game.units.arms[arena.row(marine)].weapons[0].range_cells == 6
    assert arena.order(arena.caster("Viper"), BLINDING_CLOUD, (28.0, 40.0)) == 1
    arena.step()
    assert arena.game.units.arms[arena.row(marine)].weapons[0].range_cells == 0
    arena.step(130)
    assert arena.game.units.arms[arena.row(marine)].weapons[0].range_cells == 6


def test_a_cloud_over_a_cannon_hides_what_is_cloaked(arena: Casters) -> None:
    cannon = arena.add("PhotonCannon", 28, 40, ENEMY)
    arena.add("Pylon", 28, 44, ENEMY)
    dark = arena.add_inert("DarkTemplar", 32, 40, owner=1)
    arena.step(2)
    assert arena.game.can_see(ENEMY, arena.row(dark))
    assert arena.order(arena.caster("Viper"), BLINDING_CLOUD, arena.place(cannon)) == 1
    arena.step()
    assert arena.buffs(cannon) == [38]
    assert not arena.game.can_see(ENEMY, arena.row(dark))
    arena.step(131)
    assert arena.game.can_see(ENEMY, arena.row(dark))
