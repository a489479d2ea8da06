"""Put a page together: template, style, scripts and data in one file that needs nothing else and may fetch nothing.

What comes from traces stands in a block of JSON that no browser executes; the page's policy lets only our own script
run, named by its hash, and forbids all requests.
"""

import html
import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from math import isfinite
from typing import Any

_ASSETS = files("llm_pysc2.evaluation.report") / "assets"
_VIEWER = (
    "dom.js",
    "episode.js",
    "glyphs.js",
    "map.js",
    "map_layers.js",
    "timeline.js",
    "forces.js",
    "turn.js",
    "log.js",
    "player.js",
    "viewer.js",
)
_PAGES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "index": (("base.css", "index.css"), ("dom.js", "plots.js", "table.js", "index.js")),
    "viewer": (("base.css", "viewer.css"), (*_VIEWER, "saved.js")),
    "live": (("base.css", "viewer.css"), (*_VIEWER, "live.js")),
}
"""Styles and scripts of each kind of page, in the order in which they stand in it."""


def build_page(kind: str, title: str, data: Any) -> str:
    """Return a page as HTML; kind is "index", "viewer" or "live", `data` any JSON values, of whatever origin."""
    style, script = _content(kind)
    connect = "'self'" if kind == "live" else "'none'"
    images = "data: 'self'" if kind == "viewer" else "data:"
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; img-src {images}; "
        f"connect-src {connect}; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": html.escape(policy, quote=True),
        "title": html.escape(title.encode(errors="replace").decode()),
        "style": style,
        "data": json_for_script(data),
        "script": script,
    }
    head, *rest = _asset("page.html").split("{{")
    pieces = [head]
    for piece in rest:
        name, _, text = piece.partition("}}")
        pieces += [parts[name], text]
    return "".join(pieces)


def json_for_script(data: Any) -> str:
    r"""Return data as JSON that cannot end the script element it stands in, and is ASCII only.

    Numbers that JSON does not have, such as the kill/loss ratio of a side that lost nothing, become null.

    >>> json_for_script("</script> & \u2028")
    '"\\u003c/script\\u003e \\u0026 \\u2028"'
    """
    text = to_json(data)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def to_json(data: Any) -> str:
    """Return data as JSON on one line, ASCII only, with null for numbers that JSON does not have."""
    try:
        return json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_finite(data), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not isfinite(value) else value


@cache
def _content(kind: str) -> tuple[str, str]:
    """Return the style and the script of a kind of page; one function around all scripts keeps their names in."""
    styles, scripts = _PAGES[kind]
    body = "\n".join(_asset(name) for name in scripts)
    return "\n".join(_asset(name) for name in styles), f'"use strict";\n(() => {{\n{body}\n}})();\n'


@cache
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _source(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()
