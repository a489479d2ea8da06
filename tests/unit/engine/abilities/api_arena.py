"""Casters in a melee game of the API: orders are `RequestAction`s of its player; town halls keep the game going."""

from functools import cache
from typing import Any

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.state.unit_columns import PlayerSetup
from tests.api_client import ApiClient, create_request, raw_options
from tests.arena import ENEMY
from tests.unit.engine.abilities.casters import Casters

US = 1


@cache
def _started() -> tuple[ApiClient, Any]:
    """Return a client of a game with nobody but the town halls, and a snapshot of it; made once, set back often."""
    client = ApiClient()
    client.ask("create_game", create_request("Flat64", disable_fog=True, random_seed=1))
    client.ask("join_game", sc_pb.RequestJoinGame(race=3, options=raw_options()))
    seat = client.connection._session.client
    assert seat is not None
    game = seat.game
    game.players[ENEMY].setup = PlayerSetup()  # nobody leads the other side
    halls = [game.types.types[row].name in ("Nexus", "CommandCenter", "Hatchery") for row in game.units.row.tolist()]
    game.kill_units([tag for tag, hall in zip(game.units.tag.tolist(), halls, strict=True) if not hall])
    client.step()
    return client, game.snapshot()


class ApiArena(Casters):
    """An arena whose orders of player 1 go through the API. Upgrades are those that are named, and no others."""

    def __init__(self, *upgrades: int) -> None:
        self.client, new = _started()
        seat = self.client.connection._session.client
        assert seat is not None
        self.game = seat.game
        self.game.restore(new)
        for upgrade_id in upgrades:
            self.game.grant_upgrade(US, upgrade_id)
        self.client.observe()  # what earlier scenes left to be told
        self.halls = len(self.game.units)

    def order(
        self, tag: int, ability: int, target: tuple[float, float] | int | None = None, queued: bool = False
    ) -> int:
        if int(self.game.units.owner[self.row(tag)]) != US:
            return super().order(tag, ability, target, queued)
        aim: dict[str, Any] = {"target_unit_tag": target} if isinstance(target, int) else {}
        if isinstance(target, tuple):
            aim = {"target_world_space_pos": {"x": target[0], "y": target[1]}}
        return self.client.order(ability, [tag], queue_command=queued, **aim)

    def names(self) -> list[str]:
        """Return the types of all living units but the town halls, in order of age."""
        return super().names()[self.halls :]

    def name(self, tag: int) -> str:
        return super().names()[self.row(tag)]

    def step(self, loops: int = 1) -> None:
        self.client.step(loops)

    def unit(self, tag: int) -> Any:
        """Return a unit as the API shows it to player 1, None if it is not shown."""
        return next((unit for unit in self.client.units() if unit.tag == tag), None)

    def errors(self) -> list[int]:
        """Return the results of the action errors since the last look."""
        return [error.result for error in self.client.observe().action_errors]
