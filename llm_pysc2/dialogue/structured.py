"""Answers that are data: calls of tools, and one JSON object, read into the same items as answers in text.

Total and forgiving like the text: what cannot be read costs that order alone, and says why. The inverse writes the
items of a text as data, so that one worked example serves all protocols.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from llm_pysc2.chat import Completion, ToolCall
from llm_pysc2.dialogue.arguments import read_arguments
from llm_pysc2.dialogue.parse import Reply, parse, parse_items
from llm_pysc2.dialogue.scan import ITEM_LIMIT, LINE_LIMIT_CHARS, TEXT_LIMIT_CHARS, Item
from llm_pysc2.dialogue.schema import LISTEN, LOOKUP, MESSAGE, NOTE, ORDERS
from llm_pysc2.dialogue.situation import Situation

_SELECT = "Select_Unit_"
_NAME_LIMIT_CHARS = 80
_NESTED = (ORDERS, "orders", "messages")
"""Keys under which a call or an answer holds a list of what it says."""


def parse_completion(completion: Completion, situation: Situation) -> Reply:
    """Return what an answer means, in whichever form it came. Never raises.

    A model that is to call tools or to write JSON, and writes actions in text instead, is understood all the same.
    """
    if completion.calls:
        return _parse_items([item for call in completion.calls for item in _items_of_call(call)], situation)
    if situation.speaker.protocol != "text":
        items = read_json_answer(completion.text)
        if items is not None:
            return _parse_items(items, situation)
    return parse(completion.text, situation)


def read_json_answer(text: str) -> list[Item] | None:
    """Return the items of an answer that is one JSON object, or None if it is none."""
    start, end = text.find("{"), text.rfind("}")
    answer = _load(text[start : end + 1]) if 0 <= start < end else None
    return list(_items(answer)) if isinstance(answer, dict) else None


def items_to_json(items: Iterable[Item], analysis: str) -> dict[str, Any]:
    """Return actions as they are written in text as the object that a structured answer has."""
    return {"analysis": analysis, "orders": [_order(item) for item in items if item.kind == "action"]}


def _order(item: Item) -> dict[str, Any]:
    arguments = read_arguments(item.body)
    order: dict[str, Any] = {"team": item.heading, "units": None, "action": item.name, "queued": arguments.queued}
    names = list(arguments.names)
    if item.name.startswith(_SELECT):
        keep = len(names) if arguments.points else -1
        order |= {"action": item.name.removeprefix(_SELECT), "units": names[:keep]}
        names = names[keep:] if keep < 0 else []
    if names:
        order["target"] = names[-1]
    if arguments.points:
        order["point"] = list(arguments.points[0])
    return order


def _parse_items(items: Sequence[Item], situation: Situation) -> Reply:
    return parse_items(items[:ITEM_LIMIT], situation, is_cut=len(items) > ITEM_LIMIT)


def _items_of_call(call: ToolCall) -> Iterator[Item]:
    arguments = _load(call.arguments)
    if not isinstance(arguments, dict):
        line = f"{call.name}({call.arguments})"
        yield Item("unreadable", 0, "", line[:LINE_LIMIT_CHARS], call.name[:_NAME_LIMIT_CHARS], "")
    elif call.name == MESSAGE:
        yield _message(arguments)
    elif call.name == LISTEN:
        yield Item("listen", 0, "", call.name, "", _text(arguments.get("channel")))
    elif call.name == LOOKUP:
        yield Item("lookup", 0, "", call.name, "", _text(arguments.get("question")))
    elif call.name == NOTE:
        yield Item("note", 0, "", call.name, "", _long_text(arguments.get("text")))
    elif call.name == ORDERS or any(key in arguments for key in _NESTED):
        yield from _items(arguments)
    else:
        # A model that takes the name of an action for that of a tool.
        yield _action({"action": call.name, **arguments})


def _items(answer: dict[str, Any]) -> Iterator[Item]:
    """Yield what an object says: its orders, messages, channels, questions and notes."""
    for order in _list(answer.get("orders", answer.get("actions"))):
        yield _action(order) if isinstance(order, dict) else _action({"action": order})
    for message in _list(answer.get("messages")):
        yield _message(message if isinstance(message, dict) else {"text": message})
    for channel in _list(answer.get(LISTEN)):
        yield Item("listen", 0, "", LISTEN, "", _text(channel))
    for question in _list(answer.get(LOOKUP)):
        yield Item("lookup", 0, "", LOOKUP, "", _text(question))
    for note in _list(answer.get("notes")):
        yield Item("note", 0, "", NOTE, "", _long_text(note))


def _action(order: dict[str, Any]) -> Item:
    """Return an order as the action that it would be in text."""
    name = _text(order.get("action", order.get("name")))[:_NAME_LIMIT_CHARS]
    units = [_text(unit) for unit in _list(order.get("units"))]
    selects = bool(units) and not name.lower().startswith("select_")
    parts = [*units, *(_text(order[key]) for key in ("target", "tag") if order.get(key) is not None)]
    parts += [_point(order[key]) for key in ("point", "screen", "minimap") if order.get(key) is not None]
    parts += ["queued" if order["queued"] else "now"] if isinstance(order.get("queued"), bool) else []
    body = ", ".join(part for part in parts if part)[:TEXT_LIMIT_CHARS]
    line = f"{_SELECT if selects else ''}{name}({body})"
    return Item("action", 0, _text(order.get("team")), line[:LINE_LIMIT_CHARS], line[: line.index("(")], f"({body})")


def _message(message: dict[str, Any]) -> Item:
    receiver = _text(message.get("to", message.get("receiver")))[:_NAME_LIMIT_CHARS]
    line = f"{MESSAGE}({receiver}, ...)"
    return Item("message", 0, "", line, receiver, _long_text(message.get("text")))


def _point(value: Any) -> str:
    if isinstance(value, dict):
        value = [value.get("x"), value.get("y")]
    return f"[{', '.join(map(_text, value))}]" if isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    """Return a value as it would stand in a line of text."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return " ".join(str(value).split())[:LINE_LIMIT_CHARS]


def _long_text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _load(text: str) -> Any:
    """Return the value of a JSON text, or None if it is none, or too long or too deep to be meant."""
    if len(text) > TEXT_LIMIT_CHARS:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
