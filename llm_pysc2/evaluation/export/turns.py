"""A trace as a list of turns: what an agent was told, what it answered, and what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from llm_pysc2.backends.openai_chat import message_entries
from llm_pysc2.chat import Image, Message, ToolCall
from llm_pysc2.dialogue.prompt import Exchange, build_chat
from llm_pysc2.errors import TraceError
from llm_pysc2.evaluation.score import EpisodeScore, score_events
from llm_pysc2.orchestrator.events import (
    AgentIntroduced,
    Answered,
    Asked,
    Decided,
    EpisodeStarted,
    Event,
    Observed,
)
from llm_pysc2.orchestrator.trace import read_trace
from llm_pysc2.orchestrator.trace_images import read_picture
from llm_pysc2.world.clock import loops_to_clock

OUTCOMES = {"win": 1.0, "tie": 0.0, "loss": -1.0}
"""Reward of a whole episode."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of one agent."""

    agent: str
    turn: int
    game_loop: int
    messages: list[dict[str, Any]]
    """The chat up to the answer, as OpenAI's chat format has it."""
    answer: dict[str, Any]
    """The message that the model answered with."""
    actions: list[list[str]]
    rejected: list[list[str]]
    reward_value: float
    """Value killed less value lost from this turn of the agent to its next."""
    reward_damage: float
    """Damage dealt less damage taken in the same time."""
    return_value: float
    """Value killed less value lost from this turn to the end."""


@dataclass(frozen=True, slots=True)
class PlayedEpisode:
    """An episode that is over, turn by turn in the order of the trace."""

    start: EpisodeStarted
    score: EpisodeScore
    turns: list[Turn]

    @property
    def reward(self) -> float:
        """The reward of the whole episode."""
        return OUTCOMES[self.score.result]


@dataclass(slots=True)
class _Asking:
    """A turn before it is known what came of it."""

    asked: Asked
    answered: Answered
    decided: Decided
    system: str
    past: list[Exchange]
    images: tuple[Image, ...]
    """The pictures that it was shown, as far as they were kept."""
    balance: tuple[float, float]
    """Value and damage balance when it was asked."""


@dataclass(slots=True)
class _Reader:
    """What is known so far of an episode that is being read."""

    path: Path
    start: EpisodeStarted | None = None
    systems: dict[str, str] = field(default_factory=dict)
    past: dict[str, list[Exchange]] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    answered: dict[str, Answered] = field(default_factory=dict)
    balances: list[tuple[int, tuple[float, float]]] = field(default_factory=list)
    """Turns with what had been won and lost by then."""
    askings: list[_Asking] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event:
            case AgentIntroduced():
                self.systems[event.agent] = event.system
            case Observed():
                self.balances.append((event.turn, _balance(event.score)))
            case Asked():
                self.asked[event.agent] = event
            case Answered():
                self.answered[event.agent] = event
            case Decided():
                self._decided(event)
            case _:
                pass

    def _decided(self, decided: Decided) -> None:
        agent = decided.agent
        asked, answered = self.asked.get(agent), self.answered.get(agent)
        if asked is None or answered is None or answered.failure or not (answered.text.strip() or answered.calls):
            return
        past = self.past.setdefault(agent, [])
        images = tuple(_pictures(self.path, asked))
        shown = past[len(past) - asked.history :] if asked.history else []
        faded = max(0, len(shown) - asked.past_pictures)
        shown[:faded] = [replace(exchange, images=()) for exchange in shown[:faded]]
        balance = next((found for turn, found in reversed(self.balances) if turn <= asked.turn), (0.0, 0.0))
        self.askings.append(_Asking(asked, answered, decided, self.systems.get(agent, ""), shown, images, balance))
        past.append(Exchange(loops_to_clock(asked.game_loop), answered.text, _calls(answered), images))


def _pictures(trace: Path, asked: Asked) -> Iterator[Image]:
    for caption, source in asked.pictures:
        png = read_picture(trace, source)
        if png is not None:
            yield Image(png, caption)


def read_episode(path: Path) -> PlayedEpisode | None:
    """Return the episode in a trace; None if it was cut off or broke. Raises TraceError if it is no trace."""
    events = list(read_trace(path))
    try:
        score = score_events(events)
    except TraceError:
        return None
    if score.result not in OUTCOMES:
        return None
    reader = _Reader(path)
    for event in events:
        if isinstance(event, EpisodeStarted):
            reader = _Reader(path, event)
        reader.take(event)
    assert reader.start is not None  # noqa: S101 - what has a score has a start
    return PlayedEpisode(reader.start, score, list(_turns(reader.askings, _final_balance(score))))


def _turns(askings: Sequence[_Asking], final: tuple[float, float]) -> Iterator[Turn]:
    for number, asking in enumerate(askings):
        agent = asking.decided.agent
        later = (other.balance for other in askings[number + 1 :] if other.decided.agent == agent)
        value, damage = next(later, final)
        yield Turn(
            agent=agent,
            turn=asking.asked.turn,
            game_loop=asking.asked.game_loop,
            messages=list(_messages(asking)),
            answer=_answer(asking.answered),
            actions=asking.decided.accepted,
            rejected=asking.decided.rejected,
            reward_value=round(value - asking.balance[0], 3),
            reward_damage=round(damage - asking.balance[1], 3),
            return_value=round(final[0] - asking.balance[0], 3),
        )


def _balance(score: dict[str, float]) -> tuple[float, float]:
    killed = score["killed_minerals"] + 2 * score["killed_vespene"]
    lost = score["lost_minerals"] + 2 * score["lost_vespene"]
    return killed - lost, score["damage_dealt"] - score["damage_taken"]


def _final_balance(score: EpisodeScore) -> tuple[float, float]:
    return score.killed_value - score.lost_value, score.damage_dealt - score.damage_taken


def _calls(answered: Answered) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(f"call_{n}", name, arguments) for n, (name, arguments) in enumerate(answered.calls))


def _messages(asking: _Asking) -> Iterator[dict[str, Any]]:
    """Yield the chat that led to an answer, put together as the agent did it."""
    for message in build_chat(asking.system, asking.asked.text, asking.past, images=asking.images).messages:
        if message.text or message.role != "system":
            yield from message_entries(message, with_images=True)


def _answer(answered: Answered) -> dict[str, Any]:
    return message_entries(Message("assistant", answered.text, calls=_calls(answered)), with_images=False)[0]
