"""Each option of a model as it arrives at a real server, in every format, whole and streamed."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from llm_pysc2.backends import anthropic_messages, openai_chat, openai_responses
from llm_pysc2.backends.options import read_options
from llm_pysc2.chat import Chat, Image, Message, Tool
from llm_pysc2.errors import ModelNameError, ModelRequestError, ModelServiceError
from tests.unit.backends.conftest import Format, ask
from tests.wire.answers import Answer, Seen, in_order, status
from tests.wire.server import WireServer

CHAT = Chat(
    (
        Message("system", "You command."),
        Message("user", "First."),
        Message("assistant", "<Stop()>"),
        Message("user", "Second.", (Image(b"\x89PNG", "the minimap"), Image(b"\x89PNG2", "the screen"))),
    )
)
NEWEST_ANTHROPIC = anthropic_messages._SAMPLING_VERSION


def told(form: Format, seen: Seen) -> dict[str, Any]:
    """What a request says of each option, whatever the format calls it; None where it says nothing."""
    body: Mapping[str, Any] = seen.body
    text = json.dumps(body)
    return {
        "temperature": body.get("temperature"),
        "max_tokens": body.get("max_tokens", body.get("max_output_tokens")),
        "effort": _first(body, ("reasoning_effort",), ("reasoning", "effort"), ("output_config", "effort")),
        "pictures": text.count('"image_url": {') + text.count('"input_image"') + text.count('"image"'),
        "captions": text.count("the minimap") + text.count("the screen"),
        "cache_marks": text.count("cache_control"),
        "header": seen.headers.get("x-team"),
        "stream": body.get("stream"),
        "sampling_version": form.provider == "anthropic" and seen.headers["anthropic-version"] == NEWEST_ANTHROPIC,
    }


def _first(body: Mapping[str, Any], *paths: tuple[str, ...]) -> Any:
    for path in paths:
        value: Any = body
        for key in path:
            value = (value or {}).get(key)
        if value is not None:
            return value
    return None


def sent(form: Format, **options: Any) -> dict[str, Any]:
    with WireServer() as server:
        assert ask(form, server, CHAT, **options).text == "<Stop()>"
    return told(form, server.seen[0])


@pytest.fixture
def plain(form: Format) -> dict[str, Any]:
    """What is sent where no option is set."""
    is_anthropic = form.provider == "anthropic"
    return {
        "temperature": None,
        "max_tokens": anthropic_messages.DEFAULT_MAX_TOKENS if is_anthropic else None,
        "effort": None,
        "pictures": 2,
        "captions": 2,
        "cache_marks": 2 if is_anthropic else 0,
        "header": None,
        "stream": form.stream or None,
        "sampling_version": False,
    }


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ({}, {}),
        ({"temperature": 0.25}, {"temperature": 0.25}),
        ({"max_tokens": 321}, {"max_tokens": 321}),
        ({"effort": "high"}, {"effort": "high"}),
        ({"images": False}, {"pictures": 0}),
        ({"cache": False}, {"cache_marks": 0}),
        ({"headers": {"x-team": "blue"}}, {"header": "blue"}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_an_option_arrives_and_changes_nothing_else(
    form: Format, plain: dict[str, Any], options: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert all(getattr(read_options(options), name) == value for name, value in options.items()), "as in a preset"
    expected = plain | changed
    if form.provider == "anthropic" and "temperature" in options:
        expected["sampling_version"] = True
    assert sent(form, **options) == expected


def test_an_attempt_ends_after_its_time(form: Format) -> None:
    with WireServer(in_order(Answer("slow"))) as server:
        answer = ask(form, server, timeout_seconds=0.3)
    assert (answer.text, set(answer.faults)) == ("<Stop()>", {"timeout"})
    assert len(server.seen) == answer.retries + 1, "a busy machine may be late once more"


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("stream", [False, True])
def test_what_only_openai_itself_is_sent(api: str, stream: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that compatible servers do not know go to OpenAI's own address alone."""
    form = Format("openai", api, stream)
    offered = Chat(CHAT.messages, (Tool("give_orders", "Orders.", '{"type": "object", "properties": {}}'),))
    with WireServer() as server:
        ask(form, server, offered, max_tokens=9)
        for module in (openai_chat, openai_responses):
            monkeypatch.setattr(module, "OPENAI_URL", server.openai_url)
        ask(form, server, offered, max_tokens=9)
        ask(form, server, offered, max_tokens=9, cache=False)
    elsewhere, own, uncached = (dict(seen.body) for seen in server.seen)
    assert "prompt_cache_key" not in elsewhere
    assert own.pop("prompt_cache_key").startswith("llm-pysc2-")
    assert own == uncached
    if api == "chat":
        assert (elsewhere["max_tokens"], own["max_completion_tokens"]) == (9, 9)
        assert "max_tokens" not in own
    strict = [body["tools"][0].get("function", body["tools"][0]).get("strict", False) for body in (elsewhere, own)]
    assert strict == [False, True]


REFUSED = [
    (status(400, "image_url is only supported by certain models"), ModelRequestError, "images = false in a preset"),
    (status(404, "No endpoints found that support image input"), ModelNameError, "images = false in a preset"),
    (status(400, "this model does not support tools"), ModelRequestError, "--protocol text"),
    (status(422, "json_schema is not available " + "here " * 60), ModelRequestError, "--protocol text"),
]


@pytest.mark.parametrize(("refusal", "error", "advice"), REFUSED, ids=["image", "endpoint", "tools", "schema"])
def test_what_a_model_cannot_take_is_said_with_what_helps(
    form: Format, refusal: Answer, error: type[ModelServiceError], advice: str
) -> None:
    with WireServer(in_order(then=refusal)) as server, pytest.raises(error) as caught:
        ask(form, server, CHAT)
    assert advice in str(caught.value)
    assert str(refusal.status) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(server.seen) == 1
