"""`game install` and `maps install` as they are typed, against a web server on this machine."""

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm_pysc2.cli import main
from llm_pysc2.engine.api.install import install
from tests.file_server import FileServer, zip_bytes

GAME = {"StarCraftII/Versions/Base75689/SC2_x64": b"\x7fELF"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    return tmp_path


@pytest.fixture
def server() -> Iterator[FileServer]:
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def game_url(server: FileServer, tmp_path: Path) -> str:
    return server.put("SC2.4.10.zip", zip_bytes(tmp_path / "made.zip", GAME))


@pytest.fixture
def maps_url(server: FileServer, tmp_path: Path) -> str:
    return server.put("SMAC_Maps.zip", zip_bytes(tmp_path / "made.zip", {"SMAC_Maps/3m.SC2Map": b"3m"}))


def test_the_game_where_pysc2_looks_for_it(home: Path, game_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["game", "install", "--accept-license", "--from", game_url]) == 0
    out, err = capsys.readouterr()
    assert (home / "StarCraftII" / "Versions" / "Base75689" / "SC2_x64").exists()
    assert "StarCraft II 4.10 is in" in out
    assert "export" not in out
    assert "AI and Machine Learning License" in err
    assert "AI_AND_MACHINE_LEARNING_LICENSE.html" in err


def test_the_game_elsewhere(home: Path, game_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["game", "install", "--accept-license", "--from", game_url, "--dir", str(home / "sc2")]) == 0
    assert f"export SC2PATH={home / 'sc2'}" in capsys.readouterr().out


def test_nobody_is_there_to_accept_the_license(
    game_url: str, server: FileServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert main(["game", "install", "--from", game_url]) == 1
    assert "nobody is there to accept" in capsys.readouterr().err
    assert server.requests == []


@pytest.mark.parametrize(("answer", "code"), [("no", 1), ("", 1), ("yes", 0), ("Y", 0)])
def test_a_person_is_asked(
    game_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, code: int
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda *_: answer)
    assert main(["game", "install", "--from", game_url]) == code
    assert ("was not accepted; nothing was downloaded" in capsys.readouterr().err) == bool(code)


def test_an_unknown_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["game", "install", "--version", "5.0.14"]) == 2
    assert "no Linux package of version '5.0.14'" in capsys.readouterr().err


def test_other_platforms_have_their_own_way(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert main(["game", "install"]) == 1
    assert "installed from Battle.net" in capsys.readouterr().err


def test_maps_into_a_named_folder(home: Path, maps_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["maps", "install", "smac", "--dir", str(home / "sc2"), "--from", maps_url]) == 0
    assert "1 map is in" in capsys.readouterr().out
    assert (home / "sc2" / "Maps" / "SMAC_Maps" / "3m.SC2Map").read_bytes() == b"3m"


def test_maps_into_the_game_that_is_found(home: Path, game_url: str, server: FileServer) -> None:
    assert main(["game", "install", "--accept-license", "--from", game_url]) == 0
    url = server.put("maps.zip", zip_bytes(home / "maps.zip", {"SMAC_Maps/3m.SC2Map": b"3m"}))
    assert main(["maps", "install", "smac", "--from", url]) == 0
    assert (home / "StarCraftII" / "Maps" / "SMAC_Maps" / "3m.SC2Map").exists()


def test_maps_without_a_game(maps_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["maps", "install", "smac", "--from", maps_url]) == 2
    assert "no game is installed: 'llm-pysc2 game install' first" in capsys.readouterr().err


def test_the_embedded_game_needs_no_maps(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SC2PATH", str(install(home / "sc2")))
    assert main(["maps", "install", "smac"]) == 2
    assert "is the embedded game, which brings its maps along" in capsys.readouterr().err


def test_unknown_maps_and_addresses(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["maps", "install", "smax", "--dir", str(home / "sc2")]) == 2
    assert "closest: smac" in capsys.readouterr().err
    assert main(["maps", "install", "smac", "--dir", str(home / "sc2"), "--from", "no.zip"]) == 2
    assert "found 'no.zip'" in capsys.readouterr().err
