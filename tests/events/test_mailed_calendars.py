"""Calendar files of mails: the feed's own entries, published while they stand, called off one by one."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from events.calendars import feed, mailed_erasure, mailed_files
from events.domain.people.registering import cancel_person
from events.enums import MeetingState
from events.models import Meeting, Participant
from events.queries.agenda import Agenda, agenda_of
from hubs.models import Hub
from mailgate.renderers import Attachment
from tests.events.bazar import START, Bazar, join, make_bazar, meet
from tests.factories import ProfileFactory

PAGE = "https://bro.example/events/bazar/agenda/"
HOSTILE = "Åse; O'Hara, \\n\nDTSTART:19700101T000000Z 🫀" + "ø" * 60


@pytest.fixture
def bazar(hub: Hub) -> Bazar:
    return make_bazar(hub)


def files_of(agenda: Agenda) -> tuple[Attachment, ...]:
    return mailed_files(agenda, agenda.entries, page=PAGE)


def read(file: Attachment) -> tuple[str, list[dict[str, object]]]:
    """The method, and the entries."""
    calendar = Calendar.from_ical(file.content)
    assert file.parameters["method"] == calendar["METHOD"]
    return str(calendar["METHOD"]), [dict(each) for each in calendar.walk("VEVENT")]


def test_file_holds_the_entries_of_the_feed_word_for_word(bazar: Bazar) -> None:
    carl = join(bazar.event, "Carl Lyngvig", ProfileFactory(hub=bazar.event.hub), "KC")
    meet(bazar.event, bazar.anna, carl, bazar.slots[1], None)
    agenda = agenda_of(bazar.anna)

    (file,) = files_of(agenda)

    subscribed = Calendar.from_ical(feed(agenda, page=PAGE)).walk("VEVENT")
    assert [each.to_ical() for each in Calendar.from_ical(file.content).walk("VEVENT")] == [
        each.to_ical() for each in subscribed
    ]
    method, entries = read(file)
    assert (file.name, file.media_type, method, len(entries)) == ("bazar.ics", "text/calendar", "PUBLISH", 2)
    assert entries[0]["UID"] == f"{bazar.meeting.public_id}@videnbro"


def test_nobody_is_asked_to_answer(bazar: Bazar) -> None:
    (file,) = files_of(agenda_of(bazar.anna))

    entry = read(file)[1][0]
    assert {"ORGANIZER", "ATTENDEE"} & entry.keys() == set()
    assert "@bazar.example" not in str(file.content)


def test_moved_and_called_off_meetings_count_up_and_calling_off_says_so_twice(bazar: Bazar) -> None:
    carl = join(bazar.event, "Carl Lyngvig", ProfileFactory(hub=bazar.event.hub), "KC")
    other = meet(bazar.event, bazar.anna, carl, bazar.slots[1], None)
    before = read(files_of(agenda_of(bazar.anna))[0])[1]
    Meeting.objects.filter(pk=bazar.meeting.pk).update(sequence=1)
    Meeting.objects.filter(pk=other.pk).update(state=MeetingState.CANCELLED, sequence=2)

    standing, off = files_of(agenda_of(bazar.anna))

    assert [each["SEQUENCE"] for each in before] == [0, 0]
    method, (moved,) = read(standing)
    assert (method, moved["STATUS"], moved["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 1)
    method, (cancelled,) = read(off)
    assert (method, cancelled["STATUS"], cancelled["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert (cancelled["UID"], off.name) == (f"{other.public_id}@videnbro", "bazar-cancelled-1.ics")


def test_each_meeting_is_called_off_in_a_file_of_its_own(bazar: Bazar) -> None:
    carl = join(bazar.event, "Carl Lyngvig", ProfileFactory(hub=bazar.event.hub), "KC")
    meet(bazar.event, bazar.anna, carl, bazar.slots[1], None)
    cancel_person(bazar.anna, now=START - timedelta(days=1))

    files = files_of(agenda_of(Participant.objects.get(pk=bazar.anna.pk)))

    assert [(read(file)[0], len(read(file)[1])) for file in files] == [("CANCEL", 1), ("CANCEL", 1)]


def test_colleague_who_cancels_counts_the_shared_meeting_up(bazar: Bazar) -> None:
    ida = join(bazar.event, "Ida Saarvang", bazar.anna.participation.profile, "KIDA")
    Participant.objects.filter(pk=ida.pk).update(host=bazar.anna)
    ida.refresh_from_db()
    ((_publish, (before,)),) = [read(file) for file in files_of(agenda_of(ida))]
    cancel_person(ida, now=START - timedelta(days=1))

    ((method, (after,)),) = [read(file) for file in files_of(agenda_of(Participant.objects.get(pk=ida.pk)))]

    assert (method, before["UID"]) == ("CANCEL", after["UID"])
    assert after["SEQUENCE"] > before["SEQUENCE"]  # type: ignore[operator]
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_hostile_names_stay_one_line_of_one_entry_and_long_lines_are_folded(bazar: Bazar) -> None:
    Participant.objects.filter(pk=bazar.bo.pk).update(name=HOSTILE)

    (file,) = files_of(agenda_of(bazar.anna))

    _method, (entry,) = read(file)
    assert str(entry["SUMMARY"]).endswith(f"{HOSTILE} ({bazar.bo.participation.profile.name})")
    assert entry["DTSTART"].dt == bazar.slots[0].starts_at  # type: ignore[attr-defined]
    lines = file.content.split(b"\r\n")
    assert (max(map(len, lines)) <= 75, b"\n" in b"".join(lines)) == (True, False)


def test_erased_meeting_is_called_off_under_its_entry_without_a_word_of_the_other(bazar: Bazar) -> None:
    meeting = bazar.meeting

    (file,) = mailed_erasure(
        bazar.event, bazar.slots[0], public_id=meeting.public_id, sequence=3, at=START, page=PAGE
    )  # fmt: skip

    method, (entry,) = read(file)
    assert (method, entry["STATUS"], entry["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    assert entry["UID"] == f"{meeting.public_id}@videnbro"
    assert b"Fjordby" not in file.content
