"""Somebody who had cancelled comes after all: what was agreed takes its place of the month again, or ends."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from events.domain.locks import lock_profiles, lock_requests
from events.domain.wishes.answering import withdraw_request
from events.domain.wishes.asking import take_place_of
from events.enums import COMING, RequestState
from events.models import MeetingRequest, Participant
from events.queries.wishes import has_begun
from matching.domain.introductions.errors import CapReached


@transaction.atomic
def note_return(participant: Participant, *, now: datetime) -> int:
    """Count the agreements of a person who comes again, the oldest first; how many end since a month is full.

    The cap is absolute: who cancelled gave the place of the month to whoever asked next. The other side is told. What
    has begun has kept its place.
    """
    agreed = MeetingRequest.objects.filter(state=RequestState.ACCEPTED, event_id=participant.event_id)
    own = agreed.filter(Q(sender=participant) | Q(receiver=participant))
    rows = own.filter(sender__state__in=COMING, receiver__state__in=COMING).exclude(has_begun(now))
    joined = rows.select_related("event", "sender", "receiver__participation__profile")
    agreed_rows = list(joined.order_by("asked_at", "pk"))
    lock_requests(row.pk for row in agreed_rows)
    lock_profiles(row.receiver.participation.profile_id for row in agreed_rows)
    return sum(_ends(row, participant, now=now) for row in agreed_rows)


def _ends(request: MeetingRequest, participant: Participant, *, now: datetime) -> bool:
    try:
        take_place_of(request, now=now)
    except CapReached:
        withdraw_request(request, person=participant, now=now)
        return True
    return False
