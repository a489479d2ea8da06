"""A whole run's calls: many agents, a service that fails, shared limits, books, recordings; and no secret anywhere."""

import asyncio
import logging
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from llm_pysc2.backends import BudgetLimits, ModelOptions, ModelPool, RunOptions
from llm_pysc2.chat import Chat, Completion, Message
from llm_pysc2.errors import BudgetSpentError, CassetteError, ModelKeyError, ModelServiceError, UsageError
from tests.unit.backends.conftest import KEY, QuickClock
from tests.wire.answers import Answer, Plan, Seen, busy, by_chance, in_order, status
from tests.wire.server import WireServer

AGENTS, TURNS = 10, 20
FAULTS = (
    busy(),
    busy("1"),
    status(500),
    status(529),
    status(400),
    Answer("drop"),
    Answer("drop_in_body"),
    Answer("not_json"),
    Answer("wrong_form"),
)


class Counting:
    """A plan that counts what it injects, and answers every other request with its number."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.faults = 0

    def __call__(self, number: int, seen: Seen) -> Answer:
        answer = self._plan(number, seen)
        if answer.kind == "answer":
            return Answer(text=f"<Stop()> {number}")
        self.faults += 1
        return answer


def turn(agent: int, number: int) -> Chat:
    return Chat((Message("system", f"You are agent {agent}."), Message("user", f"Turn {number}.")))


async def play(board: ModelPool, model: str, episode: str = "2s3z 0") -> list[Completion | ModelServiceError]:
    """Play a game of many agents who are asked at the same time; a fault costs one turn of one agent."""
    backends = [board.connect(model, agent=f"Agent{number}", episode=episode) for number in range(AGENTS)]
    outcomes: list[Completion | ModelServiceError] = []
    for number in range(TURNS):
        calls = (backend.complete(turn(agent, number)) for agent, backend in enumerate(backends))
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(outcome, Completion | ModelServiceError)
            if isinstance(outcome, ModelServiceError) and outcome.stops_run:
                raise outcome
            outcomes.append(outcome)
    return outcomes


def run(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def addressed(monkeypatch: pytest.MonkeyPatch, server: WireServer) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)


@pytest.mark.parametrize("model", ["openai/m", "anthropic/m"])
@pytest.mark.parametrize("stream", [False, True])
def test_game_at_thirty_percent_faults(model: str, stream: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Counting(by_chance(0.3, FAULTS, seed=5))
    with WireServer(plan) as server:
        addressed(monkeypatch, server)

        async def main() -> tuple[list[Completion | ModelServiceError], ModelPool]:
            board = ModelPool(RunOptions(options=ModelOptions(stream=stream, max_attempts=3)), clock=QuickClock())
            try:
                return await play(board, model), board
            finally:
                await board.aclose()

        outcomes, board = run(main())
    tally = board.tally()
    failed = [outcome for outcome in outcomes if isinstance(outcome, ModelServiceError)]
    assert len(outcomes) == tally.calls == AGENTS * TURNS
    assert len(failed) == sum(tally.failures.values()) > 0
    assert tally.answers == AGENTS * TURNS - len(failed) == len(server.seen) - plan.faults
    assert sum(tally.faults.values()) == plan.faults > 30
    assert tally.retries == plan.faults - len(failed)
    assert (tally.output_tokens, tally.input_tokens) == (30 * tally.answers, 120 * tally.answers)
    assert board.budget.tokens == 150 * tally.answers
    assert sum(board.tally(agent=f"Agent{number}").calls for number in range(AGENTS)) == tally.calls
    assert board.tally(episode="another").calls == 0


def test_agents_share_the_limit_of_calls_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    with WireServer(in_order(then=Answer(delay_seconds=0.005))) as server:
        addressed(monkeypatch, server)

        async def main() -> None:
            board = ModelPool(RunOptions(options=ModelOptions(max_in_flight=9), workers=3))
            await play(board, "openai/m")
            await board.aclose()

        run(main())
    assert server.most_in_flight == 3


def test_recorded_run_replays_without_server_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = tmp_path / "tape.jsonl"
    with WireServer(Counting(by_chance(0.3, FAULTS, seed=1))) as server:
        addressed(monkeypatch, server)

        async def record() -> tuple[list[Completion | ModelServiceError], dict[str, Any]]:
            board = ModelPool(RunOptions(options=ModelOptions(max_attempts=2), record=tape), clock=QuickClock())
            outcomes = await play(board, "openai/m")
            await board.aclose()
            await board.aclose()
            return outcomes, board.tally().as_dict()

        recorded, counts = run(record())
    monkeypatch.delenv("OPENAI_API_KEY")

    async def replay() -> tuple[list[Completion | ModelServiceError], dict[str, Any]]:
        board = ModelPool(RunOptions(replay=tape))
        outcomes = await play(board, "openai/m")
        with pytest.raises(CassetteError, match="one call more"):
            await board.connect("openai/m", agent="Agent0", episode="2s3z 0").complete(turn(0, 0))
        return outcomes, board.tally(episode="2s3z 0").as_dict()

    replayed, replayed_counts = run(replay())
    assert [repr(outcome) for outcome in replayed] == [repr(outcome) for outcome in recorded]
    del counts["calls"], replayed_counts["calls"]
    replayed_counts["failures"].pop("cassette")
    replayed_counts["faults"].pop("cassette")
    assert replayed_counts == counts


def test_run_stops_within_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    with WireServer() as server:
        addressed(monkeypatch, server)

        async def main() -> ModelPool:
            board = ModelPool(RunOptions(budget=BudgetLimits(tokens=9000)))
            with pytest.raises(BudgetSpentError):
                await play(board, "openai/m")
            await board.aclose()
            return board

        board = run(main())
    assert 5000 < board.budget.tokens <= 9000
    assert board.budget.tokens == 150 * len(server.seen)


def test_episodes_have_budgets_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with WireServer() as server:
        addressed(monkeypatch, server)

        async def main() -> int:
            board = ModelPool(RunOptions(episode_budget=BudgetLimits(tokens=4000)))
            for episode in ("2s3z 0", "2s3z 1"):
                with pytest.raises(BudgetSpentError, match="the episode's budget"):
                    await play(board, "openai/m", episode)
            await board.aclose()
            return board.budget.tokens

        assert 4000 < run(main()) <= 8000


def test_price_that_nobody_knows_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    notices: list[str] = []
    with WireServer() as server:
        addressed(monkeypatch, server)

        async def main() -> ModelPool:
            board = ModelPool(notify=notices.append)
            for model in ("openai/mystery", "openai/mystery", "openai/gpt-5-mini"):
                await board.connect(model).complete(turn(0, 0))
            await board.aclose()
            return board

        board = run(main())
    assert notices == ["the price of openai/mystery is unknown: its tokens are counted, its cost is not"]
    assert board.tally().unpriced_tokens == board.budget.unpriced_tokens == 300
    assert board.tally().usd == pytest.approx((20 * 0.25 + 100 * 0.025 + 30 * 2.0) / 1e6)


def test_kept_answers_cost_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WireServer() as server:
        addressed(monkeypatch, server)

        async def main() -> None:
            for _ in range(2):
                board = ModelPool(RunOptions(answer_cache=tmp_path / "kept"))
                await play(board, "openai/m")
                await board.aclose()

        run(main())
    assert len(server.seen) == AGENTS * TURNS


def test_unknown_model_and_missing_key_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    board = ModelPool()
    with pytest.raises(UsageError, match="ANTHROPIC_API_KEY"):
        board.connect("anthropic/m")
    with pytest.raises(UsageError, match="closest: openai"):
        board.connect("opena/m")


HEADER = "planted-header-77aa01"


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_no_secret_in_anything_that_is_written(provider: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    notices: list[str] = []
    said: list[str] = []
    echo = Answer("status", status=400, message=f"you sent key {KEY} and {HEADER}")
    plan = in_order(busy(), echo, Answer("drop"), Answer("not_json"), *[status(500, KEY)] * 12)
    with WireServer(plan) as server, WireServer(keys=frozenset({"another"})) as strict:
        for one in (server, strict):
            url = one.openai_url if provider == "openai" else one.url
            options = ModelOptions(base_url=url, headers={"x-tenant": HEADER}, max_attempts=9)
            run(_collect(provider, options, tmp_path / f"{one.port}.jsonl", notices, said))
        assert KEY in str(strict.seen[0].headers)
        assert HEADER in str(strict.seen[0].headers)
    assert any("400" in text for text in said)
    assert any("401" in text for text in said)
    files = [path.read_text() for path in tmp_path.iterdir()]
    assert len(files) == 2
    for text in (caplog.text, *notices, *said, *files):
        for secret in (KEY, HEADER):
            assert secret not in text


async def _collect(provider: str, options: ModelOptions, tape: Path, notices: list[str], said: list[str]) -> None:
    """Make calls that fail in many ways; keep everything that is said about them."""
    board = ModelPool(RunOptions(options=options, record=tape), clock=QuickClock(), notify=notices.append)
    backend = board.connect(f"{provider}/m", agent="A", episode="e")
    said += [repr(board), repr(backend), repr(options), repr(backend.__dict__)]
    for number in range(6):
        try:
            said.append(repr(await backend.complete(turn(0, number))))
        except ModelServiceError as error:
            said += [str(error), repr(error), "".join(traceback.format_exception(error))]
            if isinstance(error, ModelKeyError):
                break
    await board.aclose()
