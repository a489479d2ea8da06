"""Conditions of what players have and see, and of the ground: upgrades, sight, detection, creep."""

import numpy as np

from llm_pysc2.engine.behaviors import modifiers, vision
from llm_pysc2.engine.behaviors.places import aim_of, unit_of
from llm_pysc2.engine.state.effect_records import Cast
from llm_pysc2.engine.state.match import Match
from llm_pysc2.engine.state.unit_columns import Bools, Player
from llm_pysc2.knowledge import conditions as kinds

_KINDS = {"User": "participant", "Computer": "computer"}


def has_upgrade(match: Match, cast: Cast, test: kinds.PlayerRequirement) -> bool:
    """Look whether a player meets a requirement; one that no upgrade of the game is for is never met."""
    player = _player(match, cast, test)
    met = player is not None and any(upgrade in player.upgrades for upgrade in test.upgrades)
    return met == test.find


def is_kind_of_player(match: Match, cast: Cast, test: kinds.PlayerCompareType) -> bool:
    """Look whether a person or a computer plays."""
    player = _player(match, cast, test)
    return player is not None and player.setup is not None and player.setup.kind == _KINDS[test.value]


def sees(match: Match, cast: Cast, test: kinds.LocationVision) -> bool:
    """Look whether a player sees a unit."""
    player, row = _player(match, cast, test), unit_of(match, cast, test.which_location)
    seen = player is not None and row >= 0 and vision.can_see(match, player.id, row)
    return seen == test.find


def is_detected(match: Match, cast: Cast, test: kinds.UnitDetected) -> bool:
    """Look whether a player's detectors reach a unit."""
    row = unit_of(match, cast, test.which_unit)
    detected = row >= 0 and bool(vision.detected_by(match, cast.owner, np.array([row]))[0])
    return detected == test.find


def is_on_creep(match: Match, cast: Cast, test: kinds.LocationCreep) -> bool:
    """Look whether there is creep at a place, or so near to the unit there."""
    _, (x, y) = aim_of(match, cast, test.which_location)
    reach = test.radius_bonus
    found = match.creep is not None and _touches(match.creep, (x, y), reach)
    return found == test.find


def is_in_state(match: Match, cast: Cast, test: kinds.UnitBehaviorState) -> bool:
    """Look whether behaviours put a unit into a state."""
    row = unit_of(match, cast, test.which_unit)
    state = row >= 0 and test.behavior_state in modifiers.states_of(match, int(match.units.tag[row]))
    return state == test.find


def _player(match: Match, cast: Cast, test: kinds.OfPlayer) -> Player | None:
    """Return the player that a condition is about: the caster's, or that of the target."""
    if test.which_player != "Target":
        return match.players.get(cast.owner)
    row = unit_of(match, cast, "Target")
    return match.players.get(int(match.units.owner[row])) if row >= 0 else None


def _touches(creep: Bools, point: tuple[float, float], reach: float) -> bool:
    """Return whether any cell of creep (height, width) reaches into a square around a point."""
    height, width = creep.shape
    left, right = (min(max(int(point[0] + side), 0), width - 1) for side in (-reach, reach))
    bottom, top = (min(max(int(point[1] + side), 0), height - 1) for side in (-reach, reach))
    return bool(creep[bottom : top + 1, left : right + 1].any())
