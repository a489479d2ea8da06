import shutil
import subprocess
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from llm_pysc2.errors import InstallError
from llm_pysc2.installer import archive as archive_module
from llm_pysc2.installer.archive import Archive
from tests.file_server import zip_bytes

PASSWORD = "iagreetotheeula"  # noqa: S105 - published by Blizzard


@pytest.fixture
def make(tmp_path: Path):
    """A maker of archives, given their files by path."""

    def make_archive(members, **options) -> Path:
        path = tmp_path / "archive.zip"
        zip_bytes(path, members, **options)
        return path

    return make_archive


@pytest.fixture
def encrypted(tmp_path: Path) -> Path:
    """An archive whose files are enciphered, as Blizzard's are."""
    if shutil.which("zip") is None:
        pytest.skip("no program named zip, which writes the enciphered archive")
    (tmp_path / "in" / "Melee").mkdir(parents=True)
    (tmp_path / "in" / "Melee" / "Flat32.SC2Map").write_bytes(b"map" * 1000)
    command = ["zip", "-q", "-r", "-P", PASSWORD, str(tmp_path / "enciphered.zip"), "Melee"]
    subprocess.run(command, cwd=tmp_path / "in", check=True)
    return tmp_path / "enciphered.zip"


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_files_modes_and_links_come_out_as_they_went_in(make, tmp_path):
    path = make(
        {"Game/run": b"#!/bin/sh\n", "Game/data": b"\x00" * 10_000, "Game/Libs/lib.so": "../data"},
        executables=("Game/run",),
    )
    Archive(path, links=True).unpack_all(tmp_path / "out")
    out = tmp_path / "out" / "Game"
    assert files_below(out) == ["Libs/lib.so", "data", "run"]
    assert ((out / "run").stat().st_mode & 0o777, (out / "data").stat().st_mode & 0o777) == (0o755, 0o644)
    assert (out / "Libs" / "lib.so").read_bytes() == b"\x00" * 10_000


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "Maps/../../evil",
        "/etc/evil",
        "C:\\evil",
        "C:evil",
        "..\\evil",
        "\\\\host\\evil",
        "Maps\\..\\..\\evil",
    ],
)
def test_paths_that_lead_out_are_refused_before_anything_is_written(make, tmp_path, name):
    path = make({"Maps/good.SC2Map": b"map", name: b"evil"})
    with pytest.raises(InstallError, match="refused, a path in it leads out of the folder"):
        Archive(path, links=True).unpack_all(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("target", ["/etc", "..", "a/../../..", "", "../../x", "..\\x"])
def test_links_that_could_lead_out_are_refused(make, target):
    with pytest.raises(InstallError, match="refused, it holds a link"):
        Archive(make({"folder": target, "other": b""}), links=True)


def test_paths_through_links_are_refused(make):
    with pytest.raises(InstallError, match="goes through a link"):
        Archive(make({"a/link": "../b", "a/link/file": b"", "b/x": b""}), links=True)


def test_links_are_refused_where_nobody_expects_them(make):
    with pytest.raises(InstallError, match="refused, it holds a link"):
        Archive(make({"Maps/a.SC2Map": "b.SC2Map", "Maps/b.SC2Map": b""}))


@pytest.mark.parametrize("content", [b"", b"<html>Not found</html>", b"PK\x03\x04 and no more"])
def test_what_is_no_archive(tmp_path, content):
    path = tmp_path / "page.zip"
    path.write_bytes(content)
    with pytest.raises(InstallError, match="not a ZIP archive"):
        Archive(path)


def test_an_archive_that_was_cut_off(make):
    path = make({"a": b"x" * 10_000, "b": b"y" * 10_000})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InstallError, match="not a ZIP archive"):
        Archive(path)


def test_a_damaged_file_leaves_no_part_of_it(make, tmp_path):
    path = make({"a": bytes(range(256)) * 40})
    content = bytearray(path.read_bytes())
    content[60:80] = b"\xff" * 20
    path.write_bytes(content)
    with pytest.raises(InstallError, match="a cannot be unpacked"):
        Archive(path).unpack_all(tmp_path / "out")
    assert files_below(tmp_path / "out") == []


def test_the_password_opens_enciphered_files(encrypted, tmp_path):
    Archive(encrypted, PASSWORD).unpack_all(tmp_path / "out")
    assert (tmp_path / "out" / "Melee" / "Flat32.SC2Map").read_bytes() == b"map" * 1000


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_is_said(encrypted, tmp_path, password):
    with pytest.raises(InstallError, match=r"cannot be unpacked: .*[Pp]assword"):
        Archive(encrypted, password).unpack_all(tmp_path / "out")


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_large_archives_are_left_to_unzip(encrypted, tmp_path, monkeypatch, password):
    if shutil.which(archive_module.UNZIP) is None:
        pytest.skip("no program named unzip")
    monkeypatch.setattr(archive_module, "LARGE_BYTES", 0)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    out = tmp_path / "out"
    if password == PASSWORD:
        Archive(encrypted, password).unpack_all(out)
        assert files_below(out) == ["Melee/Flat32.SC2Map"]
    else:
        with pytest.raises(InstallError, match="unzip failed with exit code"):
            Archive(encrypted, password).unpack_all(out)


def test_without_unzip_python_does_it(encrypted, tmp_path, monkeypatch):
    monkeypatch.setattr(archive_module, "LARGE_BYTES", 0)
    monkeypatch.setattr(archive_module, "UNZIP", "no-such-program")
    Archive(encrypted, PASSWORD).unpack_all(tmp_path / "out")
    assert files_below(tmp_path / "out") == ["Melee/Flat32.SC2Map"]


def test_no_space_is_said_before_anything_is_written(make, tmp_path, monkeypatch):
    path = make({"a": b"\x00" * 3_000_000})
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(InstallError, match=r"no space in .*out: 3\.0 MB are needed, 1\.0 MB are free"):
        Archive(path).unpack_all(tmp_path / "out")
    assert files_below(tmp_path / "out") == []
