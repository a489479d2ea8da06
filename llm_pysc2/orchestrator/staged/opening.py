"""Start a scenario's game: on its own map, or staged where the game cannot load that."""

from dataclasses import replace
from functools import partial

from llm_pysc2.engine.api.link import connect
from llm_pysc2.engine.maps.definitions import MapDefinition, known_maps, load_map
from llm_pysc2.engine.state.assumptions import read_assumptions
from llm_pysc2.env.launch import GameSource, choose_game
from llm_pysc2.env.options import LaunchOptions
from llm_pysc2.env.sc2_env import GameEnv
from llm_pysc2.errors import GameLaunchError, UsageError
from llm_pysc2.orchestrator.staged.game import StagedGame
from llm_pysc2.orchestrator.staged.stage import stage_of
from llm_pysc2.scenario import Scenario
from llm_pysc2.world.command import CAMERA


def open_map(scenario: Scenario, seed: int, launch: LaunchOptions) -> GameEnv | StagedGame:
    """Return the game of a scenario, not yet launched.

    Raises GameLaunchError if there is no game, or it has neither the scenario's map nor the stock map to build it on;
    UsageError for what cannot be played on a stock map.
    """
    connector = partial(connect, read_assumptions(launch.assumptions))
    source = choose_game(connector, launch)
    if launch.assumptions and source.connector is None:
        raise UsageError(
            f"--assume {launch.assumptions[0]}: these are guesses of the embedded game; add --game embedded"
        )
    definition = _to_be_staged(source, scenario.map)
    if definition is None:
        return GameEnv(scenario.map, scenario.race, scenario.enemy_race, seed, connector, launch)
    if launch.interface == CAMERA:
        raise UsageError(f"{scenario.map} would have to be built on a stock map, where the interface can only be raw")
    stage = stage_of(definition)
    # bases are played by the computer; an installed game's would take other units into its own hands, too
    told = not definition.triggers.start.melee and source.directory is not None
    stock = replace(launch, told_opponent=told)
    game = GameEnv(stage.stock, scenario.race, scenario.enemy_race, seed, connector, stock)
    return StagedGame(game, definition, stage, seed)


def _to_be_staged(source: GameSource, name: str) -> MapDefinition | None:
    """Return what is to be built if a map cannot be loaded, None if it can, or if nobody knows better than the game."""
    staging = source.options.staging
    if staging == "never" or name not in known_maps():
        return None
    if staging == "auto" and _has(source, name):
        return None
    definition = load_map(name)
    stock = stage_of(definition).stock
    if not _has(source, stock):
        raise GameLaunchError(
            f"the game in {source.directory} has neither {name} nor {stock}, on which it could be built; "
            "see 'llm-pysc2 maps install melee'"
        )
    return definition


def _has(source: GameSource, name: str) -> bool:
    try:
        source.map_path(name)
    except GameLaunchError:
        return False
    return True
