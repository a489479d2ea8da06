"""What went wrong in one attempt to ask a service, and whether asking again makes sense.

A failed attempt is a value; `service` decides what follows from it. One table here says what an HTTP status means.
"""

import email.utils
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from llm_pysc2.backends.keys import NO_KEY, shown
from llm_pysc2.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelKeyError,
    ModelNameError,
    ModelRequestError,
    ModelServiceError,
    ModelTimeoutError,
    ModelUnreachableError,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt."""

    error: ModelServiceError
    retry: bool
    """Whether the same request may succeed later."""
    retry_after_seconds: float | None = None
    """How long the service asked to wait."""
    service_down: bool = False
    """Whether it speaks for an outage of the whole service rather than for trouble with this call."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks whom: what messages need to name, and the secrets they must not."""

    model: str
    base_url: str
    key: str
    key_variable: str
    secrets: tuple[str, ...] = ()
    """What else must not be shown, besides the key: values of headers."""

    def __repr__(self) -> str:
        """Return a form without secrets."""
        return f"Caller(model={self.model!r}, base_url={self.base_url!r})"

    def say(self, text: str) -> str:
        """Return "MODEL at ADDRESS: TEXT" as one line without secrets."""
        secrets = {self.key, *self.secrets} - {NO_KEY, ""}
        where = f" at {self.base_url}" if self.base_url else ""
        return f"{self.model}{where}: {shown(text, secrets)}"


_NO_CREDIT = ("insufficient_quota", "spend_limit", "billing", "credit balance")
"""Words in a 400 or 429 that mean an empty account, which no waiting fills."""

_DOWN = frozenset({500, 502, 503, 529})

_REMEDIES = (
    (
        ("image", "vision", "multimodal", "multi-modal"),
        "images = false in a preset sends captions in place of pictures",
    ),
    (("tool", "function call", "response_format", "json_schema"), "--protocol text asks for actions in text"),
)
"""What to do where a service refuses what a model cannot take, by words of its refusal."""


def status_fault(status: int, headers: Mapping[str, str], detail: str, caller: Caller) -> Fault:
    """Return what an HTTP status of 400 or more means; `detail` is the service's own explanation."""
    said = f": {detail}" if detail else ""
    advice = _remedy(detail)
    if status in {401, 403} and caller.key == NO_KEY:
        variable = f"set {caller.key_variable}" if caller.key_variable else "name its variable with key_env"
        return Fault(ModelKeyError(caller.say(f"{status}, it wants a key: {variable}")), retry=False)
    if status in {401, 403}:
        return Fault(ModelKeyError(caller.say(f"{status}, the key in {caller.key_variable} was refused")), retry=False)
    if status == 402 or (status in {400, 429} and any(word in detail.lower() for word in _NO_CREDIT)):
        return Fault(ModelKeyError(caller.say(f"{status}, the account has no credit{said}")), retry=False)
    if status == 404:
        return Fault(ModelNameError(caller.say(f"404, no such model here{said}") + advice), retry=False)
    wait = retry_after(headers)
    if status in {408, 504}:
        return Fault(ModelTimeoutError(caller.say(f"{status}, timed out at the service{said}")), True, wait)
    if status in {409, 429}:
        return Fault(ModelBusyError(caller.say(f"{status}, rate limited{said}")), True, wait)
    if status >= 500:
        return Fault(ModelBusyError(caller.say(f"{status}, failing or overloaded{said}")), True, wait, status in _DOWN)
    return Fault(ModelRequestError(caller.say(f"{status}, the request was refused{said}") + advice), retry=False)


def _remedy(detail: str) -> str:
    """Return the end of a message that says what helps, empty where nothing is known to."""
    found = (advice for words, advice in _REMEDIES if any(word in detail.lower() for word in words))
    return next((f"; {advice}" for advice in found), "")


def timeout_fault(seconds: float, caller: Caller) -> Fault:
    """Return the fault of an attempt that had no answer after so many seconds."""
    return Fault(ModelTimeoutError(caller.say(f"no answer in {seconds:.3g} s")), retry=True)


def unreachable_fault(detail: str, caller: Caller) -> Fault:
    """Return the fault of a connection that could not be made or broke off."""
    return Fault(ModelUnreachableError(caller.say(f"no connection: {detail}")), retry=True, service_down=True)


def answer_fault(detail: str, caller: Caller) -> Fault:
    """Return the fault of an answer that is not what the format promises."""
    return Fault(ModelAnswerError(caller.say(f"an answer that cannot be used: {detail}")), retry=True)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds a service asked to wait, from `retry-after-ms` or `retry-after`, or None.

    >>> retry_after({"retry-after": "1.5"}), retry_after({"retry-after-ms": "250"}), retry_after({})
    (1.5, 0.25, None)
    """
    for name, per_second in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / per_second
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
