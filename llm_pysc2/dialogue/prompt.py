"""What a model is told: the part that stays for an episode, the last turns, and the observation of this turn.

The texts are `agents/prompts/*.md` (who an agent is) and `agents/prompts/shared/*.md` (what all are told), with
`${placeholders}`; what is put in for them is never read as a placeholder itself.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from llm_pysc2.chat import Chat, Image, Message, Tool, ToolCall
from llm_pysc2.dialogue.advice import describe_advice, describe_tactics
from llm_pysc2.dialogue.headings import Headings
from llm_pysc2.dialogue.outline import unit_types_by_name
from llm_pysc2.dialogue.scan import scan
from llm_pysc2.dialogue.schema import ORDERS
from llm_pysc2.dialogue.situation import Situation, Speaker
from llm_pysc2.dialogue.structured import items_to_json
from llm_pysc2.dialogue.unit_facts import describe_type
from llm_pysc2.errors import PackError
from llm_pysc2.packs import find_file, roots
from llm_pysc2.world.view import MapView

PROMPTS = "agents/prompts"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A past turn, as it stays in the conversation."""

    clock: str
    """Game clock of the turn, as "0:23"."""
    answer: str
    """What the model answered, in full."""
    calls: tuple[ToolCall, ...] = ()
    """The tools that it called."""
    images: tuple[Image, ...] = ()
    """The pictures that it was shown, as far as they stay."""


def system_text(prompt: str, situation: Situation, type_names: Iterable[str], lessons: str = "") -> str:
    """Return the part of the prompt that stays: role, rules, example, then what is known of the types in play.

    Args:
        prompt: Name of a file `agents/prompts/NAME.md`, as a roster names it.
        situation: One of the agent's; of it counts only what is the same in all of them.
        type_names: Unit types in play, own ones first; later ones put at the end keep the start of the text as it was.
        lessons: What the agent has kept from earlier episodes.

    Raises:
        UsageError: There is no such prompt file.
        PackError: The file names something that does not exist.
    """
    speaker = situation.speaker
    values = _values(speaker, situation.view.map)
    points = fill("points_" + speaker.points, values)
    making = "\n" + fill("making", values) if speaker.sees_resources else ""
    parts = [
        fill(prompt, values),
        fill("reading" if speaker.observations == "text" else "reading_json", {**values, "points": points}),
        fill("answer_" + speaker.protocol, {**values, "making": making}) + "\n",
        "# Beside orders\n" + _asides(speaker, values),
        *([_pictures(speaker, values)] if speaker.images else []),
        _example(speaker, values),
        *([fill("lessons", {"lessons": lessons})] if lessons else []),
    ]
    known = _knowledge(situation, list(type_names))
    return "\n".join(part.strip() + "\n" for part in parts) + "\n" + "\n".join(known)


def _asides(speaker: Speaker, values: Mapping[str, str]) -> str:
    """Return how an agent says what is no order."""
    asides = {"mail": bool(values["partners"]), "lookup": speaker.lookups > 0, "note": True}
    return "\n".join(fill(f"{name}_{speaker.protocol}", values) for name, is_told in asides.items() if is_told)


def _pictures(speaker: Speaker, values: Mapping[str, str]) -> str:
    """Return how pictures are read."""
    return "# Pictures\n" + "\n".join(fill(f"images_{kind}", values) for kind in speaker.images)


