"""The messages between a run and its remote agents: values to JSON and back, each with its file in `schemas/`.

What arrives is never trusted: a payload that does not fit its schema raises Misfit, which says what was expected.
Fields that are not known are passed over, so that either side may be newer.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

from llm_pysc2.chat import Chat, Completion, Message, Usage

PAYLOAD_LIMIT_BYTES = 4_000_000
TEXT_LIMIT_CHARS = 1_000_000


class Misfit(Exception):  # noqa: N818 - not a fault of ours: it is counted, and never leaves the package
    """A payload that does not fit its schema."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which turn of which episode of a run."""

    episode: int
    """From 0 in a run, counted for each agent; an episode that is begun again has a new number."""
    turn: int


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent is shown in one turn (topic `observation`)."""

    when: Turn
    agent: str
    game_loop: int
    chat: Chat
    """The part of the prompt that stays, the past turns, and the observation."""
    deadline_seconds: float
    """How long the run waits for the reply."""
    view: dict[str, Any] | None = None
    """The observation as data, for agents that asked for it."""

    def encode(self) -> str:
        """Return the message as JSON."""
        messages = self.chat.messages
        table = {
            "episode": self.when.episode,
            "turn": self.when.turn,
            "agent": self.agent,
            "game_loop": self.game_loop,
            "deadline_seconds": round(self.deadline_seconds, 3),
            "text": self.chat.last_text,
            "system": "\n".join(message.text for message in messages if message.role == "system"),
            "history": [{"role": m.role, "text": m.text} for m in messages[:-1] if m.role != "system"],
        }
        if self.view is not None:
            table["view"] = self.view
        return json.dumps(table, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent answers (topic `reply`)."""

    when: Turn | None
    """None where only the turn was named; see `turn`."""
    turn: int
    completion: Completion
    failure: str = ""
    """Kind of the fault, where the agent has none to give; `reason` says more."""
    reason: str = ""

    def encode(self) -> str:
        """Return the message as JSON."""
        completion = self.completion
        table: dict[str, Any] = {"turn": self.turn, "text": completion.text, "model": completion.model}
        if self.when is not None:
            table["episode"] = self.when.episode
        usage = {name: getattr(completion.usage, name) for name in Usage.__dataclass_fields__}
        if any(usage.values()):
            table["usage"] = usage
        for key, value in (("stop_reason", completion.stop_reason), ("failure", self.failure), ("reason", self.reason)):
            if value:
                table[key] = value
        return json.dumps(table, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether an agent is there (topic `presence`, retained)."""

    state: Literal["online", "offline", "lost"]
    """"offline": it left; "lost": its last will, published by the broker."""
    client: str
    """Different for every connection, so that an old last will does not send away who came back."""
    model: str = ""
    view: bool = False
    """Whether it wants the observation as data, too."""

    def encode(self) -> str:
        """Return the message as JSON."""
        return json.dumps({"state": self.state, "client": self.client, "model": self.model, "view": self.view})


def decode_question(payload: bytes) -> Question:
    """Return the observation in a payload. Raises Misfit."""
    table = _object(payload)
    history = _field(table, "history", list, [])
    past = [_past_message(entry) for entry in history]
    system = _text(table, "system", "")
    first = (Message("system", system),) if system else ()
    view = table.get("view")
    return Question(
        when=Turn(_count(table, "episode", 0), _count(table, "turn")),
        agent=_text(table, "agent", ""),
        game_loop=_count(table, "game_loop", 0),
        chat=Chat((*first, *past, Message("user", _text(table, "text")))),
        deadline_seconds=float(_field(table, "deadline_seconds", (int, float), 0.0)),
        view=None if view is None else _field(table, "view", dict),
    )


def _past_message(entry: Any) -> Message:
    if not isinstance(entry, dict) or entry.get("role") not in ("user", "assistant"):
        raise Misfit(f'history: expected objects with role "user" or "assistant", found {_short(entry)}')
    return Message(entry["role"], _text(entry, "text"))


def decode_reply(payload: bytes) -> Reply:
    """Return the reply in a payload. Raises Misfit."""
    table = _object(payload)
    turn = _count(table, "turn")
    counts = _field(table, "usage", dict, {})
    usage = Usage(**{name: _count(counts, name, 0) for name in Usage.__dataclass_fields__})
    completion = Completion(
        text=_text(table, "text"),
        model=_text(table, "model", ""),
        usage=usage,
        stop_reason=_text(table, "stop_reason", ""),
    )
    when = Turn(_count(table, "episode"), turn) if "episode" in table else None
    return Reply(when, turn, completion, _text(table, "failure", ""), _text(table, "reason", ""))


def decode_presence(payload: bytes) -> Presence:
    """Return the presence in a payload. Raises Misfit."""
    table = _object(payload)
    state = _text(table, "state")
    if state not in ("online", "offline", "lost"):
        raise Misfit(f'state: expected "online", "offline" or "lost", found {_short(state)}')
    return Presence(state, _text(table, "client", ""), _text(table, "model", ""), _field(table, "view", bool, False))  # type: ignore[arg-type]  # one of the three


def encode_status(state: Literal["open", "ended", "lost"], agents: tuple[str, ...] = ()) -> str:
    """Return what a run says of itself (topic `status`) as JSON."""
    return json.dumps({"state": state, "agents": list(agents)}, ensure_ascii=False)


def decode_status(payload: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the state of a run and the names of the agents it waits for. Raises Misfit."""
    table = _object(payload)
    return _text(table, "state"), tuple(str(name) for name in _field(table, "agents", list, []))


def encode_notice(kind: str, reason: str) -> str:
    """Return what a run says to an agent whose message it could not use (topic `notice`) as JSON."""
    return json.dumps({"kind": kind, "reason": reason}, ensure_ascii=False)


def _object(payload: bytes) -> dict[str, Any]:
    if len(payload) > PAYLOAD_LIMIT_BYTES:
        raise Misfit(f"expected at most {PAYLOAD_LIMIT_BYTES} bytes, found {len(payload)}")
    try:
        table = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Misfit(f"expected a JSON object, found {_short(payload)}") from error
    if not isinstance(table, dict):
        raise Misfit(f"expected a JSON object, found {_short(table)}")
    return table


_REQUIRED: Any = object()


def _field(table: dict[str, Any], key: str, kind: type | tuple[type, ...], default: Any = _REQUIRED) -> Any:
    value = table.get(key, default)
    if value is _REQUIRED:
        raise Misfit(f"{key}: missing")
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        names = " or ".join(each.__name__ for each in (kind if isinstance(kind, tuple) else (kind,)))
        raise Misfit(f"{key}: expected {names}, found {_short(value)}")
    return value


def _text(table: dict[str, Any], key: str, default: Any = _REQUIRED) -> str:
    value: str = _field(table, key, str, default)
    if len(value) > TEXT_LIMIT_CHARS:
        raise Misfit(f"{key}: expected at most {TEXT_LIMIT_CHARS} characters, found {len(value)}")
    # Half a surrogate pair is allowed in JSON but cannot be written to a trace.
    return value.encode("utf-8", "replace").decode("utf-8")


def _count(table: dict[str, Any], key: str, default: Any = _REQUIRED) -> int:
    value: int = _field(table, key, int, default)
    if value < 0:
        raise Misfit(f"{key}: expected a whole number from 0, found {value}")
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
