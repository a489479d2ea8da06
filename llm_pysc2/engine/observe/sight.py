"""What a player is shown of each unit: in sight, as a snapshot, cloaked, or not at all; and the visibility map."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from s2clientprotocol import raw_pb2 as raw
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.behaviors import vision
from llm_pysc2.engine.effects.ground import GroundEffectState
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.state import fog
from llm_pysc2.engine.state.match import NEUTRAL, Match
from llm_pysc2.engine.state.order import OrderKind
from llm_pysc2.engine.state.unit_columns import Bools, Ints, Units
from llm_pysc2.knowledge.abilities import load_abilities

HIDDEN, FOGGED, VISIBLE = 0, 1, 2
"""Values of the API's visibility map; 3, fully hidden, is not used: our maps have no mask."""

CLOAKED = (raw.Cloaked, raw.CloakedDetected, raw.CloakedAllied)
"""`CloakState`s of units that are known to be cloaked or burrowed."""
_VISIBLE, _NOT_CLOAKED = int(raw.Visible), int(raw.NotCloaked)

VisibilityGrid = NDArray[np.uint8]


@dataclass(slots=True)
class Sight:
    """How a player sees each unit: arrays of shape (units,)."""

    display: Ints
    """`DisplayType`; 0 = not shown at all."""
    cloak: Ints
    """`CloakState`."""
    hallucination: Bools
    """Whether the player knows that it is a hallucination."""
    on_screen: Bools
    selected: Bools
    blip: Bools
    """A radar has noticed it, and nobody sees it: where it is is known, and nothing else."""

    @property
    def drawn(self) -> Bools:
        """Who is seen in images, shape (units,): not blips and those in the fog, whom raw units show as hidden."""
        seen: Bools = (self.display > 0) & ((self.display != raw.Hidden) | (self.cloak != raw.CloakedUnknown))
        return seen


@dataclass(slots=True)
class View:
    """All that a player may know of the units and the ground at one moment."""

    units: Units
    """Those alive, then what is remembered otherwise than it is now, as it was last seen."""
    sight: Sight
    visibility: VisibilityGrid
    """Shape (height, width), row 0 = y 0: 0 hidden, 1 fogged, 2 visible."""


def known_creep(creep: Bools | None, visibility: VisibilityGrid) -> Bools:
    """Return where a player knows of creep, shape (height, width): wherever it is on ground that was ever seen."""
    nowhere = np.zeros(visibility.shape, dtype=np.bool_)
    return nowhere if creep is None else creep & (visibility != HIDDEN)


def is_visible(visibility: VisibilityGrid, x: float, y: float) -> bool:
    """Return whether a point in cells lies in sight; one beyond the map counts as the nearest on it."""
    height, width = visibility.shape
    return bool(visibility[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)] == VISIBLE)


def seen_effects(game: Game, player_id: int, visibility: VisibilityGrid) -> list[GroundEffectState]:
    """Return the effects on the ground that a player is shown: its own, and those in sight."""
    effects = game.ground_effects()
    return [one for one in effects if one.owner == player_id or is_visible(visibility, one.x, one.y)]


