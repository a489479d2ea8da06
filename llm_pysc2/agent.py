"""An agent's side of a turn: what it is shown, what it remembers, and what its answer means.

Pure: asking a model is the orchestrator's business. People's own agents see an Observation and answer in text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from llm_pysc2.chat import CHARACTERS_PER_TOKEN, Chat, Image, Tool, ToolCall
from llm_pysc2.dialogue.as_json import describe_json, observation_table
from llm_pysc2.dialogue.describe import Part, describe_parts
from llm_pysc2.dialogue.prompt import Exchange, build_chat, system_text
from llm_pysc2.dialogue.published import describe_published, published_chat
from llm_pysc2.dialogue.schema import answer_schema, answer_tools
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.roster import ImageKind, Role
from llm_pysc2.world.clock import loops_to_clock
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import Alliance, UnitView, WorldView


@dataclass(frozen=True, slots=True)
class SeenUnit:
    """A unit as an agent knows it: by its short id."""

    id: str
    """The short id used in texts, such as "S1", or "eS1" for an enemy."""
    view: UnitView

    @property
    def type(self) -> str:
        """Name of the unit type."""
        return self.view.type_name

    @property
    def position(self) -> Point:
        """Where it stands, in world cells."""
        return self.view.position

    @property
    def hit_points(self) -> float:
        """Health and shield together."""
        return self.view.health + self.view.shield


@dataclass(frozen=True, slots=True)
class SeenTeam:
    """One of the agent's own teams, never empty."""

    name: str
    units: tuple[SeenUnit, ...]

    @property
    def centre(self) -> Point:
        """The mean position of its units, in world cells."""
        count = len(self.units)
        return Point(
            sum(unit.position.x for unit in self.units) / count, sum(unit.position.y for unit in self.units) / count
        )

    def distance_to(self, unit: SeenUnit) -> float:
        """Return the distance from the team's centre to a unit, in cells."""
        return self.centre.distance_to(unit.position)


class Observation:
    """What an agent of your own is shown each turn: the text that a model would read, and the same typed."""

    def __init__(self, situation: Situation, turn: int) -> None:
        self.situation = situation
        self.turn = turn

    @cached_property
    def text(self) -> str:
        """The observation as a model would read it."""
        return "\n".join(part.text for part in _tell(self.situation))

    @cached_property
    def data(self) -> dict[str, Any]:
        """The observation as plain values, as in JSON."""
        return observation_table(self.situation)

    def draw(self, *kinds: ImageKind) -> tuple[Image, ...]:
        """Return pictures for a model that can see: "screen" (one of each team), "minimap", "layers", "rgb".

        The last two are the game's own: there are none unless the roster or `--images` asks the game for them.
        """
        return _draw(self.situation, kinds)

    @property
    def view(self) -> WorldView:
        """Everything the player sees."""
        return self.situation.view

    @cached_property
    def teams(self) -> tuple[SeenTeam, ...]:
        """The agent's own teams with their living units."""
        seen = {unit.view.tag: unit for unit in self._seen(Alliance.SELF)}
        return tuple(
            SeenTeam(team.name, tuple(seen[tag] for tag in team.unit_tags if tag in seen))
            for team in self.situation.teams
        )

    @cached_property
    def enemies(self) -> tuple[SeenUnit, ...]:
        """The enemy units in sight."""
        return self._seen(Alliance.ENEMY)

    def _seen(self, alliance: Alliance) -> tuple[SeenUnit, ...]:
        short_ids = self.situation.short_ids
        return tuple(SeenUnit(short_ids.name(unit.tag), unit) for unit in self.view.units if unit.alliance is alliance)


class Agent(Protocol):
    """An agent of your own. Nothing to inherit from; a class with this one method will do."""

    async def act(self, observation: Observation) -> str:
        """Return the answer to an observation, in the text of actions that models use."""
        ...


def _tell(situation: Situation) -> tuple[Part, ...]:
    """Return the observation in the form in which the agent is told it."""
    if situation.speaker.observations == "json":
        return (Part("json", describe_json(situation)),)
    return describe_published(situation) if situation.speaker.observations == "published" else describe_parts(situation)


