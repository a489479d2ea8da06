from collections.abc import Iterator

import pytest

from tests.browser.chromium import NAMES, Chromium, Page, find_chromium


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reason = ""
    if not config.getoption("--browser"):
        reason = "needs a browser; run with --browser"
    elif find_chromium() is None:
        reason = f"no browser here: none of {', '.join(NAMES)}; on Debian: apt-get install chromium"
    for item in items:
        if "browser" in item.path.parts and reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = find_chromium()
    assert program is not None
    with Chromium(program, tmp_path_factory.mktemp("profile")) as chromium:
        yield chromium


@pytest.fixture
def page(browser: Chromium) -> Iterator[Page]:
    """A tab of a laptop's size; at the end it must not have complained, nor asked anybody but this machine."""
    tab = browser.new_page()
    yield tab
    assert tab.problems == []
    assert [url for url in tab.requests if not url.startswith(("file:///", "data:", "http://127.0.0.1:"))] == []
    tab.close()
