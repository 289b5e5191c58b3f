"""Queueing the mails about a place at an event; nobody is mailed for an event of the demonstration."""

from datetime import datetime

from events.models import Participant
from mailgate.domain.outbox import queue_mail


def tell_person(person: Participant, kind: str, *, now: datetime, once: str = "") -> None:
    """Let the worker mail the person; the second time for the same version of the row, or the same `once`, is none."""
    if person.event.is_simulated:
        return
    queue_mail(
        person.hub_id,
        kind=kind,
        address=person.email,
        language=person.language,
        context={"participant": str(person.public_id)},
        once=f"{kind}:{person.public_id}:{once or person.version}",
        not_before=now,
        not_after=person.event.ends_at,
    )
