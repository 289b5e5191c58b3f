"""A facilitator opens recommendations for any profile; a member only for the own one."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Page, expect

from demo.loading import read_profile_rows
from demo.serving import ROOT
from demo.year.bodies import BODY_FILES
from tests.e2e.cards import read_cards
from tests.e2e.people import sign_in_as
from tests.e2e.wording import words_in

FIRM, FIRM_NAME = "saarvang-medical", "Saarvang Medical"
say = words_in("da")

Visit = Callable[..., Page]


@pytest.fixture
def facilitator(visit: Visit) -> Page:
    """The recommendations for a firm that is not the facilitator's own, found on the way she would go."""
    page = visit()
    sign_in_as(page, "facilitator")
    page.get_by_role("link", name=say("For you")).click()
    expect(page.get_by_role("main")).to_contain_text(
        say("You speak for no profile yourself. Find one, open it and choose “See who fits”.")
    )
    page.get_by_role("searchbox").fill(FIRM_NAME)
    page.get_by_role("searchbox").press("Enter")
    page.goto(f"/profiles/{FIRM}/")
    page.get_by_role("link", name=say("See who fits")).click()
    expect(page).to_have_url(f"{page.url.split('/for-you')[0]}/for-you/{FIRM}/")
    return page


def slugs(page: Page) -> list[str]:
    return [Path(card.address).name for card in read_cards(page)]


def open_tab(page: Page, name: str) -> None:
    tabs = page.get_by_role("navigation", name=say("Kind of match"))
    tabs.get_by_role("link", name=say(name)).click()
    expect(tabs.get_by_role("link", name=say(name))).to_have_attribute("aria-current", "page")


def participants() -> set[str]:
    """Whom the demo's file names, and the invented, who all come."""
    written = yaml.safe_load((ROOT / "demo/data/events.yaml").read_text(encoding="utf-8"))[0]["participants"]
    bodies = {row["key"] for row in read_profile_rows(files=BODY_FILES)}
    invented = {row["key"] for row in read_profile_rows() if row["kind"] in {"firm", "investor", "adviser"}}
    return {*written, *bodies, *invented}


def test_lists_are_told_in_the_name_of_the_firm(facilitator: Page) -> None:
    labels = set(facilitator.locator(".bank-label > span:first-child").all_inner_texts())

    own = {say("%(name)s offers") % {"name": FIRM_NAME}, say("%(name)s seeks") % {"name": FIRM_NAME}}
    assert labels <= own | {say("They offer"), say("They seek"), say("About them")}
    assert labels & own != set()
    assert FIRM not in slugs(facilitator)


def test_project_shows_missing_roles_first(facilitator: Page) -> None:
    open_tab(facilitator, "Collaboration project")

    groups = [group.get_attribute("id") or "" for group in facilitator.locator("section.role-group").all()]
    missing = [group for group in groups if group.startswith("part-")]
    assert missing == ["part-knowledge", "part-public"]
    assert groups[: len(missing)] == missing
    jumps = facilitator.get_by_role("navigation", name=say("Parts that the project lacks"))
    assert [each.get_attribute("href") for each in jumps.get_by_role("link").all()] == [
        f"#{group}" for group in missing
    ]
    assert [len(read_cards(facilitator.locator(f"#{group}"))) > 0 for group in missing] == [True, True]


def test_event_shows_participants_only(facilitator: Page) -> None:
    elsewhere = set(slugs(facilitator))
    assert elsewhere - participants() != set()

    open_tab(facilitator, "Event meeting")

    found = slugs(facilitator)
    assert len(found) > 5
    assert set(found) - participants() == set()
    expect(facilitator.get_by_role("main")).to_contain_text("Medico Bazar 2027")
    expect(facilitator.get_by_role("main")).to_contain_text("18. marts 2027")


def test_member_does_not_see_what_fits_another_profile(visit: Visit) -> None:
    page = visit()
    sign_in_as(page, "kommune (Hjemmeplejen")

    answer = page.goto(f"/for-you/{FIRM}/")

    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text(say("This page is not open to you"))
    assert page.locator(".bridge-card").count() == 0


def test_visitor_is_asked_to_sign_in_and_comes_back(visit: Visit) -> None:
    page = visit()

    page.goto(f"/for-you/{FIRM}/?purpose=event")

    expect(page.get_by_role("heading", level=1)).to_have_text(say("Sign in"))
    assert "next=/for-you/saarvang-medical/%3Fpurpose%3Devent" in page.url
