import pytest

from llm_pysc2.env.options import LaunchOptions, parse_address
from llm_pysc2.errors import UsageError


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rendering": "elg"}, "no rendering 'elg'; closest: egl"),
        ({"interface": "camara"}, "no interface 'camara'; closest: camera"),
        ({"timeout_seconds": 0}, "expected seconds above 0, found 0"),
        ({"timeout_seconds": float("nan")}, "expected seconds above 0"),
        ({"game": "http://127.0.0.1:5000"}, "is named ws://HOST:PORT"),
        ({"game": "ws://127.0.0.1"}, "expected ws://HOST:PORT, such as"),
        ({"game": "ws://:5000"}, "expected ws://HOST:PORT"),
        ({"game": "ws://here:99999"}, "expected ws://HOST:PORT"),
        ({"game": "ws://here:5000/other"}, "expected ws://HOST:PORT"),
        ({"game": "ws://[::1:5000"}, "expected ws://HOST:PORT"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, words):
    with pytest.raises(UsageError, match=words):
        LaunchOptions(**options)


@pytest.mark.parametrize("game", ["", "embedded", "/opt/StarCraftII", "ws://games.lan:5000", "ws://[::1]:5000/"])
def test_what_can_be_meant(game):
    assert LaunchOptions(game).game == game


def test_hosts_keep_their_names():
    assert parse_address("ws://games.lan:5000") == ("games.lan", 5000)
