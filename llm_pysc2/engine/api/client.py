"""A client's place in a game: whose eyes it sees with, what it is shown, what it was not told yet."""

from typing import TypeVar

import numpy as np
from s2clientprotocol import common_pb2, debug_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

from llm_pysc2.engine.api.action_echo import Interface, echo_action
from llm_pysc2.engine.api.actions import move_camera
from llm_pysc2.engine.api.crop import Crop
from llm_pysc2.engine.api.game_info import encode_game_info
from llm_pysc2.engine.api.hosted_game import HostedGame
from llm_pysc2.engine.game import Game
from llm_pysc2.engine.observe.observation import ActionLog, Observer
from llm_pysc2.engine.state.results import Result
from llm_pysc2.engine.state.unit_columns import Bools

Message = TypeVar("Message")


class Client:
    """One player's place, or that of somebody who looks over a player's shoulder.

    Args:
        watches: Whether nothing but looking is done from here.
        reveal: Whether it looks through fog, even if the players did not.
    """

    def __init__(
        self,
        hosted: HostedGame,
        player_id: int,
        options: sc_pb.InterfaceOptions,
        *,
        watches: bool = False,
        reveal: bool = False,
    ) -> None:
        self.hosted = hosted
        self.player_id = player_id
        self.options = options
        self.watches = watches
        self._crop = Crop(hosted.game.map.playable) if options.raw_crop_to_playable_area else None
        self._reveals = reveal or hosted.setup.disable_fog
        self._action_log = ActionLog()
        self._observer = self._make_observer()
        self._info: tuple[Bools, bytes] | None = None
        self._tell_of_the_beginning()
        hosted.sit(self)

    @property
    def game(self) -> Game:
        """The game."""
        return self.hosted.game

    def game_info(self) -> bytes:
        """Return the serialized Response to a RequestGameInfo.

        Kept while nothing is built or destroyed, because python-sc2 asks for it at every step.
        """
        pathing = self.game.ground.pathing_grid()
        if self._info is None or not np.array_equal(self._info[0], pathing):
            info = encode_game_info(self.game, self.hosted.setup, self.player_id, self.options)
            self._info = pathing, self._to_client(info)
        return self._info[1]

    def step(self, loops: int) -> None:
        """Play some loops, fewer if the game ends. Raises GameRequestError if that is far too many, or in realtime."""
        self.hosted.step(self, loops)

    def observe(self, disable_fog: bool) -> bytes:
        """Return a serialized Response with an observation; what it tells of events and actions is told once."""
        told = self._action_log.take(self.game.loop)
        return self._to_client(self._observer.observe(told, disable_fog))

    def results(self) -> list[sc_pb.PlayerResult]:
        """Return how the game ended for each player, as far as it has."""
        return self._observer.results()

    def act(self, action: sc_pb.Action) -> int:
        """Carry out an action and return its `ActionResult`."""
        if self.watches:
            return Result.YOU_CANT_CONTROL_THAT_UNIT
        return self.hosted.act(self.player_id, self.to_world(action))

    def debug(self, command: debug_pb2.DebugCommand) -> None:
        """Carry out a debug command with the next loop."""
        self.hosted.debug(self.player_id, self.to_world(command))

    def receive(self, speaker: Interface, done: ActionLog) -> None:
        """Take note of what was done through an interface: its own actions, and what anybody said."""
        if speaker.player_id == self.player_id:
            own = Interface(self.game, self.player_id, self.options)
            self._action_log.actions += [echo_action(speaker, own, action) for action in done.actions]
        self._action_log.chat += done.chat

    def _tell_of_the_beginning(self) -> None:
        """Tell, as the game does, that it showed the player's base in the first loop."""
        home = self.game.players[self.player_id].start_location
        if home is not None:
            move = sc_pb.Action(game_loop=1)
            move.action_raw.camera_move.center_world_space.MergeFrom(common_pb2.Point(x=home[0], y=home[1]))
            own = Interface(self.game, self.player_id, self.options)
            self._action_log.actions.append(echo_action(own, own, move))

    def look(self, action: sc_pb.ObserverAction) -> None:
        """Move the eyes of one who watches: to a player, a point, a unit. What is not there is passed over."""
        action = self.to_world(action)
        kind = action.WhichOneof("action")
        if kind == "player_perspective":
            player_id = action.player_perspective.player_id
            if 1 <= player_id <= len(self.hosted.setup.players):
                self.player_id = player_id
                self._observer, self._info = self._make_observer(), None
        elif kind == "camera_move":
            move_camera(self.game, self.player_id, action.camera_move.world_pos)
        elif kind == "camera_follow_units":
            rows = [self.game.units.row_of(tag) for tag in action.camera_follow_units.unit_tags]
            for row in [row for row in rows if row >= 0][:1]:
                x, y = float(self.game.units.x[row]), float(self.game.units.y[row])
                self.game.players[self.player_id].camera = x, y

    def to_world(self, message: Message) -> Message:
        """Return what the client says, with its places where they are on the map."""
        return self._crop.to_world(message) if self._crop else message

    def _to_client(self, response: bytes) -> bytes:
        return self._crop.to_client(response) if self._crop else response

    def leave(self) -> None:
        """Get up. Doing so twice is fine."""
        self.hosted.leave(self)

    def _make_observer(self) -> Observer:
        return Observer(self.game, self.player_id, self.options, reveal=self._reveals)
