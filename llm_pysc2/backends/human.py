"""A person at the terminal as a model: reads what a model reads, writes what a model writes.

Names of actions, of teams and ids of units that stand in the observation are completed.
"""

import asyncio
import re
import sys
from collections.abc import Callable, Sequence

from llm_pysc2.backends.terminal import ReadLine, terminal_or_pipe
from llm_pysc2.chat import Chat, Completion
from llm_pysc2.errors import ModelAnswerError

_ACTION = re.compile(r"<([A-Z][A-Za-z0-9_]*\()")
_LISTED = re.compile(r"^Actions [^:\n]*: (.+)$", re.MULTILINE)
_UNIT_ID = re.compile(r"\b(?:[aen]?[A-Z][A-Za-z]{0,3}[0-9]+|0x[0-9a-f]+)\b")
_TEAM = re.compile(r"^\s*(?:Team|\[)\s*([A-Z][A-Za-z0-9_-]+)", re.MULTILINE)


class Human:
    """One person, who answers one chat after the other."""

    def __init__(
        self, name: str = "human", *, read_line: ReadLine | None = None, write: Callable[[str], object] | None = None
    ) -> None:
        """Talk over the terminal, or over the given functions."""
        self.name = name
        self._read_line = read_line or terminal_or_pipe()
        self._write = write or _write
        self._turn = asyncio.Lock()
        self._said: set[str] = set()
        self._words: Sequence[str] = ()
        self._reading: asyncio.Task[list[str] | None] | None = None
        """The answer being typed; it outlives a turn that did not wait for it, and then belongs to the next one."""

    async def complete(self, chat: Chat) -> Completion:
        """Return what the person writes until an empty line. Raises ModelAnswerError when the input has ended."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            started = loop.time()
            self._show(chat)
            if self._reading is None:
                self._reading = asyncio.create_task(self._read_answer())
            lines = await asyncio.shield(self._reading)
            self._reading = None
        if lines is None:
            error = ModelAnswerError("the person at the terminal has closed the input")
            error.stops_run = True
            raise error
        text = "\n".join(lines)
        reason = "stop" if text.strip() else "empty"
        return Completion(text, self.name, latency_seconds=loop.time() - started, stop_reason=reason)

    async def aclose(self) -> None:
        """Give the terminal back, whatever is half typed; may be called twice."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    def _show(self, chat: Chat) -> None:
        """Write the observation, and what has not been said before of what stands above it."""
        above = {message.text: None for message in chat.messages[:-1] if message.role == "system"}
        news = [text for text in above if text not in self._said]
        self._said.update(news)
        self._words = words_of(chat)
        self._write("\n".join((*news, chat.last_text, "Your orders, an empty line to end:\n")))

    async def _read_answer(self) -> list[str] | None:
        """Return the lines of the answer, None where there is no input left."""
        lines: list[str] = []
        while True:
            try:
                line = await self._read_line("> ", self._words)
            except EOFError:
                return lines or None
            if not line.strip():
                return lines
            lines.append(line)


def words_of(chat: Chat) -> list[str]:
    """Return the words that can be completed: actions, unit ids and teams of the last message, sorted.

    Of actions those that the observation lists, or else all that the chat mentions.

    >>> from llm_pysc2.chat import Message
    >>> words_of(Chat((Message("user", "<Attack_Unit(tag)> for S1, S2; enemy eZ3"),)))
    ['<Attack_Unit(', 'S1', 'S2', 'eZ3']
    """
    text = "\n".join(message.text for message in chat.messages)
    listed = {word.partition("{")[0] for line in _LISTED.findall(chat.last_text) for word in line.split()}
    actions = {f"<{name}(" for name in listed} or {f"<{name}" for name in _ACTION.findall(text)}
    return sorted(actions | set(_UNIT_ID.findall(chat.last_text)) | set(_TEAM.findall(chat.last_text)))


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
