"""How a model is asked: the options of one model, read from arguments or from a preset of the user's.

Plain values; knows no provider. An option left at its default is not sent, so that the service's own default holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

from llm_pysc2.errors import UsageError, closest_names

Api = Literal["chat", "responses"]
APIS: tuple[Api, ...] = ("chat", "responses")


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens."""

    input_usd: float
    output_usd: float
    cached_usd: float | None = None
    """For input read from the prompt cache; like other input where it is not given."""
    cache_written_usd: float | None = None
    """For input put into the prompt cache; like other input where it is not given."""
    checked: str = ""
    """The day on which the price was last compared with the provider's list, such as 2026-11-01."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How one model is asked."""

    base_url: str = ""
    """Another server that speaks the provider's format, with `/v1` for OpenAI's and without for Anthropic's."""
    key_env: str = ""
    """The environment variable that holds the key; see `names.resolve_name` for what is used without it."""
    api: Api = "chat"
    """Which of OpenAI's interfaces: chat completions, or Responses."""
    stream: bool = False
    temperature: float | None = None
    max_tokens: int | None = None
    """The most a model may write in one answer, reasoning included."""
    effort: str = ""
    """How hard a reasoning model thinks, in the provider's words: none, minimal, low, medium, high, ..."""
    images: bool = True
    """False for a model that cannot see: pictures are left out, and their captions are kept."""
    cache: bool = True
    """Mark the stable part of the chat for the provider's prompt cache."""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """Sent with every request; never shown or written, since they may hold secrets."""
    timeout_seconds: float = 120.0
    """The longest that one attempt may take."""
    deadline_seconds: float = 300.0
    """The longest that a call may take with all its retries, pauses of the whole run not counted."""
    max_attempts: int = 6
    max_in_flight: int = 50
    """Calls at the same time; above 50 the SDK's aiohttp transport is used, which stays cheap at a thousand."""
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    """Input and output together."""
    price: Price | None = None

    def __post_init__(self) -> None:
        """Raise UsageError for a value that makes no sense."""
        if self.api not in APIS:
            raise UsageError(f"api: expected one of {', '.join(APIS)}, got {self.api!r}")
        for name in ("timeout_seconds", "deadline_seconds", "max_attempts", "max_in_flight"):
            _check_positive(name, getattr(self, name))
        for name in ("max_tokens", "requests_per_minute", "tokens_per_minute"):
            if getattr(self, name) is not None:
                _check_positive(name, getattr(self, name))
        check_address("base_url", self.base_url)

    def overlaid(self, over: "ModelOptions | None") -> "ModelOptions":
        """Return these options with those of `over` that are not at their defaults.

        >>> ModelOptions(effort="low", stream=True).overlaid(ModelOptions(effort="high")).effort
        'high'
        """
        if over is None:
            return self
        plain = ModelOptions()
        changed = {f.name: getattr(over, f.name) for f in fields(over)}
        return replace(self, **{name: value for name, value in changed.items() if value != getattr(plain, name)})


_KINDS: dict[str, tuple[type, ...]] = {
    "base_url": (str,),
    "key_env": (str,),
    "api": (str,),
    "stream": (bool,),
    "temperature": (int, float),
    "max_tokens": (int,),
    "effort": (str,),
    "images": (bool,),
    "cache": (bool,),
    "headers": (dict,),
    "timeout_seconds": (int, float),
    "deadline_seconds": (int, float),
    "max_attempts": (int,),
    "max_in_flight": (int,),
    "requests_per_minute": (int, float),
    "tokens_per_minute": (int, float),
    "price": (dict,),
}
"""What each option may be in a TOML table."""

_PRICES = {
    "input_usd_per_million_tokens": "input_usd",
    "output_usd_per_million_tokens": "output_usd",
    "cached_usd_per_million_tokens": "cached_usd",
    "cache_written_usd_per_million_tokens": "cache_written_usd",
    "checked": "checked",
}


def read_options(table: Mapping[str, Any]) -> ModelOptions:
    """Return the options in a TOML table. Raises UsageError that names the key and what was expected."""
    for key, value in table.items():
        if key not in _KINDS:
            raise UsageError(f"{key}: no such option; {closest_names(key, _KINDS)}")
        _check_kind(key, value, _KINDS[key])
    values = dict(table)
    if "price" in values:
        values["price"] = read_price(values["price"])
    if "headers" in values:
        for name, value in values["headers"].items():
            _check_kind(f"headers.{name}", value, (str,))
        values["headers"] = MappingProxyType(dict(values["headers"]))
    return ModelOptions(**values)


def read_price(table: Mapping[str, Any]) -> Price:
    """Return the price in a TOML table. Raises UsageError that names the key and what was expected."""
    for key, value in table.items():
        if key not in _PRICES:
            raise UsageError(f"price.{key}: no such key; {closest_names(key, _PRICES)}")
        _check_kind(f"price.{key}", value, (str,) if key == "checked" else (int, float))
        if key != "checked" and value < 0:
            raise UsageError(f"price.{key}: expected zero or more, got {value!r}")
    for key in ("input_usd_per_million_tokens", "output_usd_per_million_tokens"):
        if key not in table:
            raise UsageError(f"price.{key}: missing, expected US dollars per million tokens")
    return Price(**{_PRICES[key]: value for key, value in table.items()})


def check_address(key: str, url: str) -> None:
    """Raise UsageError for an address that is none, or that holds secrets: addresses are shown and logged."""
    if not url:
        return
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(f"{key}: expected a plain address; user, password and keys belong in key_env or headers")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise UsageError(f"{key}: expected an address that starts with http:// or https://, got {url!r}")


def _check_kind(key: str, value: object, kinds: tuple[type, ...]) -> None:
    fits = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
    if not fits:
        raise UsageError(f"{key}: expected {' or '.join(kind.__name__ for kind in kinds)}, got {value!r}")


def _check_positive(key: str, value: float) -> None:
    if not value > 0:
        raise UsageError(f"{key}: expected more than zero, got {value!r}")
