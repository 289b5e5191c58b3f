"""A firm finds a department, signs in, asks; the department answers from its mail on a phone; both get addresses.

Walked in Danish at a desk and in English on a phone in the dark; axe looks at every page on the way.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accessibility import axe_findings
from tests.e2e.test_firm_walk import write_about, write_need, write_offer
from tests.e2e.visits import PHONE, Device, address_of
from tests.e2e.wording import words_in

DEPARTMENT = "Plastikkirurgisk Afdeling"
# The person who gets the mail, and the address that opens once both have said yes.
DEPARTMENTS_ADDRESS = "afdeling@auh-afdeling.example"
OPENED_ADDRESS = "plastikkirurgi@auh-afdeling.example"
QUESTION = "tryksår og hudlapper hos sengeliggende patienter"
ASKED = "Må vi vise sensoren for to sygeplejersker i ambulatoriet og høre, hvad der skal til?"
DEVICES = [
    pytest.param(Device(), id="danish-desk"),
    pytest.param(Device(language="en-GB", size=PHONE, dark=True, touch=True), id="english-phone-dark"),
]
_CODE = re.compile(r"\b\d{4}-?\d{4}\b")
_ANSWER_LINK = re.compile(r"/answer/[\w.:=-]+/")
PATIENCE = 30

Visit = Callable[..., Page]
Say = Callable[[str], str]


def require_clean(page: Page) -> None:
    """Raises: AssertionError when axe finds anything, or the page reaches past its edge."""
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def mails_to(page: Page, address: str, text: str) -> Locator:
    """The demo's mails to an address that hold the text; the page is another one of the same person."""
    page.goto("/demo/mail/")
    return page.get_by_role("article").filter(has_text=address).filter(has_text=text)


def sign_in_on_the_way(page: Page, email: str, say: Say) -> None:
    """On the page that asks for an address because one must sign in to go on."""
    page.get_by_label(say("E-mail address")).fill(email)
    page.get_by_role("button", name=say("Mail me a code")).click()
    expect(page.get_by_label(say("Code"))).to_be_visible()
    post = page.context.new_page()
    code = _CODE.findall(mails_to(post, email, "").first.inner_text())[0]
    post.close()
    page.get_by_label(say("Code")).fill(code)
    page.get_by_role("main").get_by_role("button", name=say("Sign in"), exact=True).click()


def find_and_ask(page: Page, language: str, say: Say) -> None:
    """From the search to the request, which asks to sign in first."""
    page.goto("/" if language == "da" else "/en/")
    page.get_by_role("searchbox").fill(QUESTION)
    page.get_by_role("searchbox").press("Enter")
    card = page.locator("article.bridge-card").filter(has=page.get_by_role("heading", name=DEPARTMENT))
    card.get_by_role("link", name=say("Ask for contact")).click()


def write_and_send(page: Page, say: Say) -> None:
    """The half-written request: the words are made concrete, then it is sent."""
    page.get_by_role("button", name=say("Write the request")).click()
    field = page.get_by_label(say("What exactly do you ask for?"))
    expect(field).not_to_be_empty()
    require_clean(page)
    field.fill(ASKED)
    page.get_by_role("button", name=say("Send the request")).click()
    expect(page.get_by_role("alert")).to_contain_text(say("Sent. You see here when they answer, and get it by mail."))
    require_clean(page)


def mailed_link(page: Page, firm: str) -> str:
    """The way to the answer from the newest mail to the department; the worker sends within seconds."""
    for _second in range(PATIENCE):
        mails = mails_to(page, DEPARTMENTS_ADDRESS, firm)
        links = _ANSWER_LINK.findall(mails.first.inner_text()) if mails.count() else []
        if links:
            return str(links[0])
        page.wait_for_timeout(1000)
    raise AssertionError("The department got no mail with a link.")


@pytest.mark.parametrize("device", DEVICES)
def test_firm_asks_and_department_says_yes_from_the_mail(visit: Visit, device: Device) -> None:
    language = device.language[:2]
    say, firm = words_in(language), f"Trykvagt {language} ApS"
    email = f"trykvagt@{language}-firma.example"
    page = visit(device)

    find_and_ask(page, language, say)
    sign_in_on_the_way(page, email, say)
    write_about(page, say, firm, reload=False)
    write_offer(page, say, reload=False)
    write_need(page, say)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Ask %(name)s for contact") % {"name": DEPARTMENT})
    require_clean(page)
    write_and_send(page, say)
    asked_at = address_of(page)
    assert [each for each in (DEPARTMENTS_ADDRESS, OPENED_ADDRESS) if each in page.content()] == []

    phone = visit(Device(language=device.language, size=PHONE, touch=True, dark=device.dark))
    link = mailed_link(phone, firm)
    phone.goto(link if language == "da" else f"/en{link}")
    expect(phone.get_by_role("heading", level=1)).to_have_text(say("%(name)s asks to talk to you") % {"name": firm})
    expect(phone.get_by_role("main")).to_contain_text(ASKED)
    expect(phone.get_by_role("button", name=say("Yes, please"))).to_be_in_viewport()
    assert email not in phone.content()
    require_clean(phone)
    phone.get_by_text(say("No"), exact=True).click()
    require_clean(phone)
    phone.get_by_role("button", name=say("Yes, please")).click()
    expect(phone.get_by_role("alert")).to_contain_text(say("Thank you: you have said yes."))
    expect(phone.get_by_role("link", name=email)).to_be_visible()
    require_clean(phone)

    page.goto(asked_at)
    expect(page.get_by_role("link", name=OPENED_ADDRESS)).to_be_visible()
    require_clean(page)
    page.get_by_role("navigation", name=say("Main menu")).get_by_role("link", name=say("Contacts")).click()
    expect(page.get_by_role("heading", name=say("Both have said yes"))).to_be_visible()
    require_clean(page)
