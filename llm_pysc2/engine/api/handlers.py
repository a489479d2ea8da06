"""What each request of the API does, one function per request, by the names of `sc2api.proto`.

A handler takes the session and the body of the request, and returns the Response, as a message or serialized. It
raises GameRequestError for what goes into `Response.error`; errors with a number of their own are set in the body.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from llm_pysc2.engine.api.game_requests import HANDLERS as _PLAYING
from llm_pysc2.engine.api.lobby_requests import HANDLERS as _LOBBY
from llm_pysc2.engine.api.query_requests import HANDLERS as _ASKING
from llm_pysc2.engine.api.replay_requests import HANDLERS as _REPLAYS
from llm_pysc2.engine.api.session import Session

Handler = Callable[[Session, Any], Any]
"""From the session and the body of a request to the Response, a message or bytes."""

HANDLERS: Mapping[str, Handler] = MappingProxyType({**_LOBBY, **_PLAYING, **_ASKING, **_REPLAYS})
