"""Agents in other processes, on other machines or in other languages, over MQTT.

A run (`RemoteAgents`) publishes what its agents see; each of them (`join_run`) publishes what it answers. The topics
and messages are described by `schemas/*.json` and in docs/mqtt.md. Knows no game, no scenario and no model service.
"""

from llm_pysc2.transport.address import BrokerAddress, read_address
from llm_pysc2.transport.guest import join_run
from llm_pysc2.transport.host import Missing, Notify, RemoteAgents, Waiting
from llm_pysc2.transport.messages import Misfit, Presence, Question, Reply, Turn

__all__ = [
    "BrokerAddress",
    "Misfit",
    "Missing",
    "Notify",
    "Presence",
    "Question",
    "RemoteAgents",
    "Reply",
    "Turn",
    "Waiting",
    "join_run",
    "read_address",
]
