"""Sessions that a person had and has no more: removed from the programme, or held without the person.

Nothing of the programme remembers them; the mail that told of it does, so that the person's calendar can tell too.
"""

from collections.abc import Iterator
from datetime import datetime

from events.enums import EventState
from events.gone_entries import GoneEntry, unpacked
from events.models import Event, Participant
from mailgate.models import OutgoingMail

KIND = "event_sessions"
# As many digits as a version can have.
_LAST = "9" * 10
# Before the programme is published nobody is told of what changes in it.
_TOLD = frozenset({EventState.PUBLISHED, EventState.OVER, EventState.CANCELLED})


def sessions_key(event: Event, person: Participant, version: int) -> str:
    """Names the mail that tells the person what the change to that version of the event did to the sessions."""
    return f"{_keys_of(event, person)}{version}"


def mails_about_sessions(person: Participant, *, since: int = 0) -> list[OutgoingMail]:
    """All such mails to the person of versions after `since`, in their order: one query, however often it changed."""
    begin = _keys_of(person.event, person)
    # The range holds every version in any order of letters, and lets the database go by its index: a prefix does not.
    within = (f"{begin}0", f"{begin}{_LAST}")
    rows = OutgoingMail.objects.filter(
        hub_id=person.hub_id, kind=KIND, once__range=within, once__startswith=begin
    ).order_by("pk")
    return [row for row in rows if int(row.once.removeprefix(begin)) > since]


def _keys_of(event: Event, person: Participant) -> str:
    return f"{KIND}:{event.public_id}:{person.public_id}:"


def sessions_left(person: Participant) -> Iterator[tuple[GoneEntry, datetime]]:
    """The entries, and since when: one query."""
    if person.event.state not in _TOLD:
        return
    for mail in mails_about_sessions(person):
        for entry in unpacked(mail.context):
            yield entry, mail.created_at
