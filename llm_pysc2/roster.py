"""Who plays: a roster of agents and their teams, read from `agents/NAME.toml`.

Says which unit types a team takes and how units are to be assigned to teams; knows no model and no game.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from llm_pysc2 import packs
from llm_pysc2.errors import PackError, UsageError, closest_names
from llm_pysc2.world.command import INTERFACES, Interface

T = TypeVar("T")
SIZED = ("groups", "nearest")
"""Assignments that need a size."""
PRESET_MARK = ":"
"""Between the name of a roster and that of the preset by which it is played."""
ASSIGNMENTS = ("all", "by_type", "each", *SIZED)
Frame = Literal["world", "screen"]
FRAMES: tuple[Frame, ...] = ("world", "screen")
"""Frame in which points are shown; on the screen, far points are given on the minimap."""
Protocol = Literal["text", "tools", "json"]
PROTOCOLS: tuple[Protocol, ...] = ("text", "tools", "json")
"""How an agent answers: actions in text, calls of tools, or one JSON object (structured output)."""
ImageKind = Literal["screen", "minimap", "layers", "rgb"]
IMAGES: tuple[ImageKind, ...] = ("screen", "minimap", "layers", "rgb")
"""Pictures that an agent can be shown: each team's screen and the map, drawn by us with the short ids of the text; the
game's feature layers and its RGB."""
NO_IMAGES = "none"
"""Stands for no pictures where a roster has some."""
Telling = Literal["text", "json", "published"]
TELLINGS: tuple[Telling, ...] = ("text", "json", "published")
"""How an agent is told what it sees: compact lines; one JSON object, which takes about twice the tokens; or, for
comparison, the sections of LLM-PySC2's published protocol."""
Knowledge = Literal["facts", "advice", "tactics"]
KNOWLEDGE: tuple[Knowledge, ...] = ("facts", "advice", "tactics")
"""How much an agent is told of what is in play: numbers; also how it is used and what it fears; also tactics."""


@dataclass(frozen=True, slots=True)
class TeamRule:
    """How units become teams of an agent."""

    name: str
    """The team's name; the unit type or a number is put after it where there can be several, and stands alone for an
    empty one."""
    units: tuple[str, ...] = ("*",)
    """Names of unit types, "*" for all."""
    assign: str = "all"
    """"all" in one team, "by_type" a team for each unit type, "each" a team for each unit, "groups" teams of at most
    `size` units, "nearest" the same, with units that stand near one another."""
    size: int = 0
    """Most units of a team, where units are assigned in groups."""


@dataclass(frozen=True, slots=True)
class Role:
    """One agent of a roster."""

    name: str
    prompt: str
    """Name of the file `agents/prompts/NAME.md` that tells it who it is."""
    teams: tuple[TeamRule, ...]
    actions_per_team: int = 3
    """Actions a turn that one team may be given; more are rejected."""
    history_turns: int = 3
    """Past turns that stay in the conversation."""
    history_tokens: int = 0
    """Of these as many as fit, the newest first, by an estimate of their tokens; 0 = no limit."""
    images: tuple[ImageKind, ...] = ()
    """Pictures that it is shown each turn."""
    image_turns: int = 1
    """For how many of the last turns, this one included, the pictures stay in the conversation."""
    interval_loops: int = 0
    """Game loops from one decision to the next; 0 = the scenario's step."""
    sees_resources: bool = False
    """Whether it is shown minerals, vespene and supply."""
    knowledge: Knowledge = "advice"
    """What it is told, once, of the units in play."""
    lookups: int = 2
    """Questions to the knowledge base that it may ask in one answer."""
    sees_groups: bool = False
    """Whether it is shown where the other agents' teams are and what they are made of."""
    token_budget: int = 0
    """About how many tokens an observation may take; what matters least is left out. 0 = no limit."""
    channels: tuple[str, ...] = ()
    """Channels of letters it may write to and listens to from the start."""
    actions: tuple[str, ...] = ()
    """Names of the only actions that it may give, with * for any part of a name; empty = all."""
    always_asked: bool = False
    """Whether it is asked while it has no units as well, to read and write letters."""
    agent_per_team: bool = False
    """Whether there is an agent like this for each of its teams, named like the team, from when it first has units."""
    model: str = ""
    """Model of this agent; empty for the one named on the command line."""
    points: Frame = "world"
    """Frame of the places that it is shown."""
    protocol: Protocol = "text"
    """In which form it answers."""
    style: str = ""
    """Who writes its prompts: MODULE:CLASS or an installed prompt style; empty for ours."""
    observations: Telling = "text"
    """In which form it is told what it sees; JSON has places in cells of the map, and no budget."""
    looks_round: bool = False
    """Whether the camera goes to each of its teams, which are selected, before it is asked (camera interface)."""


