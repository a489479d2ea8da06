"""Read the texts that models are shown: the observation of a turn, and the unit types in the system prompt.

Scripted policies know nothing else, so that they play under the same conditions as a model.
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import hypot

from llm_pysc2.chat import Chat

_NUMBER = r"-?\d+(?:\.\d+)?"
_TASK = re.compile(r"^Task: (.+)$")
_SPOT = re.compile(rf"\(({_NUMBER}), ({_NUMBER})\)")
_LETTER = re.compile(r"^ From (\S+)(?: in [^:]+)?: (.*)$")
_CAST = re.compile(r"^ cast (\w+) (\w+) at (\d+)$")
_CLOCK = re.compile(r"^Time (\d+):(\d\d)")
_TEAM = re.compile(rf"^Team (.+?) at (?:minimap )?({_NUMBER}),({_NUMBER})(?:, task: .*)?$")
_SECTION = re.compile(r"^(Allies|Enemies|Resources) in view")
_HEADING = re.compile(r"^(\w+)(?: (\d+)(?:\+(\d+))?)?(?: e(\d+))?:$")
_PLACE = re.compile(rf"^([A-Za-z]+\d+|0x[0-9a-f]+) ({_NUMBER}),({_NUMBER})")
_VITALS = re.compile(r" (\d+)(?:\+(\d+))?")
_ENERGY = re.compile(r" e(\d+)")
_DISTANCES = re.compile(r" (\d+(?:/\d+)*)(?= |$)")
_WEAPON = re.compile(r" (?:(ready)|(\d+\.\d)s)")
_EXTRA = re.compile(r" \+(\w+)| \(([^)]*)\)")
_ACTIONS = re.compile(r"^Actions ([\w, ]+): (.+)$")
_CHOICE = re.compile(r"(\w+)(?:\{[^}]*\})?(?:\[([^\]]*)\])?")
_GROUP = re.compile(rf"^ (\S+) \S+ at ({_NUMBER}),({_NUMBER}) health ")
_FAR = re.compile(rf"\bat ({_NUMBER}),({_NUMBER}) ")
_SPEAKER = re.compile(r"^You are (\w[\w-]*)(, the commander of one side)?")
_PARTNERS = re.compile(r"^To write to ([^:]+): <MessageTo", re.MULTILINE)
_AREA = re.compile(rf"units can be between ({_NUMBER}),({_NUMBER}) and ({_NUMBER}),({_NUMBER})")
_TYPE = re.compile(
    rf"^(\w+): health (\d+)(?: shield \d+)?(?: energy \d+)? armor (\d+); ([\w/ ]+)(?:; speed ({_NUMBER}))?"
)
_ATTACK = re.compile(
    rf"(?:melee|range ({_NUMBER})) (ground|air|ground\+air) ({_NUMBER})(?:x(\d+))?(?: \(([^)]*)\))?, dps ({_NUMBER})"
)
_EVERY = re.compile(rf"(\w+) \([^()]*every ({_NUMBER})s")
_BONUS = re.compile(rf"\+({_NUMBER}) (\w+)")

MADE = ("Build_", "Train_", "Warp_")
"""So the actions begin by which one unit makes something."""


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit as the text shows it."""

    id: str
    type: str
    x: float
    y: float
    health: int = 0
    health_max: int = 0
    shield: int = 0
    shield_max: int = 0
    energy: int = 0
    energy_max: int = 0
    distances_cells: tuple[int, ...] = ()
    weapon_seconds: float | None = None
    """0 = ready; None if the text does not say."""
    buffs: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    orders: str = ""
    """As written, such as "Attack eR3, Move 3,4"."""

    @property
    def hit_points(self) -> int:
        """Health and shield together."""
        return self.health + self.shield

    def distance_to(self, other: "ReadUnit") -> float:
        """Return the distance between centres in cells."""
        return hypot(self.x - other.x, self.y - other.y)


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """The first line of a letter."""

    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """A team of another agent."""

    agent: str
    x: float
    y: float


