"""How strong armies are, and what the computer makes of what it has seen.

The build's own measure is not visible: here a unit counts what it cost, by the share of its life, times a factor.
"""

from collections.abc import Iterable
from math import hypot

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.computer.view import View
from llm_pysc2.engine.state.computer_records import Sighting
from llm_pysc2.engine.state.match import NEUTRAL, Match, hostile
from llm_pysc2.knowledge.computer import load_rules

FORGET_LOOPS = 16 * 180
"""A unit that was not seen for so long counts no more."""
HOME_CELLS = 15.0


def strength_of(match: Match, row: int) -> float:
    """Return what a unit (row) counts for: nothing if it cannot fight."""
    units = match.units
    kind = match.types.types[int(units.row[row])]
    if match.types.workers[units.row[row]] or not (units.arms[row].weapons or units.energy_max[row] > 0):
        return 0.0
    if units.build_progress[row] < 1:
        return 0.0
    whole = float(units.life_max[row] + units.shield_max[row]) or 1.0
    share = float(units.life[row] + units.shield[row]) / whole
    worth = 25.0 if kind.name == "Zergling" else float(kind.minerals + kind.vespene)
    return worth * share * load_rules().strength.get(kind.name, 1.0)


def watch(view: View) -> None:
    """Bring what is known of the enemy up to date: who is in sight, who is gone from where they were seen."""
    match, known = view.match, view.mind.known
    units = match.units
    all_seen = view.mind.level >= load_rules().levels["sees_map_from"]
    seen = vision.seen_by(match, view.player_id)
    for row, owner in enumerate(units.owner.tolist()):
        if owner == NEUTRAL or not hostile(view.player_id, owner) or not (seen[row] or all_seen):
            continue
        if units.aboard[row] >= 0 or units.life[row] <= 0:
            continue
        kind = match.types.types[int(units.row[row])]
        known[int(units.tag[row])] = Sighting(
            kind.name, float(units.x[row]), float(units.y[row]), strength_of(match, row),
            bool(units.structure[row]), bool(units.flying[row]), match.loop,
        )  # fmt: skip
    fog = match.fogs.get(view.player_id)
    for tag, one in list(known.items()):
        if one.loop == match.loop:
            continue
        in_view = fog is None or bool(fog.watchers[int(one.y), int(one.x)])
        if in_view or (not one.structure and match.loop - one.loop > FORGET_LOOPS):
            del known[tag]


def suspects_seen(view: View, names: Iterable[str]) -> bool:
    """Return whether one of some enemy types is known."""
    wanted = set(names)
    return any(one.name in wanted for one in view.mind.known.values())


def suspects(view: View, danger: str, late: bool) -> bool:
    """Return whether cloaked ("detection") or flying ("air") enemies are to be feared: seen, or it is late enough."""
    rules = load_rules().danger
    limit = rules["late_seconds" if late else "early_seconds"]
    return view.seconds > limit or suspects_seen(view, rules[danger])


def own_strength(view: View) -> float:
    """Return the strength of all its fighters."""
    match = view.match
    return sum(strength_of(match, row) for rows in view.rows.values() for row in rows if not match.units.structure[row])


def known_strength(view: View) -> float:
    """Return the strength of the enemy's army as far as it is known."""
    return sum(one.strength for one in view.mind.known.values() if not one.structure)


def near(view: View, x: float, y: float, cells: float) -> list[Sighting]:
    """Return the enemies seen of late around a place."""
    recent = view.match.loop - 48
    return [
        one
        for one in view.mind.known.values()
        if (one.loop >= recent or one.structure) and hypot(one.x - x, one.y - y) <= cells
    ]


def threats(view: View) -> list[Sighting]:
    """Return the enemies in sight that could harm its buildings, those near the main town first."""
    match, units = view.match, view.match.units
    places = [
        (float(units.x[row]), float(units.y[row]))
        for name, rows in view.rows.items()
        for row in rows
        if units.structure[row] and name not in ("CreepTumorBurrowed", "CreepTumorQueen", "CreepTumor")
    ]
    recent = match.loop - 32
    found = [
        one
        for one in view.mind.known.values()
        if one.loop >= recent
        and (one.strength > 0)
        and any(hypot(one.x - x, one.y - y) < HOME_CELLS for x, y in places)
    ]
    home = view.home
    return sorted(found, key=lambda one: hypot(one.x - home[0], one.y - home[1]))


def threat(view: View) -> float:
    """Return the strength of the enemies at home."""
    return sum(one.strength for one in threats(view))


def is_under_heavy_attack(view: View) -> bool:
    """Return whether what is at home is more than the army can bear."""
    at_home = threat(view)
    return at_home >= 100 and (at_home >= 1500 or own_strength(view) < at_home + 200)


def needs_defending(view: View) -> bool:
    """Return whether defenders are made before all else."""
    at_home = threat(view)
    return at_home >= 100 and own_strength(view) + 80 < at_home


def expansion_factor(view: View) -> float:
    """Return by which expansions come earlier or later: stronger computers take more."""
    other = known_strength(view) or 1.0
    ratio = 100 * own_strength(view) / other
    sees = view.mind.level >= load_rules().levels["sees_map_from"]
    weaker, stronger = (90, 110) if sees else (100, 150)
    if ratio < weaker:
        return 0.8
    if ratio > stronger:
        return 1.5 if sees else 1.25
    return 1.0
