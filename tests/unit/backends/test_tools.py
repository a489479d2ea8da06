"""Tools and structured output on the wire, in every format: offered, called, and told of later."""

import json

from llm_pysc2.chat import CALL_RESULT, Chat, Message, Tool, ToolCall
from tests.unit.backends.conftest import Format, ask
from tests.wire.answers import Answer, in_order
from tests.wire.server import WireServer

SCHEMA = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"], "additionalProperties": False}
TOOL = Tool("give_orders", "Orders.", json.dumps(SCHEMA))
CALLS = (("c1", "give_orders", '{"x": 1}'), ("c2", "listen_to", '{"channel": "army"}'))
MADE = tuple(ToolCall(*call) for call in CALLS)


def chat(*more: Message) -> Chat:
    return Chat((Message("system", "You command."), Message("user", "first"), *more), (TOOL,))


def test_calls_are_read(form: Format) -> None:
    with WireServer(in_order(Answer(text="So be it.", calls=CALLS))) as server:
        answer = ask(form, server, chat())
    assert [(call.id, call.name, json.loads(call.arguments)) for call in answer.calls] == [
        (number, name, json.loads(arguments)) for number, name, arguments in CALLS
    ]
    assert (answer.text, answer.stop_reason) == ("So be it.", "tool")


def test_a_tool_is_offered_and_one_must_be_called(whole_form: Format) -> None:
    with WireServer(in_order(Answer(calls=CALLS))) as server:
        ask(whole_form, server, chat())
    body = server.seen[0].body
    offered = body["tools"][0].get("function", body["tools"][0])
    assert (offered["name"], offered["description"]) == ("give_orders", "Orders.")
    assert offered.get("parameters", offered.get("input_schema")) == SCHEMA
    assert body["tool_choice"] in ("required", {"type": "any"})


def test_nothing_is_said_of_tools_where_there_are_none(whole_form: Format) -> None:
    with WireServer(in_order()) as server:
        ask(whole_form, server)
    assert not {"tools", "tool_choice", "response_format", "text", "output_config"} & set(server.seen[0].body)


def test_past_calls_and_their_results_are_told(whole_form: Format) -> None:
    past = Message("assistant", "So be it.", calls=MADE)
    with WireServer(in_order(Answer(calls=CALLS))) as server:
        ask(whole_form, server, chat(past, Message("user", "second")))
    told = json.dumps(server.seen[0].body)
    assert told.count(CALL_RESULT) == 2
    places = [told.index(part) for part in ("first", "So be it.", "listen_to", CALL_RESULT, "second")]
    assert places == sorted(places)
    ids = json.dumps(server.seen[0].body).count('"c1"')
    assert ids == 2


def test_a_form_of_the_answer_is_asked_for(whole_form: Format) -> None:
    asked = Chat((Message("user", "now"),), answer_schema=json.dumps(SCHEMA))
    with WireServer(in_order(Answer(text='{"x": 1}'))) as server:
        answer = ask(whole_form, server, asked)
    assert answer.text == '{"x": 1}'
    body = server.seen[0].body
    place = body.get("response_format", {}).get("json_schema") or body.get("text", body.get("output_config"))["format"]
    assert place["schema"] == SCHEMA


def test_past_calls_with_arguments_that_are_no_json_can_still_be_sent(whole_form: Format) -> None:
    past = Message("assistant", "", calls=(ToolCall("c1", "give_orders", "{oops"),))
    with WireServer(in_order(Answer(calls=CALLS))) as server:
        answer = ask(whole_form, server, chat(past, Message("user", "second")))
    assert len(answer.calls) == 2
