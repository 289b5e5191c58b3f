"""Telling everybody who comes or waits that the event is on another day, at another time or at another place."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from events.enums import MeetingState
from events.models import Event, Meeting, Participant
from events.queries.moves import Setting, told_when_moved
from mailgate.domain.outbox import NewMail, queue_mails
from mailgate.enums import MailState
from mailgate.models import OutgoingMail

KIND = "event_moved"


def tell_moved(event: Event, was: Setting, *, now: datetime) -> None:
    """One mail each, in the transaction of the change; `event` is as it is now, under its new version.

    Whoever has such a mail waiting at their present address gets no second one: it says what holds when it leaves,
    and what held before the first of the changes. So does the one to the new address of somebody whose mail waits for
    a former address: that one is dropped when it is due.
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
                person.email, person.language,
                _first_told(waiting, person) or {"participant": str(person.public_id), **named},
                f"{cause}{event.version}:{person.public_id}",
            )
            for person in people
            if not _still_hears(waiting, person)
        ],
        kind=KIND, not_before=now,
    )  # fmt: skip


def _waiting(event: Event, cause: str) -> dict[str, list[OutgoingMail]]:
    """By the person's public id, the mails of earlier moves that have not left, in their order.

    Locked: one that the worker claims meanwhile is written after this change, or is none that waits.
    """
    rows = OutgoingMail.objects.select_for_update().filter(
        hub_id=event.hub_id, kind=KIND, once__startswith=cause, state=MailState.WAITING
    )
    found: dict[str, list[OutgoingMail]] = defaultdict(list)
    for mail in rows.order_by("pk"):
        found[mail.once.rpartition(":")[2]].append(mail)
    return found


def _still_hears(waiting: Mapping[str, list[OutgoingMail]], person: Participant) -> bool:
    mails = waiting.get(str(person.public_id), [])
    return any(mail.address.lower() == person.email.lower() for mail in mails)


def _first_told(waiting: Mapping[str, list[OutgoingMail]], person: Participant) -> dict[str, str]:
    """What the first mail to a former address would have told; empty where none waits."""
    return next((mail.context for mail in waiting.get(str(person.public_id), [])), {})


def count_up_meetings(event: Event) -> None:
    """Let calendars that merge take the new place of all meetings that stand: a sequence they have passes unread."""
    Meeting.objects.filter(event=event, state=MeetingState.PLANNED).update(sequence=F("sequence") + 1)