class Watch:
    """What one player sees, with the options of one client."""

    def __init__(self, game: Game, player_id: int, options: sc_pb.InterfaceOptions) -> None:
        self._game = game
        self._player_id = player_id
        self._options = options
        self._everything = np.full(game.terrain.pathable.shape, VISIBLE, dtype=np.uint8)

    def look(self, reveal: bool, list_hidden: bool = False) -> View:
        """Return what the player sees; screen and selection are left empty.

        Args:
            reveal: Whether there is no fog.
            list_hidden: Whether units in the fog are listed, too, as hidden ones.
        """
        match = self._game.match
        units = match.units
        sight = self._sight(match, reveal, list_hidden)
        seen = match.fogs.get(self._player_id)
        if reveal or seen is None:
            return self._with_plans(View(units, sight, self._everything))
        visibility = np.where(seen.watchers > 0, VISIBLE, np.where(seen.explored, FOGGED, HIDDEN)).astype(np.uint8)
        remembered = fog.snapshots(match, seen)
        if len(remembered):
            sight.display[np.isin(units.tag, remembered.tag) & (sight.display == raw.Snapshot)] = 0
            units, sight = units.joined(remembered), _with_more(sight, len(remembered), raw.Snapshot)
        return self._with_plans(View(units, sight, visibility))

    def _with_plans(self, view: View) -> View:
        """Return the view with the structures that are ordered and not yet begun, if the client wants them."""
        if self._options.show_placeholders:
            planned = plans(self._game.match, self._player_id)
            if len(planned):
                sight = _with_more(view.sight, len(planned), raw.Placeholder)
                return View(view.units.joined(planned), sight, view.visibility)
        return view

    def _sight(self, match: Match, reveal: bool, list_hidden: bool) -> Sight:
        units = match.units
        display = np.full(len(units), _VISIBLE)
        in_fog = blip = nothing = np.zeros(len(units), dtype=np.bool_)
        foggy = bool(match.fogs) and not reveal
        if foggy:
            display[~fog.in_sight(match, self._player_id)] = 0
            memory = match.fogs[self._player_id].memory if self._player_id in match.fogs else {}
            if memory:
                display[(display == 0) & np.isin(units.tag, list(memory))] = raw.Snapshot
            in_fog = (display == 0) & list_hidden
        cloak, hallucination = self._concealment(match, display)
        if foggy:
            cloak[display == raw.Snapshot] = raw.CloakedUnknown
            blip = (display == 0) & noticed(match, self._player_id)
            hidden = in_fog | blip
            display[hidden], cloak[hidden] = raw.Hidden, raw.CloakedUnknown
        display[units.aboard >= 0] = 0
        return Sight(display, cloak, hallucination, nothing, nothing.copy(), blip)

    def _concealment(self, match: Match, display: Ints) -> tuple[Ints, Bools]:
        """Return the `CloakState` of each unit and whether it is known as a hallucination; hide who is undetected."""
        units = match.units
        cloak = np.full(len(units), _NOT_CLOAKED)
        concealed = units.cloaked
        deceptive = concealed | units.hallucination
        if not np.count_nonzero(deceptive):
            return cloak, deceptive
        own = units.owner == self._player_id
        hallucination = units.hallucination & own
        cloak[concealed & own] = raw.CloakedAllied
        rows = (deceptive & ~own).nonzero()[0]
        if rows.size:
            detected = np.zeros(len(units), dtype=np.bool_)
            detected[rows] = vision.detected_by(match, self._player_id, rows)
            hallucination |= units.hallucination & detected
            cloak[concealed & ~own] = raw.Cloaked
            cloak[concealed & ~own & detected] = raw.CloakedDetected
            hidden = (cloak == raw.Cloaked) & (display == raw.Visible)
            shown = np.where(units.burrowed, self._options.show_burrowed_shadows, self._options.show_cloaked)
            display[hidden] = np.where(shown[hidden], raw.Hidden, 0)
        return cloak, hallucination


def noticed(match: Match, player_id: int) -> Bools:
    """Return which enemies a player's radars notice, seen or not, shape (units,)."""
    units = match.units
    towers = vision.reaching(match, player_id, match.types.radar_cells)
    found = np.zeros(len(units), dtype=np.bool_)
    if towers.size:
        others = (units.owner != player_id) & (units.owner != NEUTRAL) & ~units.cloaked
        rows = (others & (units.aboard < 0)).nonzero()[0]
        away = np.hypot(units.x[rows, None] - units.x[towers], units.y[rows, None] - units.y[towers])
        found[rows] = (away <= match.types.radar_cells[units.row[towers]]).any(axis=1)
    return found


def plans(match: Match, player_id: int) -> Units:
    """Return the structures that a player's builders are on their way to set up, a row each."""
    units, planned = match.units, Units.empty()
    at_work = {site.builder for site in match.industry.sites.values()}
    for row in ((units.owner == player_id) & (units.mode == OrderKind.BUILD)).nonzero()[0].tolist():
        for order in units.orders[row][int(units.tag[row]) in at_work :]:
            made = load_abilities()[order.ability_id].unit if order.kind is OrderKind.BUILD else 0
            if made and isinstance(order.target, tuple):
                kind = match.types.row_of(made)
                values = match.types.template(kind) | {"owner": player_id, "build_progress": 0.0, "life": 0.0}
                x, y = order.target
                planned.extend([values | {"x": x, "y": y}], match.armament(kind, player_id))
    return planned


def _with_more(sight: Sight, count: int, display: int) -> Sight:
    """Return the sight of some units and of `count` more after them that are no living units."""
    unlit = np.zeros(count, dtype=np.bool_)
    return Sight(
        display=np.append(sight.display, [display] * count),
        cloak=np.append(sight.cloak, [raw.CloakedUnknown] * count),
        hallucination=np.append(sight.hallucination, unlit),
        on_screen=np.append(sight.on_screen, unlit),
        selected=np.append(sight.selected, unlit),
        blip=np.append(sight.blip, unlit),
    )
