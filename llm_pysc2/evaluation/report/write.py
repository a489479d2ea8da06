"""Write the report of a run: a folder with an index and a page for each episode, readable from disk.

index.html                  tables and plots
episodes/NAME.html          the viewer of an episode; NAME.html#turn=41 opens it at a moment
episodes/NAME.images/       the pictures that its agents were shown, where they were kept
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from llm_pysc2.errors import TraceError, UsageError
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.report.overview import Overview
from llm_pysc2.evaluation.report.page import build_page
from llm_pysc2.evaluation.report.report_text import Told, find_traces, model_name, tell
from llm_pysc2.orchestrator.trace_images import read_picture

_MARK = "llm-pysc2-report"
"""Name of the file by which a folder is known as a report, to be written again."""


@dataclass(frozen=True, slots=True)
class Written:
    """A report that has been written."""

    index: Path
    episodes: int
    left_out: int
    """Files that could not be shown; the index says why."""
    size_bytes: int


def write_report(
    run: Path,
    folder: Path,
    *,
    every_loops: int = 0,
    prices: PriceList | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Written:
    """Write the report of a run into a folder and return what was written.

    Args:
        run: A folder of traces, or one trace.
        folder: Where the report goes: new, empty, or an earlier report.
        every_loops: At most one picture of the map in so many game loops, 0 = all that the traces hold.
        prices: What tokens cost; None = as known to this package and the user.
        watch: Told how many traces of how many are done.

    Raises UsageError if there is nothing to show or the folder holds something else.
    """
    paths = find_traces(run)
    if not paths:
        raise UsageError(f"{run}: no traces here; expected a folder that 'play' or 'eval' has written")
    pages = _page_names(paths, run)
    _claim(folder)
    overview = Overview(run)
    prices = prices or PriceList()
    for done, path in enumerate(paths, 1):
        try:
            told = tell(path, prices, every_loops)
        except TraceError as error:
            overview.leave_out(path, str(error))
        else:
            _bring_pictures(told, folder / "episodes" / pages[path])
            (folder / "episodes" / pages[path]).write_text(_viewer(told, pages), encoding="utf-8")
            overview.add(told, f"episodes/{pages[path]}")
        if watch is not None:
            watch(done, len(paths))
    index = folder / "index.html"
    index.write_text(build_page("index", f"{run.resolve().name} · report", overview.data()), encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.suffix in (".html", ".png"))
    return Written(index, len(overview.shown), len(overview.unread), size)


def _bring_pictures(told: Told, page: Path) -> None:
    """Copy the pictures of an episode beside its page, and let its records name the copies."""
    folder = page.with_suffix(".images")
    for record in told.records:
        if record["k"] != "asked":
            continue
        for picture in record["pictures"]:
            png = read_picture(told.path, picture[1])
            if png is None:
                picture[1] = ""
                continue
            folder.mkdir(exist_ok=True)
            (folder / picture[1]).write_bytes(png)
            picture[1] = f"{folder.name}/{picture[1]}"


def _viewer(told: Told, pages: dict[Path, str]) -> str:
    paths = list(pages)
    place = paths.index(told.path)
    around = {"previous": paths[place - 1 : place], "next": paths[place + 1 : place + 2]}
    links = {name: pages[found[0]] for name, found in around.items() if found}
    start = told.start
    title = f"{start.scenario} · {model_name(start.models)} · seed {start.seed}"
    data = {"records": told.records, "notes": told.notes, "links": {"index": "../index.html", **links}}
    return build_page("viewer", title, data)


def _page_names(paths: list[Path], run: Path) -> dict[Path, str]:
    """Return the file name of each trace's page, all different, made of its path below the run."""
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for path in paths:
        inside = path.relative_to(run) if run.is_dir() else Path(path.name)
        parts = [part for part in inside.parts if part != "traces"]
        stem = re.sub(r"[^A-Za-z0-9._+]+", "-", "-".join(parts).removesuffix(".part").removesuffix(".jsonl")) or "trace"
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        names[path] = f"{name}.html"
    return names


def _claim(folder: Path) -> None:
    """Make the folder ready to be written; the pages of an earlier report go away."""
    mark = folder / _MARK
    try:
        if folder.exists() and any(folder.iterdir()) and not mark.exists():
            raise UsageError(f"{folder} is not empty and holds no report; name another folder with --html")
        (folder / "episodes").mkdir(parents=True, exist_ok=True)
        mark.write_text("This folder is written by 'llm-pysc2 report', which replaces what is in it.\n", "utf-8")
        for pattern in ("*.html", "*.images/*.png"):
            for file in (folder / "episodes").glob(pattern):
                file.unlink()
        for album in (folder / "episodes").glob("*.images"):
            album.rmdir()
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror or error}") from error
