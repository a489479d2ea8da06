"""A seat at the table: an agent of the roster, and who thinks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from llm_pysc2.agent import Agent, LanguageAgent, Observation, PromptStyle
from llm_pysc2.backends import Backend
from llm_pysc2.chat import Chat, Completion, Image
from llm_pysc2.dialogue.parse import Reply
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.errors import AgentError, ModelServiceError
from llm_pysc2.roster import Role


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from an agent, or why nothing did."""

    asked: str
    """The text it was shown this turn."""
    completion: Completion
    failure: str = ""
    """Kind of the fault; empty if there was none."""
    reason: str = ""
    pictures: tuple[Image, ...] = ()
    """The pictures it was shown this turn."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """About how many tokens each part of the text took."""
    history: int = 0
    """How many of its past answers it was shown."""
    past_pictures: int = 0
    """With how many of these it was shown their pictures again."""
    faults: tuple[str, ...] = ()
    """The kinds of all failed attempts of a call that ended without an answer."""
    reply: Reply = field(default_factory=Reply)
    """What the answer means in the situation that it answers."""


class Seat(Protocol):
    """One agent of the roster with its thinker."""

    role: Role
    model: str

    @property
    def system(self) -> str:
        """The part of its prompt that stays, as last sent; empty if it has none."""
        ...

    async def ask(self, situation: Situation, turn: int) -> Answer:
        """Return the agent's answer. A fault costs the turn; only what would fail for ever is raised."""
        ...


class ModelSeat:
    """An agent whose thinking is done by a backend."""

    def __init__(self, agent: LanguageAgent, backend: Backend, style: PromptStyle | None = None) -> None:
        self.role = agent.role
        self.model = backend.name
        self._style: PromptStyle = style or agent
        self.system = ""
        self._agent = agent
        self._backend = backend

    async def ask(self, situation: Situation, turn: int) -> Answer:  # noqa: ARG002 - custom agents are told the turn
        """Return the model's answer. Raises ModelServiceError only where every later call would fail too."""
        try:
            chat = self._style.prompt(situation)
            self.system = "\n".join(message.text for message in chat.messages if message.role == "system")
            answer = await self._complete(chat)
            if not answer.failure:
                self._style.remember(situation, answer.completion.text, answer.completion.calls)
        except AgentError as error:
            return Answer("", Completion("", self.model), "agent", str(error))
        return replace(answer, tokens=self._agent.tokens)

    async def reflect(self, chat: Chat) -> Answer:
        """Return what the model says after an episode. Raises as `ask` does."""
        return await self._complete(chat)

    async def _complete(self, chat: Chat) -> Answer:
        shown = Answer(
            chat.last_text,
            Completion("", self.model),
            pictures=chat.messages[-1].images,
            history=chat.answers,
            past_pictures=sum(bool(message.images) for message in chat.messages[:-1]),
        )
        try:
            return replace(shown, completion=await self._backend.complete(chat))
        except ModelServiceError as error:
            if error.stops_run:
                raise
            return replace(shown, failure=error.kind, reason=str(error), faults=error.faults or (error.kind,))


@dataclass(frozen=True, slots=True)
class AgentFactory:
    """Seats for agents that come up during the game: one for each team of a role."""

    role: Role
    model: str
    recruit: Callable[[Role], Seat]
    """Gives a seat to an agent with a name of its own."""


class CustomSeat:
    """An agent that somebody else wrote."""

    system = ""

    def __init__(self, role: Role, agent: Agent, name: str) -> None:
        self.role = role
        self.model = name
        self._agent = agent

    async def ask(self, situation: Situation, turn: int) -> Answer:
        """Return the agent's answer; what it raises is a counted fault of kind "agent"."""
        observation = Observation(situation, turn)
        try:
            text = await self._agent.act(observation)
            if not isinstance(text, str):
                raise AgentError(f"act() must return text, returned {type(text).__name__}")
        except Exception as error:  # noqa: BLE001 - the agent's code is not ours: its faults are data, not a crash
            reason = str(error) if isinstance(error, AgentError) else f"{type(error).__name__}: {error}"
            return Answer(observation.text, Completion("", self.model), "agent", reason)
        return Answer(observation.text, Completion(text, self.model))
