"""The pages of events in both languages, one by day at a desk, one by night on a phone: whoever comes can use them."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.accessibility import SIDEWAYS, axe_findings
from tests.e2e.crowd import Crowd
from tests.e2e.page_types import PageType
from tests.e2e.site import Site
from tests.e2e.test_page_types import TEXT
from tests.e2e.visits import DESK, PHONE, Complaints
from tests.e2e.wording import foreign_phrases

COMING, PAST = "/events/medico-bazar-2027", "/events/medico-bazar-2026"
AIMDAY = "/events/aimday-aldring-2027"
ORGANISE = f"{COMING}/organise"
# What the organiser wrote once, in one language.
WRITTEN = ".event-terms, .event-summary, .event-programme, textarea"
EVENT_PAGES = (
    PageType("events", "visitor", "/events/"),
    PageType("event", "visitor", f"{COMING}/", quotes=WRITTEN),
    PageType("catalogue", "visitor", f"{COMING}/catalogue/"),
    PageType("register", "firm", f"{COMING}/register/", quotes=WRITTEN),
    PageType("me", "firm", f"{COMING}/me/"),
    PageType("others", "firm", f"{COMING}/people/"),
    PageType("requests", "firm", f"{COMING}/requests/", quotes=".wish-text, .asked-text"),
    PageType("agenda", "firm", f"{COMING}/agenda/"),
    PageType("questions", "organiser", f"{AIMDAY}/questions/"),
    PageType("stand", "firm", f"{COMING}/stands/A1/"),
    PageType("new-event", "organiser", "/events/new/"),
    PageType("console", "organiser", f"{ORGANISE}/"),
    PageType("details", "organiser", f"{ORGANISE}/edit/", quotes=WRITTEN),
    PageType("grid", "organiser", f"{ORGANISE}/grid/"),
    PageType("places", "organiser", f"{ORGANISE}/places/"),
    PageType("stands", "organiser", f"{ORGANISE}/stands/"),
    PageType("give-stands", "organiser", f"{ORGANISE}/stands/give/"),
    PageType("people", "organiser", f"{ORGANISE}/people/"),
    PageType("import", "organiser", f"{ORGANISE}/import/"),
    PageType("recommendations", "organiser", f"{ORGANISE}/recommend/"),
    PageType("timetable", "organiser", f"{PAST}/organise/timetable/"),
    PageType("check-in", "organiser", f"{ORGANISE}/check-in/"),
    PageType("wall", "organiser", f"{ORGANISE}/wall/", quotes=".wall-sessions"),
    PageType("groups", "organiser", f"{AIMDAY}/organise/groups/"),
    PageType("report", "organiser", f"{PAST}/organise/report/"),
)


@pytest.fixture(scope="module")
def crowd(site: Site, started_browser: Browser) -> Crowd:
    return Crowd(started_browser, site.address)


@pytest.mark.parametrize("event_page", EVENT_PAGES, ids=lambda page_type: page_type.name)
@pytest.mark.parametrize(("language", "size", "dark"), [("da", PHONE, True), ("en", DESK, False)], ids=["da", "en"])
def test_page_of_an_event_can_be_used(
    crowd: Crowd, event_page: PageType, language: str, size: tuple[int, int], dark: bool
) -> None:
    page, complaints = crowd.page_of(event_page.role, language), Complaints()
    complaints.watch(page)
    event_page.open(page, language)

    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    found = axe_findings(page)
    says = page.evaluate(TEXT, event_page.quotes)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})

    assert found == []
    assert page.evaluate(SIDEWAYS) == []
    assert page.get_by_role("heading", level=1).count() == 1
    assert [phrase for phrase in foreign_phrases(language) if phrase in says] == []
    assert complaints.lines == []
    page.close()
