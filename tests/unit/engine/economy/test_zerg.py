"""What Zerg do with what they have: Queens' larvae, creep tumors, creep of overlords, crawlers, nydus worms."""

import numpy as np
import pytest

from llm_pysc2.engine.economy.placement import check_structure
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.assumptions import make_assumptions
from llm_pysc2.engine.state.results import Result
from llm_pysc2.knowledge.units import unit_by_name
from tests.bases import Base, Place, dist

INJECT, QUEEN_TUMOR, TUMOR, CREEP_ON, CREEP_OFF = 251, 1694, 1733, 1692, 1693
UPROOT, ROOT, CANCEL, NYDUS, MOVE = 3681, 3680, 3659, 1768, 16


@pytest.fixture
def base() -> Base:
    return Base("zerg").rich()


def near(base: Base, right: float, up: float) -> Place:
    """Return a place relative to home, towards the middle of the map for positive numbers."""
    sign = 1 if base.home[0] < 44 else -1
    return base.home[0] + sign * right, base.home[1] - sign * up


def farthest(base: Base, tumor: int) -> Place:
    """Return the place for another tumor that is farthest from one within its reach of 10 cells."""
    x, y = (int(value) for value in base.place(tumor))
    places = [(x + right + 0.5, y + up + 0.5) for right in range(-9, 10) for up in range(-9, 10)]
    kind = unit_by_name("CreepTumor")
    open_ones = [at for at in places if check_structure(base.match, 1, kind, at) == Result.SUCCESS]
    return max((at for at in open_ones if dist(at, (x, y)) < 10), key=lambda at: (dist(at, (x, y)), at))


def queen(base: Base) -> int:
    tag = base.add("Queen", near(base, 4.5, 4.5))
    base.game.units.energy[base.row(tag)] = 200
    return tag


def test_a_queen_gives_three_larvae_after_29_seconds(base: Base) -> None:
    mother, hall = queen(base), base.one("Hatchery")
    base.game.kill_units(base.all("Drone") + base.all("SCV", owner=2))
    assert base.order(mother, INJECT, hall) == Result.SUCCESS
    base.until(lambda: 11 in base.game.units.buffs[base.row(hall)], 100)
    begun = base.game.loop
    base.step(639)
    assert len(base.all("Larva")) == 3, "three are the most that come by themselves"
    base.step(13)
    assert len(base.all("Larva")) == 6
    assert base.game.loop - begun == 652
    assert 7 in base.game.take_events(1).alerts


def test_injections_wait_for_each_other_and_larvae_end_at_nineteen(base: Base) -> None:
    mother, hall = queen(base), base.one("Hatchery")
    base.game.kill_units(base.all("Drone") + base.all("SCV", owner=2))
    for _ in range(6):
        base.order(mother, INJECT, hall, queued=True)
    base.step(700)
    assert len(base.all("Larva")) == 6
    base.step(640)
    assert len(base.all("Larva")) == 9
    base.step(640 * 4 + 40)
    assert len(base.all("Larva")) == 19


def test_inject_is_refused_with_the_games_own_words(base: Base) -> None:
    mother = queen(base)
    assert base.order(mother, INJECT, base.one("Overlord")) == Result.CANT_TARGET_THAT_UNIT
    base.game.units.energy[base.row(mother)] = 24
    assert base.order(mother, INJECT, base.one("Hatchery")) == Result.NOT_ENOUGH_ENERGY


def test_a_tumor_grows_in_recorded_time_burrows_and_spreads_once(base: Base) -> None:
    mother = queen(base)
    assert base.order(mother, QUEEN_TUMOR, near(base, 6, 6)) == Result.SUCCESS
    base.until(lambda: base.all("CreepTumorQueen") != [], 200)
    tumor, stands = base.one("CreepTumorQueen"), base.game.loop
    assert base.get(mother, "energy") == pytest.approx(175, abs=0.1)
    assert base.until(lambda: base.get(tumor, "build_progress") == 1, 300) - stands == 240
    base.until(lambda: base.get(tumor, "burrowed"), 30)
    assert base.order(tumor, TUMOR, near(base, 10, 10)) == Result.COOLDOWN
    base.step(240)
    assert base.order(tumor, TUMOR, near(base, 25, 25)) == Result.TARGET_IS_OUT_OF_RANGE
    before = int(base.match.creep.sum())
    assert base.order(tumor, TUMOR, farthest(base, tumor)) == Result.SUCCESS
    other, stands = base.one("CreepTumor"), base.game.loop
    took = base.until(lambda: base.get(other, "build_progress") == 1, 300) - stands
    assert 258 <= took <= 277, "recorded"
    assert base.order(tumor, TUMOR, near(base, 6, 11)) == Result.NOT_ENOUGH_CHARGES
    base.step(200)
    assert int(base.match.creep.sum()) > before


def test_tumors_need_creep_that_is_seen(base: Base) -> None:
    mother = queen(base)
    assert base.order(mother, QUEEN_TUMOR, near(base, 16, 3)) == Result.CANT_BUILD_TOO_FAR_FROM_CREEP_SOURCE
    tumor = base.add("CreepTumorBurrowed", near(base, 8, 8))
    base.step()
    assert base.order(tumor, TUMOR, near(base, 15, 12)) == Result.CANT_BUILD_TOO_FAR_FROM_CREEP_SOURCE
    assert base.order(tumor, CANCEL) != Result.SUCCESS


