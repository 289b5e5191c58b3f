"""Outcomes told on the contact's page, recorded by phone, read at the desk; and the hub's own questions."""

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from matching.models import FollowUp, HubQuestion, Introduction, OutcomeReport
from tests.frontend.conftest import speaks_for, works_as
from tests.frontend.follow_up_pages import begun, own_question, told
from tests.matching.outcomes.contacts import NO_BENEFIT, came, contact, party, question, tell

DESK, QUESTIONS, EXPORT = "/en/desk/follow-ups/", "/en/settings/questions/", "/en/desk/follow-ups/answers.csv"
pytestmark = pytest.mark.django_db


@pytest.fixture
def introduction(hub: Hub) -> Introduction:
    """Both said yes two weeks ago."""
    return contact(hub, begun(14), asked="En times samtale om sensoren.")


# On the contact's page


def tell_page(introduction: Introduction) -> str:
    return f"/en/contacts/{introduction.public_id}/outcome/"


def test_party_tells_on_the_contacts_page(client: Client, introduction: Introduction) -> None:
    speaks_for(client, introduction.receiver)

    page = client.post(tell_page(introduction), {"outcomes": ["meeting_held"]}, follow=True).content.decode()

    assert (told("receiver"), told("seeker")) == ([("outcomes", [("meeting_held", "achieved")])], [])
    report = OutcomeReport.objects.get()
    assert (report.source, report.follow_up, report.recorded_by) == (
        "web", question(introduction, side="receiver"), None,
    )  # fmt: skip
    assert "Thank you. The answer is stored. We ask again in" in page
    assert "You answered on" in page


def test_party_cannot_tell_for_the_other_side(client: Client, introduction: Introduction) -> None:
    speaks_for(client, introduction.receiver)

    client.post(f"{tell_page(introduction)}?side=seeker", {"outcomes": ["meeting_held"], "side": "seeker"})

    assert (len(told("receiver")), len(told("seeker"))) == (1, 0)


def test_party_does_not_read_what_the_other_side_told(client: Client, introduction: Introduction) -> None:
    tell(introduction, came("meeting_held", text="Hemmeligt ord."), timezone.localdate().isoformat(), side="seeker")
    speaks_for(client, introduction.receiver)

    page = client.get(tell_page(introduction)).content.decode()

    assert "Hemmeligt ord." not in page


def test_two_units_of_one_organisation_choose_who_tells(client: Client, hub: Hub) -> None:
    seeker = party(hub)
    introduction = contact(hub, begun(14), seeker=seeker, receiver=party(hub))
    introduction.receiver.organisation = seeker.organisation
    introduction.receiver.save()
    speaks_for(client, seeker)

    page = client.get(tell_page(introduction)).content.decode()
    client.post(tell_page(introduction), {"outcomes": ["no_benefit"], "side": "receiver"})

    assert 'href="?side=receiver"' in page
    assert (told("seeker"), told("receiver")) == ([], [("no_benefit", [])])


def test_strangers_and_visitors_tell_nothing(client: Client, hub: Hub, introduction: Introduction) -> None:
    address = tell_page(introduction)
    assert client.post(address, {"outcomes": ["meeting_held"]})["Location"].startswith("/en/account/login/?next=")

    speaks_for(client, party(hub))

    assert client.get(address).status_code == 404
    assert client.post(address, {"outcomes": ["meeting_held"]}).status_code == 404
    assert OutcomeReport.objects.count() == 0


def test_request_that_waits_for_an_answer_has_nothing_to_tell(client: Client, introduction: Introduction) -> None:
    Introduction.objects.update(receiver_consented_at=None, state="sent")
    speaks_for(client, introduction.seeker)

    response = client.post(tell_page(introduction), {"outcomes": ["meeting_held"]})

    assert (response.status_code, OutcomeReport.objects.count()) == (409, 0)
    assert "once both sides have said yes" in response.content.decode()


# By telephone, and at the desk


def phone_page(introduction: Introduction, side: str = "seeker") -> str:
    return f"/en/desk/contacts/{introduction.public_id}/phone/?side={side}"


def test_facilitator_records_what_she_hears(client: Client, hub: Hub, introduction: Introduction) -> None:
    works_as(client, hub, Role.FACILITATOR)

    address = phone_page(introduction, "receiver")
    page = client.post(address, {"outcomes": ["no_benefit"], "side": "receiver"}, follow=True).content.decode()

    report = OutcomeReport.objects.get()
    assert (report.side, report.kind, report.source) == ("receiver", "no_benefit", "phone")
    assert report.recorded_by is not None
    assert f"What {introduction.receiver.name} told is recorded, marked as told by phone." in page


