"""The events of a trace, in the order in which an episode produces them.

Scores, reports, the viewer and exports read nothing else. One event is one line of JSON: its class name under
"event", then its fields. All fields are plain JSON values. The fields in WALL_CLOCK differ from run to run; without
them two runs with the same seed and the same answers are equal to the byte.
"""

from dataclasses import dataclass, field
from typing import Any

from llm_pysc2.world.opponent import VERY_HARD

TRACE_SCHEMA = 1
"""Raised when a field changes its meaning or goes away; new fields do not raise it."""

WALL_CLOCK: dict[str, tuple[str, ...]] = {
    "EpisodeStarted": ("started_at",),
    "Answered": ("latency_seconds", "retries", "faults"),
    "Reflected": ("latency_seconds", "retries", "faults"),
    "EpisodeEnded": ("elapsed_seconds",),
}
"""By event, the fields that a clock on the wall decides."""


@dataclass(frozen=True, slots=True)
class EpisodeStarted:
    """Everything that makes an episode what it is: with the same values it can be played again."""

    scenario: str
    pack: str
    map: str
    episode: int
    seed: int
    """The game's own seed: the run's seed plus the number of the episode."""
    game: str
    """The game it is played on and its version, such as "embedded 1.1" or "SC2 4.10.0.75689"."""
    roster: str
    models: dict[str, str]
    """Model by agent."""
    limit_loops: int
    step_mul: int
    pace: str
    end: dict[str, Any]
    map_size_cells: tuple[int, int]
    playable: tuple[float, ...]
    """Left, bottom, right, top, in cells."""
    terrain: list[str]
    """A row of the map a line, top row first: "." can be walked on, "#" cannot."""
    assumptions: dict[str, Any] = field(default_factory=dict)
    """Settings of the embedded game where the facts leave a choice; empty on the real game."""
    version: str = ""
    """Version of this package."""
    schema: int = TRACE_SCHEMA
    interface: str = "raw"
    """"raw", or "camera" where every command was carried out by PySC2's feature functions, one a game loop."""
    difficulty: str = VERY_HARD
    """How well the game's own computer plays the enemy, where the map starts it."""
    started_at: str = ""
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class AgentIntroduced:
    """An agent, its model and the part of its prompt that does not change."""

    agent: str
    model: str
    system: str


@dataclass(frozen=True, slots=True)
class Observed:
    """The world at the start of a turn, as the player sees it."""

    turn: int
    game_loop: int
    units: list[list[Any]]
    """A row for each unit, columns in UNIT_COLUMNS."""
    dead: list[int]
    score: dict[str, float]
    action_errors: list[list[int]]
    """Orders of the last turn that the game refused: unit tag, ability id, ActionResult."""
    resources: dict[str, int] = field(default_factory=dict)
    """What the player owns beside units: minerals, vespene, supply_used, supply_cap, ...; none of it = left out."""
    effects: list[list[Any]] = field(default_factory=list)
    """Lasting effects on the ground: effect id, alliance, radius in cells, positions."""


UNIT_COLUMNS = (
    "tag", "type", "alliance", "x", "y", "health", "health_max", "shield", "shield_max", "energy",
    "order_ability", "order_target", "facing", "engaged", "progress", "marks",
)  # fmt: skip
"""What a row of Observed.units holds: alliance is its first letter, positions are in cells, facing in radians, engaged
is the tag of the unit under attack, progress the share that is built, marks the letters of UNIT_MARKS that apply. A row
may end early: what is missing has the value of UNIT_DEFAULTS."""

UNIT_DEFAULTS: dict[str, Any] = {"facing": 0.0, "engaged": 0, "progress": 1.0, "marks": ""}
"""Values of columns that a row may leave out at its end."""

UNIT_MARKS = {
    "f": "is_flying",
    "b": "is_burrowed",
    "c": "is_cloaked",
    "h": "is_hallucination",
    "m": "is_snapshot",
}
"""Field of a unit's view by its letter in the column "marks"; m is a memory: seen before, not now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an agent was shown this turn, beside what it was told once."""

    turn: int
    agent: str
    text: str
    pictures: list[list[str]] = field(default_factory=list)
    """Caption and source of each, in the order in which they were shown. The source is a data URL; in a trace the name
    of a file in the folder `NAME.images` beside it, or nothing where pictures are not kept."""
    tokens: dict[str, int] = field(default_factory=dict)
    """About how many tokens each part of the text took."""
    game_loop: int = 0
    """Game loop of what it was shown."""
    history: int = 0
    """How many of its past answers it was shown, the newest ones that hold anything."""
    past_pictures: int = 0
    """With how many of these, the newest, it was shown their pictures again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What an agent answered, or why it did not."""

    turn: int
    agent: str
    text: str
    effect_loop: int = 0
    """Game loop at which the answer was carried out."""
    model: str = ""
    failure: str = ""
    """Empty, or the kind of fault: "timeout", "busy", "unreachable", "answer", "late", "agent", ..."""
    failure_reason: str = ""
    input_tokens: int = 0
    cached_tokens: int = 0
    cache_written_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    stop_reason: str = ""
    latency_seconds: float = 0.0
    retries: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    """Failed attempts by kind, those that a retry made good included."""
    calls: list[list[str]] = field(default_factory=list)
    """Tools that it called: name, and arguments as they came."""
    post: str = ""
    """Entry of the roster that the agent came up for during the game; empty for agents that the roster names."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was understood of an answer."""

    turn: int
    agent: str
    accepted: list[list[str]]
    """Actions that became orders: team, and the action as it was read."""
    rejected: list[list[str]]
    """Lines that did not: team, line, reason for the writer, and cause, one word for counts."""
    letters: list[list[str]] = field(default_factory=list)
    """Receiver and text."""
    channels: list[str] = field(default_factory=list)
    """Channels that it listens to from now on."""
    notes: list[str] = field(default_factory=list)
    """What it wrote into its notebook; an empty one wipes what stood there."""
    lookups: list[str] = field(default_factory=list)
    """What it asked the knowledge base; the answers are in what it is shown next turn."""


@dataclass(frozen=True, slots=True)
class Reflected:
    """What an agent wants to remember of the episode, or why it does not say."""

    agent: str
    text: str
    """Its lessons from now on."""
    model: str = ""
    failure: str = ""
    failure_reason: str = ""
    input_tokens: int = 0
    cached_tokens: int = 0
    cache_written_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    latency_seconds: float = 0.0
    retries: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    post: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something outside the agents' doing went wrong; the episode may have been played again."""

    boundary: str
    """The class of the error, such as "GameLostError"."""
    message: str


@dataclass(frozen=True, slots=True)
class EpisodeEnded:
    """The result."""

    result: str
    """"win", "tie", "loss" or "fault"."""
    reason: str
    game_loop: int
    turns: int
    score: dict[str, float]
    own_units: int
    enemy_units: int
    elapsed_seconds: float = 0.0


Event = EpisodeStarted | AgentIntroduced | Observed | Asked | Answered | Decided | Reflected | Fault | EpisodeEnded

EVENT_TYPES: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (EpisodeStarted, AgentIntroduced, Observed, Asked, Answered, Decided, Reflected, Fault, EpisodeEnded)
}
