"""Whoever gets a stand is found there: its people, and the meetings that they were asked for before they had it."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from events.domain.locks import lock_people, lock_requests
from events.models import Event, MeetingRequest, Participant, Stand
from events.queries.setup import LIVING_REQUESTS


def seat_holders(event: Event, stands: Iterable[Stand]) -> None:
    """People of a stand's profile who are found nowhere yet are found there from now on; those of another no longer.

    What was asked of them goes along as far as nothing is planned and no table was chosen by hand. Under the event's
    lock; a few queries, however many stands.
    """
    places = list(stands)
    stand_of = {stand.profile_id: stand for stand in places if stand.profile_id is not None}
    rows = Participant.objects.filter(event=event).select_related("participation")
    concerned = rows.filter(Q(stand__in=places) | Q(stand=None, participation__profile__in=stand_of))
    moved = [
        person for person in concerned.order_by("pk") if stand_of.get(person.participation.profile_id) != person.stand
    ]
    lock_people(person.pk for person in moved)
    for person in moved:
        person.stand, person.updated_at = stand_of.get(person.participation.profile_id), timezone.now()
    Participant.objects.bulk_update(moved, ("stand", "updated_at"))
    _take_requests_along({person.pk: person.stand for person in moved})


def _take_requests_along(stand_of_person: dict[int, Stand | None]) -> None:
    requests = list(
        MeetingRequest.objects.filter(
            receiver__in=stand_of_person, state__in=LIVING_REQUESTS, meeting__isnull=True, fixed_table=None
        ).order_by("pk")
    )
    lock_requests(request.pk for request in requests)
    for request in requests:
        request.stand = stand_of_person[request.receiver_id]
    MeetingRequest.objects.bulk_update(requests, ("stand",))
