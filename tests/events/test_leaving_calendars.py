"""Calendars of those who leave an event are told: every entry that they had is cancelled, and tells nothing new."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from icalendar import Calendar

from events.calendars import feed
from events.domain.people.registering import cancel_person
from events.domain.timetable.meetings import seat_people
from events.models import Event, Meeting, MeetingSide, Participant, RequestGuest
from events.queries.agenda import agenda_of
from frontend.event_links import feed_token
from frontend.timetable_words import people_words
from frontend.views.events.agenda import FEED_KEPT
from hubs.models import Hub
from mailgate.models import OutgoingMail
from tests.events.bazar import START, Bazar, join, make_bazar, meet
from tests.factories import ProfileFactory

BEFORE = START - timedelta(days=1)


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


@pytest.fixture
def guest(bazar: Bazar, hub: Hub) -> Participant:
    """Dea, who comes to the meeting of Anna and Bo."""
    dea = join(bazar.event, "Dea Holm", ProfileFactory(hub=hub, name="Holm"), "KDEA")
    RequestGuest.objects.create(hub=hub, request=bazar.meeting.request, participant=dea)
    MeetingSide.objects.create(hub=hub, meeting=bazar.meeting, participant=dea)
    return dea


def calendar_of(person: Participant) -> str:
    fresh = Participant.objects.select_related("event").get(pk=person.pk)
    with translation.override("en"):
        return feed(agenda_of(fresh), page="https://hub.example/plan/").decode()


def entries_of(person: Participant) -> list[tuple[str, str, int]]:
    """UID, status and sequence of each entry."""
    found = Calendar.from_ical(calendar_of(person)).walk("VEVENT")
    return [(str(each["UID"]), str(each["STATUS"]), int(each["SEQUENCE"])) for each in found]


def test_meeting_that_goes_on_without_a_guest_is_cancelled_in_the_guests_calendar(
    bazar: Bazar, guest: Participant
) -> None:
    ((uid, stood, sequence),) = entries_of(guest)

    cancel_person(guest, now=BEFORE)

    ((same, status, counted),) = entries_of(guest)
    assert (uid, stood) == (f"{bazar.meeting.public_id}@videnbro", "CONFIRMED")
    assert (same, status, counted > sequence) == (uid, "CANCELLED", True)
    assert [entry[1] for entry in entries_of(bazar.anna)] == ["CONFIRMED"]


@pytest.mark.parametrize("who", ["anna", "guest"])
def test_calendar_of_who_has_left_names_nobody(bazar: Bazar, guest: Participant, who: str) -> None:
    leaver = bazar.anna if who == "anna" else guest
    cancel_person(leaver, now=BEFORE)

    told = calendar_of(leaver)

    assert [word for word in ("Bo", "Fjordby", "T5", "Hal A", "afdeling") if word in told] == []
    assert "SUMMARY:Called off: Medico Bazar 2027" in told


def test_guest_who_is_seated_again_counts_on_above_the_cancelling(bazar: Bazar, guest: Participant) -> None:
    cancel_person(guest, now=BEFORE)
    ((_uid, _status, off),) = entries_of(guest)
    Participant.objects.filter(pk=guest.pk).update(state="registered", cancelled_at=None, version=3)
    seat_people(bazar.meeting, [bazar.anna, bazar.bo, guest])

    ((_same, status, again),) = entries_of(guest)

    assert (status, again > off) == ("CONFIRMED", True)


def test_colleague_who_shared_the_agenda_of_who_leaves_is_told_in_calendar_and_mail(bazar: Bazar) -> None:
    profile = bazar.anna.participation.profile
    ida = join(bazar.event, "Ida Saarvang", profile, "KIDA")
    Participant.objects.filter(pk=ida.pk).update(host=bazar.anna)
    ((uid, _stood, sequence),) = entries_of(ida)

    cancel_person(bazar.anna, now=BEFORE)

    ((same, status, counted),) = entries_of(ida)
    assert (same, status, counted > sequence) == (uid, "CANCELLED", True)
    told = OutgoingMail.objects.filter(kind="event_meeting_cancelled").values_list("address", flat=True)
    assert sorted(told) == ["kbb@bazar.example", "kida@bazar.example"]


def test_colleagues_of_who_leaves_are_named_to_nobody_and_read_their_own_side(bazar: Bazar) -> None:
    profile = bazar.anna.participation.profile
    ida, gone = (join(bazar.event, name, profile, name.upper()) for name in ("Ida", "Gorm"))
    Participant.objects.filter(pk__in=(ida.pk, gone.pk)).update(host=bazar.anna)
    Participant.objects.filter(pk=gone.pk).update(state="cancelled")

    cancel_person(bazar.anna, now=BEFORE)

    meeting = Meeting.objects.get()
    (theirs,), (shared,) = agenda_of(bazar.bo).entries, agenda_of(Participant.objects.get(pk=ida.pk)).entries
    with translation.override("en"):
        named = people_words(meeting, without=bazar.bo.pk)
    assert (theirs.title, named) == ("Anna Saarvang", "Anna Saarvang (Saarvang bazar)")
    assert (shared.title, shared.own_text, shared.their_text) == (
        "Bo Fjordby", "Vi søger en afdeling.", "Vi tilbyder tid.",
    )  # fmt: skip
    assert sorted(meeting.sides.values_list("participant__name", flat=True)) == ["Anna Saarvang", "Bo Fjordby", "Ida"]


def test_guests_of_a_meeting_that_is_called_off_are_named_still(bazar: Bazar, guest: Participant) -> None:
    cancel_person(bazar.anna, now=BEFORE)

    assert agenda_of(bazar.bo).entries[0].title == "Anna Saarvang, Dea Holm"


def test_what_had_begun_stays_in_the_calendar_of_who_leaves_on_a_later_day(bazar: Bazar) -> None:
    carl = join(bazar.event, "Carl Lyngvig", ProfileFactory(hub=bazar.event.hub), "KC")
    later = meet(bazar.event, bazar.anna, carl, bazar.slots[1], None)

    cancel_person(bazar.anna, now=bazar.slots[0].starts_at)

    assert [entry[:2] for entry in entries_of(bazar.anna)] == [
        (f"{bazar.meeting.public_id}@videnbro", "CONFIRMED"), (f"{later.public_id}@videnbro", "CANCELLED"),
    ]  # fmt: skip
    assert "Bo Fjordby" in calendar_of(bazar.anna)


@pytest.mark.parametrize(("days", "status"), [(-1, 200), (1, 404)])
def test_feed_of_who_cancelled_answers_for_a_month_after_the_event(
    client: Client, bazar: Bazar, guest: Participant, days: int, status: int
) -> None:
    cancel_person(guest, now=BEFORE)
    ended = timezone.now() - FEED_KEPT - timedelta(days=days)
    Event.objects.filter(pk=bazar.event.pk).update(starts_at=ended - timedelta(hours=8), ends_at=ended)

    answer = client.get(f"/events/feed/{feed_token(guest)}.ics")

    assert (answer.status_code, b"STATUS:CANCELLED" in answer.content) == (status, status == 200)
