"""What is said to a model and what comes back, in no provider's format.

Between dialogue (which writes a Chat) and backends (which carry it to a model service).
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["system", "user", "assistant"]
CHARACTERS_PER_TOKEN = 3.6
"""English with many short ids and numbers; providers' tokenizers give 3.2 to 4.2."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture for a model that can see."""

    png: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool, as a model made it."""

    id: str
    """The service's own, by which a later chat refers to the call."""
    name: str
    arguments: str
    """JSON, as it came: whether it can be read is for the reader to find out."""

    def as_object(self) -> dict[str, Any]:
        """Return the arguments as an object, an empty one where they are none: some services take nothing else."""
        try:
            arguments = json.loads(self.arguments)
        except (ValueError, RecursionError):
            return {}
        return arguments if isinstance(arguments, dict) else {}


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may call instead of writing text."""

    name: str
    description: str
    schema: str
    """JSON schema of its arguments, an object, as JSON."""


CALL_RESULT = "Taken. The next observation says what became of it."
"""What a model is told of each of its calls: services demand a result before the next turn."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Role
    text: str
    images: tuple[Image, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    """Of an assistant: the tools it called; each gets CALL_RESULT."""


@dataclass(frozen=True, slots=True)
class Chat:
    """All that a model is told for one answer, oldest first; stable parts first, so that prompt caches hit."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    """What the model may call; it must call at least one of them where there are any."""
    answer_schema: str = ""
    """JSON schema, as JSON, that the text of the answer must meet; empty for free text."""

    @property
    def last_text(self) -> str:
        """The text of the last message: the observation of this turn."""
        return self.messages[-1].text if self.messages else ""

    @property
    def answers(self) -> int:
        """How many past answers of the model it holds."""
        return sum(message.role == "assistant" for message in self.messages)


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost, in tokens."""

    input_tokens: int = 0
    """All tokens read, cached ones included."""
    cached_tokens: int = 0
    """Tokens read from the provider's prompt cache."""
    cache_written_tokens: int = 0
    """Tokens newly put into the provider's prompt cache, which some providers charge for."""
    output_tokens: int = 0
    """All tokens written, reasoning included."""
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer."""

    text: str
    model: str
    """The name the service gave, or ours where it gives none."""
    usage: Usage = Usage()
    latency_seconds: float = 0.0
    """Wall clock, retries included."""
    stop_reason: str = ""
    """`stop`, `length`, `refusal`, `context` (window full), `empty`, `tool`, `pause`, or the service's own word."""
    retries: int = 0
    faults: tuple[str, ...] = ()
    """The kind of every failed attempt before this answer (`busy`, `timeout`, ...), oldest first."""
    calls: tuple[ToolCall, ...] = ()
    """The tools it called, in its order."""
