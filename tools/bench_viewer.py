"""How large traces and pages are, and how fast the viewer opens and moves in a real browser.

Run from the checkout: python tools/bench_viewer.py [--units 60] [--minutes 10]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from llm_pysc2.evaluation.report.write import write_report  # noqa: E402 - the checkout's own
from tests.browser.chromium import Chromium, Page, find_chromium  # noqa: E402
from tests.traces import long_battle, write_trace  # noqa: E402

MOVES = 240
SCRUB = """(async () => {
  const line = document.querySelector('.timeline');
  const box = line.getBoundingClientRect();
  line.setPointerCapture = () => {};
  const send = (type, clientX) =>
    line.dispatchEvent(new PointerEvent(type, {clientX, clientY: box.top + 20, bubbles: true}));
  const took = [];
  send('pointerdown', box.left + 100);
  for (let move = 0; move < MOVES; move += 1) {
    const before = performance.now();
    send('pointermove', box.left + 100 + (box.width - 120) * move / MOVES);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    took.push(performance.now() - before);
  }
  send('pointerup', 0);
  return took.sort((a, b) => a - b);
})()""".replace("MOVES", str(MOVES))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    program = find_chromium()
    if program is None:
        sys.exit("no browser here; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trace = write_trace(folder / "run" / "long.jsonl", long_battle(options.units, options.minutes))
        started = time.perf_counter()
        report = write_report(folder / "run", folder / "report")
        print(f"{options.units} units, {options.minutes:g} minutes of game, a turn each 8 loops")
        print(f"  trace   {trace.stat().st_size / 1e6 / options.minutes:6.2f} MB a minute of game")
        print(f"  page    {report.size_bytes / 1e6:6.2f} MB, written in {time.perf_counter() - started:.1f} s")
        with Chromium(program, folder / "profile") as browser:
            _measure(browser.new_page(), folder / "report" / "episodes" / "long.html")


def _measure(page: Page, path: Path) -> None:
    page.open(path)
    opened = page.run("performance.getEntriesByName('ready')[0].startTime")
    took = page.run(SCRUB)
    print(f"  opens   {opened:6.0f} ms, all drawn")
    print(f"  scrubs  {took[MOVES // 2]:6.0f} ms a picture (p50), {took[int(MOVES * 0.95)]:.0f} ms (p95)")
    page.close()


if __name__ == "__main__":
    main()
