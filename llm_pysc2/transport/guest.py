"""An agent's side: joins a run, answers what it is asked, comes back when the broker does."""

import asyncio
from collections.abc import Awaitable, Callable

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.transport.address import BrokerAddress
from llm_pysc2.transport.broker import BrokerLink, Publication
from llm_pysc2.transport.messages import Misfit, Presence, Question, Reply, Turn, decode_question, decode_status

Think = Callable[[Question], Awaitable[Reply]]


async def join_run(
    address: BrokerAddress,
    agent: str,
    think: Think,
    *,
    model: str = "",
    view: bool = False,
    notify: Callable[[str], None] | None = None,
) -> int:
    """Play an agent until the run is over, and return how many turns were answered.

    Args:
        address: The broker and the run.
        agent: Name of the agent in the run's roster.
        think: Answers a question; what it raises ends the game for this agent, and is raised here.
        model: Who thinks, as the run shows it.
        view: Whether observations are wanted as data, too.
        notify: Told what happens.

    Raises:
        TransportError: The broker cannot be reached or refuses us at the start.
        UsageError: The run has no such agent.
    """
    guest = _Guest(address, agent, think, Presence("online", "", model, view), notify or (lambda _: None))
    return await guest.play()


class _Guest:
    def __init__(
        self, address: BrokerAddress, agent: str, think: Think, presence: Presence, notify: Callable[[str], None]
    ) -> None:
        self._address = address
        self._agent = agent
        self._think = think
        self._presence = presence
        self._notify = notify
        self._client = ""
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked: Turn | None = None
        self._last: tuple[Turn, Reply] | None = None
        self._thinking: asyncio.Task[None] | None = None
        self._answered = 0
        topics = [address.status_topic, address.agent_topic(agent, "observation")]
        self._link = BrokerLink(address, self, topics)

    async def play(self) -> int:
        await self._link.open()
        try:
            await self._over
        finally:
            if self._thinking is not None:
                self._thinking.cancel()
                await asyncio.gather(self._thinking, return_exceptions=True)
            await self._announce("offline")
            await self._link.aclose()
        return self._answered

    def will(self, client: str) -> tuple[str, str]:
        lost = Presence("lost", client, self._presence.model, self._presence.view)
        return self._address.agent_topic(self._agent, "presence"), lost.encode()

    async def on_connect(self, client: str) -> None:
        self._client = client
        self._notify(f"{self._agent} is at {self._address}")
        await self._announce("online")

    async def on_loss(self) -> None:
        self._notify("the broker is gone; waiting for it")

    async def on_message(self, topic: str, payload: bytes, *, retained: bool) -> None:
        try:
            if topic == self._address.status_topic:
                if payload:
                    await self._note_status(payload, retained=retained)
                return
            if topic != self._address.agent_topic(self._agent, "observation"):
                return  # some brokers send more than was subscribed to
            question = decode_question(payload)
        except Misfit as misfit:
            self._notify(f"a message on {topic} cannot be used: {misfit}")
            return
        await self._take(question)

    async def _note_status(self, payload: bytes, *, retained: bool) -> None:
        state, agents = decode_status(payload)
        if state == "open":
            if self._agent not in agents and not self._over.done():
                known = closest_names(self._agent, agents)
                self._over.set_exception(UsageError(f"{self._address} has no remote agent {self._agent!r}; {known}"))
                return
            await self._announce("online")
        elif state == "ended" and not retained and not self._over.done():
            self._over.set_result(None)
        elif state == "lost":
            self._notify("the run is gone; waiting for it")

    async def _announce(self, state: str) -> None:
        presence = Presence(state, self._client, self._presence.model, self._presence.view)  # type: ignore[arg-type]
        topic = self._address.agent_topic(self._agent, "presence")
        await self._link.publish(Publication(topic, presence.encode(), retain=True))

    async def _take(self, question: Question) -> None:
        """Answer a question; one that comes again is not thought about again."""
        if self._last is not None and self._last[0] == question.when:
            await self._send(self._last[1])
            return
        if self._asked == question.when:
            return
        self._asked = question.when
        if self._thinking is not None:
            self._thinking.cancel()
        self._thinking = asyncio.create_task(self._answer(question))

    async def _answer(self, question: Question) -> None:
        try:
            reply = await self._think(question)
        except Exception as error:  # noqa: BLE001 - handed to whoever called join_run
            if not self._over.done():
                self._over.set_exception(error)
            return
        self._last = question.when, reply
        self._answered += 1
        await self._send(reply)

    async def _send(self, reply: Reply) -> None:
        await self._link.publish(Publication(self._address.agent_topic(self._agent, "reply"), reply.encode()))
