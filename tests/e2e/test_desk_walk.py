"""A facilitator at her desk: screens a request, introduces two others, hands her cases over; in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import axe_findings
from tests.e2e.cases import Waiting, case_in
from tests.e2e.people import sign_in_as
from tests.e2e.site import Site
from tests.e2e.visits import PHONE, Device
from tests.e2e.wording import words_in

Say = Callable[[str], str]
Visit = Callable[..., Page]


@pytest.fixture(params=["da", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def say(language: str) -> Say:
    return words_in(language)


@pytest.fixture
def waiting(site: Site) -> Waiting:
    return case_in(site)


@pytest.fixture
def desk(visit: Visit, language: str, say: Say, waiting: Waiting) -> Page:
    """The facilitator has just sat down."""
    page = visit()
    sign_in_as(page, "facilitator", language=language)
    page.get_by_role("navigation", name=say("Main menu")).get_by_role("link", name=say("Desk")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Desk"))
    return page


def screens(page: Page, say: Say, waiting: Waiting) -> None:
    page.locator(f'[data-row][href$="/desk/screen/{waiting.request}/"]').click()
    expect(page.get_by_role("main")).to_contain_text("En times samtale om en skinne")
    assert axe_findings(page) == []
    page.get_by_role("group", name=say("Unmet need")).get_by_role("radio", name=say("Good")).check()
    page.get_by_role("group", name=say("Payer")).get_by_role("radio", name=say("Weak")).check()
    page.get_by_label(say("Your note")).fill("God sag, betaleren mangler.")
    page.get_by_role("button", name=say("Pass it on")).click()
    expect(page.get_by_role("alert")).to_contain_text(waiting.asked)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Desk"))


def introduces(page: Page, say: Say, waiting: Waiting) -> None:
    """Two names and two presses: the reason is there already."""
    page.get_by_role("link", name=say("Introduce two others")).click()
    assert axe_findings(page) == []
    page.get_by_label(say("Who seeks")).fill(waiting.seeker)
    page.get_by_label(say("Who could help")).fill(waiting.helper)
    page.get_by_role("button", name=say("Go on")).click()
    reason = page.get_by_label(say("Why these two")).input_value()
    assert (waiting.seeker in reason, waiting.helper in reason) == (True, True)
    assert axe_findings(page) == []
    page.get_by_role("button", name=say("Send to both")).click()
    expect(page.get_by_role("alert")).to_contain_text(waiting.helper)
    expect(page.get_by_role("main")).to_contain_text(say("For the hub only"))
    expect(page.get_by_role("main")).to_contain_text(reason.splitlines()[0])
    assert axe_findings(page) == []


def hands_over(page: Page, say: Say) -> None:
    page.get_by_role("navigation", name=say("Main menu")).get_by_role("link", name=say("Desk")).click()
    page.get_by_role("link", name=say("Hand over my cases")).click()
    assert axe_findings(page) == []
    page.get_by_label(say("Who takes over")).select_option(label="Administrator i demoen")
    page.get_by_label(say("What they should know")).fill("Jeg er væk i uge 30.")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("Administrator i demoen")


def test_facilitators_monday(desk: Page, say: Say, waiting: Waiting) -> None:
    assert axe_findings(desk) == []
    screens(desk, say, waiting)
    introduces(desk, say, waiting)
    hands_over(desk, say)


def test_hub_page_and_settings_can_be_used_by_everybody(desk: Page, say: Say) -> None:
    for link in ("The hub", "Settings"):
        desk.get_by_role("navigation", name=say("Main menu")).get_by_role("link", name=say(link)).click()
        expect(desk.get_by_role("heading", level=1)).to_be_visible()
        assert axe_findings(desk) == []
    desk.get_by_role("link", name=say("How contacts are made")).click()
    expect(desk.get_by_role("main")).to_contain_text(say("Days to answer"))
    assert axe_findings(desk) == []


def test_list_is_walked_with_keys_only_while_one_is_in_it(desk: Page) -> None:
    rows = desk.locator("[data-row]")
    desk.keyboard.press("j")
    expect(rows.first).not_to_be_focused()

    rows.first.focus()
    desk.keyboard.press("k")
    expect(rows.first).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.get_by_role("group").first).to_be_visible()


def test_desk_is_worked_on_a_phone(visit: Visit, say: Say, language: str, waiting: Waiting) -> None:
    page = visit(Device(size=PHONE, dark=True, touch=True))
    sign_in_as(page, "facilitator", language=language)
    page.goto("/desk/" if language == "da" else "/en/desk/")

    expect(page.get_by_role("link", name=say("Read and decide")).first).to_be_visible()

    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
