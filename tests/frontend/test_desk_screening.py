"""Screening: read as the asked side would, marked on sixteen criteria, passed on or sent back; by brokers only."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from matching.domain.introductions.screening import CRITERIA
from matching.enums import IntroductionState
from matching.models import Introduction, Screening, TimelineEntry
from tests.factories import HubFactory
from tests.frontend.conftest import SCRIPT, speaks_for, works_as
from tests.matching.introductions.parties import Person, capped, mailed, party, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(hub: Hub) -> Person:
    return party(hub, name="Sårpleje ApS", kind="firm")


@pytest.fixture
def ward(hub: Hub) -> Person:
    return party(hub, name="Afdeling for Intensiv", kind="clinician")


@pytest.fixture
def request_(firm: Person, ward: Person) -> Introduction:
    capped(ward, None, screening=True)
    return sent(firm, ward, now=timezone.now())


def page_of(introduction: Introduction) -> str:
    return f"/en/desk/screen/{introduction.public_id}/"


def state_of(introduction: Introduction) -> str:
    return Introduction.objects.values_list("state", flat=True).get(pk=introduction.pk)


def test_page_shows_the_request_and_all_criteria_in_four_groups(
    client: Client, hub: Hub, request_: Introduction
) -> None:
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(page_of(request_)).content.decode()

    assert "Sårpleje ApS asks Afdeling for Intensiv" in page
    assert page.count("<fieldset") == len(CRITERIA) == 16
    groups = ("Project profile", "Project owner", "Commercial potential", "Societal potential")
    assert [page.count(f">{group}</h3>") for group in groups] == [1, 1, 1, 1]
    assert page.count('value="unknown"') == page.count("checked") == 16


def test_passing_on_keeps_the_marks_and_sends(client: Client, hub: Hub, request_: Introduction, ward: Person) -> None:
    works_as(client, hub, Role.FACILITATOR)
    answer = {"decision": "pass", "unmet_need": "yes", "payer": "no", "note": "Stærk sag."}

    page = client.post(page_of(request_), answer, follow=True).content.decode()

    assert state_of(request_) == IntroductionState.SENT
    assert "Passed on to Afdeling for Intensiv" in page
    marks = dict(Screening.objects.values_list("criterion", "mark"))
    assert (marks["unmet_need"], marks["payer"], marks["cost"], len(marks)) == ("yes", "no", "unknown", 16)
    assert ("introduction_received", ward.user.email) in mailed()
    note = TimelineEntry.objects.get(kind="screened")
    assert (note.text, note.staff_only) == ("Stærk sag.", True)


def test_sending_back_needs_a_question(client: Client, hub: Hub, request_: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)

    refused = client.post(page_of(request_), {"decision": "back", "unmet_need": "partly", "note": " "})

    page = refused.content.decode()
    assert (refused.status_code, state_of(request_)) == (422, IntroductionState.SCREENING)
    assert "Write what they should change or answer" in page
    assert page.count("checked") == 1

    client.post(page_of(request_), {"decision": "back", "note": "Hvem betaler?"})

    assert state_of(request_) == IntroductionState.RETURNED
    assert TimelineEntry.objects.get(kind="returned").text == "Hvem betaler?"


def test_second_post_tells_and_changes_nothing(client: Client, hub: Hub, request_: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)
    client.post(page_of(request_), {"decision": "pass"})
    mails = mailed()

    response = client.post(page_of(request_), {"decision": "back", "note": "Og hvad nu?"}, follow=True)

    assert response.redirect_chain == [(f"/en/contacts/{request_.public_id}/", 302)]
    assert "no longer waiting to be read" in response.content.decode()
    assert (state_of(request_), mailed()) == (IntroductionState.SENT, mails)


def test_full_month_keeps_it_waiting_and_says_so(
    client: Client, hub: Hub, request_: Introduction, ward: Person
) -> None:
    capped(ward, 0, screening=True)
    works_as(client, hub, Role.FACILITATOR)

    response = client.post(page_of(request_), {"decision": "pass", "risk": "no", "note": "God sag"})

    page = response.content.decode()
    assert (response.status_code, state_of(request_)) == (409, IntroductionState.SCREENING)
    assert "takes no more requests" in page
    assert "God sag" in page


def test_marks_come_back_when_it_is_handed_in_again(client: Client, hub: Hub, request_: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)
    client.post(page_of(request_), {"decision": "back", "payer": "no", "note": "Hvem betaler?"})
    Introduction.objects.update(state=IntroductionState.SCREENING, seeker_consented_at=timezone.now())

    page = client.get(page_of(request_)).content.decode()

    assert page.count("checked") == 16
    assert 'value="no" aria-describedby' in page or page.count('name="payer" value="no"') == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"decision": "maybe"},
        {},
        {"decision": "pass", "payer": "excellent"},
        {"decision": "pass", "note": "x" * 1_001},
        {"decision": "back", "note": "\x00"},
    ],
)
def test_hostile_answers_change_nothing(
    client: Client, hub: Hub, request_: Introduction, answer: dict[str, str]
) -> None:
    works_as(client, hub, Role.FACILITATOR)

    response = client.post(page_of(request_), answer)

    assert response.status_code in {400, 422}
    assert (state_of(request_), Screening.objects.exclude(mark="unknown").count()) == (IntroductionState.SCREENING, 0)


def test_written_words_stay_text(client: Client, hub: Hub, request_: Introduction) -> None:
    Introduction.objects.update(asked=SCRIPT)
    works_as(client, hub, Role.FACILITATOR)

    page = client.post(page_of(request_), {"decision": "back", "note": ""}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_members_organisers_and_strangers_screen_nothing(
    client: Client, hub: Hub, request_: Introduction, firm: Person
) -> None:
    address = page_of(request_)
    assert client.get(address)["Location"].startswith("/en/account/login/?next=")
    speaks_for(client, firm.profile)
    assert [client.get(address).status_code, client.post(address, {"decision": "pass"}).status_code] == [403, 403]
    works_as(client, hub, Role.ORGANISER)
    assert client.post(address, {"decision": "pass"}).status_code == 403
    assert state_of(request_) == IntroductionState.SCREENING


def test_other_hubs_request_is_not_found(client: Client, hub: Hub) -> None:
    other = HubFactory(slug="elsewhere")
    ward = party(other, kind="clinician")
    capped(ward, None, screening=True)
    theirs = sent(party(other), ward, now=timezone.now())
    works_as(client, hub, Role.HUB_ADMIN)

    answers = [client.post(page_of(theirs), {"decision": "pass"}).status_code, client.get(page_of(theirs)).status_code]

    assert answers == [404, 404]
    assert client.get(f"/en/desk/screen/{uuid4()}/").status_code == 404
    assert state_of(theirs) == IntroductionState.SCREENING


@pytest.mark.parametrize("verb", ["put", "delete", "patch"])
def test_other_verbs_are_refused(client: Client, hub: Hub, request_: Introduction, verb: str) -> None:
    works_as(client, hub, Role.FACILITATOR)

    assert getattr(client, verb)(page_of(request_)).status_code == 405


def test_form_needs_its_token(hub: Hub, request_: Introduction) -> None:
    strict = works_as(Client(enforce_csrf_checks=True), hub, Role.FACILITATOR)

    assert strict.post(page_of(request_), {"decision": "pass"}).status_code == 403
    assert state_of(request_) == IntroductionState.SCREENING
