"""`ui_data` and `abilities`: the panels of what a player has selected, its control groups, and what it can command."""

from s2clientprotocol import common_pb2, ui_pb2

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.units import Levels, relation_to
from llm_pysc2.engine.state.order import Ability, Order
from llm_pysc2.engine.state.unit_columns import Units
from llm_pysc2.engine.units.aboard import passengers_of
from llm_pysc2.engine.units.selection import group, selected
from llm_pysc2.knowledge.abilities import load_abilities

_QUEUED_KINDS = ("train", "research", "morph", "arm_magazine")
"""Abilities whose orders stand in a building's queue."""
_WAYS = {"none": (False,), "point_or_none": (False, True)}
"""Whether an ability can be given with a point, by its target; all others need one."""


class PanelEncoder:
    """Describes what one player has in hand."""

    def __init__(self, game: Game, player_id: int) -> None:
        self._game = game
        self._player_id = player_id

    @property
    def is_empty(self) -> bool:
        """Whether the hand is empty: nothing selected, no group set."""
        hand = self._game.players[self._player_id].hand
        return not (hand.selection or hand.groups)

    def encode(self, levels: Levels) -> ui_pb2.ObservationUI:
        """Return the groups, and the panel of the selection: one unit, many, one with a queue or with passengers."""
        shown = ui_pb2.ObservationUI()
        match = self._game.match
        for number in sorted(match.players[self._player_id].hand.groups):
            rows = group(match, self._player_id, number)
            if rows:
                leader = int(match.units.type_id[rows[0]])
                shown.groups.add(control_group_index=number, leader_unit_type=leader, count=len(rows))
        rows = selected(match, self._player_id)
        if len(rows) > 1:
            shown.multi.units.extend(self._info(row) for row in rows)
        elif rows:
            self._encode_one(shown, rows[0], levels)
        return shown

    def abilities(self) -> list[common_pb2.AvailableAbility]:
        """Return what the selected units can be commanded to do now, by the ids of their command cards, sorted.

        The smart command is on no card; as seen with PySC2, the game offers it wherever anything can be commanded.
        """
        match = self._game.match
        units, known = match.units, load_abilities()
        usable: set[int] = set()
        for row in selected(match, self._player_id):
            if units.owner[row] == self._player_id:
                usable.update(self._game.available_abilities(int(units.tag[row])))
        if usable:
            usable.add(Ability.SMART)
        return [
            common_pb2.AvailableAbility(ability_id=ability_id, requires_point=needs_point)
            for ability_id in sorted(usable & known.keys())
            for needs_point in _WAYS.get(known[ability_id].target, (True,))
        ]

    def _encode_one(self, shown: ui_pb2.ObservationUI, row: int, levels: Levels) -> None:
        units = self._game.units
        queue = queued_orders(units, row) if units.owner[row] == self._player_id else []
        if queue:
            shown.production.unit.CopyFrom(self._info(row))
            for order in queue:
                made = load_abilities()[order.ability_id].unit
                if made:
                    shown.production.build_queue.add(unit_type=made, player_relative=1, build_progress=order.progress)
                shown.production.production_queue.add(ability_id=order.ability_id, build_progress=order.progress)
            return
        slots = units.cargo_slots[row]
        aboard = passengers_of(self._game.match, row) if slots and units.owner[row] == self._player_id else []
        if aboard:
            shown.cargo.unit.CopyFrom(self._info(row))
            shown.cargo.passengers.extend(self._info(one) for one in aboard)
            shown.cargo.slots_available = slots - passengers.space_taken(self._game.match, row)
            return
        panel = shown.single
        panel.unit.CopyFrom(self._info(row))
        panel.attack_upgrade_level, panel.armor_upgrade_level, panel.shield_upgrade_level = levels.of(row)
        panel.buffs.extend(units.buffs[row])

    def _info(self, row: int) -> ui_pb2.UnitInfo:
        units = self._game.units
        return ui_pb2.UnitInfo(
            unit_type=int(units.type_id[row]),
            player_relative=relation_to(self._player_id, int(units.owner[row])),
            health=int(units.life[row]),
            max_health=int(units.life_max[row]),
            shields=int(units.shield[row]),
            max_shields=int(units.shield_max[row]),
            energy=int(units.energy[row]),
            max_energy=int(units.energy_max[row]),
            build_progress=float(units.build_progress[row]) if units.build_progress[row] < 1 else 0.0,
        )


def queued_orders(units: Units, row: int) -> list[Order]:
    """Return the orders of a unit that stand in its building queue."""
    known = load_abilities()
    kinds = ((order, known.get(order.ability_id)) for order in units.orders[row])
    return [order for order, ability in kinds if ability is not None and ability.kind in _QUEUED_KINDS]
