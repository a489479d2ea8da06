import hashlib
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from llm_pysc2.errors import InstallError, UsageError
from llm_pysc2.installer.download import InterruptedDownloadError, download

CONTENT = bytes(range(256)) * 20_000
"""5.12 MB: several chunks."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "work" / "game.zip"


def fetch(url: str, path: Path, **options) -> Path:
    return download(url, path, **{"pauses_seconds": (), **options})


def leftovers(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def test_a_file_arrives_whole_and_is_watched(server, path):
    seen: list[tuple[int, int | None]] = []
    url = server.put("game.zip", CONTENT)
    assert fetch(url, path, watch=lambda done, total: seen.append((done, total))).read_bytes() == CONTENT
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert leftovers(path) == ["game.zip"]


@pytest.mark.parametrize("etag", ["", '"v1"', 'W/"weak"'])
def test_an_interrupted_download_goes_on_where_it_stopped(server, path, etag):
    url = server.put("game.zip", CONTENT, etag)
    server.cut_after = [1_500_000, 2_000_000]
    for have in (1.5, 3.5):
        with pytest.raises(InterruptedDownloadError, match=rf"after {have} MB of 5.1 MB; the same command goes on"):
            fetch(url, path)
    assert fetch(url, path).read_bytes() == CONTENT
    assert [wanted for _, wanted in server.requests] == [None, "bytes=1500000-", "bytes=3500000-"]
    assert leftovers(path) == ["game.zip"]


def test_an_interruption_is_tried_again_by_itself(server, path):
    url = server.put("game.zip", CONTENT)
    server.cut_after = [1_000_000]
    server.statuses = []
    assert download(url, path, pauses_seconds=(0.0,)).read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_a_server_that_is_overloaded_is_asked_again(server, path):
    url = server.put("game.zip", CONTENT)
    server.statuses = [503]
    assert download(url, path, pauses_seconds=(0.0,)).read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_begun_again(server, path):
    url = server.put("game.zip", CONTENT, '"v1"')
    server.cut_after = [1_000_000]
    with pytest.raises(InterruptedDownloadError):
        fetch(url, path)
    server.put("game.zip", CONTENT[::-1], '"v2"')
    assert fetch(url, path).read_bytes() == CONTENT[::-1]


def test_a_changed_size_gives_the_part_away_where_there_is_no_tag(server, path):
    url = server.put("game.zip", CONTENT)
    server.cut_after = [1_000_000]
    with pytest.raises(InterruptedDownloadError):
        fetch(url, path)
    server.put("game.zip", CONTENT + b"more")
    assert download(url, path, pauses_seconds=(0.0,)).read_bytes() == CONTENT + b"more"


def test_a_file_that_shrank_is_begun_again(server, path):
    url = server.put("game.zip", CONTENT)
    server.cut_after = [3_000_000]
    with pytest.raises(InterruptedDownloadError):
        fetch(url, path)
    server.put("game.zip", CONTENT[:1000])
    assert download(url, path, pauses_seconds=(0.0,)).read_bytes() == CONTENT[:1000]


def test_parts_of_another_address_are_not_gone_on_with(server, path):
    server.cut_after = [1_000_000]
    with pytest.raises(InterruptedDownloadError):
        fetch(server.put("old.zip", CONTENT), path)
    assert fetch(server.put("new.zip", CONTENT[::-1]), path).read_bytes() == CONTENT[::-1]
    assert server.requests[-1] == ("new.zip", None)


def test_a_server_without_ranges_is_asked_for_everything_again(server, path):
    url = server.put("game.zip", CONTENT)
    server.cut_after = [1_000_000]
    with pytest.raises(InterruptedDownloadError):
        fetch(url, path)
    server.knows_ranges = False
    assert fetch(url, path).read_bytes() == CONTENT


def test_a_server_that_does_not_say_the_size(server, path):
    server.says_size = False
    seen: list[int | None] = []
    url = server.put("maps.zip", CONTENT)
    assert fetch(url, path, watch=lambda _, total: seen.append(total)).read_bytes() == CONTENT
    assert set(seen) == {None}


def test_a_part_that_is_whole_already_is_not_asked_for(server, path):
    url = server.put("game.zip", CONTENT)
    server.cut_after = [1_000_000]
    with pytest.raises(InterruptedDownloadError):
        fetch(url, path)
    part = path.with_name("game.zip.part")
    part.write_bytes(CONTENT)
    assert fetch(url, path).read_bytes() == CONTENT
    assert len(server.requests) == 1


def test_a_file_that_always_ends_too_early(server, path):
    url = server.put("game.zip", CONTENT)
    server.cut_after = [0, 0]
    with pytest.raises(InterruptedDownloadError, match=r"the connection was closed after 0\.0 MB of 5\.1 MB"):
        download(url, path, pauses_seconds=(0.0,))


def test_another_range_than_asked_for_is_refused(server, path):
    url = server.put("game.zip", CONTENT)
    server.cut_after = [1_000_000]
    with pytest.raises(InterruptedDownloadError):
        fetch(url, path)
    server.lies_about_range = True
    with pytest.raises(InstallError, match="asked for the bytes from 1000000, was offered 'bytes 1000001-"):
        fetch(url, path)


def test_checksums_are_checked(server, path):
    url = server.put("game.zip", CONTENT)
    assert fetch(url, path, sha256=hashlib.sha256(CONTENT).hexdigest()) == path
    with pytest.raises(InstallError, match=r"expected a file with SHA-256 0000.*, found [0-9a-f]{64}"):
        fetch(url, path.with_name("other.zip"), sha256="0" * 64)
    assert leftovers(path) == ["game.zip"]


def test_no_space_is_said_before_anything_is_written(server, path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 10**6, 10**6))
    url = server.put("game.zip", CONTENT)
    with pytest.raises(InstallError, match=r"no space in .*: the download needs 5\.1 MB more, 1\.0 MB are free"):
        fetch(url, path)
    assert not path.with_name("game.zip.part").exists()


def test_a_disk_that_fills_up_meanwhile(server, path):
    if not Path("/dev/full").exists():
        pytest.skip("this platform has no /dev/full")
    path.parent.mkdir()
    path.with_name("game.zip.part").symlink_to("/dev/full")
    url = server.put("game.zip", CONTENT)
    path.with_name("game.zip.part.json").write_text(f'{{"url": "{url}"}}')
    with pytest.raises(InstallError, match="no space left on the disk; make room and try again"):
        fetch(url, path)


@pytest.mark.parametrize(("status", "words"), [(404, "HTTP 404 Not Found; name another address"), (403, "HTTP 403")])
def test_refusals_are_final(server, path, status, words):
    url = server.put("game.zip", CONTENT)
    server.statuses = [status]
    with pytest.raises(InstallError, match=words):
        download(url, path, pauses_seconds=(0.0, 0.0))
    assert len(server.requests) == 1


def test_nobody_listens(path):
    with pytest.raises(InterruptedDownloadError, match=r"Connection refused after 0\.0 MB"):
        fetch("http://127.0.0.1:9/game.zip", path)


def test_an_empty_file(server, path):
    with pytest.raises(InstallError, match="the file is empty"):
        fetch(server.put("game.zip", b""), path)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://host/file", "game.zip", "http:///x"])
def test_addresses_of_other_kinds(path, address):
    with pytest.raises(UsageError, match="begins with http:// or https://"):
        fetch(address, path)


def test_a_spoiled_note_begins_again(server, path):
    path.parent.mkdir()
    path.with_name("game.zip.part").write_bytes(b"rubbish")
    path.with_name("game.zip.part.json").write_text("{")
    assert fetch(server.put("game.zip", CONTENT), path).read_bytes() == CONTENT
