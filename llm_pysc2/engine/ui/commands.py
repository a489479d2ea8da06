"""Commands to what is selected: which of the units carry them out.

A command goes to every selected unit whose command card has the ability, by its own id or the general one. Where the
catalog says that the best unit does it ("BestUnit": one caster casts, one building trains), it goes to one.
"""

from math import hypot

from llm_pysc2.engine.game import Game
from llm_pysc2.engine.orders.commands import Target
from llm_pysc2.engine.state.order import Ability
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.units.selection import selected
from llm_pysc2.knowledge.abilities import Ability as Known
from llm_pysc2.knowledge.abilities import load_abilities, members_by_general

_TAKES_UNITS = ("unit", "point_or_unit")


def command(game: Game, player_id: int, ability_id: int, target: Target, *, queued: bool) -> int:
    """Command the selected units and return an `ActionResult`: success if any unit took the order."""
    rows = [row for row in selected(game.match, player_id) if _may_command(game, player_id, row)]
    if not rows:
        return Result.ERROR
    able = [row for row in rows if own_ability(game, row, ability_id)]
    if not able:
        return Result.NOT_SUPPORTED
    if any(_is_for_the_best(own_ability(game, row, ability_id)) for row in able):
        tags = [int(game.units.tag[row]) for row in sorted(able, key=lambda row: _fitness(game, row, target))]
        return game.order_best(player_id, ability_id, tags, target, queued)
    results = game.order(player_id, ability_id, game.units.tag[able].tolist(), target, queued)
    return first_failure(results)


def toggle_autocast(game: Game, player_id: int, ability_id: int) -> int:
    """Switch the autocast of the selected units over and return an `ActionResult`."""
    rows = selected(game.match, player_id)
    able = [row for row in rows if own_ability(game, row, ability_id)]
    if not able:
        return Result.NOT_SUPPORTED if rows else Result.ERROR
    return first_failure(game.set_autocast(player_id, ability_id, game.units.tag[able].tolist()))


def first_failure(results: list[int]) -> int:
    """Return Success if any unit took the order, else why the first did not."""
    if not results:
        return Result.ERROR
    return Result.SUCCESS if Result.SUCCESS in results else results[0]


def own_ability(game: Game, row: int, ability_id: int) -> int:
    """Return the ability on a unit's command card that an id means, itself or as a general id; 0 if none does."""
    card = game.types.types[int(game.units.row[row])].abilities
    if ability_id in card or ability_id == Ability.SMART:
        return ability_id
    known = load_abilities()
    return next((own for own in card if own in known and known[own].general == ability_id), 0)


def takes_units(game: Game, player_id: int, ability_id: int) -> bool:
    """Return whether an ability can be aimed at a unit; a general one as those can that are selected."""
    known = load_abilities()
    own = {own_ability(game, row, ability_id) for row in selected(game.match, player_id)} - {0}
    return any(known[one].target in _TAKES_UNITS for one in (own or {ability_id}) & known.keys())


def takes_minimap(ability_id: int) -> bool:
    """Return whether an ability can be aimed at a point of the minimap."""
    return any(member.allow_minimap for member in _members(ability_id))


def _members(ability_id: int) -> list[Known]:
    known = load_abilities()
    return [known[one] for one in (ability_id, *members_by_general().get(ability_id, ())) if one in known]


def _may_command(game: Game, player_id: int, row: int) -> bool:
    return bool(game.units.owner[row] == player_id) or game.players[player_id].cheats.control_enemy


def _is_for_the_best(ability_id: int) -> bool:
    known = load_abilities().get(ability_id)
    return known is not None and "BestUnit" in known.flags


def _fitness(game: Game, row: int, target: Target) -> tuple[int, float, int]:
    """Return by what units are ranked, the lowest first: orders waiting, the way to the target, age."""
    units = game.units
    place = target
    if isinstance(target, int):
        other = units.row_of(target)
        place = (float(units.x[other]), float(units.y[other])) if other >= 0 else None
    away = hypot(units.x[row] - place[0], units.y[row] - place[1]) if isinstance(place, tuple) else 0.0
    return len(units.orders[row]), float(away), row
