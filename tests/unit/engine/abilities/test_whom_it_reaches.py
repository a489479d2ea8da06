"""Whom spells take: how far from their middle, whose, across cliffs; and what that does to armor, shots and images."""

import pytest

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.state.assumptions import make_assumptions
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.knowledge.upgrades import load_upgrades
from tests.arena import ATTACK, ENEMY, HOLD, MOVE, empty_field
from tests.unit.engine.abilities.casters import Casters

STRATEGIC_RECALL, NEXUS_RECALL, TIME_WARP, ANTI_ARMOR, HALLUCINATE = 142, 3757, 2244, 3753, 164
PSI_STORM, FEEDBACK, GUARDIAN_SHIELD, SHADOW_STRIDE, REVELATION, PULSAR_BEAM, SCAN = (
    1036,
    140,
    76,
    2700,
    2146,
    2375,
    399,
)
KD8_CHARGE = 2588


@pytest.fixture
def arena() -> Casters:
    return Casters()


class Cliff(Casters):
    """The same on a map with cliffs."""

    def __init__(self, search_cliffs: str = "same") -> None:
        assumptions = make_assumptions(random_delay="none", search_cliffs=search_cliffs)
        players = [PlayerSetup(), PlayerSetup(kind="computer")]
        self.game = Game(empty_field("Simple64"), players, 1, assumptions)
        for upgrade_id in load_upgrades():
            self.game.grant_upgrade(1, upgrade_id)


@pytest.mark.parametrize(
    ("name", "recall", "radius"), [("Mothership", STRATEGIC_RECALL, 6.5), ("Nexus", NEXUS_RECALL, 2.5)]
)
def test_recalls_take_our_own_within_their_radius(arena: Casters, name: str, recall: int, radius: float) -> None:
    # To the edge of a unit (a Zealot's radius is 0.5); no structures, no larvae, nobody of the enemy's; 80 loops later.
    caster = arena.caster(name)
    near = arena.add_inert("Zealot", 50 + radius + 0.49, 30, owner=1)
    far = arena.add_inert("Zealot", 50 - radius - 0.51, 30, owner=1)
    flyer, larva = arena.add_inert("Phoenix", 50, 31, owner=1), arena.add_inert("Larva", 52, 29, owner=1)
    pylon, enemy = arena.add_inert("Pylon", 50, 30, owner=1), arena.add_inert("Zealot", 51, 31)
    stay = {tag: arena.place(tag) for tag in (far, larva, pylon, enemy)}
    assert arena.order(caster, recall, (50.0, 30.0)) == 1
    arena.step(80)
    assert arena.place(near)[0] > 40
    arena.step()
    assert all(arena.place(tag)[0] < 32 for tag in (near, flyer))
    assert {tag: arena.place(tag) for tag in stay} == {tag: pytest.approx(at, abs=0.3) for tag, at in stay.items()}


def test_shadow_stride_goes_eight_cells_and_needs_its_research(arena: Casters) -> None:
    dark = arena.caster("DarkTemplar")
    assert arena.order(dark, SHADOW_STRIDE, (40.0, 40.0)) == 1
    arena.step()
    assert arena.place(dark) == pytest.approx((28, 40), abs=0.01)
    assert bool(arena.game.units.cloaked[arena.row(dark)])
    other = arena.add("DarkTemplar", 20, 50, ENEMY)
    assert arena.order(other, SHADOW_STRIDE, (22.0, 50.0)) == 79


def test_time_warp_slows_shots_as_well_as_steps(arena: Casters) -> None:
    # Half the speed, and twice the period: a Marine's 13.7728 loops become 27.5456. Nothing for those in the air.
    marine, viking = arena.enemy("Marine", 6), arena.enemy("VikingFighter", 6, 1)
    assert arena.order(arena.caster("Mothership"), TIME_WARP, (26.0, 40.0)) == 1
    arena.step(83)
    row = arena.row(marine)
    assert arena.game.units.arms[row].weapons[0].period_loops == pytest.approx(27.5456, abs=0.001)
    assert arena.game.units.speed[row] == pytest.approx(2.25 / 16 / 2)
    assert arena.buffs(viking) == []
    arena.step(170)
    assert arena.game.units.arms[row].weapons[0].period_loops == pytest.approx(13.7728, abs=0.001)


