"""The pages of the day: plans by link, calendars that ask whether anything changed, check-in, rating, papers."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from events.enums import ParticipantState
from events.models import Event, Meeting, MeetingSide, Participant, Slot, Stand
from frontend.event_links import feed_token, place_token
from hubs.enums import Role
from hubs.models import Hub
from mailgate.links import sign
from tests.events.bazar import Bazar, join, make_bazar
from tests.factories import HubFactory, ProfileFactory
from tests.frontend.conftest import SCRIPT, speaks_for, works_as


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


def post_scans(client: Client, body: object, slug: str = "bazar") -> tuple[int, dict[str, object]]:
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    response = client.post(f"/events/{slug}/organise/check-in/scans/", raw, content_type="application/json")
    answer = response.json() if "json" in response["Content-Type"] else {}
    return response.status_code, answer


def test_link_opens_the_plan_without_signing_in(client: Client, bazar: Bazar) -> None:
    page = client.get(f"/events/agenda/{place_token(bazar.anna)}/").content.decode()

    assert "Bo Fjordby" in page
    assert "T5" in page
    assert "10:00" in page  # 9 o'clock in universal time, in Copenhagen


@pytest.mark.parametrize(
    ("state", "ends_in", "is_offered"), [("published", 1, True), ("published", -1, False), ("over", 1, False)]
)
def test_badge_code_and_calendar_are_offered_until_the_event_is_over(
    client: Client, bazar: Bazar, state: str, ends_in: int, is_offered: bool
) -> None:
    ends_at = timezone.now() + timedelta(hours=ends_in)
    Event.objects.update(state=state, starts_at=ends_at - timedelta(hours=8), ends_at=ends_at)

    page = client.get(f"/en/events/agenda/{place_token(bazar.anna)}/").content.decode()

    assert ("Bo Fjordby" in page, "Take it with you" in page, "KANNA" in page) == (True, is_offered, is_offered)


def test_signed_in_person_sees_own_plan_and_that_of_colleagues_only(client: Client, bazar: Bazar) -> None:
    speaks_for(client, bazar.anna.participation.profile)

    assert "Bo Fjordby" in client.get("/events/bazar/agenda/").content.decode()
    assert client.get(f"/events/bazar/agenda/?person={bazar.bo.public_id}").status_code == 404
    assert client.get("/events/bazar/agenda/?person=nonsense").status_code == 404


@pytest.mark.parametrize("page", ["/events/agenda/{}/", "/events/feed/{}.ics", "/events/agenda/{}/plan.pdf"])
@pytest.mark.parametrize("token", ["forged", "a:b:c", "x" * 1500])
def test_forged_links_open_nothing(client: Client, bazar: Bazar, page: str, token: str) -> None:
    assert client.get(page.format(token)).status_code == 404


def test_link_of_the_calendar_opens_no_page_and_the_other_way_round(client: Client, bazar: Bazar) -> None:
    assert client.get(f"/events/agenda/{feed_token(bazar.anna)}/").status_code == 404
    assert client.get(f"/events/feed/{place_token(bazar.anna)}.ics").status_code == 404


def test_link_of_a_place_in_another_hub_opens_nothing_here(client: Client, bazar: Bazar) -> None:
    other = make_bazar(HubFactory(slug="nordbro", domain="nord.example"))

    assert client.get(f"/events/agenda/{place_token(other.anna)}/").status_code == 404


def test_link_of_somebody_who_cancelled_says_so(client: Client, bazar: Bazar) -> None:
    Participant.objects.filter(pk=bazar.anna.pk).update(state=ParticipantState.CANCELLED)

    assert client.get(f"/events/agenda/{place_token(bazar.anna)}/").status_code == 404


def test_calendar_of_somebody_who_cancelled_goes_on_and_says_so(client: Client, bazar: Bazar) -> None:
    Participant.objects.filter(pk=bazar.anna.pk).update(state=ParticipantState.CANCELLED)

    answer = client.get(f"/events/feed/{feed_token(bazar.anna)}.ics")

    assert answer.status_code == 200
    assert answer.content.count(b"STATUS:CANCELLED") == answer.content.count(b"BEGIN:VEVENT") == 1


@pytest.fixture
def coming(bazar: Bazar) -> Bazar:
    """The same with its meeting still to come, whenever the tests run."""
    start = timezone.now() + timedelta(days=1)
    Slot.objects.filter(pk=bazar.slots[0].pk).update(starts_at=start, ends_at=start + timedelta(minutes=20))
    return bazar


def call_off_forms(page: str) -> list[str]:
    return re.findall(r'action="([^"]*/(?:call-off/[^"]*|withdraw/))"', page)


def standing(bazar: Bazar) -> tuple[str, str]:
    meeting = Meeting.objects.select_related("request").get(pk=bazar.meeting.pk)
    return meeting.state, meeting.request.state


@pytest.mark.parametrize("who", ["anna", "bo"])
def test_either_calls_a_meeting_off_from_the_plan_by_link(client: Client, coming: Bazar, who: str) -> None:
    plan = f"/events/agenda/{place_token(getattr(coming, who))}/"
    (address,) = call_off_forms(client.get(plan).content.decode())
    assert client.get(address).status_code == 405

    answer = client.post(address)

    assert (answer.status_code, answer["Location"]) == (302, address.split("call-off/")[0])
    assert standing(coming) == ("cancelled", "withdrawn")
    assert call_off_forms(client.get(plan).content.decode()) == []
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("page", ["agenda/", "requests/"])
def test_signed_in_person_calls_a_planned_meeting_off(client: Client, coming: Bazar, page: str) -> None:
    speaks_for(client, coming.anna.participation.profile)
    (address,) = call_off_forms(client.get(f"/events/bazar/{page}").content.decode())

    client.post(address)

    assert standing(coming) == ("cancelled", "withdrawn")


@pytest.mark.parametrize("page", ["agenda/", "requests/"])
def test_meeting_that_has_begun_has_no_button_to_call_it_off(client: Client, coming: Bazar, page: str) -> None:
    Slot.objects.filter(pk=coming.slots[0].pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    speaks_for(client, coming.anna.participation.profile)

    assert call_off_forms(client.get(f"/events/bazar/{page}").content.decode()) == []


def test_guests_and_strangers_call_nothing_off_by_link(client: Client, coming: Bazar) -> None:
    hub, event = coming.event.hub, coming.event
    guest = join(event, "Gitte Gæst", ProfileFactory(hub=hub), "KG")
    MeetingSide.objects.create(hub=hub, meeting=coming.meeting, participant=guest)
    token, request = place_token(guest), coming.meeting.request.public_id

    assert call_off_forms(client.get(f"/events/agenda/{token}/").content.decode()) == []
    assert client.post(f"/events/agenda/{token}/call-off/{request}/").status_code == 404
    assert client.post(f"/events/agenda/{feed_token(coming.anna)}/call-off/{request}/").status_code == 404
    assert standing(coming) == ("planned", "accepted")


def test_calendar_answers_that_nothing_changed_until_something_does(client: Client, bazar: Bazar) -> None:
    address = f"/events/feed/{feed_token(bazar.anna)}.ics"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    Meeting.objects.update(sequence=1, slot=bazar.slots[1])
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, no-cache"
    assert changed.status_code == 200


def test_names_with_markup_stay_words(client: Client, bazar: Bazar) -> None:
    Participant.objects.filter(pk=bazar.bo.pk).update(name=SCRIPT[:120])
    token = place_token(bazar.anna)
    works_as(client, bazar.event.hub, Role.ORGANISER)

    for address in (f"/events/agenda/{token}/", "/events/bazar/organise/check-in/", "/events/bazar/organise/wall/"):
        assert "<script>alert" not in client.get(address).content.decode()


def test_scans_are_answered_one_by_one(client: Client, bazar: Bazar) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)
    rows = [{"scan": str(uuid4()), "code": code, "at": timezone.now().isoformat()} for code in ("KANNA", "NOBODY")]

    status, answer = post_scans(client, {"scans": rows})

    assert status == 200
    assert [each["seen"] for each in answer["results"]] == ["welcome", "unknown"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", '{"scans": 3}', '{"scans": [3]}', '{"scans": [{}]}', b"\xff\xfe", "[" * 5_000,
        '{"scans": [{"scan": "x", "code": "A", "at": "2027-03-18T08:00:00+00:00"}]}',
        '{"scans": [{"scan": "8d7a2c1e-52a1-4d0e-9d4c-111111111111", "code": 7, "at": "2027-03-18T08:00:00+00:00"}]}',
        '{"scans": [{"scan": "8d7a2c1e-52a1-4d0e-9d4c-111111111111", "code": "A", "at": "yesterday"}]}',
        '{"scans": [{"scan": "8d7a2c1e-52a1-4d0e-9d4c-111111111111", "code": "A", "at": "2027-03-18T08:00:00"}]}',
    ],
)  # fmt: skip
def test_broken_scans_are_refused_in_words(client: Client, bazar: Bazar, body: str | bytes) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)

    assert post_scans(client, body)[0] == 400


def test_typed_code_works_without_script(client: Client, bazar: Bazar) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)

    page = client.post("/events/bazar/organise/check-in/", {"code": "kanna"}, follow=True).content.decode()
    bazar.anna.refresh_from_db()

    assert "Anna Saarvang" in page
    assert bazar.anna.checked_in_at is not None


@pytest.mark.parametrize(
    "page", ["check-in/", "check-in/roster/", "wall/", "print/badges.pdf", "report/", "report.pdf", "report.xlsx"]
)
def test_organisers_pages_are_closed_to_members_and_to_other_hubs(
    client: Client, bazar: Bazar, hub: Hub, page: str
) -> None:
    speaks_for(client, bazar.anna.participation.profile)

    assert client.get(f"/events/bazar/organise/{page}").status_code == 403
    make_bazar(HubFactory(slug="nordbro"), "deres")
    works_as(client, hub, Role.ORGANISER)
    assert client.get(f"/events/deres/organise/{page}").status_code == 404


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("print/badges.pdf", "application/pdf"),
        ("print/table-cards.pdf", "application/pdf"),
        ("print/agendas.pdf", "application/pdf"),
        ("report.pdf", "application/pdf"),
        ("report.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_papers_come_as_what_they_are(client: Client, bazar: Bazar, page: str, kind: str) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)

    assert client.get(f"/events/bazar/organise/{page}")["Content-Type"] == kind


def test_table_cards_are_offered_only_where_there_are_some(client: Client, bazar: Bazar) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)

    def offers() -> bool:
        page = client.get("/en/events/bazar/organise/").content.decode()
        assert "print/badges.pdf" in page
        return "print/table-cards.pdf" in page

    planned = offers()
    Meeting.objects.update(table=None, stand=None)
    without_places = offers()
    Meeting.objects.all().delete()

    assert (planned, without_places, offers()) == (True, False, False)


def test_paper_that_does_not_exist(client: Client, bazar: Bazar) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)

    assert client.get("/events/bazar/organise/print/passwords.pdf").status_code == 404


def test_report_shows_the_figures(client: Client, bazar: Bazar) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)

    page = client.get("/en/events/bazar/organise/report/").content.decode()

    assert "REBECA" in page
    assert "Meetings planned" in page


def begun(bazar: Bazar) -> str:
    """The event as of today, its first slot just over; the address of the form."""
    now = timezone.now()
    Slot.objects.filter(pk=bazar.slots[0].pk).update(
        starts_at=now - timedelta(minutes=40), ends_at=now - timedelta(minutes=20)
    )
    return f"/events/agenda/{place_token(bazar.anna)}/rate/{bazar.meeting.public_id}/"


def test_rating_by_link_is_stored_and_opening_it_stores_nothing(client: Client, bazar: Bazar) -> None:
    address = begun(bazar)

    client.get(address)
    before = bazar.side(bazar.anna).rated_at
    response = client.post(address, {"other_came": "yes", "rating": "4", "goes_on": "yes", "shares_contact": "no"})

    assert before is None
    assert response.status_code == 302
    side = bazar.side(bazar.anna)
    assert (side.other_came, side.rating, side.goes_on, side.shares_contact) == (True, 4, True, False)


@pytest.mark.parametrize("body", [{"rating": "9"}, {"other_came": "no", "rating": "4"}, {"other_came": SCRIPT}])
def test_rating_that_makes_no_sense_is_shown_again(client: Client, bazar: Bazar, body: dict[str, str]) -> None:
    response = client.post(begun(bazar), body)

    assert response.status_code == 422
    assert not MeetingSide.objects.filter(rated_at__isnull=False).exists()


def test_meeting_of_others_cannot_be_rated(client: Client, bazar: Bazar, hub: Hub) -> None:
    other = make_bazar(hub, "andet")
    address = f"/events/agenda/{place_token(bazar.anna)}/rate/{other.meeting.public_id}/"

    assert client.post(address, {"rating": "1"}).status_code == 404


def test_link_with_no_person_in_it_opens_nothing(client: Client, bazar: Bazar) -> None:
    assert client.get(f"/events/agenda/{sign('agenda', participant='nonsense')}/").status_code == 404
    assert client.get(f"/events/agenda/{sign('agenda')}/").status_code == 404


def test_script_for_offline_lies_where_it_may_work(client: Client, bazar: Bazar) -> None:
    response = client.get("/events/offline.js")

    assert response["Content-Type"].startswith("text/javascript")
    assert Event.objects.filter(slug="offline").count() == 0


def test_catalogue_is_open_to_all_and_narrowed_by_words(client: Client, bazar: Bazar) -> None:
    page = client.get("/en/events/bazar/catalogue/?q=nothing")

    assert page.status_code == 200
    assert client.get("/events/bazar/catalogue.da.pdf")["Content-Type"] == "application/pdf"
    assert client.get("/events/bazar/catalogue.xx.pdf").status_code == 404


def test_theme_that_no_stand_has_is_told_and_shows_all(client: Client, bazar: Bazar) -> None:
    hall, profile = bazar.table.hall, bazar.anna.participation.profile
    Stand.objects.create(
        hub=bazar.event.hub, event=bazar.event, hall=hall, number="A1", profile=profile, theme_id="theme:near_care"
    )
    told = "None of the stands that you can see has that theme"

    pages = [
        client.get(f"/en/events/bazar/catalogue/?theme={theme}").content.decode() for theme in ("near_care", SCRIPT, "")
    ]

    assert [(told in page, profile.name in page, "<script>alert" in page) for page in pages] == [
        (False, True, False), (True, True, False), (False, True, False),
    ]  # fmt: skip


def test_list_of_the_door_tells_of_who_was_added_meanwhile(client: Client, bazar: Bazar) -> None:
    works_as(client, bazar.event.hub, Role.ORGANISER)
    page = client.get("/en/events/bazar/organise/check-in/").content.decode()

    join(bazar.event, "Carl Ny", ProfileFactory(name="Nyby"), "KCARL")

    added = client.get("/en/events/bazar/organise/check-in/roster/").json()
    assert ("of 2 people have come" in page, added["of_all"]) == (True, "of 3 people have come")
    assert {"code": "KCARL", "name": "Carl Ny", "from": "Nyby", "came": False} in added["people"]
    template = re.search(r"<template data-row>(.*?)</template>", page, re.DOTALL)
    # What the script fills in, in a row like those of the list.
    for part in ("<code></code>", "data-name", "data-from", 'value=""', 'name="listed"'):
        assert part in (template.group(1) if template else ""), part
