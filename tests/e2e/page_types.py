"""Every kind of page there is, who sees it, and how it is reached."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.e2e.wording import words_in

Say = Callable[[str], str]
MEMBERS_PROFILE = "/my-profile/randers-hjemmepleje/"
ANOTHERS_PROFILE = "saarvang-medical"


@dataclass(frozen=True)
class PageType:
    """One kind of page; `reach` goes on from `path` where an address alone does not lead there."""

    name: str
    role: str
    path: str
    status: int = 200
    reach: Callable[[Page, Say], None] | None = None
    has_own_address_in_english: bool = True
    # What other people wrote there in whatever language, without saying which.
    quotes: str = ""

    def open(self, page: Page, language: str) -> None:
        """Go there.

        Raises: AssertionError when the site answers with another status.
        """
        is_english = language == "en" and self.has_own_address_in_english
        answer = page.goto(f"/en{self.path}" if is_english else self.path)
        assert answer is not None
        assert answer.status == self.status, f"{self.path}: {answer.status}"
        if self.reach:
            self.reach(page, words_in(language))


def _send_empty(page: Page, say: Say) -> None:
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#errors")).to_be_visible()


def _type_wrong_code(page: Page, say: Say) -> None:
    page.get_by_label(say("Code")).fill("0000-0000")
    page.locator("button[value=verify]").click()
    expect(page.locator("#errors")).to_be_visible()


def _open_first_text(page: Page, say: Say) -> None:
    page.get_by_role("article").first.get_by_role("link", name=say("Change")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Change the text"))


def _open_first_removal(page: Page, say: Say) -> None:
    page.get_by_role("article").first.get_by_role("link", name=say("Remove")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Remove the text?"))


def _save_an_old_version(page: Page, say: Say) -> None:
    """As if a colleague had saved since the form was opened."""
    page.locator("[name=version]").evaluate("field => { field.value = '0' }")
    page.get_by_label(say("Keywords")).fill("forflytning, natdækning")
    page.get_by_role("button", name=say("Save")).click()
    expect(page.locator("#conflict")).to_be_visible()


def _type_words(page: Page, say: Say) -> None:
    page.get_by_role("searchbox").press_sequentially("tryksår hos ældre", delay=20)
    expect(page.locator("#found")).to_have_attribute("data-words", "tryksår hos ældre")


def _open_the_first_fit(page: Page, say: Say) -> None:
    page.locator("details.fit summary").first.click()
    expect(page.locator("details.fit p").first).to_be_visible()


def _more_like_the_first(page: Page, say: Say) -> None:
    page.locator(".bridge-actions a").first.click()
    expect(page.get_by_role("heading", name=say("More like this text"))).to_be_visible()


def _save_the_search(page: Page, say: Say) -> None:
    save = page.locator("button#save-search")
    if save.count():
        save.click()
    expect(page.locator(".results-saved")).to_be_visible()
    page.locator("#saved summary").click()


def _write_the_request(page: Page, say: Say) -> None:
    page.get_by_role("button", name=say("Write the request")).click()
    expect(page.get_by_role("button", name=say("Send the request"))).to_be_visible()


NEW_REQUEST = f"/contacts/new/{ANOTHERS_PROFILE}/"
WHY_NOT = "/for-you/randers-hjemmepleje/why-not/"
PAGE_TYPES = (
    PageType("home", "visitor", "/"),
    PageType("search-start", "visitor", "/search/"),
    PageType("search-results", "visitor", "/search/?q=tryksår+hos+sengeliggende&region=1082"),
    PageType("search-nothing", "visitor", "/search/?q=fald&kind=investor&region=1082"),
    PageType("search-refused", "visitor", "/search/?q=fald&region=9999", 400),
    PageType("search-typed", "visitor", "/search/", reach=_type_words),
    PageType("search-mistyped", "visitor", "/search/?q=trykksår"),
    PageType("search-few", "visitor", "/search/?q=tryksår&region=1081&kind=firm"),
    PageType("search-nonsense", "visitor", "/search/?q=asdfghjkl"),
    PageType("search-like", "visitor", "/search/?q=tryksår", reach=_more_like_the_first, quotes="blockquote"),
    PageType("search-like-nothing", "visitor", "/search/?like=nothing", 404),
    PageType("search-saved", "member", "/search/?q=tryksår&theme=digital_health", reach=_save_the_search),
    PageType("profile", "visitor", f"/profiles/{ANOTHERS_PROFILE}/"),
    PageType("sign-in", "visitor", "/account/login/"),
    PageType("sign-in-refused", "visitor", "/account/login/", reach=_send_empty),
    PageType("code", "waiting", "/account/code/"),
    PageType("code-refused", "waiting", "/account/code/", reach=_type_wrong_code),
    PageType("account-closed", "visitor", "/account/inactive/"),
    PageType("demo-mail", "visitor", "/demo/mail/", quotes="article"),
    PageType("not-found", "visitor", "/profiles/findes-ikke/", 404),
    PageType("api-reference", "visitor", "/api/v1/docs/", has_own_address_in_english=False),
    PageType("for-you-nobody", "newcomer", "/for-you/"),
    PageType("step-about", "newcomer", "/start/about/"),
    PageType("step-offer", "newcomer", "/start/offer/"),
    PageType("step-need", "newcomer", "/start/need/"),
    PageType("for-you", "member", "/for-you/randers-hjemmepleje/"),
    PageType("for-you-fit", "member", "/for-you/randers-hjemmepleje/", reach=_open_the_first_fit),
    PageType("for-you-project", "member", "/for-you/randers-hjemmepleje/?purpose=project"),
    PageType("for-you-event", "member", "/for-you/randers-hjemmepleje/?purpose=event"),
    PageType("for-you-experience", "member", "/for-you/randers-hjemmepleje/?purpose=erfa"),
    PageType("why-not-asked", "member", WHY_NOT),
    PageType("why-not-shown", "member", f"{WHY_NOT}?name={ANOTHERS_PROFILE}"),
    PageType("why-not-kept-out", "member", f"{WHY_NOT}?name=randers-hjemmepleje"),
    PageType("why-not-which", "member", f"{WHY_NOT}?name=afdeling&purpose=project"),
    PageType("why-not-nobody", "member", f"{WHY_NOT}?name=Findes+ikke"),
    PageType("contacts", "member", "/contacts/"),
    PageType("ask-for-contact", "member", NEW_REQUEST),
    PageType("request", "member", NEW_REQUEST, reach=_write_the_request, quotes="textarea"),
    PageType("answer-forged", "visitor", "/answer/forged/", 404),
    PageType("my-profile", "member", MEMBERS_PROFILE),
    PageType("own-profile", "member", "/profiles/randers-hjemmepleje/"),
    PageType("details", "member", f"{MEMBERS_PROFILE}details/"),
    PageType("conflict", "member", f"{MEMBERS_PROFILE}details/", reach=_save_an_old_version),
    PageType("organisation", "member", f"{MEMBERS_PROFILE}organisation/"),
    PageType("new-text", "member", f"{MEMBERS_PROFILE}texts/new/"),
    PageType("new-text-refused", "member", f"{MEMBERS_PROFILE}texts/new/", reach=_send_empty),
    PageType("change-text", "member", MEMBERS_PROFILE, reach=_open_first_text),
    PageType("remove-text", "member", MEMBERS_PROFILE, reach=_open_first_removal),
    PageType("sign-out", "member", "/account/logout/"),
    PageType("not-allowed", "member", f"/my-profile/{ANOTHERS_PROFILE}/", 403),
    PageType("for-you-staff", "facilitator", "/for-you/"),
    PageType("for-another", "facilitator", f"/for-you/{ANOTHERS_PROFILE}/?purpose=project"),
    PageType("profile-staff", "facilitator", f"/profiles/{ANOTHERS_PROFILE}/"),
)
