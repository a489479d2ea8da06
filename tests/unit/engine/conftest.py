import json
import os
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def raw_maps() -> dict[str, Any]:
    shared = Path(os.environ.get("LLM_PYSC2_SHARED") or Path(__file__).resolve().parents[4] / "shared")
    path = shared / "facts" / "maps.json"
    if not path.is_file():
        pytest.skip(f"no raw facts: {path} does not exist; set LLM_PYSC2_SHARED")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
