"""A reader of observation texts that shares no code with the writer: what a person can find out with a ruler."""

from dataclasses import dataclass, field, replace


@dataclass
class Row:
    """A unit line."""

    section: str
    team: str
    """The team last named before it: the one on whose screen it is."""
    type: str
    id: str
    place: tuple[float, float]
    health: tuple[int, int]
    shield: tuple[int, int]
    energy: tuple[int, int]
    distances: list[int]
    weapon: str
    buffs: list[str]
    marks: list[str]
    orders: str


@dataclass
class Reading:
    """An observation."""

    rows: list[Row] = field(default_factory=list)
    actions: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """By unit type the actions, each with the only units that can; none = all can."""
    far: dict[str, int] = field(default_factory=dict)
    """Enemies farther away, by type."""


def read(text: str) -> Reading:
    """Return the units and actions in an observation text."""
    reading = Reading()
    briefly: list[list[str]] = []
    section, team, heading = "", "", ""
    for line in text.split("\n"):
        words = line.split(" ")
        if line.startswith("Team "):
            section = team = line[len("Team ") : line.index(" at ")]
        elif (words[0] in ("Allies", "Enemies", "Resources") and words[1:3] == ["in", "view,"]) or words[2:3] == [
            "view"
        ]:
            section = words[0]
        elif line.startswith("Actions "):
            types, names = line[len("Actions ") :].split(": ")
            for name in types.split(", "):
                reading.actions[name] = dict(map(_action, names.split(" ")))
        elif line.startswith("Enemies farther away: "):
            pairs = (entry.split(" x") for entry in line.partition(": ")[2].split(", "))
            reading.far = {name: int(count) for name, count in pairs}
        elif line.startswith("Also in view: "):
            briefly.extend([team, *entry.split(" ")] for entry in line[14:].split("; "))
        elif line.endswith(":") and not line.startswith((" ", "Mail", "Your")):
            heading = line[:-1]
        elif len(words) > 1 and words[0][-1:].isdigit() and words[1].count(",") == 1 and heading:
            reading.rows.append(_row((section, team), heading.split(" "), words))
    reading.rows.extend([_again(words, reading.rows) for words in briefly])
    return reading


def _action(word: str) -> tuple[str, tuple[str, ...]]:
    """Return the name of an action, and the units in its brackets; its price is in braces between them."""
    name, _, only = word.removesuffix("]").partition("[")
    return name.partition("{")[0], tuple(only.split(",")) if only else ()


def _again(words: list[str], rows: list[Row]) -> Row:
    """Return the row of a unit that is told of elsewhere, seen from another team."""
    team, name, place, *far = words
    elsewhere = next(row for row in rows if row.id == name)
    x, y = place.split(",")
    distances = [int(word) for word in far]
    section = "Enemies" if distances else "Allies"
    return replace(elsewhere, section=section, team=team, place=(float(x), float(y)), distances=distances)


def _row(where: tuple[str, str], heading: list[str], words: list[str]) -> Row:
    x, y = words[1].split(",")
    rest = words[2:]
    most = [word for word in heading[1:] if not word.startswith("e")]
    health, shield = _pair(rest.pop(0)) if most else (0, 0)
    health_max, shield_max = _pair(most[0]) if most else (0, 0)
    energies = [int(word[1:]) for word in heading[1:] if word.startswith("e")]
    energy = (int(rest.pop(0)[1:]), energies[0]) if energies else (0, 0)
    distances = (
        [int(part) for part in rest.pop(0).split("/")] if rest and rest[0][0].isdigit() and _whole(rest[0]) else []
    )
    weapon = rest.pop(0) if rest and (rest[0] == "ready" or (rest[0].endswith("s") and rest[0][0].isdigit())) else ""
    buffs, marks = [], []
    while rest and rest[0].startswith(("+", "(")):
        if rest[0].startswith("+"):
            buffs.append(rest.pop(0)[1:])
            continue
        mark = rest.pop(0)
        while not mark.endswith(")"):
            mark += " " + rest.pop(0)
        marks.append(mark[1:-1])
    return Row(
        *where, heading[0], words[0], (float(x), float(y)), (health, health_max), (shield, shield_max),
        energy, distances, weapon, buffs, marks, " ".join(rest),
    )  # fmt: skip


def _whole(word: str) -> bool:
    return word.replace("/", "").isdigit()


def _pair(word: str) -> tuple[int, int]:
    first, _, second = word.partition("+")
    return int(first), int(second or 0)
