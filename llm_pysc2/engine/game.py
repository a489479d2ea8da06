"""The game as its clients use it: start it, step it, order units, ask what is there. The rules are in `systems`.

Nothing here raises for what a client orders: every order gets an `ActionResult` of the API.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from llm_pysc2.engine import deaths, snapshot
from llm_pysc2.engine.behaviors import upgrades, vision
from llm_pysc2.engine.economy import creep, production
from llm_pysc2.engine.effects import ground
from llm_pysc2.engine.effects.ground import GroundEffectState
from llm_pysc2.engine.maps.terrain import Terrain
from llm_pysc2.engine.movement import Ground
from llm_pysc2.engine.orders import commands
from llm_pysc2.engine.orders.commands import Target
from llm_pysc2.engine.snapshot import Snapshot
from llm_pysc2.engine.state.assumptions import Assumptions, make_assumptions
from llm_pysc2.engine.state.fog_grid import Fog
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.unit_columns import Bools, Events, Player, PlayerSetup, Units, quantise
from llm_pysc2.engine.state.unit_types import TypeTable
from llm_pysc2.engine.step import step_once
from llm_pysc2.engine.triggers import map_triggers
from llm_pysc2.engine.units import spawning
from llm_pysc2.errors import UsageError
from llm_pysc2.knowledge.units import load_units

if TYPE_CHECKING:
    from llm_pysc2.engine.maps.definitions import MapDefinition

HOSTILE = 15
"""The slot of maps' own enemies who belong to nobody that plays."""
_VITALS = {"life": "life", "shields": "shield", "energy": "energy"}


class Game:
    """One game on one map, from loop 0; the same map, players, seed, assumptions and orders give the same bytes.

    Args:
        fog: Whether players see only what their units see, if the map does not show them everything anyway.
    """

    def __init__(
        self,
        definition: "MapDefinition",
        players: Sequence[PlayerSetup],
        seed: int,
        assumptions: Assumptions | None = None,
        *,
        fog: bool = True,
    ) -> None:
        self._match = _begin(definition, players, seed, assumptions or make_assumptions())
        if fog and definition.triggers.start.fog:
            shape = definition.terrain.pathable.shape
            self._match.fogs = {player_id: Fog.over(shape) for player_id in self._match.players if player_id != NEUTRAL}
        map_triggers.start(self._match)
        vision.run(self._match)
        self._refresh_heights()

    @property
    def match(self) -> Match:
        """The whole state, for systems, tests and tools."""
        return self._match

    @property
    def map(self) -> "MapDefinition":
        """The map."""
        return self._match.map

    @property
    def loop(self) -> int:
        """Game loops played so far."""
        return self._match.loop

    @property
    def units(self) -> Units:
        """All living units."""
        return self._match.units

    @property
    def types(self) -> TypeTable:
        """The unit types of this game, with those the map adds."""
        return self._match.types

    @property
    def players(self) -> dict[int, Player]:
        """Everybody who can own units, by player id; 0 is neutral."""
        return self._match.players

    @property
    def terrain(self) -> Terrain:
        """The ground of the map, without structures."""
        return self._match.map.terrain

    @property
    def ground(self) -> Ground:
        """The ground with structures on it, for pathing queries and grids."""
        return self._match.ground

    @property
    def assumptions(self) -> Assumptions:
        """The guesses this game is played with."""
        return self._match.assumptions

    @property
    def fog(self) -> bool:
        """Whether players see only what their units see; the map says so."""
        return bool(self._match.fogs)

    @property
    def is_over(self) -> bool:
        """Whether any player has a result."""
        return any(player.result for player in self._match.players.values())

    def step(self, loops: int = 1) -> None:
        """Play some game loops. After the end of the game nothing changes any more."""
        for _ in range(loops):
            if self.is_over:
                break
            step_once(self._match)
        production.show_all(self._match)
        self._refresh_heights()

    def order(
        self,
        player_id: int,
        ability_id: int,
        tags: Sequence[int],
        target: Target = None,
        queued: bool = False,
    ) -> list[int]:
        """Give one order to units of a player. Returns an `ActionResult` of the API for each tag, 1 = accepted.

        Refusals are kept as action errors of the player's events. A target is a point in cells, a unit's tag, or None.
        """
        return commands.order(self._match, player_id, ability_id, tags, target, queued)

    def order_best(
        self, player_id: int, ability_id: int, tags: Sequence[int], target: Target = None, queued: bool = False
    ) -> int:
        """Give one order to the first unit that can carry it out. Returns its `ActionResult`, or the first refusal."""
        return commands.order_best(self._match, player_id, ability_id, tags, target, queued)

    def move_camera(self, player_id: int, x: float, y: float) -> None:
        """Centre a player's camera on the point of the map nearest to (x, y) in cells."""
        width, height = self.map.size_cells
        self.players[player_id].camera = min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))

    def set_autocast(self, player_id: int, ability_id: int, tags: Sequence[int]) -> list[int]:
        """Switch the autocast of an ability over for units of a player. Returns an `ActionResult` for each tag."""
        return commands.toggle_autocast(self._match, player_id, ability_id, tags)

    def available_abilities(self, tag: int, *, ignore_cost: bool = False) -> list[int]:
        """Return the ids of the abilities that a unit can use now, sorted; empty for an unknown unit."""
        return commands.available(self._match, tag, ignore_cost=ignore_cost)

    def ground_effects(self) -> list[GroundEffectState]:
        """Return what the API shows on the ground: storms, clouds, shields, biles, in the order of their casts."""
        return ground.ground_effects(self._match)

    def create_units(self, type_id: int, owner: int, x: float, y: float, count: int = 1) -> list[int]:
        """Create units around a point in cells. Returns their tags. Raises UsageError for an unknown type or owner."""
        if owner not in self._match.players:
            raise UsageError(f"no player {owner} in this game; there are {sorted(self._match.players)}")
        tags = spawning.create_group(self._match, type_id, owner, (x, y), count)
        vision.run(self._match)
        self._refresh_heights()
        return tags

    def kill_units(self, tags: Sequence[int]) -> None:
        """Kill units at once; unknown tags are passed over. Triggers see the deaths in the next loop."""
        rows = [self.units.row_of(tag) for tag in tags]
        self.units.life[[row for row in rows if row >= 0]] = 0
        deaths.bury(self._match)
        vision.run(self._match)

    def set_unit_value(self, tag: int, value: str, amount: float) -> None:
        """Set "energy", "life" or "shields" of a unit, at most to its maximum. Raises UsageError for another name."""
        if value not in _VITALS:
            raise UsageError(f"no unit value {value!r}; expected {', '.join(_VITALS)}")
        row = self.units.row_of(tag)
        if row < 0:
            return
        column = getattr(self.units, _VITALS[value])
        column[row] = quantise(min(max(amount, 0.0), float(getattr(self.units, f"{_VITALS[value]}_max")[row])))
        deaths.bury(self._match)
        vision.run(self._match)

    def grant_upgrade(self, player_id: int, upgrade_id: int) -> None:
        """Give a player an upgrade, as finished research does."""
        upgrades.grant(self._match, player_id, upgrade_id)

    def can_see(self, player_id: int, row: int) -> bool:
        """Return whether a player sees a unit now."""
        return vision.can_see(self._match, player_id, row)

    def seen_by(self, player_id: int) -> Bools:
        """Return which units a player sees now, shape (units,)."""
        return vision.seen_by(self._match, player_id)

    def take_events(self, player_id: int) -> Events:
        """Return what happened to a player since this was last asked, and forget it."""
        return self._match.players[player_id].take_events()

    def end(self, results: dict[int, str]) -> None:
        """End the game with a result for each player: "victory", "defeat" or "tie"."""
        for player_id, result in results.items():
            self._match.players[player_id].result = result

    def snapshot(self) -> Snapshot:
        """Return a copy of everything that changes during the game."""
        return snapshot.take(self._match)

    def restore(self, saved: Snapshot) -> None:
        """Put the game back to where it was when the snapshot was taken."""
        snapshot.restore(self._match, saved)

    def digest(self) -> str:
        """Return a hash of the whole state: equal states give equal digests."""
        return snapshot.digest(self._match)

    def _refresh_heights(self) -> None:
        units = self._match.units
        ground = self._match.map.terrain.z_at(units.x, units.y)
        units.z = ground + self._match.types.flying_height[units.row]


