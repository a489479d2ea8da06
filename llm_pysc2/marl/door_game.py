"""A game behind the SC2 API as an environment sees it: the embedded one through its door, or any at an address."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from llm_pysc2 import protos as _protos  # noqa: F401 - before `s2clientprotocol`

# isort: split
from s2clientprotocol import common_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.link import connect
from llm_pysc2.engine.state.assumptions import Value
from llm_pysc2.errors import GameLostError, GameRequestError
from llm_pysc2.marl.games import AGENTS, ENEMIES, Order
from llm_pysc2.marl.scene import Ground, Side

SELF, ENEMY = 1, 4
"""`Alliance` of the API."""
RACES = {"terran": common_pb2.Terran, "zerg": common_pb2.Zerg, "protoss": common_pb2.Protoss}
MAX_SEED = 2**31 - 1
TIMEOUT_SECONDS = 120.0


class Door(Protocol):
    """Takes serialized requests and gives serialized responses."""

    def send(self, request: bytes) -> Any:
        """Send a request."""
        ...

    def recv(self) -> bytes:
        """Return the response to the oldest request that has none yet."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


def open_door(address: str, assumptions: Mapping[str, Value] | None = None) -> Door:
    """Return the door of a game: "door" = the embedded one in this process, else ws://HOST:PORT of a running one."""
    if address == "door":
        return connect(assumptions)
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect as connect_websocket

    try:
        return Websocket(connect_websocket(f"{address}/sc2api", max_size=None, compression=None))
    except (OSError, WebSocketException) as error:
        raise GameLostError(f"no game answers at {address}: {error}") from error


class Websocket:
    """The door of a game in another process."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def send(self, request: bytes) -> None:
        """Send a request."""
        self._connection.send(request)

    def recv(self) -> bytes:
        """Return the next response. Raises GameLostError if the game is gone."""
        from websockets.exceptions import WebSocketException

        try:
            return bytes(self._connection.recv(timeout=TIMEOUT_SECONDS))
        except (OSError, WebSocketException) as error:
            raise GameLostError(f"the game is gone: {error}") from error

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class DoorGame:
    """A map played by requests of the API; every episode is a game of its own.

    Args:
        door: Of the game.
        map_path: How the game knows the map.
        races: Of agents and enemies.
        difficulty: Of the enemy's computer, `Difficulty` of the API.
    """

    def __init__(self, door: Door, map_path: str, races: tuple[str, str], difficulty: int) -> None:
        self._door = door
        self._setup: dict[str, Any] = {
            "local_map": {"map_path": map_path},
            "player_setup": [
                {"type": sc_pb.Participant},
                {"type": sc_pb.Computer, "race": RACES[races[1]], "difficulty": difficulty},
            ],
            "realtime": False,
        }
        self._race = RACES[races[0]]

    def begin(self, seed: int) -> tuple[Side, Side]:
        """Start an episode; return agents' and enemies' units in the order in which the game lists them."""
        self._ask(create_game=self._setup | {"random_seed": seed & MAX_SEED})
        self._ask(join_game={"race": self._race, "options": {"raw": True, "score": False}})
        return self._look()

    def ground(self) -> Ground:
        """Return the map as the game describes it."""
        raw = self._ask(game_info={}).game_info.start_raw
        area = raw.playable_area
        return Ground(
            pathing=_grid(raw.pathing_grid).astype(np.bool_),
            height=_grid(raw.terrain_height).astype(np.float64) / 255.0,
            playable=(area.p0.x, area.p0.y, area.p1.x, area.p1.y),
        )

    def step(self, orders: Sequence[Order], loops: int) -> tuple[Side, Side]:
        """Give orders, play some loops, and return who is there then."""
        if orders:
            self._ask(action={"actions": [_action(order) for order in orders]})
        self._ask(step={"count": loops})
        return self._look()

    def save_replay(self) -> bytes:
        """Return the replay of the episode."""
        return bytes(self._ask(save_replay={}).save_replay.data)

    def close(self) -> None:
        """Hang up."""
        self._door.close()

    def _look(self) -> tuple[Side, Side]:
        units = self._ask(observation={}).observation.observation.raw_data.units
        return (
            _side(unit for unit in units if unit.owner == AGENTS),
            _side(unit for unit in units if unit.owner == ENEMIES),
        )

    def _ask(self, **request: Any) -> sc_pb.Response:
        self._door.send(sc_pb.Request(**request).SerializeToString())
        response = sc_pb.Response.FromString(self._door.recv())
        (name,) = request
        if response.error:
            raise GameRequestError(f"{name}: {response.error[0]}")
        body = getattr(response, name)
        if "error" in body.DESCRIPTOR.fields_by_name and body.HasField("error"):
            raise GameRequestError(f"{name}: {getattr(body, 'error_details', '') or body.error}")
        return response


def _side(units: Iterable[Any]) -> Side:
    rows = [
        (
            unit.tag, unit.unit_type, unit.pos.x, unit.pos.y, unit.health, unit.health_max, unit.shield,
            unit.shield_max, unit.energy, unit.weapon_cooldown,
        )
        for unit in units
    ]  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * 10
    tag, type_id = (np.array(column, dtype=np.int64) for column in columns[:2])
    return Side(tag, type_id, *(np.array(column, dtype=np.float64) for column in columns[2:]))


def _action(order: Order) -> dict[str, Any]:
    tag, ability, target = order
    command: dict[str, Any] = {"ability_id": ability, "unit_tags": [tag]}
    if isinstance(target, tuple):
        command["target_world_space_pos"] = {"x": target[0], "y": target[1]}
    elif target is not None:
        command["target_unit_tag"] = target
    return {"action_raw": {"unit_command": command}}


def _grid(image: Any) -> Any:
    """Return an image of the API as an array of shape (width, height)."""
    values = np.frombuffer(image.data, dtype=np.uint8)
    if image.bits_per_pixel == 1:
        values = np.unpackbits(values)
    return values[: image.size.x * image.size.y].reshape(image.size.y, image.size.x).T
