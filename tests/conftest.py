"""What all tests share: no network, no keys, no game but the one in the box; recorded messages and golden texts."""

import gzip
import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import llm_pysc2.env.compat  # noqa: F401 - so that every test can import pysc2 and s2clientprotocol in any order

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL")

collect_ignore = ["conformance/expanding_bot.py"]
"""Programs for other environments: python-sc2 is not installed in this one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden texts instead of comparing them")
    parser.addoption("--conformance", action="store_true", help="run the clients that others wrote, too")
    parser.addoption("--browser", action="store_true", help="open the pages in a real browser, too")
    parser.addoption("--packaging", action="store_true", help="build the wheel and use it elsewhere, too")


@pytest.fixture(autouse=True, scope="session")
def _own_surroundings() -> Iterator[None]:
    """Tests see no keys, no address of a model service, and no installed game, whoever runs them.

    Nor do the programs that they start ignore an interrupt, as they would if the tests run in a shell's background.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        for name in (*KEYS, "SC2PATH"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Connections beyond this machine are refused, and names of other machines are not looked up."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked_connect(self: socket.socket, address: Any) -> None:
        _refuse_beyond_loopback(self.family, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_beyond_loopback(self.family, address)
        return connect_ex(self, address)

    def checked_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_host(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked_connect)
        patch.setattr(socket.socket, "connect_ex", checked_connect_ex)
        patch.setattr(socket, "getaddrinfo", checked_getaddrinfo)
        yield


def _refuse_beyond_loopback(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6):
        _refuse_host(address[0])


def _refuse_host(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        is_local = ipaddress.ip_address(name.strip("[]")).is_loopback or name == "0.0.0.0"  # noqa: S104 - compared only
    except ValueError:
        is_local = False
    if not is_local:
        pytest.fail(f"tests have no network, but one wanted to reach {name}")


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], bytes]:
    """Return a function that gives a recorded message of the real game as serialized protobuf, by file name."""
    shared = Path(os.environ.get("LLM_PYSC2_SHARED") or ROOT.parent / "shared")

    def read(name: str) -> bytes:
        path = shared / "recorded" / name
        if not path.is_file():
            pytest.skip(f"no recorded messages of the real game: {path} does not exist; set LLM_PYSC2_SHARED")
        return gzip.decompress(path.read_bytes())

    return read


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a function that compares a text with `tests/golden/NAME`, or writes it with --update-golden."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} does not exist; write it with --update-golden"
        assert text == path.read_text(encoding="utf-8"), f"differs from {path}; if it should, use --update-golden"

    return check
