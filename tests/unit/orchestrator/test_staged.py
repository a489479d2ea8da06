"""Scenarios built by debug commands on a stock map are those of their own maps: set-up, orders, waves and ends."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from llm_pysc2.engine.api.install import install
from llm_pysc2.engine.api.link import Link
from llm_pysc2.engine.api.protocol import Connection
from llm_pysc2.engine.api.session import Session as EngineSession
from llm_pysc2.engine.maps.definitions import load_map
from llm_pysc2.engine.state.assumptions import Value
from llm_pysc2.engine.state.unit_columns import Units
from llm_pysc2.env.debugging import kill
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.errors import GameLaunchError, UsageError
from llm_pysc2.evaluation.suite import expand
from llm_pysc2.knowledge.units import unit_by_name
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.orchestrator.staged import opening
from llm_pysc2.orchestrator.staged.game import StagedGame
from llm_pysc2.orchestrator.staged.opening import open_map
from llm_pysc2.orchestrator.staged.stage import Stage, stage_of
from llm_pysc2.scenario import load_scenario
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView, WorldView

MOVE = 3794
STOOD_CELLS = 1.0
"""Maps place units that overlap; created by commands, each takes the first free place, and then they push."""
AMISS_SHARE = 0.06
"""Of the units: a crowd spreads a little otherwise when its units come one by one."""
BORN_LATER = "Larva"
"""A hatchery that comes up by a debug command brings none along; they hatch as always."""


def open_both(name: str) -> tuple[GameEnv, StagedGame]:
    """Return a scenario's game on its own map and staged."""
    scenario = load_scenario(name)
    own = open_map(scenario, 0, LaunchOptions("embedded", staging="never"))
    staged = open_map(scenario, 0, LaunchOptions("embedded", staging="always"))
    assert isinstance(own, GameEnv)
    assert isinstance(staged, StagedGame)
    return own, staged


def open_staged(name: str) -> tuple[StagedGame, WorldView]:
    _, staged = open_both(name)
    return staged, staged.reset()


def kinds(view: WorldView) -> Counter[tuple[int, str]]:
    return Counter((unit.owner, unit.type_name) for unit in view.units if unit.type_name != BORN_LATER)


def is_placed(unit: UnitView) -> bool:
    """Whether a unit stands where the map says, rather than where a base puts its workers and overlords."""
    return unit.type_name not in ("Probe", "Drone", "Overlord", BORN_LATER)


@pytest.mark.parametrize("name", expand(["smac/*", "llm_smac/*", "pvz/*"]))
def test_the_same_stands_there(name: str) -> None:
    own, staged = open_both(name)
    there, here = own.reset(), staged.reset()
    assert here.game_loop == 0
    assert kinds(here) == kinds(there)
    assert (here.map.size_cells, here.map.playable) == (there.map.size_cells, there.map.playable)
    assert len(here.map.pathing) == len(there.map.pathing)
    left, amiss = [unit for unit in here.units if is_placed(unit)], []
    for unit in (unit for unit in there.units if is_placed(unit)):
        same = [other for other in left if (other.owner, other.type_name) == (unit.owner, unit.type_name)]
        nearest = min(same, key=unit.distance_to)
        if unit.distance_to(nearest) > STOOD_CELLS or abs(nearest.energy - unit.energy) > 0.5:
            amiss.append((unit, nearest))
        left.remove(nearest)
    assert len(amiss) <= AMISS_SHARE * len(there.units), amiss
    assert sorted(here.upgrade_ids) == sorted(filter(is_researched, there.upgrade_ids))
    assert here.score == there.score


def is_researched(upgrade_id: int) -> bool:
    """Whether there is a building where an upgrade is researched; a debug command cannot give a single one."""
    return upgrade_id in load_upgrades() and bool(load_upgrades()[upgrade_id].researched_at)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[EngineSession]:
    """The embedded games that are started: orders and cargo of enemies are not in what the API shows."""
    started: list[EngineSession] = []

    def connect_and_keep(assumptions: Mapping[str, Value] | None = None) -> Link:
        started.append(EngineSession(assumptions=assumptions))
        return Link(Connection(started[-1]))

    monkeypatch.setattr(opening, "connect", connect_and_keep)
    return started


def units_of(engine: EngineSession) -> Units:
    assert engine._client is not None
    return engine._client.game.units


def orders(engine: EngineSession, stage: Stage | None = None) -> Counter[tuple[int, int, int, int]]:
    """Return type, ability and place, in whole cells, of the orders of the enemy's units."""
    units = units_of(engine)
    found: Counter[tuple[int, int, int, int]] = Counter()
    for row in range(len(units)):
        for order in units.orders[row] if units.owner[row] == 2 and units.aboard[row] < 0 else ():
            if isinstance(order.target, tuple) and units.type_id[row] != unit_by_name(BORN_LATER).id:
                place = Point(*order.target) if stage is None else stage.here(Point(*order.target))
                found[int(units.type_id[row]), order.ability_id, round(place.x), round(place.y)] += 1
    return found


