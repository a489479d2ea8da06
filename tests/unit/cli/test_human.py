"""A person plays at a real terminal: words are offered and completed, orders are carried out, Ctrl-C gives it back."""

import os
import pty
import re
import select
import signal
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from llm_pysc2.orchestrator.events import Decided
from llm_pysc2.orchestrator.trace import read_trace

PATIENCE_SECONDS = 30.0
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A terminal with a program in it."""

    def __init__(self, *arguments: str) -> None:
        environment = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.process, self.number = pty.fork()
        if self.process == 0:
            os.execve(sys.executable, [sys.executable, "-m", "llm_pysc2", *arguments], environment)  # noqa: S606
        self._shown = b""

    def press(self, keys: str) -> None:
        os.write(self.number, keys.encode())

    def wait_for(self, *texts: str) -> None:
        """Read until all these texts have been shown since the last wait; what moves the cursor does not count."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not all(text.encode() in ESCAPES.sub(b"", self._shown) for text in texts):
            ready, _, _ = select.select([self.number], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"waited for {texts}, shown: {self._shown[-2000:].decode(errors='replace')}"
            self._shown += os.read(self.number, 65536)
        self._shown = b""

    def end(self) -> int:
        """Read the rest, and return the exit code of the program."""
        with suppress(OSError):  # how a terminal says that nobody is there any more
            while os.read(self.number, 65536):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal("play", "3m", "--model", "human", "--out", str(tmp_path / "run"))
    yield terminal
    with suppress(ProcessLookupError):
        os.kill(terminal.process, signal.SIGKILL)
    os.close(terminal.number)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of forks beside threads
def test_a_person_plays(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("M3 9.3,16.6", "Your orders, an empty line to end:", "> ")
    terminal.press("fol")
    terminal.wait_for("<Follow_Unit(")
    terminal.press("\t")
    terminal.wait_for("<Follow_Unit(")
    terminal.press("m")
    terminal.wait_for("M1", "M2", "M3")
    terminal.press("\t\t")
    terminal.wait_for("M2")
    terminal.press(")>\r")
    terminal.press("\r")
    terminal.wait_for("Marine: Follow_Unit(M2)", "Your last actions:", "> ")
    terminal.press("<Sto")
    terminal.wait_for("<Stop(")
    assert not termios.tcgetattr(terminal.number)[3] & termios.ECHO, "it draws what is typed by itself"
    terminal.press("\x03")
    assert terminal.end() == 130
    assert termios.tcgetattr(terminal.number)[3] & termios.ECHO, "the terminal is as it was"
    (trace,) = (tmp_path / "run").iterdir()
    decided = [event for event in read_trace(trace) if isinstance(event, Decided)]
    assert [event.accepted for event in decided] == [[["Marine", "Follow_Unit(M2)"]]]