@dataclass(slots=True)
class ReadObservation:
    """What an observation text says."""

    seconds: int = 0
    places: list[tuple[float, float]] = field(default_factory=list)
    """The places that the task names, in its order, in cells."""
    letters: list[ReadLetter] = field(default_factory=list)
    casts: dict[tuple[str, str], int] = field(default_factory=dict)
    """When a unit last used an action, in seconds: what the policy has noted down (`Answer.cast`)."""
    groups: list[ReadGroup] = field(default_factory=list)
    far_enemies: list[tuple[float, float]] = field(default_factory=list)
    """Where enemies stand that are in view of none of the agent's teams, for those who are told."""
    teams: dict[str, list[ReadUnit]] = field(default_factory=dict)
    allies: list[ReadUnit] = field(default_factory=list)
    enemies: list[ReadUnit] = field(default_factory=list)
    resources: list[ReadUnit] = field(default_factory=list)
    actions: dict[str, list[str]] = field(default_factory=dict)
    """Names of the actions listed, by unit type; those that only some units have are left out."""
    only: dict[str, frozenset[str]] = field(default_factory=dict)
    """The ids of the units that have an action which only some of their type have, by its name."""

    def lists(self, unit: ReadUnit, action: str) -> bool:
        """Return whether an action is listed for a unit now; what is made finds its place, or takes one."""
        names = {action, action.removesuffix("_Near").removesuffix("_To") if action.startswith(MADE) else action}
        return any(name in self.actions.get(unit.type, ()) or unit.id in self.only.get(name, ()) for name in names)

    @property
    def own(self) -> list[ReadUnit]:
        """All units of the agent's teams."""
        return [unit for units in self.teams.values() for unit in units]


@dataclass(frozen=True, slots=True)
class ReadWeapon:
    """A weapon as the system prompt shows it."""

    range_cells: float
    """0.1 for melee."""
    hits_ground: bool
    hits_air: bool
    damage: float
    hits: int
    bonus: tuple[tuple[str, float], ...]
    dps: float

    @property
    def is_melee(self) -> bool:
        """Whether it needs to stand next to its target."""
        return self.range_cells < 1

    @property
    def shots_per_second(self) -> float:
        """How often it fires."""
        return self.dps / (self.damage * self.hits) if self.damage else 0.0


@dataclass(frozen=True, slots=True)
class ReadType:
    """A unit type as the system prompt shows it."""

    armor: float = 0.0
    attributes: frozenset[str] = frozenset()
    is_flying: bool = False
    speed_cells_per_second: float = 3.0
    weapons: tuple[ReadWeapon, ...] = (ReadWeapon(5.0, True, True, 10.0, 1, (), 10.0),)
    every_seconds: dict[str, float] = field(default_factory=dict)
    """The least time between two uses of an action."""


@dataclass(frozen=True, slots=True)
class ReadRules:
    """What the system prompt says of the agent, of the map and of the unit types."""

    speaker: str = ""
    """The agent's own name."""
    commands: bool = False
    """Whether it leads the others."""
    partners: tuple[str, ...] = ()
    """Agents and channels that it may write to."""
    area: tuple[float, float, float, float] = (0.0, 0.0, 200.0, 200.0)
    """Left, bottom, right, top of where units can be, in cells."""
    types: dict[str, ReadType] = field(default_factory=dict)

    def type(self, name: str) -> ReadType:
        """Return a unit type, or a middling one if the prompt does not know it."""
        return self.types.get(name) or ReadType()


def read_observation(text: str) -> ReadObservation:
    """Return what an observation text says; lines that are not understood are left out."""
    found = ReadObservation()
    rows: list[ReadUnit] = []
    heading: re.Match[str] | None = None
    for line in text.splitlines():
        if team := _TEAM.match(line):
            rows = found.teams.setdefault(team[1], [])
        elif section := _SECTION.match(line):
            rows = {"Allies": found.allies, "Enemies": found.enemies, "Resources": found.resources}[section[1]]
        elif _read_told(line, found):
            continue
        elif head := _HEADING.match(line):
            heading = head
        elif heading and (unit := _read_unit(line, heading)):
            rows.append(unit)
    return found


def _read_told(line: str, found: ReadObservation) -> bool:
    """Take over what a line says beside units, if it does: time, task, actions, notes, and what others are about."""
    if clock := _CLOCK.match(line):
        found.seconds = int(clock[1]) * 60 + int(clock[2])
    elif task := _TASK.match(line):
        found.places += [(float(x), float(y)) for x, y in _SPOT.findall(task[1])]
    elif cast := _CAST.match(line):
        found.casts[cast[1], cast[2]] = int(cast[3])
    elif actions := _ACTIONS.match(line):
        _read_actions(actions[1].split(", "), actions[2], found)
    else:
        return _read_others(line, found)
    return True


