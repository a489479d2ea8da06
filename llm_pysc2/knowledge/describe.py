"""Entries, notes and matchups as text for agents and people. Figures come from the facts at the moment of asking."""

from collections.abc import Mapping
from math import inf

from llm_pysc2.knowledge.attack import Attack, Body
from llm_pysc2.knowledge.entries import Entry, entries_named, title_of
from llm_pysc2.knowledge.figures import figures, number
from llm_pysc2.knowledge.matchup import Matchup
from llm_pysc2.knowledge.notes import Note
from llm_pysc2.world.clock import loops_to_seconds

_EVEN = 1.15
"""Within this factor of each other two sides count as even."""
_MELEE_CELLS = 0.5
"""Reach up to which one speaks of melee."""


def describe_entry(entry: Entry) -> str:
    """Return an entry as text: its words, then its numbers, then what it beats and fears."""
    lines = [f"{entry.title} ({entry.race} {entry.kind}): {entry.role}", f"Use: {entry.use}"]
    if entry.avoid:
        lines.append(f"Beware: {entry.avoid}")
    if entry.strong_against:
        lines.append(f"Good against: {titles(entry.strong_against)}.")
    if entry.weak_against:
        lines.append(f"Bad against: {titles(entry.weak_against)}.")
    if entry.abilities:
        lines.append(f"See also: {titles(entry.abilities)}.")
    lines += [f"{label}: {text}" for label, text in figures(entry)]
    return "\n".join(lines)


def describe_note(note: Note) -> str:
    """Return a note as text with its title."""
    return f"{note.title}\n{note.text}"


def describe_matchup(matchup: Matchup) -> str:
    """Return who does what to whom, who reaches farther, who is faster, and who wins at even cost."""
    first, second = title_of(matchup.first.unit.name), title_of(matchup.second.unit.name)
    lines = [
        _attack_text(first, second, matchup.attack, matchup.second),
        _attack_text(second, first, matchup.answer, matchup.first),
        _advantage_text(first, second, matchup),
        _cost_text(first, second, matchup),
    ]
    return "\n".join(line for line in lines if line)


def describe_counters(entry: Entry, matchups: Mapping[str, Matchup]) -> str:
    """Return what beats a unit: by the entry, with the numbers of the matchups of those (by name) that have some."""
    lines = [f"What beats the {entry.title}: {titles(entry.weak_against) or 'nothing in particular'}."]
    if entry.avoid:
        lines.append(f"Its weak side: {entry.avoid}")
    for name, matchup in matchups.items():
        lines.append(f"- {titles((name,))}: {_duel_text(entry.title, matchup)}")
    return "\n".join(lines)


def _cost_text(first: str, second: str, matchup: Matchup) -> str:
    """Return who wins at even cost, in the open and one at a time; empty where that says nothing."""
    trade, in_the_open = matchup.trade, matchup.open_field
    if trade is None or in_the_open is None or trade in (0.0, inf):
        return ""
    if matchup.attack.is_last or matchup.answer.is_last:
        return f"Cost: {_better(first, second, trade)} by the price of what dies, splash not counted."
    return (
        f"Even cost: {_better(first, second, in_the_open)} where all shoot at once, "
        f"{_better(first, second, trade)} one against one; no splash, no spells, no cloak, no walking."
    )


def _duel_text(title: str, matchup: Matchup) -> str:
    attack, answer, reach = matchup.attack, matchup.answer, matchup.reach_cells
    parts = []
    if attack.is_possible:
        attacks = f"{attack.attacks_to_kill} attack" + ("s" if attack.attacks_to_kill > 1 else "")
        parts.append(f"kills one with {attacks}, {number(attack.damage_per_second, 1)} damage/s")
    if reach:
        parts.append(f"{'outranges it' if reach > 0 else 'is outranged'} by {number(abs(reach), 1)}")
    if not answer.is_possible:
        parts.append(f"the {title} cannot attack it")
    elif not attack.is_possible:
        parts.append("by what it brings or casts, not by shooting")
    return "; ".join(parts)


def titles(names: tuple[str, ...]) -> str:
    """Return API names as people write them, separated by commas."""
    return ", ".join(found[0].title if (found := entries_named(name)) else title_of(name) for name in names)


def _attack_text(first: str, second: str, attack: Attack, target: Body) -> str:
    if not attack.is_possible:
        return f"{first} cannot attack {second}."
    damage = number(attack.life_damage, 1)
    if target.shield and attack.shield_damage != attack.life_damage:
        damage = f"{number(attack.shield_damage, 1)} on shields, {damage} on life"
    attacks = f"{attack.attacks_to_kill} attack" + ("s" if attack.attacks_to_kill > 1 else "")
    in_time = f" in {number(loops_to_seconds(attack.kill_loops), 1)} s" if attack.kill_loops else ""
    pace = f" every {number(loops_to_seconds(attack.period_loops), 2)} s" if not attack.is_last else ", once"
    rate = f", {number(attack.damage_per_second, 1)} damage/s" if not attack.is_last else ""
    switch = " (once switched on)" if attack.is_switched else ""
    reach = f"range {number(attack.range_cells, 1)}" if attack.range_cells > _MELEE_CELLS else "melee"
    return f"{first} on {second}{switch}: {damage}{pace}{rate}, {reach}; kills with {attacks}{in_time}."


def _advantage_text(first: str, second: str, matchup: Matchup) -> str:
    reach, faster = matchup.reach_cells, matchup.speed_cells_per_second
    parts = []
    if reach:
        longer, shorter = (first, second) if reach > 0 else (second, first)
        parts.append(f"{longer} outranges {shorter} by {number(abs(reach), 1)}")
    if faster and matchup.first.speed_cells_per_second and matchup.second.speed_cells_per_second:
        quick, slow = (first, second) if faster > 0 else (second, first)
        parts.append(f"{quick} is faster than {slow} by {number(abs(faster), 2)} cells/s")
        if reach * faster > 0:
            parts.append(f"{quick} can kite {slow}")
    return "; ".join(parts) + "." if parts else ""


def _better(first: str, second: str, ratio: float) -> str:
    if 1 / _EVEN < ratio < _EVEN:
        return "about even"
    return f"{first} {number(ratio, 1)} to 1" if ratio > 1 else f"{second} {number(1 / ratio, 1)} to 1"
