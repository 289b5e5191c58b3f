"""What is half written survives a reload, goes once it is saved, and is never another person's."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.people import sign_in_as
from tests.e2e.visits import address_of
from tests.e2e.wording import words_in

FORM = "/my-profile/haandled-og-co/texts/new/"
FIRM = "firma (Håndled"
HALF = "Vi mangler en, der kan sy"
say = words_in("da")

Visit = Callable[..., Page]


def begin_to_write(page: Page) -> None:
    sign_in_as(page, FIRM)
    page.goto(FORM)
    page.get_by_label(say("Something we offer")).check()
    page.get_by_label(say("Text"), exact=True).fill(HALF)
    page.locator("[name=visibility][value=members]").check()


def test_half_written_text_survives_a_reload(visit: Visit) -> None:
    page = visit()
    begin_to_write(page)

    page.reload()

    expect(page.get_by_label(say("Text"), exact=True)).to_have_value(HALF)
    expect(page.get_by_label(say("Something we offer"))).to_be_checked()
    expect(page.locator("[name=visibility][value=members]")).to_be_checked()


def test_half_written_text_survives_going_away_and_back(visit: Visit) -> None:
    page = visit()
    begin_to_write(page)

    page.get_by_role("link", name=say("Search")).first.click()
    page.goto(FORM)

    expect(page.get_by_label(say("Text"), exact=True)).to_have_value(HALF)


def test_saved_text_leaves_an_empty_form(visit: Visit) -> None:
    page = visit()
    begin_to_write(page)
    page.get_by_role("button", name=say("Save")).click()
    expect(page.get_by_role("alert")).to_contain_text(say("Saved."))

    page.goto(FORM)

    expect(page.get_by_label(say("Text"), exact=True)).to_have_value("")
    remove(page)


def remove(page: Page) -> None:
    """For the other walks: the profile is as it was."""
    page.goto("/my-profile/haandled-og-co/")
    text = page.get_by_role("article").filter(has_text=HALF)
    text.get_by_role("link", name=say("Remove")).click()
    page.get_by_role("button", name=say("Remove it")).click()
    expect(page.get_by_role("alert")).to_contain_text(say("The text is removed."))


def test_next_person_at_the_same_browser_sees_nothing_of_it(visit: Visit) -> None:
    page = visit()
    begin_to_write(page)
    page.get_by_role("link", name=say("Sign out")).click()
    page.get_by_role("main").get_by_role("button", name=say("Sign out")).click()

    sign_in_as(page, "administrator")
    page.goto(FORM)

    assert address_of(page) == FORM
    expect(page.get_by_label(say("Text"), exact=True)).to_have_value("")
