"""A stage for walks over all functions: one game, an actor with all that it needs, words in, the game's answer out."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pysc2.lib import features
from s2clientprotocol import error_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.dialogue.parse import parse
from llm_pysc2.dialogue.short_ids import ShortIds
from llm_pysc2.dialogue.situation import Situation, Speaker
from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.economy import creep
from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units import spawning
from llm_pysc2.env.decode import decode_game_info, decode_observation
from llm_pysc2.env.hand import Hand
from llm_pysc2.env.interfaces import camera_interface
from llm_pysc2.env.look import Look
from llm_pysc2.env.names import TypeNames
from llm_pysc2.knowledge.abilities import Ability, carriers, load_abilities, members_by_general
from llm_pysc2.knowledge.units import UnitType, load_units, unit_by_name
from llm_pysc2.knowledge.upgrades import load_upgrades
from llm_pysc2.roster import Team
from llm_pysc2.world.command import Command
from llm_pysc2.world.frames import MINIMAP_PX, SCREEN_PX
from llm_pysc2.world.geometry import Point
from tests.api_client import ApiClient, create_request, layer_options, raw_options
from tests.worlds import BOOK

CASTS = Path(__file__).parent / "unit" / "engine" / "abilities" / "casts.toml"
X, Y = 43.5, 41.5
US, THEM = 1, 2
TARGETS = (
    "enemy Marauder", "own Marine",
    "enemy Ghost", "own Zealot", "own SCV", "own Nexus", "enemy VoidRay", "own Zergling",
    "nobody MineralField", "nobody VespeneGeyser", "own Hatchery",
)  # fmt: skip
"""Who is aimed at where a row of casts.toml does not say, tried in this order."""
NOBODY = 0
SIDES = {"own": US, "enemy": THEM, "nobody": NOBODY}
_FULL = ("unload_all", "unload_all_at", "redirect_instant", "redirect_target")
"""Kinds of abilities for which somebody has to be aboard."""
CALLDOWN = "TacNukeStrike"
HALT, SUPPLY_DEPOT, MARAUDERS_STIM = 348, 319, 1684
_PASSENGERS = {"protoss": "Zealot", "terran": "Marine", "zerg": "Zergling"}
PYLON, SMART = 881, 1
BASE_CELLS = 12


@cache
def casts() -> dict[int, dict[str, Any]]:
    """Return how abilities are cast, by id, from the rows of their own tests."""
    rows = tomllib.loads(CASTS.read_text(encoding="utf-8"))["cast"]
    return {row["id"]: row for row in rows}


def played(ability_id: int) -> list[int]:
    """Return the special abilities that an id means and that the embedded game plays."""
    if ability_id == SMART:
        return [SMART]
    ids = (ability_id, *members_by_general().get(ability_id, ()))
    return [one for one in ids if one in load_coverage().done and one in load_abilities() and carriers().get(one)]


@dataclass(frozen=True)
class Scene:
    """Who acts, by which ability, and on whom."""

    ability: Ability
    actor: UnitType
    target: str = ""
    """Side and name; empty = a place, or nothing."""


def scenes(ability_id: int, argument: str) -> Iterator[Scene]:
    """Yield ways to use an ability with a kind of argument, the likeliest first."""
    for one in played(ability_id):
        ability, row = load_abilities()[one], casts().get(one, {})
        for type_id in carriers().get(one, [unit_by_name("Marine").id])[:4]:
            actor = unit_by_name(row["by"]) if "by" in row else load_units()[type_id]
            if argument in ("unit", "at_unit"):
                wanted = [row["on"]] if "on" in row else TARGETS
                yield from (Scene(ability, actor, target) for target in wanted)
            else:
                yield Scene(ability, actor, row.get("on", ""))


class Stage(ApiClient):
    """A game on Flat64 of a player who has everything; all but one scene at a time is always the same."""

    def __init__(self, options: sc_pb.InterfaceOptions | None = None) -> None:
        super().__init__()
        self.ask("create_game", create_request("Flat64", random_seed=1, disable_fog=True))
        self.ask("join_game", sc_pb.RequestJoinGame(race=3, options=options or raw_options()))
        self.game = self.connection._session.client.game
        self.game.players[THEM].setup = PlayerSetup()  # nobody leads the other side
        me = self.game.players[US]
        me.cheats.free = me.cheats.tech_tree = True
        me.food_cap = 200
        self.map = decode_game_info(self.ask("game_info"))
        self.hall = next(unit.tag for unit in self.units(US) if unit.unit_type == unit_by_name("Nexus").id)
        hall = next(unit.pos for unit in self.units(US) if unit.tag == self.hall)
        self.game.kill_units([unit.tag for unit in self.units() if _is_spare(unit, hall)])
        self.game.move_camera(US, X, Y)
        hatchery = self.put("Hatchery", X - 15, Y)
        creep.begin(self.game.match, self.game.units.row_of(hatchery), grown=True)
        self.step(1)
        self._new = self.game.snapshot()
        for upgrade_id in load_upgrades():
            self.game.grant_upgrade(US, upgrade_id)
        self._researched = self.game.snapshot()
        self.actor = self.fellow = self.target = self.mineral = 0
        self.place = Point(X + 4, Y)

    @property
    def actors(self) -> tuple[int, ...]:
        """The actor, and the second one where it takes two."""
        return (self.actor, self.fellow) if self.fellow else (self.actor,)

    def set(self, scene: Scene) -> None:
        """Put the actor and whom it acts on there, and let happen what has to happen before."""
        row = casts().get(scene.ability.id, {})
        self._set_upgrades(scene.ability)
        self.actor = self._put_actor(scene)
        self.fellow = self.put(scene.actor.name, X, Y + 1.5) if scene.ability.kind == "merge" else 0
        self.target = 0
        if scene.target:
            side, name = scene.target.split()
            is_fetched = scene.ability.target == "point" and "comes" in row  # a recall finds him at its place
            away = self.place.x - X if is_fetched else row.get("near", 3.5)
            self.target = self.put(name, X + away, Y, SIDES[side])
            if side == "own":
                hurt = self.game.units.row_of(self.target)
                self.game.units.life[hurt] *= 0.5
                self.game.units.shield[hurt] *= 0.5
        self.step(1)
        for ability_id, wait in row.get("first", ()):
            aimed = load_abilities()[ability_id].target == "unit"
            self.use(ability_id, self.target if aimed else 0)
            self.step(wait)
        if "first" not in row:
            self._begin(scene)

    def _set_upgrades(self, ability: Ability) -> None:
        """Begin anew, with everything researched but what is to be."""
        is_researched = ability.kind not in ("research", "cancel_last")
        self.game.restore(self._researched if is_researched else self._new)
        for need in ability.needs if not is_researched else ():
            for upgrade_id in need.ids if need.kind == "upgrade" else ():
                self.game.grant_upgrade(US, upgrade_id)

    def put(self, name: str, x: float, y: float, owner: int = US) -> int:
        """Put a unit there that does nothing of its own accord."""
        tag = spawning.create(self.game.match, unit_by_name(name).id, owner, x, y)
        units, row = self.game.units, self.game.units.row_of(tag)
        for column in ("acquires", "responds", "looks", "tends"):
            getattr(units, column)[row] = False
        autocasts = self.game.types.autocasts.get(int(units.row[row]), ())
        switched = tuple(autocast.id for autocast in autocasts if autocast.autocast_on)
        self.game.match.spells.switched[tag] = (*self.game.match.spells.switched.get(tag, ()), *switched)
        return tag

    def use(self, ability_id: int, target: int = 0) -> int:
        """Order the actor to do something first."""
        return self.order(ability_id, [self.actor], **({"target_unit_tag": target} if target else {}))

    def answer(self, result: int) -> str:
        """Return the name of an `ActionResult`."""
        return error_pb2.ActionResult.Name(result)

    def situation(self) -> Situation:
        """Return what an agent knows that leads the actor alone."""
        view = decode_observation(self.observe(), self.map, TypeNames())
        team = Team("T", self.actors)
        return Situation(Speaker("A"), view, (team,), ShortIds().update(view), BOOK)

    def command(self, text: str) -> Command:
        """Return the one command that a text comes to for the actor."""
        reply = parse(f"Team T: <{text}>", self.situation())
        assert not reply.rejected, reply.rejected
        (command,) = reply.commands
        return command

    def _put_actor(self, scene: Scene) -> int:
        ability, actor = scene.ability, scene.actor
        before = _before(ability)
        if before:
            actor = before.actor
        self._furnish(ability, actor)
        if ability.kind == "cancel_construction":
            actor = unit_by_name("Probe")
        at = (X, Y)
        if ability.kind == "return":
            at = self._beside_minerals()
        elif before and before.ability.target == "point":
            at, self.place = (X - 6.0, Y), Point(X - 8.0, Y)  # both on creep
        tag = self.put(actor.name, *at)
        row = self.game.units.row_of(tag)
        self.game.set_unit_value(tag, "energy", casts().get(ability.id, {}).get("energy", 200.0))
        for need in ability.needs:
            if need.kind == "attached":
                self.game.match.industry.addons[tag] = self.put(load_units()[need.ids[-1]].name, X + 2.5, Y - 0.5)
        if actor.name == "BarracksTechLab":
            self.game.match.industry.addons[self.put("Barracks", X - 2.5, Y + 0.5)] = tag
        if actor.cargo_slots and ability.kind in _FULL:
            self._fill(row, "Marauder" if ability.id == MARAUDERS_STIM else _PASSENGERS[actor.race])
        return tag

    def _furnish(self, ability: Ability, actor: UnitType) -> None:
        """Put there what the place must have: power, creep, a base with minerals, who wants to get in."""
        makes = load_units().get(ability.unit)
        if actor.needs_power or ability.kind == "warp_in" or (makes and makes.needs_power):
            self.put("Pylon", X + 2.0, Y + 5.0)
        self.place = Point(X + 4, Y)
        if makes and makes.structure and makes.race == "zerg":
            self.place = Point(X - 8.0, Y)
        if ability.kind == "load_all":
            self.put("SCV", X + 3.5, Y)
        if ability.link == CALLDOWN:
            self.put("Nuke", X, Y + 5)

    def _beside_minerals(self) -> tuple[float, float]:
        """Return the place between the town hall of the start and its nearest minerals, which are remembered."""
        units = {unit.tag: unit.pos for unit in self.units()}
        hall = units[self.hall]
        fields = [unit for unit in self.units() if unit.mineral_contents]
        nearest = min(fields, key=lambda unit: (unit.pos.x - hall.x) ** 2 + (unit.pos.y - hall.y) ** 2)
        self.mineral = nearest.tag
        return (hall.x + 2 * nearest.pos.x) / 3, (hall.y + 2 * nearest.pos.y) / 3

    def _fill(self, carrier: int, name: str) -> None:
        passengers.board(self.game.match, carrier, self.game.units.row_of(self.put(name, X, Y)))

    def _begin(self, scene: Scene) -> None:
        """Let the actor do what it is to end."""
        before = _before(scene.ability)
        if before:
            at = {"x": self.place.x, "y": self.place.y}
            target = {"target_world_space_pos": at} if before.ability.target == "point" else {}
            self.order(before.ability.id, [self.actor], **target)
            self.step(24 if target else 3)
        elif scene.ability.kind == "return":
            gather = next(one for one in load_abilities().values() if one.link == scene.ability.link and one.index == 0)
            self.use(gather.id, self.mineral)
            while not self.game.units.buffs[self.game.units.row_of(self.actor)]:
                self.step(4)
        elif scene.ability.kind == "cancel_construction":
            self.order(PYLON, [self.actor], target_world_space_pos={"x": X + 3, "y": Y})
            self.step(30)
            self.actor = next(unit.tag for unit in self.units(US) if unit.unit_type == unit_by_name("Pylon").id)
        elif scene.ability.id == HALT:
            self.order(SUPPLY_DEPOT, [self.actor], target_world_space_pos={"x": X + 3.5, "y": Y - 0.5})
            self.step(48)


class StageByHand(Stage):
    """The same stage, where a hand carries out commands on the screen."""

    def __init__(self) -> None:
        super().__init__(layer_options(SCREEN_PX, MINIMAP_PX))
        self._features = features.features_from_game_info(
            self.ask("game_info"), agent_interface_format=camera_interface(())
        )

    def perform(self, command: Command) -> list[tuple[int, str]]:
        """Let the hand carry out a command; return the functions that it calls with the game's answers."""
        look, done = self._look(), []
        steps = Hand(self.map.size_cells).perform([command], look)
        call = next(steps, None)
        while call is not None:
            action = self._features.transform_action(look.response.observation, call, skip_available=True)
            (result,) = self.ask("action", sc_pb.RequestAction(actions=[action])).result
            done.append((int(call.function), self.answer(result)))
            self.step(1)
            look = self._look()
            try:
                call = steps.send(look)
            except StopIteration:
                call = None
        return done

    def _look(self) -> Look:
        response = self.observe()
        return Look(response, frozenset(self._features.available_actions(response.observation)))


