"""Events of a trace as records for the viewer in the browser: the same in a report's file and on a live stream.

A record is a JSON object with its kind under "k". Units, kinds of units and abilities are numbered as they are first
seen, and a frame holds only the units that changed, as whole numbers: a trace of megabytes becomes a page that opens
at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from llm_pysc2 import __version__
from llm_pysc2.dialogue.grammar import action_results
from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.errors import TraceError
from llm_pysc2.evaluation.report.looks import ability_words, effect_words, look_of
from llm_pysc2.orchestrator.events import (
    UNIT_COLUMNS,
    UNIT_DEFAULTS,
    UNIT_MARKS,
    AgentIntroduced,
    Answered,
    Asked,
    Decided,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    Fault,
    Observed,
    Reflected,
)
from llm_pysc2.world.clock import LOOPS_PER_SECOND
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import Alliance, MapView, UnitView, WorldView

Record = dict[str, Any]

FRAME_COLUMNS = (
    "unit", "kind", "x", "y", "health", "shield", "energy", "ability", "target", "target_y", "facing", "engaged",
    "progress", "marks",
)  # fmt: skip
"""What a frame holds of a unit that changed, all whole numbers: positions, facing and progress in hundredths, health,
shield and energy in tenths; unit, kind, ability and engaged as numbers given before, -1 = none or never seen; target is
a unit's number with target_y = -1, or a position; marks has a bit for each letter of UNIT_MARKS."""

_ALLIANCES = {alliance.value[0]: alliance for alliance in Alliance}
_NOWHERE = MapView("", (0, 0), Rect(0, 0, 0, 0))
_DEFAULT_TAIL = tuple(UNIT_DEFAULTS.get(name) for name in UNIT_COLUMNS)


class Recorder:
    """Turns the events of a trace into records, one by one, in order."""

    def __init__(self) -> None:
        self._begin()
        self._makers: dict[type, Callable[[Any], Record]] = {
            EpisodeStarted: self._started,
            AgentIntroduced: lambda event: {"k": "intro", **asdict(event)},
            Observed: self._observed,
            Asked: self._asked,
            Answered: lambda event: {"k": "answered", **_without_zeros(event)},
            Decided: lambda event: {"k": "decided", **asdict(event)},
            Reflected: lambda event: {"k": "reflected", **_without_zeros(event)},
            Fault: lambda event: {"k": "fault", **asdict(event)},
            EpisodeEnded: lambda event: {"k": "end", **asdict(event)},
        }

    def take(self, event: Event) -> Record:
        """Return the record of the next event. Raises TraceError if it holds what no episode can hold."""
        try:
            return self._makers[type(event)](event)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError) as error:
            raise TraceError(f"{type(event).__name__} does not hold what it should: {error}") from error

    def _begin(self) -> None:
        self._short_ids = ShortIds()
        self._numbers: dict[str, dict[Any, int]] = {"kinds": {}, "units": {}, "abilities": {}}
        self._fresh: dict[str, list[Any]] = {}
        self._shown: dict[int, list[int]] = {}

    def _started(self, event: EpisodeStarted) -> Record:
        self._begin()
        return {
            "k": "start",
            "columns": FRAME_COLUMNS,
            "marks": UNIT_MARKS,
            "known": __version__,
            "loops_per_second": LOOPS_PER_SECOND,
            **asdict(event),
        }

    def _asked(self, event: Asked) -> Record:
        pictures = [[str(caption), str(source)] for caption, source in event.pictures]
        return {"k": "asked", **asdict(event), "pictures": pictures}

    def _observed(self, event: Observed) -> Record:
        self._fresh = {name: [] for name in self._numbers}
        rows = [(*row, *_DEFAULT_TAIL[len(row) :]) for row in event.units]
        self._short_ids = name_units(self._short_ids, rows)
        for row in rows:
            self._number("units", str(row[0]), [str(row[0]), self._short_ids.name(row[0])])
        shown = {entry[0]: entry for entry in map(self._entry, rows)}
        changed = [number for entry in shown.values() if self._shown.get(entry[0]) != entry for number in entry]
        gone = [unit for unit in self._shown if unit not in shown]
        self._shown = shown
        known = self._numbers["units"]
        record: Record = {
            "k": "frame",
            "turn": event.turn,
            "loop": event.game_loop,
            "changed": changed,
            "gone": gone,
            "dead": [known[str(tag)] for tag in event.dead if str(tag) in known],
            "score": event.score,
            "resources": event.resources,
            "effects": [[effect_words(number), *rest] for number, *rest in event.effects],
            "refused": [self._refusal(*error) for error in event.action_errors],
        }
        return record | {name: entries for name, entries in self._fresh.items() if entries}

    def _number(self, table: str, key: Any, entry: Any) -> int:
        """Return the number of a thing, and tell the viewer what it is if it is new."""
        numbers = self._numbers[table]
        if key not in numbers:
            numbers[key] = len(numbers)
            self._fresh[table].append(entry)
        return numbers[key]

    def _entry(self, row: tuple[Any, ...]) -> list[int]:
        """Return a unit's row as whole numbers, columns in FRAME_COLUMNS."""
        tag, type_name, side, x, y, health, health_max, shield, shield_max, energy, ability, target = row[:12]
        facing, engaged, progress, marks = row[12:16]
        look = look_of(str(type_name))
        kind = {"type": type_name, "side": side, "health_max": health_max, "shield_max": shield_max, **asdict(look)}
        return [
            self._numbers["units"][str(tag)],
            self._number("kinds", (type_name, side, health_max, shield_max), kind),
            _hundredths(x),
            _hundredths(y),
            round(health * 10),
            round(shield * 10),
            round(energy * 10),
            self._number("abilities", ability, ability_words(ability)) if ability else -1,
            *self._target(target),
            _hundredths(facing),
            self._unit(engaged),
            _hundredths(progress),
            sum(1 << place for place, letter in enumerate(UNIT_MARKS) if letter in marks),
        ]

    def _target(self, target: Any) -> tuple[int, int]:
        if isinstance(target, list | tuple):
            return _hundredths(target[0]), _hundredths(target[1])
        return self._unit(target), -1

    def _unit(self, tag: int | None) -> int:
        return self._numbers["units"].get(str(tag), -1)

    def _refusal(self, tag: int, ability: int, code: int) -> list[Any]:
        return [self._unit(tag), ability_words(ability), action_results().get(code) or f"code {code}"]


def name_units(short_ids: ShortIds, rows: Iterable[Sequence[Any]]) -> ShortIds:
    """Return the short ids, with those that agents read for units seen for the first time; rows as in Observed."""
    fresh = tuple(
        UnitView(row[0], 0, row[1], _ALLIANCES[row[2]], 0, Point(0.0, 0.0))
        for row in rows
        if row[0] not in short_ids.by_tag
    )
    return short_ids.update(WorldView(0, 0, _NOWHERE, fresh)) if fresh else short_ids


def _hundredths(value: float) -> int:
    return round(value * 100)


def _without_zeros(event: Answered | Reflected) -> Record:
    always = ("turn", "agent", "text", "effect_loop")
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    return {name: value for name, value in values.items() if value or name in always}
