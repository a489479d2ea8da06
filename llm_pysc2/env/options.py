"""How a game is chosen and started: plain values that command lines and batches carry about. Imports no PySC2."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.world.command import INTERFACES
from llm_pysc2.world.opponent import DIFFICULTIES, VERY_HARD

EMBEDDED = "embedded"
RENDERINGS = ("auto", "none", "egl", "osmesa")
STAGINGS = ("auto", "always", "never")
WEBSOCKET = "ws://"
Drawing = Literal["layers", "rgb"]


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """Which game is played and how it is started. Raises UsageError for what cannot be meant."""

    game: str = ""
    """Empty = the installed game if there is one, else the embedded; "embedded"; "ws://HOST:PORT" for a game that
    already runs; else the folder of an installed game."""
    version: str = ""
    """Of an installed game, such as "4.10"; empty = its newest."""
    rendering: str = "auto"
    """How an installed game on Linux draws RGB: "auto" (only where it is asked to), "none", "egl", "osmesa"."""
    interface: str = ""
    """"raw" or "camera", see `world.command.INTERFACES`; empty = as the roster or the scenario says, else raw."""
    difficulty: str = VERY_HARD
    """How well the computer opponent plays; a map that starts none lets it change nothing."""
    timeout_seconds: float = 120.0
    """How long to wait for the game to start, and for each of its answers."""
    draws: frozenset[Drawing] = frozenset()
    """What the game draws beside what it tells: "layers" (feature layers), "rgb"."""
    staging: str = "auto"
    """Whether a scenario is built by debug commands on a stock map: "auto" = where an installed game cannot load its
    own map, "always", "never"."""
    assumptions: tuple[str, ...] = ()
    """Guesses about the rules that the embedded game is to make otherwise, "NAME=VALUE" each; it knows the names."""
    told_opponent: bool = False
    """Whether a second player of the API, who does only what he is told, takes the place of the computer opponent. It
    needs a second process of an installed game."""

    def __post_init__(self) -> None:
        if self.rendering not in RENDERINGS:
            raise UsageError(f"no rendering {self.rendering!r}; {closest_names(self.rendering, RENDERINGS)}")
        if self.interface and self.interface not in INTERFACES:
            raise UsageError(f"no interface {self.interface!r}; {closest_names(self.interface, INTERFACES)}")
        if self.difficulty not in DIFFICULTIES:
            raise UsageError(f"no difficulty {self.difficulty!r}; {closest_names(self.difficulty, DIFFICULTIES)}")
        if self.staging not in STAGINGS:
            raise UsageError(f"no staging {self.staging!r}; {closest_names(self.staging, STAGINGS)}")
        if not self.timeout_seconds > 0:
            raise UsageError(f"the game's time-out: expected seconds above 0, found {self.timeout_seconds}")
        if self.game.startswith(WEBSOCKET):
            parse_address(self.game)
        elif "://" in self.game:
            raise UsageError(f"--game {self.game}: a game that already runs is named ws://HOST:PORT")


DEFAULTS = LaunchOptions()


def parse_address(url: str) -> tuple[str, int]:
    """Return host and port of a running game's address. Raises UsageError if it is none.

    >>> parse_address("ws://127.0.0.1:5000"), parse_address("ws://[::1]:5000/sc2api")
    (('127.0.0.1', 5000), ('::1', 5000))
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not url.startswith(WEBSOCKET) or not host or not port or parts.path not in ("", "/", "/sc2api"):
        raise UsageError(f"--game {url}: expected ws://HOST:PORT, such as ws://127.0.0.1:5000")
    return host, port
