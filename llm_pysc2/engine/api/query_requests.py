"""Questions about the running game that change nothing: ways, abilities, places to build."""

from math import hypot, isfinite

from s2clientprotocol import common_pb2, query_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.session import Session
from llm_pysc2.engine.economy.placement import check_placement
from llm_pysc2.engine.game import Game
from llm_pysc2.knowledge.abilities import load_abilities

WALKER_RADIUS_CELLS = 0.375
"""Of the walker that is meant where none is named: a worker's."""
_NEEDS_POINT = ("point", "point_or_unit", "point_or_none")


def query(session: Session, request: query_pb2.RequestQuery) -> sc_pb.Response:
    """Answer each question, in order."""
    request = session.client.to_world(request)
    game, player_id = session.client.game, session.client.player_id
    ignores = request.ignore_resource_requirements
    answer = query_pb2.ResponseQuery(
        pathing=[
            query_pb2.ResponseQueryPathing(distance=_distance_cells(game, question)) for question in request.pathing
        ],
        abilities=[_abilities(game, question.unit_tag, ignores) for question in request.abilities],
        placements=[
            query_pb2.ResponseQueryBuildingPlacement(result=_placement(game, player_id, question))
            for question in request.placements
        ],
    )
    return sc_pb.Response(query=answer)


def _distance_cells(game: Game, question: query_pb2.RequestQueryPathing) -> float:
    """Return how far a unit has to walk, 0 if there is no way, or no such unit."""
    end = question.end_pos
    row = -1
    if question.HasField("unit_tag"):
        row = game.units.row_of(question.unit_tag)
        if row < 0:
            return 0.0
        x, y = float(game.units.x[row]), float(game.units.y[row])
    else:
        x, y = question.start_pos.x, question.start_pos.y
    if not all(_on_map(game, *point) for point in ((x, y), (end.x, end.y))):
        return 0.0
    if row >= 0 and game.units.flying[row]:
        return hypot(end.x - x, end.y - y)
    radius = float(game.units.inner_radius[row]) if row >= 0 else WALKER_RADIUS_CELLS
    climbs = bool(game.units.climbs[row]) if row >= 0 else False
    length = game.ground.path_length_cells((x, y), (end.x, end.y), radius, climbs)
    return length if isfinite(length) else 0.0


def _abilities(game: Game, tag: int, ignore_cost: bool) -> query_pb2.ResponseQueryAvailableAbilities:
    row = game.units.row_of(tag)
    answer = query_pb2.ResponseQueryAvailableAbilities(unit_tag=tag)
    if row >= 0:
        answer.unit_type_id = int(game.units.type_id[row])
    known = load_abilities()
    for ability_id in game.available_abilities(tag, ignore_cost=ignore_cost):
        needs_point = ability_id in known and known[ability_id].target in _NEEDS_POINT
        answer.abilities.append(common_pb2.AvailableAbility(ability_id=ability_id, requires_point=needs_point))
    return answer


def _placement(game: Game, player_id: int, question: query_pb2.RequestQueryBuildingPlacement) -> int:
    point = question.target_pos
    return check_placement(game.match, player_id, question.ability_id, (point.x, point.y))


def _on_map(game: Game, x: float, y: float) -> bool:
    width, height = game.map.size_cells
    return 0 <= x < width and 0 <= y < height


HANDLERS = {"query": query}
