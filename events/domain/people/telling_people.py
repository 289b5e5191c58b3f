"""Queueing the mails about a place at an event; nobody is mailed for an event of the demonstration."""

from collections.abc import Iterable
from datetime import datetime

from events.models import Event, Participant
from mailgate.domain.outbox import NewMail, queue_mails


def tell_person(person: Participant, kind: str, *, now: datetime, once: str = "") -> None:
    """Let the worker mail the person; the second time for the same version of the row, or the same `once`, is none."""
    tell_people(person.event, (person,), kind, now=now, once=once)


def tell_people(event: Event, people: Iterable[Participant], kind: str, *, now: datetime, once: str = "") -> None:
    """The same for several people of the event, in as many queries as for one."""
    if event.is_simulated:
        return
    mails = [
        NewMail(
            address=person.email,
            language=person.language,
            context={"participant": str(person.public_id)},
            once=f"{kind}:{person.public_id}:{once or person.version}",
        )
        for person in people
    ]
    if mails:
        queue_mails(event.hub_id, mails, kind=kind, not_before=now, not_after=event.ends_at)
