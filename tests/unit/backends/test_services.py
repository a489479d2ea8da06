"""Every format against a real server: what is sent, what is read, and what is asked again."""

import base64
import re

import pytest

from llm_pysc2.chat import Chat, Image, Message, Usage
from llm_pysc2.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelKeyError,
    ModelNameError,
    ModelRequestError,
    ModelServiceError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from tests.unit.backends.conftest import CHAT, FORMATS, KEY, Format, QuickClock, ask
from tests.wire import formats
from tests.wire.answers import Answer, busy, in_order, status
from tests.wire.server import WireServer


def test_answer_with_usage(form: Format) -> None:
    with WireServer(in_order(Answer(text="<Attack_Unit(eZ1)> é"))) as server:
        answer = ask(form, server)
    assert (answer.text, answer.model, answer.stop_reason) == ("<Attack_Unit(eZ1)> é", "model-1", "stop")
    written = 0 if (form.provider, form.api) == ("openai", "chat") else formats.WRITTEN_TOKENS
    assert answer.usage == Usage(120, 100, written, 30, 12)
    assert (answer.retries, answer.faults) == (0, ())
    assert answer.latency_seconds > 0
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("stop", ["length", "refusal", "context"])
def test_stop_reasons(form: Format, stop: str) -> None:
    with WireServer(in_order(Answer(text="half an ans", stop=stop))) as server:
        answer = ask(form, server)
    expected = "length" if stop == "context" and form.provider == "openai" else stop
    assert (answer.text, answer.stop_reason) == ("half an ans", expected)
    assert answer.usage.output_tokens == 30


def test_empty_answer_is_said_to_be_empty(form: Format) -> None:
    with WireServer(in_order(Answer(text=""))) as server:
        answer = ask(form, server)
    assert (answer.text, answer.stop_reason, len(server.seen)) == ("", "empty", 1)


RETRIED = [
    (busy(), "busy"),
    (busy("3"), "busy"),
    (status(500), "busy"),
    (status(503), "busy"),
    (status(529), "busy"),
    (status(408), "timeout"),
    (status(504), "timeout"),
    (Answer("drop"), "unreachable"),
    (Answer("drop_in_body"), "unreachable"),
    (Answer("not_json"), "answer"),
    (Answer("wrong_form"), "answer"),
    (Answer("error_in_stream"), "busy"),
]


@pytest.mark.parametrize(("fault", "kind"), RETRIED, ids=lambda value: getattr(value, "kind", value))
def test_passing_fault_costs_one_retry(form: Format, fault: Answer, kind: str) -> None:
    with WireServer(in_order(fault)) as server:
        answer = ask(form, server)
    assert (answer.text, answer.retries, answer.faults) == ("<Stop()>", 1, (kind,))
    assert len(server.seen) == 2


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_slow_answer_is_asked_again(fault: str) -> None:
    for form in FORMATS[1::3] if fault == "drip" else FORMATS[0::2]:
        with WireServer(in_order(Answer(fault))) as server:
            answer = ask(form, server, timeout_seconds=0.3)
        assert (answer.text, answer.faults, len(server.seen)) == ("<Stop()>", ("timeout",), 2)


def test_stream_that_breaks_off_is_asked_again() -> None:
    for form in (f for f in FORMATS if f.stream):
        with WireServer(in_order(Answer("broken_off"))) as server:
            answer = ask(form, server)
        assert (answer.text, answer.faults, len(server.seen)) == ("<Stop()>", ("answer",), 2)


@pytest.mark.parametrize("fault", ["drop", "drop_in_body", "slow", "drip", "not_json"])
def test_transport_for_many_calls_tells_the_same_faults(whole_form: Format, fault: str) -> None:
    kinds = {"drop": "unreachable", "drop_in_body": "unreachable", "not_json": "answer"}
    seconds = 0.3 if fault in {"slow", "drip"} else 20.0
    with WireServer(in_order(Answer(fault))) as server:
        answer = ask(whole_form, server, max_in_flight=51, timeout_seconds=seconds)
    assert (answer.text, answer.faults) == ("<Stop()>", (kinds.get(fault, "timeout"),))


