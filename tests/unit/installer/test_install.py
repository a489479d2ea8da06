import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest

from llm_pysc2.errors import InstallError, UsageError
from llm_pysc2.installer.catalog import License, Package
from llm_pysc2.installer.install import Wish, install_game, install_maps
from tests.file_server import FileServer, zip_bytes

EULA = License("Some License", "http://127.0.0.1/license", "Agreeing binds you.", "")
GAME = {
    "StarCraftII/Versions/Base75689/SC2_x64": b"\x7fELF",
    "StarCraftII/Libs/libstdc++.so.6": b"library",
    "StarCraftII/Maps/readme.txt": b"maps go here",
    "StarCraftII/.build.info": b"4.10",
}
SMAC = {"SMAC_Maps/2s3z.SC2Map": b"2s3z", "SMAC_Maps/3m.SC2Map": b"3m", "__MACOSX/SMAC_Maps/._3m.SC2Map": b"?"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "StarCraftII"


@pytest.fixture
def game(server: FileServer, tmp_path: Path, folder: Path) -> Wish:
    """A wish for a game that the server has."""
    url = server.put("Linux/SC2.4.10.zip", zip_bytes(tmp_path / "made.zip", GAME))
    return Wish(Package("4.10", url, license=EULA, build=75689), folder, agree=lambda _: True)


@pytest.fixture
def maps(server: FileServer, tmp_path: Path, folder: Path) -> Wish:
    """A wish for maps that the server has."""
    url = server.put("SMAC_Maps.zip", zip_bytes(tmp_path / "made.zip", SMAC))
    return Wish(Package("smac", url, take=("SMAC_Maps/*.SC2Map",)), folder, agree=lambda _: False)


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_a_game_is_installed_and_can_be_started(game, folder):
    assert install_game(game) == folder
    assert files_below(folder) == sorted(name.removeprefix("StarCraftII/") for name in GAME)
    assert (folder / "Versions" / "Base75689" / "SC2_x64").stat().st_mode & 0o100
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["StarCraftII"]


def test_what_goes_on_is_told(game):
    told: list[str] = []
    install_game(replace(game, watch=lambda what, _done, _total: told.append(what)))
    assert list(dict.fromkeys(told)) == ["downloading", "unpacking"]


def test_who_refuses_the_license_downloads_nothing(game, server, folder):
    seen: list[License] = []
    with pytest.raises(InstallError, match="the Some License was not accepted; nothing was downloaded"):
        install_game(replace(game, agree=lambda license_: bool(seen.append(license_))))
    assert seen == [EULA]
    assert server.requests == []
    assert not folder.exists()


def test_an_interrupted_installation_goes_on(game, server, folder, monkeypatch):
    monkeypatch.setattr("llm_pysc2.installer.download.PAUSES_SECONDS", ())
    monkeypatch.setattr("llm_pysc2.installer.install.download.__kwdefaults__", {"sha256": "", "pauses_seconds": ()})
    server.cut_after = [100]
    with pytest.raises(InstallError, match="the same command goes on from there"):
        install_game(game)
    assert not folder.exists()
    install_game(game)
    assert server.requests[-1][1] == "bytes=100-"
    assert files_below(folder)


def test_maps_that_were_there_before_stay(game, maps, folder):
    install_maps(maps)
    install_game(game)
    assert (folder / "Maps" / "SMAC_Maps" / "2s3z.SC2Map").read_bytes() == b"2s3z"
    assert (folder / "Maps" / "readme.txt").exists()


@pytest.mark.parametrize(("there", "words"), [("Versions/x", "holds a game already"), ("thesis.tex", "is not empty")])
def test_what_is_there_is_not_written_over(game, folder, server, there, words):
    (folder / there).parent.mkdir(parents=True)
    (folder / there).write_text("mine")
    with pytest.raises(InstallError, match=words):
        install_game(game)
    assert server.requests == []
    assert files_below(folder) == [there]


def test_a_file_in_the_way(game, folder):
    folder.write_text("mine")
    with pytest.raises(InstallError, match="is a file; name a folder"):
        install_game(game)


def test_an_archive_without_a_game(game, server, tmp_path, folder):
    server.put("Linux/SC2.4.10.zip", zip_bytes(tmp_path / "other.zip", {"readme": b"nothing"}))
    with pytest.raises(InstallError, match="holds no game for Linux"):
        install_game(game)
    assert not folder.exists()


def test_a_page_in_place_of_an_archive_is_not_kept(game, server, folder):
    server.put("Linux/SC2.4.10.zip", b"<html>Sorry</html>")
    with pytest.raises(InstallError, match="not a ZIP archive"):
        install_game(game)
    assert files_below(folder.parent) == ["made.zip"]


def test_no_space_to_unpack_keeps_the_download(game, folder, monkeypatch, server):
    usage = namedtuple("usage", "total used free")
    size = len(server.files["Linux/SC2.4.10.zip"])
    frees = iter([size, 10])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 0, next(frees, 10)))
    with pytest.raises(InstallError, match="no space"):
        install_game(game)
    assert not folder.exists()
    assert (folder.parent / "StarCraftII.installing" / "SC2.4.10.zip").stat().st_size == size


