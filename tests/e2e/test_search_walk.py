"""Search as people expect it: results while typing, keys, mistakes, filters to open, more alike, searches to keep."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, expect

from tests.e2e.cards import read_cards
from tests.e2e.people import sign_in_as
from tests.e2e.visits import PHONE, Device, address_of
from tests.e2e.wording import words_in

say = words_in("da")
MEMBER = "kommune (Hjemmeplejen"
BETWEEN_KEYS_MILLISECONDS = 60

Visit = Callable[..., Page]


def searches_of(page: Page) -> list[str]:
    """The words of every search that the page asks for from now on."""
    asked: list[str] = []

    def note(address: str) -> None:
        words = parse_qs(urlsplit(address).query).get("q")
        if words and "/search/?" in address:
            asked.append(words[0])

    page.on("request", lambda request: note(request.url))
    return asked


def type_words(page: Page, words: str) -> None:
    """Letter by letter, as fast as people do, into the search box of the search page."""
    page.get_by_role("searchbox").press_sequentially(words, delay=BETWEEN_KEYS_MILLISECONDS)


def shows_results_for(page: Page, words: str) -> None:
    """Wait for them.

    Raises: AssertionError when they do not come.
    """
    expect(page.locator("#found")).to_have_attribute("data-words", words)


def test_results_come_while_typing_and_the_address_follows(visit: Visit) -> None:
    page = visit()
    page.goto("/search/")
    page.evaluate("window.isStillThisPage = true")
    asked = searches_of(page)

    type_words(page, "tryksår")
    shows_results_for(page, "tryksår")
    before = [card.name for card in read_cards(page)]
    type_words(page, " hos børn")
    shows_results_for(page, "tryksår hos børn")

    assert [card.name for card in read_cards(page)] != before
    assert {card.ours for card in read_cards(page)} == {"tryksår hos børn"}
    assert address_of(page) == "/search/?q=tryks%C3%A5r+hos+b%C3%B8rn"
    assert len(asked) < len("tryksår hos børn")
    assert page.evaluate("window.isStillThisPage") is True
    expect(page).to_have_title(re.compile("tryksår hos børn"))
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.evaluate("document.activeElement.selectionStart") == len("tryksår hos børn")
    expect(page.get_by_role("status")).not_to_be_empty()


def test_one_letter_asks_nothing(visit: Visit) -> None:
    page = visit()
    page.goto("/search/")
    asked = searches_of(page)

    type_words(page, "t ")
    page.wait_for_timeout(800)
    assert asked == []

    type_words(page, "r")
    shows_results_for(page, "t r")
    assert asked == ["t r"]


def test_answer_to_words_taken_back_never_comes_in(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=fald")
    held: list[Route] = []
    page.route("**/search/?q=falde*", lambda route: held.append(route))

    with page.expect_request("**/search/?q=falde*"):
        page.get_by_role("searchbox").press("End")
        page.keyboard.type("e")
    with page.expect_event("requestfailed"):
        page.keyboard.press("Backspace")

    assert len(held) == 1
    expect(page.locator("#found")).to_have_attribute("data-words", "fald")
    assert address_of(page) == "/search/?q=fald"


def test_going_back_leaves_the_whole_word(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=fald")
    first = [card.name for card in read_cards(page)]
    page.get_by_role("searchbox").fill("")
    for words in ("sensor", "sensor til sår", "sensor til sår hos ældre"):
        page.get_by_role("searchbox").fill(words)
        shows_results_for(page, words)

    page.go_back()

    shows_results_for(page, "fald")
    assert address_of(page) == "/search/?q=fald"
    assert [card.name for card in read_cards(page)] == first
    expect(page.get_by_role("searchbox")).to_have_value("fald")


def test_typed_search_can_be_shared(visit: Visit) -> None:
    page = visit()
    page.goto("/search/")
    type_words(page, "færre fald om natten")
    shows_results_for(page, "færre fald om natten")
    found = [card.name for card in read_cards(page)]

    friend = visit(Device(scripts=False))
    friend.goto(address_of(page))

    names = [card.name for card in read_cards(friend)]
    # Two processes may order what is all but equal differently further down.
    assert (names[:5], sorted(names)) == (found[:5], sorted(found))
    expect(friend.get_by_role("searchbox")).to_have_value("færre fald om natten")


def test_filters_stay_while_typing(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=sensor")
    page.get_by_role("group", name="Region").get_by_label("Region Midtjylland").check()
    expect(page).to_have_url(re.compile("region=1082"))

    page.get_by_role("searchbox").fill("sensor til tryksår")

    shows_results_for(page, "sensor til tryksår")
    assert address_of(page) == "/search/?q=sensor+til+tryks%C3%A5r&region=1082"
    expect(page.get_by_label("Region Midtjylland")).to_be_checked()
    assert {card.facts[-1] for card in read_cards(page)} == {"Region Midtjylland"}


def test_keys_lead_to_the_box_through_the_results_and_back(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=fald")
    names = [card.name for card in read_cards(page)]

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    focused = page.locator(":focus")
    expect(focused).to_contain_text(names[1])
    expect(focused).to_be_in_viewport()
    page.keyboard.press("ArrowUp")
    expect(page.locator(":focus")).to_contain_text(names[0])
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()

    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.locator("#hits")).to_contain_text(say("What do you need, or what do you offer?"))
    assert address_of(page) == "/search/"


def test_single_key_can_be_switched_off_and_stays_off(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=fald")
    switch = page.get_by_role("button", name=say("Use these keys"))

    switch.click()
    page.reload()

    expect(switch).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


def test_mistyped_word_finds_all_the_same(visit: Visit) -> None:
    page = visit()
    page.goto("/search/")

    type_words(page, "trykksår")
    shows_results_for(page, "trykksår")

    suggestion = page.locator(".suggestion").get_by_role("link", name="tryksår")
    assert len(read_cards(page)) > 0
    suggestion.click()
    expect(page.get_by_role("searchbox")).to_have_value("tryksår")


def test_filter_that_hides_everybody_can_be_opened(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=tryksår&kind=investor&region=1081")
    expect(page.locator(".bridge-card")).to_have_count(0)

    page.locator(".widenings").get_by_role("link").first.click()

    assert len(read_cards(page)) > 0
    assert address_of(page) in {"/search/?q=tryks%C3%A5r&kind=investor", "/search/?q=tryks%C3%A5r&region=1081"}


def test_nonsense_leads_on(visit: Visit) -> None:
    page = visit()
    page.goto("/search/")

    type_words(page, "asdfghjkl")
    shows_results_for(page, "asdfghjkl")

    expect(page.get_by_role("heading", name=say("Nothing fits yet"))).to_be_visible()
    page.get_by_role("link", name=say("Write a need")).click()
    expect(page.get_by_label(say("E-mail address"))).to_be_visible()


def test_more_like_this_shows_others_and_words_take_over(visit: Visit) -> None:
    page = visit(Device(size=PHONE, touch=True))
    page.goto("/search/?q=tryksår")
    chosen = read_cards(page)[0]

    page.get_by_role("link", name=re.compile(say("More like this"))).first.click()

    expect(page.get_by_role("heading", name=say("More like this text"))).to_be_visible()
    cards = read_cards(page)
    assert chosen.name not in {card.name for card in cards}
    assert len(cards) > 0
    page.get_by_role("searchbox").fill("fald om natten")
    shows_results_for(page, "fald om natten")
    assert address_of(page) == "/search/?q=fald+om+natten"
    expect(page.get_by_role("heading", name=say("More like this text"))).to_have_count(0)


def test_search_is_saved_found_again_and_removed(visit: Visit) -> None:
    page = visit()
    sign_in_as(page, MEMBER)
    page.goto("/search/?q=vendesystem&kind=firm")

    page.get_by_role("button", name=say("Save search")).click()
    expect(page.get_by_role("alert")).to_contain_text(say("The search is saved. You find it below the search field."))
    expect(page.locator(".results-saved")).to_have_text(say("Saved"))

    page.goto("/search/")
    page.get_by_role("link", name="vendesystem").click()
    assert address_of(page) == "/search/?q=vendesystem&kind=firm"
    page.locator("#saved summary").click()
    page.get_by_role("button", name=re.compile(f"{say('Remove')}.*vendesystem")).click()

    expect(page.get_by_role("alert")).to_contain_text(say("The search is no longer saved."))
    expect(page.locator("#saved").get_by_role("link", name="vendesystem")).to_have_count(0)
    page.get_by_role("link", name=say("Open it once more")).click()
    expect(page.get_by_role("button", name=say("Save search"))).to_be_visible()


def test_visitor_signs_in_to_save_and_comes_back(visit: Visit) -> None:
    page = visit()
    page.goto("/search/?q=vendesystem&kind=firm")

    page.get_by_role("link", name=say("Sign in to save the search")).click()

    expect(page.get_by_label(say("E-mail address"))).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["next"] == ["/search/?q=vendesystem&kind=firm"]
