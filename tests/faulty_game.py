"""A game that fails on command: the embedded game behind an executable, with a fault at a given point.

`write_faulty_game` writes an installation. Its faults, one for each launch (the last one for all later launches), are:

    none               plays
    die                writes a complaint and exits before it listens
    deaf               never listens
    mute               listens, takes connections, says nothing
    drop               listens, takes connections, closes them
    refuse             answers every connection with HTTP 503
    late:SECONDS       listens that much later
    slow:SECONDS       thinks that long about every answer
    loyal:SECONDS      the same, and stays when its client has died, as the real game does
    crash:KIND:N       is killed by a signal at the Nth request of that kind, such as "step"
    exit:KIND:N        exits at it
    hang:KIND:N        never answers it
    stubborn:KIND:N    never answers it, and does not obey when told to terminate
    empty:KIND:N       answers it with nothing
    garbage:KIND:N     answers it with bytes that are no message
"""

import asyncio
import os
import resource
import shlex
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from llm_pysc2.engine.api.install import EXECUTABLE, install

HERE = Path(__file__).resolve()
WORDS = "libGL.so.1: cannot open shared object file"
EXIT_CODE = 3
FOREVER_SECONDS = 3600


def write_faulty_game(directory: Path, *faults: str) -> Path:
    """Write an installation whose game fails as told and return its folder."""
    root = install(directory)
    (root / "faults.txt").write_text("\n".join(faults))
    program = f"import sys; sys.path[:0] = [{str(HERE.parent.parent)!r}]; from tests.faulty_game import main; main()"
    launcher = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -E -P -c {shlex.quote(program)} "$@"\n'
    (root / EXECUTABLE).write_text(launcher)
    return root


def launched_pids(directory: Path) -> list[int]:
    """Return the process ids of all games that were launched from there, in order."""
    path = directory / "launches.txt"
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def launched_ports(directory: Path) -> list[int]:
    """Return the ports that they were told to listen on."""
    return [int(line) for line in (directory / "ports.txt").read_text().splitlines()]


def launched_arguments(directory: Path) -> list[str]:
    """Return the command line of the last game that was launched."""
    return (directory / "arguments.txt").read_text().split("\n")


def is_running(pid: int) -> bool:
    """Whether a process is there, be it as a zombie that nobody has buried."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_free(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def main() -> None:
    """Be the game."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    arguments = sys.argv[1:]
    values = dict(zip(arguments, [*arguments[1:], ""], strict=True))
    directory, port = Path(values["-dataDir"]), int(values["-port"])
    (directory / "arguments.txt").write_text("\n".join(arguments))
    fault = _take_fault(directory, port)
    kind, *details = fault.split(":")
    {
        "die": _die,
        "deaf": lambda: time.sleep(FOREVER_SECONDS),
        "mute": lambda: _answer_connections(port, lambda _: None),
        "drop": lambda: _answer_connections(port, socket.socket.close),
        "refuse": lambda: _answer_connections(port, _refuse),
        "late": lambda: time.sleep(float(details[0])),
    }.get(kind, lambda: _break_connection(kind, details))()
    _play(arguments)


def _take_fault(directory: Path, port: int) -> str:
    faults = (directory / "faults.txt").read_text().split()
    number = len(launched_pids(directory))
    for name, value in (("launches.txt", os.getpid()), ("ports.txt", port)):
        with (directory / name).open("a") as file:
            file.write(f"{value}\n")
    return faults[min(number, len(faults) - 1)]


def _play(arguments: list[str]) -> None:
    from llm_pysc2.engine.__main__ import main as play

    sys.exit(play(arguments))


def _die() -> None:
    sys.stderr.write(f"SC2_x64: error while loading shared libraries: {WORDS}\n")
    sys.exit(EXIT_CODE)


def _answer_connections(port: int, answer: Callable[[socket.socket], None]) -> None:
    with socket.create_server(("127.0.0.1", port)) as listener:
        taken = []
        while True:
            connection, _ = listener.accept()
            taken.append(connection)
            answer(connection)


def _refuse(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


def _break_connection(kind: str, details: list[str]) -> None:
    """Wrap what answers requests, so that it breaks where it shall."""
    from s2clientprotocol import sc2api_pb2 as sc_pb

    from llm_pysc2.engine.api.protocol import Connection
    from llm_pysc2.engine.api.server import GameServer

    handle = Connection.handle
    asked: Counter[str] = Counter()

    def handle_badly(self: Connection, request: bytes) -> bytes:
        name = str(sc_pb.Request.FromString(request).WhichOneof("request"))
        asked[name] += 1
        if kind in ("slow", "loyal"):
            time.sleep(float(details[0]))
        elif details and details[0] == name and asked[name] == int(details[1]):
            if kind in ("empty", "garbage"):
                return {"empty": b"", "garbage": b"\xff" * 7}[kind]
            _stop(kind)
        return handle(self, request)

    Connection.handle = handle_badly  # type: ignore[method-assign]
    if kind == "loyal":
        GameServer._quit_if_orphaned = lambda _: asyncio.sleep(0)  # type: ignore[method-assign]
    if kind == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _stop(kind: str) -> None:
    if kind == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "exit":
        sys.stderr.write("out of memory\n")
        sys.stderr.flush()
        os._exit(EXIT_CODE)
    time.sleep(FOREVER_SECONDS)
