"""A caster and whom it casts at, on an empty place of a melee map: rows of `casts.toml` as scenes of one game.

Orders and looks go through the API. The game is made once and set back for each scene. What is asked of the facts is
read from the files as they lie there, without the loader that the engine uses.
"""

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from s2clientprotocol import error_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.units import unit_by_name
from tests.api_client import ApiClient, create_request, layer_options
from tests.unit.engine.abilities.casters import ABILITIES_ALONE

FACTS = Path(__file__).parents[4] / "knowledge_base" / "facts"
TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "casts.toml").read_text(encoding="utf-8"))
CASTS: list[dict[str, Any]] = TABLE["cast"]
X, Y = 30.5, 48.5
"""Where casters stand, cells: in the middle of a pixel of the screen."""
SCREEN_PX = 24
"""The screen shows 24 cells: one for each pixel."""
US, THEM = 1, 2


@cache
def abilities() -> dict[int, dict[str, Any]]:
    """Return the rows of abilities.json by id."""
    rows = json.loads((FACTS / "abilities.json").read_text(encoding="utf-8"))["abilities"]
    return {row["id"]: row for row in rows}


@cache
def ground_effects() -> dict[int, dict[str, Any]]:
    """Return the rows of effects.json by id."""
    rows = json.loads((FACTS / "effects.json").read_text(encoding="utf-8"))["effects"]
    return {row["id"]: row for row in rows}


@cache
def unit_facts(name: str) -> dict[str, Any]:
    """Return the row of units.json of a type."""
    rows = json.loads((FACTS / "units.json").read_text(encoding="utf-8"))["units"]
    return dict(next(row for row in rows if row["name"] == name))


@cache
def type_name(type_id: int) -> str:
    """Return the name of a type in units.json."""
    rows = json.loads((FACTS / "units.json").read_text(encoding="utf-8"))["units"]
    return str(next(row["name"] for row in rows if row["id"] == type_id))


@cache
def carrier(ability_id: int) -> str:
    """Return the first type of units.json that has an ability on its card."""
    rows = json.loads((FACTS / "units.json").read_text(encoding="utf-8"))["units"]
    return str(next(row["name"] for row in rows if ability_id in row.get("abilities", ())))


class _Field:
    """The game of all scenes: nobody there but the town halls that keep it going."""

    def __init__(self, fog: bool) -> None:
        self.client = ApiClient()
        self.client.ask("create_game", create_request("Flat64", disable_fog=not fog, random_seed=1))
        self.client.ask("join_game", sc_pb.RequestJoinGame(race=3, options=layer_options(SCREEN_PX, 64)))
        self.session = self.client.connection._session
        self.game = self.session.client.game
        self.game.players[THEM].setup = PlayerSetup()  # nobody leads the other side
        halls = ("Nexus", "CommandCenter", "Hatchery")
        names = [self.game.types.types[row].name for row in self.game.units.row.tolist()]
        spare = [name not in halls for name in names]
        self.game.kill_units(self.game.units.tag[spare].tolist())
        self.client.step()
        self._new = self.game.snapshot()
        for upgrade_id in ABILITIES_ALONE:
            self.game.grant_upgrade(US, upgrade_id)
        self._researched = self.game.snapshot()

    def clear(self, upgrades: bool) -> None:
        """Set the game back, with or without all upgrades for us."""
        self.game.restore(self._researched if upgrades else self._new)
        self.client.observe()  # what earlier scenes left to be told


@cache
def field(fog: bool = False) -> _Field:
    return _Field(fog)


