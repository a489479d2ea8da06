"""Agents over MQTT behind TLS and a password, from the address or from the environment, and what goes wrong there."""

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("aiomqtt", reason="agents over MQTT need aiomqtt")

from llm_pysc2.backends import ModelPool
from llm_pysc2.cli import main
from llm_pysc2.evaluation.cell import Cell, PreparedCell
from llm_pysc2.orchestrator.remote_agents import RemoteOptions
from llm_pysc2.orchestrator.trace import read_trace, without_wall_clock
from llm_pysc2.transport import broker as broker_module
from tests.unit.transport.conftest import TLS_PASSWORD, Mosquitto, SecureBroker, broker, free_port, secure_broker  # noqa: F401 - fixtures

# paho leaves a socket whose handshake failed to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:.*<ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(broker_module, "CONNECT_SECONDS", 3.0)
    yield
    gc.collect()  # here, where its warning is expected


def complaint(capsys: pytest.CaptureFixture[str], url: str) -> str:
    assert main(["join", url, "--agent", "Commander"]) in (1, 2)
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    assert TLS_PASSWORD not in said
    return said


def play(path: Path, options: RemoteOptions | None) -> list[dict[str, object]]:
    async def episode() -> None:
        prepared = PreparedCell(Cell("3m", step_mul=16), ModelPool(), options)
        try:
            await prepared.play(0, 0, path)
        finally:
            await prepared.aclose()

    asyncio.run(episode())
    return [without_wall_clock(event) for event in read_trace(path)]


def test_credentials_and_certificates_from_the_environment(
    secure_broker: SecureBroker,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another process plays over TLS, to the same trace as in memory."""
    monkeypatch.setenv("LLM_PYSC2_MQTT_USER", "ann")
    monkeypatch.setenv("LLM_PYSC2_MQTT_PASSWORD", TLS_PASSWORD)
    monkeypatch.setenv("LLM_PYSC2_MQTT_CA", str(secure_broker.ca_file))
    url = f"mqtts://localhost:{secure_broker.port}/test"
    command = [sys.executable, "-m", "llm_pysc2", "join", url, "--agent", "Commander"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    there = play(tmp_path / "there.jsonl", RemoteOptions(url, seconds=20.0))
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert TLS_PASSWORD not in said
    assert there == play(tmp_path / "here.jsonl", None)
    assert TLS_PASSWORD not in (tmp_path / "there.jsonl").read_text()


def test_wrong_password_in_the_address(
    capsys: pytest.CaptureFixture[str],
    secure_broker: SecureBroker,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LLM_PYSC2_MQTT_CA", str(secure_broker.ca_file))
    said = complaint(capsys, f"mqtts://ann:{TLS_PASSWORD}-not@localhost:{secure_broker.port}/test")
    assert "refused the credentials; set LLM_PYSC2_MQTT_USER and LLM_PYSC2_MQTT_PASSWORD" in said


def test_certificate_that_nobody_vouches_for(
    capsys: pytest.CaptureFixture[str],
    secure_broker: SecureBroker,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LLM_PYSC2_MQTT_CA", raising=False)
    said = complaint(capsys, f"mqtts://ann:{TLS_PASSWORD}@localhost:{secure_broker.port}/test")
    assert "its certificate is not trusted" in said
    assert "LLM_PYSC2_MQTT_CA" in said


def test_certificate_of_another_host(
    capsys: pytest.CaptureFixture[str],
    secure_broker: SecureBroker,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LLM_PYSC2_MQTT_CA", str(secure_broker.ca_file))
    said = complaint(capsys, f"mqtts://ann:{TLS_PASSWORD}@127.0.0.1:{secure_broker.port}/test")
    assert "its certificate is not trusted" in said
    assert "127.0.0.1" in said


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_file_of_certificates_that_is_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv("LLM_PYSC2_MQTT_CA", str(path))
    said = complaint(capsys, f"mqtts://localhost:{free_port()}/test")
    assert f"{path}: no certificates can be read from it" in said


def test_plain_words_to_a_broker_that_speaks_tls(
    capsys: pytest.CaptureFixture[str],
    secure_broker: SecureBroker,  # noqa: F811
) -> None:
    said = complaint(capsys, f"mqtt://ann:{TLS_PASSWORD}@localhost:{secure_broker.port}/test")
    assert "the broker cannot be reached" in said
    assert "mqtts://" in said


def test_tls_to_a_broker_that_speaks_plainly(capsys: pytest.CaptureFixture[str], broker: Mosquitto) -> None:  # noqa: F811
    said = complaint(capsys, f"mqtts://localhost:{broker.port}/test")
    assert "the broker cannot be reached" in said
