"""Markup written by strangers is text everywhere, and pages that are refused keep the look."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import sign_in_by_code
from tests.e2e.wording import words_in

MARKUP = '<script>window.taken=1</script><img src=x onerror="window.taken=1">'
NAME = f"Skumringen {MARKUP}"
OFFER = f"Vi udlåner en skumringslampe. {MARKUP}</textarea></p>"
say = words_in("da")

Visit = Callable[..., Page]


def is_only_text(page: Page) -> bool:
    """Whether nothing of the markup became part of the page."""
    return bool(page.evaluate("window.taken === undefined && !document.querySelector('img[src=x], main script')"))


@pytest.fixture
def own_page(visit: Visit, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Of somebody who wrote markup into every field; the profile is paused afterwards, for the other walks."""
    page = visit()
    page.goto("/")
    sign_in_by_code(page, "skummel@fremmed.example")
    page.goto("/start/")
    page.get_by_label(say("Organisation"), exact=True).fill(NAME)
    page.get_by_label(say("What you do")).fill(OFFER)
    page.get_by_role("button", name=say("Save and go on")).click()
    page.get_by_label(say("What you offer")).fill(OFFER)
    page.get_by_role("button", name=say("Save and go on")).click()
    page.get_by_role("button", name=say("Open the profile")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Who fits you"))
    yield page
    page.get_by_role("link", name=say("My profile")).click()
    page.get_by_role("button", name=say("Pause the profile")).click()


def test_markup_in_texts_is_shown_as_text(own_page: Page) -> None:
    assert is_only_text(own_page)

    own_page.get_by_role("link", name=say("My profile")).click()
    expect(own_page.get_by_role("heading", level=1)).to_have_text(NAME)
    assert is_only_text(own_page)

    own_page.get_by_role("link", name=say("See it as others do")).click()
    expect(own_page.get_by_role("heading", level=1)).to_have_text(NAME)
    assert OFFER in own_page.get_by_role("main").inner_text()
    assert is_only_text(own_page)

    own_page.goto("/search/?q=skumringslampe")
    card = own_page.get_by_role("article").filter(has=own_page.get_by_role("heading", name="Skumringen"))
    expect(card).to_contain_text(MARKUP)
    assert is_only_text(own_page)


def test_markup_in_a_search_is_shown_as_text(visit: Visit) -> None:
    page = visit()
    page.goto("/")

    page.get_by_role("searchbox").fill(f'"{MARKUP}')
    page.get_by_role("searchbox").press("Enter")

    expect(page.get_by_role("searchbox")).to_have_value(f'"{MARKUP}')
    expect(page.locator("#results-status")).to_be_visible()
    assert is_only_text(page)


@pytest.mark.parametrize("path", ["/profiles/findes-ikke/", "/findes/slet/ikke/", "/my-profile/%00/"])
def test_missing_page_keeps_the_look(visit: Visit, path: str) -> None:
    page = visit()

    answer = page.goto(path)

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text(say("We cannot find the page"))
    expect(page.get_by_role("banner")).to_contain_text("Videnbro")
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.get_by_role("link", name=say("Go to the first page"))).to_be_visible()


def test_form_without_its_mark_is_refused_in_the_look(visit: Visit) -> None:
    page = visit()
    page.goto("/account/login/")
    page.context.clear_cookies()

    page.get_by_label(say("E-mail address")).fill("nogen@firma.example")
    with page.expect_navigation() as answered:
        page.get_by_role("button", name=say("Mail me a code")).click()

    assert answered.value.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text(say("The form was open too long"))
    expect(page.get_by_role("banner")).to_contain_text("Videnbro")


def test_very_long_question_is_answered_in_words(visit: Visit) -> None:
    page = visit()
    page.goto("/search/")

    page.get_by_role("searchbox").focus()
    page.keyboard.insert_text("fald på plejehjem " * 500)
    page.keyboard.press("Enter")

    expect(page.locator("#results-status strong, #search-complaint, #notice .notice--error")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Search"))
