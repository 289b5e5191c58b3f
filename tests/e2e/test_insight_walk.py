"""A facilitator reads what the ranking learnt, lets a shadow rank for a reason, and goes back with one click."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.accessibility import SIDEWAYS, axe_findings
from tests.e2e.crowd import LOCALES, Crowd
from tests.e2e.people import sign_in_as
from tests.e2e.rankers import shadow_in
from tests.e2e.site import Site
from tests.e2e.visits import DESK, PHONE, Complaints, Device
from tests.e2e.wording import words_in

Visit = Callable[..., Page]
Say = Callable[[str], str]
STAFF = {
    "facilitator": {"da": "facilitator", "en": "a facilitator"},
    "administrator": {"da": "administrator", "en": "a hub administrator"},
}
REASON = "De små afdelinger siger oftere ja, og det ser vi også ved skrivebordet."


@pytest.fixture(params=["da", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def crowd(site: Site, started_browser: Browser) -> Crowd:
    """Whoever only looks stays signed in."""
    return Crowd(started_browser, site.address)


@pytest.fixture(scope="module")
def shadow(site: Site) -> int:
    """A ranker to look at: training takes seconds, and looking changes nothing."""
    return shadow_in(site)


def start(language: str) -> str:
    return "" if language == "da" else "/en"


def signed_in(visit: Visit, role: str, language: str) -> Page:
    page = visit(Device(LOCALES[language]))
    sign_in_as(page, STAFF[role][language], language=language)
    return page


def assert_accessible(page: Page) -> None:
    for size, dark in ((DESK, False), (PHONE, True)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        assert axe_findings(page) == []
        assert page.evaluate(SIDEWAYS) == []


def ranker(number: int, say: Say) -> str:
    return say("Ranker %(number)s") % {"number": number}


def number_in_force(page: Page, language: str) -> int:
    page.goto(f"{start(language)}/insight/")
    named = page.locator("section[aria-labelledby=now-title] .insight-figure").inner_text()
    return int(re.sub(r"\D", "", named))


def test_shadow_takes_over_for_a_reason_and_goes_back(visit: Visit, site: Site, language: str) -> None:
    say, shadow = words_in(language), shadow_in(site)
    page = signed_in(visit, "facilitator", language)
    before = number_in_force(page, language)

    page.get_by_role("navigation", name=say("Main menu")).get_by_role("link", name=say("Insight")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Insight"))
    page.get_by_role("link", name=ranker(shadow, say), exact=True).first.click()
    let_it = say("Let this ranker rank")
    page.get_by_role("button", name=let_it).click()
    expect(page.locator("#errors")).to_contain_text(say("Fill this in."))
    page.get_by_label(say("Why should it?")).fill(REASON)
    page.get_by_role("button", name=let_it).click()
    expect(page.get_by_role("main")).to_contain_text(
        say("Ranker %(number)d orders the lists from now on.") % {"number": shadow}
    )
    expect(page.get_by_role("main")).to_contain_text(REASON)
    assert number_in_force(page, language) == shadow

    page.goto(f"{start(language)}/insight/rankers/{shadow}/")
    page.get_by_role("button", name=say("Go back to ranker %(number)s") % {"number": before}).click()

    expect(page.get_by_role("main")).to_contain_text(
        say("Ranker %(number)d orders the lists again.") % {"number": before}
    )
    assert number_in_force(page, language) == before


@pytest.mark.parametrize(
    "path",
    ["insight/", "insight/rankers/", "insight/rankers/{shadow}/", "insight/rankers/{shadow}/?stage=asks",
     "insight/fairness/", "insight/log/", "settings/ranker/", "settings/ranker/accepts/same_region/",
     "settings/ranker/values/meeting_held/"],
)  # fmt: skip
def test_pages_of_insight_are_accessible(crowd: Crowd, shadow: int, language: str, path: str) -> None:
    page, complaints = crowd.page_of("administrator", language), Complaints()
    complaints.watch(page)

    answer = page.goto(f"{start(language)}/{path.format(shadow=shadow)}")

    assert answer is not None
    assert answer.status == 200
    assert page.get_by_role("heading", level=1).count() == 1
    assert_accessible(page)
    assert complaints.lines == []
    page.close()


def test_administrator_sees_a_weight_otherwise_and_says_why(visit: Visit, language: str) -> None:
    say = words_in(language)
    page = signed_in(visit, "administrator", language)
    page.goto(f"{start(language)}/settings/ranker/accepts/same_region/")

    page.get_by_label(say("The hub's weight")).fill("0,3")
    page.get_by_label(say("Why is this right for the hub?")).fill("Her er der kort vej.")
    page.get_by_role("button", name=say("Save")).click()

    row = page.get_by_role("row").filter(has_text=say("The same region"))
    expect(row).to_contain_text("Her er der kort vej.")
    row.get_by_role("link", name=re.compile(say("Change"))).click()
    page.get_by_label(say("The hub's weight")).fill("")
    page.get_by_label(say("Why is this right for the hub?")).fill("Vi følger eksperten.")
    page.get_by_role("button", name=say("Save")).click()
    expect(page.get_by_role("row").filter(has_text=say("The same region"))).to_contain_text(say("the same"))
