"""An organiser runs a bazar in one sitting: from the template to the published timetable, and a change after it."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.bazars import accept_requests
from tests.e2e.crowd import LOCALES
from tests.e2e.letters import link_in_mail
from tests.e2e.people import sign_in_as
from tests.e2e.site import Site
from tests.e2e.visits import PHONE, Device
from tests.e2e.wording import words_in

ORGANISER = {"da": "arrangør", "en": "an event organiser"}
PEOPLE = 12
COMPUTING_MILLISECONDS = 90_000
PAST = "medico-bazar-2026"

Visit = Callable[..., Page]
Say = Callable[[str], str]


@pytest.mark.parametrize("language", ["da"])
def test_organiser_runs_a_bazar(visit: Visit, site: Site, language: str) -> None:
    say = words_in(language)
    page = visit(Device(LOCALES[language]))
    sign_in_as(page, ORGANISER[language], language=language)

    slug = make_event(page, say, f"Forårsbazar {language}")
    lay_the_grid(page, say)
    add_places(page, say)
    open_and_import(page, say, language)
    assert accept_requests(site, slug) == 2 * PEOPLE
    compute_and_publish(page, say)
    move_one_by_hand(page, say)
    expect_papers(page, say)
    sign_off_by_mail(visit(Device(LOCALES["da"], PHONE, touch=True)), language)
    repair(page, say, slug)
    read_the_report(page, say, language)


def part(page: Page, say: Say, name: str) -> None:
    """A page of the organiser's menu."""
    page.get_by_role("navigation", name=say("Organising the event")).get_by_role("link", name=say(name)).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def press(page: Page, text: str) -> None:
    page.get_by_role("main").get_by_role("button", name=text, exact=True).first.click()


def make_event(page: Page, say: Say, name: str) -> str:
    """From the list of events; returns the address of the new one."""
    page.get_by_role("navigation", name=say("Main menu")).get_by_role("link", name=say("Events")).click()
    page.get_by_role("link", name=say("New event")).first.click()
    page.get_by_label(say("Name of the event")).fill(name)
    page.get_by_label(say("On which day")).fill((date.today() + timedelta(days=50)).isoformat())
    page.get_by_label(say("At which place")).fill("Randers")
    press(page, say("Make the event"))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", name=say("What to do next"))).to_be_visible()
    found = re.search(r"/events/([\w-]+)/organise/", page.url)
    assert found is not None
    return found[1]


def lay_the_grid(page: Page, say: Say) -> None:
    """Five periods instead of those of the template."""
    part(page, say, "Time grid")
    page.get_by_label(say("First meeting starts")).fill("10:00")
    page.get_by_label(say("Last meeting ends by")).fill("12:00")
    page.get_by_label(say("Breaks of the day")).fill("")
    press(page, say("Lay the grid"))
    expect(page.locator(".grid-chip")).to_have_count(5)


def add_places(page: Page, say: Say) -> None:
    """Six stands in two rows, and three tables more."""
    part(page, say, "Stands")
    page.get_by_role("link", name=say("Lay rows of stands")).click()
    page.get_by_label(say("Number of rows")).fill("2")
    page.get_by_label(say("Stands in each row")).fill("3")
    page.get_by_label(say("Letters before the number")).fill("F")
    press(page, say("Lay them"))
    expect(page.locator(".plan a")).to_have_count(6)
    part(page, say, "Halls and tables")
    page.get_by_role("link", name=say("Add tables"), exact=True).first.click()
    page.get_by_label(say("Tables"), exact=True).fill("Bar 1-Bar 3")
    press(page, say("Add them"))
    expect(page.get_by_role("main")).to_contain_text("Bar 3")


