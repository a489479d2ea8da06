"""The action table as JSON schemas: the tools that a model may call, and the form of a structured answer.

One order is the same object in both. Schemas keep to what strict structured output allows: every property is required,
and what may be left out may be null.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from llm_pysc2.chat import Tool
from llm_pysc2.dialogue.grammar import GROUP_ARGUMENTS, POINT_FRAMES, Action, ActionBook, Argument
from llm_pysc2.dialogue.situation import Speaker

ORDERS, MESSAGE, LISTEN, NOTE, LOOKUP = "give_orders", "send_message", "listen_to", "write_note", "look_up"
_TEXT = {"type": "string"}
_SHAPES: tuple[tuple[tuple[Argument, ...], str, Any], ...] = (
    (("none", "found", *GROUP_ARGUMENTS), "", None),
    (("unit", "at_unit", "near"), "target", {"type": "string", "description": "short id of a unit"}),
    (POINT_FRAMES, "point", {"type": "array", "items": {"type": "number"}, "description": "[x, y]"}),
)
"""Which argument a kind of action takes beside the units: its key and its schema."""


def answer_tools(speaker: Speaker, type_names: Iterable[str], book: ActionBook) -> tuple[Tool, ...]:
    """Return the tools of an agent that leads units of these types."""
    orders = _orders(_actions(speaker, type_names, book))
    tools = [Tool(ORDERS, "Orders for your teams, in the order in which they are to be carried out.", _dump(orders))]
    if speaker.receivers:
        told = "A letter to another agent or to a channel; it is read next turn."
        tools.append(Tool(MESSAGE, told, _dump(_message(speaker))))
    if speaker.channels:
        tools.append(Tool(LISTEN, "Hear a channel from now on.", _dump(_object({"channel": _channel(speaker)}))))
    if speaker.lookups:
        told = "Ask the knowledge base for a name, A vs B, or a question; what is known is shown next turn."
        tools.append(Tool(LOOKUP, told, _dump(_object({"question": _TEXT}))))
    told = "Write into your notebook, which is shown every turn; an empty text wipes it."
    return (*tools, Tool(NOTE, told, _dump(_object({"text": _TEXT}))))


def answer_schema(speaker: Speaker, type_names: Iterable[str], book: ActionBook) -> str:
    """Return the JSON schema of a whole answer as one object."""
    parts: dict[str, Any] = {"analysis": {**_TEXT, "description": "a sentence or two"}}
    parts |= _orders(_actions(speaker, type_names, book))["properties"]
    if speaker.receivers:
        parts["messages"] = {"type": "array", "items": _message(speaker)}
    if speaker.channels:
        parts[LISTEN] = {"type": "array", "items": _channel(speaker)}
    if speaker.lookups:
        parts[LOOKUP] = {"type": "array", "items": _TEXT}
    parts["notes"] = {"type": "array", "items": _TEXT}
    return _dump(_object(parts))


def _actions(speaker: Speaker, type_names: Iterable[str], book: ActionBook) -> tuple[Action, ...]:
    found = {action.name: action for name in type_names for action in book.actions_of(name, speaker.points)}
    if speaker.sees_resources:
        found |= {action.name: action for action in book.group_actions}
    return tuple(action for action in found.values() if speaker.may_give(action))


def _orders(actions: Sequence[Action]) -> dict[str, Any]:
    shapes = []
    for arguments, key, schema in _SHAPES:
        names = [action.name for action in actions if action.argument in arguments]
        if names:
            shapes.append(_order(names, {key: schema} if key else {}))
    return _object({"orders": {"type": "array", "items": {"anyOf": shapes}}})


def _order(names: list[str], argument: dict[str, Any]) -> dict[str, Any]:
    return _object(
        {
            "team": {**_TEXT, "description": "name of one of your teams"},
            "units": {
                "type": ["array", "null"],
                "items": _TEXT,
                "description": "short ids of the only units of the team that do it; null = all of it",
            },
            "action": {**_TEXT, "enum": names},
            **argument,
            "queued": {"type": ["boolean", "null"], "description": "true = after what they are doing now"},
        }
    )


def _message(speaker: Speaker) -> dict[str, Any]:
    return _object({"to": {**_TEXT, "enum": [*speaker.receivers]}, "text": _TEXT})


def _channel(speaker: Speaker) -> dict[str, Any]:
    return {**_TEXT, "enum": list(speaker.channels)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _dump(schema: dict[str, Any]) -> str:
    return json.dumps(schema, separators=(",", ":"))
