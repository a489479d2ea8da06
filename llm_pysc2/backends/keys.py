"""Where keys come from, and how they stay out of everything that is shown or written.

A key is read from the environment when a backend is made, is handed to the SDK, and appears in nothing else.
"""

import os
import re
from collections.abc import Iterable, Mapping

from llm_pysc2.errors import UsageError

NO_KEY = "no-key"
"""Sent where a server needs none, because the SDKs insist on something."""

_KEYLIKE = re.compile(r"\b(?:sk|pk|key|xai|gsk|hf)[-_][A-Za-z0-9_\-*.]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_SHOWN_CHARACTERS = 240
_SHORTEST_SECRET = 4


def find_key(variable: str, *, needed: bool, environ: Mapping[str, str] | None = None) -> str:
    """Return the key in an environment variable, NO_KEY where there is none and none is needed.

    Raises UsageError that names the variable if a key is needed and missing.
    """
    environ = os.environ if environ is None else environ
    key = environ.get(variable, "").strip() if variable else ""
    if not key and needed:
        raise UsageError(f"no key: set the environment variable {variable}")
    return key or NO_KEY


def shown(text: str, secrets: Iterable[str] = ()) -> str:
    r"""Return what a service said, as one short line without keys.

    >>> shown("bad key sk-abcdef123\n of tenant-9", ["tenant-9"])
    'bad key *** of ***'
    """
    line = " ".join(text.split())
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            line = line.replace(secret, "***")
    line = _KEYLIKE.sub("***", line)
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 3] + "..."
