"""Play the scripted policies on every scenario and keep what they come to: `python -m tools.baselines`.

Plays the suites in `tools/baselines_suites` as batches, and every scenario that names a policy of its own with that,
too. Batches go on where they stopped. All pairs of scenario and policy whose episodes are complete are put into
scenarios/baselines.csv, in place of those that were there.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from llm_pysc2.errors import UsageError, closest_names
from llm_pysc2.evaluation.baselines import FILE, Baseline, baselines_of, baselines_to_csv, read_baselines
from llm_pysc2.evaluation.batch import Batch, BatchStoppedError
from llm_pysc2.evaluation.folder import BatchFolder
from llm_pysc2.evaluation.score import EpisodeScore, read_scores
from llm_pysc2.evaluation.suite import Suite, expand, read_suite
from llm_pysc2.evaluation.summary import summarise
from llm_pysc2.scenario import load_scenario

SUITES = Path(__file__).parent / "baselines_suites"
OUTPUT = Path(__file__).parent.parent / FILE


def suites() -> Iterator[tuple[str, Suite]]:
    """Yield what is to be played, by name: the suites of the files, and each policy that scenarios name as theirs."""
    for path in sorted(SUITES.glob("*.toml")):
        suite = read_suite(path)
        yield path.stem, suite
        own = defaultdict(list)
        for name in expand(suite.scenarios):
            own[load_scenario(name).policy].append(name)
        for policy, names in own.items():
            if policy:
                yield policy, replace(suite, scenarios=tuple(names), models=(f"scripted/{policy}",))


def complete(scores: list[EpisodeScore], episodes: int) -> list[EpisodeScore]:
    """Return the scores of those pairs of scenario and policy of which all episodes have a result."""
    played = [score for score in scores if score.result != "fault"]
    counts = Counter((score.scenario, score.model) for score in played)
    return [score for score in played if counts[score.scenario, score.model] == episodes]


def play(out: Path, suite: Suite) -> str:
    """Play what is left of a suite. Returns why it stopped before its end, or an empty text. Raises UsageError."""
    try:
        with BatchFolder(out, suite) as folder:
            Batch(folder, lambda report: print(report.job.cell.slug, report.job.seed, report.result, flush=True)).play()
    except BatchStoppedError as error:
        return str(error)
    return ""


def rows_of(out: Path, suite: Suite) -> list[Baseline]:
    """Return the rows of a suite that are whole, whether or not it was played to its end."""
    revision = json.loads((out / "batch.json").read_text())["git"]
    return baselines_of(summarise(complete(read_scores(out), suite.episodes)), revision)


def write(rows: Sequence[Baseline]) -> None:
    """Put rows into the table."""
    kept = {(row.scenario, row.model): row for row in (read_baselines(OUTPUT) if OUTPUT.exists() else [])}
    kept |= {(row.scenario, row.model): row for row in rows}
    in_order = sorted(kept.values(), key=lambda row: (row.scenario, -row.win_rate, row.model))
    OUTPUT.write_text(baselines_to_csv(in_order), encoding="utf-8")
    print(f"{len(rows)} new rows, {len(kept)} in {OUTPUT}")


def main() -> int:
    """Play what is left, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", help="names of suites or own policies; default: all")
    parser.add_argument("--out", type=Path, default=Path("runs/baselines"), help="folder of the batches")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    known, rows, left = dict(suites()), list[Baseline](), ""
    try:
        if unknown := next((name for name in options.suites if name not in known), ""):
            raise UsageError(f"unknown suite {unknown!r}; {closest_names(unknown, known)}")
        for name in options.suites or known:
            left = play(options.out / name, replace(known[name], workers=options.workers))
            rows += rows_of(options.out / name, known[name])
            if left:
                break
    except UsageError as error:
        parser.error(str(error))
    write(rows)  # at last: until then the source is as it was, and every row names it
    print(left, end="\n" if left else "")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
