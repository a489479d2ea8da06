"""Every function of PySC2's feature interface that orders units: offered where it should be, and with its effect.

One game for all of them: each function gets a scene of its own on an empty place, and the game is set back to before
it. PySC2 itself says what is available and makes the action. What a scene needs stands in `functions.toml`.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import llm_pysc2.env.compat  # noqa: F401 - PySC2 does not import without it

# isort: split
from pysc2.lib import actions, features
from s2clientprotocol import debug_pb2, error_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.cargo import passengers
from llm_pysc2.engine.state.coverage import load_coverage
from llm_pysc2.engine.state.unit_columns import PlayerSetup
from llm_pysc2.engine.units import spawning
from llm_pysc2.knowledge.abilities import Ability, load_abilities
from llm_pysc2.knowledge.units import load_units, unit_by_name
from tests.api_client import ApiClient, create_request, layer_options

HERE = Path(__file__).parent
X, Y = 44.5, 42.5
SCREEN_PX, SCREEN_CELLS = 96, 24
MINIMAP_POINT_PX = (40, 40)
OPTIONS = layer_options(SCREEN_PX, 64)
OWNERS = {"own": 1, "enemy": 2, "neutral": 0}
EFFECT_LOOPS = 4
WALK_LOOPS = 80

Row = dict[str, Any]


def _rows(path: Path, table: str, key: str) -> dict[Any, Row]:
    return {row[key]: row for row in tomllib.loads(path.read_text(encoding="utf-8"))[table]}


SCENES = _rows(HERE / "functions.toml", "scene", "of")
CASTS = _rows(HERE.parent / "abilities" / "casts.toml", "cast", "id")
ON = {"load": "own Marine", "gather": "neutral MineralField", "attack": "enemy Thor"}
"""At whom abilities of a kind are aimed where no row says so."""

NEVER_THERE = {
    2048: "attack of an overcharged pylon, a type that build 4.10 lists and nothing makes: it has no weapon",
    2057: "stop of the same",
}
"""Abilities of command cards that no scene of this game offers, and why."""


@cache
def carriers() -> Mapping[int, list[str]]:
    """Return which types have an ability on their command card."""
    found: dict[int, list[str]] = {}
    for kind in load_units().values():
        for ability_id in kind.abilities:
            found.setdefault(ability_id, []).append(kind.name)
    return found


def meanings(function: Any) -> list[int]:
    """Return the abilities that a function stands for, of those that the game carries out."""
    alike = (
        other.ability_id
        for other in actions.FUNCTIONS
        if other.general_id == function.ability_id and other.function_type is function.function_type
    )
    played = load_coverage().done - NEVER_THERE.keys()
    return [one for one in (function.ability_id, *alike) if one in played and one in carriers()]


FUNCTIONS = [one for one in actions.FUNCTIONS if one.ability_id and meanings(one)]


class Stage:
    """A game in which one player may do everything at once, and the place where its units act."""

    def __init__(self) -> None:
        self.client = ApiClient()
        self.client.ask("create_game", create_request("Flat64", random_seed=1, disable_fog=True))
        self.client.ask("join_game", sc_pb.RequestJoinGame(race=1, options=OPTIONS))
        self.game = self.client.connection._session.client.game
        self.game.players[2].setup = PlayerSetup()  # nobody leads the other side
        self.game.kill_units([int(tag) for tag in self.game.units.tag[self.game.types.workers[self.game.units.row]]])
        for cheat in ("food", "free", "cooldown", "tech_tree", "fast_build"):
            self.client.debug(game_state=debug_pb2.DebugGameState.Value(cheat))
        self.client.step()
        self.game.move_camera(1, X, Y)
        interface = features.AgentInterfaceFormat(
            feature_dimensions=features.Dimensions(SCREEN_PX, 64),
            action_space=actions.ActionSpace.FEATURES,
            hide_specific_actions=False,
        )
        info = self.client.ask("game_info")
        self.features = features.features_from_game_info(info, agent_interface_format=interface)
        self._start = self.game.snapshot()

    def clear(self) -> None:
        """Set the game back to before the first scene."""
        self.game.restore(self._start)

    def put(self, name: str, x: float, y: float, side: str = "own") -> int:
        """Put a unit there that does nothing of its own accord, and return its tag."""
        tag = spawning.create(self.game.match, unit_by_name(name).id, OWNERS[side], x, y)
        row = self.game.units.row_of(tag)
        for column in ("acquires", "responds", "looks", "tends"):
            getattr(self.game.units, column)[row] = False
        switched = self.game.match.spells.switched
        for autocast in self.game.types.autocasts.get(int(self.game.units.row[row]), ()):
            if autocast.autocast_on:
                switched[tag] = (*switched.get(tag, ()), autocast.id)
        return tag

    def cover_with_creep(self, covered: bool) -> None:
        creep = np.full(self.game.terrain.pathable.shape, covered)
        creep.setflags(write=False)
        self.game.match.creep = creep

    def own(self) -> list[Any]:
        return self.client.units(owner=1)

    def unit(self, tag: int) -> Any:
        return next((unit for unit in self.client.units() if unit.tag == tag), None)


class Scene:
    """What one ability needs to be used: who has it, at whom it is aimed, what happened before."""

    def __init__(self, stage: Stage, function: Any, ability_id: int) -> None:
        self.stage, self.ability = stage, load_abilities()[ability_id]
        self.row = CASTS.get(ability_id, {}) | SCENES.get(ability_id, {}) | SCENES.get(function.name, {})
        self.by = self.row.get("by") or carriers()[ability_id][0]
        stage.clear()
        race = unit_by_name(self.by).race
        stage.cover_with_creep(race == "zerg")
        stage.game.players[1].cheats.fast_build = not self.row.get("slow")
        if race == "protoss":
            stage.put("Pylon", X - 5.5, Y + 0.5)
        self.caster = self._put_caster()
        self.on = self._put_target()
        self.point = self._place()
        for name, right, up in self.row.get("with", ()):
            stage.put(name, X + right, Y + up)
        stage.client.step()
        for earlier, wait in self.row.get("first", ()):
            assert self._order(earlier) == "Success"
            stage.client.step(wait)
        self.held = self._select()

    @property
    def target(self) -> tuple[float, float]:
        """The place that is clicked on: of the unit that is aimed at, or a free one."""
        row = self.stage.game.units.row_of(self.on)
        if row < 0 or not self.ability.target.endswith("unit"):
            return self.point
        return float(self.stage.game.units.x[row]), float(self.stage.game.units.y[row])

    def action(self, function: Any) -> sc_pb.Action:
        """Return the action that PySC2 makes of the function, after it has said that it is available."""
        observation = self.stage.client.observe().observation
        assert function.id in self.stage.features.available_actions(observation)
        x, y = self.target
        scale = SCREEN_PX / SCREEN_CELLS
        places = {
            "screen": [int((x - X + SCREEN_CELLS / 2) * scale), int((Y + SCREEN_CELLS / 2 - y) * scale)],
            "minimap": list(MINIMAP_POINT_PX),
        }
        arguments = [places.get(argument.name, [0]) for argument in function.args]
        return self.stage.features.transform_action(observation, actions.FunctionCall(function.id, arguments))

    def _put_caster(self) -> int:
        stage, game = self.stage, self.stage.game
        tag = stage.put(self.by, X, Y)
        game.set_unit_value(tag, "energy", self.row.get("energy", 200))
        for name in self.row.get("aboard", ()):
            passenger = stage.put(name, X + 3, Y)
            passengers.board(game.match, game.units.row_of(tag), game.units.row_of(passenger))
        return tag

    def _put_target(self) -> int:
        on = self.row.get("on") or ON.get(self.ability.kind)
        if self.ability.kind == "build" and self.ability.target == "unit":
            on = "neutral VespeneGeyser"
        if on is None:
            return 0
        side, name = on.split()
        tag = self.stage.put(name, X + (7 if side == "neutral" else self.row.get("near", 5)), Y, side)
        units = self.stage.game.units
        row = units.row_of(tag)
        if "hurt" in self.row:
            vital, column = ("shields", "shield") if units.shield[row] else ("life", "life")
            self.stage.game.set_unit_value(tag, vital, float(getattr(units, column)[row]) - self.row["hurt"])
        return tag

    def _place(self) -> tuple[float, float]:
        """Return a point to aim at: free, in reach, and near the pylon for those who need one."""
        if self.ability.kind == "warp_in":
            return X - 3, Y + 5
        if self.ability.kind == "build":
            return self._building_site
        return X + self.row.get("near", 5), Y

    @property
    def _building_site(self) -> tuple[float, float]:
        return (X - 4, Y + 5) if unit_by_name(self.by).race == "protoss" else (X + 6, Y + 5)

    def _order(self, ability_id: int) -> str:
        """Use an ability before the one that is looked at."""
        wanted = load_abilities()[ability_id].target
        aim: Row = {}
        if self.on and wanted.endswith("unit"):
            aim = {"target_unit_tag": self.on}
        elif wanted not in ("none", "point_or_none"):
            x, y = self._building_site if load_abilities()[ability_id].kind == "build" else (X + 5, Y)
            aim = {"target_world_space_pos": {"x": x, "y": y}}
        return error_pb2.ActionResult.Name(self.stage.client.order(ability_id, [self.caster], **aim))

    def _select(self) -> int:
        """Take one unit in hand and return its tag."""
        game, tag = self.stage.game, self.caster
        if "holds" in self.row:
            kind = unit_by_name(self.row["holds"]).id
            tag = int(game.units.tag[(game.units.type_id == kind) & (game.units.owner == 1)].max())
        game.players[1].hand.selection = (tag,)
        return tag


def _count(stage: Stage, type_id: int) -> int:
    return sum(unit.unit_type == type_id for unit in stage.own())


class Effect:
    """What is there before an action, to be compared with what is there after it."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.stage = scene, scene.stage
        self.ability: Ability = scene.ability
        self.unit = self.stage.unit(scene.held)
        self.types = sorted(unit.unit_type for unit in self.stage.own())
        self.made = _count(self.stage, self.ability.unit)
        self.undisturbed = ""

    def foresee(self, loops: int) -> None:
        """See what happens if nothing is done, and go back."""
        now = self.stage.game.snapshot()
        self.stage.client.step(loops)
        self.undisturbed = self.stage.game.digest()
        self.stage.game.restore(now)

    def makes_it(self) -> None:
        assert _count(self.stage, self.ability.unit) > self.made or self.ability.unit not in self.types
        assert sorted(unit.unit_type for unit in self.stage.own()) != self.types

    def researches(self) -> None:
        assert self.ability.upgrade in self.stage.client.observe().observation.raw_data.player.upgrade_ids

    def becomes(self) -> None:
        now = self.stage.unit(self.scene.held)
        assert now is None or now.unit_type != self.unit.unit_type

    def is_ordered(self) -> None:
        order = self.stage.unit(self.scene.held).orders[0]
        assert load_abilities()[order.ability_id].kind in (self.ability.kind, "scan_move")
        if order.HasField("target_world_space_pos"):
            at = order.target_world_space_pos
            assert (at.x, at.y) != (0, 0)

    def rallies(self) -> None:
        assert self.stage.unit(self.scene.held).rally_targets

    def is_cancelled(self) -> None:
        now = self.stage.unit(self.scene.held)
        assert now is None or now.unit_type != self.unit.unit_type or len(now.orders) < len(self.unit.orders)

    def happens(self) -> None:
        assert self.stage.game.digest() != self.undisturbed


