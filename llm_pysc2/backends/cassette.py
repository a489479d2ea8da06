"""Recordings of what was asked and answered: written while a run goes on, replayed in place of the models.

A cassette is a JSONL file of two kinds of lines, safe to read after a crash. Each message of a chat is written once:

    {"message": "3f0c...", "role": "user", "text": "...", "images": ["sha256 of each"]}
    {"call": 7, "scope": "2s3z 0 Commander", "model": "openai/gpt-5", "chat": ["91aa...", "3f0c..."], "answer": {...}}

A call that failed has "error", and one that nobody waited for "cancelled", in place of "answer". Keys, headers and
addresses are not in what is recorded here, so they cannot get into the file.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from llm_pysc2.backends.backend import Backend
from llm_pysc2.chat import Chat, Completion, Message, ToolCall, Usage
from llm_pysc2.errors import CassetteError, ModelServiceError, UsageError

_VERSION = {"cassette": 1}


def message_id(message: Message) -> str:
    """Return the hash of a message: its role, its text, its pictures and its calls."""
    calls = [part for call in message.calls for part in (call.name, call.arguments)]
    return _hash(message.role, message.text, *map(_image_id, message.images), *calls)


def chat_id(chat: Chat) -> str:
    """Return the hash of a chat: equal chats, and only those, have the same."""
    return _hash(*_parts(chat))


def _parts(chat: Chat) -> tuple[str, ...]:
    """Return the hashes of the messages of a chat, and one more of the form of the answer where it is not text."""
    form = [part for tool in chat.tools for part in (tool.name, tool.description, tool.schema)]
    ids = [message_id(message) for message in chat.messages]
    return (*ids, _hash(*form, chat.answer_schema)) if form or chat.answer_schema else tuple(ids)


class Recorder:
    """Writes a cassette. One for a whole run: its backends share the numbering of calls."""

    def __init__(self, path: Path) -> None:
        """Open a new file. Raises UsageError if it exists or cannot be written."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: TextIO = path.open("x", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cassette {path}: cannot be written: {error.strerror}") from error
        self._written: set[str] = set()
        self._calls = 0
        self._write(_VERSION)

    def wrap(self, backend: Backend, scope: str = "") -> "RecordedBackend":
        """Return a backend that is recorded; `scope` tells apart agents and episodes that may ask the same."""
        return RecordedBackend(backend, self, scope)

    def next_call(self) -> int:
        """Return the number of a call that begins now."""
        self._calls += 1
        return self._calls

    def write_call(self, call: dict[str, Any], chat: Chat, outcome: dict[str, Any]) -> None:
        """Write what came of a call."""
        ids = _parts(chat)
        for identity, message in zip(ids, chat.messages, strict=False):
            if identity not in self._written:
                self._written.add(identity)
                images = [_image_id(image) for image in message.images]
                self._write({"message": identity, "role": message.role, "text": message.text, "images": images})
        self._write({**call, "chat": ids, **outcome})

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()

    def _write(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()


class RecordedBackend:
    """Another backend, with every exchange written down."""

    def __init__(self, backend: Backend, recorder: Recorder, scope: str) -> None:
        """Put a recorder beside a backend."""
        self.name = backend.name
        self._backend = backend
        self._recorder = recorder
        self._scope = scope

    async def complete(self, chat: Chat) -> Completion:
        """Return the answer. Raises as the backend does."""
        call = {"call": self._recorder.next_call(), "scope": self._scope, "model": self.name}
        try:
            answer = await self._backend.complete(chat)
        except ModelServiceError as error:
            fields = {"kind": error.kind, "message": str(error), "faults": list(error.faults)}
            self._recorder.write_call(call, chat, {"error": fields})
            raise
        except asyncio.CancelledError:
            self._recorder.write_call(call, chat, {"cancelled": True})
            raise
        self._recorder.write_call(call, chat, {"answer": asdict(answer)})
        return answer

    async def aclose(self) -> None:
        """Close the backend."""
        await self._backend.aclose()


@dataclass(slots=True)
class _Call:
    """One recorded call."""

    number: int
    scope: str
    model: str
    chat: tuple[str, ...]
    replay: Callable[[], Completion] | None
    """None for a call that nobody waited for."""
    used: bool = False

    def fits(self, model: str | None, scope: str | None) -> bool:
        """Return whether this call is still to come for that model and scope; None stands for any."""
        return not self.used and model in {None, self.model} and scope in {None, self.scope}


@dataclass(slots=True)
class Cassette:
    """A recording that has been read."""

    path: Path
    calls: list[_Call] = field(default_factory=list)
    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Role and text by hash."""
    by_chat: dict[tuple[str, ...], list[_Call]] = field(default_factory=dict)
    """The calls with the same chat, in order."""

    def backend(self, name: str, scope: str | None = None) -> "ReplayBackend":
        """Return a backend that gives the recorded answers of one scope, or of all of them."""
        return ReplayBackend(name, self, scope)

    def take(self, chat: Chat, model: str | None, scope: str | None) -> _Call:
        """Return the next recorded call with this chat. Raises CassetteError that says which call differs and how."""
        ids = _parts(chat)
        for call in self.by_chat.get(ids, ()):
            if call.fits(model, scope):
                call.used = True
                return call
        who = " of ".join(part for part in (model, repr(scope) if scope else "") if part)
        raise CassetteError(
            f"cassette {self.path}: {self._difference(model, scope, chat)}" + (f" (asked by {who})" if who else "")
        )

    def calls_left(self) -> int:
        """Return how many recorded calls have not been asked for."""
        return sum(not call.used for call in self.calls)

    def _difference(self, model: str | None, scope: str | None, chat: Chat) -> str:
        """Return how a chat differs from the next call that was recorded."""
        call = next((call for call in self.calls if call.fits(model, scope)), None)
        if call is None:
            return f"one call more than the {len(self.calls)} that were recorded"
        ids = _parts(chat)
        for place, (recorded, asked) in enumerate(zip(call.chat, ids, strict=False)):
            if recorded != asked:
                if place == len(chat.messages):
                    return f"call {call.number}: the tools or the form of the answer differ"
                role, text = self.messages.get(recorded, ("?", ""))
                message = chat.messages[place]
                where = f"call {call.number}, message {place + 1} of {len(ids)}"
                if role != message.role:
                    return f"{where}: recorded as {role}, now {message.role}"
                return f"{where} ({role}), {_text_difference(text, message.text)}"
        return f"call {call.number}: recorded with {len(call.chat)} messages, now {len(ids)}"


class ReplayBackend:
    """A backend that answers from a cassette."""

    def __init__(self, name: str, cassette: Cassette, scope: str | None) -> None:
        """Replay one scope under the recorded name of its model, or everything under any name."""
        self.name = name
        self._cassette = cassette
        self._scope = scope

    async def complete(self, chat: Chat) -> Completion:
        """Return the recorded answer at once. Raises the recorded error, or CassetteError if the chat is another."""
        call = self._cassette.take(chat, None if self._scope is None else self.name, self._scope)
        if call.replay is None:
            return await _wait_for_ever()  # until whoever asked has had enough, as it was recorded
        return call.replay()

    async def aclose(self) -> None:
        """Do nothing: the file was read at once."""


async def _wait_for_ever() -> Completion:
    while True:
        await asyncio.Event().wait()


def load_cassette(path: Path) -> Cassette:
    """Return a recording. Raises UsageError that names the file and the line; a cut last line is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cassette {path}: cannot be read: {error}") from error
    cassette = Cassette(path)
    for number, line in enumerate(lines, 1):
        try:
            _read_line(cassette, number, json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) > 1:
                break
            raise UsageError(f"cassette {path}, line {number}: not a line of a cassette ({error})") from error
    cassette.calls.sort(key=lambda call: call.number)
    for call in cassette.calls:
        cassette.by_chat.setdefault(call.chat, []).append(call)
    return cassette


def _read_line(cassette: Cassette, number: int, entry: dict[str, Any]) -> None:
    if number == 1:
        if entry != _VERSION:
            raise ValueError(f"expected {json.dumps(_VERSION)}")
    elif "message" in entry:
        cassette.messages[entry["message"]] = (entry["role"], entry["text"])
    else:
        chat = tuple(entry["chat"])
        cassette.calls.append(_Call(entry["call"], entry["scope"], entry["model"], chat, _replay(entry)))


def _replay(entry: dict[str, Any]) -> Callable[[], Completion] | None:
    """Return what a recorded call does when it is replayed."""
    if entry.get("cancelled"):
        return None
    if "answer" in entry:
        answer = read_answer(entry["answer"])
        return lambda: answer
    kind, message, faults = entry["error"]["kind"], entry["error"]["message"], tuple(entry["error"]["faults"])

    def fail() -> Completion:
        error = error_of_kind(kind)(message)
        error.faults = faults
        raise error

    return fail


def read_answer(fields: dict[str, Any]) -> Completion:
    """Return a completion from plain values, as `dataclasses.asdict` makes them."""
    calls = tuple(ToolCall(**call) for call in fields.get("calls", ()))
    return Completion(
        **{**fields, "usage": Usage(**fields["usage"]), "faults": tuple(fields["faults"]), "calls": calls}
    )


def error_of_kind(kind: str) -> type[ModelServiceError]:
    """Return the class of errors of a kind, the general one for an unknown kind."""
    kinds = {error.kind: error for error in ModelServiceError.__subclasses__()}
    return kinds.get(kind, ModelServiceError)


def _text_difference(recorded: str, asked: str) -> str:
    """Return the first line in which two texts differ."""
    old, new = recorded.splitlines(), asked.splitlines()
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else "(nothing)"
        after = new[number] if number < len(new) else "(nothing)"
        if before != after:
            return f"line {number + 1}: recorded {_cut(before)!r}, now {_cut(after)!r}"
    return "its pictures differ" if recorded == asked else "line ends differ"


def _cut(line: str, longest: int = 80) -> str:
    return line if len(line) <= longest else line[: longest - 3] + "..."


def _image_id(image: Any) -> str:
    return _hash(image.caption, hashlib.sha256(image.png).hexdigest())


def _hash(*parts: str) -> str:
    """Return 32 hex digits; the lengths keep ("ab", "c") and ("a", "bc") apart."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()[:32]
