"""Larvae: a town hall of the Zerg has up to three and makes another now and then; those of a Queen come besides."""

from llm_pysc2.engine.behaviors import modifiers
from llm_pysc2.engine.state import alerts
from llm_pysc2.engine.state.economy_records import Brood
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.units import unit_by_name

_PLACES = ((0.0, -3.0), (1.0, -3.0), (-1.0, -3.0), (2.0, -3.0), (-2.0, -3.0), (3.0, -3.0), (-3.0, -3.0))
"""Where larvae lie, cells from the middle of the town hall (the first three seen in replays)."""
_SPAWNS = "SpawnLarva"
_GIVEN = "QueenSpawnLarva"
"""What a town hall holds for each larva that a Queen's work has given it."""


def settle(match: Match, hall: int) -> None:
    """Let a town hall (tag) that starts the game have all its larvae, if it makes any."""
    if begin(match, hall):
        for _ in range(int(load_economy().numbers["larva_natural_max"])):
            _spawn(match, hall)


def begin(match: Match, hall: int) -> bool:
    """Let a town hall (tag) make larvae from now on. Returns whether its type does."""
    unit_type = match.types.types[int(match.units.row[match.units.row_of(hall)])]
    if _SPAWNS not in unit_type.behaviors:
        return False
    if hall not in match.industry.broods:
        match.industry.broods[hall] = Brood(match.loop + load_economy().numbers["larva_spawn_loops"])
    return True


def run(match: Match) -> None:
    """Let the larvae come whose time it is."""
    industry = match.industry
    if not industry.broods:
        return
    numbers = load_economy().numbers
    for hall, brood in industry.broods.items():
        if hall in match.spells.held:
            _release(match, hall, brood)
        if modifiers.turns_off(match, hall, _SPAWNS):
            brood.spawn_due += 1
        elif len(larvae_of(match, hall)) >= numbers["larva_natural_max"]:
            brood.spawn_due = match.loop + numbers["larva_spawn_loops"]
        elif match.loop >= brood.spawn_due:
            brood.spawn_due = match.loop + numbers["larva_spawn_loops"]
            _spawn(match, hall)


def _release(match: Match, hall: int, brood: Brood) -> None:
    """Let the larvae that a Queen gave come, one after the other, as long as there are not too many."""
    held = next((one for one in match.spells.held[hall] if one.name == _GIVEN), None)
    if held is None or match.loop < brood.release_due:
        return
    if len(larvae_of(match, hall)) < load_economy().numbers["larva_max"]:
        _spawn(match, hall)
        alerts.alert_at(match, match.units.row_of(hall), alerts.LARVA_HATCHED)
    brood.release_due = match.loop + load_economy().numbers["inject_release_loops"]
    held.stacks -= 1
    if not held.stacks:
        match.spells.drop(hall, held)


def larvae_of(match: Match, hall: int) -> list[int]:
    """Return the tags of the larvae of a town hall."""
    larva = unit_by_name("Larva").id
    units = match.units
    rows = [(tag, units.row_of(tag)) for tag, home in match.industry.larvae.items() if home == hall]
    return [tag for tag, row in rows if row >= 0 and units.type_id[row] == larva]


def _spawn(match: Match, hall: int) -> None:
    units = match.units
    larva = unit_by_name("Larva").id
    row = units.row_of(hall)
    taken = {(float(units.x[one]), float(units.y[one])) for one in map(units.row_of, larvae_of(match, hall))}
    places = [(float(units.x[row]) + right, float(units.y[row]) + up) for right, up in _PLACES]
    place = next((one for one in places if one not in taken), places[len(taken) % len(places)])
    match.industry.larvae[spawning.create(match, larva, int(units.owner[row]), *place)] = hall
