"""The websocket listener, with a client of its own, and as a process."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from s2clientprotocol import sc2api_pb2 as sc_pb
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from llm_pysc2.engine.api.listening import MAX_FRAME_BYTES, listen
from llm_pysc2.engine.api.server import ServerOptions, run
from llm_pysc2.errors import UsageError
from tests.api_client import ApiClient, create_request, raw_options
from tests.two_players import free_port, join_request, two_participants

PING = sc_pb.Request(id=5, ping=sc_pb.RequestPing()).SerializeToString()
QUIT = sc_pb.Request(quit=sc_pb.RequestQuit()).SerializeToString()
PATIENCE_SECONDS = 20
MUTATED_FRAMES = int(os.environ.get("LLM_PYSC2_MUTATED_FRAMES", "40"))


@pytest.fixture
def port() -> Iterator[int]:
    """A server in a thread; a test that does not make it quit has it told to at the end."""
    listener = listen("127.0.0.1", 0)
    number = listener.getsockname()[1]
    thread = threading.Thread(target=run, args=(listener, ServerOptions(port=number)))
    thread.start()
    yield number
    # One that has quit, or is about to, refuses the client or drops it.
    with suppress(ConnectionError, WebSocketException), open_client(number) as client:
        client.send(QUIT)
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def open_client(port: int, path: str = "/sc2api", **options) -> ClientConnection:
    """Connect, as soon as the client before has been noticed to be gone."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return connect(f"ws://127.0.0.1:{port}{path}", compression=None, max_size=None, **options)
        except InvalidStatus as refused:
            if refused.response.status_code != 503 or time.monotonic() > end:
                raise
            time.sleep(0.02)


def ask(client: ClientConnection, **request) -> sc_pb.Response:
    client.send(sc_pb.Request(**request).SerializeToString())
    return sc_pb.Response.FromString(client.recv())


def test_binary_frames_are_answered_in_binary_frames(port):
    with open_client(port) as client:
        client.send(PING)
        reply = client.recv()
        assert isinstance(reply, bytes)
        assert sc_pb.Response.FromString(reply).id == 5


def test_text_frames_may_hold_bytes_that_are_no_text(port):
    request = sc_pb.Request(id=200, ping=sc_pb.RequestPing()).SerializeToString()
    with pytest.raises(UnicodeDecodeError):
        request.decode()
    with open_client(port) as client:
        client.send(request, text=True)
        reply = client.recv()
        assert isinstance(reply, bytes)
        assert sc_pb.Response.FromString(reply).id == 200


def test_a_game_is_played_over_the_socket(port):
    with open_client(port) as client:
        assert ask(client, create_game=create_request("3m", random_seed=1)).status == sc_pb.init_game
        ask(client, join_game=sc_pb.RequestJoinGame(race=1, options=raw_options()))
        assert ask(client, step=sc_pb.RequestStep(count=4)).step.simulation_loop == 4
        units = ask(client, observation=sc_pb.RequestObservation()).observation.observation.raw_data.units
        assert len(units) == 6


def test_malformed_frames_are_answered_and_the_connection_stays(port):
    with open_client(port) as client:
        for frame in (b"", b"\xff\xff\xff", b"GET /", b"\x0a" * 1000):
            client.send(frame)
            assert sc_pb.Response.FromString(client.recv()).error
        client.send("plain text")
        assert sc_pb.Response.FromString(client.recv()).error
        assert ask(client, ping=sc_pb.RequestPing()).ping.base_build == 75689


