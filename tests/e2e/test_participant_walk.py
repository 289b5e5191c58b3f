"""A participant on a phone: signs up, sees who fits, asks one, and on the day knows where to be, also offline."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.bazars import day_comes, open_bazar, publish, recommend
from tests.e2e.crowd import LOCALES
from tests.e2e.letters import link_in_mail
from tests.e2e.people import mail_code, sign_in_as, type_code
from tests.e2e.site import Site
from tests.e2e.visits import PHONE, Device
from tests.e2e.wording import words_in

OFFER = "En skinne, der måler håndleddets bevægelse, kan lånes af en afdeling i tre måneder."
NEED = "Vi søger en afdeling, der vil prøve skinnen med patienter efter operation i hånden."
EMAIL = "firma@haandled-co.example"
ORGANISER = {"da": "arrangør", "en": "an event organiser"}

Visit = Callable[..., Page]
Say = Callable[[str], str]


@pytest.mark.parametrize("language", ["da", "en"])
def test_participant_signs_up_meets_and_says_how_it_was(visit: Visit, site: Site, language: str) -> None:
    say = words_in(language)
    slug = open_bazar(site, name=f"Vinterbazar {language}")
    home = f"{'' if language == 'da' else '/en'}/events/{slug}"
    page = visit(Device(LOCALES[language], PHONE, dark=language == "en", touch=True))

    sign_up(page, home, say, language)
    recommend(site, slug)
    asked = ask_whoever_fits(page, say)
    say_yes_by_mail(visit(Device(LOCALES["da"], PHONE, touch=True)), f"@{slug}.example")
    publish(site, slug)

    page.goto(f"{home}/agenda/")
    expect_next_meeting(page, say, asked)
    expect_it_without_network(page, say, asked)
    code = page.locator(".badge-code strong").inner_text()
    check_in(visit(Device(LOCALES[language], PHONE, touch=True)), f"{home}/organise/check-in/", code, language)

    day_comes(site, slug)
    page.goto(f"{home}/agenda/")
    rate = page.get_by_role("region", name=say("How was it?")).get_by_role("link").get_attribute("href")
    assert rate is not None
    say_how_it_was(visit(Device(LOCALES[language], PHONE, touch=True)), rate, say)


def sign_up(page: Page, home: str, say: Say, language: str) -> None:
    """From the page that everybody sees to a place, with what one brings and when one can meet."""
    page.goto(f"{home}/")
    page.get_by_role("link", name=say("Sign up"), exact=True).click()
    mail_code(page, EMAIL, language=language)
    type_code(page, EMAIL, language=language)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vinterbazar")
    expect(page.get_by_label(say("E-mail address"))).to_have_value(EMAIL)
    page.get_by_label(say("What else you offer that day")).fill(OFFER)
    page.get_by_label(say("What else you seek that day")).fill(NEED)
    page.get_by_label(say("Yes, I take booked 1:1 meetings")).check()
    page.get_by_label(say("Meetings here come on top of our monthly cap")).check()
    times = page.get_by_role("region", name=say("When you can meet")).get_by_role("checkbox")
    expect(times.first).to_be_checked()
    times.first.uncheck(force=True)
    page.get_by_role("button", name=say("Sign up"), exact=True).click()
    expect(page.locator("#errors")).to_be_visible()
    page.get_by_label(say("I have read the terms and agree")).check()
    page.get_by_role("button", name=say("Sign up"), exact=True).click()
    place = page.get_by_role("article")
    expect(place).to_contain_text(say("Cannot meet"))
    expect(page.get_by_role("main")).to_contain_text(OFFER)


def ask_whoever_fits(page: Page, say: Say) -> str:
    """The first recommended one; returns the name. The reason is half written."""
    page.get_by_role("link", name=say("See whom to meet")).first.click()
    fitting = page.get_by_role("region", name=say("Recommended for you")).get_by_role("listitem")
    card = fitting.locator(".bridge-card").first
    expect(card.locator(".bank-text").first).to_be_visible()
    name = card.get_by_role("heading").inner_text()
    fitting.first.get_by_role("link", name=say("Ask for a meeting")).click()
    reason = page.get_by_label(say("Why do you want to meet?"))
    assert len(reason.input_value()) > 20
    page.get_by_role("button", name=say("Send the request")).click()
    asked = page.get_by_role("main")
    expect(asked.get_by_role("heading", name=name)).to_be_visible()
    return name


def say_yes_by_mail(page: Page, asked: str) -> None:
    """Whoever was asked has an address of the event's own; nothing is signed in to."""
    page.goto(link_in_mail(page, to=asked, part="/events/answer/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Håndled")
    page.get_by_role("button", name="Ja, lad os mødes").click()
    expect(page.get_by_role("main")).to_contain_text("Håndled")


def expect_next_meeting(page: Page, say: Say, name: str) -> None:
    """With whom, when, where, and why."""
    following = page.locator(".agenda-next")
    expect(following).to_contain_text(name)
    expect(following.locator(".agenda-place")).to_be_visible()
    expect(following.get_by_text(say("In your words"))).to_be_visible()


def expect_it_without_network(page: Page, say: Say, name: str) -> None:
    """Opened once is enough."""
    page.locator("[data-kept]").wait_for(state="attached")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".agenda-next")).to_contain_text(name)
    expect(page.get_by_text(say("No network just now. This is the plan as you last saw it."))).to_be_visible()
    page.context.set_offline(False)


def check_in(page: Page, address: str, code: str, language: str) -> None:
    """The organiser types what stands on the badge; the network is away, and the page is opened anew meanwhile."""
    say = words_in(language)
    sign_in_as(page, ORGANISER[language], language=language)
    page.goto(address)
    page.locator("[data-kept]").wait_for(state="attached")
    page.context.set_offline(True)
    page.get_by_label(say("Code on the badge")).fill(code.lower())
    page.get_by_role("button", name=say("Check in"), exact=True).click()
    expect(page.locator("[data-result]")).to_contain_text("Håndled")
    page.reload()
    expect(page.locator("[data-came]").first).to_have_text("1")
    expect(page.locator("[data-waiting-note]")).to_contain_text("1")

    page.context.set_offline(False)
    expect(page.locator("[data-waiting-note]")).to_be_hidden(timeout=15_000)
    page.reload()
    expect(page.locator("[data-came]").first).to_have_text("1")
    listed = page.locator("[data-person]", has_text=code).locator("[data-came-at]")
    expect(listed.get_by_role("button", name=re.compile(rf"^{re.escape(say('Undo the check-in'))}"))).to_be_visible()
    expect(listed.get_by_role("button")).to_have_count(1)


def say_how_it_was(page: Page, address: str, say: Say) -> None:
    """By the link, without signing in."""
    page.goto(address)
    page.get_by_role("group", name=say("Did the meeting happen?")).get_by_label(say("Yes"), exact=True).check()
    page.get_by_label(say("Very much")).check()
    page.get_by_role("button", name=say("Send"), exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
