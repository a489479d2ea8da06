"""Harvest: the income of recorded games, trips, saturation, exhaustion, gas, and what workers are refused."""

import pytest

from llm_pysc2.engine.economy import harvest
from llm_pysc2.engine.state.results import Result
from tests.bases import Base, dist

RECORDED = {160: (30, 40), 320: (120, 120), 480: (190, 195), 640: (275, 290), 800: (370, 390)}
"""Least and most that players of build 75689 had collected by a loop who lost no time: 12 workers at first, a 13th
from loop 284 to 313, a 14th from 556 to 667 (tracker events of seven games, all races, maps of standard layout)."""
RECORDED_RATES = {160: (251, 335), 320: (643, 671), 480: (671, 727), 640: (671, 727), 800: (699, 783)}
"""Least and most that the same players' rate of collection was, minerals a minute."""
WORKERS = {"terran": "SCV", "protoss": "Probe", "zerg": "Drone"}
GATHER = {"terran": 295, "protoss": 298, "zerg": 1183}


@pytest.mark.parametrize("race", WORKERS)
def test_income_is_that_of_recorded_games(race: str) -> None:
    base = Base(race, "Simple96")
    for loop, (least, most) in RECORDED.items():
        while base.game.loop < loop:
            if base.game.loop in (290, 560):
                tag = base.add(WORKERS[race], (base.home[0], base.home[1] - 3))
                harvest.seek(base.match, base.row(tag), base.home)
            base.step()
        collected = base.player.score.collected_minerals
        assert least * 0.97 <= collected <= most * 1.03, loop
        assert base.player.minerals == 50 + collected
        slowest, fastest = RECORDED_RATES[loop]
        assert slowest * 0.97 <= base.player.score.collection_rate_minerals <= fastest * 1.03, loop


def test_rates_are_those_of_the_last_240_loops() -> None:
    base = Base("terran")
    base.step(320)
    last = base.player.score.collected_minerals
    base.step(240)
    expected = (base.player.score.collected_minerals - last) * 1344 / 240
    assert base.player.score.collection_rate_minerals == pytest.approx(expected)
    assert base.player.score.collection_rate_vespene == 0
    base.game.kill_units(base.all("SCV"))
    base.step(256)
    assert base.player.score.collection_rate_minerals == 0


def test_idle_workers_and_producers_are_counted_in_game_seconds() -> None:
    base = Base("terran").rich()
    base.make("SCV", "CommandCenter")
    base.step(160)
    assert (base.player.score.idle_worker_time, base.player.score.idle_production_time) == (0, 0)
    for scv in base.all("SCV")[:2]:
        base.order(scv, 4)
    base.step(160)
    assert base.player.score.idle_worker_time == pytest.approx(2 * 10, abs=0.2)
    assert base.player.score.idle_production_time == pytest.approx((320 - 272) / 16, abs=0.2)


def test_workers_pass_through_each_other_and_carry_what_the_game_shows() -> None:
    base = Base("protoss")
    seen = set()
    for _ in range(200):
        base.step()
        for tag in base.all("Probe"):
            seen.update(base.game.units.buffs[base.row(tag)])
    assert seen == {271}


def test_a_field_serves_one_worker_at_a_time() -> None:
    base = Base("terran")
    base.step(400)
    for _ in range(200):
        base.step()
        units = base.game.units
        jobs = base.match.industry.jobs.values()
        at_work = [job.works_at for job in jobs if job.works_at]
        assert len(at_work) == len(set(at_work))
        assert (units.life[units.owner == 1] > 0).all()


def test_a_field_that_is_empty_is_gone_and_its_workers_find_another() -> None:
    base = Base("terran")
    base.step(10)
    field = base.match.industry.jobs[base.one("SCV")].field
    base.match.industry.contents[field] = 7
    base.step(400)
    assert not base.alive(field)
    assert field in base.game.take_events(1).dead_tags
    jobs = base.match.industry.jobs
    assert all(base.alive(jobs[tag].field) for tag in base.all("SCV"))
    assert not any(base.get(tag, "mode") == 0 for tag in base.all("SCV"))
    assert base.player.minerals % 5 == 2, "7 minerals are one whole trip and one of 2"


