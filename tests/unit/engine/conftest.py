from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def raw_maps(raw_facts: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return raw_facts("maps")
