"""The standby link, which needs no signing in, and what the mails about meetings say."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone, translation

from events.domain.timetable.day_changes import note_cancellation
from events.domain.timetable.moving import move_meeting
from events.domain.timetable.standby import offer_slot
from events.enums import OfferState
from events.models import Availability, Event, Meeting, Participant, StandbyOffer
from frontend.event_links import address_mark, place_token
from frontend.mails.events_timetable import RENDERERS
from hubs.models import Hub
from mailgate.links import sign
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from tests.events.timetable_days import NOW, Day, organiser, published, put_off
from tests.frontend.conftest import SCRIPT
from tests.frontend.timetable_day import day_fixture  # noqa: F401

pytestmark = pytest.mark.django_db


# The standby link


@pytest.fixture
def offer(day: Day, hub: Hub) -> StandbyOffer:
    put_off(day)
    day.slots[0].refresh_from_db()
    request = day.event.requests.get(receiver__name="Bo")
    return offer_slot(request, slot=day.slots[0], table=day.tables[0], viewer=organiser(hub), now=timezone.now())


def standby_address(offer: StandbyOffer, name: str) -> str:
    person = offer.event.people.get(name=name)
    token = sign("standby", offer=str(offer.public_id), participant=str(person.public_id), address=address_mark(person))
    return f"/en/events/standby/{token}/"


def test_reading_the_offer_answers_nothing_and_two_yeses_hold_it(client: Client, offer: StandbyOffer) -> None:
    for_anna, for_bo = standby_address(offer, "Anna"), standby_address(offer, "Bo")

    page = client.get(for_anna).content.decode()
    unread = StandbyOffer.objects.get(pk=offer.pk).sender_yes_at
    client.post(for_anna, {"answer": "yes"})
    waiting = client.get(for_anna).content.decode()
    done = client.post(for_bo, {"answer": "yes"}, follow=True).content.decode()

    assert ("A slot is free to meet Bo (Firma Bo)" in page, "Yes, hold it" in page, unread) == (True, True, None)
    assert ("You have said yes" in waiting, "Yes, hold it" in waiting) == (True, False)
    assert ("The meeting is in your agendas" in done, Meeting.objects.count()) == (True, 1)


def test_link_of_a_third_person_or_a_made_up_one_opens_nothing(client: Client, offer: StandbyOffer) -> None:
    answered = client.post(standby_address(offer, "Cai"), {"answer": "yes"})

    assert answered.status_code == 403
    assert client.get("/en/events/standby/made-up/").status_code == 404
    gone = sign("standby", offer=str(uuid4()), participant=str(uuid4()))
    assert client.get(f"/en/events/standby/{gone}/").status_code == 410
    agenda = place_token(offer.event.people.get(name="Anna"))
    assert client.get(f"/en/events/standby/{agenda}/").status_code == 404


# Mails


def rendered(kind: str, address: str, language: str = "en") -> tuple[str, str, str] | None:
    mail = OutgoingMail.objects.select_related("hub").filter(kind=kind, address__startswith=address).latest("pk")
    with translation.override(language):
        found = RENDERERS[kind](mail, Addresses(mail))
    return None if found is None else (found.subject, found.text, found.html)


def test_timetable_mail_lists_the_persons_meetings_and_leads_to_the_agenda(day: Day, hub: Hub) -> None:
    Participant.objects.filter(name="Bo").update(name=SCRIPT)
    published(day, organiser(hub))

    found = rendered("event_timetable", "anna")

    assert found is not None
    subject, text, html = found
    assert subject == "Your meetings at Medico Bazar"
    assert "Thursday 18 March 2027, 10:00–10:20:" in text
    assert ("Table 1, Hal A" in text, "Firma Cai" in text, "/events/agenda/" in text) == (True, True, True)
    assert ("<script>alert" in html, "&lt;script&gt;" in html) == (False, True)


def test_person_without_a_meeting_is_told_kindly(day: Day, hub: Hub) -> None:
    for slot in day.slots:
        Availability.objects.create(hub=hub, participant=day.event.people.get(name="Cai"), slot=slot)
    published(day, organiser(hub))

    found = rendered("event_timetable", "cai")

    assert found is not None
    assert "No meeting could be found for you at Medico Bazar this time" in found[1]


def test_change_and_cancellation_mails_say_what_and_are_dropped_when_newer_ones_follow(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    meeting = Meeting.objects.get(request__receiver__name="Bo")
    busy = Meeting.objects.get(request__receiver__name="Cai").slot
    free = next(slot for slot in day.slots if slot not in (meeting.slot, busy))
    move_meeting(
        meeting, slot=free, table=day.tables[1], viewer=organiser(hub), version=1, now=NOW + timedelta(minutes=1)
    )
    moved = rendered("event_meeting_changed", "anna")
    note_cancellation(day.event.people.get(name="Bo"), now=NOW + timedelta(minutes=2))
    off = rendered("event_meeting_cancelled", "anna")

    assert moved is not None
    assert ("Table 2, Hal A" in moved[1], "Bo (Firma Bo)" in moved[1], "Firma Cai" in moved[1]) == (True, True, False)
    assert off is not None
    assert ("called off" in off[1], "Bo (Firma Bo)" in off[1]) == (True, True)
    assert rendered("event_meeting_changed", "anna") is None


def test_offer_mail_leads_to_its_page_until_it_is_gone(client: Client, offer: StandbyOffer) -> None:
    found = rendered("event_standby_offer", "bo")
    StandbyOffer.objects.update(state=OfferState.LAPSED)

    assert found is not None
    assert ("meet Anna?" in found[0], "/events/standby/" in found[1]) == (True, True)
    assert rendered("event_standby_offer", "bo") is None


def test_mails_of_a_simulated_event_are_dropped(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    Event.objects.filter(pk=day.event.pk).update(is_simulated=True)

    assert rendered("event_timetable", "anna") is None
