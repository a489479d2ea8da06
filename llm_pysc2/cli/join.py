"""`llm-pysc2 join`: play one agent of a run in another process."""

import asyncio
import sys

from llm_pysc2.errors import UsageError
from llm_pysc2.transport import BrokerAddress, join_run, read_address


def join_and_play(url: str, agent: str, model: str, agent_class: str | None, seed: int) -> None:
    """Play an agent until the run is over. Raises UsageError, TransportError, or what stops the model for good."""
    if not agent.strip():
        raise UsageError("--agent: expected the name of an agent of the run's roster")
    answered = asyncio.run(_play(read_address(url), agent, model, agent_class, seed))
    notify(f"the run is over; {answered} turns answered")


async def _play(address: BrokerAddress, agent: str, model: str, agent_class: str | None, seed: int) -> int:
    from llm_pysc2.backends import ModelPool
    from llm_pysc2.orchestrator.custom import load_agent_class
    from llm_pysc2.orchestrator.remote import AgentThinker, ModelThinker

    if agent_class:
        custom = AgentThinker(load_agent_class(agent_class), agent_class)
        return await join_run(address, agent, custom, model=agent_class, view=True, notify=notify)
    model_pool = ModelPool(notify=notify)
    try:
        backend = model_pool.connect(model, agent=agent, seed=seed)
        return await join_run(address, agent, ModelThinker(backend), model=backend.name, notify=notify)
    finally:
        await model_pool.aclose()


def notify(message: str) -> None:
    """Tell a person what happens between processes; the answer of a command goes to stdout, this does not."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()
