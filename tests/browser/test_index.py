"""The index of a report, in a real browser."""

from dataclasses import replace
from pathlib import Path

import pytest

from llm_pysc2.backends.options import Price
from llm_pysc2.evaluation.costs import PriceList
from llm_pysc2.evaluation.report.write import write_report
from llm_pysc2.orchestrator.events import Answered, Event
from tests.browser.chromium import Chromium, Page
from tests.traces import HOSTILE, duel, hostile, write_trace

ROWS = "document.querySelectorAll('[aria-label=Episodes] tbody tr').length"


def with_tokens(events: list[Event]) -> list[Event]:
    """Return the events as if a model with a price had played."""
    return [
        replace(event, input_tokens=5000, output_tokens=200) if isinstance(event, Answered) else event
        for event in events
    ]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("run")
    for seed in range(4):
        result = "win" if seed else "loss"
        write_trace(run / "a" / f"{seed}.jsonl", duel(seed=seed, result=result))
        write_trace(run / "b" / f"{seed}.jsonl", with_tokens(duel("openai/priced", seed=seed)))
    write_trace(run / "c.jsonl", with_tokens(duel("openai/unpriced")))
    write_trace(run / "cut.jsonl.part", duel()[:9])
    (run / "broken.jsonl").write_text("<script>alert(1)</script>\n")
    (run / "faults.jsonl").write_text('{"cell":"2s3z","seed":3,"attempt":1,"what":"<b>GameLostError"}\n')
    return write_report(run, run / "report", prices=PriceList({"openai/priced": Price(1.0, 10.0)})).index


def test_tables_and_plots(page: Page, index: Path) -> None:
    page.open(index)
    assert page.run(ROWS) == 10
    assert page.run("document.querySelectorAll('[aria-label=Scores] tbody tr').length") == 3
    labels = page.run(
        "[...document.querySelectorAll('svg.plot')].map((plot) => plot.getAttribute('aria-label')).join()"
    )
    for label in ("Win rates", "Value killed", "Rejected actions by cause", "Cost of an episode"):
        assert label in labels
    scores = page.text("[aria-label=Scores]")
    assert "75 %" in scores
    assert "30 %" in scores  # lower end of the interval of 3 wins in 4
    assert "$0.035" in scores  # five answers: 25,000 tokens at $1 and 1,000 at $10 a million
    assert "unknown" in scores
    assert "No price is known for openai/unpriced" in page.text("main")


def test_what_cannot_be_shown_is_named(page: Page, index: Path) -> None:
    page.open(index)
    problems = page.text(".problems")
    assert "broken.jsonl" in problems
    assert "<script>alert(1)</script>" in problems
    assert "<b>GameLostError" in problems


def test_sorting_and_filters(page: Page, index: Path) -> None:
    page.open(index)
    page.run(
        "[...document.querySelectorAll('[aria-label=Episodes] .sort')].find((b) => b.innerText === 'seed').click()"
    )
    assert (
        page.run("document.querySelector('[aria-label=Episodes] th[aria-sort]').getAttribute('aria-sort')")
        == "descending"
    )
    page.run("""(() => { const box = document.querySelector('select[aria-label=results]'); box.value = 'loss';
        box.dispatchEvent(new Event('change')); })()""")
    assert page.run(ROWS) == 1
    assert "1 of 10" in page.text(".filters")


def test_links_lead_to_the_episodes_and_back(page: Page, index: Path) -> None:
    page.open(index)
    links = page.run("[...document.querySelectorAll('[aria-label=Episodes] td a')].map((link) => link.href)")
    assert all(Path(link.removeprefix("file://")).is_file() for link in links)
    page.run("document.querySelector('[aria-label=Episodes] td a').click()")
    page.until("document.querySelector('.timeline')")
    assert page.run("document.querySelector('.links a').innerText") == "Report"
    page.run("document.querySelector('.links a').click()")
    page.until("document.querySelector('[aria-label=Scores]')")


def test_hostile_names_are_text(page: Page, tmp_path: Path) -> None:
    write_trace(tmp_path / "run" / "hostile.jsonl", hostile())
    page.open(write_report(tmp_path / "run", tmp_path / "report").index)
    assert HOSTILE[0] in page.text("[aria-label=Scores]")
    assert page.run("document.scripts.length") == 2
    assert page.run("document.querySelectorAll('img').length") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_laptop(browser: Chromium, index: Path, dark: bool) -> None:
    tab = browser.new_page(1280, 800, dark=dark)
    tab.open(index)
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    assert tab.problems == []
    tab.close()