def test_an_anti_armor_missile_takes_three_off_armor_and_shield_armor(arena: Casters) -> None:
    # 480 loops, within 2.88 cells of the target, friend and foe; a Marine's 6 on a Marauder's 1 are 5, and 8 then.
    raven, target = arena.caster("Raven"), arena.enemy("Marauder", 6)
    near, far = arena.enemy("Zealot", 6, 2.88 + 0.45), arena.enemy("Zealot", 6, -2.88 - 0.55)
    assert arena.order(raven, ANTI_ARMOR, target) == 1
    arena.step(30)
    assert [280 in arena.buffs(tag) for tag in (target, near, far)] == [True, True, False]
    assert arena.life(target) == 125
    for victim, lost in ((target, 8), (near, 9), (far, 6)):
        marine = arena.add("Marine", arena.place(victim)[0], arena.place(victim)[1] + 3)
        before = sum(arena.vitals(victim))
        arena.order(marine, ATTACK, victim)
        while sum(arena.vitals(victim)) == before:
            arena.step()
        assert before - sum(arena.vitals(victim)) == pytest.approx(lost)
        arena.game.kill_units([marine])


def test_images_do_nothing_and_suffer_twice(arena: Casters) -> None:
    # A Marine's 6 on shields are 12 on those of an image; an image's attack takes nothing from whom it hits.
    arena.order(arena.caster("Sentry"), HALLUCINATE)
    arena.step()
    image = next(int(tag) for tag in arena.game.units.tag[arena.game.units.hallucination])
    marine = arena.add("Marine", 26, 40, ENEMY, 180)
    arena.order(marine, ATTACK, image)
    before = arena.shield(image)
    while arena.shield(image) == before:
        arena.step()
    assert before - arena.shield(image) == 12
    arena.game.kill_units([marine])
    victim = arena.enemy("Marauder", 3)
    arena.order(victim, HOLD)
    arena.order(image, ATTACK, victim)
    arena.step(80)
    assert arena.gap(image, victim) < 0.3
    assert arena.life(victim) == 125


def test_a_revelation_shows_what_is_cloaked_for_672_loops(arena: Casters) -> None:
    dark, behind = arena.enemy("DarkTemplar", 6), arena.enemy("DarkTemplar", 6, 7)
    arena.step()
    assert not arena.game.can_see(1, arena.row(dark))
    assert arena.order(arena.caster("Oracle"), REVELATION, (26.0, 40.0)) == 1
    arena.step(2)
    assert [arena.game.can_see(1, arena.row(tag)) for tag in (dark, behind)] == [True, False]
    arena.step(670)
    assert arena.game.can_see(1, arena.row(dark))
    arena.step(2)
    assert not arena.game.can_see(1, arena.row(dark))


def test_a_pulsar_beam_lasts_as_long_as_the_energy(arena: Casters) -> None:
    # 25 energy to begin with, then 2 a game second less the 0.5625 that come back; without it no weapon at all. It ends
    # with the energy: 10 last 10 / 1.4375 x 16 = 111.3 loops.
    oracle, row = arena.caster("Oracle", 100), 0
    assert arena.game.units.arms[row].weapons == ()
    assert arena.order(oracle, PULSAR_BEAM) == 1
    assert arena.energy(oracle) == 75
    arena.step(160)
    assert 75 - arena.energy(oracle) == pytest.approx(160 / 16 * 1.4375, abs=0.01)
    assert len(arena.game.units.arms[row].weapons) == 1
    arena.game.set_unit_value(oracle, "energy", 10)
    arena.step(110)
    assert arena.buffs(oracle) == [99]
    arena.step(4)
    assert (arena.buffs(oracle), arena.game.units.arms[row].weapons) == ([], ())