def _is_spare(unit: Any, hall: Any) -> bool:
    """Return whether a unit of the start only costs time: workers, and resources far from our town hall."""
    if unit.owner not in (US, THEM):
        return bool((unit.pos.x - hall.x) ** 2 + (unit.pos.y - hall.y) ** 2 > BASE_CELLS**2)
    return not load_units()[unit.unit_type].structure


def _before(ability: Ability) -> Scene | None:
    """Return who begins what an ability ends: a morph, a mode, an add-on, what is being made."""
    known = load_abilities()
    if ability.id == HALT:
        return None
    if ability.kind in ("cancel_morph", "cancel_effect", "behavior_off", "halt_construction"):
        began = [(one, carriers().get(one.id, ())) for one in known.values() if one.link == ability.link]
    elif ability.kind == "cancel_last":
        makers = carriers()[ability.id]
        cards = [(type_id, known[one]) for type_id in makers for one in load_units()[type_id].abilities if one in known]
        began = [(one, (type_id,)) for type_id, one in cards if one.kind in ("train", "research")]
    else:
        return None
    for one, types in began:
        if (
            one.id != ability.id
            and one.id in load_coverage().done
            and one.target in ("none", "point_or_none", "point")
            and types
        ):
            return Scene(one, load_units()[types[0]])
    return None
