"""Which actions units can be given now; what was found for one is known for all that are alike, whoever leads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llm_pysc2.dialogue.affordability import Technology, technology_of
from llm_pysc2.dialogue.grammar import Action, ActionBook
from llm_pysc2.dialogue.prices import price_of
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.dialogue.turn_cache import of_the_latest
from llm_pysc2.world.view import UnitView, WorldView


@dataclass(frozen=True, slots=True)
class ActionChoice:
    """An action that a type of unit can be given now."""

    action: Action
    only: tuple[str, ...] = ()
    """Short ids of the units that can, if not all of the type can."""
    price: str = ""
    """Minerals/vespene and supply, for those who see resources; empty if it costs nothing."""


def choices_of(
    units: Iterable[UnitView], situation: Situation
) -> tuple[tuple[tuple[str, ...], tuple[ActionChoice, ...]], ...]:
    """Return the actions of each unit type that can be given now, types with the same choice together."""
    technology = technology_of(situation.view)
    by_type: dict[str, list[UnitView]] = {}
    for unit in units:
        by_type.setdefault(unit.type_name, []).append(unit)
    groups: dict[tuple[ActionChoice, ...], list[str]] = {}
    for type_name, members in by_type.items():
        groups.setdefault(_choices_of_alike(type_name, members, situation, technology), []).append(type_name)
    return tuple((tuple(names), choices) for choices, names in groups.items())


def _choices_of_alike(
    type_name: str, units: Sequence[UnitView], situation: Situation, technology: Technology
) -> tuple[ActionChoice, ...]:
    """Return the actions of a type; where all units of it can do the same, what was found for others like them."""
    available = situation.view.available_abilities
    kinds = {(available.get(unit.tag), unit.is_complete, bool(unit.orders)) for unit in units}
    if len(kinds) > 1:
        return _choices_of_type(type_name, units, situation, technology)
    speaker, known = situation.speaker, _known_choices(situation.view, situation.book)
    key = type_name, speaker.points, speaker.actions, speaker.sees_resources, *kinds
    if key not in known:
        known[key] = _choices_of_type(type_name, units, situation, technology)
    return known[key]


@of_the_latest
def _known_choices(
    view: WorldView,  # noqa: ARG001 - for whose moment
    book: ActionBook,  # noqa: ARG001 - and by whose cards
) -> dict[tuple[object, ...], tuple[ActionChoice, ...]]:
    """Return the place where agents that are told of the same moment find what was found for one of them."""
    return {}


def _choices_of_type(
    type_name: str, units: Sequence[UnitView], situation: Situation, technology: Technology
) -> tuple[ActionChoice, ...]:
    """Return the actions of a type; what takes technology that is not there is left out, if the game was not asked."""
    asked = [unit for unit in units if unit.tag in situation.view.available_abilities]
    choices = []
    for action in situation.book.actions_of(type_name, situation.speaker.points):
        if not situation.speaker.may_give(action) or action.is_variant:
            continue
        ways = situation.book.ways(action, type_name)
        open_ways = [ability for ability in ways if technology.opens(ability)]
        ready = asked if ways and not open_ways else units
        able = [unit for unit in ready if situation.can(unit, action)]
        if action.name.startswith("Cancel"):
            able = [unit for unit in able if unit in asked or unit.orders or not unit.is_complete]
        some = tuple(situation.short_ids.name(unit.tag) for unit in able) if len(able) < len(units) else ()
        if able:
            ids = (action.ability_id, *(way.id for way in open_ways))
            choices.append(ActionChoice(action, some, price_of(*ids) if situation.speaker.sees_resources else ""))
    return tuple(choices)
