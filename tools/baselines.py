"""Play the scripted policies on every scenario and keep what they come to: `python -m tools.baselines`.

Plays `tools/baselines.toml` as a batch, which goes on where it stopped, and puts all pairs of scenario and policy whose
episodes are complete into scenarios/baselines.csv, in place of those that were there.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from llm_pysc2.errors import UsageError
from llm_pysc2.evaluation.baselines import FILE, baselines_of, baselines_to_csv, read_baselines
from llm_pysc2.evaluation.batch import Batch, BatchStoppedError
from llm_pysc2.evaluation.folder import BatchFolder
from llm_pysc2.evaluation.score import EpisodeScore, read_scores
from llm_pysc2.evaluation.suite import read_suite
from llm_pysc2.evaluation.summary import summarise

SUITE = Path(__file__).with_suffix(".toml")
OUTPUT = Path(__file__).parent.parent / FILE


def complete(scores: list[EpisodeScore], episodes: int) -> list[EpisodeScore]:
    """Return the scores of those pairs of scenario and policy of which all episodes have a result."""
    played = [score for score in scores if score.result != "fault"]
    counts = Counter((score.scenario, score.model) for score in played)
    return [score for score in played if counts[score.scenario, score.model] == episodes]


def main() -> int:
    """Play what is left, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/baselines"), help="folder of the batch")
    parser.add_argument("--scenario", nargs="*", help="names or patterns; default: all of the suite")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    suite = replace(read_suite(SUITE), workers=options.workers)
    if options.scenario:
        suite = replace(suite, scenarios=tuple(options.scenario))
    left = ""
    try:
        with BatchFolder(options.out, suite) as folder:
            Batch(folder, lambda report: print(report.job.cell.slug, report.job.seed, report.result, flush=True)).play()
    except UsageError as error:
        parser.error(str(error))
    except BatchStoppedError as error:
        left = str(error)
    revision = json.loads((options.out / "batch.json").read_text())["git"]
    rows = baselines_of(summarise(complete(read_scores(options.out), suite.episodes)), revision)
    kept = {(row.scenario, row.model): row for row in (read_baselines(OUTPUT) if OUTPUT.exists() else [])}
    kept |= {(row.scenario, row.model): row for row in rows}
    in_order = sorted(kept.values(), key=lambda row: (row.scenario, -row.win_rate, row.model))
    OUTPUT.write_text(baselines_to_csv(in_order), encoding="utf-8")
    print(left or f"{len(rows)} new rows, {len(kept)} in {OUTPUT}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
