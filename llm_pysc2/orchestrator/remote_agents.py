"""Which agents of a roster are played from other processes. Loads MQTT only where some are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from llm_pysc2.agent import LanguageAgent
from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.orchestrator.seat import Seat
from llm_pysc2.roster import Roster


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """Who is played from elsewhere, and where they meet the run."""

    url: str
    """Address of the broker and name of the run; see `transport.read_address`."""
    agents: tuple[str, ...] = ()
    """Names of agents; empty = all of the roster."""
    seconds: float = 60.0
    """How long agents are waited for, to join and to reply."""
    notify: Callable[[str], None] | None = None
    """Told of who comes and goes."""


class RemoteTable(Protocol):
    """Where remote agents are seated."""

    def seat(self, agent: LanguageAgent) -> Seat | None:
        """Return the seat of an agent that is played from elsewhere, None for others."""
        ...

    async def open(self) -> None:
        """Connect and wait for the agents, the first time. Raises TransportError."""
        ...

    async def aclose(self) -> None:
        """Say that the run is over."""
        ...


def seat_elsewhere(roster: Roster, options: RemoteOptions) -> RemoteTable:
    """Return the table for remote agents. Raises UsageError for a wrong address or agents that do not exist."""
    known = [role.name for role in roster.agents]
    for name in options.agents:
        if name not in known:
            raise UsageError(f"--remote: roster {roster.name} has no agent {name!r}; {closest_names(name, known)}")
    apart = [role.name for role in roster.agents if role.agent_per_team and role.name in (options.agents or known)]
    if apart:
        raise UsageError(f"--remote: {apart[0]} stands for agents that come up during the game; they cannot join")
    from llm_pysc2.orchestrator.remote import MqttTable

    return MqttTable(options.agents or tuple(known), options)