@dataclass(frozen=True, slots=True)
class Roster:
    """All agents of one player."""

    name: str
    title: str
    agents: tuple[Role, ...]
    interface: Interface | None = None
    """By which actions it plays, "raw" or "camera"; None = as the scenario says."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What holds for all agents of a run, in place of what the roster says; None = as the roster says."""

    points: Frame | None = None
    protocol: Protocol | None = None
    token_budget: int | None = None
    images: tuple[ImageKind, ...] | None = None
    observations: Telling | None = None
    style: str | None = None
    looks_round: bool | None = None
    actions: tuple[str, ...] | None = None
    actions_per_team: int | None = None
    interval_loops: int | None = None
    history_turns: int | None = None
    lookups: int | None = None
    interface: Interface | None = None
    preset: str = ""
    """Name of the preset that it comes from, which becomes part of the roster's name."""

    def applied_to(self, roster: Roster) -> Roster:
        """Return the roster with these options."""
        given = {key: value for key, value in asdict(self).items() if key in _VALUES and value is not None}
        interface = given.pop("interface", roster.interface)
        agents = tuple(replace(role, **given) for role in roster.agents)
        name = f"{roster.name}{PRESET_MARK}{self.preset}" if self.preset else roster.name
        return replace(roster, name=name, agents=agents, interface=interface)


def load_preset(name: str) -> Overrides:
    """Return what a preset sets: a whole protocol by one name, from `agents/presets/NAME.toml`.

    Raises UsageError with the closest names, PackError if the file is broken.
    """
    files = packs.find_files("agents/presets")
    if name not in files:
        raise UsageError(f"no preset named {name!r}; {closest_names(name, files)}")
    return read_preset(files[name])


def read_preset(path: Path) -> Overrides:
    """Return the preset in a file. Raises PackError that names the file, the key and what was expected."""
    table = packs.read_toml(path)
    _no_unknown(path, "", table, ("title", *(field.name for field in fields(Overrides) if field.name in _VALUES)))
    _text(path, "title", table.get("title"))
    return Overrides(**_read_values(path, "", table, _VALUES), preset=path.stem)


def on_preset(name: str, options: Overrides) -> Overrides:
    """Return the options of a run on top of those of a preset, empty = none. Raises as `load_preset` does."""
    if not name:
        return options
    given = {key: value for key, value in asdict(options).items() if key in _VALUES and value is not None}
    return replace(load_preset(name), **given)


def read_overrides(
    points: str = "",
    protocol: str = "",
    token_budget: int = 0,
    images: str = "",
    observations: str = "",
    style: str = "",
) -> Overrides:
    """Return the options of a run as they are given, empty or 0 = as the roster says. Raises UsageError.

    `images` names kinds with commas between them, or "none".
    """
    frame, form = _choice("points", points, FRAMES), _choice("protocol", protocol, PROTOCOLS)
    kinds = tuple(kind for word in images.split(",") if (kind := _choice("images", word.strip(), (*IMAGES, NO_IMAGES))))
    shown = tuple(kind for kind in IMAGES if kind in kinds) if kinds else None
    action_echo = _choice("observations", observations, TELLINGS)
    return Overrides(frame, form, token_budget or None, shown, action_echo, style or None)


def _choice(what: str, word: str, known: tuple[T, ...]) -> T | None:
    if word and word not in known:
        raise UsageError(f"no {what} {word!r}; {closest_names(word, map(str, known))}")
    return known[known.index(word)] if word else None


AS_ROSTER = Overrides()


@dataclass(frozen=True, slots=True)
class Team:
    """A team as it stands now: its name and its living units, in the game's order."""

    name: str
    unit_tags: tuple[int, ...]


def load_roster(name: str) -> Roster:
    """Return the roster of that name. Raises UsageError with the closest names, PackError if the file is broken."""
    files = roster_files()
    if name not in files:
        raise UsageError(f"no roster named {name!r}; {closest_names(name, files)}; see 'llm-pysc2 list agents'")
    return read_roster(files[name])


def list_rosters() -> list[Roster]:
    """Return all rosters of all packs, sorted by name."""
    return [read_roster(path) for path in roster_files().values()]


def roster_files() -> dict[str, Path]:
    """Return the paths of all roster files by name; `agents/models` and `agents/presets` hold no rosters."""
    return packs.find_files("agents", without=("models", "presets"))