def test_gas_is_harvested_from_inside_by_one_at_a_time() -> None:
    base = Base("protoss").rich()
    base.make("Assimilator", "Probe")
    base.until(lambda: bool(base.all("Assimilator", finished=True)), 900)
    gas = base.one("Assimilator")
    crew = base.all("Probe")[:3]
    assert [base.order(tag, GATHER["protoss"], gas) for tag in crew] == [Result.SUCCESS] * 3
    base.player.vespene = 0
    base.step(200)
    inside = []
    for _ in range(1344):
        base.step()
        inside.append(sum(base.get(tag, "aboard") >= 0 for tag in crew))
    assert max(inside) == 1
    assert 150 <= base.player.score.collected_vespene <= 200, "a full crew brings about 160 a minute"
    geyser = base.match.industry.geysers[gas]
    jobs = (base.match.industry.jobs[tag] for tag in crew)
    carried = sum(job.amount for job in jobs if job.kind == "vespene")
    assert base.match.industry.contents[geyser] == 2250 - base.player.score.collected_vespene - carried


def test_who_is_inside_is_neither_seen_nor_ordered() -> None:
    base = Base("protoss").rich()
    gas = base.add("Assimilator", base.room("Assimilator"))
    geyser = min(base.all("VespeneGeyser", owner=0), key=lambda tag: dist(base.place(tag), base.place(gas)))
    base.match.industry.geysers[gas] = geyser
    probe = base.one("Probe")
    base.order(probe, GATHER["protoss"], gas)
    base.until(lambda: base.get(probe, "aboard") >= 0, 300)
    assert base.order(probe, 16, (30.0, 30.0)) == Result.YOU_CANT_ISSUE_COMMANDS_TO_THAT_UNIT
    assert not base.game.can_see(1, base.row(probe))
    base.until(lambda: base.get(probe, "aboard") < 0, 40)
    assert base.game.units.buffs[base.row(probe)].keys() == {274}
    assert dist(base.place(probe), base.place(gas)) < 3


def test_workers_are_refused_with_the_games_own_words() -> None:
    base = Base("terran")
    scv, geyser = base.one("SCV"), base.one("VespeneGeyser", owner=0)
    assert base.order(scv, GATHER["terran"], geyser) == Result.MUST_BUILD_REFINERY_FIRST
    assert base.order(scv, GATHER["terran"], base.one("CommandCenter")) == Result.MUST_TARGET_RESOURCES
    assert base.order(scv, GATHER["terran"], (30.0, 30.0)) == Result.MUST_TARGET_RESOURCES
    assert base.order(scv, 296) == Result.CANT_FIND_DROP_OFF
    assert base.order(base.one("CommandCenter"), GATHER["terran"], geyser) == Result.NOT_SUPPORTED


def test_a_right_click_gathers_and_brings_home() -> None:
    base = Base("terran")
    scv, field = base.one("SCV"), base.one("MineralField", owner=0)
    assert base.order(scv, 1, field) == Result.SUCCESS
    assert base.game.units.orders[base.row(scv)][0].ability_id == 295
    base.until(lambda: bool(base.match.industry.jobs[scv].amount), 800)
    base.order(scv, 4)
    before = base.player.minerals
    assert base.order(scv, 1, base.one("CommandCenter")) == Result.SUCCESS
    assert base.game.units.orders[base.row(scv)][0].ability_id == 296
    base.until(lambda: not base.match.industry.jobs[scv].amount, 800)
    assert base.player.minerals >= before + 5


def test_without_a_town_hall_workers_keep_what_they_carry() -> None:
    base = Base("terran")
    base.step(100)
    base.game.kill_units(base.all("CommandCenter"))
    base.step(300)
    assert base.player.score.collected_minerals <= 10
    assert all(base.get(tag, "mode") == 0 for tag in base.all("SCV"))


def test_the_same_seed_gives_the_same_game_and_a_snapshot_goes_back() -> None:
    one, two = Base("zerg"), Base("zerg")
    one.step(300)
    two.step(150)
    saved = two.game.snapshot()
    two.step(150)
    assert one.game.digest() == two.game.digest()
    two.game.restore(saved)
    two.step(150)
    assert one.game.digest() == two.game.digest()
