"""Telling everybody who comes or waits that the event is on another day, at another time or at another place."""

from datetime import datetime

from django.db.models import F

from events.enums import MeetingState
from events.models import Event, Meeting
from events.queries.moves import Setting, told_when_moved
from mailgate.domain.outbox import NewMail, queue_mails
from mailgate.enums import MailState
from mailgate.models import OutgoingMail

KIND = "event_moved"


def tell_moved(event: Event, was: Setting, *, now: datetime) -> None:
    """One mail each, in the transaction of the change; `event` is as it is now, under its new version.

    Whoever has such a mail waiting gets no second one: it says what holds when it leaves, and what held before the
    first of the changes. One that waits for a former address counts for nothing: it is dropped when it is due.
    """
    if was.ends_at <= now or not was.differs(Setting.of(event)):
        return
    people = told_when_moved(event, now=now)
    if not people:
        return
    cause = f"{KIND}:{event.public_id}:"
    waiting = _waiting(event, cause)
    named = was.packed()
    queue_mails(
        event.hub_id,
        [
            NewMail(
                person.email, person.language, {"participant": str(person.public_id), **named},
                f"{cause}{event.version}:{person.public_id}",
            )
            for person in people
            if (str(person.public_id), person.email.lower()) not in waiting
        ],
        kind=KIND, not_before=now,
    )  # fmt: skip


def _waiting(event: Event, cause: str) -> set[tuple[str, str]]:
    """Whom mails of earlier moves wait for: the person's public id, and the address in small letters.

    Locked: one that the worker claims meanwhile is written after this change, or is none that waits.
    """
    rows = OutgoingMail.objects.select_for_update().filter(
        hub_id=event.hub_id, kind=KIND, once__startswith=cause, state=MailState.WAITING
    )
    found = rows.values_list("once", "address")
    return {(once.rpartition(":")[2], address.lower()) for once, address in found}


def count_up_meetings(event: Event) -> None:
    """Let calendars that merge take the new place of all meetings that stand: a sequence they have passes unread."""
    Meeting.objects.filter(event=event, state=MeetingState.PLANNED).update(sequence=F("sequence") + 1)