def test_a_file_that_was_downloaded_by_hand_is_used_and_kept(game, tmp_path, server, folder):
    by_hand = tmp_path / "by hand.zip"
    zip_bytes(by_hand, GAME)
    install_game(replace(game, package=game.package.from_address(str(by_hand))))
    assert by_hand.exists()
    assert files_below(folder)
    assert server.requests == []


def test_maps_go_where_clients_look_for_them(maps, folder):
    paths = install_maps(maps)
    assert [path.relative_to(folder).as_posix() for path in paths] == [
        "Maps/SMAC_Maps/2s3z.SC2Map",
        "Maps/SMAC_Maps/3m.SC2Map",
    ]
    assert files_below(folder / "Maps") == ["SMAC_Maps/2s3z.SC2Map", "SMAC_Maps/3m.SC2Map"]


def test_maps_are_replaced(maps, folder):
    (folder / "Maps" / "SMAC_Maps").mkdir(parents=True)
    (folder / "Maps" / "SMAC_Maps" / "3m.SC2Map").write_bytes(b"old")
    install_maps(maps)
    assert (folder / "Maps" / "SMAC_Maps" / "3m.SC2Map").read_bytes() == b"3m"


def test_only_the_wanted_maps_of_a_repository_are_taken(maps, server, tmp_path, folder):
    members = {
        "LLM-PySC2-5b4a/llm_pysc2/maps/llm_smac/2s3z.SC2Map": b"theirs",
        "LLM-PySC2-5b4a/pysc2/maps/llm_smac/2s3z.SC2Map": b"a copy",
        "LLM-PySC2-5b4a/llm_pysc2/agents/main_agent.py": b"print()",
    }
    url = server.put("repository.zip", zip_bytes(tmp_path / "other.zip", members))
    package = Package("llm_pysc2", url, take=("llm_pysc2/maps/llm_smac/*.SC2Map",))
    install_maps(replace(maps, package=package))
    assert files_below(folder) == ["Maps/llm_smac/2s3z.SC2Map"]
    assert (folder / "Maps" / "llm_smac" / "2s3z.SC2Map").read_bytes() == b"theirs"


def test_an_archive_without_the_maps(maps, server, tmp_path):
    server.put("SMAC_Maps.zip", zip_bytes(tmp_path / "other.zip", {"Melee/Flat32.SC2Map": b""}))
    with pytest.raises(InstallError, match=r"the archive holds no SMAC_Maps/\*\.SC2Map"):
        install_maps(maps)


def test_a_folder_that_cannot_be_written(maps, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InstallError, match="cannot be written"):
        install_maps(replace(maps, directory=tmp_path / "file"))


def test_an_address_that_is_neither_file_nor_url(maps):
    with pytest.raises(UsageError, match="begins with http"):
        install_maps(replace(maps, package=maps.package.from_address("no/such/file.zip")))