def test_a_scan_shows_and_detects_for_196_loops(arena: Casters) -> None:
    # 13 cells; 196.44 loops, the last of which is the 197th.
    orbital, dark = arena.caster("OrbitalCommand"), arena.add_inert("DarkTemplar", 60, 60)
    assert arena.order(orbital, SCAN, (50.0, 60.0)) == 1
    arena.step()
    assert arena.game.can_see(1, arena.row(dark))
    arena.step(196)
    assert arena.game.can_see(1, arena.row(dark))
    arena.step()
    assert not arena.game.can_see(1, arena.row(dark))


@pytest.mark.parametrize(("search_cliffs", "reaches"), [("same", False), ("named", True)])
def test_storms_stop_at_cliffs_if_the_switch_says_so(search_cliffs: str, reaches: bool) -> None:
    arena = Cliff(search_cliffs)
    below, above = arena.add_inert("Marauder", 43.5, 18.5), arena.add_inert("Marauder", 45.6, 18.5)
    flyer = arena.add_inert("VikingFighter", 45.0, 19.0)
    templar = arena.add_inert("HighTemplar", 38.5, 18.5, owner=1)
    arena.game.set_unit_value(templar, "energy", 200)
    assert arena.order(templar, PSI_STORM, (43.9, 18.5)) == 1
    arena.step(4)
    assert [28 in arena.buffs(tag) for tag in (below, above, flyer)] == [True, reaches, True]


@pytest.mark.parametrize("search_cliffs", ["same", "named"])
def test_a_guardian_shield_keeps_to_its_level_and_feedback_does_not(search_cliffs: str) -> None:
    arena = Cliff(search_cliffs)
    sentry, near = arena.add_inert("Sentry", 43.5, 18.5, owner=1), arena.add_inert("Zealot", 41.5, 18.5, owner=1)
    above = arena.add_inert("Zealot", 45.6, 18.5, owner=1)
    arena.game.set_unit_value(sentry, "energy", 200)
    assert arena.order(sentry, GUARDIAN_SHIELD) == 1
    arena.step(10)
    assert [18 in arena.buffs(tag) for tag in (near, above)] == [True, False]
    templar, ghost = arena.add_inert("HighTemplar", 40.0, 18.5, owner=1), arena.add_inert("Ghost", 46.5, 18.5)
    arena.game.set_unit_value(templar, "energy", 50)
    before = arena.life(ghost)
    arena.order(templar, FEEDBACK, ghost)
    arena.step(2)
    assert arena.life(ghost) < before


def test_a_charge_throws_those_around_it_three_cells_away(arena: Casters) -> None:
    # 32 loops after it was thrown, 5 damage within 2 cells and a throw of 3, not of the massive and of buildings.
    arena.order(arena.caster("Reaper"), KD8_CHARGE, (24.0, 40.0))
    right, above = arena.add_inert("Marauder", 25, 40), arena.add_inert("Marine", 24, 41, owner=1)
    thor, bunker = arena.add_inert("Thor", 24, 37.5), arena.add_inert("Bunker", 24, 44)
    arena.order(thor, HOLD)  # does not run from who hurts it
    arena.step(31)
    before = {tag: arena.place(tag) for tag in (right, above, thor, bunker)}
    arena.step(8)
    assert arena.place(right) == pytest.approx((before[right][0] + 3, before[right][1]), abs=0.2)
    assert before[above][1] + 0.9 < arena.place(above)[1] < 42.5  # where the bunker begins
    assert [arena.place(tag) for tag in (thor, bunker)] == [before[thor], before[bunker]]
    assert arena.life(right) == 120
    assert arena.life(above) == 50


def test_a_medivac_that_is_boosted_flies_at_once(arena: Casters) -> None:
    # 2.5 x 1.7 = 4.25 cells a game second from the first loop on, for 500 more of acceleration.
    medivac = arena.caster("Medivac")
    arena.game.units.facing[arena.row(medivac)] = 0.0
    assert arena.order(medivac, 2116) == 1
    arena.order(medivac, MOVE, (60.0, 40.0))
    arena.step(4)
    before = arena.place(medivac)[0]
    arena.step(16)
    assert arena.place(medivac)[0] - before == pytest.approx(4.25, abs=0.05)
