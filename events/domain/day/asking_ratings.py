"""The morning after: one mail to each person with meetings that nobody has heard of yet, and no second one."""

from datetime import datetime, timedelta

from django.db import transaction

from events.enums import COMING, EventState, MeetingState
from events.models import Event, MeetingSide, Participant
from mailgate.domain.outbox import queue_mail

# An hour after the last slot people sit in the train; a week later they have forgotten.
_AFTER, _UNTIL = timedelta(hours=1), timedelta(days=7)


def ask_ratings(now: datetime) -> int:
    """Queue the mails of the events that are over; returns how many there are. Run again it queues none twice."""
    events = Event.objects.filter(
        ends_at__lte=now - _AFTER,
        ends_at__gt=now - _UNTIL,
        state__in=(EventState.PUBLISHED, EventState.OVER),
        is_simulated=False,
    )
    return sum(_ask(event, now) for event in events)


@transaction.atomic
def _ask(event: Event, now: datetime) -> int:
    people = Participant.objects.filter(
        pk__in=MeetingSide.objects.filter(
            meeting__event=event, meeting__state=MeetingState.PLANNED, rated_at__isnull=True
        ).values("participant"),
        state__in=COMING,
    )
    for person in people:
        queue_mail(
            event.hub_id,
            kind="event_rate",
            address=person.email,
            language=person.language,
            context={"participant": str(person.public_id)},
            once=f"event-rate-{person.public_id}",
            not_before=now,
            not_after=event.ends_at + _UNTIL,
        )
    return len(people)
