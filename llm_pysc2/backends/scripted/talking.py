"""A chain of command: a commander who leads by letters, and groups that do what the letters say.

One policy for all agents of a roster: by its prompt an agent knows whether it commands. Nothing is shared between them
but what they write to one another.
"""

import re

from llm_pysc2.backends.scripted.policies import Answer, Orders, attack_targets
from llm_pysc2.backends.scripted.reading import MADE, ReadGroup
from llm_pysc2.backends.scripted.tactics import Field, Place, distance

_ORDER = re.compile(r"attack towards (-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")
_WARP = re.compile(r"Warp_\w+")
ARRIVED_CELLS = 4.0
REST_SECONDS = 21
"""A Warp Gate is ready again by then, wherever it has sent a Zealot."""


def chain_of_command(field: Field) -> Answer:
    """Command by letters if that is what one is for; otherwise obey them, and fight what is in view between them."""
    answer = _command(field) if field.rules.commands else _obey(field)
    answer.orders = attack_targets(field) | answer.orders
    return answer


def _command(field: Field) -> Answer:
    """Send each agent that leads troops towards the enemies nearest to it, or to where the task says."""
    places: dict[str, Place] = {}
    for group in field.seen.groups:
        place = _goal(field, group)
        if place and group.agent not in places and group.agent in field.rules.partners:
            places[group.agent] = place
    letters = [(agent, f"{agent}: attack towards {x:g},{y:g}, with all you have.") for agent, (x, y) in places.items()]
    analysis = f"I send {', '.join(places)} forward." if places else "Nobody is to be sent anywhere."
    return Answer(analysis, {}, letters)


def _goal(field: Field, group: ReadGroup) -> Place | None:
    seen = [*((unit.x, unit.y) for unit in field.seen.enemies), *field.seen.far_enemies]
    if seen:
        return min(seen, key=lambda place: distance(place, (group.x, group.y)))
    return next(iter(field.seen.places), None)


def _obey(field: Field) -> Answer:
    """Do what the newest order in the mail says, and tell who wrote it."""
    for letter in reversed(field.seen.letters):
        if found := _ORDER.search(letter.text):
            answer = Answer(f"{letter.sender} sends us to {found[1]},{found[2]}.")
            _march(field, (float(found[1]), float(found[2])), answer)
            if letter.sender in field.rules.partners:
                report = f"{field.rules.speaker}: {_report(answer.orders)} to {found[1]},{found[2]}."
                answer.letters.append((letter.sender, report))
            return answer
    return Answer("No new orders; we fight on.")


def _report(orders: Orders) -> str:
    going = sum(not order.startswith(MADE) for order in orders.values())
    return f"{going} units go" if going or not orders else "we send more"


def _march(field: Field, place: Place, answer: Answer) -> None:
    """Order each unit that can to go, those that can shoot to attack on the way; gates that are ready warp in more."""
    for unit in field.seen.own:
        actions = field.seen.actions.get(unit.type, ())
        going = next((name for name in ("Attack_To", "Move_To") if name in actions), "")
        warping = next((name for name in actions if _WARP.fullmatch(name)), "")
        if going and distance((unit.x, unit.y), place) > ARRIVED_CELLS:
            answer.act(unit, going, place)
        elif warping and field.seen.seconds - field.seen.casts.get((unit.id, warping), -REST_SECONDS) >= REST_SECONDS:
            answer.cast(unit, warping, field.seen.seconds)
