"""Queueing the mails about requests and recommendations: rows in the transaction of their cause, with public ids only.

Nobody is mailed for an event of the demonstration.
"""

from datetime import datetime

from events.enums import EventState
from events.models import Event, MeetingRequest, Participant
from events.queries.wishes import mail_key
from mailgate.domain.outbox import queue_mail


def tell_of_request(request: MeetingRequest, kind: str, *, reader: Participant, now: datetime) -> None:
    """Mail one of the two, once a kind and request; what asks for an answer does not leave after the last day."""
    if request.event.is_simulated or request.event.state == EventState.CANCELLED:
        return
    is_question = kind in {"event_request", "event_request_reminder"}
    queue_mail(
        request.hub_id,
        kind=kind,
        address=reader.email,
        language=reader.language,
        context={"request": str(request.public_id), "reader": str(reader.public_id)},
        once=mail_key(kind, request.public_id, reader.public_id),
        not_before=now,
        not_after=request.expires_at if is_question else request.event.ends_at,
    )


def tell_of_suggestions(event: Event, person: Participant, *, number: int, now: datetime) -> None:
    """Mail the person's first recommendations, once a round."""
    if event.is_simulated:
        return
    queue_mail(
        event.hub_id,
        kind="event_suggestions",
        address=person.email,
        language=person.language,
        context={"participant": str(person.public_id)},
        once=f"event_suggestions:{event.public_id}:{number}:{person.public_id}",
        not_before=now,
        not_after=event.wishes_close_at or event.starts_at,
    )
