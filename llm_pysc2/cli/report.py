"""`llm-pysc2 report`: the pages of a run, to be opened from disk."""

import sys
from pathlib import Path

from llm_pysc2.evaluation.report.write import write_report


def report(run: Path, folder: Path | None, every_loops: int) -> None:
    """Write the report of a run and say where it is. Raises UsageError if there is nothing to show."""
    target = folder or (run if run.is_dir() else run.parent) / "report"
    written = write_report(run, target, every_loops=every_loops, watch=_show_progress if sys.stderr.isatty() else None)
    left_out = f", {written.left_out} files could not be shown" if written.left_out else ""
    size_mb = written.size_bytes / 1e6
    sys.stdout.write(f"{written.index}: {_count(written.episodes)}, {size_mb:.1f} MB{left_out}\n")


def _count(episodes: int) -> str:
    return "1 episode" if episodes == 1 else f"{episodes} episodes"


def _show_progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    sys.stderr.write(f"\r{done} of {total} traces{end}")
    sys.stderr.flush()
