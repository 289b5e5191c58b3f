"""Calendars that follow the timetable: one UID a meeting for ever, a sequence that grows, and calling off said aloud.

A feed keeps meetings that were called off as cancelled ones, and sessions that a person has no more, once their
programme was published: clients that only merge would otherwise keep them. For
an event that is called off everything in it is, and for a person who has cancelled what had not begun by then.

Mails carry the same entries, for those who subscribe to nothing. What stands goes as PUBLISH, all in one file: with
REQUEST, Outlook and Gmail would ask for an answer and mail it to an address that nobody reads. What is called off goes
as CANCEL, since clients leave an entry standing that is only published as CANCELLED; one file a meeting, since a CANCEL
names one UID. Neither names ORGANIZER or ATTENDEE, though iTIP wants the former: with it, Outlook takes the entry for
an invitation, and offers to answer it when it is deleted. Source: RFC 5546, 3.2.1 and 3.2.5; RFC 6047, 2.4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as CalendarEntry

from events.enums import EventState, ParticipantState
from events.gone_entries import GoneEntry
from events.models import Event, Participant, Slot
from events.queries.agenda import Agenda, Entry
from events.queries.left_meetings import meetings_left
from events.queries.left_sessions import sessions_left
from mailgate.renderers import Attachment

_PRODUCT = "-//Videnbro//Events//DA"
REFRESH = timedelta(minutes=15)


class Method(StrEnum):
    """What a client is to do with the entries."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class _Told:
    """An entry of a calendar before it is written."""

    public_id: UUID
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    text: str
    changed_at: datetime
    sequence: int
    is_off: bool


def feed(agenda: Agenda, *, page: str) -> bytes:
    """The person's whole day as a calendar to subscribe to; `page` is the whole address of the agenda."""
    event = agenda.person.event
    calendar = _calendar(Method.PUBLISH)
    calendar.add("X-WR-CALNAME", event.name)
    calendar.add("X-WR-TIMEZONE", event.time_zone)
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT15M")
    told = [_told(agenda, entry) for entry in agenda.entries]
    known = {each.public_id for each in told}
    left = (*meetings_left(agenda.person), *sessions_left(agenda.person))
    # By entry, the latest wins: somebody may have been taken out of a session twice.
    gone = {entry.public_id: (entry, at) for entry, at in left if entry.public_id not in known}
    for each in (*told, *(_told_gone(agenda.person, entry, at=at) for entry, at in gone.values())):
        calendar.add_component(_component(each, page))
    return bytes(calendar.to_ical())


def mailed_files(
    agenda: Agenda, entries: Iterable[Entry], *, gone: Iterable[GoneEntry] = (), at: datetime | None = None, page: str
) -> tuple[Attachment, ...]:
    """These entries of the person's day for a mail: first what stands, in one file, then each that is called off.

    `gone` are those that the person had and has no more, `at` is since when; what is on the day again is none of them.
    """
    told = [_told(agenda, entry) for entry in entries]
    known = {_public_id(agenda, entry) for entry in agenda.entries}
    told += [_told_gone(agenda.person, each, at=at) for each in gone if each.public_id not in known]
    standing, off = [each for each in told if not each.is_off], [each for each in told if each.is_off]
    slug = agenda.person.event.slug
    files = [_file(f"{slug}.ics", Method.PUBLISH, standing, page)] if standing else []
    for number, each in enumerate(off, start=1):
        files.append(_file(f"{slug}-cancelled-{number}.ics", Method.CANCEL, [each], page))
    return tuple(files)


def mailed_erasure(
    event: Event, slot: Slot, *, public_id: UUID, sequence: int, at: datetime, page: str
) -> tuple[Attachment, ...]:
    """The calling off of a meeting that was erased with the other side: when it would have been, and no words.

    `public_id` is the meeting's, `sequence` above what any calendar has of it.
    """
    told = _Told(
        public_id, slot.starts_at, slot.ends_at, _off_summary(event),
        place="", text="", changed_at=at, sequence=sequence, is_off=True,
    )  # fmt: skip
    return (_file(f"{event.slug}-cancelled-1.ics", Method.CANCEL, [told], page),)


