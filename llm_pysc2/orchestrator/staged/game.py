"""A game of a scenario whose map is not there, in the shape of any other game."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from llm_pysc2.engine.maps.definitions import MapDefinition
from llm_pysc2.engine.maps.trigger_rules import Actions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.orchestrator.staged.building import Builder
from llm_pysc2.orchestrator.staged.director import Director
from llm_pysc2.orchestrator.staged.stage import Stage
from llm_pysc2.world.command import Command
from llm_pysc2.world.geometry import Point, Rect
from llm_pysc2.world.view import MapView, ScoreView, WorldView


class StagedGame:
    """Plays a scenario's map on a stock map, and shows it as if it were its own.

    Game loops count from the moment at which the scene stands.

    Args:
        game: A game on the stage's map.
        definition: The map that it stands for.
        stage: Where on the stock map.
        seed: Of the first episode: for what the map's triggers leave to chance.
    """

    def __init__(self, game: GameEnv, definition: MapDefinition, stage: Stage, seed: int) -> None:
        self._game = game
        self._definition = definition
        self._stage = stage
        self._next_seed = seed
        self._builder = Builder(game, definition, stage)
        self._director = Director(definition, seed)
        self._map = MapView(definition.name, definition.size_cells, Rect(*definition.playable))
        self._orders = Orders()
        self._dead: list[int] = []
        """Units that died in the step that is being played."""
        self._began_at = 0
        self._score = ScoreView()
        self._view: WorldView | None = None

    @property
    def name(self) -> str:
        """The game and its version, and that it was not on the scenario's own map."""
        return f"{self._game.name}, staged"

    def reset(self) -> WorldView:
        """Start the game, build the scene, and return the first view of it."""
        seed, self._next_seed = self._next_seed, self._next_seed + 1
        self._director = Director(self._definition, seed)
        self._orders = Orders()
        first = self._game.reset(seed)
        self._map = self._stage.map_here(first.map, self._definition)
        self._builder.build()
        start = self._definition.triggers.start.actions
        self._game.debug(self._builder.creations(start.create))
        view = self._game.step()
        self._began_at, self._score = view.game_loop, view.score
        self._view = self._here(view)
        self._order([start], self._view, new=frozenset(unit.tag for unit in self._view.units))
        return self._view

    def step(self, commands: Sequence[Command] = (), loops: int = 1) -> WorldView:
        """Carry out commands, let the game run, its triggers looked after, and return what is seen then."""
        assert self._view is not None  # noqa: S101 - a game is reset before its first step
        view, end = self._view, self._view.game_loop + loops
        self._orders.own.extend(commands)
        self._dead.clear()
        while view.game_loop < end and not view.result:
            view = self._with_triggers(view)
            wait = self._director.loops_to_next(view.game_loop) or loops
            if view.game_loop < end:
                view = self._play(min(end - view.game_loop, wait))
        self._view = replace(view, dead_tags=tuple(self._dead))
        return self._view

    def query_abilities(self, unit_tags: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Return what each of the own units can do now."""
        return self._game.query_abilities(unit_tags)

    def query_placements(self, ability_id: int, places: Sequence[Point], builder_tag: int = 0) -> list[bool]:
        """Return whether what an ability makes could stand at each of some places."""
        return self._game.query_placements(ability_id, [self._stage.there(place) for place in places], builder_tag)

    def close(self) -> None:
        """End the game."""
        self._game.close()

    def abort(self) -> None:
        """Break off the call that another thread waits in."""
        self._game.abort()

    def _with_triggers(self, view: WorldView) -> WorldView:
        """Let the triggers do what is due; where they create units the view after that is one game loop later."""
        actions = list(self._director.due(view))
        before = frozenset(unit.tag for unit in view.units)
        created = [group for action in actions for group in action.create]
        if created:
            self._game.debug(self._builder.creations(created))
            view = self._play(1)
        self._order(actions, view, new=frozenset(unit.tag for unit in view.units) - before)
        return view

    def _order(self, actions: Sequence[Actions], view: WorldView, new: frozenset[int] = frozenset()) -> None:
        """Keep the orders of triggers for the next step: new carriers take their cargo aboard before anything else."""
        carriers = [group for action in actions for group in action.create if group.cargo is not None]
        boarding = list(self._director.boarding(carriers, view, new))
        ordered = [
            command
            for action in actions
            for order in action.order
            for command in self._director.commands(order, view, boarding)
        ]
        own = frozenset(unit.tag for unit in view.own)
        for command in (*boarding, *ordered):
            side = self._orders.own if own.issuperset(command.unit_tags) else self._orders.theirs
            side.append(command)

    def _play(self, loops: int) -> WorldView:
        """Let the game run with the orders that were kept, and see whether the map's triggers end it."""
        orders, self._orders = self._orders, Orders()
        there = self._stage.command_there
        seen = self._game.step(map(there, orders.own), loops, map(there, orders.theirs))
        view = self._here(seen)
        self._dead += view.dead_tags
        return replace(view, result=view.result or self._director.result(view))

    def _here(self, view: WorldView) -> WorldView:
        """Return a view of the stock map as one of the scenario's map, counted from when the scene stood."""
        return replace(
            view,
            game_loop=view.game_loop - self._began_at,
            map=self._map,
            units=tuple(map(self._stage.unit_here, view.units)),
            effects=tuple(map(self._stage.effect_here, view.effects)),
            score=_since(self._score, view.score),
            camera=replace(view.camera, centre=self._stage.here(view.camera.centre)) if view.camera else None,
        )


@dataclass(slots=True)
class Orders:
    """Commands for the next step; all places are the scenario's own."""

    own: list[Command] = field(default_factory=list)
    theirs: list[Command] = field(default_factory=list)


def _since(before: ScoreView, now: ScoreView) -> ScoreView:
    """Return what a score has risen by: building the scene has cost units, too."""
    return ScoreView(**{name.name: getattr(now, name.name) - getattr(before, name.name) for name in fields(ScoreView)})
