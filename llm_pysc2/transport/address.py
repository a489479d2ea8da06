"""Where a run is found: broker, run, and who we are to the broker. A password is never shown."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from llm_pysc2.errors import UsageError

USER_VARIABLE = "LLM_PYSC2_MQTT_USER"
PASSWORD_VARIABLE = "LLM_PYSC2_MQTT_PASSWORD"  # noqa: S105 - the name of a variable
CA_VARIABLE = "LLM_PYSC2_MQTT_CA"
"""A file of certificates to trust, for brokers with a certificate of their own making."""
ROOT = "llm-pysc2"
"""First level of all topics."""
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_RUN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A run on a broker."""

    host: str
    port: int
    run: str
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    def __str__(self) -> str:
        """Return the address without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}/{self.run}"

    @property
    def status_topic(self) -> str:
        """Where the run says whether it is open."""
        return f"{ROOT}/{self.run}/status"

    def agent_topic(self, agent: str, what: str) -> str:
        """Return the topic of an agent; its name is percent-encoded, so that it is one level whatever it holds.

        >>> BrokerAddress("localhost", 1883, "demo").agent_topic("Left Wing", "reply")
        'llm-pysc2/demo/Left%20Wing/reply'
        """
        return f"{ROOT}/{self.run}/{quote(agent, safe='')}/{what}"

    def all_agents_topic(self, what: str) -> str:
        """Return the filter for the topics of all agents."""
        return f"{ROOT}/{self.run}/+/{what}"


def topic_agent(topic: str) -> str:
    """Return the name of the agent whose topic it is, empty if it is no agent's.

    >>> topic_agent("llm-pysc2/demo/Left%20Wing/reply")
    'Left Wing'
    """
    levels = topic.split("/")
    return unquote(levels[2]) if len(levels) == 4 else ""


def read_address(url: str, environment: Mapping[str, str] = os.environ) -> BrokerAddress:
    """Return the address in "mqtt://[USER:PASSWORD@]HOST[:PORT]/RUN"; "mqtts" is MQTT over TLS.

    What the URL does not say of user and password is taken from the environment. Raises UsageError, whose message
    never repeats the URL, since there may be a password in it.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(
            "expected mqtt://HOST[:PORT]/RUN, found an address whose host or port cannot be read"
        ) from error
    if scheme not in _PORTS or not host:
        raise UsageError(f"expected mqtt://HOST[:PORT]/RUN or mqtts://..., found an address that begins {scheme!r}")
    run = parts.path.strip("/")
    if not _RUN.fullmatch(run):
        raise UsageError(f"expected mqtt://HOST[:PORT]/RUN with a run of letters, digits, '.', '_', '-', found {run!r}")
    return BrokerAddress(
        host=host,
        port=port or _PORTS[scheme],
        run=run,
        tls=scheme == "mqtts",
        user=unquote(parts.username) if parts.username else environment.get(USER_VARIABLE) or None,
        password=unquote(parts.password) if parts.password else environment.get(PASSWORD_VARIABLE) or None,
        ca_file=environment.get(CA_VARIABLE) or None,
    )
