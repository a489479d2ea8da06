"""Lessons that agents keep across episodes: after one, an agent reads how it went and rewrites what it wants to know.

A folder holds a Markdown file for each agent of the roster, for people to read and to edit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from llm_pysc2.chat import Chat, Message
from llm_pysc2.dialogue.prompt import fill
from llm_pysc2.errors import UsageError
from llm_pysc2.orchestrator.events import UNIT_COLUMNS, Answered, Decided, EpisodeStarted, Event, Observed
from llm_pysc2.world.clock import loops_to_clock

LESSONS_LIMIT_CHARS = 4000
COURSE_LIMIT_TURNS = 60
"""Of longer episodes some turns are told, evenly spread, the last one always."""
_ALLIANCE, _HEALTH, _SHIELD = (UNIT_COLUMNS.index(name) for name in ("alliance", "health", "shield"))


@dataclass(frozen=True, slots=True)
class Lessons:
    """A folder of lessons."""

    folder: Path
    rewritten: bool = False
    """Whether agents rewrite them after each episode."""

    def read(self, agent: str) -> str:
        """Return the lessons of an agent, empty if it has none. Raises UsageError if they cannot be read."""
        path = self._path(agent)
        try:
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: lessons cannot be read: {error}") from error
        return "\n".join(line for line in text.splitlines() if not line.startswith("# ")).strip()[:LESSONS_LIMIT_CHARS]

    def write(self, agent: str, text: str) -> None:
        """Keep the lessons of an agent in place of those before. Raises UsageError if the disk refuses."""
        path = self._path(agent)
        body = "\n".join(line for line in text.splitlines() if not line.startswith("# ")).strip()
        draft = path.with_suffix(".draft")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(f"# Lessons of {agent}\n\n{body[:LESSONS_LIMIT_CHARS]}\n", encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise UsageError(f"{path}: lessons cannot be written: {error}") from error

    def digest(self) -> str:
        """Return 16 hex digits of all that is in the folder's lessons. Raises UsageError if they cannot be read."""
        texts = (f"{path.stem}\n{self.read(path.stem)}\n" for path in sorted(self.folder.glob("*.md")))
        return sha256("".join(texts).encode()).hexdigest()[:16]

    def _path(self, agent: str) -> Path:
        return self.folder / f"{''.join(char if char.isalnum() or char in '._-' else '-' for char in agent)}.md"


def open_lessons(folder: Path) -> Lessons:
    """Return the lessons in a folder, to be read only. Raises UsageError if it does not exist."""
    if not folder.is_dir():
        raise UsageError(f"--lessons: no folder {folder}; --reflect makes one")
    return Lessons(folder)


def can_learn(model: str) -> bool:
    """Return whether a model reads lessons; scripted policies always play alike."""
    return not model.startswith("scripted/")


def reflection_chat(agent: str, lessons: str, course: str) -> Chat:
    """Return what an agent is told after an episode."""
    system = fill("reflect", {"name": agent, "limit": str(LESSONS_LIMIT_CHARS)})
    before = f"# Your lessons so far\n{lessons or '(none yet)'}"
    return Chat((Message("system", system), Message("user", f"{before}\n\n# The episode\n{course}")))


class Course:
    """Takes in the events of an episode, and tells it in a few lines a turn."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def __call__(self, event: Event) -> None:
        """Take one event; of one that is begun again only the last go counts."""
        if isinstance(event, EpisodeStarted):
            self._events = []
        if isinstance(event, EpisodeStarted | Observed | Answered | Decided):
            self._events.append(event)

    def describe(self, agent: str, result: str) -> str:
        """Return the episode as an agent should remember it: how strong both sides were, what it ordered, the end."""
        turns = [turn for turn in self._turns(agent) if turn]
        step = -(-len(turns) // COURSE_LIMIT_TURNS) or 1
        shown = turns[::-1][::step][::-1]
        return "\n".join([*shown, f"Result: {result}"])

    def _turns(self, agent: str) -> Iterator[str]:
        observed: Observed | None = None
        for event in self._events:
            match event:
                case EpisodeStarted():
                    yield f"Scenario {event.scenario}, at most {loops_to_clock(event.limit_loops)}"
                case Observed():
                    observed = event
                case Answered() if event.agent == agent and event.failure:
                    yield f"{_clock(observed)} no answer: {event.failure_reason}"
                case Decided() if event.agent == agent:
                    yield f"{_clock(observed)} {' | '.join(_deeds(event)) or 'no orders'}"
                case _:
                    pass


def _clock(observed: Observed | None) -> str:
    if observed is None:
        return ""
    sides = (f"{name} {_strength(observed.units, mark)}" for mark, name in (("s", "own"), ("e", "enemy")))
    return f"{loops_to_clock(observed.game_loop)} {', '.join(sides)}:"


def _strength(units: Iterable[list[object]], mark: str) -> str:
    members = [unit for unit in units if unit[_ALLIANCE] == mark]
    points = sum(float(str(unit[_HEALTH])) + float(str(unit[_SHIELD])) for unit in members)
    return f"{len(members)} units with {points:.0f} health and shield"


def _deeds(decided: Decided) -> Iterator[str]:
    yield from (f"{team} {action}" for team, action in decided.accepted)
    yield from (f"{line} REJECTED: {reason}" for _, line, reason, _ in decided.rejected)
    yield from (f"letter to {receiver}: {text}" for receiver, text in decided.letters)
