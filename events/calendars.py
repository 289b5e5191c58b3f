"""Calendars that follow the timetable: one UID a meeting for ever, a sequence that grows, and calling off said aloud.

A feed keeps meetings that were called off as cancelled ones: clients that only merge would otherwise keep them. For
a person who has cancelled, and for an event that is called off, everything in it is.
"""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as CalendarEntry

from events.enums import EventState, ParticipantState
from events.queries.agenda import Agenda, Entry

_PRODUCT = "-//Videnbro//Events//DA"
REFRESH = timedelta(minutes=15)


def feed(agenda: Agenda, *, page: str) -> bytes:
    """The person's whole day as a calendar to subscribe to; `page` is the whole address of the agenda."""
    event = agenda.person.event
    calendar = _calendar()
    calendar.add("X-WR-CALNAME", event.name)
    calendar.add("X-WR-TIMEZONE", event.time_zone)
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT15M")
    for entry in agenda.entries:
        calendar.add_component(_entry(agenda, entry, page))
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", _PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", "PUBLISH")
    return calendar


def _entry(agenda: Agenda, entry: Entry, page: str) -> CalendarEntry:
    made = CalendarEntry()
    made.add("UID", _uid(agenda, entry))
    made.add("DTSTART", entry.starts_at.astimezone(UTC))
    made.add("DTEND", entry.ends_at.astimezone(UTC))
    made.add("SUMMARY", _summary(entry))
    made.add("LOCATION", ", ".join(part for part in (entry.place, entry.hall, agenda.person.event.place) if part))
    made.add("DESCRIPTION", "\n\n".join(part for part in (entry.reason, page) if part))
    made.add("URL", page)
    changed = _changed_at(agenda, entry).astimezone(UTC)
    made.add("DTSTAMP", changed)
    made.add("LAST-MODIFIED", changed)
    made.add("SEQUENCE", entry.meeting.sequence if entry.meeting else _sequence(agenda))
    made.add("STATUS", "CANCELLED" if entry.is_cancelled or _is_off(agenda) else "CONFIRMED")
    return made


def _is_off(agenda: Agenda) -> bool:
    """Whether nothing of the day holds for the person any more."""
    person = agenda.person
    return person.state == ParticipantState.CANCELLED or person.event.state == EventState.CANCELLED


def _changed_at(agenda: Agenda, entry: Entry) -> datetime:
    changed = entry.meeting.changed_at if entry.meeting else agenda.person.event.updated_at
    return max(changed, agenda.person.cancelled_at or changed)


def _sequence(agenda: Agenda) -> int:
    """Of what is no meeting: grows when the event is changed, and when the person cancels or comes back."""
    return agenda.person.event.version + agenda.person.version


def _uid(agenda: Agenda, entry: Entry) -> str:
    subject = entry.meeting or entry.session or entry.question
    return f"{subject.public_id if subject else agenda.person.public_id}@videnbro"


def _summary(entry: Entry) -> str:
    if entry.question is not None:
        return _("Question: %(title)s") % {"title": entry.title}
    if entry.meeting is None:
        return _("You speak: %(title)s") % {"title": entry.title} if entry.speaks else entry.title
    return _("Meeting with %(names)s") % {
        "names": ", ".join(f"{other.name} ({other.profile_name})" for other in entry.others)
    }