def test_a_frame_that_is_too_long_closes_the_connection_with_a_reason(port):
    with open_client(port) as client:
        client.send(bytes(MAX_FRAME_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        assert "exceeds" in closed.value.rcvd.reason
    with open_client(port) as client:
        assert ask(client, ping=sc_pb.RequestPing()).ping.base_build == 75689


def masked_frame(content: bytes) -> bytearray:
    """Return a binary websocket frame as clients send it."""
    mask = b"\x01\x02\x03\x04"
    return bytearray(
        [0x82, 0x80 | len(content), *mask, *(byte ^ mask[at % 4] for at, byte in enumerate(content))],
    )


def test_frames_with_changed_bytes_leave_the_server_answering(port):
    chance = random.Random(2)
    for _ in range(MUTATED_FRAMES):
        frame = masked_frame(PING)
        for _ in range(chance.randint(1, 3)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        with suppress(OSError), open_client(port) as client:
            client.socket.sendall(frame[: chance.randint(1, len(frame))])
            client.socket.shutdown(socket.SHUT_RDWR)
    with open_client(port) as client:
        assert ask(client, ping=sc_pb.RequestPing()).ping.base_build == 75689


def test_another_path_is_not_found(port):
    with pytest.raises(InvalidStatus) as refused:
        open_client(port, path="/other")
    assert refused.value.response.status_code == 404


def test_a_second_client_is_told_that_the_game_is_taken(port):
    with open_client(port) as client:
        with pytest.raises(InvalidStatus) as refused:
            connect(f"ws://127.0.0.1:{port}/sc2api")
        assert refused.value.response.status_code == 503
        assert b"already has a client" in (refused.value.response.body or b"")
        assert ask(client, ping=sc_pb.RequestPing()).ping.base_build == 75689


def test_a_client_that_vanishes_in_the_middle_of_a_step_stops_nothing(port):
    with open_client(port) as client:
        ask(client, create_game=create_request("3m", random_seed=1))
        ask(client, join_game=sc_pb.RequestJoinGame(race=1, options=raw_options()))
        client.send(sc_pb.Request(step=sc_pb.RequestStep(count=400)).SerializeToString())
        client.socket.shutdown(socket.SHUT_RDWR)
    with open_client(port) as other:
        assert ask(other, ping=sc_pb.RequestPing()).status == sc_pb.launched


def test_a_client_that_says_goodbye_leaves_its_game_to_the_next(port):
    with open_client(port) as client:
        ask(client, create_game=create_request("3m", random_seed=1))
    with open_client(port) as other:
        assert ask(other, ping=sc_pb.RequestPing()).status == sc_pb.init_game
        ask(other, join_game=sc_pb.RequestJoinGame(race=1, options=raw_options()))
        ask(other, step=sc_pb.RequestStep(count=4))
    with open_client(port) as third:
        assert ask(third, step=sc_pb.RequestStep(count=4)).step.simulation_loop == 8


def test_a_client_that_quits_while_it_waits_for_others_is_obeyed_at_once(port):
    with open_client(port) as client:
        ask(client, create_game=two_participants())
        client.send(sc_pb.Request(join_game=join_request(free_port())).SerializeToString())
        client.send(QUIT)
        refused = sc_pb.Response.FromString(client.recv(timeout=PATIENCE_SECONDS))
        assert refused.join_game.error == sc_pb.ResponseJoinGame.NetworkError
        assert sc_pb.Response.FromString(client.recv(timeout=PATIENCE_SECONDS)).status == sc_pb.quit


@pytest.mark.parametrize("goodbye", [True, False])
def test_whose_opponent_is_gone_has_won(port, goodbye):
    ports = join_request(free_port())
    opponent = ApiClient()
    with ThreadPoolExecutor(1) as pool, open_client(port) as client:
        ask(client, create_game=two_participants())
        joined = pool.submit(lambda: opponent.ask("join_game", ports))
        assert ask(client, join_game=ports).join_game.player_id == 1
        assert joined.result(PATIENCE_SECONDS).player_id == 2
        waiting = pool.submit(lambda: opponent.respond("step", sc_pb.RequestStep(count=8)))
        if not goodbye:
            client.socket.shutdown(socket.SHUT_RDWR)
    waiting.result(PATIENCE_SECONDS)
    (result,) = (result for result in opponent.observe().player_result if result.player_id == 2)
    assert (result.result, opponent.status) == (sc_pb.Victory, "ended")
    opponent.connection.close()


def test_a_connection_that_never_becomes_a_websocket_blocks_nobody(port):
    with socket.create_connection(("127.0.0.1", port)) as silent, open_client(port) as client:
        silent.sendall(b"nonsense\r\n\r\n")
        assert ask(client, ping=sc_pb.RequestPing()).ping.base_build == 75689


def test_quit_ends_the_server():
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    thread = threading.Thread(target=run, args=(listener, ServerOptions(port=port)))
    thread.start()
    with open_client(port) as client:
        assert ask(client, quit=sc_pb.RequestQuit()).status == sc_pb.quit
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_port_in_use_is_one_clear_line():
    with listen("127.0.0.1", 0) as taken, pytest.raises(UsageError, match="in use") as error:
        listen("127.0.0.1", taken.getsockname()[1])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("host", "port"), [("256.0.0.1", 5000), ("127.0.0.1", 70_000)])
def test_an_impossible_address_is_one_clear_line(host, port, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", _getaddrinfo)
    with pytest.raises(UsageError, match=str(port)) as error:
        listen(host, port)
    assert "\n" not in str(error.value)


def _getaddrinfo(host, port, **_options):
    """Look nothing up: only addresses in digits are known."""
    socket.inet_aton(host)
    return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, port))]


