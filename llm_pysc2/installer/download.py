"""Download a file over HTTP, going on where an earlier try stopped.

What has arrived lies in `NAME.part`, with a note beside it of what it is a part of, so that parts of two different
files are never put together. The file gets its name when it is whole.
"""

import errno
import hashlib
import http.client
import json
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from llm_pysc2.errors import InstallError, UsageError

CHUNK_BYTES = 1 << 20
TIMEOUT_SECONDS = 60.0
PAUSES_SECONDS = (1.0, 5.0, 15.0)
"""Before each new try of a download that was interrupted."""
RANGE_NOT_SATISFIABLE = 416
PARTIAL_CONTENT = 206

Watch = Callable[[int, int | None], None]
"""Is told how many bytes have arrived, and of how many, None where the server does not say."""


class InterruptedDownloadError(InstallError):
    """The connection was lost; what has arrived is kept."""


@dataclass(slots=True)
class _Note:
    """What a part is a part of."""

    url: str
    version: str = ""
    """The server's ETag or Last-Modified."""
    total_bytes: int | None = None


def download(
    url: str,
    path: Path,
    watch: Watch = lambda _done, _total: None,
    *,
    sha256: str = "",
    pauses_seconds: Sequence[float] = PAUSES_SECONDS,
) -> Path:
    """Download a file to `path` and return it; an earlier part of it is gone on with.

    Raises InstallError in one line: not there, cannot be reached, interrupted too often, the wrong size or checksum,
    no space. UsageError for an address that is none.
    """
    if not re.match(r"https?://[^/]", url):
        raise UsageError(f"expected an address that begins with http:// or https://, found {url!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _Part(url, path)
    for pause_seconds in (*pauses_seconds, None):
        try:
            part.fetch(watch)
            break
        except InterruptedDownloadError:
            if pause_seconds is None:
                raise
            time.sleep(pause_seconds)
    part.check(sha256)
    return part.finish()


class _Part:
    """A file that is being downloaded."""

    def __init__(self, url: str, path: Path) -> None:
        self._path = path
        self._file = path.with_name(path.name + ".part")
        self._note_file = path.with_name(path.name + ".part.json")
        self._note = self._read_note(url)

    def fetch(self, watch: Watch) -> None:
        """Ask for what is missing and write it. Raises InterruptedDownloadError if some of it is still missing then."""
        have = self._size()
        if have and have == self._note.total_bytes:
            return
        try:
            with self._ask(have) as response:
                self._receive(response, have if response.status == PARTIAL_CONTENT else 0, watch)
        except urllib.error.HTTPError as error:
            with error:
                self._handle_refusal(error, have)
        except (OSError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) == errno.ENOSPC:
                raise InstallError(f"{self._file}: no space left on the disk; make room and try again") from error
            raise self._interrupted(_reason_of(error)) from error
        total = self._note.total_bytes
        if total is not None and self._size() < total:
            raise self._interrupted("the connection was closed")

    def check(self, sha256: str) -> None:
        """Raise InstallError if the file is not what it should be, and throw it away."""
        size, total = self._size(), self._note.total_bytes
        if total is not None and size != total:
            self._discard()
            raise InstallError(f"{self._note.url}: expected {total} bytes, found {size}; try again")
        if not size:
            raise InstallError(f"{self._note.url}: the file is empty")
        if sha256 and (found := _sha256_of(self._file)) != sha256:
            self._discard()
            raise InstallError(f"{self._note.url}: expected a file with SHA-256 {sha256}, found {found}")

    def finish(self) -> Path:
        """Give the file its name."""
        self._file.replace(self._path)
        self._note_file.unlink(missing_ok=True)
        return self._path

    def _ask(self, have: int) -> http.client.HTTPResponse:
        request = urllib.request.Request(self._note.url)  # noqa: S310 - checked to be http or https
        if have:
            request.add_header("Range", f"bytes={have}-")
            if self._note.version:
                request.add_header("If-Range", self._note.version)
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310
        return response

    def _receive(self, response: http.client.HTTPResponse, start: int, watch: Watch) -> None:
        """Append what comes to the first `start` bytes."""
        total = _total_of(response, start)
        if start and self._note.total_bytes not in (None, total):
            self._discard()
            raise self._interrupted("the file at the address has changed")
        version = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        # A weak tag does not promise the same bytes, so that it cannot be used to go on.
        self._note = _Note(self._note.url, "" if version.startswith("W/") else version, total)
        self._note_file.write_text(json.dumps(asdict(self._note)), encoding="utf-8")
        self._check_space(start)
        with self._file.open("r+b" if start else "wb") as file:
            file.seek(start)
            _copy(response, file, start, total, watch)

    def _check_space(self, have: int) -> None:
        if self._note.total_bytes is None:
            return
        missing = self._note.total_bytes - have
        free = shutil.disk_usage(self._file.parent).free
        if free < missing:
            raise InstallError(
                f"no space in {self._file.parent}: the download needs {megabytes(missing)} more, "
                f"{megabytes(free)} are free; make room, or choose another folder"
            )

    def _handle_refusal(self, error: urllib.error.HTTPError, have: int) -> None:
        """Start over where a part does not fit what the server has now. Raises InstallError for all other refusals."""
        if error.code == RANGE_NOT_SATISFIABLE and have:
            self._discard()
            raise self._interrupted("the part does not fit the file at the address") from error
        if error.code >= http.client.INTERNAL_SERVER_ERROR:
            raise self._interrupted(f"HTTP {error.code} {error.reason}") from error
        raise InstallError(f"{self._note.url}: HTTP {error.code} {error.reason}; name another address with --from")

    def _interrupted(self, reason: str) -> InterruptedDownloadError:
        have, total = self._size(), self._note.total_bytes
        of_total = f" of {megabytes(total)}" if total is not None else ""
        return InterruptedDownloadError(
            f"{self._note.url}: {reason} after {megabytes(have)}{of_total}; the same command goes on from there"
        )

    def _read_note(self, url: str) -> _Note:
        """Return the note of an earlier try; a part without one, or of another address, is thrown away."""
        try:
            note = _Note(**json.loads(self._note_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            note = None
        if note is not None and note.url == url and self._size() <= (note.total_bytes or self._size()):
            return note
        self._discard()
        return _Note(url)

    def _discard(self) -> None:
        self._file.unlink(missing_ok=True)
        self._note_file.unlink(missing_ok=True)

    def _size(self) -> int:
        return self._file.stat().st_size if self._file.exists() else 0


def _copy(source: http.client.HTTPResponse, file: IO[bytes], start: int, total: int | None, watch: Watch) -> None:
    done = start
    watch(done, total)
    while chunk := source.read(CHUNK_BYTES):
        file.write(chunk)
        done += len(chunk)
        watch(done, total)
    file.truncate()


def _total_of(response: http.client.HTTPResponse, start: int) -> int | None:
    """Return the size of the whole file in bytes, None if the server does not say. Raises InstallError if it errs."""
    if response.status == PARTIAL_CONTENT:
        header = response.headers.get("Content-Range", "")
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", header)
        if found is None or int(found[1]) != start:
            raise InstallError(f"{response.url}: asked for the bytes from {start}, was offered {header!r}")
        return None if found[2] == "*" else int(found[2])
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason_of(error: BaseException) -> str:
    reason: Any = getattr(error, "reason", None) or error
    return " ".join(str(reason).split()) or type(error).__name__


def megabytes(size: int) -> str:
    """Return a size in bytes for people.

    >>> megabytes(3_965_000_000), megabytes(300_000)
    ('3965.0 MB', '0.3 MB')
    """
    return f"{size / 1e6:.1f} MB"
