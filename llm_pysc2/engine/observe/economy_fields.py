"""What the API shows of a player's economy at its units: who harvests where, contents, add-ons, power, rally points."""

import numpy as np
from s2clientprotocol import raw_pb2 as raw

from llm_pysc2.engine.economy import harvest
from llm_pysc2.engine.observe.sight import View
from llm_pysc2.engine.observe.units import NO_ECONOMY, EconomyFields
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.unit_columns import Ints


def economy_of(match: Match, player_id: int, view: View) -> EconomyFields:
    """Return what a player is shown of its economy at units; nothing on maps without."""
    types, rows = match.types, match.units.row
    if not (match.industry.jobs or np.count_nonzero(types.has_contents[rows] | types.needs_power[rows])):
        return NO_ECONOMY
    snapshots = (0, len(view.units) - len(match.units))
    assigned, ideal = (np.pad(column, snapshots) for column in _harvesters(match, player_id))
    return EconomyFields({"assigned_harvesters": assigned, "ideal_harvesters": ideal}, _details(match, player_id, view))


def _harvesters(match: Match, player_id: int) -> tuple[Ints, Ints]:
    """Return how many workers each unit has, and how many it could use, shape (units,) each."""
    units, types = match.units, match.types
    assigned, ideal = np.zeros(len(units), dtype=np.int64), np.zeros(len(units), dtype=np.int64)
    crews = harvest.crews_of(match)
    own = (units.owner == player_id) & (units.build_progress >= 1)
    for row in (own & types.is_drop_off[units.row]).nonzero()[0].tolist():
        for field in harvest.fields_near(match, (float(units.x[row]), float(units.y[row]))).tolist():
            resource = types.types[int(units.row[field])].resource
            assigned[row] += crews[int(units.tag[field])]
            ideal[row] += resource.ideal_harvesters if resource is not None else 0
    for tag in match.industry.geysers:
        row = units.row_of(tag)
        resource = types.types[int(units.row[row])].resource
        if row >= 0 and own[row] and resource is not None:
            assigned[row], ideal[row] = crews[tag], resource.ideal_harvesters
    return assigned, ideal


def _details(match: Match, player_id: int, view: View) -> dict[int, bytes]:
    """Return serialized fields of `Unit` that only some units have, by row."""
    messages: dict[int, raw.Unit] = {}
    units, industry = match.units, match.industry
    visible = view.sight.display[: len(units)] == raw.Visible

    def of(row: int) -> raw.Unit:
        return messages.setdefault(row, raw.Unit())

    for row in (visible & match.types.has_contents[units.row]).nonzero()[0].tolist():
        if units.owner[row] in (NEUTRAL, player_id):
            kind = "mineral" if match.types.is_mineral_field[units.row[row]] else "vespene"
            setattr(of(row), f"{kind}_contents", harvest.contents_of(match, row))
    for row in (visible & match.types.needs_power[units.row]).nonzero()[0].tolist():
        of(row).is_powered = not units.unpowered[row]
    for tag, addon in industry.addons.items():
        row = units.row_of(tag)
        if row >= 0 and visible[row]:
            of(row).add_on_tag = addon
    for tag, places in industry.rallies.items():
        row = units.row_of(tag)
        if row >= 0 and units.owner[row] == player_id:
            _add_rallies(match, of(row), [place for route in places.values() for place in route])
    return {row: bytes(message.SerializePartialToString()) for row, message in messages.items()}


def _add_rallies(match: Match, message: raw.Unit, places: "list[tuple[float, float] | int]") -> None:
    for place in places:
        if isinstance(place, int):
            other = match.units.row_of(place)
            if other >= 0:
                target = message.rally_targets.add(tag=place)
                target.point.x, target.point.y = match.units.x[other], match.units.y[other]
        else:
            target = message.rally_targets.add()
            target.point.x, target.point.y = place
