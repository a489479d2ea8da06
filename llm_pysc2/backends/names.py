"""What the name of a model stands for: provider, model, address, options, and where its key is.

openai/NAME  anthropic/NAME  inspect/PROVIDER/NAME  scripted/NAME  human  cassette:FILE  PRESET
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from llm_pysc2.backends.options import ModelOptions, check_address
from llm_pysc2.backends.presets import Preset, find_presets
from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.extensions import extension_names

PROVIDERS = ("anthropic", "inspect", "openai")
CASSETTE = "cassette:"
SCRIPTED = "scripted/"
HUMAN = "human"
LOCAL = (CASSETTE, SCRIPTED)
"""How names begin that stand for something on this machine."""
_ADDRESSES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}


@dataclass(frozen=True, slots=True)
class ModelName:
    """What a name stands for."""

    name: str
    provider: str
    model: str
    options: ModelOptions
    base_url: str = ""
    key_variable: str = ""
    """The environment variable with the key; empty where no key is sent."""
    key_needed: bool = False


def resolve_name(
    name: str, options: ModelOptions | None = None, presets: Mapping[str, Preset] | None = None
) -> ModelName:
    """Return what the name of a model at a service stands for; `options` win over those of a preset.

    Which key is used:

    1. `key_env` names a variable: that one, and it must be set.
    2. A preset has a base URL and no `key_env`: none is sent. A file never sends a key to a server of its choice
       unless it names the key too.
    3. Otherwise the provider's own, such as OPENAI_API_KEY. It must be set, except where the user has given another
       address in the options or by the provider's variable, such as OPENAI_BASE_URL: servers of one's own often
       want no key; nor does an installed provider, to whom a key that is set is given.

    Raises UsageError for an unknown name, with the closest ones; PackError for a broken file of presets.
    """
    provider, slash, model = name.partition("/")
    if slash and model and provider in provider_names():
        return _service(name, provider, model, options or ModelOptions(), keyless=False)
    presets = find_presets() if presets is None else presets
    if name in presets:
        preset = presets[name]
        if preset.provider not in provider_names():
            raise UsageError(f"model {name!r}: {_no_provider(preset.provider)}")
        keyless = bool(preset.options.base_url) and not preset.options.key_env
        return _service(name, preset.provider, preset.model, preset.options.overlaid(options), keyless)
    if slash and provider in provider_names():
        raise UsageError(f"model {name!r}: expected a name after {provider}/, such as {provider}/NAME")
    if slash:
        raise UsageError(f"model {name!r}: {_no_provider(provider)}")
    known = [
        *presets,
        *(f"{provider}/NAME" for provider in provider_names()),
        f"{SCRIPTED}NAME",
        HUMAN,
        f"{CASSETTE}FILE",
    ]
    raise UsageError(
        f"model {name!r}: no such preset, expected PROVIDER/NAME or a preset; {closest_names(name, known)}"
    )


def _service(name: str, provider: str, model: str, options: ModelOptions, keyless: bool) -> ModelName:
    """Return what a name stands for; `keyless` for a preset that names an address and no key."""
    if provider == "inspect":  # finds addresses and keys by itself
        return ModelName(name, provider, model, options, options.base_url)
    address = options.base_url or os.environ.get(f"{provider.upper()}_BASE_URL", "").strip()
    check_address(f"{provider.upper()}_BASE_URL", address)
    own = f"{provider.upper()}_API_KEY"
    return ModelName(
        name,
        provider,
        model,
        options,
        base_url=(address or _ADDRESSES.get(provider, "")).rstrip("/"),
        key_variable=options.key_env or ("" if keyless else own),
        key_needed=bool(options.key_env) or (not address and provider in _ADDRESSES),
    )


def provider_names() -> tuple[str, ...]:
    """Return the providers of services: ours, then those that others have installed."""
    return (*PROVIDERS, *(name for name in extension_names("providers") if name not in PROVIDERS))


def _no_provider(provider: str) -> str:
    known = (*provider_names(), SCRIPTED.rstrip("/"), *extension_names("backends"))
    return f"no provider {provider!r}; {closest_names(provider, known)}"
