"""A connection to an MQTT broker that comes back by itself.

Knows topics and bytes only. The first connection must succeed, later ones are tried until they do; whoever uses the
link is told of every connection and says again what the broker may have forgotten.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from llm_pysc2.errors import TransportError, UsageError
from llm_pysc2.transport.address import CA_VARIABLE, PASSWORD_VARIABLE, USER_VARIABLE, BrokerAddress

try:
    import aiomqtt
except ImportError as error:  # the extra is not installed
    raise UsageError("agents over MQTT need aiomqtt: pip install 'llm-pysc2[mqtt]'") from error

QOS = 1
KEEPALIVE_SECONDS = 10
CONNECT_SECONDS = 10.0
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0)
"""Between attempts to reach a broker that went away; the last one again and again."""
REFUSED = (4, 5, 134, 135)
"""Connect return codes of MQTT 3.1.1 and 5 for bad credentials and for not being authorised."""


class LinkUser(Protocol):
    """Whoever uses a link."""

    def will(self, client: str) -> tuple[str, str]:
        """Return topic and payload that the broker publishes, retained, if this connection breaks."""
        ...

    async def on_connect(self, client: str) -> None:
        """Take note of a new connection; its subscriptions are in place."""
        ...

    async def on_loss(self) -> None:
        """Take note that the broker is gone for now."""
        ...

    async def on_message(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Take a message."""
        ...


@dataclass(frozen=True, slots=True)
class Publication:
    """A message to publish."""

    topic: str
    payload: str
    retain: bool = False


class BrokerLink:
    """One side's connection to the broker. Open and close it in the same event loop."""

    def __init__(self, address: BrokerAddress, user: LinkUser, subscriptions: Sequence[str]) -> None:
        self.address = address
        self._user = user
        self._subscriptions = subscriptions
        self._client: aiomqtt.Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._tls: ssl.SSLContext | None = None
        self.lost_at: float | None = None
        """When the broker went away, on the event loop's clock; None while it is there."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there now."""
        return self._client is not None

    async def open(self) -> None:
        """Connect. Raises TransportError if the broker is not there or refuses us, UsageError for a bad CA file."""
        if self._task is not None:
            return
        self._tls = self._trust() if self.address.tls else None
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._keep(first))
        try:
            await first
        except BaseException:
            await self.aclose()
            raise

    async def publish(self, *publications: Publication) -> None:
        """Publish messages; while the broker is away nothing is sent, and nothing raised."""
        client = self._client
        if client is None:
            return
        with suppress(aiomqtt.MqttError):
            for publication in publications:
                await client.publish(publication.topic, publication.payload, qos=QOS, retain=publication.retain)

    async def failed(self) -> None:
        """Wait until the link breaks for good: an error of ours, which is raised."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def aclose(self) -> None:
        """Disconnect; the last will is not published."""
        if self._task is None:
            return
        task, self._task = self._task, None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _keep(self, first: "asyncio.Future[None]") -> None:
        loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            try:
                await self._serve(first)
            except aiomqtt.MqttError as error:
                if not first.done():
                    first.set_exception(self._explain(error))
                    return
                attempt = 0 if self.lost_at is None else attempt + 1
            if self.lost_at is None:
                self.lost_at = loop.time()
                await self._user.on_loss()
            await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])

    async def _serve(self, first: "asyncio.Future[None]") -> None:
        identifier = f"llm-pysc2-{uuid4().hex[:12]}"
        async with self._make_client(identifier) as client:
            for topic in self._subscriptions:
                await client.subscribe(topic, qos=QOS)
            self._client, self.lost_at = client, None
            try:
                await self._user.on_connect(identifier)
                if not first.done():
                    first.set_result(None)
                async for message in client.messages:
                    payload = message.payload if isinstance(message.payload, bytes) else b""
                    await self._user.on_message(str(message.topic), payload, retained=bool(message.retain))
            finally:
                self._client = None

    def _make_client(self, identifier: str) -> aiomqtt.Client:
        topic, payload = self._user.will(identifier)
        address = self.address
        return aiomqtt.Client(
            address.host,
            address.port,
            username=address.user,
            password=address.password,
            identifier=identifier,
            will=aiomqtt.Will(topic, payload, qos=QOS, retain=True),
            timeout=CONNECT_SECONDS,
            keepalive=KEEPALIVE_SECONDS,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            tls_context=self._tls,
        )

    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.address.ca_file)
        except OSError as error:
            raise UsageError(f"{self.address.ca_file}: no certificates can be read from it: {error}") from error

    def _explain(self, error: "aiomqtt.MqttError") -> TransportError:
        code = getattr(error, "rc", None)
        if getattr(code, "value", code) in REFUSED:
            return TransportError(
                f"{self.address}: the broker refused the credentials; set {USER_VARIABLE} and {PASSWORD_VARIABLE}, "
                "or write them into the address"
            )
        cause = error.__cause__ or error.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TransportError(
                f"{self.address}: its certificate is not trusted ({cause.verify_message}); name a file with the one "
                f"that vouches for it in {CA_VARIABLE}"
            )
        if isinstance(cause, ssl.SSLError):
            return TransportError(f"{self.address}: the broker cannot be reached over TLS; without it is mqtt://")
        hint = "" if self.address.tls else "; one that speaks TLS is reached by mqtts://"
        return TransportError(f"{self.address}: the broker cannot be reached: {error}{hint}")
