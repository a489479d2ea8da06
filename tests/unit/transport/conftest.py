"""A real MQTT broker on this machine: Debian's mosquitto, else amqtt, else the tests are skipped."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")

TLS_PASSWORD = "planted-9d2c"  # noqa: S105 - of a broker that lives for one test


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mosquitto:
    """A broker that forgets everything when it is stopped."""

    def __init__(self, folder: Path, lines: str = "allow_anonymous true") -> None:
        self.port = free_port()
        self._config = folder / f"broker-{self.port}.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\npersistence false\n{lines}\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command(), stdout=quiet, stderr=quiet)
        wait_for_port(self.port)

    def _command(self) -> list[str]:
        assert MOSQUITTO is not None
        return [MOSQUITTO, "-c", str(self._config)]

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Amqtt(Mosquitto):
    """amqtt, in a process of its own: it leaves sockets open when it is stopped."""

    def _command(self) -> list[str]:
        config = {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
        script = (
            "import asyncio, json, sys\nfrom amqtt.broker import Broker\n"
            "async def serve():\n    await Broker(json.loads(sys.argv[1])).start()\n    await asyncio.Event().wait()\n"
            "asyncio.run(serve())"
        )
        return [sys.executable, "-c", script, json.dumps(config)]


def wait_for_port(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"nothing listens on port {port} after 10 s")


@dataclass(frozen=True)
class SecureBroker:
    """A broker that speaks TLS only and lets in nobody but user "ann" with TLS_PASSWORD."""

    broker: Mosquitto
    ca_file: Path
    """What signed its certificate, which is for "localhost" and nobody else."""

    @property
    def port(self) -> int:
        return self.broker.port


def make_certificates(folder: Path) -> Path:
    """Write a certificate authority of our own, and what it signed for a broker at "localhost"; return the former."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run(*new, "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=tests",
        "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    run(*new, "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid\n")
    run("x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-out", "broker.pem", "-days", "2", "-extfile", "names")  # fmt: skip
    (folder / "broker.key").chmod(0o644)
    return folder / "ca.pem"


@pytest.fixture
def secure_broker(tmp_path: Path) -> Iterator[SecureBroker]:
    """A broker behind TLS and a password."""
    passwords = _passwords(tmp_path, TLS_PASSWORD)
    ca_file = make_certificates(tmp_path)
    tls = f"certfile {tmp_path / 'broker.pem'}\nkeyfile {tmp_path / 'broker.key'}"
    running = Mosquitto(tmp_path, f"{tls}\nallow_anonymous false\npassword_file {passwords}")
    running.start()
    yield SecureBroker(running, ca_file)
    running.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that is running."""
    pytest.importorskip("aiomqtt", reason="agents over MQTT need aiomqtt")
    if MOSQUITTO is None:
        pytest.importorskip("amqtt", reason="no broker: neither mosquitto nor amqtt is installed")
    running = Mosquitto(tmp_path) if MOSQUITTO else Amqtt(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def closed_broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that lets in nobody but user "ann" with password "right"."""
    running = Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {_passwords(tmp_path, 'right')}")
    running.start()
    yield running
    running.stop()


def _passwords(folder: Path, password: str) -> Path:
    """Return a file with the password of "ann" for a broker that can read it."""
    pytest.importorskip("aiomqtt", reason="agents over MQTT need aiomqtt")
    tool = shutil.which("mosquitto_passwd")
    if MOSQUITTO is None or tool is None:
        pytest.skip("mosquitto is not installed")
    passwords = folder / "passwords"
    passwords.touch(mode=0o600)
    subprocess.run([tool, "-b", str(passwords), "ann", password], check=True)
    # A broker started by root becomes the user mosquitto, who must be able to read it.
    passwords.chmod(0o644)
    for above in (folder, folder.parent, folder.parent.parent):
        above.chmod(0o755)
    return passwords