EFFECTS: Mapping[str, tuple[Callable[[Effect], None], int]] = {
    **dict.fromkeys(("train", "warp_in"), (Effect.makes_it, 12)),
    "build": (Effect.makes_it, WALK_LOOPS),
    "research": (Effect.researches, EFFECT_LOOPS),
    "morph": (Effect.becomes, 130),
    **dict.fromkeys(("move", "patrol", "scan_move", "hold_position"), (Effect.is_ordered, 2)),
    **dict.fromkeys(("attack", "gather", "return"), (Effect.is_ordered, 2)),
    "rally": (Effect.rallies, 1),
    **dict.fromkeys(
        ("cancel_morph", "cancel_last", "cancel_construction", "halt_construction", "stop"), (Effect.is_cancelled, 2)
    ),
}
"""What has to be seen after an action, by the kind of its ability, and how many loops later; else, that it matters."""
NO_ORDERS = {1038, 1763}
"""They cancel what is not among the orders of the unit."""


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


def test_every_function_is_walked_but_those_that_the_game_has_not() -> None:
    unwalked = {one.ability_id for one in actions.FUNCTIONS if one.ability_id} - {one.ability_id for one in FUNCTIONS}
    assert not unwalked & (load_coverage().done - NEVER_THERE.keys())
    assert all(of in load_abilities() or any(of == one.name for one in FUNCTIONS) for of in SCENES)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_function_is_offered_and_does_what_it_should(stage: Stage, function: Any) -> None:
    scene = Scene(stage, function, meanings(function)[0])
    action = scene.action(function)
    effect = Effect(scene)
    check, loops = EFFECTS.get(scene.ability.kind, (Effect.happens, EFFECT_LOOPS))
    loops = max(scene.row.get("wait", 0), loops)
    if function.function_type is actions.autocast or scene.ability.id in NO_ORDERS:
        check, loops = Effect.happens, 2
    if check is Effect.happens:
        effect.foresee(loops)
    (result,) = stage.client.ask("action", sc_pb.RequestAction(actions=[action])).result
    assert error_pb2.ActionResult.Name(result) == "Success"
    stage.client.step(loops)
    check(effect)


