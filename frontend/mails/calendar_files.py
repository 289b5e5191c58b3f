"""Calendar files that go with mails about meetings: the entries of the reader's own feed, for "add to calendar"."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from events.calendars import mailed_erasure, mailed_files
from events.gone_entries import GoneEntry, unpacked
from events.models import Event, Meeting, Participant, Slot
from events.queries.agenda import Agenda, Entry, agenda_of
from frontend.mails.cases import public_id
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, Attachment


def meeting_files(person: Participant, meetings: Iterable[Meeting], addresses: Addresses) -> tuple[Attachment, ...]:
    """These meetings of the person's agenda."""
    keys = {meeting.pk for meeting in meetings}
    agenda = agenda_of(person)
    entries = [entry for entry in agenda.entries if entry.meeting is not None and entry.meeting.pk in keys]
    return mailed_files(agenda, entries, page=_page(person.event, addresses))


def plan_files(person: Participant, addresses: Addresses) -> tuple[Attachment, ...]:
    """Everything that stands in the person's plan, for a day that moves as a whole."""
    agenda = agenda_of(person)
    return mailed_files(agenda, agenda.planned, page=_page(person.event, addresses))


def all_meeting_files(person: Participant, addresses: Addresses) -> tuple[Attachment, ...]:
    """All meetings and groups that the person ever had at the event, such as they stand now.

    What had begun when the person signed off was held, or not: calendars keep it. Should there be more than a mail
    carries, what lies ahead comes first, and what was called off just now before what was earlier.
    """
    at, agenda = addresses.mail.created_at, agenda_of(person)
    told = [entry for entry in agenda.entries if entry.meeting is not None or entry.question is not None]
    entries = [each for each in told if person.cancelled_at is None or each.starts_at > person.cancelled_at]
    entries.sort(key=lambda each: (each.starts_at <= at, -_called_off_at(each, at).timestamp(), each.starts_at))
    return mailed_files(agenda, entries, page=_page(person.event, addresses))


def _called_off_at(entry: Entry, at: datetime) -> datetime:
    return entry.meeting.changed_at if entry.meeting is not None else at


def group_files(mail: OutgoingMail, person: Participant, addresses: Addresses) -> tuple[Attachment, ...]:
    """The person's groups around questions, and those that the mail says are none of theirs any more."""
    agenda = agenda_of(person)
    entries = [entry for entry in agenda.entries if entry.question is not None]
    gone = unpacked(mail.context)
    return mailed_files(agenda, entries, gone=gone, at=mail.created_at, page=_page(person.event, addresses))


def session_files(
    mail: OutgoingMail, agenda: Agenda, entries: Iterable[Entry], gone: Iterable[GoneEntry], addresses: Addresses
) -> tuple[Attachment, ...]:
    """These sessions of the person's plan, and the calling off of those that it has no more."""
    return mailed_files(agenda, entries, gone=gone, at=mail.created_at, page=_page(agenda.person.event, addresses))


def left_files(mail: OutgoingMail, person: Participant, addresses: Addresses) -> tuple[Attachment, ...]:
    """Meetings that go on without the colleague whose agenda the person shared, and so without the person."""
    gone = unpacked(mail.context)
    return mailed_files(agenda_of(person), (), gone=gone, at=mail.created_at, page=_page(person.event, addresses))


def erasure_files(
    mail: OutgoingMail, person: Participant, slot: Slot | None, addresses: Addresses
) -> tuple[Attachment, ...]:
    """The calling off of a meeting that is gone; none where it had no time, or an older mail names no entry."""
    event = person.event
    meeting, sequence = public_id(mail, "meeting"), str(mail.context.get("sequence", ""))
    if slot is None or not meeting.int or not sequence.isdecimal():
        return ()
    page = _page(event, addresses)
    # Above whatever the person's own calendar has: there the person's own changes count too.
    number = int(sequence) + person.version
    return mailed_erasure(event, slot, public_id=meeting, sequence=number, at=mail.created_at, page=page)


def _page(event: Event, addresses: Addresses) -> str:
    """As in the feed: the page that asks its reader to sign in, since calendars are shared and shown around."""
    return addresses.link(reverse("frontend:event_agenda", args=[event.slug]))
