"""Who asked whom: requests along the recommendations, answered as people answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from events.domain.wishes.suggesting import suggest_people
from events.enums import RequestState
from events.models import Event, MeetingRequest, Participant, Suggestion


@dataclass(frozen=True)
class Manners:
    """How many of the recommended people each asks, and how often each answer falls; what is left stays open."""

    asks: int = 7
    accepted: float = 0.62
    declined: float = 0.12
    expired: float = 0.26
    must: float = 0.25


OF_THE_PAST = Manners()
# Before the wishes close a third of the requests still waits.
STILL_OPEN = Manners(accepted=0.58, declined=0.09, expired=0.0)


def wish_for_meetings(event: Event, manners: Manners, *, generator: np.random.Generator, now: datetime) -> int:
    """Let everybody who meets ask some of those who were recommended; returns how many requests there are."""
    suggest_people(event, now=now)
    people = {person.pk: person for person in Participant.objects.filter(event=event)}
    pairs: dict[tuple[int, int], MeetingRequest] = {}
    asked: dict[int, int] = dict.fromkeys(people, 0)
    rows = Suggestion.objects.filter(event=event).order_by("rank", "person", "pk")
    for row in rows:
        pair = (min(row.person_id, row.other_id), max(row.person_id, row.other_id))
        if pair not in pairs and asked[row.person_id] < manners.asks and generator.random() < 0.9:
            asked[row.person_id] += 1
            pairs[pair] = _request(event, row, people, manners, generator, now)
    MeetingRequest.objects.bulk_create(pairs.values())
    return len(pairs)


def _request(
    event: Event,
    row: Suggestion,
    people: Mapping[int, Participant],
    manners: Manners,
    generator: np.random.Generator,
    now: datetime,
) -> MeetingRequest:
    state = _answer(manners, generator)
    at = now - timedelta(hours=float(generator.uniform(30, 240)))
    receiver = people[row.other_id]
    return MeetingRequest(
        hub=event.hub,
        event=event,
        sender=people[row.person_id],
        receiver=receiver,
        stand=receiver.stand,
        state=state,
        is_must=bool(generator.random() < manners.must),
        reason=row.seeker_text[:280],
        seeker_text=row.seeker_text,
        receiver_text=row.receiver_text,
        direction=row.direction,
        worth=row.worth,
        asked_at=at,
        expires_at=event.wishes_close_at or event.starts_at,
        answered_at=None if state == RequestState.ASKED else at + timedelta(hours=20),
        # The demo's people have no mail box to be reminded in.
        reminded_at=at,
    )


def _answer(manners: Manners, generator: np.random.Generator) -> RequestState:
    drawn = generator.random()
    for state, share in (
        (RequestState.ACCEPTED, manners.accepted),
        (RequestState.DECLINED, manners.declined),
        (RequestState.EXPIRED, manners.expired),
    ):
        if drawn < share:
            return state
        drawn -= share
    return RequestState.ASKED