def test_overlords_make_creep_where_they_stay_from_the_lair_on(base: Base) -> None:
    overlord, place = base.one("Overlord"), near(base, 14, 2)
    base.game.units.x[base.row(overlord)], base.game.units.y[base.row(overlord)] = place
    assert base.order(overlord, CREEP_ON) == Result.TECH_REQUIREMENTS_NOT_MET
    base.add("Lair", near(base, 20, 20))
    assert base.order(overlord, CREEP_OFF) == Result.ERROR
    before = int(base.match.creep.sum())
    assert base.order(overlord, CREEP_ON) == Result.SUCCESS
    assert base.order(overlord, CREEP_ON) == Result.ERROR
    base.step(80)
    grown = int(base.match.creep.sum())
    assert grown > before
    base.order(overlord, MOVE, near(base, 20, 2))
    base.step(300)
    assert int(base.match.creep.sum()) < grown, "who goes away takes it along"


@pytest.mark.parametrize(("wanes", "later"), [("rings", True), ("at_once", False)])
def test_how_creep_goes_back_is_a_switch(wanes: str, later: bool) -> None:
    base = Base("zerg", assumptions=make_assumptions(creep_wanes=wanes, creep_wane_loops=5.0))
    x, y = (int(value) for value in base.home)
    base.game.kill_units(base.all("Hatchery"))
    base.step(7)
    assert bool(base.match.creep[y, x]) == later
    base.step(80)
    assert not base.match.creep.any()


def test_creep_may_be_there_at_once() -> None:
    counts = []
    for grows in ("rings", "at_once"):
        base = Base("zerg", assumptions=make_assumptions(creep_grows=grows)).rich()
        base.order(queen(base), QUEEN_TUMOR, near(base, 7, 7))
        base.until(lambda base=base: base.all("CreepTumorQueen", finished=True) != [], 500)
        base.step(12)
        counts.append(int(base.match.creep.sum()))
    assert counts[0] < counts[1]


def test_crawlers_walk_and_take_root_on_creep(base: Base) -> None:
    crawler = base.add("SpineCrawler", near(base, 7, 3))
    assert base.order(crawler, UPROOT) == Result.SUCCESS
    base.step(18)
    assert base.order(crawler, ROOT, near(base, 16, 3)) == Result.CANT_LAND_TOO_FAR_FROM_CREEP_SOURCE
    assert base.order(crawler, ROOT, base.home) == Result.CANT_LAND_LOCATION_INVALID
    place = (round(near(base, 7, 6)[0]), round(near(base, 7, 6)[1]))
    assert base.order(crawler, ROOT, place) == Result.SUCCESS
    base.until(lambda: base.match.spells.casting[crawler].stage == "morph", 100)
    base.step(20)
    assert base.order(crawler, CANCEL) == Result.SUCCESS
    base.step()
    assert base.get(crawler, "mode") == 0
    assert base.order(crawler, CANCEL) == Result.CANT_FIND_CANCEL_ORDER
    started = base.game.loop
    base.order(crawler, ROOT, place)
    assert base.until(lambda: base.game.units.type_id[base.row(crawler)] == 98, 300) - started == pytest.approx(
        192, abs=2
    )
    assert base.place(crawler) == place


def test_a_nydus_worm_comes_up_where_its_player_sees(base: Base) -> None:
    network = base.add("NydusNetwork", near(base, 7, -4))
    base.step()
    far = near(base, 25, 25)
    assert base.order(network, NYDUS, far) == Result.CANT_SEE_BUILD_LOCATION
    base.add("Zergling", (far[0] + 3, far[1]))
    base.step()
    far = base.room("NydusCanal", far)
    base.player.minerals = 40
    assert base.order(network, NYDUS, far) == Result.NOT_ENOUGH_MINERALS
    base.player.minerals = 50
    assert base.order(network, NYDUS, far) == Result.SUCCESS
    worm, begun = base.one("NydusCanal"), base.game.loop
    assert base.until(lambda: base.get(worm, "build_progress") == 1, 400) - begun == 320
    ling = base.add("Zergling", near(base, 8, -1))
    base.order(ling, 1, network)
    base.until(lambda: base.get(ling, "aboard") >= 0, 100)
    base.order(worm, 2371)
    base.until(lambda: base.get(ling, "aboard") < 0, 20)
    assert abs(base.place(ling)[0] - far[0]) < 6


@pytest.mark.parametrize("is_there", [True, False])
def test_painted_creep_keeps_a_crawler_alive_and_does_not_wane(is_there: bool) -> None:
    # SMAC's 2s_vs_1sc: 125 cells around the crawler; without them he would lose 1 life each 5.3312 loops.
    game = Game(load_map("2s_vs_1sc"), (), 0, make_assumptions(painted_creep=is_there))
    creep = game.match.creep
    assert (None if creep is None else int(creep.sum())) == (125 if is_there else None)
    (crawler,) = np.flatnonzero(game.units.owner == 2)
    game.match.industry.creep_wanes_at = 1.0
    game.step(160)
    assert game.match.creep is creep or np.array_equal(game.match.creep, creep)
    lost = 0 if is_there else 30 - 0.2734 * 10
    assert 300 - game.units.life[crawler] == pytest.approx(lost, abs=1)
