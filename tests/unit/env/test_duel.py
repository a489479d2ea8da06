"""Two sides of one game: in lockstep, each with its own eyes; what happens where one leaves or nobody comes."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Any

import pytest

from llm_pysc2.engine.api.link import connect
from llm_pysc2.env.duel import Duel, Side
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.errors import GameLostError, GameRequestError, UsageError
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import WorldView

SHORT_SECONDS, PATIENCE_SECONDS = 0.05, 20
MOVE = 16


class Pair:
    """Both sides, each in a thread of its own."""

    def __init__(self, map_name: str = "3m") -> None:
        self.duel = Duel(map_name, ("terran", "terran"), 1, connect, LaunchOptions("embedded"))
        self._pool = ThreadPoolExecutor(2)

    def __enter__(self) -> "Pair":
        return self

    def __exit__(self, *_: object) -> None:
        for side in self.duel.sides:
            side.close()
        self._pool.shutdown()

    def start(self, call: Callable[[], Any]) -> "Future[Any]":
        return self._pool.submit(call)

    def start_waiting(self, call: Callable[[], Any]) -> "Future[Any]":
        """Return the future of something that the other side is waited for with."""
        waiting = self.start(call)
        still_waits(waiting)
        return waiting

    def both(self, ask: Callable[[Side], WorldView]) -> list[WorldView]:
        asked = [self.start(lambda side=side: ask(side)) for side in self.duel.sides]
        return [answer.result(PATIENCE_SECONDS) for answer in asked]


def still_waits(waiting: "Future[Any]") -> None:
    with pytest.raises(NotYet):
        waiting.result(SHORT_SECONDS)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with Pair() as pair:
        yield pair


def test_each_side_sees_its_own_units(pair):
    first, second = pair.both(lambda side: side.reset())
    assert {unit.tag for unit in first.own} == {unit.tag for unit in second.enemies}
    assert {unit.tag for unit in second.own} == {unit.tag for unit in first.enemies}
    assert pair.duel.sides[0].name.startswith("embedded")
    abilities = pair.duel.sides[1].query_abilities([second.own[0].tag])
    assert MOVE in abilities[second.own[0].tag]


def test_the_game_waits_for_the_slower_side(pair):
    one, other = pair.duel.sides
    pair.both(lambda side: side.reset())
    waiting = pair.start_waiting(lambda: one.step((), 8))
    assert other.step((), 3).game_loop == 3
    still_waits(waiting)
    ahead = pair.start(lambda: other.step((), 9))
    assert waiting.result(PATIENCE_SECONDS).game_loop == 8
    assert one.step((), 4).game_loop == 12
    assert ahead.result(PATIENCE_SECONDS).game_loop == 12


def test_orders_of_both_sides_are_carried_out(pair):
    views = pair.both(lambda side: side.reset())
    tags = [view.own[0].tag for view in views]

    def walk(side: Side) -> WorldView:
        return side.step([Command(MOVE, (tags[pair.duel.sides.index(side)],), Point(16, 24))], 16)

    for view, before, tag in zip(pair.both(walk), views, tags, strict=True):
        start, now = (next(unit for unit in seen.own if unit.tag == tag) for seen in (before, view))
        assert now.position.distance_to(Point(16, 24)) < start.position.distance_to(Point(16, 24))


def test_who_leaves_leaves_the_game_to_the_other(pair):
    one, other = pair.duel.sides
    pair.both(lambda side: side.reset())
    waiting = pair.start_waiting(lambda: one.step((), 8))
    other.close()
    assert waiting.result(PATIENCE_SECONDS).game_loop == 8
    assert one.step((), 8).game_loop == 16


def test_a_side_that_never_comes_is_not_waited_for_when_it_has_left(pair):
    one, other = pair.duel.sides
    waiting = pair.start_waiting(one.reset)
    other.close()
    with pytest.raises(GameLostError, match="left before the game began"):
        waiting.result(PATIENCE_SECONDS)


def test_a_wait_can_be_broken_off(pair):
    one, _ = pair.duel.sides
    pair.both(lambda side: side.reset())
    waiting = pair.start_waiting(lambda: one.step((), 8))
    one.abort()
    with pytest.raises(GameLostError, match="broken off"):
        waiting.result(PATIENCE_SECONDS)


def test_a_step_of_nothing_is_refused(pair):
    pair.both(lambda side: side.reset())
    with pytest.raises(GameRequestError, match="at least 1"):
        pair.duel.sides[0].step((), 0)


def test_a_game_that_runs_has_one_client():
    with pytest.raises(UsageError, match="takes one player"):
        Duel("3m", ("terran", "terran"), launch=LaunchOptions("ws://127.0.0.1:5000"))
