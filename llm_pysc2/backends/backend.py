"""What every model looks like from outside: a chat goes in, a completion comes out.

Between agents (which write the chat and read the completion) and the services, policies or people that answer.
"""

from typing import Protocol

from llm_pysc2.chat import Chat, Completion


class Backend(Protocol):
    """Something that answers chats: a model service, a scripted policy, a recording, a person."""

    name: str
    """The name it was asked for by, such as "openai/gpt-5" or "fast"."""

    async def complete(self, chat: Chat) -> Completion:
        """Return the answer to a chat. Raises ModelServiceError, and nothing else, when there is none."""
        ...

    async def aclose(self) -> None:
        """Let go of connections and files; may be called twice."""
        ...
