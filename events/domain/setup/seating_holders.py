"""Whoever gets a stand is found there: its people, and the meetings that were agreed or asked for before they had it.

Private wishes decide nothing here: an organiser reads where each meeting goes. Whom a "no thanks" to the new stand
keeps apart, the timetable keeps apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from events.domain.locks import lock_people, lock_requests
from events.enums import MeetingState, RequestOrigin
from events.models import Event, MeetingRequest, Participant, Stand
from events.queries.setup import LIVING_REQUESTS


@dataclass(frozen=True)
class Holder:
    """Whose a stand was: keys of the profile and of its organisation, of which either may be erased by now."""

    profile: int | None
    organisation: int | None

    @classmethod
    def of(cls, stand: Stand) -> "Holder":
        """Who has the stand as it is now."""
        return cls(stand.profile_id, stand.organisation_id)


def seat_holders(event: Event, stands: Iterable[Stand]) -> None:
    """People of a stand's profile who are found nowhere yet are found there from now on.

    Whoever was seated there already stays. What was asked of them goes along as far as nothing is planned or set by
    hand. Under the event's lock; a few queries, however many stands.
    """
    coming = _coming(event, stands)
    _seat(coming)
    _take_along(event, _waiting_for(coming))


def pass_stand_on(event: Event, stand: Stand, *, former: Holder) -> None:
    """The same for a stand that somebody else had until now, whose people leave it.

    They are found at another stand of their profile if it has one. Who was seated there from elsewhere stays. No
    meeting of theirs that is not published stays behind, wherever they are found themselves.
    """
    people = _people_of(former, event, stand)
    leaving, coming = _leaving(event, stand, people), _coming(event, [stand])
    left_behind = Q(stand=stand) & _with_any_of(people.values_list("pk", flat=True))
    _seat(leaving | coming)
    _take_along(event, left_behind | _waiting_for(coming))


def _seat(stand_of: Mapping[int, int | None]) -> None:
    """Let people be found at these stands from now on, or nowhere; all by their keys."""
    lock_people(stand_of)
    people = list(Participant.objects.filter(pk__in=stand_of))
    for person in people:
        person.stand_id, person.updated_at = stand_of[person.pk], timezone.now()
    Participant.objects.bulk_update(people, ("stand", "updated_at"))


def _coming(event: Event, stands: Iterable[Stand]) -> dict[int, int | None]:
    stand_of = {stand.profile_id: stand.pk for stand in stands if stand.profile_id is not None}
    rows = Participant.objects.filter(event=event, stand=None, participation__profile__in=stand_of)
    return {person: stand_of[profile] for person, profile in rows.values_list("pk", "participation__profile_id")}


def _leaving(event: Event, stand: Stand, people: QuerySet[Participant]) -> dict[int, int | None]:
    profile_of = dict(people.filter(stand=stand).values_list("pk", "participation__profile_id"))
    rows = event.stands.exclude(pk=stand.pk).filter(profile__in=set(profile_of.values()))
    others = dict(rows.order_by("-pk").values_list("profile_id", "pk"))
    return {person: others.get(profile) for person, profile in profile_of.items()}


def _people_of(holder: Holder, event: Event, stand: Stand) -> QuerySet[Participant]:
    """Whose stand it was: people of the holder's organisation too, since registration seats by that.

    Within one organisation the stand only goes from profile to profile, and nobody else of it leaves.
    """
    whose = Q(pk__in=())
    if holder.profile is not None:
        whose |= Q(participation__profile=holder.profile)
    if holder.organisation is not None and holder.organisation != stand.organisation_id:
        whose |= Q(participation__profile__organisation=holder.organisation)
    return Participant.objects.filter(whose, event=event).exclude(participation__profile=stand.profile_id)


def _waiting_for(people: Iterable[int]) -> Q:
    """Requests held nowhere in particular that would be held at the stand of one of these people."""
    keys = list(people)
    either = Q(receiver__in=keys) | (Q(sender__in=keys) & ~Q(origin=RequestOrigin.PERSON))
    return Q(stand=None, fixed_slot=None) & either


def _with_any_of(people: Iterable[int]) -> Q:
    keys = list(people)
    return Q(sender__in=keys) | Q(receiver__in=keys) | Q(guests__participant__in=keys)


def _take_along(event: Event, which: Q) -> None:
    """Hold these where they usually are from now on, but what is published, and what a hand has put at a table."""
    rows = MeetingRequest.objects.filter(which, event=event, state__in=LIVING_REQUESTS, fixed_table=None)
    keys = set(rows.exclude(meeting__state=MeetingState.PLANNED).values_list("pk", flat=True))
    lock_requests(keys)
    requests = MeetingRequest.objects.filter(pk__in=keys).select_related("stand", "sender__stand", "receiver__stand")
    moved = [request for request in requests if request.usual_stand != request.stand]
    has_tables = event.tables.filter(is_lost=False).exists()
    for request in moved:
        if not has_tables:
            request.fixed_slot = None
        request.stand = _place_of(request)
        request.version += 1
        request.updated_at = timezone.now()
    MeetingRequest.objects.bulk_update(moved, ("stand", "fixed_slot", "version", "updated_at"))


def _place_of(request: MeetingRequest) -> Stand | None:
    """The usual stand; with a set time any free table, and where the event has none, no time stays set.

    Were the stand full at that time, or somebody's "no thanks" to it in the way, no timetable at all would be possible;
    and going there only where nothing is in the way would tell.
    """
    return request.usual_stand if request.fixed_slot_id is None else None
