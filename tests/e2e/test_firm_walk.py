"""A firm looks for a partner: searches, narrows, reads, signs in, writes its profile, sees who fits.

Walked in Danish at a desk with and without scripts, and in English on a phone in the dark.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.cards import read_cards
from tests.e2e.people import sign_in_by_code
from tests.e2e.visits import PHONE, Device, address_of
from tests.e2e.wording import words_in

QUESTIONS = {
    "da": "klinisk afprøvning af tryksårssensor",
    "en": "clinical test of a pressure ulcer sensor",
}
CENTRAL_REGION = {"da": "Region Midtjylland", "en": "Central Denmark Region"}
ADDRESS_OF_SOMEBODY = re.compile(r"[\w.+-]+@[\w-]+\.\w+|mailto:")
DEVICES = [
    pytest.param(Device(), id="danish-desk"),
    pytest.param(Device(scripts=False), id="danish-desk-without-scripts"),
    pytest.param(Device(language="en-GB", size=PHONE, dark=True, touch=True), id="english-phone-dark"),
]

Visit = Callable[..., Page]
Say = Callable[[str], str]


def language_of(device: Device) -> str:
    return device.language[:2]


def ask(page: Page, language: str, question: str) -> None:
    """From the first page, as a newcomer does."""
    page.goto("/" if language == "da" else "/en/")
    page.get_by_role("searchbox").fill(question)
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#results-status strong")).to_be_visible()


@pytest.mark.parametrize("device", DEVICES)
def test_search_shows_the_sentences_that_fit(visit: Visit, device: Device) -> None:
    page, language = visit(device), language_of(device)

    ask(page, language, QUESTIONS[language])

    cards = read_cards(page)
    assert len(cards) == 10
    assert {card.ours for card in cards} == {QUESTIONS[language]}
    assert [card.name for card in cards if not card.theirs or not card.reasons] == []
    kinds = {card.facts[0] for card in cards}
    assert kinds >= {words_in(language)("Hospital department"), words_in(language)("Researcher")}
    assert page.locator(".bank-text mark").count() > 0


@pytest.mark.parametrize("device", DEVICES)
def test_filter_narrows_and_going_back_undoes_it(visit: Visit, device: Device) -> None:
    page, language = visit(device), language_of(device)
    ask(page, language, QUESTIONS[language])
    unfiltered, before = address_of(page), [card.name for card in read_cards(page)]
    if device.scripts:
        page.evaluate("window.isStillThisPage = true")

    page.get_by_role("group", name=words_in(language)("Region")).get_by_label(CENTRAL_REGION[language]).check()
    if not device.scripts:
        page.get_by_role("button", name=words_in(language)("Use filters")).click()

    expect(page).to_have_url(re.compile(r"[?&]region=1082"))
    expect(page.get_by_role("link", name=words_in(language)("Clear filters"))).to_be_visible()
    cards = read_cards(page)
    assert {card.facts[-1] for card in cards} == {CENTRAL_REGION[language]}
    assert [card.name for card in cards] != before
    if device.scripts:
        assert page.evaluate("window.isStillThisPage") is True

    page.go_back()
    expect(page.get_by_role("link", name=words_in(language)("Clear filters"))).to_have_count(0)
    assert address_of(page) == unfiltered
    assert [card.name for card in read_cards(page)] == before


def test_filtered_search_can_be_shared(visit: Visit) -> None:
    page = visit()
    ask(page, "da", QUESTIONS["da"])
    page.get_by_role("group", name="Region").get_by_label(CENTRAL_REGION["da"]).check()
    expect(page).to_have_url(re.compile("region="))
    found = [card.name for card in read_cards(page)]

    friend = visit(Device(scripts=False))
    friend.goto(address_of(page))

    assert [card.name for card in read_cards(friend)] == found
    expect(friend.get_by_label(CENTRAL_REGION["da"])).to_be_checked()


@pytest.mark.parametrize("device", DEVICES)
def test_profile_tells_offers_and_needs_and_no_contact(visit: Visit, device: Device) -> None:
    page, language = visit(device), language_of(device)
    say = words_in(language)
    ask(page, language, QUESTIONS[language])
    chosen = read_cards(page)[0]

    page.locator(".bridge-card").first.get_by_role("link", name=say("View profile")).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(chosen.name)
    for title in ("They offer", "They seek"):
        side = page.get_by_role("region", name=say(title), exact=True)
        assert len(side.get_by_role("listitem").filter(has=page.locator("p.statement-text")).all()) > 0
    assert chosen.theirs in page.get_by_role("main").inner_text()
    contact = page.get_by_role("region", name=say("Contact"), exact=True)
    expect(contact).to_contain_text(say("Contact details are closed until both sides have said yes."))
    assert ADDRESS_OF_SOMEBODY.findall(page.content()) == []


@pytest.mark.parametrize("device", DEVICES)
def test_newcomer_writes_a_profile_in_three_steps(visit: Visit, device: Device, request: pytest.FixtureRequest) -> None:
    page, language = visit(device), language_of(device)
    say, who = words_in(language), request.node.callspec.id
    page.goto("/" if language == "da" else "/en/")
    sign_in_by_code(page, f"mette@{who}.example", language=language)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("What we are"))

    write_about(page, say, f"Tryksikker {who} ApS", reload=device.scripts)
    write_offer(page, say, reload=device.scripts)
    write_need(page, say)

    expect(page.get_by_role("heading", level=1)).to_have_text(say("Who fits you"))
    expect(page.get_by_role("alert")).to_contain_text(say("Your profile is open: others can find it now."))
    cards = read_cards(page)
    assert {card.ours for card in cards} <= {OFFER, NEED}
    assert [card.name for card in cards if not card.theirs or not card.reasons] == []


ABOUT = "Vi bygger en tynd sensor, der måler tryk mod huden, og siger til, før der kommer et sår."
OFFER = "Ti sensorer med tilhørende tablet kan lånes ud i tre måneder uden betaling."
NEED = "Vi søger en afdeling, hvor sygeplejersker vil afprøve sensoren på patienter med risiko for tryksår."


def write_about(page: Page, say: Say, organisation: str, *, reload: bool) -> None:
    """Step one; a reload in the middle must lose nothing."""
    page.get_by_label(say("Firm"), exact=True).check()
    page.get_by_label(say("Organisation"), exact=True).fill(organisation)
    page.get_by_label(say("What you do")).fill(ABOUT)
    if reload:
        page.reload()
        expect(page.get_by_label(say("Organisation"), exact=True)).to_have_value(organisation)
        expect(page.get_by_label(say("What you do"))).to_have_value(ABOUT)
    page.get_by_label(say("Written in")).select_option("da")
    page.get_by_role("button", name=say("Save and go on")).click()


def write_offer(page: Page, say: Say, *, reload: bool) -> None:
    """Step two; the way back to step one shows what was saved there, also without scripts."""
    expect(page.get_by_role("heading", level=1)).to_have_text(say("What we offer"))
    page.get_by_label(say("What you offer")).fill(OFFER)
    page.get_by_label(say("Written in")).select_option("da")
    if reload:
        page.reload()
        expect(page.get_by_label(say("What you offer"))).to_have_value(OFFER)
    page.get_by_role("button", name=say("Back")).click()
    expect(page.get_by_label(say("What you do"))).to_have_value(ABOUT)
    page.get_by_role("button", name=say("Save and go on")).click()
    expect(page.get_by_label(say("What you offer"))).to_have_value(OFFER)
    page.get_by_role("button", name=say("Save and go on")).click()


def write_need(page: Page, say: Say) -> None:
    """Step three, which opens the profile."""
    expect(page.get_by_role("heading", level=1)).to_have_text(say("What we need"))
    page.get_by_label(say("What you need")).fill(NEED)
    page.get_by_label(say("Written in")).select_option("da")
    page.get_by_role("button", name=say("Open the profile")).click()
