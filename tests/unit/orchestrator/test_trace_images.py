"""Pictures beside a trace: what is kept, under which names, and what a trace may name."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from llm_pysc2.chat import Image
from llm_pysc2.errors import TraceError
from llm_pysc2.orchestrator.events import Asked, Event
from llm_pysc2.orchestrator.trace import TraceWriter, event_to_line
from llm_pysc2.orchestrator.trace_images import LIMIT_BYTES, album_of, enclose, filed, read_picture, restored

PNG = b"\x89PNG\r\n\x1a\n"
SHOWN = Asked(3, "../Group 1", "Time 0:01", enclose((Image(PNG + b"one", "Screen"), Image(PNG + b"two", "Minimap"))))
NAME = "00003-Group-1-1-00000000.png"


def test_a_trace_names_its_pictures_and_they_come_back(tmp_path: Path) -> None:
    path = tmp_path / "seed-00000.jsonl"
    with TraceWriter(path) as trace:
        filed(trace, album_of(path))(SHOWN)
    (line,) = path.read_text().splitlines()
    names = [source for _, source in json.loads(line)["pictures"]]
    assert [name[:-12] for name in names] == ["00003--Group-1-1-", "00003--Group-1-2-"]
    assert sorted(file.name for file in album_of(path).iterdir()) == names
    assert album_of(path).parent == tmp_path
    assert [read_picture(path, name) for name in names] == [PNG + b"one", PNG + b"two"]
    (again,) = [restored(replace(SHOWN, pictures=json.loads(line)["pictures"]), path)]
    assert again == SHOWN


def test_where_pictures_are_not_kept_captions_are() -> None:
    kept: list[Event] = []
    filed(kept.append, None)(SHOWN)
    assert kept == [replace(SHOWN, pictures=[["Screen", ""], ["Minimap", ""]])]
    assert "base64" not in event_to_line(kept[0])


def test_pictures_that_are_gone_are_told_as_such(tmp_path: Path) -> None:
    event = restored(replace(SHOWN, pictures=[["Screen", NAME]]), tmp_path / "a.jsonl")
    assert isinstance(event, Asked)
    assert event.pictures == [["Screen", ""]]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "a.png", "", NAME + "\n", "..", NAME.upper()])
def test_a_trace_may_name_nothing_outside_its_album(tmp_path: Path, name: str) -> None:
    album = album_of(tmp_path / "a.jsonl")
    album.mkdir()
    for path in (tmp_path / "secret.png", album / "a.png"):
        path.write_bytes(PNG)
    assert read_picture(tmp_path / "a.jsonl", name) is None


def test_what_is_no_picture_is_not_shown(tmp_path: Path) -> None:
    trace = tmp_path / "a.jsonl"
    album_of(trace).mkdir()
    file = album_of(trace) / NAME
    for content in (b"<svg onload=alert(1)>", PNG + bytes(LIMIT_BYTES)):
        file.write_bytes(content)
        assert read_picture(trace, NAME) is None
    file.unlink()
    (tmp_path / "private").write_bytes(PNG)
    file.symlink_to(tmp_path / "private")
    assert read_picture(trace, NAME) is None
    elsewhere = tmp_path / "b.images"
    elsewhere.symlink_to(album_of(trace), target_is_directory=True)
    file.unlink()
    file.write_bytes(PNG)
    assert read_picture(trace, NAME) == PNG
    assert read_picture(tmp_path / "b.jsonl", NAME) is None


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    (tmp_path / "a.images").write_text("in the way")
    with pytest.raises(TraceError, match=r"a\.images.*cannot be written"):
        filed(lambda _: None, tmp_path / "a.images")(SHOWN)
