"""An episode with its frame: the header of its trace, the session, the result, and what to do when something breaks."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from llm_pysc2 import __version__
from llm_pysc2.conditions import render_condition
from llm_pysc2.dialogue.grammar import ActionBook
from llm_pysc2.errors import GameError, GameLaunchError, GameLostError, LlmPysc2Error, ModelServiceError
from llm_pysc2.orchestrator.end_rules import Verdict
from llm_pysc2.orchestrator.events import EpisodeEnded, EpisodeStarted, Event, Fault, Reflected
from llm_pysc2.orchestrator.lessons import Course, Lessons, can_learn, reflection_chat
from llm_pysc2.orchestrator.pace import make_pace
from llm_pysc2.orchestrator.seat import AgentFactory, ModelSeat, Seat
from llm_pysc2.orchestrator.session import AsyncGame, Session
from llm_pysc2.orchestrator.trace import EventSink
from llm_pysc2.orchestrator.trace_records import reflected, terrain_rows
from llm_pysc2.scenario import EndRule, Scenario
from llm_pysc2.world.view import ScoreView, WorldView

MAX_REPEATS = 2
"""How often an episode is begun again after its game was lost."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What is to be played."""

    scenario: Scenario
    roster_name: str
    number: int
    """From 0 in a run."""
    seed: int
    """The game's own seed."""
    pace: str = "wait"
    assumptions: Mapping[str, Any] = field(default_factory=dict)
    interface: str = "raw"
    """By which actions it is played."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How one go at an episode ended."""

    verdict: Verdict
    session: Session | None = None
    error: LlmPysc2Error | None = None


async def play_episode(
    episode: Episode,
    open_game: Callable[[], AsyncGame],
    seat_agents: Callable[[], Sequence[Seat | AgentFactory]],
    book: ActionBook,
    sink: EventSink,
    lessons: Lessons | None = None,
) -> Verdict:
    """Play one episode, telling `sink` every event, and return the verdict, "fault" if it could not be finished.

    An episode whose game is lost is played again from its start, with a new game, new agents and the same seed; other
    faults end it. All are recorded. With lessons to be rewritten, agents reflect on an episode that has a verdict.
    Raises ModelServiceError where the whole run must stop, after the result is recorded, and GameLaunchError where
    there is no game to play: such an episode has no result. One in which a service left an agent unanswered too often
    (`attendance`) is a fault, too, however the game went.
    """
    started = monotonic()
    course = Course()
    if lessons and lessons.rewritten:
        sink = _both(sink, course)
    for repeats_left in reversed(range(MAX_REPEATS + 1)):
        attempt = await _attempt(episode, open_game, seat_agents(), book, sink)
        if not (repeats_left and isinstance(attempt.error, GameLostError)):
            break
    if isinstance(attempt.error, GameLaunchError):
        raise attempt.error
    if lessons and lessons.rewritten and attempt.session and attempt.error is None:
        for reflection in await _reflect(attempt.session.leaders, attempt.verdict, course, lessons):
            sink(reflection)
    sink(_result(attempt.session, attempt.verdict, monotonic() - started))
    if isinstance(attempt.error, ModelServiceError):
        raise attempt.error
    return attempt.verdict


async def _reflect(
    leaders: Sequence[tuple[str, Seat]], verdict: Verdict, course: Course, lessons: Lessons
) -> list[Reflected]:
    """Let all agents that are models rewrite their lessons, at the same time; where one fails, its lessons stay."""
    result = f"{verdict.result}, {verdict.reason}"

    async def reflect(post: str, seat: ModelSeat) -> Reflected:
        chat = reflection_chat(post, lessons.read(post), course.describe(seat.role.name, result))
        answer = await seat.reflect(chat)
        if answer.completion.text.strip():
            lessons.write(post, answer.completion.text)
        return reflected(post, seat, answer)

    learners = [(post, seat) for post, seat in leaders if isinstance(seat, ModelSeat) and can_learn(seat.model)]
    return await asyncio.gather(*(reflect(post, seat) for post, seat in learners))


def _both(first: EventSink, second: EventSink) -> EventSink:
    def tell(event: Event) -> None:
        first(event)
        second(event)

    return tell


async def _attempt(
    episode: Episode,
    open_game: Callable[[], AsyncGame],
    seats: Sequence[Seat | AgentFactory],
    book: ActionBook,
    sink: EventSink,
) -> _Attempt:
    """Play an episode once, from a new game to its verdict or its fault."""
    session: Session | None = None
    game: AsyncGame | None = None
    try:
        game = open_game()
        session = Session(episode.scenario, game, seats, make_pace(episode.pace), book, sink)
        view = await session.start()
        sink(_header(episode, game, seats, view))
        verdict = await session.play()
        if session.attendance.fault:
            sink(Fault("Unanswered", session.attendance.fault))
            verdict = Verdict("fault", session.attendance.fault)
        return _Attempt(verdict, session)
    except (GameError, ModelServiceError) as error:
        sink(Fault(type(error).__name__, str(error)))
        return _Attempt(Verdict("fault", str(error)), session, error)
    finally:
        if game is not None:
            await game.close()


def _header(episode: Episode, game: AsyncGame, seats: Sequence[Seat | AgentFactory], view: WorldView) -> EpisodeStarted:
    scenario = episode.scenario
    return EpisodeStarted(
        scenario=scenario.name,
        pack=scenario.pack,
        map=scenario.map,
        episode=episode.number,
        seed=episode.seed,
        game=game.name,
        roster=episode.roster_name,
        models={seat.role.name: seat.model for seat in seats},
        limit_loops=scenario.limit_loops,
        step_mul=scenario.step_mul,
        pace=episode.pace,
        interface=episode.interface,
        difficulty=episode.scenario.difficulty,
        end=_end(scenario.end),
        map_size_cells=view.map.size_cells,
        playable=tuple(view.map.playable),
        terrain=terrain_rows(view.map),
        assumptions=dict(episode.assumptions),
        version=__version__,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _end(end: EndRule) -> dict[str, Any]:
    """Return an end rule as the trace has it, with the conditions that it goes by."""
    conditions = {"win": end.win, "loss": end.loss}
    shown = {result: render_condition(condition) for result, condition in conditions.items() if condition}
    return {"rule": end.rule, "timeout": end.timeout, **shown}


def _result(session: Session | None, verdict: Verdict, elapsed_seconds: float) -> EpisodeEnded:
    view = session.view if session else None
    return EpisodeEnded(
        result=verdict.result,
        reason=verdict.reason,
        game_loop=view.game_loop if view else 0,
        turns=session.turns if session else 0,
        score=asdict(view.score if view else ScoreView()),
        own_units=len(view.own) if view else 0,
        enemy_units=len(view.enemies) if view else 0,
        elapsed_seconds=round(elapsed_seconds, 3),
    )
