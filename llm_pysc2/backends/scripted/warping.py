"""A policy for an attack on two fronts: Stalkers in front, and Zealots that are warped in behind the enemy's town hall.

Shows how agents work together: who leads the Warp Prisms writes to the Developer where there is power.
"""

import re

from llm_pysc2.backends.scripted.policies import Answer
from llm_pysc2.backends.scripted.reading import ReadUnit
from llm_pysc2.backends.scripted.stands import blink
from llm_pysc2.backends.scripted.tactics import Field, Place, distance

DEVELOPER = "Developer"
BESIDE: Place = (4.0, -8.0)
"""Where the Warp Prisms stand, from the enemy's town hall."""
FRONT_CELLS = 20.0
"""So far before the town hall the Stalkers offer battle."""
BATTLE_SECONDS = 11
"""When they set out for it: the Zealots are on their way then."""
THERE_CELLS = 1.5
_POWER = re.compile(r"power at (\w+)")


def warp_in(field: Field) -> Answer:
    """Stalkers fight in front of the base; Prisms fly round it, and Zealots from there tear down the town hall."""
    answer = blink(field)
    answer.analysis = "Stalkers in front, Zealots behind: the town hall is what counts."
    for unit in field.seen.own:
        if unit.type in _ROLES:
            _ROLES[unit.type](unit, field, answer)
    return answer


def _battle(unit: ReadUnit, field: Field, answer: Answer) -> None:
    """Let a Stalker go to where it offers battle, as long as nobody is in its way."""
    x, y = field.goal()
    if field.seen.seconds < BATTLE_SECONDS:
        answer.orders.pop(unit.id, None)
    elif not any(field.reach_cells(enemy) for enemy in field.seen.enemies):
        answer.act(unit, "Attack_To", (x - FRONT_CELLS, y))


def _fly(unit: ReadUnit, field: Field, answer: Answer) -> None:
    """Bring a Warp Prism along the edge of the map to its place, and let it give power there."""
    place = _place(field)
    if distance((unit.x, unit.y), place) < THERE_CELLS:
        answer.act(unit, "Morph_WarpPrismPhasingMode")
    elif unit.x < place[0] - FRONT_CELLS / 2:
        answer.act(unit, "Move_To", field.inside(place[0], 0.0))
    else:
        answer.act(unit, "Move_To", place)


def _report(unit: ReadUnit, field: Field, answer: Answer) -> None:  # noqa: ARG001 - one signature for all roles
    """Let a Warp Prism that gives power say so."""
    answer.letters.append((DEVELOPER, f"power at {unit.id}"))


def _warp(unit: ReadUnit, field: Field, answer: Answer) -> None:
    """Let a Warp Gate send a Zealot to where there is power, as the last letter says."""
    sources = [source for letter in field.seen.letters for source in _POWER.findall(letter.text)]
    if sources:
        answer.orders[unit.id] = f"Warp_Zealot_Near({sources[-1]})"


def _tear_down(unit: ReadUnit, field: Field, answer: Answer) -> None:
    """Let a Zealot attack the town hall, whoever shoots at it."""
    hall = next((enemy for enemy in field.seen.enemies if enemy.type in ("Hatchery", "Lair", "Hive")), None)
    if hall is None:
        answer.act(unit, "Move_To", field.goal())
    else:
        answer.attack(unit, hall)


def _place(field: Field) -> Place:
    x, y = field.goal()
    return field.inside(x + BESIDE[0], y + BESIDE[1])


_ROLES = {
    "Stalker": _battle,
    "WarpPrism": _fly,
    "WarpPrismPhasing": _report,
    "WarpGate": _warp,
    "Zealot": _tear_down,
}
