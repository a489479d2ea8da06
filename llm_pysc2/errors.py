"""Every exception this package raises on purpose.

The tree names the boundary that was crossed, so that a caller can tell whose fault it was::

    LlmPysc2Error
    +-- UsageError            the person at the keyboard: unknown name, impossible option
    +-- PackError             a data file: file, key, what was expected
    +-- GameError             the game behind the SC2 API
    |   +-- GameLaunchError       it could not be found, started or reached
    |   +-- GameLostError         it went away in the middle of an episode
    |   +-- GameRequestError      it refused a request
    |       +-- UnavailableActionError  an agent of arrays chose what it cannot do now
    +-- ModelServiceError     a model service
    |   +-- ModelKeyError         no key, or a key that was refused: stop, do not retry
    |   +-- ModelTimeoutError     no answer in time
    |   +-- ModelBusyError        rate limit or overload, after all retries
    |   +-- ModelAnswerError      an answer that cannot be used
    |   +-- ModelUnreachableError no connection to the service
    |   +-- ModelRequestError     a request that the service refuses, such as an image a model cannot see
    |   +-- ModelNameError        a model that the service does not have: stop, do not retry
    |   +-- CassetteError         a call that differs from the recording that is replayed: stop
    |   +-- BudgetSpentError      the run's own limit on tokens or money: stop, keep what there is
    +-- TransportError        the MQTT broker between a run and agents in other processes
    +-- AgentError            an agent that somebody else wrote raised or broke its contract
    +-- TraceError            a trace that cannot be read or written
    +-- InstallError          a download or an installation: network, disk, archive, license

Messages say what was expected, what came, and what to do; they are one line and are shown as they stand.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


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


class UnavailableActionError(GameRequestError, AssertionError):
    """An agent chose an action that it cannot take now. SMAC asserts it; so whoever catches that catches this."""


class ModelServiceError(LlmPysc2Error):
    """A model service gave no usable answer; costs one turn of one agent, not the episode."""

    kind: ClassVar[str] = "service"
    """A stable word for counts in traces and reports."""

    stops_run: bool = False
    """True where every later call would fail for the same reason, so that asking again is a waste."""

    faults: tuple[str, ...] = ()
    """The kind of every failed attempt behind this error, oldest first."""


class ModelKeyError(ModelServiceError):
    """The key is missing or was refused; the run stops at once."""

    kind = "key"
    stops_run = True


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


class ModelRequestError(ModelServiceError):
    """The service refused the request itself: an option, an image or a length that it does not take."""

    kind = "request"


class ModelNameError(ModelServiceError):
    """The service does not have the model, or not for this key; the run stops at once."""

    kind = "model"
    stops_run = True


class CassetteError(ModelServiceError):
    """A call is not the one that was recorded; the message says which differs and how, and the run stops at once."""

    kind = "cassette"
    stops_run = True


class BudgetSpentError(ModelServiceError):
    """The next call would exceed the run's or the episode's budget; the run stops and keeps what it has."""

    kind = "budget"
    stops_run = True


class TransportError(LlmPysc2Error):
    """The MQTT broker cannot be reached or refuses us."""


class AgentError(LlmPysc2Error):
    """An agent from outside this package raised, or broke its contract."""


class TraceError(LlmPysc2Error):
    """A trace cannot be read or written."""


class InstallError(LlmPysc2Error):
    """The real game or its maps could not be downloaded or unpacked."""


def closest_names(name: str, known: Iterable[str], count: int = 3) -> str:
    """Return a clause that names the closest known names, for the end of a message, or all if few.

    >>> closest_names("2s3x", ["2s3z", "3s5z", "corridor"])
    'closest: 2s3z'
    """
    names = sorted(known)
    close = get_close_matches(name, names, n=count, cutoff=0.4)
    if close:
        return "closest: " + ", ".join(close)
    if not names:
        return "there are none"
    shown = ", ".join(names[:8])
    return f"known: {shown}" + (", ..." if len(names) > 8 else "")
