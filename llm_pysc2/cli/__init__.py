"""The command line. A user's mistake is one line on stderr and exit code 2; start-up loads only what is asked for."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from llm_pysc2.errors import LlmPysc2Error, PackError, UsageError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; the entry point `llm-pysc2`."""
    from typer.exceptions import Abort, TyperException

    from llm_pysc2.cli.app import app

    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in ([], ["engine"], ["game"], ["maps"]):
        words.append("--help")
    try:
        with _terminable():
            code = app(words, standalone_mode=False)
    except TyperException as error:
        return _complain(error.format_message(), EXIT_USAGE)
    except (UsageError, PackError) as error:
        return _complain(str(error), EXIT_USAGE)
    except LlmPysc2Error as error:
        return _complain(str(error), EXIT_FAILED)
    except (KeyboardInterrupt, Abort):
        return _complain("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_FAILED
    if code == EXIT_INTERRUPTED:  # typer takes the interrupt, and gives back its code
        return _complain("interrupted", code)
    return code if isinstance(code, int) else 0


@contextmanager
def _terminable() -> Iterator[None]:
    """Within the block, being told to terminate is taken as an interrupt: games are ended, files closed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, frame: FrameType | None) -> None:
    """Do what an interrupt would: an event loop that runs is told so between two steps, and never torn out of one."""
    on_interrupt = signal.getsignal(signal.SIGINT)
    if not callable(on_interrupt):  # ignored, as in a shell's background
        raise KeyboardInterrupt
    on_interrupt(signal.SIGINT, frame)


def _complain(message: str, code: int) -> int:
    one_line = " ".join(message.split())
    sys.stderr.write(f"llm-pysc2: {one_line}\n")
    return code