def open_and_import(page: Page, say: Say, language: str) -> None:
    """Nothing is stored before the preview was seen."""
    part(page, say, "What to do next")
    press(page, say("Open registration"))
    part(page, say, "People")
    page.get_by_role("link", name=say("Import a file")).click()
    page.locator("input[type=file]").set_input_files(spreadsheet(language))
    page.get_by_role("main").locator("form button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("What the import would do"))
    expect(page.locator(".import-counts dd").first).to_have_text(str(PEOPLE))
    press(page, say("Import these people"))
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Left out of the import"))
    expect(page.get_by_role("row", name="Uden Adresse")).to_be_visible()
    part(page, say, "People")
    expect(page.locator(".people-table tbody tr")).to_have_count(PEOPLE)


def spreadsheet(language: str) -> FilePayload:
    """One line without an address is left out."""
    sheet = io.StringIO()
    rows = csv.writer(sheet, delimiter=";")
    rows.writerow(["Navn", "E-mail", "Virksomhed", "Titel", "1:1-møder"])
    for number in range(1, PEOPLE + 1):
        firm = f"Firma {number} {language} ApS"
        rows.writerow([f"Deltager Nummer{number}", mail_of(number, language), firm, "Udvikling", "ja"])
    rows.writerow(["Uden Adresse", "", "Firma 1 ApS", "", "ja"])
    return {"name": "deltagere.csv", "mimeType": "text/csv", "buffer": sheet.getvalue().encode()}


def mail_of(number: int, language: str) -> str:
    return f"nummer{number}@foraarsbazar-{language}.example"


def compute_and_publish(page: Page, say: Say) -> None:
    """What is found comes with the bound that nothing can beat."""
    part(page, say, "What to do next")
    press(page, say("Close wishes"))
    part(page, say, "Timetable")
    page.get_by_label(say("Seconds at most")).fill("4")
    press(page, say("Compute the timetable"))
    expect(page.get_by_role("heading", name=say("The timetable is being computed"))).to_be_visible()
    found = page.get_by_role("region", name=say("The timetable that was found"))
    expect(found).to_be_visible(timeout=COMPUTING_MILLISECONDS)
    expect(found.get_by_role("columnheader", name=say("Nothing can beat"))).to_be_visible()
    expect(found.locator(".tt-figures tbody tr").first).to_contain_text(say("Proven: it cannot be better"))
    press(page, say("Publish and tell everybody"))
    expect_published(page, say, 2 * PEOPLE)


def expect_published(page: Page, say: Say, meetings: int) -> None:
    published = page.get_by_role("region", name=say("What is published"))
    expect(published.get_by_role("paragraph").first).to_contain_text(f"{meetings} ")


def move_one_by_hand(page: Page, say: Say) -> None:
    """Only what breaks no rule is offered; the meeting carries a pin afterwards."""
    page.locator("a.tt-meeting").first.click()
    # The times stand above it: they are all there when it is.
    expect(page.get_by_role("button", name=say("Hold it then and there"), exact=True)).to_be_visible()
    times = page.get_by_role("group", name=say("When")).get_by_role("radio")
    other = next(each for each in times.all() if not each.is_checked())
    other.check()
    page.get_by_label(say("Where")).select_option("any")
    press(page, say("Hold it then and there"))
    expect(page.get_by_role("main")).to_contain_text(say("The meeting is moved, and both sides are told."))


def expect_papers(page: Page, say: Say) -> None:
    """Everything that is printed, from the page that names it."""
    part(page, say, "What to do next")
    for name in ("Badges (PDF)", "Table cards (PDF)", "Everybody's plan (PDF)"):
        expect_paper(page, page.get_by_role("link", name=say(name)).get_attribute("href"))
    page.get_by_role("link", name=say("Catalogue of stands")).click()
    for language in ("da", "en"):
        expect_paper(page, page.locator(f"a[href$='catalogue.{language}.pdf']").get_attribute("href"))
    page.go_back()


def expect_paper(page: Page, address: str | None) -> None:
    assert address is not None
    answer = page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF-")


def sign_off_by_mail(page: Page, language: str) -> None:
    """A participant reads the plan in the mail, and cannot come."""
    page.goto(link_in_mail(page, to=f"@foraarsbazar-{language}.example", part="/events/agenda/"))
    page.get_by_role("link", name=re.compile("Min tilmelding|My registration")).click()
    page.get_by_text(re.compile("^(Jeg kan ikke komme|I cannot come)$")).click()
    page.get_by_role("button", name=re.compile("Deltager Nummer")).click()
    expect(page.get_by_role("article")).to_contain_text(re.compile("Har meldt afbud|Has cancelled"))


def repair(page: Page, say: Say, slug: str) -> None:
    """What would change is shown before anything does."""
    part(page, say, "Timetable")
    expect_published(page, say, 2 * PEOPLE - 4)
    if not page.get_by_role("button", name=say("Find the smallest repair")).is_visible():
        page.get_by_text(say("Repair: change as little as possible")).click()
    press(page, say("Find the smallest repair"))
    found = page.get_by_role("region", name=say("The repair that was found"))
    expect(found).to_be_visible(timeout=COMPUTING_MILLISECONDS)
    press(page, say("Apply the repair and tell everybody"))
    expect(found).to_have_count(0)
    expect_published(page, say, 2 * PEOPLE - 4)


def read_the_report(page: Page, say: Say, language: str) -> None:
    """Of the bazar that was held."""
    page.goto(f"{'' if language == 'da' else '/en'}/events/{PAST}/organise/")
    part(page, say, "Report")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("What came of the day"))
    expect(page.locator(".report-figures dd").first).to_have_text("400")
    expect_paper(page, page.get_by_role("link", name=say("As PDF")).get_attribute("href"))
