"""How the real game draws on a Linux machine without a screen: which GL libraries there are, which options it wants."""

import platform
import subprocess
from collections.abc import Iterable

from llm_pysc2.errors import GameLaunchError

LINKER_CACHE = "/sbin/ldconfig"
EGL = ("libEGL.so", "libEGL.so.1")
OSMESA = ("libOSMesa.so", "libOSMesa.so.8", "libOSMesa.so.6")
INSTALL_COMMAND = "apt-get install libegl1 libosmesa6"


def find_gl_libraries() -> tuple[str, ...]:
    """Return the GL libraries that the game could draw with, the best first: a graphics card before software."""
    try:
        done = subprocess.run([LINKER_CACHE, "-p"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603 - a fixed command
    except (OSError, subprocess.SubprocessError):
        return ()
    known = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    return tuple(library for library in (*EGL, *OSMESA) if library in known)


def render_arguments(rendering: str, *, wanted: bool) -> list[str]:
    """Return the options that make the game draw as asked, see `LaunchOptions.rendering`; none but on Linux.

    Args:
        rendering: "auto", "none", "egl" or "osmesa".
        wanted: Whether the client asks for RGB pictures; "auto" draws for nobody else.

    Raises GameLaunchError if the library that was asked for is not there.
    """
    if platform.system() != "Linux" or (rendering == "auto" and not wanted):
        return []
    if rendering == "none":
        return ["-headlessNoRender"]
    kinds = {"egl": EGL, "osmesa": OSMESA}.get(rendering, (*EGL, *OSMESA))
    library = _first(find_gl_libraries(), kinds)
    if library is not None:
        return ["-eglpath" if library in EGL else "-osmesapath", library]
    if rendering == "auto":
        return ["-headlessNoRender"]
    raise GameLaunchError(f"no GL library for rendering {rendering!r}: none of {', '.join(kinds)}; {INSTALL_COMMAND}")


def _first(found: Iterable[str], kinds: tuple[str, ...]) -> str | None:
    return next((library for library in found if library in kinds), None)