class TestTheHand:
    """The functions that choose units, and the panels."""

    @pytest.fixture
    def act(self, stage: Stage) -> Callable[..., str]:
        stage.clear()
        stage.cover_with_creep(False)

        def act(name: str, *arguments: list[int]) -> str:
            function = next(one for one in actions.FUNCTIONS if one.name == name)
            observation = stage.client.observe().observation
            assert function.id in stage.features.available_actions(observation)
            call = actions.FunctionCall(function.id, list(arguments))
            action = stage.features.transform_action(observation, call)
            (result,) = stage.client.ask("action", sc_pb.RequestAction(actions=[action])).result
            stage.client.step(4)
            return error_pb2.ActionResult.Name(result)

        return act

    @staticmethod
    def offers(stage: Stage, name: str) -> bool:
        function = next(one for one in actions.FUNCTIONS if one.name == name)
        return function.id in stage.features.available_actions(stage.client.observe().observation)

    @staticmethod
    def chosen(stage: Stage) -> set[int]:
        return {unit.tag for unit in stage.own() if unit.is_selected}

    def test_nothing_is_done(self, stage: Stage) -> None:
        stage.clear()
        observation = stage.client.observe().observation
        before = stage.game.snapshot()
        stage.client.step(4)
        undisturbed = stage.game.digest()
        stage.game.restore(before)
        action = stage.features.transform_action(observation, actions.FUNCTIONS.no_op())
        stage.client.ask("action", sc_pb.RequestAction(actions=[action]))
        stage.client.step(4)
        assert stage.game.digest() == undisturbed

    def test_the_camera_is_moved(self, stage: Stage, act: Callable[..., str]) -> None:
        assert act("move_camera", [20, 24]) == "Success"
        camera = stage.client.observe().observation.raw_data.player.camera
        cells_per_px = 96 / 64
        assert (camera.x, camera.y) == pytest.approx((20.5 * cells_per_px, 96 - 24.5 * cells_per_px), abs=0.01)

    def test_points_rectangles_and_groups(self, stage: Stage, act: Callable[..., str]) -> None:
        one, other = stage.put("Marine", X, Y), stage.put("Marine", X + 4, Y)
        middle = SCREEN_PX // 2
        assert act("select_point", [0], [middle, middle]) == "Success"
        assert self.chosen(stage) == {one}
        assert act("select_rect", [0], [middle - 8, middle - 8], [middle + 24, middle + 8]) == "Success"
        assert self.chosen(stage) == {one, other}
        assert act("select_control_group", [1], [3]) == "Success"  # set
        assert act("select_unit", [0], [1]) == "Success"
        assert len(self.chosen(stage)) == 1
        assert act("select_control_group", [0], [3]) == "Success"  # recall
        assert self.chosen(stage) == {one, other}

    def test_workers_army_gates_and_larvae(self, stage: Stage, act: Callable[..., str]) -> None:
        wanted = {
            "select_idle_worker": ("SCV", [0]),
            "select_army": ("Marine", [0]),
            "select_warp_gates": ("WarpGate", [0]),
            "select_larva": ("Larva", None),
        }
        for function, (name, argument) in wanted.items():
            assert not self.offers(stage, function)
            tag = stage.put(name, X, Y)
            assert act(function, *([argument] if argument else [])) == "Success"
            assert self.chosen(stage) == {tag}
            stage.game.kill_units([tag])

    def test_one_is_let_out(self, stage: Stage, act: Callable[..., str]) -> None:
        carrier = stage.put("Bunker", X, Y)
        aboard = [stage.put(name, X + 3, Y) for name in ("Marine", "Marauder")]
        for tag in aboard:
            passengers.board(stage.game.match, stage.game.units.row_of(carrier), stage.game.units.row_of(tag))
        assert not self.offers(stage, "unload")
        stage.game.players[1].hand.selection = (carrier,)
        assert act("unload", [1]) == "Success"
        assert [stage.unit(tag) is not None for tag in aboard] == [False, True]

    def test_one_is_taken_out_of_the_queue(self, stage: Stage, act: Callable[..., str]) -> None:
        stage.game.players[1].cheats.fast_build = False
        barracks = stage.put("Barracks", X, Y)
        stage.game.players[1].hand.selection = (barracks,)
        stage.client.step()
        assert not self.offers(stage, "build_queue")
        for ability_id in (560, 561, 563):
            assert stage.client.order(ability_id, [barracks]) == 1
        stage.client.step()
        assert act("build_queue", [1]) == "Success"
        assert [order.ability_id for order in stage.unit(barracks).orders] == [560, 563]
        assert act("build_queue", [0]) == "Success"
        assert [order.ability_id for order in stage.unit(barracks).orders] == [563]
        assert act("build_queue", [4]) == "CantFindCancelOrder"
