"""Providers of model services: ours, and those that others install under the entry point `llm_pysc2.providers`.

One of theirs is a function (caller, options) -> service, asked once at a time: retries, limits, outages, budgets and
recordings are the same as for ours, see `service`.
"""

from collections.abc import Callable
from typing import cast

from llm_pysc2.backends.faults import Caller, Fault, unreachable_fault
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.service import Service
from llm_pysc2.chat import Chat, Completion
from llm_pysc2.errors import ModelServiceError, UsageError
from llm_pysc2.extensions import load_extension

MakeService = Callable[[Caller, ModelOptions], Service]


def make_installed(provider: str, caller: Caller, options: ModelOptions) -> Service:
    """Return the service of an installed provider. Raises UsageError if it cannot be loaded or made."""
    make = cast(MakeService, load_extension("providers", provider))
    try:
        return InstalledService(make(caller, options), caller)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"model {provider}/{caller.model}: {provider} cannot make it: {why}") from error


class InstalledService:
    """Somebody else's service, which may raise ModelServiceError or OSError in place of returning a fault."""

    def __init__(self, service: Service, caller: Caller) -> None:
        self.caller = caller
        self._service = service

    async def ask(self, chat: Chat) -> Completion | Fault:
        """Return the answer to a chat, or what went wrong: what asking again cannot mend says so (`stops_run`)."""
        try:
            return await self._service.ask(chat)
        except ModelServiceError as error:
            return Fault(error, retry=not error.stops_run)
        except OSError as error:
            return unreachable_fault(f"{type(error).__name__}: {error}", self.caller)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._service.aclose()
