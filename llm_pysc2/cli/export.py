"""`llm-pysc2 export`: what was played, for training and for other frameworks."""

from pathlib import Path

from rich.console import Console

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.evaluation.export.rows import Wanted
from llm_pysc2.evaluation.export.turns import OUTCOMES
from llm_pysc2.evaluation.export.write import INSPECT, export


def export_run(run: Path, out: Path | None, form: str, wanted: Wanted) -> None:
    """Write an export and say what is in it. Raises UsageError if it cannot be."""
    for result in wanted.results:
        if result not in OUTCOMES:
            raise UsageError(f"no result named {result!r}; {closest_names(result, OUTCOMES)}")
    folder = out or run.with_name(f"{run.resolve().name}-{form}")
    done = export(run, folder, form, wanted)
    console = Console()
    what = "logs" if form == INSPECT else "rows"
    console.print(f"{done.rows} {what} from {done.episodes} episodes in {folder}", highlight=False, soft_wrap=True)
    if done.left_out:
        console.print(f"{done.left_out} traces without a result were left out.", highlight=False)
    if form == INSPECT:
        console.print(f"Open them with: inspect view --log-dir {folder}", highlight=False, soft_wrap=True)
