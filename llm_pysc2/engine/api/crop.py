"""`raw_crop_to_playable_area`: for clients that ask, the world begins at the corner of what is played on.

Everything that such a client says and hears in cells of the world is moved: raw units, orders, camera, grids, and, as
PySC2's own tests expect it, debug commands and questions too. The game itself knows nothing of it.
"""

from functools import cache
from typing import Any, TypeVar

import numpy as np
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message as AnyMessage
from s2clientprotocol import common_pb2
from s2clientprotocol import sc2api_pb2 as sc_pb

Message = TypeVar("Message")

_PLACES = (common_pb2.Point.DESCRIPTOR.full_name, common_pb2.Point2D.DESCRIPTOR.full_name)
"""Messages that hold places in the world; those of pixels are others."""


class Crop:
    """The part of a map that is played on, as left, bottom, right, top in cells."""

    def __init__(self, playable: tuple[int, int, int, int]) -> None:
        self._left, self._bottom, self._right, self._top = playable

    def to_world(self, message: Message) -> Message:
        """Return a copy of what a client says, with its places moved to where they are on the map."""
        moved: Any = type(message)()
        moved.CopyFrom(message)
        _move(moved, self._left, self._bottom)
        return moved  # type: ignore[no-any-return]

    def to_client(self, response: bytes) -> bytes:
        """Return a serialized Response as its client is to have it."""
        answer = sc_pb.Response.FromString(response)
        _move(answer, -self._left, -self._bottom)
        raw, start = answer.observation.observation.raw_data, answer.game_info.start_raw
        if answer.HasField("observation") and answer.observation.observation.HasField("raw_data"):
            for grid in (raw.map_state.visibility, raw.map_state.creep):
                self._cut(grid)
        if answer.HasField("game_info") and answer.game_info.HasField("start_raw"):
            for grid in (start.pathing_grid, start.terrain_height, start.placement_grid):
                self._cut(grid)
            start.map_size.x, start.map_size.y = self._right - self._left, self._top - self._bottom
            start.playable_area.CopyFrom(
                common_pb2.RectangleI(p0={"x": 0, "y": 0}, p1={"x": start.map_size.x, "y": start.map_size.y})
            )
        return bytes(answer.SerializeToString())

    def _cut(self, image: common_pb2.ImageData) -> None:
        """Cut a grid of the map, rows from y 0 on, down to what is played on."""
        width, height = image.size.x, image.size.y
        values = np.frombuffer(image.data, dtype=np.uint8)
        if image.bits_per_pixel == 1:
            values = np.unpackbits(values)[: width * height]
        inner = values.reshape(height, width)[self._bottom : self._top, self._left : self._right]
        image.data = (np.packbits(inner) if image.bits_per_pixel == 1 else inner).tobytes()
        image.size.x, image.size.y = inner.shape[1], inner.shape[0]


def _move(message: Any, right: float, up: float) -> None:
    """Move all places in a message."""
    if message.DESCRIPTOR.full_name in _PLACES:
        message.x += right
        message.y += up
        return
    for field, value in message.ListFields():
        if field.message_type is not None and _holds_places(field.message_type):
            for one in (value,) if isinstance(value, AnyMessage) else value:
                _move(one, right, up)


@cache
def _holds_places(kind: Descriptor) -> bool:
    """Return whether a message is a place or can hold one, however deep; some hold messages of their own kind."""
    reached: set[str] = set()
    waiting = [kind]
    while waiting:
        one = waiting.pop()
        if one.full_name not in reached:
            reached.add(one.full_name)
            waiting += [field.message_type for field in one.fields if field.message_type is not None]
    return not reached.isdisjoint(_PLACES)