@pytest.mark.parametrize(
    ("name", "loop"),
    [("2s3z", 2), ("MMM", 2), ("corridor", 2), ("2s_vs_1sc", 2), ("pvz_task4_level1", 161), ("pvz_task7_level3", 161)],
)
def test_the_enemy_is_sent_to_the_same_places(name: str, loop: int, engines: list[EngineSession]) -> None:
    own, staged = open_both(name)
    own.reset(), own.step((), loop), staged.reset(), staged.step((), loop)
    there, here = engines
    wanted, given = orders(there), orders(here, stage_of(load_map(load_scenario(name).map)))
    if loop < 100:
        assert given == wanted
    else:  # the armies have met, and stood a little otherwise: some may be dead, and what they brought about is there
        assert wanted.keys() <= given.keys()
        assert all(given[order] >= 0.8 * count for order, count in wanted.items())


def test_chance_and_nearness_decide_where_maps_leave_it_open(engines: list[EngineSession]) -> None:
    staged, _ = open_staged("2m_vs_1z")
    staged.step((), 2)
    ((_, _, x, y),) = orders(engines[-1], stage_of(load_map("2m_vs_1z")))
    assert 13 <= x <= 19
    assert y == 12
    staged, view = open_staged("2c_vs_64zg")
    staged.step((), 2)
    goals = orders(engines[-1], stage_of(load_map("2c_vs_64zg")))
    assert goals
    assert all(Point(x, y).distance_to(view.own[0].position) < 3 for _, _, x, y in goals)


def test_waves_come_when_their_time_is_and_bring_what_they_carry(engines: list[EngineSession]) -> None:
    staged, _ = open_staged("pvz_task3_level1")
    assert carriers(staged.step((), 8)) == 2
    before = staged.step((), 231)
    assert passengers(engines[-1]) == 8
    first = {unit.tag for unit in before.enemies}
    second = staged.step((), 9)
    assert sum(unit.type_name == "OverlordTransport" and unit.tag not in first for unit in second.enemies) == 2
    assert second.game_loop == 248


def carriers(view: WorldView) -> int:
    return sum(unit.type_name == "OverlordTransport" for unit in view.enemies)


def passengers(engine: EngineSession) -> int:
    return int((units_of(engine).aboard >= 0).sum())


def test_orders_of_ours_go_where_the_scenario_says() -> None:
    staged, view = open_staged("3s_vs_3z")
    scout = view.own[0]
    view = staged.step([Command(MOVE, (scout.tag,), Point(5, 25))], 8)
    moving = view.unit(scout.tag)
    assert moving is not None
    assert moving.orders[0].target == Point(5, 25)
    for _ in range(10):
        view = staged.step((), 8)
    arrived = view.unit(scout.tag)
    assert arrived is None or arrived.position.distance_to(Point(5, 25)) < 1


def test_places_are_asked_for_where_the_scenario_says() -> None:
    own, staged = open_both("pvz_task8_level1")
    own.reset(), staged.reset()
    pylon, field = 881, Point(19, 51.5)
    free = Point(40, 40)
    assert staged.query_placements(pylon, [field, free]) == own.query_placements(pylon, [field, free]) == [False, True]


@pytest.mark.parametrize(
    ("victims", "result"), [("Drone", "victory"), ("Probe", "defeat"), ("", "")], ids=["win", "loss", "none"]
)
def test_the_maps_ends_are_looked_at_when_they_are(victims: str, result: str) -> None:
    staged, view = open_staged("pvz_task1_level1")
    staged._game.debug([kill(unit.tag for unit in view.units if unit.type_name == victims)])
    assert staged.step((), 79).result == ""
    assert staged.step((), 1).result == result


def test_the_same_seed_gives_the_same_views() -> None:
    runs = []
    for _ in range(2):
        staged, view = open_staged("MMM2")
        runs.append([view, *(staged.step((), 8) for _ in range(20))])
    assert runs[0] == runs[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("sc2"))


def test_what_an_installed_game_has_is_played_there(installed: Path) -> None:
    assert isinstance(open_map(load_scenario("3m"), 0, LaunchOptions(str(installed))), GameEnv)


def test_what_it_lacks_is_staged_and_without_a_stock_map_it_says_so(tmp_path: Path) -> None:
    bare = install(tmp_path / "sc2")
    for path in bare.glob("Maps/*/3m.SC2Map"):
        path.unlink()
    options = LaunchOptions(str(bare))
    game = open_map(load_scenario("3m"), 0, options)
    assert isinstance(game, StagedGame)
    assert isinstance(open_map(load_scenario("3m"), 0, LaunchOptions(str(bare), staging="never")), GameEnv)
    for path in bare.glob("Maps/*/Empty128.SC2Map"):
        path.unlink()
    with pytest.raises(
        GameLaunchError, match="has neither 3m nor Empty128, on which it could be built; see 'llm-pysc2"
    ):
        open_map(load_scenario("3m"), 0, options)


def test_a_hand_on_the_screen_is_refused() -> None:
    with pytest.raises(
        UsageError, match="3m would have to be built on a stock map, where the interface can only be raw"
    ):
        open_map(load_scenario("3m"), 0, LaunchOptions("embedded", staging="always", interface="camera"))


def test_a_scene_lies_within_its_stock_map() -> None:
    for name in expand(["smac/*", "pvz/*"]):
        definition = load_map(load_scenario(name).map)
        stage = stage_of(definition)
        left, bottom, right, top = definition.playable
        stock = load_map(stage.stock).playable
        assert stage.there(Point(left, bottom)) >= (stock[0], stock[1])
        assert (right + stage.right, top + stage.up) <= (stock[2], stock[3])
