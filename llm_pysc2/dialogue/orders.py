"""Orders as they were understood, and the commands they become: who gets which, and what comes after what."""

from collections.abc import Sequence
from dataclasses import dataclass

from llm_pysc2.dialogue.grammar import NO_OPERATION, Action
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.world.command import Command, ProductionRequest
from llm_pysc2.world.geometry import Point
from llm_pysc2.world.view import UnitView


@dataclass(frozen=True, slots=True)
class Order:
    """One action of an answer, understood."""

    team: str
    text: str
    """In canonical form, such as "Attack_Unit(eR3)"."""
    action: Action
    unit_tags: tuple[int, ...]
    """The units that can carry it out."""
    target: Point | int | None
    queued: bool | None
    """As written: True "queued", False "now", None = first replaces, later ones follow."""
    is_individual: bool
    """Whether it names its units, instead of being for the whole team."""
    production_request: ProductionRequest | None = None
    """Where the game is still to say who does it and where."""


def build_commands(orders: Sequence[Order], situation: Situation) -> list[tuple[Command, ...]]:
    """Return the commands of each order of an answer; production requests have none yet.

    Several orders for the same units are carried out one after the other: the first replaces what the units do, those
    after are queued. Units that get orders of their own take no part in those of their team.
    """
    individual = {tag for order in orders if order.is_individual for tag in order.unit_tags}
    units = situation.view.by_tag
    busy: dict[int, int] = {}
    commands: list[tuple[Command, ...]] = []
    for order in orders:
        tags = [tag for tag in order.unit_tags if order.is_individual or tag not in individual]
        if order.action.by_one and not order.is_individual and tags:
            tags = [_choose(tags, units, busy, order.target)]
        if order.action.ability_id == NO_OPERATION or order.production_request is not None:
            commands.append(())
            continue
        commands.append(_commands(order, tags, busy))
        for tag in tags:
            busy[tag] = busy.get(tag, 0) + 1
    return commands


def _commands(order: Order, tags: Sequence[int], busy: dict[int, int]) -> tuple[Command, ...]:
    """Return one command, or two where some of the units have had an order in this answer and others have not."""
    waits = {tag: order.queued if order.queued is not None else tag in busy for tag in tags}
    if order.action.is_autocast:
        waits = dict.fromkeys(tags, False)
    commands = []
    for queued in (False, True):
        group = tuple(tag for tag in tags if waits[tag] is queued)
        if group:
            commands.append(Command(order.action.ability_id, group, order.target, queued, order.action.is_autocast))
    return tuple(commands)


def _choose(tags: Sequence[int], units: dict[int, UnitView], busy: dict[int, int], target: Point | int | None) -> int:
    """Return the unit that does what one unit does: the one with the fewest orders, and of these the nearest."""
    place = units[target].position if isinstance(target, int) and target in units else target

    def cost(tag: int) -> tuple[int, float]:
        unit = units[tag]
        distance = unit.position.distance_to(place) if isinstance(place, Point) else 0.0
        return len(unit.orders) + busy.get(tag, 0), distance

    return min(tags, key=cost)
