import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("aiomqtt", reason="agents over MQTT need aiomqtt")

import llm_pysc2.transport
from llm_pysc2.chat import Chat, Completion, Message, Usage
from llm_pysc2.errors import UsageError
from llm_pysc2.transport import Misfit, Presence, Question, Reply, Turn, read_address
from llm_pysc2.transport.messages import (
    decode_presence,
    decode_question,
    decode_reply,
    decode_status,
    encode_notice,
    encode_status,
)

SCHEMAS = Path(llm_pysc2.transport.__file__).parent / "schemas"
PAST = (Message("user", "Time 0:00"), Message("assistant", "Hold."))
QUESTION = Question(
    Turn(1, 7), "Left Wing", 56, Chat((Message("system", "You."), *PAST, Message("user", "Now"))), 5.0, {"teams": []}
)
REPLY = Reply(Turn(1, 7), 7, Completion("", "m", Usage(3, 0, 0, 4, 0), stop_reason="stop"), "busy", "overloaded")


def test_questions_and_replies_come_back_as_they_were_sent() -> None:
    assert decode_question(QUESTION.encode().encode()) == QUESTION
    assert decode_reply(REPLY.encode().encode()) == REPLY
    presence = Presence("online", "c", "m", view=True)
    assert decode_presence(presence.encode().encode()) == presence
    assert decode_status(encode_status("open", ("A",)).encode()) == ("open", ("A",))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("observation", QUESTION.encode()),
        ("reply", REPLY.encode()),
        ("presence", Presence("lost", "c").encode()),
        ("status", encode_status("ended")),
        ("notice", encode_notice("old_turn", "why")),
    ],
)
def test_what_is_sent_is_what_the_schemas_describe(name: str, text: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    table = json.loads(text)
    kinds = {"string": str, "integer": int, "number": (int, float), "object": dict, "array": list, "boolean": bool}
    assert set(schema["required"]) <= set(table) <= set(schema["properties"])
    for key, value in table.items():
        rule = schema["properties"][key]
        assert isinstance(value, kinds[rule["type"]]) if "type" in rule else value in rule["enum"], key


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "expected a JSON object"),
        (b"[1]", "expected a JSON object, found"),
        (b"\xff", "expected a JSON object"),
        (b"{}", "turn: missing"),
        (b'{"turn": "1", "text": ""}', "turn: expected int, found '1'"),
        (b'{"turn": true, "text": ""}', "turn: expected int, found True"),
        (b'{"turn": -1, "text": ""}', "turn: expected a whole number from 0"),
        (b'{"turn": 1}', "text: missing"),
        (b'{"turn": 1, "text": null}', "text: expected str"),
        (b'{"turn": 1, "text": "", "usage": {"input_tokens": "x"}}', "input_tokens: expected int"),
        (b"[" * 100_000, "expected a JSON object"),
    ],
)
def test_what_does_not_fit_says_what_was_expected(payload: bytes, reason: str) -> None:
    with pytest.raises(Misfit, match=reason.replace("[", r"\[")):
        decode_reply(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["turn", "text", "usage", "history"]), inner),
)


@given(JSON | st.binary())
def test_no_payload_raises_anything_else(value: Any) -> None:
    payload = value if isinstance(value, bytes) else json.dumps(value).encode()
    for decode in (decode_question, decode_reply, decode_presence, decode_status):
        with suppress(Misfit):
            decode(payload)


def test_half_a_surrogate_pair_can_be_written_to_a_trace() -> None:
    assert decode_reply(b'{"turn": 1, "text": "\\ud800"}').completion.text.encode() == b"?"


def test_addresses() -> None:
    environment = {"LLM_PYSC2_MQTT_USER": "ann", "LLM_PYSC2_MQTT_PASSWORD": "secret"}
    address = read_address("mqtts://broker.example/demo", environment)
    assert (address.host, address.port, address.run, address.tls) == ("broker.example", 8883, "demo", True)
    assert (address.user, address.password) == ("ann", "secret")
    assert "secret" not in f"{address} {address!r}"
    assert str(read_address("mqtt://bob:hush@h:1/r", environment)) == "mqtt://h:1/r"
    assert address.agent_topic("a/b+#", "reply") == "llm-pysc2/demo/a%2Fb%2B%23/reply"


@pytest.mark.parametrize(
    "url", ["", "http://h/r", "mqtt://h", "mqtt://h/a/b", "mqtt://u:hush@h:x/r", "mqtt://u:hush@/r"]
)
def test_wrong_addresses_are_refused_without_showing_passwords(url: str) -> None:
    with pytest.raises(UsageError, match="expected mqtt://HOST") as caught:
        read_address(url, {})
    assert "hush" not in str(caught.value)
