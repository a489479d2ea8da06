"""The pictures that agents were shown, as files beside the trace: what makes a trace of many pictures small.

In an event a picture stands as a data URL. In a trace the name of its file stands in its place, or nothing where
pictures are not kept.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from llm_pysc2.chat import Image
from llm_pysc2.errors import TraceError
from llm_pysc2.orchestrator.events import Asked, Event
from llm_pysc2.orchestrator.trace import PART, EventSink

DATA_URL = "data:image/png;base64,"
LIMIT_BYTES = 8_000_000
"""More is not read: no picture of ours is as large."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NAME = re.compile(r"\d{1,9}-[A-Za-z0-9_+-]{1,40}-\d{1,3}-[0-9a-f]{8}\.png")
"""What a trace may name: nothing that leads out of its album."""


def enclose(images: tuple[Image, ...]) -> list[list[str]]:
    """Return pictures as an event has them: caption, and a data URL."""
    return [[image.caption, _data_url(image.png)] for image in images]


def album_of(trace: Path) -> Path:
    """Return the folder in which the pictures of a trace are.

    >>> album_of(Path("runs/seed-00000.jsonl.part")).as_posix()
    'runs/seed-00000.images'
    """
    return trace.with_name(trace.name.removesuffix(PART).removesuffix(".jsonl") + ".images")


def filed(sink: EventSink, album: Path | None) -> EventSink:
    """Return a sink that files the pictures of events in an album before it passes the events on; None keeps none.

    It raises TraceError when the disk refuses.
    """

    def take(event: Event) -> None:
        if isinstance(event, Asked) and event.pictures:
            event = replace(event, pictures=list(_file(event, album)))
        sink(event)

    return take


def _file(event: Asked, album: Path | None) -> Iterator[list[str]]:
    for number, (caption, source) in enumerate(event.pictures, 1):
        if album is None or not source:
            yield [caption, ""]
            continue
        png = base64.b64decode(source.removeprefix(DATA_URL))
        agent = re.sub(r"[^A-Za-z0-9_+-]+", "-", event.agent)[:40] or "-"
        name = f"{event.turn:05}-{agent}-{number}-{sha256(png).hexdigest()[:8]}.png"
        try:
            album.mkdir(parents=True, exist_ok=True)
            (album / name).write_bytes(png)
        except OSError as error:
            raise TraceError(f"{album / name}: cannot be written: {error.strerror}") from error
        yield [caption, name]


def restored(event: Event, trace: Path) -> Event:
    """Return an event of a trace with its pictures as data URLs again; those that are not there stay nothing."""
    if not isinstance(event, Asked) or not event.pictures:
        return event
    found = ((caption, read_picture(trace, source)) for caption, source in event.pictures)
    return replace(event, pictures=[[caption, _data_url(png) if png else ""] for caption, png in found])


def _data_url(png: bytes) -> str:
    return DATA_URL + base64.b64encode(png).decode()


def read_picture(trace: Path, source: str) -> bytes | None:
    """Return a picture that a trace names, None if it is not there, or is none: a trace is not trusted."""
    path = album_of(trace) / source
    if not _NAME.fullmatch(source) or path.is_symlink() or path.parent.is_symlink():
        return None
    try:
        with path.open("rb") as file:
            png = file.read(LIMIT_BYTES + 1)
    except OSError:
        return None
    return png if png.startswith(_SIGNATURE) and len(png) <= LIMIT_BYTES else None
