"""Calendar files that go with mails about meetings: the entries of the reader's own feed, for "add to calendar"."""

from collections.abc import Callable, Iterable

from django.urls import reverse

from events.calendars import mailed_erasure, mailed_files
from events.models import Event, Meeting, Participant, Slot
from events.queries.agenda import Entry, agenda_of
from frontend.mails.cases import public_id
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, Attachment


def meeting_files(person: Participant, meetings: Iterable[Meeting], addresses: Addresses) -> tuple[Attachment, ...]:
    """These meetings of the person's agenda."""
    keys = {meeting.pk for meeting in meetings}
    return _files(person, lambda entry: entry.meeting is not None and entry.meeting.pk in keys, addresses)


def all_meeting_files(person: Participant, addresses: Addresses) -> tuple[Attachment, ...]:
    """All meetings that the person ever had at the event, such as they stand now."""
    return _files(person, lambda entry: entry.meeting is not None, addresses)


def group_files(person: Participant, addresses: Addresses) -> tuple[Attachment, ...]:
    """The person's groups around questions."""
    return _files(person, lambda entry: entry.question is not None, addresses)


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


def _files(person: Participant, is_told: Callable[[Entry], bool], addresses: Addresses) -> tuple[Attachment, ...]:
    agenda = agenda_of(person)
    entries = [entry for entry in agenda.entries if is_told(entry)]
    return mailed_files(agenda, entries, page=_page(person.event, addresses))


def _page(event: Event, addresses: Addresses) -> str:
    """As in the feed: the page that asks its reader to sign in, since calendars are shared and shown around."""
    return addresses.link(reverse("frontend:event_agenda", args=[event.slug]))
