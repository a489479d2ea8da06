"""Answers that are data mean what the same answers mean in text."""

import json

import pytest
from hypothesis import example as with_example
from hypothesis import given
from hypothesis import strategies as st

from llm_pysc2.agent import LanguageAgent
from llm_pysc2.chat import Completion, ToolCall
from llm_pysc2.dialogue.headings import Headings
from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.prompt import fill, system_text
from llm_pysc2.dialogue.scan import scan
from llm_pysc2.dialogue.schema import answer_schema, answer_tools
from llm_pysc2.dialogue.situation import Speaker
from llm_pysc2.dialogue.structured import items_to_json, parse_completion
from llm_pysc2.knowledge.units import load_units
from llm_pysc2.roster import Role, TeamRule
from tests.worlds import BOOK, enemy, example, situation, two_stalkers_three_zealots, unit, view

TYPES = {each.name: each for each in load_units().values()}
ME = Speaker("Commander", partners=("Scout",), channels=("army",), protocol="tools")
HERE = situation(two_stalkers_three_zealots(), speaker=ME)


def called(name="give_orders", arguments="{}", text=""):
    made = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return parse_completion(Completion(text, "m", calls=(ToolCall("1", name, made),)), HERE)


def orders(*given, **more):
    return called(arguments={"orders": list(given), **more})


@pytest.mark.parametrize("points", ["world", "screen"])
def test_the_worked_example_means_the_same_in_all_protocols(points):
    answer = fill(f"example_{points}", {}).split("\nYour answer:\n")[1]
    here = example(points)
    headings = Headings([team.name for team in here.teams])
    data = items_to_json(scan(answer, headings.find, lambda _: True).items, "so")
    expected = parse(answer, here)
    calls = (ToolCall("1", "give_orders", json.dumps({"orders": data["orders"]})),)
    assert parse_completion(Completion("", "m", calls=calls), here).commands == expected.commands
    structured = situation(here.view, speaker=Speaker("Commander", protocol="json"))
    assert parse_completion(Completion(json.dumps(data), "m"), structured).commands == expected.commands


@pytest.mark.parametrize("points", ["world", "screen"])
@pytest.mark.parametrize("protocol", ["tools", "json"])
def test_prompts_show_the_example_in_the_protocol_that_is_asked_for(points, protocol):
    speaker = Speaker("Boss", points=points, partners=("Scout",), protocol=protocol)
    text = system_text("commander", situation(view([]), speaker=speaker), ["Marine"])
    assert "<" not in text.split("# How you answer")[1].split("# Unit types")[0]
    answer = text.split("\nYour answer:\n")[1].split("\n# Unit types")[0].strip()
    data = json.loads(answer[answer.index("{") : answer.rindex("}") + 1])
    assert len(data["orders"]) == fill(f"example_{points}", {}).split("\nYour answer:\n")[1].count("<")


def test_orders_become_the_commands_of_the_same_text():
    reply = orders(
        {"team": "Zealot", "units": None, "action": "Attack_Unit", "target": "eZ1", "queued": None},
        {"team": "Stalker", "units": ["S1"], "action": "Move_To", "point": [4, 5.5], "queued": True},
    )
    text = "Team Zealot:\n<Attack_Unit(eZ1)>\nTeam Stalker:\n<Select_Unit_Move_To(S1, [4, 5.5], queued)>"
    assert reply.rejected == ()
    assert reply == parse(text, HERE)


def test_each_wrong_order_costs_itself_alone_and_says_why():
    reply = orders(
        {"team": "Zealot", "action": "Attack_Unit", "target": "eZ9"},
        {"team": "Nobody", "action": "Stop"},
        {"team": "Zealot", "action": "Attak_Unit", "target": "eZ1"},
        "Stop",
        7,
        {"team": "Zealot", "action": "Move_To", "point": [900, 1]},
        {"team": "Zealot", "action": "Attack_Unit", "target": "eZ1"},
    )
    assert len(reply.commands) == 1
    assert [line.cause for line in reply.rejected] == ["unit", "team", "action", "team", "action", "point"]
    assert "did you mean Attack_Unit" in reply.rejected[2].reason


def test_arguments_that_are_no_json_are_told():
    reply = called(arguments="{oops")
    assert [line.reason for line in reply.rejected] == ["the arguments of give_orders are no JSON object"]


def test_letters_keep_every_character():
    text = "<Stop()> ''' \"x\" ) > \n {0} ${x}"
    reply = called("send_message", {"to": "scout", "text": text})
    assert [(letter.receiver, letter.text) for letter in reply.letters] == [("Scout", text)]
    assert called("listen_to", {"channel": "Army"}).channels == ("army",)
    assert called("send_message", {"to": "Nobody", "text": "x"}).rejected[0].cause == "receiver"