FINAL = [
    (status(400), ModelRequestError),
    (status(413), ModelRequestError),
    (status(404), ModelNameError),
    (status(402), ModelKeyError),
    (status(403), ModelKeyError),
    (status(429, "insufficient_quota: you have exceeded"), ModelKeyError),
    (status(400, "Your credit balance is too low"), ModelKeyError),
]


@pytest.mark.parametrize(("fault", "error"), FINAL, ids=lambda value: str(getattr(value, "status", "")))
def test_hopeless_fault_is_not_asked_again(form: Format, fault: Answer, error: type[ModelServiceError]) -> None:
    with WireServer(in_order(then=fault)) as server, pytest.raises(error) as caught:
        ask(form, server)
    assert len(server.seen) == 1
    assert str(fault.status) in str(caught.value)
    assert caught.value.faults == (error.kind,)
    assert caught.value.stops_run == (error in {ModelKeyError, ModelNameError})


def test_wrong_key_stops_at_once_and_is_not_shown(form: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECIAL_KEY", "wrong-9183")
    with WireServer(keys=frozenset({KEY})) as server, pytest.raises(ModelKeyError, match="SPECIAL_KEY") as caught:
        ask(form, server, key_env="SPECIAL_KEY")
    assert len(server.seen) == 1
    assert server.seen[0].headers["authorization"] == "Bearer wrong-9183"
    assert "9183" not in str(caught.value)


def test_server_that_wants_a_key_names_the_variable(whole_form: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = f"{whole_form.provider.upper()}_API_KEY"
    monkeypatch.delenv(variable)
    with WireServer(keys=frozenset({KEY})) as server, pytest.raises(ModelKeyError, match=f"set {variable}"):
        ask(whole_form, server)


EXHAUSTING = [
    (busy(), ModelBusyError),
    (status(529), ModelBusyError),
    (Answer("drop"), ModelUnreachableError),
    (Answer("not_json"), ModelAnswerError),
    (Answer("slow"), ModelTimeoutError),
]


@pytest.mark.parametrize(("fault", "error"), EXHAUSTING, ids=lambda value: getattr(value, "kind", None))
def test_attempts_are_bounded(whole_form: Format, fault: Answer, error: type[ModelServiceError]) -> None:
    seconds = 0.2 if fault.kind == "slow" else 20.0
    with WireServer(in_order(then=fault)) as server, pytest.raises(error, match="gave up after 3 attempts") as caught:
        ask(whole_form, server, max_attempts=3, timeout_seconds=seconds)
    assert len(server.seen) == 3
    assert caught.value.faults == (error.kind,) * 3
    assert "\n" not in str(caught.value)


def test_no_server_at_all(whole_form: Format) -> None:
    with WireServer() as server:
        pass
    with pytest.raises(ModelUnreachableError, match=re.escape(f"127.0.0.1:{server.port}")):
        ask(whole_form, server, max_attempts=2)


def test_retry_after_is_honoured(whole_form: Format) -> None:
    clock = QuickClock()
    with WireServer(in_order(busy("7"))) as server:
        answer = ask(whole_form, server, clock=clock)
    assert 7.0 <= clock.waits[0] <= 8.0
    assert 7.0 <= answer.latency_seconds < 30.0


def test_waits_grow_and_have_jitter(whole_form: Format) -> None:
    clock = QuickClock()
    with WireServer(in_order(*[busy()] * 5)) as server:
        ask(whole_form, server, clock=clock)
    for number, wait in enumerate(clock.waits):
        assert 0.25 * 2**number <= wait <= 0.5 * 2**number
    assert len({wait / 2**number for number, wait in enumerate(clock.waits)}) == 5


def test_no_retry_beyond_the_deadline(whole_form: Format) -> None:
    clock = QuickClock()
    with WireServer(in_order(then=busy("100"))) as server, pytest.raises(ModelBusyError, match="within 60 s"):
        ask(whole_form, server, clock=clock, deadline_seconds=60.0)
    assert (len(server.seen), clock.waits) == (1, [])


PNG = b"\x89PNG-not-really"
SEEING = Chat(
    (
        Message("system", "You command."),
        Message("user", "First."),
        Message("assistant", "<Stop()>"),
        Message("user", "Second.", (Image(PNG, "the minimap"),)),
    )
)


def test_openai_chat_request() -> None:
    with WireServer() as server:
        ask(FORMATS[0], server, SEEING, temperature=0.5, max_tokens=77, effort="low", headers={"x-tenant": "blue-42"})
    body, headers = server.seen[0].body, server.seen[0].headers
    assert headers["x-tenant"] == "blue-42"
    assert (body["temperature"], body["max_tokens"], body["reasoning_effort"]) == (0.5, 77, "low")
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    url = "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert body["messages"][3]["content"] == [
        {"type": "text", "text": "Second."},
        {"type": "text", "text": "the minimap"},
        {"type": "image_url", "image_url": {"url": url}},
    ]


def test_openai_responses_request() -> None:
    with WireServer() as server:
        ask(FORMATS[2], server, SEEING, max_tokens=77, effort="low")
    body = server.seen[0].body
    assert (body["max_output_tokens"], body["reasoning"], body["store"]) == (77, {"effort": "low"}, False)
    assert [part["type"] for part in body["input"][3]["content"]] == ["input_text", "input_text", "input_image"]
    assert body["input"][2] == {"role": "assistant", "content": "<Stop()>"}


def test_anthropic_request_with_cache_marks() -> None:
    with WireServer() as server:
        ask(FORMATS[4], server, SEEING, max_tokens=77, effort="high")
    body, headers = server.seen[0].body, server.seen[0].headers
    mark = {"cache_control": {"type": "ephemeral"}}
    assert body["system"] == [{"type": "text", "text": "You command."} | mark]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][1]["content"] == [{"type": "text", "text": "<Stop()>"} | mark]
    assert [block["type"] for block in body["messages"][2]["content"]] == ["text", "image", "text"]
    assert (body["max_tokens"], body["output_config"]) == (77, {"effort": "high"})
    assert "temperature" not in body
    assert headers["anthropic-version"] != "2023-06-01"


