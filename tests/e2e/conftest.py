"""One site and one browser for all walks, and pages that note every complaint of the browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.chromium import NoBrowserError, chromium
from tests.e2e.site import Site, serving
from tests.e2e.visits import Complaints, Device, open_page
from tests.operations.first_demo import FirstDemo

HERE = Path(__file__).parent
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every walk can be chosen, or left out, by its mark."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The browser of the test run; without one the walks are skipped, and with CI=true they fail."""
    try:
        return chromium()
    except NoBrowserError as error:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"THE BROWSER TESTS CANNOT RUN: {error}")
        pytest.skip(f"THE BROWSER TESTS DO NOT RUN: {error}")


@pytest.fixture(scope="package")
def site(browser_path: str, first_demo: FirstDemo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served by two web processes and an indexer."""
    data = tmp_path_factory.mktemp("site")
    first_demo.copy_data(data)
    with serving(data) as site:
        yield site


@pytest.fixture(scope="package")
def started_browser(browser_path: str) -> Iterator[Browser]:
    """Ends with this package: while it runs, Django takes the thread for an asynchronous one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, started_browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of a person of its own; `Device` says with what. No page may make the browser complain."""
    complaints = Complaints()
    pages: list[Page] = []

    def begin(device: Device = Device()) -> Page:  # noqa: B008
        page = open_page(started_browser, site.address, device, complaints)
        pages.append(page)
        return page

    yield begin
    for page in pages:
        page.context.close()
    assert complaints.lines == []
