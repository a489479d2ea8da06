"""The embedded game: a headless, deterministic simulator that speaks the SC2 API of build 4.10.0.75689.

Knows nothing of language models, agents or PySC2; clients reach it through the API only.
"""

from llm_pysc2 import protos as _protos  # noqa: F401 - before any module here imports `s2clientprotocol`
