"""Which mails about meetings carry a calendar file, and what it says: exactly what the mail tells."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from icalendar import Calendar

from events.calendars import feed
from events.domain.people.leaving import leave_events
from events.domain.people.registering import cancel_person
from events.domain.setup.states import call_off
from events.domain.timetable.day_changes import note_cancellation
from events.domain.timetable.moving import move_meeting
from events.models import Meeting, Participant
from events.queries.agenda import agenda_of
from frontend.mails.events_people import RENDERERS as PLACES
from frontend.mails.events_timetable import RENDERERS as TIMETABLE
from hubs.models import Hub
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from tests.events.timetable_days import NOW, Day, organiser, published
from tests.frontend.timetable_day import day_fixture  # noqa: F401

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def told(kind: str, address: str = "anna") -> list[tuple[str, str, str, int]]:
    """Method, UID, state and sequence of each entry that goes with the person's newest mail of that kind."""
    mail = OutgoingMail.objects.select_related("hub").filter(kind=kind, address__startswith=address).latest("pk")
    with translation.override("en"):
        rendered = (TIMETABLE | PLACES)[kind](mail, Addresses(mail))
    assert rendered is not None
    return [
        (str(calendar["METHOD"]), str(entry["UID"]), str(entry["STATUS"]), int(entry["SEQUENCE"]))
        for file in rendered.attachments
        for calendar in [Calendar.from_ical(file.content)]
        for entry in calendar.walk("VEVENT")
    ]


def with_whom(name: str) -> Meeting:
    return Meeting.objects.get(request__receiver__name=name)


def uid(meeting: Meeting) -> str:
    return f"{meeting.public_id}@videnbro"


def test_published_timetable_carries_the_feeds_entries(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))

    in_feed = Calendar.from_ical(feed(agenda_of(day.event.people.get(name="Anna")), page="x")).walk("VEVENT")

    assert told("event_timetable") == [("PUBLISH", str(each["UID"]), "CONFIRMED", 0) for each in in_feed]
    assert told("event_timetable", "bo") == [("PUBLISH", uid(with_whom("Bo")), "CONFIRMED", 0)]


def test_new_timetable_calls_off_what_it_drops(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    day.event.requests.filter(receiver__name="Bo").update(state="withdrawn")
    published(day, organiser(hub), now=NOW + MINUTE)

    assert told("event_timetable") == [
        ("PUBLISH", uid(with_whom("Cai")), "CONFIRMED", with_whom("Cai").sequence),
        ("CANCEL", uid(with_whom("Bo")), "CANCELLED", 1),
    ]


def test_moved_meeting_comes_alone_and_counted_up_and_called_off_as_such(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    meeting, busy = with_whom("Bo"), with_whom("Cai").slot
    free = next(slot for slot in day.slots if slot not in (meeting.slot, busy))
    move_meeting(meeting, slot=free, table=day.tables[1], viewer=organiser(hub), version=1, now=NOW + MINUTE)
    moved = told("event_meeting_changed")
    note_cancellation(day.event.people.get(name="Bo"), now=NOW + 2 * MINUTE)

    assert moved == [("PUBLISH", uid(meeting), "CONFIRMED", 1)]
    assert told("event_meeting_cancelled") == [("CANCEL", uid(meeting), "CANCELLED", 2)]


def test_who_signs_off_and_who_is_told_that_nothing_is_held_can_clear_the_day(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    cancel_person(day.event.people.get(name="Bo"), now=timezone.now())
    signed_off = told("event_cancelled", "bo")
    call_off(day.event, viewer=organiser(hub), version=day.fresh().version, reason="Vand i hallen", now=timezone.now())

    # The meeting counts up, and so does the person's place.
    assert signed_off == [("CANCEL", uid(with_whom("Bo")), "CANCELLED", 2)]
    assert sorted(told("event_called_off")) == sorted(
        ("CANCEL", uid(with_whom(name)), "CANCELLED", 1) for name in ("Bo", "Cai")
    )


def test_meeting_that_was_erased_with_the_other_side_is_called_off_under_its_entry(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    meeting, bo = with_whom("Bo"), day.event.people.get(name="Bo")
    ((_method, _uid, _state, before),) = told("event_timetable", "bo")
    leave_events(bo.participation.profile, now=NOW)
    bo.participation.profile.delete()

    ((*said, after),) = told("event_meeting_gone")
    assert Participant.objects.filter(pk=bo.pk).count() == 0
    assert (said, after > before) == (["CANCEL", uid(meeting), "CANCELLED"], True)
