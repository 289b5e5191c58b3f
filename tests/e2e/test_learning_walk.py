"""From a recommendation to a follow-up answer to a changed ranking, as the people see it who take part."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.crowd import DEMO_PEOPLE
from tests.e2e.people import sign_in_as
from tests.e2e.rankers import shadow_in
from tests.e2e.site import Site
from tests.e2e.time_passes import two_weeks_pass
from tests.e2e.visits import PHONE, Device
from tests.e2e.wording import words_in

FIRM, FIRMS_ADDRESS = "Håndled & Co", "firma@haandled-co.example"
FOR_FIRM = "/for-you/haandled-og-co/"
ASKED = "Må vi vise det for to medarbejdere og høre, hvad der skal til?"
PATIENCE = 30

Visit = Callable[..., Page]
say = words_in("da")


def newest_link(page: Page, kind: str, *texts: str) -> str:
    """The link of that kind in the newest of the demo's mails that hold all the texts; the worker sends in seconds."""
    pattern = re.compile(rf"/{kind}/[\w.:=-]+/")
    for _second in range(PATIENCE):
        page.goto("/demo/mail/")
        mails = page.get_by_role("article")
        for text in texts:
            mails = mails.filter(has_text=text)
        links = [found for mail in mails.all_inner_texts() for found in pattern.findall(mail)]
        if links:
            return str(links[0])
        page.wait_for_timeout(1000)
    raise AssertionError(f"No mail came with a link to {kind}.")


def suggested(page: Page) -> list[str]:
    """The names on the firm's list, best first."""
    page.goto(FOR_FIRM)
    return page.locator("article.bridge-card h3").all_inner_texts()


def test_contact_and_its_outcome_change_the_next_list(visit: Visit, site: Site) -> None:
    firm, phone, office = visit(), visit(Device(size=PHONE, touch=True)), visit()
    sign_in_as(firm, "firma (Håndled")
    before = suggested(firm)
    partner = before[0]

    # The firm asks the first on its list, with the request that is half written.
    firm.locator("article.bridge-card").first.get_by_role("link", name=say("Ask for contact")).click()
    firm.get_by_role("button", name=say("Write the request")).click()
    firm.get_by_label(say("What exactly do you ask for?")).fill(ASKED)
    firm.get_by_role("button", name=say("Send the request")).click()
    expect(firm.get_by_role("alert")).to_be_visible()
    contact = firm.url.rstrip("/").rsplit("/", 1)[-1]

    # The other side says yes from its mail; two weeks later the firm tells what came of it.
    phone.goto(newest_link(phone, "answer", FIRM, ASKED))
    phone.get_by_role("button", name=say("Yes, please")).click()
    expect(phone.get_by_role("alert")).to_contain_text(say("Thank you: you have said yes."))
    two_weeks_pass(site, contact)
    phone.goto(newest_link(phone, "follow-up", FIRMS_ADDRESS, partner))
    phone.get_by_role("checkbox", name=say("We met"), exact=True).check()
    phone.get_by_role("checkbox", name=say("A project together"), exact=True).check()
    phone.get_by_role("button", name=say("Send the answer")).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(say("Thank you"))

    # A ranker is trained on it by night; the facilitator lets it rank, with a reason.
    number = shadow_in(site)
    sign_in_as(office, DEMO_PEOPLE["facilitator"]["da"])
    office.goto(f"/insight/rankers/{number}/")
    office.get_by_role("textbox").last.fill("Den bygger på et helt år og på de nyeste svar.")
    office.get_by_role("button", name=say("Let this ranker rank")).click()
    office.goto("/insight/")
    expect(office.get_by_role("main")).to_contain_text(str(number))

    after = suggested(firm)
    assert partner not in after
    # One place is free now; more than that has changed: others have come, or those who stayed stand otherwise.
    stayed_before, stayed_after = [
        [name for name in names if name in both] for names, both in ((before, after), (after, before))
    ]
    assert len(set(after) - set(before)) > 1 or stayed_before != stayed_after
