"""A person at the terminal as a model: reads what a model reads, writes what a model writes.

The tab key completes names of actions and ids of units that stand in the observation.
"""

import asyncio
import re
import sys
import threading
from collections.abc import Callable

from llm_pysc2.chat import Chat, Completion
from llm_pysc2.errors import ModelAnswerError

_ACTION = re.compile(r"<([A-Z][A-Za-z0-9_]*\()")
_UNIT_ID = re.compile(r"\b(?:[en]?[A-Z]{1,3}[0-9]+|0x[0-9a-f]+)\b")
_TEAM = re.compile(r"^\s*(?:Team|\[)\s*([A-Z][A-Za-z0-9_-]+)", re.MULTILINE)

ReadLine = Callable[[str], str]
"""Shows a prompt and returns a line. Raises EOFError at the end of the input."""


class Human:
    """One person, who answers one chat after the other."""

    def __init__(
        self, name: str = "human", *, read_line: ReadLine | None = None, write: Callable[[str], object] | None = None
    ) -> None:
        """Talk over the terminal, or over the given functions."""
        self.name = name
        self._read_line = read_line or _read_line_with_completion
        self._write = write or sys.stdout.write
        self._turn = asyncio.Lock()
        self._said: set[str] = set()
        self._reading: asyncio.Future[list[str] | None] | None = None
        """The answer being typed; it outlives a turn that did not wait for it, and then belongs to the next one."""

    async def complete(self, chat: Chat) -> Completion:
        """Return what the person writes until an empty line. Raises ModelAnswerError when the input has ended."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            started = loop.time()
            self._show(chat)
            if self._reading is None:
                self._reading = _in_thread(self._read_answer)
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
        """Do nothing: the terminal stays the user's."""

    def _show(self, chat: Chat) -> None:
        """Write the observation, and what has not been said before of what stands above it."""
        above = {message.text: None for message in chat.messages[:-1] if message.role == "system"}
        news = [text for text in above if text not in self._said]
        self._said.update(news)
        self._write("\n".join((*news, chat.last_text, "Your orders, an empty line to end:\n")))
        offer_words(words_of(chat))

    def _read_answer(self) -> list[str] | None:
        """Return the lines of the answer, None where there is no input left. Runs on a thread."""
        lines: list[str] = []
        while True:
            try:
                line = self._read_line("> ")
            except (EOFError, OSError, ValueError):  # a closed input is a ValueError
                return lines or None
            if not line.strip():
                return lines
            lines.append(line)


def words_of(chat: Chat) -> list[str]:
    """Return the words that can be completed: actions, unit ids and teams of a chat, sorted.

    >>> from llm_pysc2.chat import Message
    >>> words_of(Chat((Message("user", "<Attack_Unit(tag)> for S1, S2; enemy eZ3"),)))
    ['<Attack_Unit(', 'S1', 'S2', 'eZ3']
    """
    text = "\n".join(message.text for message in chat.messages)
    actions = {f"<{name}" for name in _ACTION.findall(text)}
    return sorted(actions | set(_UNIT_ID.findall(text)) | set(_TEAM.findall(text)))


def completions(words: list[str], typed: str) -> list[str]:
    """Return the words that begin like what was typed; case and a missing "<" do not matter.

    >>> completions(["<Attack_Unit(", "S1", "eS1"], "att"), completions(["<Attack_Unit(", "S1", "eS1"], "s")
    (['<Attack_Unit('], ['S1'])
    """
    wanted = typed.lower()
    return [word for word in words if word.lower().startswith(wanted) or word.lower().startswith("<" + wanted)]


def offer_words(words: list[str]) -> None:
    """Let the tab key complete these words, where the platform can."""
    try:
        import readline
    except ImportError:  # Windows has none
        return

    def complete(typed: str, state: int) -> str | None:
        found = completions(words, typed)
        return found[state] if state < len(found) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" ,()[]>")
    readline.parse_and_bind("tab: complete")


def _read_line_with_completion(prompt: str) -> str:
    return input(prompt)


def _in_thread(work: Callable[[], list[str] | None]) -> asyncio.Future[list[str] | None]:
    """Return the result to come of `work`, done on a thread that nobody waits for when the program ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[list[str] | None] = loop.create_future()

    def settle(result: list[str] | None) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        result = work()
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, name="human", daemon=True).start()
    return done
