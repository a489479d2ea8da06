"""A situation as JSON: the same content as the observation text, for agents that read data instead of prose."""

import json
from collections.abc import Iterable
from typing import Any

from llm_pysc2.dialogue import words
from llm_pysc2.dialogue.choices import ActionChoice
from llm_pysc2.dialogue.describe import refusals
from llm_pysc2.dialogue.outline import Outline, TeamPart, UnitRow, outline_situation
from llm_pysc2.dialogue.situation import Situation
from llm_pysc2.world.clock import loops_to_seconds
from llm_pysc2.world.frames import MINIMAP_PX, SCREEN_PX, MinimapFrame, to_px
from llm_pysc2.world.geometry import Point


def describe_json(situation: Situation) -> str:
    """Return the observation of one turn as a JSON object on one line; what is empty is left out."""
    return json.dumps(observation_table(situation), ensure_ascii=False, separators=(",", ":"))


def observation_table(situation: Situation) -> dict[str, Any]:
    """Return the observation of one turn as plain values: places in world cells, times in seconds."""
    outline = outline_situation(situation)
    view = situation.view
    table = {
        "time_seconds": round(loops_to_seconds(view.game_loop), 1),
        "left_seconds": None if situation.loops_left is None else round(loops_to_seconds(situation.loops_left), 1),
        "resources": _resources(situation) if situation.speaker.sees_resources else None,
        "units": {name: _tidy({"done": c.done, "unfinished": c.unfinished or None}) for name, c in outline.holdings},
        "upgrades": list(outline.upgrades),
        "task": situation.task,
        "mail": [{"from": x.sender, "to": x.receiver, "text": x.text} for x in situation.letters],
        "mail_left_out": situation.dropped_letters or None,
        "notes": list(situation.notes),
        "lookups": [{"question": x.question, "answer": x.text} for x in situation.findings],
        "last_actions": [
            _tidy({"team": x.team, "action": x.action, "rejected": x.reason}) for x in situation.outcomes
        ],
        "events": _events(situation, outline),
        "refused_by_the_game": list(refusals(situation)),
        "other_agents": [
            _tidy({"agent": x.agent, "team": x.team, "at": _point(x.centre), "health": round(x.health, 2),
                   "attacked": round(x.damage) or None, "units": dict(x.types)})
            for x in outline.groups
        ],
        "teams": [_team(part, situation) for part in outline.teams],
        "allies": _rows(outline.allies, outline.teams),
        "enemies": _rows(outline.enemies, outline.teams),
        "resources_in_view": _rows(outline.resources, outline.teams),
        "enemies_farther_away": [
            _tidy({"at": _point(x.centre) if x.centre else None, "units": dict(x.types)}) for x in outline.far_enemies
        ],
        "effects": [
            {"effect": words.effect(x.effect_id), "side": str(x.alliance), "radius": round(x.radius_cells, 1),
             "at": [_point(point) for point in x.positions]}
            for x in view.effects
        ],
        "actions": [
            {"types": list(names),
             "actions": [_choice(choice) for choice in choices]}
            for names, choices in outline.choices
        ],
    }  # fmt: skip
    return _tidy(table)


def _choice(choice: ActionChoice) -> dict[str, Any]:
    return _tidy({"action": choice.action.signature, "price": choice.price, "only": list(choice.only)})


def _resources(situation: Situation) -> dict[str, int]:
    has = situation.view.resources
    return {
        "minerals": has.minerals,
        "vespene": has.vespene,
        "supply_used": has.supply_used,
        "supply_cap": has.supply_cap,
    }


def _events(situation: Situation, outline: Outline) -> dict[str, Any]:
    events, name = outline.events, situation.short_ids.name
    changes = {
        "hurt": events.hurt,
        "healed": events.healed,
        "enemy_hurt": events.enemy_hurt,
        "enemy_healed": events.enemy_healed,
    }
    units = {
        "lost": events.lost,
        "killed": events.killed,
        "enemy_sighted": events.sighted,
        "enemy_out_of_sight": events.vanished,
        "finished": events.finished,
    }
    table: dict[str, Any] = {what: {name(c.tag): round(c.amount) for c in found} for what, found in changes.items()}
    table.update({what: [name(tag) for tag in tags] for what, tags in units.items()})
    return _tidy(table)


def _team(part: TeamPart, situation: Situation) -> dict[str, Any]:
    minimap = MinimapFrame(situation.view.map.size_cells)
    units = []
    for row in part.units:
        x, y = to_px(part.frame.world_to_screen(row.unit.position), SCREEN_PX)
        units.append({**_row(row, ()), "screen": [x, y]})
    return _tidy(
        {
            "team": part.name,
            "at": _point(part.frame.centre),
            "minimap": list(to_px(minimap.world_to_minimap(part.frame.centre), MINIMAP_PX)),
            "task": part.task,
            "units": units,
        }
    )


def _rows(rows: Iterable[UnitRow], teams: Iterable[TeamPart]) -> list[dict[str, Any]]:
    names = [part.name for part in teams]
    return [_row(row, names) for row in rows]


def _row(row: UnitRow, teams: Iterable[str]) -> dict[str, Any]:
    unit = row.unit
    return _tidy(
        {
            "id": row.name,
            "type": unit.type_name,
            "at": _point(unit.position),
            "health": round(unit.health),
            "health_max": round(unit.health_max),
            "shield": round(unit.shield) if unit.shield_max else None,
            "shield_max": round(unit.shield_max) or None,
            "energy": round(unit.energy) if unit.energy_max else None,
            "energy_max": round(unit.energy_max) or None,
            "weapon_seconds": None if row.weapon_seconds is None else round(row.weapon_seconds, 1),
            "distance": dict(zip(teams, (round(d, 1) for d in row.distances_cells), strict=True)) if teams else {},
            "buffs": list(row.buffs),
            "marks": list(row.marks),
            "orders": [order.describe(words.format_point) for order in row.orders],
        }
    )


def _point(point: Point) -> list[float]:
    return [round(point.x, 1), round(point.y, 1)]


def _tidy(table: dict[str, Any]) -> dict[str, Any]:
    """Return the table without what is empty; zero stays."""
    return {key: value for key, value in table.items() if value is not None and value not in ("", [], {})}