def test_questions_and_notes_are_data_as_well():
    assert called("look_up", {"question": "Stalker vs Roach"}).lookups == ("Stalker vs Roach",)
    assert called("write_note", {"text": " two\nlines "}).notes == ("two\nlines",)
    assert called("write_note", {"text": ""}).notes == ("",)
    here = situation(HERE.view, speaker=Speaker("Commander", protocol="json"))
    answer = {"analysis": "x", "orders": [], "look_up": ["Zealot"], "notes": ["first", ""]}
    reply = parse_completion(Completion(json.dumps(answer), "m"), here)
    assert (reply.lookups, reply.notes, reply.rejected) == (("Zealot",), ("first", ""), ())


def test_a_model_that_calls_an_action_by_its_name_is_understood():
    reply = called("Attack_Unit", {"team": "Zealot", "target": "eZ1"})
    assert len(reply.commands) == 1


def test_text_is_understood_where_data_was_asked_for():
    for protocol in ("tools", "json"):
        here = situation(HERE.view, speaker=Speaker("Commander", protocol=protocol))
        reply = parse_completion(Completion("Team Zealot: <Attack_Unit(eZ1)>", "m"), here)
        assert len(reply.commands) == 1


def test_json_is_found_in_its_fence():
    here = situation(HERE.view, speaker=Speaker("Commander", protocol="json"))
    text = 'Here:\n```json\n{"analysis": "x", "orders": [{"team": "Zealot", "action": "Stop"}]}\n```'
    assert len(parse_completion(Completion(text, "m"), here).commands) == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["orders", "messages", "team", "units", "action", "target", "point", "queued", "to", "text"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
@with_example({"orders": [{"action": "Move_To", "team": "Zealot", "point": [float("nan"), float("inf")]}]})
def test_any_value_gives_a_reply(value):
    for name in ("give_orders", "send_message", "listen_to", "look_up", "write_note", "Stop"):
        reply = called(name, json.dumps(value))
        assert all(line.reason for line in reply.rejected)


@pytest.mark.parametrize("piece", ["[", "{", '{"a":', "9", '"', "\\u0000", "\ud800"])
def test_a_million_characters_are_no_trouble(piece):
    text = piece * (1_000_000 // len(piece))
    called(arguments=text)
    called(arguments='{"orders": ' + piece * 20_000 + "}")
    here = situation(HERE.view, speaker=Speaker("Commander", protocol="json"))
    parse_completion(Completion("{" + text + "}", "m"), here)


def walk(schema):
    yield schema
    for part in [*schema.get("properties", {}).values(), *schema.get("anyOf", []), schema.get("items", {})]:
        if part:
            yield from walk(part)


def test_schemas_keep_to_what_strict_output_allows():
    schemas = [json.loads(tool.schema) for tool in answer_tools(ME, ["Stalker", "Probe", "Nexus"], BOOK)]
    schemas.append(json.loads(answer_schema(ME, ["Stalker", "Probe", "Nexus"], BOOK)))
    assert len(schemas) == 6
    for part in (part for schema in schemas for part in walk(schema)):
        if part.get("type") == "object":
            assert part["required"] == list(part["properties"])
            assert part["additionalProperties"] is False


def test_every_listed_action_of_every_type_is_in_the_schema_with_its_argument():
    for points in ("world", "screen"):
        schema = json.loads(answer_schema(Speaker("A", points=points), TYPES, BOOK))
        by_name = {
            name: shape for shape in schema["properties"]["orders"]["items"]["anyOf"]
            for name in shape["properties"]["action"]["enum"]
        }  # fmt: skip
        listed = {action.name: action for name in TYPES for action in BOOK.actions_of(name, points)}
        assert set(by_name) == set(listed)
        for name, action in listed.items():
            takes = {
                "none": set(), "found": set(), "unit": {"target"}, "at_unit": {"target"}, "near": {"target"}
            }.get(action.argument, {"point"})  # fmt: skip
            assert set(by_name[name]["properties"]) - {"team", "units", "action", "queued"} == takes


def test_the_tools_change_only_when_a_team_meets_a_new_type():
    role = Role("A", "commander", (TeamRule("Marine", ("Marine", "Medivac")),), protocol="tools")
    agent = LanguageAgent(role)
    me = Speaker("A", protocol="tools")
    marine, foe = unit(1, "Marine", 5, 5), enemy(9, "Roach", 8, 8)
    first = agent.prompt(situation(view([marine]), speaker=me))
    second = agent.prompt(situation(view([marine, foe]), speaker=me))
    third = agent.prompt(situation(view([marine, unit(2, "Medivac", 6, 6)]), speaker=me))
    assert first.tools == second.tools != third.tools
    agent.remember(situation(view([marine]), speaker=me), "", (ToolCall("1", "give_orders", "{}"),))
    assert agent.prompt(situation(view([marine]), speaker=me)).messages[-2].calls[0].name == "give_orders"
