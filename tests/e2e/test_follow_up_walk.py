"""A follow-up is answered on a phone in a few taps, with and without scripts; the desk keeps both sides apart."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import SIDEWAYS, axe_findings
from tests.e2e.crowd import DEMO_PEOPLE, LOCALES
from tests.e2e.people import sign_in_as
from tests.e2e.relations import Relation, relation_in
from tests.e2e.site import Site
from tests.e2e.visits import PHONE, Device, address_of
from tests.e2e.wording import words_in

Visit = Callable[..., Page]
Say = Callable[[str], str]


@pytest.fixture
def relation(site: Site) -> Relation:
    """A contact that is a little older than three months; nobody has told anything."""
    return relation_in(site, days_ago=95)


@pytest.fixture(params=["da", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def start(language: str) -> str:
    return "" if language == "da" else "/en"


def assert_accessible(page: Page) -> None:
    assert axe_findings(page) == []
    assert page.evaluate(SIDEWAYS) == []


def tick(page: Page, label: str) -> None:
    page.get_by_role("checkbox", name=label, exact=True).check()


def send(page: Page, say: Say) -> None:
    page.get_by_role("button", name=say("Send the answer")).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_question_is_answered_on_a_phone_without_signing_in(
    visit: Visit, relation: Relation, language: str, scripts: bool
) -> None:
    say = words_in(language)
    page = visit(Device(LOCALES[language], PHONE, dark=True, scripts=scripts, touch=True))
    page.goto(f"{start(language)}/follow-up/{relation.token}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("What came of it?"))

    tick(page, say("We met"))
    tick(page, say("A project together"))
    group = page.get_by_role("radiogroup", name=say("A project together"))
    group.get_by_role("radio", name=say("Expected within 2-3 years")).check()
    expect(page.get_by_role("radiogroup", name=say("Funding raised"))).to_be_hidden()
    page.get_by_role("radio", name=say("Decisive or major")).check()
    page.get_by_label(say("Without the hub, the result would have been")).select_option("nothing")
    if scripts:
        assert_accessible(page)
    send(page, say)

    expect(page.get_by_role("heading", level=1)).to_have_text(say("Thank you"))
    told = page.locator(".told-rung")
    expect(told).to_have_text(
        [
            re.compile(rf"^\s*{say('We met')}\s+{say('Achieved')}\s*$"),
            re.compile(rf"^\s*{say('A project together')}\s+{say('Expected within 2-3 years')}\s*$"),
        ]
    )
    if scripts:
        assert_accessible(page)


def test_second_answer_replaces_the_first(visit: Visit, relation: Relation, language: str) -> None:
    say = words_in(language)
    page = visit(Device(LOCALES[language], PHONE, touch=True))
    page.goto(f"{start(language)}/follow-up/{relation.token}/")
    tick(page, say("We met"))
    send(page, say)

    page.get_by_role("link", name=say("Change the answer")).click()
    expect(page.get_by_role("checkbox", name=say("We met"))).to_be_checked()
    tick(page, say("No benefit"))
    expect(page.get_by_role("checkbox", name=say("We met"))).not_to_be_checked()
    send(page, say)

    expect(page.get_by_role("main")).to_contain_text(say("Your new answer has replaced the one you gave before."))
    expect(page.locator(".told-alone")).to_have_text(say("No benefit"))


def test_ticks_that_exclude_each_other_are_asked_about_without_scripts(
    visit: Visit, relation: Relation, language: str
) -> None:
    say = words_in(language)
    page = visit(Device(LOCALES[language], PHONE, scripts=False, touch=True))
    page.goto(f"{start(language)}/follow-up/{relation.token}/")
    tick(page, say("We met"))
    tick(page, say("No benefit"))
    send(page, say)

    expect(page.locator("#errors")).to_be_visible()
    page.get_by_role("checkbox", name=say("No benefit")).uncheck()
    send(page, say)

    expect(page.get_by_role("heading", level=1)).to_have_text(say("Thank you"))


def test_what_was_ticked_survives_a_reload(visit: Visit, relation: Relation) -> None:
    say = words_in("da")
    page = visit(Device(size=PHONE, touch=True))
    page.goto(f"/follow-up/{relation.token}/")
    tick(page, say("Funding raised"))
    page.get_by_label(say("Kroner (if you know)")).first.fill("250.000")

    page.reload()

    expect(page.get_by_role("checkbox", name=say("Funding raised"))).to_be_checked()
    expect(page.get_by_label(say("Kroner (if you know)")).first).to_have_value("250.000")


def test_link_that_opens_nothing_says_so(visit: Visit, relation: Relation, language: str) -> None:
    page = visit(Device(LOCALES[language], PHONE, touch=True))

    answer = page.goto(f"{start(language)}/follow-up/{relation.token[:-3]}/")

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text(words_in(language)("This link does not work"))
    assert_accessible(page)


def test_facilitator_records_a_call_and_sees_where_the_sides_differ(
    visit: Visit, relation: Relation, language: str
) -> None:
    say = words_in(language)
    party = visit(Device(LOCALES[language], PHONE, touch=True))
    party.goto(f"{start(language)}/follow-up/{relation.token}/")
    tick(party, say("A project together"))
    send(party, say)
    page = visit(Device(LOCALES[language]))
    sign_in_as(page, DEMO_PEOPLE["facilitator"][language], language=language)

    page.goto(f"{start(language)}/desk/follow-ups/")
    assert_accessible(page)
    page.locator(f"a[href*='{relation.contact}'][href*='side=receiver']").click()
    tick(page, say("No benefit"))
    page.get_by_role("button", name=say("Record the answer")).click()

    assert address_of(page) == f"{start(language)}/desk/follow-ups/"
    expect(page.locator(f"a[href*='{relation.contact}']")).to_have_count(0)
    page.goto(f"{start(language)}/desk/contacts/{relation.contact}/phone/?side=receiver")
    relation_told = page.locator(".relation")
    expect(relation_told).to_contain_text(say("The two sides see it differently"))
    expect(relation_told.locator(".tag")).to_have_count(1)
    assert_accessible(page)
