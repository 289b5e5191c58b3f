"""Meetings that a person had and that go on without: a colleague's agenda has left them, or a guest was left out.

Nothing of the meeting remembers the person; the mail that told of it does, so that the person's calendar can tell too.
"""

from collections.abc import Iterator
from datetime import datetime

from events.enums import ParticipantState
from events.gone_entries import GoneEntry, unpacked
from events.models import Meeting, Participant, RequestGuest
from mailgate.models import OutgoingMail


def left_key(meeting: Meeting) -> str:
    """Names the mails that tell of it; behind a colon follows who is told."""
    return f"event_meeting_left:{meeting.public_id}"


def left_out_key(person: Participant, at: datetime) -> str:
    """Names the mail that tells a guest, or who shares the guest's agenda, what was held without them from then on."""
    return f"{_left_out(person)}{at.isoformat()}"


def _left_out(person: Participant) -> str:
    return f"event_meeting_left_out:{person.public_id}:"


def meetings_left(person: Participant) -> Iterator[tuple[GoneEntry, datetime]]:
    """The entries, and since when, in the order in which it was told: three queries at most."""
    mails = OutgoingMail.objects.filter(hub_id=person.hub_id)
    begin = _left_out(person)
    # A range of years, by which the database can go by its index: a prefix alone does not let it.
    told = list(mails.filter(once__range=(f"{begin}0", f"{begin}9"), once__startswith=begin))
    keys = _keys_left(person)
    told += mails.filter(once__in=keys) if keys else ()
    for mail in sorted(told, key=lambda each: each.pk):
        for entry in unpacked(mail.context):
            yield entry, mail.created_at


def _keys_left(person: Participant) -> set[str]:
    """Of the mails about meetings whose guest, with whom the agenda was shared, has cancelled."""
    rows = RequestGuest.objects.filter(
        request__event=person.event_id, request__meeting__isnull=False, participant__state=ParticipantState.CANCELLED
    )
    return {f"{left_key(row.request.meeting)}:{person.public_id}" for row in rows.select_related("request__meeting")}
