"""What must hold for a meeting that an organiser sets by hand: its people, its order, its time and place.

A hand that asks for the impossible is stopped here, since with it no timetable at all would be possible.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations

from django.utils.translation import gettext as _

from events.domain.timetable.planning import problem_of
from events.domain.timetable.timetable_errors import EventNotPlannable, PlaceTaken
from events.domain.wishes.wish_errors import KeptApart, NotComing
from events.domain.wishes.wish_rules import require_bookings, require_meets
from events.enums import COMING, EventState, RequestState, Wanting
from events.models import Event, MeetingRequest, Participant, Preference, Slot, Stand, Table
from events.queries.wishes import host_of, pairs_kept_apart, requests_between
from kernel.errors import InvalidInput, NotFound

PLANNABLE = (EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)
MOST_PEOPLE = 8


def require_plannable_by_hand(event: Event, *, now: datetime) -> None:
    """Stop unless meetings of the event can be set by hand now.

    Raises:
        EventNotPlannable, NoBookings
    """
    if event.state not in PLANNABLE or event.ends_at <= now:
        raise EventNotPlannable(_("Meetings are planned while the event is open and not over yet."))
    require_bookings(event)


def agendas_of(event: Event, people: Sequence[Participant]) -> list[Participant]:
    """The agendas that the meeting goes into, in the order of the people.

    Raises:
        NotFound, InvalidInput, NotComing, TakesNoMeetings
    """
    keys = [person.pk for person in people]
    joined = "participation__profile__organisation"
    rows = Participant.objects.filter(event=event).select_related("event", "stand", joined, f"host__{joined}")
    found = rows.in_bulk(keys)
    if len(found) != len(set(keys)):
        raise NotFound(_("We cannot find that person at this event."))
    agendas = [host_of(found[key]) for key in keys]
    if not 2 <= len(agendas) <= MOST_PEOPLE:
        raise InvalidInput(_("Choose two to %(most)d people.") % {"most": MOST_PEOPLE}, field="people")
    if len({agenda.pk for agenda in agendas}) != len(agendas):
        raise InvalidInput(_("Two of them are one person, or share one agenda. Choose others."), field="people")
    for agenda in agendas:
        if agenda.state not in COMING:
            raise NotComing(_("%(name)s does not come to the event.") % {"name": agenda.name})
        require_meets(agenda, is_self=False)
    return agendas


def require_of_event(
    event: Event, before: MeetingRequest | None, slot: Slot | None, spot: Table | Stand | None
) -> None:
    """Stop unless all of them belong to the event and can be used.

    Raises:
        NotFound
    """
    if before is not None and not event.requests.filter(pk=before.pk, state=RequestState.ACCEPTED).exists():
        raise NotFound(_("We cannot find that meeting request."))
    if slot is not None and not event.slots.filter(pk=slot.pk).exists():
        raise NotFound(_("We cannot find that meeting period. Somebody may have removed it."))
    if isinstance(spot, Table) and not event.tables.filter(pk=spot.pk, is_lost=False).exists():
        raise NotFound(_("We cannot find that table at this event, or it cannot be used."))
    if isinstance(spot, Stand) and not event.stands.filter(pk=spot.pk).exists():
        raise NotFound(_("We cannot find that stand at this event."))


def require_to_come(slot: Slot | None, *, now: datetime) -> None:
    """Stop where the time that is set has begun: nothing is planned before now.

    Raises:
        PlaceTaken
    """
    if slot is not None and slot.starts_at <= now:
        raise PlaceTaken(_("That time has begun already. Choose a later one, or leave it to computing."))


def require_together(
    event: Event, agendas: Sequence[Participant], spot: Table | Stand | None, *, newcomer: Participant | None = None
) -> None:
    """A no, given in public or in private, holds against an organiser too; all of them sound alike.

    Of a `newcomer` only its own pairs are looked at: what the others said of each other since is not asked again.

    Raises:
        KeptApart
    """
    apart = pairs_kept_apart(event)
    for one, other in combinations(agendas, 2):
        if newcomer is not None and newcomer.pk not in (one.pk, other.pk):
            continue
        colleagues = event.keeps_colleagues_apart and one.organisation_id == other.organisation_id
        declined = requests_between(one, other).filter(state=RequestState.DECLINED).exists()
        if colleagues or declined or not apart.isdisjoint({(one.pk, other.pk), (other.pk, one.pk)}):
            raise KeptApart(
                _("These two are kept apart at this event: %(one)s and %(other)s.")
                % {"one": one.name, "other": other.name}
            )
    if isinstance(spot, Stand):
        require_stand(spot, agendas if newcomer is None else [newcomer])


def require_stand(stand: Stand, agendas: Sequence[Participant]) -> None:
    """Stop where one of them wants nothing to do with the stand; who, is not told.

    Raises:
        KeptApart
    """
    said = Preference.objects.filter(stand=stand, wanting=Wanting.NO_THANKS).select_related("person__host")
    if {host_of(row.person).pk for row in said} & {agenda.pk for agenda in agendas}:
        raise KeptApart(_("These people cannot meet at that stand. Choose another place."))


def require_free(event: Event, request: MeetingRequest) -> None:
    """What a hand fixes must be possible, or no timetable at all would be.

    Raises:
        NotComing, PlaceTaken
    """
    if request.fixed_slot is None:
        return
    plan = problem_of(event)
    if request.pk not in plan.wish_of:
        raise NotComing(_("Somebody of this meeting does not come, or takes no meetings any more."))
    number, wish = plan.slot_number[request.fixed_slot.pk], plan.problem.wishes[plan.wish_of[request.pk]]
    if any(number not in plan.problem.people[person].free for person in wish.people):
        raise PlaceTaken(_("One of them is not free then: away, or in a session. Choose another time."))
    require_order(request)
    fixed_then = [other for other in plan.problem.wishes if other.key != wish.key and other.fixed_slot == number]
    if request.stand is not None:
        there = [other for other in fixed_then if other.pools == wish.pools]
        if len(there) >= request.stand.meetings_at_once:
            raise PlaceTaken(_("Every place there is taken then. Choose another place or another time."))
    for other in fixed_then:
        if set(other.people) & set(wish.people):
            raise PlaceTaken(_("One of them has another meeting then. Choose another time."))
        if wish.fixed_pool is not None and other.fixed_pool == wish.fixed_pool:
            raise PlaceTaken(_("Another meeting is at that table then. Choose another table or another time."))


def require_order(request: MeetingRequest) -> None:
    """Two meetings with fixed times must come in the order that is asked for.

    Raises:
        PlaceTaken
    """
    at = request.fixed_slot.starts_at if request.fixed_slot is not None else None
    after = request.before.fixed_slot if request.before is not None else None
    agreed = request.after.filter(state=RequestState.ACCEPTED)
    if at is not None and (
        (after is not None and after.starts_at <= at) or agreed.filter(fixed_slot__starts_at__gte=at).exists()
    ):
        raise PlaceTaken(_("Another meeting must come before or after this one. Choose another time."))
