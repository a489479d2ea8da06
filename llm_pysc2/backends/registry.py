"""From the name of a model to a backend that answers."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from llm_pysc2.backends.backend import Backend
from llm_pysc2.backends.circuit_breaker import CircuitBreaker, Notify
from llm_pysc2.backends.clock import Clock
from llm_pysc2.backends.faults import Caller
from llm_pysc2.backends.keys import find_key
from llm_pysc2.backends.limits import Limiter, Limits
from llm_pysc2.backends.names import CASSETTE, HUMAN, LOCAL, PROVIDERS, SCRIPTED, ModelName, resolve_name
from llm_pysc2.backends.options import ModelOptions
from llm_pysc2.backends.presets import find_presets
from llm_pysc2.backends.providers import make_installed
from llm_pysc2.backends.service import Line, Service, ServiceBackend
from llm_pysc2.errors import UsageError
from llm_pysc2.extensions import extension_names, load_extension

_SERVICES = {
    ("openai", "chat"): ("openai_chat", "OpenAIChat"),
    ("openai", "responses"): ("openai_responses", "OpenAIResponses"),
    ("anthropic", "chat"): ("anthropic_messages", "AnthropicMessages"),
    ("inspect", "chat"): ("inspect_model", "InspectModel"),
}
"""Module and class for a provider and an interface; imported when first needed, because the SDKs take seconds."""


def make_backend(name: str, *, seed: int = 0, options: ModelOptions | None = None) -> Backend:
    """Return the backend of that name, with limits of its own; `ModelPool` is for runs of many agents.

    Raises UsageError for an unknown name, with the closest names, and for a missing key, with its variable;
    PackError for a broken file of presets.
    """
    if name == HUMAN or name.startswith(LOCAL):
        return local_backend(name, seed)
    if (extension := extension_backend(name, seed)) is not None:
        return extension
    found = resolve_name(name, options)
    line = open_line(found.options)
    return ServiceBackend(name, open_service(found), found.options, line, seed=seed)


def local_backend(name: str, seed: int) -> Backend:
    """Return a backend that asks no service: a scripted policy, a recording, a person. Raises UsageError."""
    if name == HUMAN:
        from llm_pysc2.backends.human import Human

        return Human()
    if name.startswith(CASSETTE):
        from llm_pysc2.backends.cassette import load_cassette

        return load_cassette(Path(name.removeprefix(CASSETTE))).backend(name)
    from llm_pysc2.backends.scripted import scripted_policy

    return scripted_policy(name.removeprefix(SCRIPTED), seed)


def extension_backend(name: str, seed: int) -> Backend | None:
    """Return the backend PROVIDER/NAME of a provider that somebody has installed, or None if there is no such.

    Raises UsageError if it cannot be loaded or made.
    """
    provider, slash, model = name.partition("/")
    make = load_extension("backends", provider) if slash and provider not in PROVIDERS else None
    if make is None:
        return None
    try:
        return cast(Backend, make(model, seed=seed))
    except Exception as error:
        raise UsageError(f"model {name!r}: {provider} cannot make it: {type(error).__name__}: {error}") from error


def open_service(found: ModelName) -> Service:
    """Return the client for a model. Raises UsageError if its key is missing or the interface does not exist."""
    if found.provider in PROVIDERS and (found.provider, found.options.api) not in _SERVICES:
        raise UsageError(f"model {found.name!r}: {found.provider} has no {found.options.api!r} interface")
    caller = Caller(
        model=found.model,
        base_url=found.base_url,
        key=find_key(found.key_variable, needed=found.key_needed),
        key_variable=found.key_variable,
        secrets=tuple(found.options.headers.values()),
    )
    if found.provider not in PROVIDERS:
        return make_installed(found.provider, caller, found.options)
    module, kind = _SERVICES[found.provider, found.options.api]
    make = getattr(import_module(f"llm_pysc2.backends.{module}"), kind)
    return cast(Service, make(caller, found.options))


def open_line(
    options: ModelOptions, *, workers: int = 1, clock: Clock | None = None, notify: Notify | None = None
) -> Line:
    """Return what the callers of one service share: its limits (or a worker's part), outages, the retry budget."""
    limits = Limits(options.max_in_flight, options.requests_per_minute, options.tokens_per_minute)
    return Line(Limiter(limits.split(workers), clock), CircuitBreaker(clock=clock, notify=notify))


def describe_models() -> Iterator[tuple[str, str]]:
    """Yield names that can be asked for, with what they are. Raises PackError for a broken file of presets."""
    from llm_pysc2.backends.scripted import policy_names

    for policy in policy_names():
        yield f"scripted/{policy}", "a scripted policy: no model, no key"
    yield "openai/NAME", "OpenAI, or a server that speaks its format (OPENAI_API_KEY, OPENAI_BASE_URL)"
    yield "anthropic/NAME", "Anthropic, or a server that speaks its format (ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL)"
    yield "inspect/PROVIDER/NAME", "any other provider, through Inspect (pip install inspect-ai)"
    for provider in (*extension_names("backends"), *extension_names("providers")):
        yield f"{provider}/NAME", "an installed extension"
    yield HUMAN, "a person at this terminal"
    yield f"{CASSETTE}FILE", "the answers of a recorded run"
    for name, preset in sorted(find_presets().items()):
        yield name, f"your preset for {preset.provider}/{preset.model}"