def test_phone_page_shows_both_sides_and_where_they_differ(
    client: Client, hub: Hub, introduction: Introduction
) -> None:
    today = timezone.localdate().isoformat()
    tell(introduction, came("project_formed", text="Vi er i gang."), today, side="seeker")
    tell(introduction, came("meeting_held"), today, side="receiver", source="phone")
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(phone_page(introduction)).content.decode()

    seeker, receiver = introduction.seeker.name, introduction.receiver.name
    assert "The two sides see it differently" in page
    assert f"“A project together”: {seeker} says so, {receiver} does not." in page
    assert ("Vi er i gang." in page, "By phone" in page) == (True, True)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_desk_pages_are_for_brokers(client: Client, hub: Hub, introduction: Introduction, role: Role) -> None:
    works_as(client, hub, role)

    pages = [DESK, QUESTIONS, EXPORT, phone_page(introduction)]
    assert [client.get(page).status_code for page in pages] == [403] * 4
    assert client.post(phone_page(introduction), {"outcomes": ["no_benefit"]}).status_code == 403
    assert OutcomeReport.objects.count() == 0


def test_desk_names_whom_to_call_and_why(client: Client, hub: Hub) -> None:
    introduction = contact(hub, begun(40))
    FollowUp.objects.filter(moment="two_weeks", side="seeker").update(
        asked_at=timezone.now() - timedelta(days=26), reminded_at=timezone.now() - timedelta(days=19)
    )
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(DESK).content.decode()

    assert "2 calls" in page
    assert (page.count("Silent after a reminder"), page.count("No mail could be sent")) == (1, 1)
    assert f'href="{phone_page(introduction, "receiver")}"' in page


def test_empty_desk_says_when_somebody_comes_up(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    assert "Nobody waits for a call." in client.get(DESK).content.decode()


def test_desk_asks_the_database_as_often_for_many_calls_as_for_two(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.FACILITATOR)
    contact(hub, begun(40))
    client.get(DESK)
    with CaptureQueriesContext(connection) as two:
        client.get(DESK)
    contact(hub, begun(40))
    contact(hub, begun(41))

    with CaptureQueriesContext(connection) as six:
        page = client.get(DESK).content.decode()

    assert ("6 calls" in page, len(six)) == (True, len(two))


def test_export_cannot_be_run_as_a_formula(client: Client, hub: Hub, introduction: Introduction) -> None:
    tell(introduction, came("meeting_held", text='=HYPERLINK("x")'), timezone.localdate().isoformat())
    works_as(client, hub, Role.FACILITATOR)

    response = client.get(EXPORT)

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["text"] for row in rows] == ['\'=HYPERLINK("x")']
    assert response["Content-Disposition"] == 'attachment; filename="midtbro-outcomes.csv"'


# The hub's own questions


def test_question_is_added_moved_retired_and_asked_again(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)
    for number in (1, 2):
        client.post(QUESTIONS, {"text_da": f"Spørgsmål {number}?", "text_en": f"Question {number}?", "form": "yes_no"})
    first, second = HubQuestion.objects.order_by("pk")

    client.post(f"{QUESTIONS}{second.public_id}/", {"act": "earlier"})
    moved = client.get(QUESTIONS).content.decode()
    client.post(f"{QUESTIONS}{first.public_id}/", {"act": "retire"})
    retired = client.get(QUESTIONS).content.decode()
    client.post(f"{QUESTIONS}{first.public_id}/", {"act": "resume"})

    assert moved.index("Spørgsmål 2?") < moved.index("Spørgsmål 1?")
    assert retired.index("No longer asked") < retired.index("Spørgsmål 1?")
    assert HubQuestion.objects.filter(is_active=True).count() == 2


def test_bad_question_is_told_beside_its_field(client: Client, hub: Hub) -> None:
    works_as(client, hub, Role.HUB_ADMIN)

    response = client.post(QUESTIONS, {"text_da": "??", "text_en": "Is it?", "form": "yes_no", "moments": ["never"]})

    assert (response.status_code, HubQuestion.objects.count()) == (422, 0)
    assert 'id="errors"' in response.content.decode()


def test_unknown_act_and_reading_change_no_question(client: Client, hub: Hub) -> None:
    stored = own_question(hub)
    works_as(client, hub, Role.HUB_ADMIN)
    address = f"{QUESTIONS}{stored.public_id}/"

    assert client.post(address, {"act": "explode"}).status_code == 400
    assert client.get(address).status_code == 405
    assert client.post(f"{QUESTIONS}{uuid4()}/", {"act": "retire"}).status_code == 404
    assert HubQuestion.objects.get().is_active


def test_member_changes_no_question(client: Client, hub: Hub) -> None:
    stored = own_question(hub)
    works_as(client, hub, Role.MEMBER)

    assert client.post(f"{QUESTIONS}{stored.public_id}/", {"act": "retire"}).status_code == 403
    assert HubQuestion.objects.get().is_active


def test_dates_stand_as_people_say_them(client: Client, hub: Hub) -> None:
    introduction = contact(hub, "2026-03-02")
    tell(introduction, NO_BENEFIT, "2026-03-17")
    works_as(client, hub, Role.FACILITATOR)

    page = client.get(phone_page(introduction)).content.decode()

    assert "Told on 17 March 2026" in page
    assert date(2026, 3, 17).isoformat() not in page
