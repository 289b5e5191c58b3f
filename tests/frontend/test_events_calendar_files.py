"""Which mails about meetings carry a calendar file, and what it says: exactly what the mail tells."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation
from icalendar import Calendar

from events.calendars import feed, mailed_files
from events.domain.people.leaving import leave_events
from events.domain.people.person_fields import MOST_MEETINGS
from events.domain.people.registering import cancel_person
from events.domain.setup.states import call_off
from events.domain.timetable.day_changes import note_cancellation
from events.domain.timetable.moving import move_meeting, withdraw_meeting
from events.gone_entries import GoneEntry
from events.models import Meeting, Participant, RequestGuest
from events.queries.agenda import agenda_of
from frontend.mails.events_people import RENDERERS as PLACES
from frontend.mails.events_timetable import RENDERERS as TIMETABLE
from hubs.models import Hub
from mailgate.domain.composing import compose
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from tests.events.timetable_days import NOW, START, Day, organiser, published
from tests.factories import ProfileFactory
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


def test_who_signs_off_between_two_meetings_keeps_the_first_and_is_told_of_the_second(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    first, second = sorted((with_whom("Bo"), with_whom("Cai")), key=lambda each: each.slot.starts_at)
    cancel_person(day.event.people.get(name="Anna"), now=first.slot.starts_at)

    assert [entry[:2] for entry in told("event_cancelled")] == [("CANCEL", uid(second))]


def test_what_lies_ahead_and_was_called_off_just_now_comes_first(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    anna = day.event.people.get(name="Anna")
    first, second = sorted((with_whom("Bo"), with_whom("Cai")), key=lambda each: each.slot.starts_at)
    withdraw_meeting(first, now=NOW + MINUTE)
    cancel_person(anna, now=NOW + 2 * MINUTE)

    assert [entry[1] for entry in told("event_cancelled")] == [uid(second), uid(first)]


def test_colleague_who_shared_the_agenda_of_a_guest_who_leaves_drops_the_meeting(day: Day, hub: Hub) -> None:
    request, dea = day.event.requests.get(receiver__name="Bo"), day.person("Dea")
    RequestGuest.objects.create(hub=hub, request=request, participant=dea)
    eli = day.person("Eli", profile=dea.participation.profile, host=dea)
    published(day, organiser(hub))
    ((_method, _uid, _state, before),) = told("event_timetable", "eli")

    cancel_person(dea, now=NOW + MINUTE)

    ((*said, after),) = told("event_meeting_gone", "eli")
    assert (said, after > before) == (["CANCEL", uid(with_whom("Bo")), "CANCELLED"], True)
    (entry,) = Calendar.from_ical(feed(agenda_of(Participant.objects.get(pk=eli.pk)), page="x")).walk("VEVENT")
    assert (with_whom("Bo").state, str(entry["UID"]), str(entry["STATUS"])) == ("planned", said[1], "CANCELLED")
    assert int(str(entry["SEQUENCE"])) == after


def test_colleague_of_another_profile_is_told_when_the_host_of_the_agenda_is_erased(day: Day, hub: Hub) -> None:
    bo = day.event.people.get(name="Bo")
    profile = bo.participation.profile
    day.person("Fie", profile=ProfileFactory(hub=hub, organisation=profile.organisation), host=bo)
    published(day, organiser(hub))
    meeting = with_whom("Bo")
    leave_events(profile, now=NOW)
    profile.delete()

    assert [entry[:2] for entry in told("event_meeting_gone", "fie")] == [("CANCEL", uid(meeting))]


def test_mail_carries_the_calling_off_of_as_many_meetings_as_a_person_can_have(day: Day) -> None:
    anna = day.event.people.get(name="Anna")
    mail = OutgoingMail(hub=day.event.hub, kind="event_groups", address="a@b.example", created_at=NOW)
    gone = [GoneEntry(uuid4(), START, START + MINUTE, 1) for _each in range(MOST_MEETINGS)]
    files = mailed_files(agenda_of(anna), (), gone=gone, page="https://bro.example/" + "x" * 80)

    message = compose(mail, RenderedMail("A", "a", "<p>a</p>", files), Addresses(mail))

    assert len(message.attachments) == MOST_MEETINGS


def test_meeting_that_was_erased_with_the_other_side_is_called_off_under_its_entry(day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    meeting, bo = with_whom("Bo"), day.event.people.get(name="Bo")
    ((_method, _uid, _state, before),) = told("event_timetable", "bo")
    leave_events(bo.participation.profile, now=NOW)
    bo.participation.profile.delete()

    ((*said, after),) = told("event_meeting_gone")
    assert Participant.objects.filter(pk=bo.pk).count() == 0
    assert (said, after > before) == (["CANCEL", uid(meeting), "CANCELLED"], True)
