"""What is loaded when: the SDKs take seconds, and a scripted game needs none of them."""

import subprocess
import sys

PROGRAM = """
import sys
from llm_pysc2.backends import ModelPool, describe_models, make_backend
make_backend("human")
heavy = {"openai", "anthropic", "aiohttp", "httpx2", "pydantic"} & set(sys.modules)
assert not heavy, heavy
make_backend("openai/m")
assert "openai" in sys.modules
assert "anthropic" not in sys.modules
"""


def test_sdk_is_loaded_with_the_first_model_that_needs_it() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", PROGRAM], check=True, timeout=60)
