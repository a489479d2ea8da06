"""A web server on this machine that serves files as real ones do, and misbehaves on command."""

import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Quiet(ThreadingHTTPServer):
    """Does not print that clients hang up."""

    def handle_error(self, *_: object) -> None:
        pass


class FileServer:
    """Serves `files` by path. What it does wrong is told by its attributes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.requests: list[tuple[str, str | None]] = []
        """Path and Range of every request."""
        self.cut_after: list[int] = []
        """The connection is cut after so many bytes; one entry a request, oldest first."""
        self.says_size = True
        self.knows_ranges = True
        self.lies_about_range = False
        self.statuses: list[int] = []
        """Answered instead of the file; one entry a request."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._serve(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/{name}"

    def put(self, name: str, content: bytes, etag: str = "") -> str:
        """Serve a file and return its address."""
        self.files[name], self.etags[name] = content, etag
        return self.url(name)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.lstrip("/")
        wanted = handler.headers.get("Range")
        self.requests.append((name, wanted))
        if self.statuses or name not in self.files:
            handler.send_response(self.statuses.pop(0) if self.statuses else 404)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        content, etag = self.files[name], self.etags[name]
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.knows_ranges else 0
        if start and handler.headers.get("If-Range", etag) != etag:
            start = 0
        if start >= len(content) and start:
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(content)}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        self._send(handler, content, start, etag)

    def _send(self, handler: BaseHTTPRequestHandler, content: bytes, start: int, etag: str) -> None:
        handler.send_response(206 if start else 200)
        if start:
            first = start + 1 if self.lies_about_range else start
            handler.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        if self.says_size:
            handler.send_header("Content-Length", str(len(content) - start))
        if etag:
            handler.send_header("ETag", etag)
        handler.end_headers()
        end = min(len(content), start + self.cut_after.pop(0)) if self.cut_after else len(content)
        handler.wfile.write(content[start:end])
        handler.close_connection = True


def zip_bytes(path: Path, members: dict[str, bytes | str], executables: tuple[str, ...] = ()) -> bytes:
    """Return a ZIP archive; texts are links to where they say."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            is_link = isinstance(content, str)
            info.external_attr = (0o120777 if is_link else 0o100755 if name in executables else 0o100644) << 16
            archive.writestr(info, content)
    return path.read_bytes()
