"""A municipality founds a project, invites the missing part, and the circle becomes whole by a press on a phone.

Walked in Danish and in English, with and without scripts; each page on the way can be used by whoever comes.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import axe_findings
from tests.e2e.crowd import DEMO_PEOPLE
from tests.e2e.people import sign_in_as
from tests.e2e.site import Site
from tests.e2e.visits import PHONE, Device, address_of
from tests.e2e.wording import words_in

NAME = "Færre fald om natten"
IDEA = "Borgere falder om natten på plejehjem. Vi søger en sensor i gulvet, der siger til uden kamera."
DEVICES = [
    pytest.param(Device(), id="danish-desk"),
    pytest.param(Device(language="en-GB"), id="english-desk"),
    pytest.param(Device(scripts=False), id="danish-desk-without-scripts"),
]

Visit = Callable[..., Page]


@pytest.mark.parametrize("device", DEVICES)
def test_missing_part_says_yes_by_the_link_and_the_circle_is_whole(visit: Visit, device: Device, site: Site) -> None:
    page, language = visit(device), device.language[:2]
    say = words_in(language)
    sign_in_as(page, DEMO_PEOPLE["member"][language], language=language)

    found_project(page, language)
    expect(page.get_by_role("heading", name=say("The circle is not whole yet"))).to_be_visible()
    assert findings(page, device) == []
    invite_first(page, say)
    expect(page.get_by_text(say("No firm has said yes yet."))).to_be_visible()

    guest = visit(Device(language=device.language, size=PHONE, dark=True, touch=True))
    guest.goto(("" if language == "da" else "/en") + mailed_link(site, address_of(page)))
    expect(guest.get_by_role("button", name=say("Yes, we take part"))).to_be_visible()
    assert findings(guest, Device()) == []
    page.reload()
    expect(page.get_by_text(say("No firm has said yes yet."))).to_be_visible()

    guest.get_by_role("button", name=say("Yes, we take part")).click()
    expect(guest.get_by_role("heading", level=1)).to_have_text(say("You have said yes"))
    assert findings(guest, Device()) == []

    page.reload()
    expect(page.get_by_role("heading", name=say("The circle is whole"))).to_be_visible()
    assert findings(page, device) == []


def found_project(page: Page, language: str) -> None:
    """Two parts only, so that one yes makes the circle whole."""
    say = words_in(language)
    page.goto("/projects/" if language == "da" else "/en/projects/")
    page.get_by_role("link", name=say("Found a project")).click()
    page.get_by_label(say("Name of the project")).fill(NAME)
    page.get_by_label(say("The idea or the need")).fill(IDEA)
    for part in ("knowledge", "commercial"):
        page.locator(f"input[name=parts][value={part}]").uncheck()
    page.get_by_role("button", name=say("Found the project")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def invite_first(page: Page, say: Callable[[str], str]) -> None:
    """The best candidate's own button."""
    candidates = page.locator("#candidates-firm")
    expect(candidates.locator(".bridge-card").first).to_be_visible()
    candidates.get_by_role("button", name=say("Invite")).first.click()
    expect(page.get_by_role("alert").locator(".notice--success")).to_be_visible()


def mailed_link(site: Site, room: str) -> str:
    """The address in the mail, as the site's own key signs it."""
    project = room.split("projects/")[1].split("/")[0]
    return str(site.backstage.do(_newest_invitation, project))


def _newest_invitation(project: str) -> str:
    """What the mail does: the same function, in the same place, for the newest invitation."""
    from mailgate.links import sign
    from matching.models import Participant

    row = Participant.objects.filter(project__public_id=project, consent="invited").latest("pk")
    return f"/invitation/{sign('invitation', participant=str(row.public_id))}/"


def findings(page: Page, device: Device) -> list[str]:
    """What axe finds; it needs scripts, so a page without them is looked at on the other walk."""
    return axe_findings(page) if device.scripts else []
