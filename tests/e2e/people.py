"""How people come in: with a mailed code, or as one of the demo's people."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.wording import words_in

_CODE = re.compile(r"\b\d{4}-?\d{4}\b")


def ask_for_code(page: Page, email: str, *, language: str = "da") -> None:
    """From any page of somebody who has not signed in, to the page that waits for the code."""
    page.get_by_role("link", name=words_in(language)("Sign in"), exact=True).click()
    mail_code(page, email, language=language)


def mail_code(page: Page, email: str, *, language: str = "da") -> None:
    """From the page that asks for the address, to the one that waits for the code."""
    say = words_in(language)
    page.get_by_label(say("E-mail address")).fill(email)
    page.get_by_role("button", name=say("Mail me a code")).click()
    expect(page.get_by_label(say("Code"))).to_be_visible()


def sign_in_by_code(page: Page, email: str, *, language: str = "da") -> None:
    """From any page, as somebody new: ask for a code, read it in the demo's mails, type it."""
    ask_for_code(page, email, language=language)
    type_code(page, email, language=language)


def type_code(page: Page, email: str, *, language: str = "da") -> None:
    """From the page that waits for the code: read it in the demo's mails, type it, and be where one wanted to go."""
    say = words_in(language)
    waiting_for_code = page.url
    page.get_by_role("main").get_by_role("link").first.click()
    mail = page.get_by_role("article").filter(has_text=email).first
    code = _CODE.findall(mail.inner_text())[0]
    page.goto(waiting_for_code)
    page.get_by_label(say("Code")).fill(code)
    page.get_by_role("main").get_by_role("button", name=say("Sign in"), exact=True).click()
    expect(page.get_by_role("link", name=say("Sign out"))).to_be_visible()


def sign_in_as(page: Page, who: str, *, language: str = "da") -> None:
    """As the demo person whose button names `who`."""
    page.goto("/" if language == "da" else f"/{language}/")
    page.get_by_role("button", name=who).click()
    expect(page.get_by_role("link", name=words_in(language)("Sign out"))).to_be_visible()
