"""Counts of units that just meet a rule over them, or just miss it, and games brought to them."""

from dataclasses import replace

import numpy as np

from llm_pysc2.conditions import Count, parse_condition
from llm_pysc2.engine.game import Game


def met(alternative: list[str]) -> list[Count]:
    """Return counts that just meet one alternative of a rule, such as ["p1 Adept = 0", "p2 Drone > 6"]."""
    (parts,) = parse_condition([alternative])
    shift = {"<": -1, ">": 1}
    return [replace(part, number=part.number + shift.get(part.comparison, 0)) for part in parts]


def missed(alternative: list[str]) -> list[list[Count]]:
    """Return counts that just miss it: one part at a time, by one unit."""
    (parts,) = parse_condition([alternative])
    shift = {"=": 1, "<=": 1, ">=": -1}
    short = [replace(part, number=part.number + shift.get(part.comparison, 0)) for part in parts]
    return [[*met(alternative)[:index], one, *met(alternative)[index + 1 :]] for index, one in enumerate(short)]


def bring_to(game: Game, count: Count) -> None:
    """Kill or create units until a player has just so many of a type."""
    kind = game.map.unit_type(count.unit)
    rows = np.flatnonzero((game.units.type_id == kind.id) & (game.units.owner == count.player))
    game.kill_units(game.units.tag[rows[count.number :]].tolist())
    place = game.players[count.player].start_location
    assert place is not None
    if len(rows) < count.number:
        game.create_units(kind.id, count.player, place[0], place[1] + 8, count.number - len(rows))
