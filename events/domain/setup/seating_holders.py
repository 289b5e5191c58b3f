"""Whoever gets a stand is found there: its people, and the meetings that they were asked for before they had it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from events.domain.locks import lock_people, lock_requests
from events.enums import Wanting
from events.models import Event, MeetingRequest, Participant, Preference, Stand
from events.queries.setup import LIVING_REQUESTS


@dataclass(frozen=True)
class Holder:
    """Whose a stand was: keys of the profile and of its organisation."""

    profile: int | None
    organisation: int | None

    @classmethod
    def of(cls, stand: Stand) -> "Holder":
        """Who has the stand as it is now."""
        return cls(stand.profile_id, stand.organisation_id)


@dataclass(frozen=True)
class _Move:
    """From which stand to which somebody goes, by key; None is nowhere."""

    before: int | None
    after: int | None


def seat_holders(event: Event, stands: Iterable[Stand]) -> None:
    """People of a stand's profile who are found nowhere yet are found there from now on.

    Whoever was seated there already stays. What was asked of them goes along as far as nothing is planned or set by
    hand. Under the event's lock; a few queries, however many stands.
    """
    _seat(_coming(event, stands))


def pass_stand_on(event: Event, stand: Stand, *, former: Holder) -> None:
    """The same for a stand that somebody else had until now, whose people leave it.

    They are found at another stand of their profile if it has one. Who was seated there from elsewhere stays.
    """
    _seat(_leaving(event, stand, former) | _coming(event, [stand]))


def _seat(moves: Mapping[int, _Move]) -> None:
    """Let people go where they are found from now on, by their keys."""
    lock_people(moves)
    people = list(Participant.objects.filter(pk__in=moves))
    for person in people:
        person.stand_id, person.updated_at = moves[person.pk].after, timezone.now()
    Participant.objects.bulk_update(people, ("stand", "updated_at"))
    _take_requests_along(moves)


def _coming(event: Event, stands: Iterable[Stand]) -> dict[int, _Move]:
    stand_of = {stand.profile_id: stand.pk for stand in stands if stand.profile_id is not None}
    rows = Participant.objects.filter(event=event, stand=None, participation__profile__in=stand_of)
    pairs = rows.values_list("pk", "participation__profile_id")
    return {person: _Move(None, stand_of[profile]) for person, profile in pairs}


def _leaving(event: Event, stand: Stand, former: Holder) -> dict[int, _Move]:
    profile_of = dict(_people_of(former, stand).values_list("pk", "participation__profile_id"))
    rows = event.stands.exclude(pk=stand.pk).filter(profile__in=set(profile_of.values()))
    others = dict(rows.order_by("-pk").values_list("profile_id", "pk"))
    return {person: _Move(stand.pk, others.get(profile)) for person, profile in profile_of.items()}


def _people_of(holder: Holder, stand: Stand) -> QuerySet[Participant]:
    """Who stood there for the holder's sake: people of its organisation, since registration seats by that.

    Within one organisation the stand only goes from profile to profile, and nobody else of it leaves.
    """
    whose = Q(participation__profile=holder.profile)
    if holder.organisation is not None and holder.organisation != stand.organisation_id:
        whose |= Q(participation__profile__organisation=holder.organisation)
    return stand.people.filter(whose).exclude(participation__profile=stand.profile_id)


def _take_requests_along(moves: Mapping[int, _Move]) -> None:
    """A request that a hand gave a time, a table or another stand stays, and so does one of somebody who says "no
    thanks" to the new stand: held there, it would be held never.
    """
    open_ones = MeetingRequest.objects.filter(
        receiver__in=moves, state__in=LIVING_REQUESTS, meeting__isnull=True, fixed_slot=None, fixed_table=None
    )
    keys = list(open_ones.order_by("pk").values_list("pk", flat=True))
    lock_requests(keys)
    requests = list(MeetingRequest.objects.filter(pk__in=keys).prefetch_related("guests__participant"))
    refusals = _refusals({move.after for move in moves.values()})
    moved = [request for request in requests if _goes_along(request, moves[request.receiver_id], refusals)]
    for request in moved:
        request.stand_id = moves[request.receiver_id].after
        request.version += 1
        request.updated_at = timezone.now()
    MeetingRequest.objects.bulk_update(moved, ("stand", "version", "updated_at"))


def _goes_along(request: MeetingRequest, move: _Move, refusals: frozenset[tuple[int, int | None]]) -> bool:
    guests = (row.participant.host_id or row.participant_id for row in request.guests.all())
    who = (request.sender_id, request.receiver_id, *guests)
    return request.stand_id == move.before and not any((agenda, move.after) in refusals for agenda in who)


def _refusals(stands: Iterable[int | None]) -> frozenset[tuple[int, int | None]]:
    """Who says "no thanks" to which of the stands, as keys of agendas and stands."""
    said = Preference.objects.filter(stand__in=[key for key in stands if key is not None], wanting=Wanting.NO_THANKS)
    rows = said.values_list("person_id", "person__host_id", "stand_id")
    return frozenset((host or person, stand) for person, host, stand in rows)
