"""Install the real game and its maps: agree, download, check, unpack, and leave no half of anything."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from llm_pysc2.errors import InstallError
from llm_pysc2.installer.archive import Archive
from llm_pysc2.installer.catalog import License, Package
from llm_pysc2.installer.download import download

MAY_BE_THERE = ("Maps", "Replays")
"""Folders that people make before they install the game."""
_EXECUTABLE = re.compile(r"(?P<root>.*?)Versions/Base\d+/SC2_x64")

Agree = Callable[[License], bool]
"""Shows a license to whoever installs, and returns whether they agree."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be installed, where, and whom to ask and to tell."""

    package: Package
    directory: Path
    """The folder of the game, which SC2PATH names."""
    agree: Agree
    watch: Callable[[str, int, int | None], None] = lambda _what, _done, _total: None
    """Is told what goes on, how many bytes of it are done, and of how many."""

    def watching(self, what: str) -> Callable[[int, int | None], None]:
        """Return a watch for one of the things that go on."""
        return lambda done, total: self.watch(what, done, total)


def install_game(wish: Wish) -> Path:
    """Install a game into a folder of its own and return it.

    Raises InstallError if the license is not accepted, if the folder holds something else, or for whatever goes wrong
    with the network, the disk or the archive; the folder is as it was then.
    """
    directory = wish.directory
    _check_free(directory)
    work = directory.with_name(directory.name + ".installing")
    archive = _get_archive(wish, work, links=True)
    root = _find_root(archive)
    unpacked = work / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    try:
        archive.unpack_all(unpacked, wish.watching("unpacking"))
        for executable in (unpacked / root).glob("Versions/Base*/SC2_x64"):
            executable.chmod(0o755)
        _move_into(unpacked / root, directory)
    except BaseException:
        shutil.rmtree(unpacked, ignore_errors=True)
        raise
    shutil.rmtree(work)
    return directory


def install_maps(wish: Wish) -> list[Path]:
    """Put maps into the folders in which the game and its clients look for them, and return their paths.

    Raises InstallError as `install_game` does. Maps that are there already are replaced.
    """
    maps = wish.directory / "Maps"
    work = maps / ".installing"
    archive = _get_archive(wish, work, links=False)
    targets = {name: maps / target for name in archive.names if (target := _wanted(name, wish.package.take))}
    if not targets:
        patterns = ", ".join(wish.package.take)
        raise InstallError(f"{wish.package.url}: the archive holds no {patterns}; name another address with --from")
    archive.unpack(targets, wish.watching("unpacking"))
    shutil.rmtree(work)
    return sorted(targets.values())


def _get_archive(wish: Wish, work: Path, *, links: bool) -> Archive:
    """Return the archive, downloaded to a folder, or where it is if its address is a file of this machine."""
    package = wish.package
    if package.license is not None and not wish.agree(package.license):
        raise InstallError(f"the {package.license.title} was not accepted; nothing was downloaded")
    path = Path(package.url).expanduser()
    if not path.is_file():
        name = unquote(PurePosixPath(urlsplit(package.url).path).name) or "archive"
        try:
            path = download(package.url, work / name, wish.watching("downloading"), sha256=package.sha256)
        except OSError as error:
            raise InstallError(f"{work}: cannot be written: {error.strerror or error}") from error
    try:
        return Archive(path, package.license.password if package.license else "", links=links)
    except InstallError:
        if path.parent == work:
            path.unlink()
        raise


def _check_free(directory: Path) -> None:
    """Raise InstallError if a folder holds what a game would be mixed with."""
    if not directory.exists():
        return
    if not directory.is_dir():
        raise InstallError(f"{directory} is a file; name a folder with --dir")
    others = sorted(path.name for path in directory.iterdir() if path.name not in MAY_BE_THERE)
    if "Versions" in others:
        raise InstallError(f"{directory} holds a game already; name another folder with --dir, or remove it first")
    if others:
        raise InstallError(
            f"{directory} is not empty, it holds {', '.join(others[:3])}; name another folder with --dir"
        )


def _find_root(archive: Archive) -> str:
    """Return the folder in an archive that holds a game, "" for its top."""
    for name in archive.names:
        if found := _EXECUTABLE.fullmatch(name):
            return found["root"]
    raise InstallError(f"{archive.path}: the archive holds no game for Linux: no Versions/BaseNNNNN/SC2_x64 in it")


def _move_into(source: Path, target: Path) -> None:
    """Move a folder's content into another, which may hold some of the same folders already."""
    target.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        place = target / path.name
        if path.is_dir() and place.is_dir():
            _move_into(path, place)
        else:
            path.replace(place)


def _wanted(name: str, patterns: tuple[str, ...]) -> str:
    """Return where below `Maps` a file goes, folder and name; empty if it is not wanted.

    >>> _wanted("LLM-PySC2-main/llm_pysc2/maps/llm_smac/2s3z.SC2Map", ("llm_pysc2/maps/llm_smac/*.SC2Map",))
    'llm_smac/2s3z.SC2Map'
    >>> _wanted("pysc2/maps/llm_smac/2s3z.SC2Map", ("llm_pysc2/maps/llm_smac/*.SC2Map",))
    ''
    """
    parts = PurePosixPath(name).parts
    for pattern in patterns:
        wanted = PurePosixPath(pattern).parts
        ending = parts[-len(wanted) :]
        # Archives from macOS hold a shadow of each file, whose name begins with a dot.
        is_shadow = parts[-1].startswith(".")
        if len(ending) == len(wanted) and not is_shadow and all(map(fnmatchcase, ending, wanted)):
            return "/".join(ending[-2:])
    return ""
