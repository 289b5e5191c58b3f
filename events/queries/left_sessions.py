"""Sessions that a person had and has no more: removed from the programme, or held without the person.

Nothing of the programme remembers them; the mail that told of it does, so that the person's calendar can tell too.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet

from events.enums import EventState
from events.gone_entries import GoneEntry, unpacked
from events.models import Event, Participant
from mailgate.models import OutgoingMail

# Before the programme is published nobody is told of what changes in it.
_TOLD = frozenset({EventState.PUBLISHED, EventState.OVER, EventState.CANCELLED})


def sessions_key(event: Event, person: Participant, version: int) -> str:
    """Names the mail that tells the person what the change to that version of the event did to the sessions."""
    return f"event_sessions:{event.public_id}:{person.public_id}:{version}"


def mails_about_sessions(person: Participant, *, since: int = 0) -> QuerySet[OutgoingMail]:
    """All such mails to the person of versions after `since`, in their order; by their exact keys, which are few."""
    event = person.event
    keys: Iterable[str] = (sessions_key(event, person, version) for version in range(since + 1, event.version + 1))
    return OutgoingMail.objects.filter(hub_id=person.hub_id, once__in=list(keys)).order_by("pk")


def sessions_left(person: Participant) -> Iterator[tuple[GoneEntry, datetime]]:
    """The entries, and since when: one query."""
    if person.event.state not in _TOLD:
        return
    for mail in mails_about_sessions(person):
        for entry in unpacked(mail.context):
            yield entry, mail.created_at