def _told_gone(person: Participant, entry: GoneEntry, *, at: datetime | None) -> _Told:
    return _Told(
        entry.public_id, entry.starts_at, entry.ends_at, _off_summary(person.event), place="", text="",
        changed_at=at or person.event.updated_at, sequence=entry.sequence + person.version, is_off=True,
    )  # fmt: skip


def _file(name: str, method: Method, told: Iterable[_Told], page: str) -> Attachment:
    calendar = _calendar(method)
    for each in told:
        calendar.add_component(_component(each, page))
    # Without the method in the header too, Gmail shows a file and nothing to press.
    return Attachment(name, bytes(calendar.to_ical()), "text/calendar", {"method": method.value, "charset": "utf-8"})


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method.value)
    return calendar


def _told(agenda: Agenda, entry: Entry) -> _Told:
    is_off = entry.is_cancelled and _is_off(agenda)
    return _Told(
        public_id=_public_id(agenda, entry),
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        # Who has left learns that it is off, and nothing new: the others may have changed name, time or table since.
        summary=_off_summary(agenda.person.event) if is_off else _summary(entry),
        place="" if is_off else ", ".join(filter(None, (entry.place, entry.hall, agenda.person.event.place))),
        text="" if is_off else entry.reason,
        changed_at=_changed_at(agenda, entry),
        sequence=_sequence(agenda, entry),
        is_off=entry.is_cancelled,
    )


def _component(told: _Told, page: str) -> CalendarEntry:
    """Moments are told in universal time: no client needs to know a zone by its name."""
    made = CalendarEntry()
    made.add("UID", f"{told.public_id}@videnbro")
    made.add("DTSTART", told.starts_at.astimezone(UTC))
    made.add("DTEND", told.ends_at.astimezone(UTC))
    made.add("SUMMARY", told.summary)
    made.add("LOCATION", told.place)
    made.add("DESCRIPTION", "\n\n".join(part for part in (told.text, page) if part))
    made.add("URL", page)
    changed = told.changed_at.astimezone(UTC)
    made.add("DTSTAMP", changed)
    made.add("LAST-MODIFIED", changed)
    made.add("SEQUENCE", told.sequence)
    made.add("STATUS", "CANCELLED" if told.is_off else "CONFIRMED")
    return made


def _is_off(agenda: Agenda) -> bool:
    """Whether nothing of the day that is still to come holds for the person any more."""
    person = agenda.person
    return person.state == ParticipantState.CANCELLED or person.event.state == EventState.CANCELLED


def _off_summary(event: Event) -> str:
    return _("Called off: %(event)s") % {"event": event.name}


def _changed_at(agenda: Agenda, entry: Entry) -> datetime:
    changed = entry.meeting.changed_at if entry.meeting else agenda.person.event.updated_at
    return max(changed, agenda.person.cancelled_at or changed)


def _sequence(agenda: Agenda, entry: Entry) -> int:
    """A meeting's own and the person's: a meeting may go on without who cancels, and count nothing up itself.

    Of what is no meeting: grows when the event is changed, and when the person cancels or comes back; of a group also
    when its question changes, or who asked it cancels or comes back.
    """
    person = agenda.person
    if entry.meeting is not None:
        return entry.meeting.sequence + person.version - 1
    asked = entry.question.version + entry.question.asker.version if entry.question is not None else 0
    return person.event.version + person.version + asked


def _public_id(agenda: Agenda, entry: Entry) -> UUID:
    subject = entry.meeting or entry.session or entry.question
    found: UUID = (subject or agenda.person).public_id
    return found


def _summary(entry: Entry) -> str:
    if entry.question is not None:
        return _("Question: %(title)s") % {"title": entry.title}
    if entry.meeting is None:
        return _("You speak: %(title)s") % {"title": entry.title} if entry.speaks else entry.title
    return _("Meeting with %(names)s") % {
        "names": ", ".join(f"{other.name} ({other.profile_name})" for other in entry.others)
    }
