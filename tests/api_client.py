"""A client of the SC2 API for tests: asks a connection in this process, and fails on the game's errors unless told."""

from typing import Any

from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.protocol import Connection
from llm_pysc2.engine.api.session import Session


class ApiClient:
    """Sends requests by name and returns the bodies of the responses."""

    def __init__(self, session: Session | None = None) -> None:
        self.connection = Connection(session or Session())
        self._last_id = 0

    @property
    def status(self) -> str:
        return sc_pb.Status.Name(self.connection.status)

    def respond(self, name: str, body: Any = None) -> sc_pb.Response:
        """Return the whole response to a request; its id is checked."""
        self._last_id += 1
        request = sc_pb.Request(id=self._last_id)
        getattr(request, name).SetInParent()
        if body is not None:
            getattr(request, name).CopyFrom(body)
        response = sc_pb.Response.FromString(self.connection.handle(request.SerializeToString()))
        assert response.id == self._last_id
        assert response.status == self.connection.status
        return response

    def ask(self, name: str, body: Any = None) -> Any:
        """Return the body of the response to a request that succeeds."""
        response = self.respond(name, body)
        assert not response.error, list(response.error)
        answer = getattr(response, name)
        assert response.WhichOneof("response") == name
        if "error" in answer.DESCRIPTOR.fields_by_name:
            assert not answer.HasField("error"), answer
        return answer

    def refused(self, name: str, body: Any = None) -> str:
        """Return the one error string of a request that the game refuses."""
        response = self.respond(name, body)
        assert len(response.error) == 1, response
        return str(response.error[0])

    def create(self, map_name: str = "2s3z", seed: int = 1, **fields: Any) -> None:
        """Create a game for one participant, against a computer where the map has two players."""
        self.ask("create_game", create_request(map_name, random_seed=seed, **fields))

    def play(self, map_name: str = "2s3z", seed: int = 1, options: Any = None, **fields: Any) -> None:
        """Create and join a game."""
        self.create(map_name, seed, **fields)
        self.ask("join_game", sc_pb.RequestJoinGame(race=3, options=options or raw_options()))

    def step(self, loops: int = 1) -> int:
        return int(self.ask("step", sc_pb.RequestStep(count=loops)).simulation_loop)

    def observe(self, **fields: Any) -> sc_pb.ResponseObservation:
        return self.ask("observation", sc_pb.RequestObservation(**fields))

    def units(self, owner: int | None = None) -> list[Any]:
        """Return the raw units of an owner, or all."""
        found = self.observe().observation.raw_data.units
        return [unit for unit in found if owner in (None, unit.owner)]

    def debug(self, **command: Any) -> None:
        self.ask("debug", sc_pb.RequestDebug(debug=[command]))

    def order(self, ability_id: int, tags: list[int], **target: Any) -> int:
        """Give an order and return its `ActionResult`."""
        action = sc_pb.Action(action_raw={"unit_command": {"ability_id": ability_id, "unit_tags": tags, **target}})
        return int(self.ask("action", sc_pb.RequestAction(actions=[action])).result[0])


def raw_options(**fields: Any) -> sc_pb.InterfaceOptions:
    return sc_pb.InterfaceOptions(raw=True, score=True, **fields)


def layer_options(screen_px: int = 32, minimap_px: int = 32, **fields: Any) -> sc_pb.InterfaceOptions:
    layers = {
        "width": 24,
        "resolution": {"x": screen_px, "y": screen_px},
        "minimap_resolution": {"x": minimap_px, "y": minimap_px},
    }
    return raw_options(feature_layer=layers, **fields)


def picture_options(screen_px: int = 96, minimap_px: int = 64, **fields: Any) -> sc_pb.InterfaceOptions:
    """Return options for pictures in colour beside feature layers of the same size."""
    options = layer_options(screen_px, minimap_px, **fields)
    options.render.resolution.CopyFrom(options.feature_layer.resolution)
    options.render.minimap_resolution.CopyFrom(options.feature_layer.minimap_resolution)
    return options


def create_request(map_name: str = "2s3z", **fields: Any) -> sc_pb.RequestCreateGame:
    """Return a request to create a game by the path of its map, for a participant and a computer."""
    setups = [{"type": sc_pb.Participant}, {"type": sc_pb.Computer, "race": 3, "difficulty": sc_pb.VeryHard}]
    defaults = {"local_map": {"map_path": f"{map_name}.SC2Map"}, "player_setup": setups}
    return sc_pb.RequestCreateGame(**(defaults | fields))
