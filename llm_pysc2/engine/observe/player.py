"""`player_common` and upgrade levels: what a player owns beside the units themselves."""

import numpy as np
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.observe.units import Levels
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.unit_columns import Bools, Ints, Player, Units
from llm_pysc2.engine.state.unit_types import TypeTable
from llm_pysc2.knowledge.economy import load_economy
from llm_pysc2.knowledge.units import UnitType
from llm_pysc2.knowledge.upgrades import load_upgrades

_LEVELLED = ("Weapons", "Armors", "Shields")
"""How the lines of upgrades for attack, armor and shields end, such as "ProtossGroundWeapons"."""


class PlayerEncoder:
    """Counts what one player's units add up to."""

    def __init__(self, player_id: int, types: TypeTable) -> None:
        self._player_id = player_id
        self._types = types
        self._most_food = int(load_economy().numbers["food_max"])
        self._levels: dict[tuple[int, ...], Ints] = {}

    def encode_common(self, player: Player, units: Units) -> sc_pb.PlayerCommon:
        """Return all numbers of the player; half a supply (an odd number of zerglings) counts as a whole one."""
        own = units.owner == self._player_id
        sums = self._types.headcounts.take(units.row[own], axis=1).sum(axis=1)
        army, army_supply, workers, worker_supply, warp_gates, larvae = sums.tolist()
        idle = self._idle_workers(units, own) if workers else 0
        return sc_pb.PlayerCommon(
            player_id=self._player_id,
            minerals=int(player.minerals),
            vespene=int(player.vespene),
            food_cap=min(int(player.food_cap), self._most_food),
            food_used=_whole_supply(player.food_used),
            food_army=_whole_supply(army_supply),
            food_workers=_whole_supply(worker_supply),
            idle_worker_count=idle,
            army_count=int(army),
            warp_gate_count=int(warp_gates),
            larva_count=int(larvae),
        )

    def levels(self, players: dict[int, Player], units: Units) -> Levels:
        """Return the upgrade levels of all units, each by its owner's upgrades."""
        if not any(player.upgrades for player in players.values()):
            return Levels()
        hosted = np.zeros((3, len(units)), dtype=np.int64)
        for player in players.values():
            if player.upgrades:
                mask = units.owner == player.id
                hosted[:, mask] = self._levels_of(player.upgrades)[:, units.row[mask]]
        return Levels(*hosted)

    def _levels_of(self, upgrades: tuple[int, ...]) -> Ints:
        """Return attack, armor and shield level of every type, shape (3, types)."""
        if upgrades not in self._levels:
            counts = [[self._level(kind, suffix, upgrades) for kind in self._types.types] for suffix in _LEVELLED]
            self._levels[upgrades] = np.array(counts, dtype=np.int64)
        return self._levels[upgrades]

    def _level(self, unit_type: UnitType, suffix: str, upgrades: tuple[int, ...]) -> int:
        changed_by = {change.upgrade_id for change in unit_type.changes}
        for weapon in unit_type.weapons:
            changed_by.update(change.upgrade_id for change in weapon.changes)
        known = load_upgrades()
        return sum(known[upgrade].line.endswith(suffix) for upgrade in upgrades if upgrade in changed_by & known.keys())

    def _idle_workers(self, units: Units, own: Bools) -> int:
        return int((self._types.workers[units.row] & own & (units.mode == OrderKind.IDLE)).sum())


def _whole_supply(supply: float) -> int:
    return int(supply + 0.5)
