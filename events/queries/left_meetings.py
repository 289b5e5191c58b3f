"""Meetings that a person had only through a colleague's agenda, until that colleague left them: they go on without.

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


def meetings_left(person: Participant) -> Iterator[tuple[GoneEntry, datetime]]:
    """The entries, and since when: two queries at most."""
    rows = RequestGuest.objects.filter(
        request__event=person.event_id, request__meeting__isnull=False, participant__state=ParticipantState.CANCELLED
    )
    keys = {f"{left_key(row.request.meeting)}:{person.public_id}" for row in rows.select_related("request__meeting")}
    if not keys:
        return
    for mail in OutgoingMail.objects.filter(hub_id=person.hub_id, once__in=keys).order_by("pk"):
        for entry in unpacked(mail.context):
            yield entry, mail.created_at
