"""Every exception this package raises on purpose.

The tree names the boundary that was crossed, so that a caller can tell whose fault it was::

    LlmPysc2Error
    +-- UsageError            the person at the keyboard: unknown name, impossible option
    +-- PackError             a data file: file, key, what was expected
    +-- GameError             the game behind the SC2 API
    |   +-- GameLaunchError       it could not be found, started or reached
    |   +-- GameLostError         it went away in the middle of an episode
    |   +-- GameRequestError      it refused a request
    +-- ModelServiceError     a model service
    |   +-- ModelKeyError         no key, or a key that was refused: stop, do not retry
    |   +-- ModelTimeoutError     no answer in time
    |   +-- ModelBusyError        rate limit or overload, after all retries
    |   +-- ModelAnswerError      an answer that cannot be used
    |   +-- ModelUnreachableError no connection to the service
    +-- AgentError            an agent that somebody else wrote raised or broke its contract
    +-- TraceError            a trace that cannot be read or written

Messages say what was expected, what came, and what to do; they are one line and are shown as they stand.
"""

from difflib import get_close_matches
from collections.abc import Iterable


class LlmPysc2Error(Exception):
    """Any error of this package; `str(error)` is one line meant for a person."""


class UsageError(LlmPysc2Error):
    """What was asked for on the command line or by an argument does not exist or does not fit."""


class PackError(LlmPysc2Error):
    """A data file is missing or broken; the message names the file and the key."""


class GameError(LlmPysc2Error):
    """The game behind the SC2 API failed."""


class GameLaunchError(GameError):
    """The game could not be found, started or reached."""


class GameLostError(GameError):
    """The game went away in the middle of an episode."""


class GameRequestError(GameError):
    """The game refused a request."""


class ModelServiceError(LlmPysc2Error):
    """A model service gave no usable answer; costs one turn of one agent, not the episode."""

    kind = "service"
    """A stable word for counts in traces and reports."""


class ModelKeyError(ModelServiceError):
    """The key is missing or was refused; the run stops at once."""

    kind = "key"


class ModelTimeoutError(ModelServiceError):
    """The service did not answer in time."""

    kind = "timeout"


class ModelBusyError(ModelServiceError):
    """The service was rate limited or overloaded, after all retries."""

    kind = "busy"


class ModelAnswerError(ModelServiceError):
    """The service answered with something that cannot be used."""

    kind = "answer"


class ModelUnreachableError(ModelServiceError):
    """The service could not be reached."""

    kind = "unreachable"


class AgentError(LlmPysc2Error):
    """An agent from outside this package raised, or broke its contract."""


class TraceError(LlmPysc2Error):
    """A trace cannot be read or written."""


def closest_names(name: str, known: Iterable[str], count: int = 3) -> str:
    """Return a clause that names the closest known names, for the end of a message, or all if few.

    >>> closest_names("2s3x", ["2s3z", "3s5z", "corridor"])
    'closest: 2s3z, 3s5z'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=count, cutoff=0.4)
    if close:
        return "closest: " + ", ".join(close)
    if not names:
        return "there are none"
    shown = ", ".join(names[:8])
    return f"known: {shown}" + (", ..." if len(names) > 8 else "")
