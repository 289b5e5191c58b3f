"""Every kind of page in both languages, by day at a desk and by night on a phone: whoever comes can use it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.accessibility import SIDEWAYS, axe_findings
from tests.e2e.crowd import Crowd
from tests.e2e.page_types import PAGE_TYPES, PageType
from tests.e2e.site import Site
from tests.e2e.visits import DESK, PHONE, Complaints
from tests.e2e.wording import foreign_phrases

NARROWEST = (320, 640)
# What stands on the page for eyes and ears, without what is marked as another language.
TEXT = """quotes => {
  const left = document.documentElement.cloneNode(true);
  const others = ["script", "style", "code", "pre", "html [lang]", quotes].filter(Boolean).join(",");
  left.querySelectorAll(others).forEach((each) => each.remove());
  const said = ["aria-label", "title", "placeholder", "alt"].flatMap(
    (name) => [...left.querySelectorAll(`[${name}]`)].map((each) => each.getAttribute(name))
  );
  said.push(left.querySelector("meta[name=description]")?.content ?? "", left.querySelector("title").textContent);
  return [...said, left.querySelector("body").textContent].join("\\n").replace(/\\s+/g, " ");
}"""


@dataclass(frozen=True)
class Impression:
    """What was found on one page; `axe` by device, `sideways` by width what reaches past the edge."""

    language: str
    says: str
    headings: int
    complaints: list[str]
    axe: dict[str, list[str]]
    sideways: dict[int, list[str]]


@pytest.fixture(scope="module")
def crowd(site: Site, started_browser: Browser) -> Crowd:
    return Crowd(started_browser, site.address)


@pytest.fixture(scope="module", params=["da", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=PAGE_TYPES, ids=lambda page_type: page_type.name)
def impression(request: pytest.FixtureRequest, crowd: Crowd, language: str) -> Iterator[Impression]:
    """Each page is opened once and then looked at from all sides."""
    page_type: PageType = request.param
    page = crowd.page_of(page_type.role, language)
    complaints = Complaints()
    complaints.watch(page)
    page_type.open(page, language)
    yield look_at(page, page_type, complaints)
    page.close()


def look_at(page: Page, page_type: PageType, complaints: Complaints) -> Impression:
    axe, sideways = {}, {}
    _hold(page, DESK, dark=False)
    axe["desk"] = axe_findings(page)
    for size in (NARROWEST, PHONE):
        _hold(page, size, dark=True)
        sideways[size[0]] = page.evaluate(SIDEWAYS)
    axe["phone in the dark"] = axe_findings(page)
    return Impression(
        language=page.locator("html").get_attribute("lang") or "",
        says=page.evaluate(TEXT, page_type.quotes),
        headings=page.get_by_role("heading", level=1).count(),
        complaints=complaints.lines,
        axe=axe,
        sideways=sideways,
    )


def _hold(page: Page, size: tuple[int, int], *, dark: bool) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")


def test_page_is_accessible(impression: Impression) -> None:
    assert impression.axe == {"desk": [], "phone in the dark": []}


def test_page_makes_the_browser_complain_of_nothing(impression: Impression) -> None:
    assert impression.complaints == []


def test_page_fits_a_phone_without_scrolling_sideways(impression: Impression) -> None:
    assert impression.sideways == {320: [], 390: []}


def test_page_speaks_its_language_only(impression: Impression, language: str) -> None:
    assert impression.language == language
    assert [phrase for phrase in foreign_phrases(language) if phrase in impression.says] == []


def test_page_has_one_title(impression: Impression) -> None:
    assert impression.headings == 1


def test_page_in_the_wrong_language_would_be_noticed() -> None:
    assert "Who you are and what you do, in words that a stranger understands." in foreign_phrases("da")
    assert "Hvem I er, og hvad I laver, med ord, som en fremmed forstår." in foreign_phrases("en")
