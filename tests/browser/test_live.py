"""The live page, in a real browser: it follows, it can be stopped, and it survives the end."""

from llm_pysc2.dialogue.pictures import draw_pictures
from llm_pysc2.evaluation.live import Feed, LiveServer
from llm_pysc2.orchestrator.trace_images import enclose
from tests.browser.chromium import Page
from tests.traces import duel, hostile, observed, row, started, words
from tests.worlds import situation, two_stalkers_three_zealots

TURN = "document.documentElement.dataset.turn"


def test_it_follows_an_episode_and_the_next_one(page: Page) -> None:
    feed = Feed()
    events = duel()
    with LiveServer(feed, port=0) as server:
        page.open(server.url, wait=False)
        page.until("document.querySelector('h1')?.innerText === 'Waiting for an episode'")
        for event in events[:7]:
            feed(event)
        page.until(f"{TURN} === '1'")
        assert page.text(".top .badge").lower() == "live"
        for event in events[7:]:
            feed(event)
        page.until(f"{TURN} === '5'")
        page.until("document.querySelector('.top .badge').innerText.toLowerCase() === 'win'")
        for event in duel("scripted/random", seed=8)[:4]:
            feed(event)
        page.until(f"document.querySelector('.facts').innerText.includes('seed 8') && {TURN} === '0'")
        page.until("document.querySelector('.top .badge').innerText.toLowerCase() === 'live'")


def test_pictures_come_with_the_stream(page: Page) -> None:
    feed = Feed()
    shown = enclose(draw_pictures(situation(two_stalkers_three_zealots()), ["minimap"]))
    with LiveServer(feed, port=0) as server:
        page.open(server.url, wait=False)
        for event in (started(), observed(0, [row(1, "Stalker", "s", 8, 8)]), *words(0, pictures=shown)):
            feed(event)
        page.until("document.querySelector('.turns summary')")
        page.run("document.querySelector('.turns summary').click()")
        page.until("document.querySelector('.turns img')?.naturalWidth === 448")


def test_who_comes_late_sees_all_and_who_looks_back_is_left_alone(page: Page) -> None:
    feed = Feed()
    events = duel()
    for event in events[:15]:
        feed(event)
    with LiveServer(feed, port=0) as server:
        page.open(server.url)
        page.until(f"{TURN} === '3'")
        page.press("Home")
        page.until(f"{TURN} === '0'")
        for event in events[15:]:
            feed(event)
        page.until("document.querySelector('.clock').innerText.includes('of 5')")
        assert page.run(TURN) == "0"
        page.press("l")
        page.until(f"{TURN} === '5'")


def test_hostile_texts_are_text_here_too(page: Page) -> None:
    feed = Feed()
    for event in hostile():
        feed(event)
    with LiveServer(feed, port=0) as server:
        page.open(server.url)
        page.until("document.querySelector('.turns .accepted')")
        assert page.run("document.querySelectorAll('img').length") == 0
        assert page.run("document.scripts.length") == 2
