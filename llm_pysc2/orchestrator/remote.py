"""Agents in other processes, at both ends: the seat that asks over MQTT, and who answers there.

Knows the transport's questions and replies, nothing of topics and connections.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from time import monotonic
from typing import Any

from llm_pysc2.agent import Agent, LanguageAgent, SeenTeam, SeenUnit
from llm_pysc2.backends import Backend
from llm_pysc2.chat import Completion
from llm_pysc2.dialogue.as_json import observation_table
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.errors import AgentError, ModelServiceError
from llm_pysc2.orchestrator.remote_agents import RemoteOptions
from llm_pysc2.orchestrator.seat import Answer
from llm_pysc2.transport import Missing, Question, RemoteAgents, Reply, Turn, Waiting, read_address
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView


class MqttTable:
    """The remote agents of a run."""

    def __init__(self, agents: tuple[str, ...], options: RemoteOptions) -> None:
        waiting = Waiting(join_seconds=options.seconds, reply_seconds=options.seconds)
        self.agents = RemoteAgents(read_address(options.url), agents, waiting, options.notify)

    def seat(self, agent: LanguageAgent) -> "RemoteSeat | None":
        """Return the seat of an agent that is played from elsewhere, None for others."""
        return RemoteSeat(agent, self.agents) if agent.role.name in self.agents.agents else None

    async def open(self) -> None:
        """Connect and wait for the agents, the first time. Raises TransportError."""
        await self.agents.open()

    async def aclose(self) -> None:
        """Say that the run is over, and disconnect."""
        await self.agents.aclose()


class RemoteSeat:
    """An agent whose thinking is done in another process.

    What it is told, and what it remembers, is kept here: an agent that comes back goes on where it was.
    """

    def __init__(self, agent: LanguageAgent, agents: RemoteAgents) -> None:
        self.role = agent.role
        self.model = agents.model_of(agent.role.name)
        self.system = ""
        self._agent = agent
        self._agents = agents
        self._episode: int | None = None

    async def ask(self, situation: Situation, turn: int) -> Answer:
        """Return the reply, or an empty answer with the reason: "absent", "late", or the agent's own fault."""
        if self._episode is None:
            self._episode = self._agents.begin_episode(self.role.name)
        chat = self._agent.prompt(situation)
        tokens = self._agent.tokens
        self.system = "\n".join(message.text for message in chat.messages if message.role == "system")
        question = Question(
            when=Turn(self._episode, turn),
            agent=self.role.name,
            game_loop=situation.view.game_loop,
            chat=chat,
            deadline_seconds=self._agents.waiting.reply_seconds,
            view=observation_table(situation) if self._agents.wants_view(self.role.name) else None,
        )
        started = monotonic()
        reply = await self._agents.ask(question)
        seconds = monotonic() - started
        if isinstance(reply, Missing):
            return Answer(chat.last_text, Completion("", self.model), reply.kind, reply.reason, tokens=tokens)
        self.model = self._agents.model_of(self.role.name)
        name = reply.completion.model or self.model
        if reply.failure:
            return Answer(chat.last_text, Completion("", name), reply.failure, reply.reason, tokens=tokens)
        self._agent.remember(situation, reply.completion.text)
        completion = replace(reply.completion, model=name, latency_seconds=seconds)
        return Answer(chat.last_text, completion, tokens=tokens, history=chat.answers)


class ModelThinker:
    """Answers questions with a model. A fault of the model costs the turn; one that would stay is raised."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def __call__(self, question: Question) -> Reply:
        """Return the model's answer. Raises ModelServiceError where every later call would fail too."""
        try:
            completion = await self._backend.complete(question.chat)
        except ModelServiceError as error:
            if error.stops_run:
                raise
            return _failed(question, self._backend.name, error.kind, str(error))
        return Reply(question.when, question.when.turn, completion)


class AgentThinker:
    """Answers questions with an agent of the user's own."""

    def __init__(self, agent_class: type[Agent], name: str) -> None:
        self._class = agent_class
        self._name = name
        self._agent: Agent | None = None
        self._episode = -1

    async def __call__(self, question: Question) -> Reply:
        """Return the agent's answer; what it raises is a counted fault of kind "agent". A new one each episode."""
        try:
            if self._agent is None or self._episode != question.when.episode:
                self._agent, self._episode = self._class(), question.when.episode
            # It has the public face of an Observation, over what came as JSON instead of a whole game.
            text = await self._agent.act(RemoteObservation(question))  # type: ignore[arg-type]
            if not isinstance(text, str):
                raise AgentError(f"act() must return text, returned {type(text).__name__}")
        except Exception as error:  # noqa: BLE001 - the agent's code is not ours: its faults are data, not a crash
            reason = str(error) if isinstance(error, AgentError) else f"{type(error).__name__}: {error}"
            return _failed(question, self._name, "agent", reason)
        return Reply(question.when, question.when.turn, Completion(text, self._name))


def _failed(question: Question, model: str, kind: str, reason: str) -> Reply:
    return Reply(question.when, question.when.turn, Completion("", model), kind, reason)


class RemoteObservation:
    """An observation that came over MQTT: text, teams and enemies, with places and health as rounded in the text."""

    def __init__(self, question: Question) -> None:
        self.turn = question.when.turn
        self.text = question.chat.last_text
        self.data: Mapping[str, Any] = question.view or {}
        """The observation as data; see `dialogue.as_json`."""

    @property
    def view(self) -> object:
        """Not here. Raises AgentError."""
        raise AgentError("the whole view and pictures are not sent over MQTT; use text, data, teams and enemies")

    situation = draw = view

    @cached_property
    def teams(self) -> tuple[SeenTeam, ...]:
        """The agent's own teams with their living units."""
        rows = self.data.get("teams", ())
        return tuple(
            SeenTeam(team["team"], tuple(_seen(unit, Alliance.SELF) for unit in team["units"]))
            for team in rows
            if team.get("units")
        )

    @cached_property
    def enemies(self) -> tuple[SeenUnit, ...]:
        """The enemy units in sight."""
        return tuple(_seen(unit, Alliance.ENEMY) for unit in self.data.get("enemies", ()))


def _seen(row: Mapping[str, Any], alliance: Alliance) -> SeenUnit:
    owner = 1 if alliance is Alliance.SELF else 2
    keys = ("health", "health_max", "shield", "shield_max", "energy", "energy_max")
    values = {key: row[key] for key in keys if key in row}
    return SeenUnit(row["id"], UnitView(0, 0, row["type"], alliance, owner, Point(*row["at"]), **values))