def start_process(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "llm_pysc2.engine", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_client(port: int) -> ClientConnection:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return connect(f"ws://127.0.0.1:{port}/sc2api")
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.02)


def test_the_process_takes_the_games_command_line_and_quits_when_told():
    port = free_port()
    process = start_process(
        *("-listen", "127.0.0.1", "-port", str(port), "-dataDir", "/nowhere/", "-tempDir", "/nowhere/"),
        *("-displayMode", "0", "-verbose", "-eglpath", "libEGL.so", "-dataVersion", "B89B"),
    )
    with wait_for_client(port) as client:
        assert ask(client, ping=sc_pb.RequestPing()).ping.base_build == 75689
        ask(client, quit=sc_pb.RequestQuit())
    output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, output, errors) == (0, "", "")


def test_the_process_ends_at_once_when_terminated():
    port = free_port()
    process = start_process("-port", str(port))
    with wait_for_client(port):
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode is not None


def test_the_process_says_that_its_port_is_in_use():
    with listen("127.0.0.1", 0) as taken:
        process = start_process("-port", str(taken.getsockname()[1]))
        _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert errors.count("\n") == 1
    assert "in use" in errors


def test_the_server_imports_no_client_and_no_model():
    program = """if True:
        import sys
        import llm_pysc2.engine.__main__, llm_pysc2.engine.api.server
        import llm_pysc2.engine.api.link, llm_pysc2.engine.api.install
        strangers = {"pysc2", "pygame", "openai", "anthropic", "absl", "scipy", "PIL", "aiohttp", "typer", "rich"}
        print(sorted(strangers & sys.modules.keys()))
        print([name for name in sys.modules if name.startswith("llm_pysc2.env")])
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_nothing_heavy_is_imported_before_listening():
    program = """if True:
        import sys
        import llm_pysc2.engine.__main__
        print(sorted({"numpy", "google.protobuf", "websockets"} & sys.modules.keys()))
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_the_game_of_a_client_that_was_killed_does_not_stay_behind():
    port = free_port()
    starts_the_game = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-m', 'llm_pysc2.engine', '-port', '{port}'])"
    )
    program = subprocess.Popen([sys.executable, "-c", starts_the_game])
    with wait_for_client(port) as client:
        assert ask(client, ping=sc_pb.RequestPing()).ping.base_build == 75689
        program.kill()
        program.wait()
    end = time.monotonic() + PATIENCE_SECONDS
    while _is_listening(port):
        assert time.monotonic() < end
        time.sleep(0.1)


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
