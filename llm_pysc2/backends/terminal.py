"""Lines from a person: typed at a terminal with completion, or out of a pipe.

Whatever else is printed while a person types appears above the line that is being typed.
"""

import asyncio
import io
import os
import re
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.patch_stdout import patch_stdout

ReadLine = Callable[[str, Sequence[str]], Awaitable[str]]
"""Shows a prompt, offers words, returns a line without its end. Raises EOFError at the end of the input."""

CHUNK_BYTES = 4096
_TYPED = re.compile(r"<?[A-Za-z0-9_\-]*$")
"""The word before the cursor."""
_WITHIN_BRACKETS = re.compile(r"\([^()]*$")


def terminal_or_pipe() -> ReadLine:
    """Return what reads lines from this program's input, whichever it is."""
    if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
        return TypedLines()
    return PipedLines()


class TypedLines:
    """Lines typed at a terminal; the tab key completes, and words are offered while one types."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._session: PromptSession[str] | None = None

    async def __call__(self, prompt: str, words: Sequence[str]) -> str:
        """Return what is typed. Raises EOFError for Ctrl-D; Ctrl-C interrupts the program as elsewhere."""
        session = self._session = self._session or PromptSession()
        with patch_stdout(raw=True):
            try:
                return await session.prompt_async(prompt, completer=WordCompleter(words), handle_sigint=False)
            except KeyboardInterrupt:
                signal.raise_signal(signal.SIGINT)
                return await _until_cancelled()


class PipedLines:
    """Lines out of a pipe or a file."""

    def __init__(self) -> None:
        """Begin to read with the first line that is asked for."""
        self._reader: asyncio.StreamReader | None = None

    async def __call__(self, prompt: str, words: Sequence[str]) -> str:  # noqa: ARG002 - nobody types
        """Return the next line. Raises EOFError at the end."""
        sys.stdout.write(prompt)
        if self._reader is None:
            self._reader = asyncio.StreamReader(limit=2**20)
            # A thread, since files cannot be polled; a daemon, since nobody waits for it when the program ends.
            pump = threading.Thread(
                target=_pump, args=(_input_number(), self._reader, asyncio.get_running_loop()), daemon=True
            )
            pump.start()
        try:
            line = await self._reader.readline()
        except ValueError:  # longer than anything that could be meant
            raise EOFError from None
        if not line:
            raise EOFError
        return line.decode("utf-8", "replace").rstrip("\r\n")


def _input_number() -> int | None:
    """Return the number of the input's file; None where there is no input."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, ValueError, io.UnsupportedOperation):
        return None


def _pump(number: int | None, reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
    """Feed a reader with all that is in a file, on a thread; past its own buffer, whose lock would outlive us."""

    def tell(work: Callable[..., Any], *arguments: bytes) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(work, *arguments)

    try:
        while number is not None and (data := os.read(number, CHUNK_BYTES)):
            tell(reader.feed_data, data)
    except OSError:  # the terminal is gone
        pass
    tell(reader.feed_eof)


async def _until_cancelled() -> str:
    while True:
        await asyncio.Event().wait()


class WordCompleter(Completer):
    """Completes the word before the cursor: within brackets ids of units, elsewhere actions and teams."""

    def __init__(self, words: Sequence[str]) -> None:
        """Offer these words."""
        self._words = words

    def get_completions(self, document: Document, complete_event: object) -> Iterator[Completion]:  # noqa: ARG002
        """Yield what fits, in order."""
        before = document.text_before_cursor
        typed = _TYPED.search(before)
        word = typed[0] if typed else ""
        for found in completions(self._words, word, within_brackets=bool(_WITHIN_BRACKETS.search(before))):
            yield Completion(found, start_position=-len(word))


def completions(words: Iterable[str], typed: str, *, within_brackets: bool = False) -> list[str]:
    """Return the words that begin like what was typed; case and a missing "<" do not matter.

    Within the brackets of an action no action is offered, and outside of them nothing before something is typed.

    >>> completions(["<Attack_Unit(", "S1", "eS1"], "att"), completions(["<Attack_Unit(", "S1", "eS1"], "s")
    (['<Attack_Unit('], ['S1'])
    >>> completions(["<Attack_Unit(", "S1", "eS1"], "", within_brackets=True)
    ['S1', 'eS1']
    """
    if not typed and not within_brackets:
        return []
    wanted = typed.lower()
    fitting = [word for word in words if word.lower().startswith((wanted, "<" + wanted))]
    return [word for word in fitting if not (within_brackets and word.startswith("<"))]
