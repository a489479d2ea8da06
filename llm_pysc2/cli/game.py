"""`llm-pysc2 game install` and `llm-pysc2 maps install`: ask, show how it goes, say what to do next."""

import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from llm_pysc2.env.installation import Installation
from llm_pysc2.errors import InstallError, UsageError
from llm_pysc2.installer.catalog import License, Package, load_catalog
from llm_pysc2.installer.install import Wish, install_game, install_maps

DEFAULT_FOLDER = Path("~/StarCraftII")
"""Where PySC2 looks on Linux when SC2PATH is not set."""


def install_the_game(version: str, directory: Path | None, address: str, *, accepted: bool) -> None:
    """Install a Linux package of the game. Raises UsageError or InstallError in one line."""
    if platform.system() != "Linux":
        raise InstallError("the packages are for Linux; on Windows and macOS the game is installed from Battle.net")
    package = load_catalog().game(version)
    folder = (directory or DEFAULT_FOLDER).expanduser().absolute()
    with _wish(package, folder, address, accepted=accepted) as wish:
        install_game(wish)
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"StarCraft II {version} is in {folder}.")
    if folder != DEFAULT_FOLDER.expanduser():
        console.print(f"Use it with: export SC2PATH={folder}")
    console.print("Next: llm-pysc2 maps install smac; llm-pysc2 doctor")


def install_the_maps(group: str, directory: Path | None, address: str, *, accepted: bool) -> None:
    """Install a group of maps into the folder of an installed game. Raises UsageError or InstallError in one line."""
    package = load_catalog().map_group(group)
    folder = (directory or _installed_folder()).expanduser().absolute()
    if Installation(folder).is_stand_in:
        raise UsageError(f"{folder} is the embedded game, which brings its maps along; name another folder with --dir")
    with _wish(package, folder, address, accepted=accepted) as wish:
        paths = install_maps(wish)
    names = ", ".join(sorted({path.parent.name for path in paths}))
    count = "1 map is" if len(paths) == 1 else f"{len(paths)} maps are"
    Console(highlight=False, soft_wrap=True).print(f"{count} in {folder / 'Maps'}: {names}.")


def _installed_folder() -> Path:
    from llm_pysc2.env.launch import find_game

    folder = find_game()
    if folder is None:
        raise UsageError("no game is installed: 'llm-pysc2 game install' first, or name its folder with --dir")
    return folder


@contextmanager
def _wish(package: Package, folder: Path, address: str, *, accepted: bool) -> Iterator[Wish]:
    """Make a wish whose progress is shown on stderr while the block runs."""
    console = Console(stderr=True, highlight=False)
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    shown = [TextColumn(column) if isinstance(column, str) else column for column in columns]
    progress = Progress(*shown, console=console, disable=not console.is_terminal)
    tasks: dict[str, object] = {}

    def watch(what: str, done: int, total: int | None) -> None:
        if what not in tasks:
            progress.start()
            tasks[what] = progress.add_task(what, total=total)
        progress.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type] # rich's own id

    def agree(license_: License) -> bool:
        return _agree(console, license_, accepted=accepted)

    package = package.from_address(address) if address else package
    console.print(f"{package.title or f'StarCraft II {package.name} for Linux'}, from {package.url}", soft_wrap=True)
    try:
        yield Wish(package, folder, agree, watch)
    finally:
        progress.stop()


def _agree(console: Console, license_: License, *, accepted: bool) -> bool:
    """Show a license, and ask whoever sits there unless they have accepted it on the command line."""
    console.print(f"\n{license_.title}\n{license_.url}\n\n{license_.notice}\n", soft_wrap=True)
    if accepted:
        console.print("Accepted with --accept-license.")
        return True
    if not sys.stdin.isatty():
        raise InstallError(f"nobody is there to accept the {license_.title}; read it, then use --accept-license")
    return console.input("Do you agree? Type yes: ").strip().lower() in ("yes", "y")
