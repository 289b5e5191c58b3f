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
    first of the changes.
    """
    if was.ends_at <= now or not was.differs(Setting.of(event)):
        return
    people = told_when_moved(event, now=now)
    if not people:
        return
    cause = f"{KIND}:{event.public_id}:"
    # Locked: a mail that the worker claims meanwhile is written after this change, or is none that waits.
    waiting = OutgoingMail.objects.select_for_update().filter(
        hub_id=event.hub_id, kind=KIND, once__startswith=cause, state=MailState.WAITING
    )
    still_to_hear = {once.rpartition(":")[2] for once in waiting.values_list("once", flat=True)}
    named = was.packed()
    queue_mails(
        event.hub_id,
        [
            NewMail(
                person.email, person.language, {"participant": str(person.public_id), **named},
                f"{cause}{event.version}:{person.public_id}",
            )
            for person in people
            if str(person.public_id) not in still_to_hear
        ],
        kind=KIND, not_before=now,
    )  # fmt: skip


def count_up_meetings(event: Event) -> None:
    """Let calendars that merge take the new place of all meetings that stand: a sequence they have passes unread."""
    Meeting.objects.filter(event=event, state=MeetingState.PLANNED).update(sequence=F("sequence") + 1)
