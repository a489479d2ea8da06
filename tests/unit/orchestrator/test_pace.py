"""When answers take effect, to the game loop, under each pace: agents of 3, 7 and 60 s on a clock that jumps."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from llm_pysc2.chat import Completion
from llm_pysc2.dialogue.parse import Reply
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.errors import GameLostError, ModelKeyError, UsageError
from llm_pysc2.orchestrator.events import Answered, Event
from llm_pysc2.orchestrator.pace import make_pace
from llm_pysc2.orchestrator.production_requests import ProductionRequests
from llm_pysc2.orchestrator.seat import Answer
from llm_pysc2.orchestrator.session import Session
from llm_pysc2.orchestrator.table import load_book
from llm_pysc2.roster import Role, TeamRule
from llm_pysc2.scenario import Scenario
from llm_pysc2.world.clock import seconds_to_loops
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import ActionErrorView, Alliance, MapView, UnitView, WorldView
from tests.jumping_clock import run

MAP = MapView("field", (32, 32), Rect(0, 0, 32, 32), pathing=bytes([1]) * 1024)
SECONDS = {"quick": 3.0, "slow": 7.0, "sleepy": 60.0}


def unit(tag: int, alliance: Alliance, x: float) -> UnitView:
    return UnitView(tag, 74, "Stalker", alliance, 1, Point(x, 16), health=80, health_max=80, radius_cells=0.625)


@dataclass
class StandingGame:
    """Nothing ever happens in it; it counts loops and keeps what it was told."""

    name: str = "standing"
    loop: int = 0
    told: list[tuple[int, Command]] = field(default_factory=list)

    async def reset(self) -> WorldView:
        return self._view()

    async def step(self, commands: Sequence[Command], loops: int) -> WorldView:
        self.told += [(self.loop, command) for command in commands]
        self.loop += loops
        return self._view()

    async def close(self) -> None:
        pass

    def _view(self) -> WorldView:
        own = [unit(100 + number, Alliance.SELF, 4 + number) for number in range(3)]
        return WorldView(self.loop, 1, MAP, (*own, unit(200, Alliance.ENEMY, 28)))


class LostGame(StandingGame):
    """It crashes in its third step."""

    async def step(self, commands: Sequence[Command], loops: int) -> WorldView:
        if self.loop == 16:
            raise GameLostError("gone")
        return await super().step(commands, loops)


class RefusingGame(StandingGame):
    """In each step it refuses something, and one of its units dies."""

    def _view(self) -> WorldView:
        passing = {"dead_tags": (self.loop,), "action_errors": (ActionErrorView(100, 4, self.loop),)}
        return replace(super()._view(), **passing) if self.loop else super()._view()


@dataclass
class Sleeper:
    """Thinks for so long, then orders its own team to hold."""

    role: Role
    seconds: float
    model: str = "sleeper"
    system: str = ""
    error: Exception | None = None
    shown: list[Situation] = field(default_factory=list)

    async def ask(self, situation: Situation, turn: int) -> Answer:  # noqa: ARG002 - the shape of a seat
        self.shown.append(situation)
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error
        text = "Team Army:\n<Hold_Position()>" if situation.teams else ""
        return Answer("?", Completion(text, self.model, latency_seconds=self.seconds))


def play(pace: str, seconds: dict[str, float], limit_loops: int) -> tuple[dict[str, list[Answered]], StandingGame]:
    scenario = Scenario("s", "p", "t", "field", "protoss", "protoss", "Hold.", limit_loops)
    seats = [
        Sleeper(Role(name, "commander", (TeamRule("Army"),), always_asked=True), wait) for name, wait in seconds.items()
    ]
    events: list[Event] = []
    game = StandingGame()
    session = Session(scenario, game, seats, make_pace(pace), load_book(), events.append)
    verdict = run(session.play())
    assert verdict.reason == "the time limit"
    answers: dict[str, list[Answered]] = {name: [] for name in seconds}
    for event in events:
        if isinstance(event, Answered):
            answers[event.agent].append(event)
    return answers, game


def effects(answers: list[Answered]) -> list[int]:
    return [answer.effect_loop for answer in answers if not answer.failure]


def test_wait_answers_take_effect_where_they_were_asked() -> None:
    answers, _ = play("wait", SECONDS, 24)
    assert {name: effects(given) for name, given in answers.items()} == {name: [0, 8, 16] for name in SECONDS}


def test_deadline_drops_what_is_late_and_counts_it() -> None:
    answers, _ = play("deadline:5", SECONDS, 24)
    assert effects(answers["quick"]) == [0, 8, 16]
    assert effects(answers["slow"]) == effects(answers["sleepy"]) == []
    assert [answer.failure for answer in answers["slow"]] == ["late"] * 3


def test_deadline_that_keeps_uses_late_answers_at_the_next_stop() -> None:
    answers, _ = play("deadline:5:keep", {"quick": 3.0, "slow": 7.0}, 32)
    assert effects(answers["quick"]) == [0, 8, 16, 24]
    assert effects(answers["slow"]) == [8, 24]


@pytest.mark.parametrize(("name", "seconds"), SECONDS.items())
def test_charged_answers_take_effect_when_the_thinking_is_paid(name: str, seconds: float) -> None:
    answers, _ = play("charged", {name: seconds}, 4000)
    cost = seconds_to_loops(seconds)
    assert cost == round(seconds * 22.4)
    period = next(loops for loops in range(0, 4000, 8) if loops > cost)  # asked again at the next whole interval
    assert effects(answers[name]) == list(range(cost, 4000, period))


def test_charged_agents_do_not_wait_for_one_another() -> None:
    answers, _ = play("charged", SECONDS, 1400)
    assert effects(answers["quick"])[:3] == [67, 72 + 67, 144 + 67]
    assert effects(answers["slow"])[:2] == [157, 160 + 157]
    assert effects(answers["sleepy"]) == [1344]


def test_charged_by_tokens_is_repeatable() -> None:
    answers, _ = play("charged:0.5+8", {"quick": 3.0}, 200)
    letters = len("Team Army:\n<Hold_Position()>")
    cost = round((0.5 + letters / 4 / 8) * 22.4)
    assert cost == 31
    assert effects(answers["quick"])[:2] == [31, 32 + 31]


def test_realtime_the_game_goes_on_by_itself() -> None:
    answers, _ = play("realtime", {"quick": 3.0, "slow": 7.0}, 400)
    first_stop_after = {"quick": 72, "slow": 160}
    for name, loop in first_stop_after.items():
        assert effects(answers[name])[0] == loop


def test_commands_reach_the_game_at_the_loop_of_their_effect() -> None:
    _, game = play("charged", {"quick": 3.0}, 140)
    assert [loop for loop, _ in game.told] == [67, 72 + 67]


def test_who_is_asked_seldom_is_told_of_all_that_died_and_was_refused_meanwhile() -> None:
    scenario = Scenario("s", "p", "t", "field", "protoss", "protoss", "Hold.", 32)
    seldom = Sleeper(Role("A", "commander", (TeamRule("Army"),), interval_loops=24), 0.0)
    run(Session(scenario, RefusingGame(), [seldom], make_pace("wait"), load_book(), lambda _: None).play())
    views = [situation.view for situation in seldom.shown]
    assert [view.dead_tags for view in views] == [(), (8, 16, 24)]
    assert [[error.code for error in view.action_errors] for view in views] == [[], [8, 16, 24]]


def test_an_error_that_stops_the_run_is_raised_and_nobody_is_left_thinking() -> None:
    scenario = Scenario("s", "p", "t", "field", "protoss", "protoss", "Hold.", 80)
    first = Sleeper(Role("A", "commander", (TeamRule("Army"),)), 1.0, error=ModelKeyError("refused"))
    second = Sleeper(Role("B", "commander", (TeamRule("Army"),), always_asked=True), 60.0)
    session = Session(scenario, StandingGame(), [first, second], make_pace("wait"), load_book(), lambda _: None)
    with pytest.raises(ModelKeyError, match="refused"):
        run(session.play())


def test_what_was_answered_is_written_before_the_next_question_also_where_the_game_crashes() -> None:
    scenario = Scenario("s", "p", "t", "field", "protoss", "protoss", "Hold.", 80)
    events: list[Event] = []
    written: list[int] = []

    class Watcher(Sleeper):
        async def ask(self, situation: Situation, turn: int) -> Answer:
            answer = await super().ask(situation, turn)
            written.append(len(events))
            return answer

    seat = Watcher(Role("A", "commander", (TeamRule("Army"),)), 1.0)
    session = Session(scenario, LostGame(), [seat], make_pace("wait"), load_book(), events.append)
    with pytest.raises(GameLostError):
        run(session.play())
    turn = ["Asked", "Answered", "Decided", "Observed"]
    assert [type(event).__name__ for event in events] == ["Observed", "AgentIntroduced", *turn, *turn, *turn[:3]]
    assert written == [1, 6, 10]


def test_what_was_read_before_the_game_is_lost_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[Reply] = []

    async def settle(_: ProductionRequests, reply: Reply, name: object) -> Reply:  # noqa: ARG001 - nobody is told
        if settled:
            raise GameLostError("gone")
        settled.append(reply)
        return reply

    monkeypatch.setattr(ProductionRequests, "settle", settle)
    scenario = Scenario("s", "p", "t", "field", "protoss", "protoss", "Hold.", 80)
    seats = [Sleeper(Role(name, "commander", (TeamRule("Army"),), always_asked=True), 1.0) for name in "AB"]
    events: list[Event] = []
    session = Session(scenario, StandingGame(), seats, make_pace("wait"), load_book(), events.append)
    with pytest.raises(GameLostError):
        run(session.play())
    assert [event.agent for event in events if isinstance(event, Answered)] == ["A"]


@pytest.mark.parametrize(
    "text", ["", "wai", "deadline", "deadline:x", "deadline:-1", "charged:", "charged:nan", "deadline:5:x"]
)
def test_unknown_paces_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no pace"):
        make_pace(text)
