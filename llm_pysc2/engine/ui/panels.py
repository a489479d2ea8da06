"""`ActionUI`: what a client does with buttons, panels and control groups."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from s2clientprotocol import ui_pb2

from llm_pysc2.engine.cargo import transport
from llm_pysc2.engine.economy import production
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import Bools
from llm_pysc2.engine.ui.commands import toggle_autocast
from llm_pysc2.engine.units.selection import MOST_GROUPS, deselect, group, select, selected

_GROUP, _PANEL, _IDLE = ui_pb2.ActionControlGroup, ui_pb2.ActionMultiPanel, ui_pb2.ActionSelectIdleWorker


def act_ui(game: Game, player_id: int, action: ui_pb2.ActionUI) -> int:
    """Carry out one action with the panels and return its `ActionResult`."""
    kind = action.WhichOneof("action")
    if kind is None:
        return Result.SUCCESS
    carry_out = _ACTIONS.get(kind)
    return carry_out(game, player_id, getattr(action, kind)) if carry_out else Result.NOT_SUPPORTED


def _control_group(game: Game, player_id: int, action: ui_pb2.ActionControlGroup) -> int:
    match, number = game.match, action.control_group_index
    hand = match.players[player_id].hand
    if number >= MOST_GROUPS:
        return Result.ERROR
    if action.action == _GROUP.Recall:
        return _found(select(match, player_id, group(match, player_id, number)))
    units = match.units
    chosen = [row for row in selected(match, player_id) if units.owner[row] == player_id]
    if not chosen:
        return Result.ERROR
    tags = tuple(units.tag[chosen].tolist())
    if action.action in (_GROUP.SetAndSteal, _GROUP.AppendAndSteal):
        hand.groups = {n: tuple(tag for tag in held if tag not in tags) for n, held in hand.groups.items()}
    held = hand.groups.get(number, ()) if action.action in (_GROUP.Append, _GROUP.AppendAndSteal) else ()
    hand.groups[number] = tuple(dict.fromkeys((*held, *tags)))
    return Result.SUCCESS


def _multi_panel(game: Game, player_id: int, action: ui_pb2.ActionMultiPanel) -> int:
    match = game.match
    shown = selected(match, player_id)
    if not 0 <= action.unit_index < len(shown):
        return Result.ERROR
    row = shown[action.unit_index]
    alike = [other for other in shown if match.units.type_id[other] == match.units.type_id[row]]
    rows = alike if action.type in (_PANEL.SelectAllOfType, _PANEL.DeselectAllOfType) else [row]
    if action.type in (_PANEL.DeselectUnit, _PANEL.DeselectAllOfType):
        deselect(match, player_id, rows)
    else:
        select(match, player_id, rows)
    return Result.SUCCESS


def _select_army(game: Game, player_id: int, action: ui_pb2.ActionSelectArmy) -> int:
    return _select_all(game, player_id, game.types.in_army, add=action.selection_add)


def _select_warp_gates(game: Game, player_id: int, action: ui_pb2.ActionSelectWarpGates) -> int:
    return _select_all(game, player_id, game.types.named("WarpGate"), add=action.selection_add)


def _select_larva(game: Game, player_id: int, _action: ui_pb2.ActionSelectLarva) -> int:
    return _select_all(game, player_id, game.types.named("Larva"), add=False)


def _select_all(game: Game, player_id: int, of_types: Bools, *, add: bool) -> int:
    """Select all units of a player that are of some types, shape (types,)."""
    wanted = of_types[game.units.row] & (game.units.owner == player_id)
    return _found(select(game.match, player_id, np.flatnonzero(wanted).tolist(), add=add))


def _select_idle_worker(game: Game, player_id: int, action: ui_pb2.ActionSelectIdleWorker) -> int:
    """Select all idle workers, or the next one after those that are selected."""
    units, match = game.units, game.match
    idle = game.types.workers[units.row] & (units.owner == player_id) & (units.mode == OrderKind.IDLE)
    rows: list[int] = np.flatnonzero(idle).tolist()
    add = action.type in (_IDLE.Add, _IDLE.AddAll)
    if action.type not in (_IDLE.All, _IDLE.AddAll):
        held = [row for row in selected(match, player_id) if idle[row]]
        later = [row for row in rows if held and row > max(held)]
        rows = (later or [row for row in rows if row not in held] or rows)[:1]
    return _found(select(match, player_id, rows, add=add))


def _cargo_panel(game: Game, player_id: int, action: ui_pb2.ActionCargoPanelUnload) -> int:
    """Let one of the passengers that the panel shows out."""
    match = game.match
    rows = selected(match, player_id)
    if len(rows) != 1 or match.units.owner[rows[0]] != player_id:
        return Result.ERROR
    return transport.let_one_out(match, rows[0], action.unit_index)


def _production_panel(game: Game, player_id: int, action: ui_pb2.ActionProductionPanelRemoveFromQueue) -> int:
    """Take one out of the queue that the panel shows."""
    match = game.match
    rows = selected(match, player_id)
    if len(rows) != 1 or match.units.owner[rows[0]] != player_id or action.unit_index < 0:
        return Result.ERROR
    return production.cancel_at(match, rows[0], action.unit_index)


def _toggle_autocast(game: Game, player_id: int, action: ui_pb2.ActionToggleAutocast) -> int:
    return toggle_autocast(game, player_id, action.ability_id)


def _found(anything: bool) -> int:
    return Result.SUCCESS if anything else Result.ERROR


_ACTIONS: Mapping[str, Callable[[Game, int, Any], int]] = {
    "control_group": _control_group,
    "multi_panel": _multi_panel,
    "select_army": _select_army,
    "select_warp_gates": _select_warp_gates,
    "select_larva": _select_larva,
    "select_idle_worker": _select_idle_worker,
    "cargo_panel": _cargo_panel,
    "production_panel": _production_panel,
    "toggle_autocast": _toggle_autocast,
}
