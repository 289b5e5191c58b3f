"""People who stay signed in while one page after the other is looked at."""

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.people import ask_for_code, sign_in_as, sign_in_by_code
from tests.e2e.visits import Complaints, Device, open_page
from tests.e2e.wording import words_in

DEMO_PEOPLE = {
    "member": {"da": "kommune (Hjemmeplejen", "en": "a municipality (Hjemmeplejen"},
    "firm": {"da": "firma (Håndled", "en": "a firm (Håndled"},
    "facilitator": {"da": "facilitator", "en": "a facilitator"},
    "administrator": {"da": "administrator", "en": "a hub administrator"},
    "organiser": {"da": "arrangør", "en": "an event organiser"},
}
LOCALES = {"da": "da-DK", "en": "en-GB"}


class Crowd:
    """One browser session for each role and language, made when it is first asked for."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._sessions: dict[tuple[str, str], BrowserContext] = {}

    def page_of(self, role: str, language: str) -> Page:
        """A new page in the session of that role."""
        if (role, language) not in self._sessions:
            self._sessions[role, language] = self._come_in(role, language)
        return self._sessions[role, language].new_page()

    def _come_in(self, role: str, language: str) -> BrowserContext:
        page = open_page(self._browser, self._address, Device(language=LOCALES[language]), Complaints())
        if role in DEMO_PEOPLE:
            sign_in_as(page, DEMO_PEOPLE[role][language], language=language)
        elif role == "waiting":
            page.goto("/" if language == "da" else "/en/")
            ask_for_code(page, f"venter@{language}.example", language=language)
        elif role == "newcomer":
            page.goto("/" if language == "da" else "/en/")
            sign_in_by_code(page, f"nyhed@{language}.example", language=language)
            _write_first_step(page, language)
        page.close()
        return page.context


def _write_first_step(page: Page, language: str) -> None:
    say = words_in(language)
    page.get_by_label(say("Organisation"), exact=True).fill(f"Nyhed {language} ApS")
    page.get_by_label(say("What you do")).fill("Vi bygger en lampe, der varsler natten.")
    page.get_by_role("button", name=say("Save and go on")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("What we offer"))