def test_anthropic_temperature_needs_the_older_version() -> None:
    with WireServer() as server:
        ask(FORMATS[4], server, temperature=0.0, cache=False)
    body, headers = server.seen[0].body, server.seen[0].headers
    assert (body["temperature"], headers["anthropic-version"]) == (0.0, "2023-06-01")
    assert "cache_control" not in str(body)


def test_model_that_cannot_see_reads_the_captions(form: Format) -> None:
    with WireServer() as server:
        ask(form, server, SEEING, images=False)
    assert "the minimap" in str(server.seen[0].body)
    assert "base64" not in str(server.seen[0].body)


def test_options_left_alone_are_not_sent(form: Format) -> None:
    with WireServer() as server:
        ask(form, server)
    sent = set(server.seen[0].body) - {"stream", "stream_options", "store"}
    assert sent <= {"model", "messages", "input", "max_tokens", "system"}


def test_empty_texts_are_not_sent_to_anthropic() -> None:
    with WireServer() as server:
        ask(FORMATS[4], server, Chat((Message("system", ""), Message("user", " "), Message("user", ""))))
    body = server.seen[0].body
    assert "system" not in body
    assert len(body["messages"]) == 1
    assert all(block["text"].strip() for block in body["messages"][0]["content"])


def test_endless_answer_is_cut() -> None:
    with WireServer(in_order(Answer(text="x" * 250_000))) as server:
        answer = ask(FORMATS[0], server, CHAT)
    assert (len(answer.text), answer.stop_reason) == (200_000, "length")