def _begin(definition: "MapDefinition", players: Sequence[PlayerSetup], seed: int, assumptions: Assumptions) -> Match:
    types, ground = _groundwork(definition)
    return Match(
        map=definition,
        types=types,
        assumptions=assumptions,
        ground=ground.copy(),
        players=_seat(definition, players),
        rng=np.random.Generator(np.random.PCG64(seed)),
        creep=creep.painted(definition, assumptions),
    )


@lru_cache(maxsize=32)
def _groundwork(definition: "MapDefinition") -> tuple[TypeTable, Ground]:
    """Return the unit types of a map and its ground without structures: all its games begin with them."""
    terrain = definition.terrain
    types = TypeTable([*load_units().values(), *definition.unit_types])
    return types, Ground(terrain.pathable, terrain.cliff_level, definition.playable)


def _seat(definition: "MapDefinition", setups: Sequence[PlayerSetup]) -> dict[int, Player]:
    """Return the players by id: clients' setups take the map's slots in order; the map's other owners come after."""
    slots = {slot.slot: slot for slot in definition.players}
    owners = {unit.owner for unit in definition.units} | {group.owner for group in definition.triggers.created()}
    owners |= definition.triggers.rounds.owners()
    players = {NEUTRAL: Player(NEUTRAL)}
    for player_id in sorted({*slots, *owners, *range(1, len(setups) + 1), HOSTILE} - {NEUTRAL}):
        setup = setups[player_id - 1] if player_id <= len(setups) else None
        slot = slots.get(player_id)
        race = slot.race if slot and slot.race not in ("any", "random") else setup.race if setup else "neutral"
        players[player_id] = Player(player_id, race, setup, start_location=slot.start if slot else None)
    return players