def _read_others(line: str, found: ReadObservation) -> bool:
    """Take over what a line says of other agents and of enemies far away, if it does."""
    if letter := _LETTER.match(line):
        found.letters.append(ReadLetter(letter[1], letter[2]))
    elif group := _GROUP.match(line):
        found.groups.append(ReadGroup(group[1], float(group[2]), float(group[3])))
    elif line.startswith("Enemies farther away: "):
        found.far_enemies += [(float(x), float(y)) for x, y in _FAR.findall(line)]
    else:
        return False
    return True


def _read_actions(types: list[str], text: str, found: ReadObservation) -> None:
    choices = [choice for choice in map(_CHOICE.match, text.split()) if choice]
    names = [choice[1] for choice in choices if not choice[2]]
    found.actions.update(dict.fromkeys(types, names))
    found.only.update({choice[1]: frozenset(choice[2].split(",")) for choice in choices if choice[2]})


def _read_unit(line: str, heading: re.Match[str]) -> ReadUnit | None:
    """Return the unit in a line under a heading such as "Stalker 80+80:", or None if it is no unit."""
    place = _PLACE.match(line)
    if place is None:
        return None
    position = place.end()
    values: dict[str, int] = {}
    if heading[2] and (vitals := _VITALS.match(line, position)):
        values = {"health": int(vitals[1]), "shield": int(vitals[2] or 0)}
        position = vitals.end()
    if heading[4] and (energy := _ENERGY.match(line, position)):
        values["energy"] = int(energy[1])
        position = energy.end()
    distances: tuple[int, ...] = ()
    if found := _DISTANCES.match(line, position):
        distances = tuple(int(part) for part in found[1].split("/"))
        position = found.end()
    seconds = None
    if weapon := _WEAPON.match(line, position):
        seconds = 0.0 if weapon[1] else float(weapon[2])
        position = weapon.end()
    extras: list[re.Match[str]] = []
    while extra := _EXTRA.match(line, position):
        extras.append(extra)
        position = extra.end()
    return ReadUnit(
        id=place[1], type=heading[1], x=float(place[2]), y=float(place[3]),
        health_max=int(heading[2] or 0), shield_max=int(heading[3] or 0), energy_max=int(heading[4] or 0),
        distances_cells=distances, weapon_seconds=seconds,
        buffs=tuple(extra[1] for extra in extras if extra[1]), marks=tuple(extra[2] for extra in extras if extra[2]),
        orders=line[position:].strip(), **values,
    )  # fmt: skip


def read_rules(chat: Chat) -> ReadRules:
    """Return what the system prompt of a chat says of the map and the unit types."""
    return _read_rules("\n".join(message.text for message in chat.messages if message.role == "system"))


@lru_cache(maxsize=64)
def _read_rules(text: str) -> ReadRules:
    speaker, partners = _SPEAKER.match(text), _PARTNERS.search(text)
    rules = ReadRules(
        speaker=speaker[1] if speaker else "",
        commands=bool(speaker and speaker[2]),
        partners=tuple(partners[1].split(" or ")) if partners else (),
    )
    if area := _AREA.search(text):
        left, bottom, right, top = map(float, area.groups())
        rules = replace(rules, area=(left, bottom, right, top))
    for line in text.splitlines():
        if kind := _TYPE.match(line):
            words = kind[4].split()
            rules.types[kind[1]] = ReadType(
                armor=float(kind[3]),
                attributes=frozenset(words[:-1]),
                is_flying=words[-1] == "air",
                speed_cells_per_second=float(kind[5] or 0.0),
                weapons=tuple(_read_weapon(weapon) for weapon in _ATTACK.finditer(line)),
                every_seconds={action: float(seconds) for action, seconds in _EVERY.findall(line)},
            )
    return rules


def _read_weapon(found: re.Match[str]) -> ReadWeapon:
    bonus = tuple((name, float(amount)) for amount, name in _BONUS.findall(found[5] or ""))
    return ReadWeapon(
        range_cells=float(found[1] or 0.1),
        hits_ground="ground" in found[2],
        hits_air="air" in found[2],
        damage=float(found[3]),
        hits=int(found[4] or 1),
        bonus=bonus,
        dps=float(found[6]),
    )
