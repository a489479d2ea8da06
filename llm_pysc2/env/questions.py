"""Questions to a game that change nothing, asked through PySC2's controller of one player."""

from collections.abc import Sequence
from typing import Any

from s2clientprotocol import query_pb2 as sc_query

from llm_pysc2.world.geometry import Point

_SUCCESS = 1
"""ActionResult of a place that is free."""


def available_abilities(controller: Any, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the ability ids that each of the own units can use now, as far as its resources go too."""
    request = sc_query.RequestQuery(
        abilities=[sc_query.RequestQueryAvailableAbilities(unit_tag=tag) for tag in unit_tags]
    )
    answers = controller.query(request).abilities
    return {answer.unit_tag: tuple(ability.ability_id for ability in answer.abilities) for answer in answers}


def free_places(controller: Any, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
    """Return whether what an ability builds or warps in could stand at each of some places now."""
    request = sc_query.RequestQuery()
    for place in places:
        question = request.placements.add(ability_id=ability_id)
        question.target_pos.x, question.target_pos.y = place
        if builder_tag:
            question.placing_unit_tag = builder_tag
    return [answer.result == _SUCCESS for answer in controller.query(request).placements]
