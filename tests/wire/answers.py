"""What the wire server says, in no provider's format, and the plan of what goes wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

Kind = Literal[
    "answer",
    "status",
    "slow",
    "drip",
    "drop",
    "drop_in_body",
    "not_json",
    "wrong_form",
    "broken_off",
    "error_in_stream",
]


@dataclass(frozen=True)
class Answer:
    """What the server does with one request."""

    kind: Kind = "answer"
    text: str = "<Stop()>"
    stop: Literal["stop", "length", "refusal", "context"] = "stop"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    calls: Sequence[tuple[str, str, str]] = ()
    """Id, name and arguments (JSON) of each tool that is called."""
    message: str = "as planned"
    """The service's own words in an error body."""
    delay_seconds: float = 0.0


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


Plan = Callable[[int, Seen], Answer]
"""From the number of a request (0, 1, ...) and the request to what is done with it."""

OK = Answer()


def busy(retry_after: str | None = None) -> Answer:
    return Answer("status", status=429, headers={} if retry_after is None else {"retry-after": retry_after})


def status(code: int, message: str = "as planned") -> Answer:
    return Answer("status", status=code, message=message)


def in_order(*answers: Answer, then: Answer = OK) -> Plan:
    """A plan that gives these answers one after the other, and another one ever after."""

    def plan(number: int, _seen: Seen) -> Answer:
        return answers[number] if number < len(answers) else then

    return plan


def by_chance(share: float, faults: Sequence[Answer], seed: int = 0, ok: Answer = OK) -> Plan:
    """A plan in which a share of all requests fails, with faults drawn by chance; the same for the same seed."""
    chance = Random(seed)

    def plan(_number: int, _seen: Seen) -> Answer:
        return chance.choice(faults) if chance.random() < share else ok

    return plan
