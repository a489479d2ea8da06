"""Each state of a machine gets its advice; nothing that is broken breaks the doctor."""

import json
import os
import socket
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.internal import api_implementation

from llm_pysc2.cli import checkup, main
from llm_pysc2.engine.api.install import EXECUTABLE, MARKER, install
from llm_pysc2.env import rendering

Examine = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without anything."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def examine(home: Path, capsys: pytest.CaptureFixture[str]) -> Examine:  # noqa: ARG001 - where it looks
    def run(*options: str) -> tuple[int, dict[str, Any]]:
        code = main(["doctor", "--json", *options])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def stand_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `llm-pysc2 engine install` writes, in SC2PATH."""
    directory = install(home / "sc2")
    monkeypatch.setenv("SC2PATH", str(directory))
    return directory


@pytest.fixture
def real(stand_in: Path) -> Path:
    """A folder that nobody can tell from the real game without starting it."""
    (stand_in / MARKER).unlink()
    return stand_in


def found(report: dict[str, Any], topic: str, status: str = "") -> list[tuple[str, str]]:
    """Return what was found of a topic, and the advice."""
    findings = [finding for finding in report["findings"] if finding["topic"] == topic]
    return [(finding["what"], finding["advice"]) for finding in findings if status in ("", finding["status"])]


def bad(report: dict[str, Any]) -> list[str]:
    return [finding["topic"] for finding in report["findings"] if finding["status"] == "bad"]


def test_nothing_installed(examine: Examine) -> None:
    code, report = examine()
    assert (code, report["can_play"], bad(report)) == (0, True, [])
    assert found(report, "StarCraft II", "note") == [("not installed", "llm-pysc2 game install")]
    ((trial, _),) = found(report, "trial", "ok")
    assert trial.startswith("embedded 1.1 played 16 game loops")


def test_a_stand_in(examine: Examine, stand_in: Path) -> None:
    code, report = examine()
    assert (code, bad(report)) == (0, [])
    assert (
        found(report, "game", "ok")[0][0] == f"{stand_in}: the embedded game in the dress of an installation (SC2PATH)"
    )
    assert ("23 of 23 in SMAC_Maps", "") in found(report, "maps", "ok")
    assert not found(report, "maps", "note")
    assert not found(report, "GL")
    assert len(found(report, "trial", "ok")) == 1


def test_a_stand_in_whose_python_is_gone(examine: Examine, stand_in: Path) -> None:
    (stand_in / EXECUTABLE).write_text("#!/bin/sh\nexec /no/such/python\n")
    code, report = examine()
    ((what, advice),) = found(report, "trial", "bad")
    assert code == 1
    assert "died while starting: its process ended with exit code 127" in what
    assert "not found" in what
    assert advice == f"llm-pysc2 engine install {stand_in}"


def test_the_real_game_is_started_when_asked(examine: Examine, real: Path) -> None:
    (real / EXECUTABLE).write_text("#!/bin/sh\necho 'no libGL' >&2\nexit 1\n")
    assert examine()[0] == 0
    code, report = examine("--launch")
    ((what, advice),) = found(report, "trial", "bad")
    assert code == 1
    assert "died while starting: its process ended with exit code 1 and the words 'no libGL'" in what
    assert "--game embedded" in advice


def test_what_looks_like_the_real_game(examine: Examine, real: Path) -> None:
    code, report = examine()
    assert (code, bad(report)) == (0, [])
    assert found(report, "game", "ok")[0][0] == f"{real}: StarCraft II 4.10.0 (build 75689) (SC2PATH)"
    assert any("need build 92440" in what for what, _ in found(report, "maps", "note"))


@pytest.mark.parametrize(
    ("folder", "what", "advice"),
    [
        ("SMAC_Maps", "0 of 23 in SMAC_Maps", "llm-pysc2 maps install smac"),
        ("llm_smac", "0 of 9 in llm_smac", "llm-pysc2 maps install llm_pysc2"),
        ("Melee", "0 of 9 in Melee", "llm-pysc2 maps install melee"),
        ("mini_games", "0 of 7 in mini_games", "llm-pysc2 maps install mini_games"),
    ],
)
def test_missing_maps_of_the_real_game(examine: Examine, real: Path, folder: str, what: str, advice: str) -> None:
    (real / "Maps" / folder).rename(real / folder)
    code, report = examine()
    assert (code, bad(report)) == (0, [])
    assert (what, advice) in found(report, "maps", "note")


def test_missing_maps_of_a_stand_in(examine: Examine, stand_in: Path) -> None:
    (stand_in / "Maps" / "SMAC_Maps" / "3m.SC2Map").unlink()
    _, report = examine()
    assert found(report, "maps", "note") == [("22 of 23 in SMAC_Maps", f"llm-pysc2 engine install {stand_in}")]


def test_no_maps_at_all(examine: Examine, real: Path) -> None:
    (real / "Maps").rename(real / "Karten")
    code, report = examine()
    assert (code, bad(report)) == (1, ["maps"])


def test_wrong_permissions(examine: Examine, stand_in: Path) -> None:
    (stand_in / EXECUTABLE).chmod(0o644)
    code, report = examine()
    assert (code, bad(report)) == (1, ["game"])
    what, advice = found(report, "game")[0]
    assert "may not be executed" in what
    assert advice == f"chmod +x {stand_in / EXECUTABLE}"
    assert found(report, "embedded game", "note")[0][1] == "llm-pysc2 play 2s3z --game embedded"


def test_an_old_version(examine: Examine, real: Path) -> None:
    (real / "Versions" / "Base75689").rename(real / "Versions" / "Base55958")
    code, report = examine()
    ((what, advice),) = found(report, "version", "note")
    assert code == 0
    assert "results on 3.16.1 (build 55958) may differ" in what
    assert advice.startswith("llm-pysc2 game install")


def test_a_version_that_is_too_old(examine: Examine, real: Path) -> None:
    (real / "Versions" / "Base75689").rename(real / "Versions" / "Base52910")
    code, report = examine()
    ((what, advice),) = found(report, "game", "bad")
    assert code == 1
    assert "build 52910 is too old" in what
    assert "llm-pysc2 game install" in advice


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_sc2path_names_no_game(examine: Examine, home: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    (home / "empty").mkdir()
    monkeypatch.setenv("SC2PATH", str(home / folder))
    code, report = examine()
    ((what, advice),) = found(report, "game", "bad")
    assert code == 1
    assert f"{home / folder}" in what
    assert "unset it to play the embedded game" in advice
    assert examine("--game", "embedded")[0] == 0


def test_a_running_game_that_does_not_run(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm_pysc2.env.running._PATIENCE_SECONDS", 0)
    code, report = examine("--game", "ws://127.0.0.1:9")
    assert (code, bad(report)) == (1, ["trial"])
    assert "no game answers at ws://127.0.0.1:9" in found(report, "trial")[0][0]


def test_a_game_that_cannot_be_meant(examine: Examine) -> None:
    code, report = examine("--game", "ws://127.0.0.1")
    assert (code, bad(report)) == (1, ["game"])


@pytest.mark.parametrize("libraries", [(), ("libEGL.so.1",)])
def test_gl_libraries(
    examine: Examine, real: Path, monkeypatch: pytest.MonkeyPatch, libraries: tuple[str, ...]
) -> None:
    assert real
    monkeypatch.setattr(rendering, "find_gl_libraries", lambda: libraries)
    code, report = examine()
    assert code == 0
    assert found(report, "GL", "ok" if libraries else "note")[0][1] == ("" if libraries else rendering.INSTALL_COMMAND)


def test_keys_are_found_and_never_shown(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    _, report = examine()
    assert ("OPENAI_API_KEY is set", "") in found(report, "key", "ok")
    assert [what for what, _ in found(report, "key", "note")] == ["ANTHROPIC_API_KEY is not set"]
    assert "very-secret" not in json.dumps(report)


def test_slow_protobuf(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_implementation, "Type", lambda: "python")
    assert found(examine()[1], "protobuf", "note")[0][1] == "pip install --force-reinstall protobuf"
    monkeypatch.setenv("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "python")
    assert found(examine()[1], "protobuf", "note")[0][1] == "unset PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"


def test_pysc2_is_missing(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(checkup, "import_module", fail)
    code, report = examine()
    assert (code, bad(report)) == (1, ["PySC2"])
    assert "pip install" in found(report, "PySC2")[0][1]
    assert not found(report, "game")


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_broker(examine: Examine, port: int) -> None:
    assert found(examine("--mqtt", f"mqtt://127.0.0.1:{port}")[1], "MQTT", "ok")
    assert found(examine("--mqtt", f"mqtt://127.0.0.1:{port}/demo")[1], "MQTT", "ok")
    code, report = examine("--mqtt", "mqtt://127.0.0.1:9")
    assert code == 0
    assert "no broker answers at 127.0.0.1:9" in found(report, "MQTT", "note")[0][0]
    assert found(examine("--mqtt", "http://127.0.0.1")[1], "MQTT", "note")
    assert not found(examine()[1], "MQTT")


def test_a_full_disk_and_one_that_may_not_be_written(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**6))
    assert "make room" in found(examine()[1], "disk", "note")[0][1]
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "--out" in found(examine()[1], "disk", "note")[0][1]


def test_people_read_a_table(home: Path, stand_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home
    assert main(["doctor"]) == 0
    assert "You can play" in capsys.readouterr().out
    (stand_in / EXECUTABLE).chmod(0o644)
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "-> chmod +x" in text
    assert text.strip().endswith("You cannot play yet: see NO above.")
