"""A real browser without a screen, driven over the DevTools protocol: open a page, click, type, look, listen."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
)
PATIENCE_SECONDS = 30.0


def find_chromium() -> str | None:
    """Return the path of a browser, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One tab, with everything it complained about and every address it asked for."""

    def __init__(self, url: str) -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(url, max_size=None))
        self._number = 0
        self.problems: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; what happens meanwhile is noted."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE_SECONDS))
            if message.get("id") == self._number:
                assert "error" not in message, f"{method}: {message['error']}"
                return dict(message["result"])
            self._note(message.get("method", ""), message.get("params", {}))

    def _note(self, event: str, values: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            details = values["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Runtime.consoleAPICalled" and values["type"] in ("error", "warning", "assert"):
            self.problems.append(f"console.{values['type']}: {values['args']}")
        elif event == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
            self.problems.append(f"{values['entry']['text']} {values['entry'].get('url', '')}")
        elif event == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif event == "Page.javascriptDialogOpening":
            self.problems.append(f"a dialog opened: {values['message']}")
            self.call("Page.handleJavaScriptDialog", accept=True)

    def open(self, address: str | Path, *, wait: bool = True) -> None:
        """Go to an address or a file, and wait until its script says that it is ready."""
        url = address.resolve().as_uri() if isinstance(address, Path) else address
        self.call("Page.navigate", url=url)
        if wait:
            self.until("document.documentElement?.dataset.ready === 'true'")

    def run(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; promises are awaited."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.run(f"Boolean({expression})"):
            assert time.monotonic() < end, f"never came true: {expression}; problems: {self.problems}"
            time.sleep(0.02)

    def text(self, selector: str) -> str:
        """Return the visible text of the first element that fits."""
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText"))

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press and release a key, named as in KeyboardEvent.key."""
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39}
        common = {"key": key, "modifiers": 8 if shift else 0, "windowsVirtualKeyCode": codes.get(key, 0)}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)
        self.settle()

    def type(self, text: str) -> None:
        """Type text where the focus is."""
        self.call("Input.insertText", text=text)
        self.settle()

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Send a mouse event: "mousePressed", "mouseMoved" or "mouseReleased"."""
        held = {"button": "left", "buttons": 1, "clickCount": 1} if kind != "mouseMoved" else {"buttons": 1}
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **held)

    def click(self, x: float, y: float) -> None:
        """Click at a place of the window."""
        self.mouse("mousePressed", x, y)
        self.mouse("mouseReleased", x, y)
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        """Give the window a size, and the user a taste."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.settle()

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """Save what the window shows, or the whole page, as a PNG file."""
        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(picture["data"]))

    def close(self) -> None:
        """Let go of the tab."""
        self._open.close()


class Chromium:
    """A browser process; a context manager."""

    def __init__(self, program: str, profile: Path) -> None:
        self._program = program
        self._profile = profile

    def __enter__(self) -> "Chromium":
        command = [self._program, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port, path = self._wait_for(self._profile / "DevToolsActivePort").split()
        self._address = f"127.0.0.1:{port}"
        self._open = ExitStack()
        self._browser = self._open.enter_context(connect(f"ws://{self._address}{path}"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._browser.send(json.dumps({"id": 1_000_000, "method": "Browser.close"}))
        self._open.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def new_page(self, width: int = 1280, height: int = 800, *, dark: bool = False) -> Page:
        """Return a new empty tab of a laptop's size."""
        self._browser.send(json.dumps({"id": 1, "method": "Target.createTarget", "params": {"url": "about:blank"}}))
        answer = self._until(lambda message: message.get("id") == 1)
        page = Page(f"ws://{self._address}/devtools/page/{answer['result']['targetId']}")
        page.size(width, height, dark=dark)
        return page

    def _until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            message = dict(json.loads(self._browser.recv(timeout=PATIENCE_SECONDS)))
            if fits(message):
                return message

    def _wait_for(self, file: Path) -> str:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if file.exists() and len(lines := file.read_text().split()) == 2:
                return " ".join(lines)
            assert self._process.poll() is None, f"{self._program} ended with {self._process.returncode}"
            time.sleep(0.05)
        raise AssertionError(f"{self._program} did not start")
