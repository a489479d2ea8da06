"""The viewer of an episode, in a real browser: nothing is asked of anybody, and everything works with keys alone."""

import time
from pathlib import Path

import pytest

from llm_pysc2.dialogue.pictures import draw_pictures
from llm_pysc2.evaluation.report.write import write_report
from llm_pysc2.orchestrator.events import Asked
from llm_pysc2.orchestrator.trace import TraceWriter
from llm_pysc2.orchestrator.trace_images import album_of, enclose, filed
from tests.browser.chromium import Chromium, Page
from tests.traces import HOSTILE, duel, ended, hostile, long_battle, observed, row, started, words, write_trace
from tests.worlds import situation, two_stalkers_three_zealots

STALKER = "document.querySelector('.forces .side .unit').getAttribute('aria-label')"
MAP = "document.querySelector('canvas.map').toDataURL()"
TURN = "document.documentElement.dataset.turn"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the pages of three episodes."""
    run = tmp_path_factory.mktemp("run")
    write_trace(run / "duel.jsonl", duel())
    write_trace(run / "hostile.jsonl", hostile())
    write_trace(run / "long.jsonl", long_battle(minutes=2))
    write_report(run, run / "report")
    return run / "report" / "episodes"


def middle(page: Page, selector: str, share: float = 0.5) -> tuple[float, float]:
    """Return a place inside an element, `share` of its width from its left."""
    box = page.run(f"JSON.parse(JSON.stringify(document.querySelector({selector!r}).getBoundingClientRect()))")
    return box["x"] + share * box["width"], box["y"] + 20


def test_the_scrubber_moves_units(page: Page, report: Path) -> None:
    page.open(report / "duel.html")
    before, drawn = page.run(STALKER), page.run(MAP)
    assert "Stalker at 8.0, 16.0" in before
    page.mouse("mousePressed", *middle(page, ".timeline", 0.2))
    page.mouse("mouseMoved", *middle(page, ".timeline", 0.5))
    page.mouse("mouseMoved", *middle(page, ".timeline", 0.97))
    page.mouse("mouseReleased", *middle(page, ".timeline", 0.97))
    page.settle()
    assert "Stalker at 13.0, 16.0" in page.run(STALKER)
    assert page.run(MAP) != drawn
    assert "turn 5 of 5" in page.text(".clock")


def test_a_link_opens_its_moment_and_the_address_follows(page: Page, report: Path) -> None:
    page.open((report / "duel.html").as_uri() + "#turn=2")
    assert page.run(TURN) == "2"
    assert "Stalker at 10.0" in page.run(STALKER)
    page.until("document.querySelector('.turns').innerText.includes('Turn 2: I attack.')")
    page.press("ArrowRight")
    page.until("location.hash === '#turn=3'")
    page.run("location.hash = '#turn=1'")
    page.until(f"{TURN} === '1'")
    page.run("location.hash = '#turn=999999'")
    page.until(f"{TURN} === '5'")
    page.run("location.hash = '#turn=<b>'")
    page.settle()
    assert page.run(TURN) == "5"


def test_keys_alone_do_everything(page: Page, report: Path) -> None:
    page.open(report / "duel.html")
    for key, turn in (
        ("ArrowRight", "1"),
        ("End", "5"),
        ("ArrowLeft", "4"),
        ("Home", "0"),
        ("n", "2"),
        ("n", "5"),
        ("p", "2"),
    ):
        page.press(key)
        assert page.run(TURN) == turn, key
    page.press("2")
    page.press("/")
    page.type("unknown")
    page.until("document.querySelectorAll('.log li').length === 1")
    page.press("Escape")
    page.press("?")
    assert page.run("document.querySelector('dialog').open")
    page.press("Escape")
    assert not page.run("document.querySelector('dialog').open")
    drawn = page.run(MAP)
    for key in "+ko-ig":
        page.press(key)
        assert page.run(MAP) != drawn, key
        drawn = page.run(MAP)


def test_the_tab_key_reaches_every_control(page: Page, report: Path) -> None:
    page.open(report / "duel.html")
    reached = set()
    for _ in range(40):
        page.press("Tab")
        reached.add(page.run("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"))
    for name in ("Report", "This turn", "Play", "Speed", "Orders", "Sight", "Chart", "Keys", "Moment of the episode"):
        assert name in reached, reached
    assert any("Stalker at" in name for name in reached)


def test_playing_moves_on_and_stops_at_the_end(page: Page, report: Path) -> None:
    page.open(report / "duel.html")
    page.press("]")
    page.press(" ")
    page.until(f"{TURN} === '5'")
    page.until("document.querySelector('.play').title === 'Play'")


def test_the_panel_tells_what_was_asked_answered_and_rejected(page: Page, report: Path) -> None:
    page.open((report / "duel.html").as_uri() + "#turn=2")
    page.until("document.querySelector('.turns .rejected')")
    text = page.text(".turns")
    for words_shown in ("Commander", "Turn 2: I attack.", "Attack_Unit(eZ1)", "<Fly()>", "unknown action Fly"):
        assert words_shown in text
    page.run("document.querySelectorAll('.turns summary').forEach((summary) => summary.click())")
    page.until("document.querySelectorAll('.turns details pre').length === 2")
    assert "You lead." in page.text(".turns")
    page.run("document.querySelector('.turns .id').click()")
    page.until("document.querySelector('.info').innerText.includes('eZ1')")


def test_filters_of_the_log(page: Page, report: Path) -> None:
    page.open(report / "duel.html")
    page.press("2")
    lines = "document.querySelectorAll('.log li').length"
    assert page.run(lines) == 7  # five actions, one rejected, one death
    page.run("document.querySelector('.chip.orders input').click()")
    assert page.run(lines) == 2
    page.run("[...document.querySelectorAll('.log button')].at(-1).click()")
    page.until(f"{TURN} === '5'")
    page.run("document.querySelector('.chip.death input').click()")
    left = page.run("document.querySelector('.log li .what').textContent")
    assert left == "Commander Stalker: <Fly()>: unknown action Fly"


def test_texts_that_would_do_harm_are_shown_as_text(page: Page, report: Path) -> None:
    page.open((report / "hostile.html").as_uri() + "#turn=0")
    shown = page.run("document.querySelector('.answer pre').textContent")
    assert shown == "\n".join(HOSTILE).replace("\ud800", "\ufffd") or shown.startswith("\n".join(HOSTILE)[:200])
    page.run("document.querySelectorAll('.turns summary').forEach((summary) => summary.click())")
    page.press("2")
    assert page.run("document.querySelectorAll('.log li').length") > 10
    assert page.run("document.querySelectorAll('img, iframe, object, b b').length") == 0
    assert page.run("document.scripts.length") == 2
    assert "owned" not in page.run("document.title") or page.run("document.title").startswith("</script>")


def test_a_megabyte_is_cut_until_it_is_wanted(page: Page, report: Path) -> None:
    page.open((report / "hostile.html").as_uri() + "#turn=1")
    length = "document.querySelector('.answer pre').textContent.length"
    assert page.run(length) == 20_000
    assert "1,000,000" in page.text(".answer .more")
    page.run("document.querySelector('.answer .more').click()")
    assert page.run(length) == 1_000_000
    page.press("ArrowLeft")
    assert page.run(TURN) == "0"


def test_a_long_episode_opens_and_can_be_scrubbed(page: Page, report: Path) -> None:
    page.open(report / "long.html")
    for share in (0.3, 0.6, 0.9):
        page.click(*middle(page, ".timeline", share))
    assert int(page.run(TURN)) > 250
    assert page.run("document.querySelectorAll('.forces .unit:not(.hidden)').length") == 6


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 1024, 700])
def test_it_fits_a_laptop_in_light_and_dark(browser: Chromium, report: Path, width: int, dark: bool) -> None:
    tab = browser.new_page(width, 720, dark=dark)
    tab.open(report / "duel.html")
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    assert tab.run("getComputedStyle(document.body).color") != tab.run(
        "getComputedStyle(document.body).backgroundColor"
    )
    assert tab.problems == []
    tab.close()


CONTRAST = """(() => {
  const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const light = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const least = {};
  for (const ink of ["ink", "soft", "accent", "own", "enemy", "good", "warn", "bad", "fail", "mail"]) {
    const ratios = ["surface", "sunken"].map((paper) => [light(value(ink)), light(value(paper))].sort((a, b) => b - a))
      .map(([high, low]) => (high + 0.05) / (low + 0.05));
    least[ink] = Math.min(...ratios);
  }
  return least;
})()"""


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_can_be_told_from_its_ground(browser: Chromium, report: Path, dark: bool) -> None:
    tab = browser.new_page(dark=dark)
    tab.open(report / "duel.html")
    contrast = tab.run(CONTRAST)
    tab.close()
    assert {name: ratio for name, ratio in contrast.items() if ratio < 4.5} == {}  # WCAG 2.2, level AA


def test_an_episode_that_was_cut_off_is_shown_up_to_there(page: Page, tmp_path: Path) -> None:
    path = write_trace(tmp_path / "run" / "cut.jsonl.part", duel()[:12])
    with path.open("a") as file:
        file.write('{"event":"Observed","turn":3,"uni')
    write_report(tmp_path / "run", tmp_path / "report")
    page.open(tmp_path / "report" / "episodes" / "cut.html")
    assert "cut off" in page.text(".notes")
    assert page.text(".top .badge").lower() == "cut off"
    page.press("End")
    assert page.run(TURN) == "2"


def test_an_episode_without_a_single_picture_of_the_map(page: Page, tmp_path: Path) -> None:
    write_trace(tmp_path / "run" / "bare.jsonl", [started(), ended(0, "fault")])
    write_report(tmp_path / "run", tmp_path / "report")
    page.open(tmp_path / "report" / "episodes" / "bare.html")
    for key in ("ArrowRight", "End", "n", " ", "2", "0", "+"):
        page.press(key)
    assert page.text(".top .badge").lower() == "fault"


def test_pictures_that_the_agent_was_shown(page: Page, tmp_path: Path) -> None:
    here = situation(two_stalkers_three_zealots())
    shown = Asked(0, "Commander", "Time 0:00", enclose(draw_pictures(here, ["screen", "minimap"])))
    path = tmp_path / "run" / "seen.jsonl"
    with TraceWriter(path) as trace:
        take = filed(trace, album_of(path))
        for event in (started(), observed(0, [row(1, "Stalker", "s", 8, 8)]), shown, *words(0)[1:], ended(1)):
            take(event)
    write_report(tmp_path / "run", tmp_path / "report")
    page.open(tmp_path / "report" / "episodes" / "seen.html")
    page.run("document.querySelector('.turns summary').click()")
    page.until("document.querySelector('.turns img')?.naturalWidth === 512")
    assert page.run("document.querySelectorAll('.turns figure').length") == 3
    assert "Screen of team Stalker: 24 x 24 cells, in cells of the map." in page.text(".turns")


def test_pictures_that_were_not_kept_are_told_as_such(page: Page, tmp_path: Path) -> None:
    lost = [["Screen of team Stalker", ""], ["Minimap", "../../secret.png"]]
    events = [started(), observed(0, [row(1, "Stalker", "s", 8, 8)]), *words(0, pictures=lost), ended(1)]
    write_trace(tmp_path / "run" / "seen.jsonl", events)
    write_report(tmp_path / "run", tmp_path / "report")
    page.open(tmp_path / "report" / "episodes" / "seen.html")
    page.run("document.querySelector('.turns summary').click()")
    page.until("document.querySelectorAll('.turns figure').length === 2")
    assert page.run("document.querySelectorAll('.turns img').length") == 0
    assert page.text(".turns").count("This picture was not kept; --save-images keeps them.") == 2


def test_a_change_of_colours_is_followed_at_once(page: Page, report: Path) -> None:
    page.open(report / "duel.html")
    drawn = page.run(MAP)
    page.size(1280, 800, dark=True)
    time.sleep(0.1)
    page.settle()
    assert page.run(MAP) != drawn