def _draw(situation: Situation, kinds: tuple[ImageKind, ...]) -> tuple[Image, ...]:
    if not kinds:
        return ()
    from llm_pysc2.dialogue.pictures import draw_pictures  # needs Pillow, which takes a while to load

    return draw_pictures(situation, kinds)


class PromptStyle(Protocol):
    """Who writes what a model is told, and remembers: `LanguageAgent`, or a class of your own with these two methods.

    It is made with a role and the agent's lessons from earlier episodes, once for each agent and episode.
    """

    def prompt(self, situation: Situation) -> Chat:
        """Return the chat for this turn. Its answer is read in the text of actions, or in the role's protocol."""
        ...

    def remember(self, situation: Situation, answer: str, calls: tuple[ToolCall, ...] = ()) -> None:
        """Take note of the answer to the last chat."""
        ...


class LanguageAgent:
    """The part of a model's turn that is pure: a situation becomes a chat, and answers are remembered."""

    def __init__(self, role: Role, lessons: str = "") -> None:
        self.role = role
        self._lessons = lessons
        self._type_names: dict[str, None] = {}
        """Types of units met so far, in the order in which they are told of."""
        self._own_names: list[str] = []
        self._history: list[Exchange] = []
        self._system = ""
        self._tools: tuple[Tool, ...] = ()
        self._schema = ""
        self._images: tuple[Image, ...] = ()
        self._parts: tuple[Part, ...] = ()

    @property
    def tokens(self) -> dict[str, int]:
        """About how many tokens each part of the last observation took."""
        return {part.name: part.tokens for part in self._parts}

    def prompt(self, situation: Situation) -> Chat:
        """Return the chat for this turn: what stays, the last turns, the observation."""
        self._meet(situation)
        self._parts = _tell(situation)
        observation = "\n".join(part.text for part in self._parts)
        self._images = _draw(situation, self.role.images)
        if situation.speaker.observations == "published":
            return published_chat(self.role.prompt, situation, observation, self._images)
        return build_chat(self._system, observation, [*self._recent()][::-1], self._tools, self._schema, self._images)

    def remember(self, situation: Situation, answer: str, calls: tuple[ToolCall, ...] = ()) -> None:
        """Keep an answer for the turns to come."""
        if self.role.history_turns:
            self._history.append(Exchange(loops_to_clock(situation.view.game_loop), answer, calls, self._images))
            del self._history[: -self.role.history_turns]
            faded = max(0, len(self._history) + 1 - self.role.image_turns)
            self._history[:faded] = [replace(exchange, images=()) for exchange in self._history[:faded]]

    def _recent(self) -> Iterator[Exchange]:
        """Yield past turns, the newest first, as many as the role's limits in turns and tokens allow."""
        tokens = 0.0
        for exchange in reversed(self._history):
            tokens += len(exchange.answer) / CHARACTERS_PER_TOKEN
            if self.role.history_tokens and tokens > self.role.history_tokens:
                return
            yield exchange

    def _meet(self, situation: Situation) -> None:
        """Rewrite the part that stays only when a unit type is seen for the first time."""
        if not self._system or not situation.view.type_names.keys() <= self._type_names.keys():
            own_first = sorted(situation.view.units, key=lambda unit: unit.alliance is not Alliance.SELF)
            names = dict.fromkeys(unit.type_name for unit in own_first)
            self._type_names |= {name: None for name in names if name not in self._type_names}
            self._system = system_text(self.role.prompt, situation, self._type_names, self._lessons)
        self._meet_own(situation)

    def _meet_own(self, situation: Situation) -> None:
        """Rewrite the form of the answers only when a team has a unit of a type that none had before."""
        protocol = situation.speaker.protocol
        if protocol == "text":
            return
        led = {tag for team in situation.teams for tag in team.unit_tags}
        own = dict.fromkeys(unit.type_name for unit in situation.view.own if unit.tag in led)
        fresh = [name for name in own if name not in self._own_names]
        if fresh:
            self._own_names += fresh
            if protocol == "tools":
                self._tools = answer_tools(situation.speaker, self._own_names, situation.book)
            else:
                self._schema = answer_schema(situation.speaker, self._own_names, situation.book)
