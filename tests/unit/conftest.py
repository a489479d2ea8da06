"""The raw facts that our tables were made from, where they are at hand."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def raw_facts() -> Callable[[str], dict[str, Any]]:
    """Return a function that gives a raw table by name; skips the test where there are none."""
    shared = Path(os.environ.get("LLM_PYSC2_SHARED") or ROOT.parent / "shared")

    def read(name: str) -> dict[str, Any]:
        path = shared / "facts" / f"{name}.json"
        if not path.is_file():
            pytest.skip(f"no raw facts: {path} does not exist; set LLM_PYSC2_SHARED")
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    return read