class Scene:
    """One row of the table, set up."""

    def __init__(self, cast: dict[str, Any], upgrades: bool = True, fog: bool = False) -> None:
        field(fog).clear(upgrades)
        self.client, self.game = field(fog).client, field(fog).game
        self.game.players[US].minerals = cast.get("minerals", 0)
        self.cast = cast
        self.near = cast.get("near", 5.0)
        self.caster_name = cast.get("by") or carrier(cast["id"])
        self.caster = self.put(self.caster_name, X, US)
        self.set_energy(self.caster, cast.get("energy", 200.0))
        for name in cast.get("aboard", ()):
            passenger = self.game.units.row_of(self.put(name, X - 3, US))
            passengers.board(self.game.match, self.game.units.row_of(self.caster), passenger)
        if "with" in cast:
            self.put(cast["with"], X - 12, US)
        self.on = 0
        if "on" in cast:
            self.on = self._put_target(cast["on"])
        if self.game.match.types.by_id(self._type(self.caster)).structure:
            self.put("Pylon", X - 6, US)

    def put(self, name: str, x: float, owner: int, y: float = Y, *, finished: bool = True) -> int:
        """Put a unit there that does nothing of its own accord."""
        birth = spawning.Birth(unit_by_name(name).id, owner, finished=finished)
        (tag,) = spawning.create_at(self.game.match, birth, [(x, y)])
        units, row = self.game.units, self.game.units.row_of(tag)
        for column in ("acquires", "responds", "looks", "tends"):
            getattr(units, column)[row] = False
        for autocast in self.game.types.autocasts.get(int(units.row[row]), ()):
            if autocast.autocast_on:
                self.game.match.spells.switched[tag] = (*self.game.match.spells.switched.get(tag, ()), autocast.id)
        return tag

    def cover_with_creep(self) -> None:
        """Let there be creep everywhere."""
        creep = np.ones(self.game.terrain.pathable.shape, dtype=np.bool_)
        creep.setflags(write=False)
        self.game.match.creep = creep

    def set_energy(self, tag: int, amount: float) -> None:
        self.game.set_unit_value(tag, "energy", amount)

    def use(self, ability_id: int, **target: Any) -> str:
        """Order the caster and return the name of the `ActionResult`."""
        aim = target or self.aim(ability_id)
        return error_pb2.ActionResult.Name(self.client.order(ability_id, [self.caster], **aim))

    def point_at(self, ability_id: int, **target: Any) -> str:
        """Order the caster, who is selected, with the pointer; return the name of the `ActionResult`."""
        command = {"ability_id": ability_id, **target}
        action = sc_pb.Action(action_feature_layer={"unit_command": command})
        return error_pb2.ActionResult.Name(self.client.ask("action", sc_pb.RequestAction(actions=[action])).result[0])

    def select(self) -> None:
        """Take the caster in hand, and look at what it casts at."""
        self.game.players[US].hand.selection = (self.caster,)
        self.game.move_camera(US, X + self.near - 0.5, Y - 0.5)

    def aim(self, ability_id: int) -> dict[str, Any]:
        """Return the target of the row, or of an ability that is used before."""
        at = self.cast.get("at", "none")
        if ability_id != self.cast["id"]:
            at = abilities()[ability_id].get("target", "none")
        if at == "unit" or (at == "point_or_unit" and self.on):
            return {"target_unit_tag": self.on}
        return {"target_world_space_pos": {"x": X + self.near, "y": Y}} if at == "point" else {}

    def prepare(self) -> None:
        """Use what has to be used before."""
        for ability_id, wait in self.cast.get("first", ()):
            assert self.use(ability_id) == "Success"
            self.client.step(wait)

    def loops(self, most: int) -> Iterator[int]:
        """Yield how many loops have been played, each after it has been: 0, 1, ... at most so many."""
        yield 0
        for loop in range(1, most + 1):
            self.client.step()
            yield loop

    def cast_on(self, target: int, owner: int, name: str, ability_id: int, loops: int) -> None:
        """Let another caster, right beside a unit, cast something on it, and play so many loops."""
        other = self.put(name, self.unit(target).pos.x - 2, owner)
        self.set_energy(other, 200)
        for kind, upgrade_id, *_ in abilities()[ability_id].get("needs", ()):
            if kind == "upgrade":
                self.game.grant_upgrade(owner, upgrade_id)
        wanted, place = abilities()[ability_id].get("target"), self.unit(target).pos
        aim = (place.x, place.y) if wanted == "point" else target if wanted else None
        assert self.game.order(owner, ability_id, [other], aim) == [1]
        self.client.step(loops)

    def renew_target(self) -> None:
        """Put whom the row aims at there anew: alive, whole and without anything on him."""
        if self.on:
            self.game.kill_units([self.on])
            self.on = self._put_target(self.cast["on"])

    def unit(self, tag: int) -> Any:
        """Return a unit as the API shows it, None if it is not shown."""
        shown = (unit for unit in self.client.observe().observation.raw_data.units if unit.tag == tag)
        return next(shown, None)

    def count(self, name: str) -> int:
        type_id = unit_by_name(name).id
        return sum(
            unit.unit_type == type_id and abs(unit.pos.x - X) + abs(unit.pos.y - Y) < 14 for unit in self.client.units()
        )

    def gap(self) -> float:
        """Return the cells between the caster and what it casts at, edge to edge."""
        units, row = self.game.units, self.game.units.row_of(self.caster)
        radius = float(units.radius[self.game.units.row_of(self.on)]) if self.cast.get("at") == "unit" else 0.0
        away = float(((units.x[row] - X - self.near) ** 2 + (units.y[row] - Y) ** 2) ** 0.5)
        return away - float(units.radius[row]) - radius

    def _put_target(self, whose_and_what: str) -> int:
        """Put whom the row aims at there, without what he has lost: of his shields, or of his life without any."""
        side, name = whose_and_what.split()
        finished = not self.cast.get("unfinished")
        tag = self.put(name, X + self.near, US if side == "own" else THEM, finished=finished)
        row = self.game.units.row_of(tag)
        vital, column = ("shields", "shield") if self.game.units.shield[row] else ("life", "life")
        whole = float(getattr(self.game.units, column)[row])
        self.game.set_unit_value(tag, vital, whole - self.cast.get("hurt", 0))
        return tag

    def _type(self, tag: int) -> int:
        return int(self.game.units.type_id[self.game.units.row_of(tag)])