def _knowledge(situation: Situation, type_names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of what is known of unit types, each thing once, and of tactics for them and for the task."""
    types, speaker = unit_types_by_name(), situation.speaker
    yield "# Unit types (times in seconds, distances in cells; dps against one target, with the bonus in brackets)"
    advised: set[str] = set()
    for name in type_names:
        if name in types:
            yield describe_type(types[name], situation.book, speaker.points)
            if speaker.knowledge != "facts":
                yield from describe_advice(name, advised)
    yield from describe_tactics(situation.task, type_names, speaker)


def build_chat(
    system: str,
    observation: str,
    history: Sequence[Exchange] = (),
    tools: tuple[Tool, ...] = (),
    schema: str = "",
    images: tuple[Image, ...] = (),
) -> Chat:
    """Return the chat of one turn: what stays first, then the past turns, then the observation.

    `tools` are what the model may call, and `schema` the form of its answer, where it does not answer in text; `images`
    are what it is shown beside the observation.
    """
    messages = [Message("system", system)]
    for exchange in history:
        if exchange.answer.strip() or exchange.calls:
            past = f"Time {exchange.clock}: (the observation of this past turn is left out)"
            messages.append(Message("user", past, exchange.images))
            messages.append(Message("assistant", exchange.answer, calls=exchange.calls))
    messages.append(Message("user", observation, images))
    return Chat(tuple(messages), tools, schema)


_ANSWER = "\nYour answer:\n"


def _example(speaker: Speaker, values: Mapping[str, str]) -> str:
    """Return the worked example, its answer in the speaker's protocol."""
    text = fill("example_" + (speaker.points if speaker.observations == "text" else "json"), values)
    if speaker.protocol == "text":
        return text
    observation, answer = text.split(_ANSWER)
    headings = Headings(re.findall(r"^Team (\S+):$", answer, re.MULTILINE))
    found = scan(answer, headings.find, lambda _: True)
    data = items_to_json(found.items, answer.partition("\n")[0])
    if speaker.protocol == "json":
        return observation + _ANSWER + json.dumps(data)
    call = f"{ORDERS}({json.dumps({'orders': data['orders']})})"
    return f"{observation}{_ANSWER}{data['analysis']}\n{call}"


def fill(name: str, values: Mapping[str, str]) -> str:
    """Return the text of a prompt file with its placeholders filled in, line ends trimmed.

    Raises UsageError if there is no such file, PackError if it has a placeholder for which there is no value.
    """
    path = _path(tuple(roots()), name)
    return fill_text(path, _read(path), values)


@lru_cache(maxsize=256)
def _path(_roots: tuple[Path, ...], name: str) -> Path:
    """Return the file of a prompt in these folders; they are searched once, not for every agent."""
    return find_file(PROMPTS, name, ".md")


def fill_text(path: Path, text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled in. Raises PackError that names the file and the placeholder."""
    try:
        return Template(text).substitute(values).strip()
    except KeyError as error:
        known = ", ".join(sorted(values))
        raise PackError(f"{path}: unknown placeholder ${{{error.args[0]}}}; known: {known}") from error
    except ValueError as error:
        raise PackError(f"{path}: {error}; write $$ for a dollar sign") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: cannot be read: {error}") from error


_ENDINGS = {
    "world": "X_To([x, y]) a place on the map in cells",
    "screen": "X_Screen([x, y]) a place on the team's screen, X_Minimap([x, y]) one on the minimap",
}
"""What the end of an action's name says of its argument."""
_POINT_ENDINGS = {
    "world": 'X_To a "point", a place on the map in cells',
    "screen": 'X_Screen a "point" on the team\'s screen, X_Minimap one on the minimap',
}
"""The same where orders are data."""


_PRICES = "\n{minerals/vespene,supply} after an action is what it costs."


def _values(speaker: Speaker, map_view: MapView) -> dict[str, str]:
    area = map_view.playable
    return {
        "name": speaker.name,
        "actions_per_team": str(speaker.actions_per_team),
        "lookups": str(speaker.lookups),
        "endings": _ENDINGS[speaker.points],
        "point_endings": _POINT_ENDINGS[speaker.points],
        "teams": "each of your teams" if speaker.points == "world" else "the team",
        "own_point": "X_To" if speaker.points == "world" else "X_Screen",
        "prices": _PRICES if speaker.sees_resources else "",
        "partners": " or ".join(speaker.receivers),
        "width": str(map_view.size_cells[0]),
        "height": str(map_view.size_cells[1]),
        "left": f"{area.left:g}",
        "bottom": f"{area.bottom:g}",
        "right": f"{area.right:g}",
        "top": f"{area.top:g}",
    }