def read_roster(path: Path) -> Roster:
    """Return the roster in a file. Raises PackError that names the file, the key and what was expected."""
    table = packs.read_toml(path)
    _no_unknown(path, "", table, ("title", "interface", "agents"))
    agents = table.get("agents")
    if not isinstance(agents, list) or not agents:
        raise PackError(f"{path}: agents: expected at least one [[agents]] table")
    roles = tuple(_read_role(path, f"agents[{i}]", entry) for i, entry in enumerate(agents))
    names = [role.name for role in roles]
    if len(set(names)) < len(names):
        raise PackError(f"{path}: agents: two agents have the same name: {', '.join(names)}")
    interface = _read_values(path, "", table, ["interface"]).get("interface")
    return Roster(path.stem, _text(path, "title", table.get("title")), roles, interface)


def _read_role(path: Path, where: str, table: Any) -> Role:
    _no_unknown(path, where, table, [field.name for field in fields(Role)])
    teams = table.get("teams")
    if not isinstance(teams, list) or not teams:
        raise PackError(f"{path}: {where}.teams: expected at least one [[agents.teams]] table")
    return Role(
        name=_text(path, f"{where}.name", table.get("name")),
        prompt=_text(path, f"{where}.prompt", table.get("prompt")),
        teams=tuple(_read_team(path, f"{where}.teams[{i}]", entry) for i, entry in enumerate(teams)),
        **_read_values(path, where, table, _VALUES),
    )


def _read_values(path: Path, where: str, table: Any, keys: Iterable[str]) -> dict[str, Any]:
    """Return those of some values that a table has, each as it is to be."""
    return {key: _VALUES[key](path, f"{where}.{key}" if where else key, table[key]) for key in keys if key in table}


def _read_team(path: Path, where: str, table: Any) -> TeamRule:
    _no_unknown(path, where, table, [field.name for field in fields(TeamRule)])
    units = _names(path, f"{where}.units", table.get("units", ["*"]))
    if not units:
        raise PackError(f"{path}: {where}.units: expected at least one unit type")
    assign = _one_of(path, f"{where}.assign", table.get("assign", "all"), ASSIGNMENTS)
    name = table.get("name", "")
    if not isinstance(name, str) or (assign == "all" and not name):
        raise PackError(f"{path}: {where}.name: expected text, found {name!r}")
    size = table.get("size", 0)
    if type(size) is not int or (size < 1) == (assign in SIZED):
        wanted = "a whole number from 1" if assign in SIZED else f'none with assign = "{assign}"'
        raise PackError(f"{path}: {where}.size: expected {wanted}, found {size!r}")
    return TeamRule(name, units, assign, size)


def _no_unknown(path: Path, where: str, table: Any, known: Iterable[str]) -> None:
    if not isinstance(table, dict):
        raise PackError(f"{path}: {where}: expected a table, found {table!r}")
    for key in table:
        if key not in known:
            place = f"{where}.{key}" if where else key
            raise PackError(f"{path}: unknown key {place!r}; {closest_names(key, known)}")


def _one_of(path: Path, key: str, value: Any, known: tuple[T, ...]) -> T:
    if value not in known:
        raise PackError(f"{path}: {key}: expected {' or '.join(map(str, known))}, found {value!r}")
    return known[known.index(value)]


def _yes_or_no(path: Path, key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise PackError(f"{path}: {key}: expected true or false, found {value!r}")
    return value


def _names(path: Path, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) and entry.strip() for entry in value):
        raise PackError(f"{path}: {key}: expected a list of names, found {value!r}")
    return tuple(value)


def _text(path: Path, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise PackError(f"{path}: {key}: expected text, found {value!r}")
    return value


def _images(path: Path, key: str, value: Any) -> tuple[ImageKind, ...]:
    return tuple(_one_of(path, key, kind, IMAGES) for kind in _names(path, key, value))


def _count(path: Path, key: str, value: Any, least: int = 0) -> int:
    if type(value) is not int or value < least:
        raise PackError(f"{path}: {key}: expected a whole number from {least}, found {value!r}")
    return value


_VALUES: Mapping[str, Callable[[Path, str, Any], Any]] = {
    "actions_per_team": _count,
    "history_turns": _count,
    "history_tokens": _count,
    "image_turns": partial(_count, least=1),
    "interval_loops": _count,
    "lookups": _count,
    "token_budget": _count,
    "sees_resources": _yes_or_no,
    "sees_groups": _yes_or_no,
    "looks_round": _yes_or_no,
    "always_asked": _yes_or_no,
    "agent_per_team": _yes_or_no,
    "knowledge": partial(_one_of, known=KNOWLEDGE),
    "points": partial(_one_of, known=FRAMES),
    "protocol": partial(_one_of, known=PROTOCOLS),
    "observations": partial(_one_of, known=TELLINGS),
    "interface": partial(_one_of, known=INTERFACES),
    "channels": _names,
    "actions": _names,
    "images": _images,
    "model": _text,
    "style": _text,
}
"""How a value of an agent, of a roster or of a preset is read, where it is given."""
