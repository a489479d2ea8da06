"""The run's side: asks remote agents, waits for them as long as it is worth it, counts what cannot be used."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from llm_pysc2.transport.address import BrokerAddress, topic_agent
from llm_pysc2.transport.broker import BrokerLink, Publication
from llm_pysc2.transport.messages import (
    Misfit,
    Presence,
    Question,
    Reply,
    decode_presence,
    decode_reply,
    encode_notice,
    encode_status,
)

HEARD = ("presence", "reply")
"""Topics of agents that a run listens to."""
Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long a run waits for its agents."""

    join_seconds: float = 60.0
    """For all to be there before the first episode."""
    reply_seconds: float = 60.0
    """For a reply, and for a broker that went away."""
    grace_seconds: float = 3.0
    """For an agent that vanished to come back, before its turn is lost."""


@dataclass(frozen=True, slots=True)
class Missing:
    """No reply, and why."""

    kind: str
    """"absent": it is not there; "late": it is, but did not answer in time."""
    reason: str


@dataclass(slots=True)
class _Desk:
    """What the run knows of one agent."""

    presence: Presence | None = None
    """None while it is not there."""
    patience_until: float = 0.0
    """While it is not there, it is waited for until then, on the event loop's clock."""
    question: Question | None = None
    reply: Reply | None = None
    episodes: int = 0
    sent_to: str = ""
    """The connection that the question was sent to."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class RemoteAgents:
    """The remote agents of a run. A broken or hostile message never raises; it is counted in `unused`.

    Args:
        address: The broker and the run.
        agents: Names of the agents that are played from elsewhere.
        waiting: How long to wait.
        notify: Told of who comes and goes, and of the first unusable message of each kind.
    """

    def __init__(
        self,
        address: BrokerAddress,
        agents: Sequence[str],
        waiting: Waiting | None = None,
        notify: Notify | None = None,
    ) -> None:
        self.address = address
        self.agents = tuple(agents)
        self.waiting = waiting or Waiting()
        self.unused: Counter[str] = Counter()
        """Messages that could not be used: "malformed", "unknown_agent", "old_turn"."""
        self._joined = False
        self._notify = notify or (lambda _: None)
        self._desks = {name: _Desk() for name in self.agents}
        subscriptions = [address.all_agents_topic(what) for what in HEARD]
        self._link = BrokerLink(address, self, subscriptions)

    async def open(self) -> None:
        """Connect and wait until all agents are there or the time for that is up. Raises TransportError."""
        await self._link.open()
        if self._joined:
            return
        self._joined = True
        end = _now() + self.waiting.join_seconds
        for name, desk in self._desks.items():
            while desk.presence is None and _now() < end:
                await _change(desk, end)
            if desk.presence is None:
                self._notify(f"{name} has not joined {self.address}; its turns are empty until it does")

    def model_of(self, agent: str) -> str:
        """Return the model that an agent says it is, or "remote"."""
        presence = self._desks[agent].presence
        return presence.model if presence and presence.model else "remote"

    def begin_episode(self, agent: str) -> int:
        """Return a number for an agent's next episode, from 0: each time it is seated it gets another."""
        desk = self._desks[agent]
        desk.episodes += 1
        return desk.episodes - 1

    def wants_view(self, agent: str) -> bool:
        """Return whether an agent asked for observations as data."""
        presence = self._desks[agent].presence
        return presence is not None and presence.view

    async def ask(self, question: Question) -> Reply | Missing:
        """Return an agent's reply, or why there is none."""
        desk = self._desks[question.agent]
        desk.question, desk.reply, desk.sent_to = question, None, ""
        end = _now() + question.deadline_seconds
        try:
            await self._send(desk)
            while desk.reply is None:
                until = self._until(desk, end)
                if _now() >= until:
                    return self._missing(desk, question)
                await _change(desk, until)
            return desk.reply
        finally:
            desk.question = None

    async def aclose(self) -> None:
        """Tell all agents that the run is over, and disconnect; may be called twice."""
        await self._link.publish(
            Publication(self.address.status_topic, encode_status("ended")),
            Publication(self.address.status_topic, "", retain=True),
        )
        await self._link.aclose()
        if self.unused:
            counts = ", ".join(f"{count} {kind}" for kind, count in sorted(self.unused.items()))
            self._notify(f"messages from {self.address} that could not be used: {counts}")
            self.unused.clear()

    def will(self, client: str) -> tuple[str, str]:  # noqa: ARG002 - a run has one connection
        """Return what the broker says if the run dies."""
        return self.address.status_topic, encode_status("lost")

    async def on_connect(self, client: str) -> None:  # noqa: ARG002 - a run has one connection
        """Say that the run is open: agents then say that they are there, and are asked again."""
        for desk in self._desks.values():
            desk.sent_to = ""
        await self._link.publish(
            Publication(self.address.status_topic, encode_status("open", self.agents), retain=True)
        )

    async def on_loss(self) -> None:
        """Take all agents for gone until they say otherwise; they must reach the broker first, too."""
        for desk in self._desks.values():
            desk.presence = None
            desk.changed.set()

    async def on_message(self, topic: str, payload: bytes, *, retained: bool) -> None:  # noqa: ARG002
        """Take a presence or a reply."""
        name = topic_agent(topic)
        what = topic.rpartition("/")[2]
        # Some brokers send more than was subscribed to.
        if not payload or what not in HEARD or topic != self.address.agent_topic(name, what):
            return
        desk = self._desks.get(name)
        if desk is None:
            await self._reject(topic, "unknown_agent", f"there is no remote agent {name!r} in this game")
            return
        try:
            if what == "presence":
                await self._note_presence(name, desk, decode_presence(payload))
            else:
                await self._take_reply(topic, desk, decode_reply(payload))
        except Misfit as misfit:
            await self._reject(topic, "malformed", str(misfit))

    async def _note_presence(self, name: str, desk: _Desk, presence: Presence) -> None:
        if presence.state == "online":
            if desk.presence is None:
                self._notify(f"{name} is there ({presence.model or 'no model named'})")
            desk.presence = presence
            await self._send(desk)
        elif desk.presence is not None and desk.presence.client == presence.client:
            lost = presence.state == "lost"
            self._notify(f"{name} {'was lost' if lost else 'left'}")
            desk.presence = None
            desk.patience_until = _now() + (self.waiting.grace_seconds if lost else 0.0)
        desk.changed.set()

    async def _take_reply(self, topic: str, desk: _Desk, reply: Reply) -> None:
        question = desk.question
        fits = question is not None and reply.turn == question.when.turn and reply.when in (None, question.when)
        if not fits or desk.reply is not None:
            await self._reject(topic, "old_turn", f"turn {reply.turn} is not being asked, or has been answered")
            return
        desk.reply = reply
        desk.changed.set()

    async def _send(self, desk: _Desk) -> None:
        """Send the question to an agent that is there and does not have it."""
        question, presence = desk.question, desk.presence
        if question is None or presence is None or desk.sent_to == presence.client or not self._link.connected:
            return
        desk.sent_to = presence.client
        topic = self.address.agent_topic(question.agent, "observation")
        await self._link.publish(Publication(topic, question.encode()))

    async def _reject(self, topic: str, kind: str, reason: str) -> None:
        self.unused[kind] += 1
        if self.unused[kind] == 1:
            self._notify(f"a message on {topic} cannot be used ({kind}): {reason}")
        if not topic.endswith("/presence"):
            notice = topic.rpartition("/")[0] + "/notice"
            await self._link.publish(Publication(notice, encode_notice(kind, reason)))

    def _until(self, desk: _Desk, end: float) -> float:
        """Return until when a reply is waited for, as things stand."""
        if self._link.lost_at is not None:
            # Whoever is missing when the broker is back has some time to find it again.
            desk.patience_until = _now() + self.waiting.grace_seconds
            return min(end, self._link.lost_at + self.waiting.reply_seconds)
        return end if desk.presence is not None else min(end, desk.patience_until)

    def _missing(self, desk: _Desk, question: Question) -> Missing:
        if self._link.lost_at is not None:
            return Missing("absent", "the broker cannot be reached")
        if desk.presence is None:
            return Missing("absent", f"nobody plays {question.agent} at {self.address}")
        return Missing("late", f"no reply within {question.deadline_seconds:g} s")


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _change(desk: _Desk, until: float) -> None:
    desk.changed.clear()
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            await desk.changed.wait()
