"""Models that a user has given a name of their own, in TOML files.

[models.fast]
provider = "openai"
model = "qwen3-8b"
base_url = "http://127.0.0.1:8000/v1"
requests_per_minute = 600
price = {input_usd_per_million_tokens = 0, output_usd_per_million_tokens = 0}
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_pysc2 import packs
from llm_pysc2.backends.options import ModelOptions, read_options
from llm_pysc2.errors import PackError, UsageError

FILE_VARIABLE = "LLM_PYSC2_MODELS"
"""The environment variable that names one more file of presets; it wins over the others."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A model with a name of the user's own."""

    provider: str
    model: str
    options: ModelOptions


def find_presets() -> dict[str, Preset]:
    """Return the presets of the user's configuration, of the packs, and of the file in LLM_PYSC2_MODELS; last wins.

    Raises PackError that names the file and the key.
    """
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = [home / "llm-pysc2" / "models.toml"]
    files += [root / "agents" / "models" / "presets.toml" for root in reversed(list(packs.roots()))]
    found: dict[str, Preset] = {}
    for path in files:
        if path.is_file():
            found |= load_presets(path)
    if os.environ.get(FILE_VARIABLE):
        found |= load_presets(Path(os.environ[FILE_VARIABLE]))
    return found


def load_presets(path: Path) -> dict[str, Preset]:
    """Return the presets in a file, by name. Raises PackError that names the file and the key."""
    models = packs.read_toml(path).get("models", {})
    if not isinstance(models, dict):
        raise PackError(f"{path}: models: expected tables such as [models.fast]")
    return {name: _read_preset(f"{path}: models.{name}", table) for name, table in models.items()}


def _read_preset(where: str, table: Mapping[str, Any]) -> Preset:
    if not isinstance(table, dict):
        raise PackError(f"{where}: expected a table, got {table!r}")
    for key in ("provider", "model"):
        if not isinstance(table.get(key), str):
            raise PackError(f"{where}.{key}: expected a text, got {table.get(key)!r}")
    rest = {key: value for key, value in table.items() if key not in {"provider", "model"}}
    try:
        return Preset(table["provider"], table["model"], read_options(rest))
    except UsageError as error:
        raise PackError(f"{where}.{error}") from None
