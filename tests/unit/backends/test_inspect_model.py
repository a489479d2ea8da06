"""Inspect's providers, against a real server. Inspect is installed apart."""

import json
from dataclasses import replace
from importlib.util import find_spec

import pytest

from llm_pysc2.backends import make_backend
from llm_pysc2.chat import Chat, Image, Message, Tool, ToolCall, Usage
from llm_pysc2.errors import ModelKeyError, ModelNameError, UsageError
from tests.unit.backends.conftest import KEY, Format, ask
from tests.wire.answers import Answer, busy, in_order, status
from tests.wire.server import WireServer

INSPECT = Format("inspect", model="openai/gpt-4o")
CHAT = Chat((Message("system", "You command."), Message("user", "S1", (Image(b"png", "the map"),))))
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"x": {"type": ["number", "null"]}},
        "required": ["x"],
        "additionalProperties": False,
    }
)
TOOLS = (Tool("give_orders", "Orders.", SCHEMA),)
CALLS = (("c1", "give_orders", '{"x": 1}'), ("c2", "give_orders", "{oops"))
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Inspect's own dependencies
needs_inspect = pytest.mark.skipif(find_spec("inspect_ai") is None, reason="inspect-ai is not installed")


class OpenAIThroughInspect(WireServer):
    """The server's address as Inspect's openai provider wants it."""

    @property
    def url(self) -> str:
        return self.openai_url if self.port else ""

    @property
    def openai_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@pytest.mark.skipif(find_spec("inspect_ai") is not None, reason="inspect-ai is installed")
def test_missing_extra_says_what_to_install() -> None:
    with pytest.raises(UsageError, match="pip install inspect-ai"):
        make_backend("inspect/google/gemini")


@needs_inspect
@pytest.mark.outsider
def test_answer_and_usage() -> None:
    with OpenAIThroughInspect(in_order(Answer(text="<Stop()>"))) as server:
        answer = ask(INSPECT, server, CHAT)
    assert (answer.text, answer.stop_reason) == ("<Stop()>", "stop")
    assert answer.usage == Usage(120, 100, 0, 30, 12)
    assert "the map" in str(server.seen[0].body)


@needs_inspect
@pytest.mark.outsider
@pytest.mark.parametrize(
    ("fault", "error"), [(status(401, f"bad {KEY}"), ModelKeyError), (status(404), ModelNameError)]
)
def test_hopeless_faults(fault: Answer, error: type[Exception]) -> None:
    with OpenAIThroughInspect(in_order(then=fault)) as server, pytest.raises(error) as caught:
        ask(INSPECT, server, CHAT)
    assert len(server.seen) == 1
    assert KEY not in str(caught.value)


@needs_inspect
@pytest.mark.outsider
def test_fault_that_passes() -> None:
    with OpenAIThroughInspect(in_order(Answer("not_json"))) as server:
        answer = ask(INSPECT, server, CHAT)
    assert (answer.text, answer.faults) == ("<Stop()>", ("answer",))


TOLD = Chat((Message("system", "You command."), Message("user", "S1")), TOOLS)


@needs_inspect
@pytest.mark.outsider
def test_tools_are_offered_called_and_told_of() -> None:
    past = Message("assistant", "So be it.", calls=(ToolCall("c0", "give_orders", '{"x": 0}'),))
    told = replace(TOLD, messages=(*TOLD.messages, past, Message("user", "S2")))
    with OpenAIThroughInspect(in_order(Answer(text="", calls=CALLS))) as server:
        answer = ask(INSPECT, server, told)
    body = server.seen[0].body
    assert (body["tools"][0]["function"]["name"], body["tool_choice"]) == ("give_orders", "required")
    assert body["tools"][0]["function"]["parameters"]["properties"]["x"]["type"] == ["number", "null"]
    roles = [message["role"] for message in body["messages"]]
    assert [role if role != "developer" else "system" for role in roles] == [
        "system", "user", "assistant", "tool", "user",
    ]  # fmt: skip
    assert (answer.stop_reason, answer.calls[0].name, answer.calls[0].as_object()) == ("tool", "give_orders", {"x": 1})
    assert answer.calls[1].as_object() == {}, "what cannot be read is an order that is rejected, not a fault"


@needs_inspect
@pytest.mark.outsider
def test_a_form_of_the_answer_is_asked_for() -> None:
    asked = Chat((Message("user", "now"),), answer_schema=SCHEMA)
    with OpenAIThroughInspect(in_order(Answer(text='{"x": 1}'))) as server:
        assert ask(INSPECT, server, asked).text == '{"x": 1}'
    told = server.seen[0].body["response_format"]["json_schema"]
    assert told["strict"] is True
    assert told["schema"]["properties"]["x"]["type"] == ["number", "null"]


@needs_inspect
@pytest.mark.outsider
def test_options_arrive() -> None:
    options = {"temperature": 0.25, "max_tokens": 77, "headers": {"x-team": "blue"}, "images": False}
    with OpenAIThroughInspect() as server:
        ask(INSPECT, server, CHAT, **options)
    body = server.seen[0].body
    assert (body["temperature"], body["max_tokens"], server.seen[0].headers["x-team"]) == (0.25, 77, "blue")
    assert "the map" in str(body)
    assert "base64" not in str(body)


@needs_inspect
@pytest.mark.outsider
@pytest.mark.parametrize("fault", [busy("0"), status(500), Answer("drop")], ids=lambda fault: fault.kind)
def test_a_passing_fault_costs_no_turn(fault: Answer) -> None:
    """Inspect's clients ask again by themselves, so that these faults are not counted here."""
    with OpenAIThroughInspect(in_order(fault)) as server:
        answer = ask(INSPECT, server, CHAT)
    assert (answer.text, len(server.seen)) == ("<Stop()>", 2)
