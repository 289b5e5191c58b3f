"""A meeting that an organiser plans between people: for who joins late, or for two whom the day should bring together.

It becomes an agreed request; the next timetable or repair places it, within everybody's own times and maximum.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import combinations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.domain.setup.changing import change_event, save_change
from events.domain.timetable.planning import problem_of
from events.domain.timetable.timetable_errors import EventNotPlannable, PlaceTaken
from events.domain.wishes.asking import record_request, take_place_of
from events.domain.wishes.pair_words import request_of, words_between
from events.domain.wishes.wish_errors import KeptApart, NotComing
from events.domain.wishes.wish_rules import require_meets
from events.enums import COMING, EventState, RequestOrigin, RequestState, Wanting
from events.models import Event, MeetingRequest, Participant, Preference, RequestGuest, Slot, Stand, Table
from events.models.wishes import MAX_REASON
from events.queries.wishes import OPEN, host_of, pairs_kept_apart, requests_between
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotFound
from matching.domain.introductions.errors import AlreadyAsked
from profiles.texts import clean_text

PLANNABLE = (EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED)
MOST_PEOPLE = 8
_FEWEST_LETTERS = 10


@transaction.atomic
def plan_meeting_between(
    event: Event,
    *,
    viewer: Viewer,
    version: int,
    people: Sequence[Participant],
    before: MeetingRequest | None = None,
    slot: Slot | None = None,
    spot: Table | Stand | None = None,
    reason: str,
    now: datetime,
) -> MeetingRequest:
    """Note an agreed meeting of the first two people, the others as guests; all of them read the reason.

    `before` is an agreed meeting that it must be held earlier than. `slot` and `spot` fix when and where; a stand is
    where it is held whenever it is, and without a spot it is at a stand of one of the two if they have one.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        EventNotPlannable: the event is not open, or over.
        InvalidInput: too few or too many people, somebody twice, no reason.
        NotComing, TakesNoMeetings: one of them.
        KeptApart: the event's rules, a no, or somebody's private wish; which, is not told.
        AlreadyAsked: an open request, or an agreed one, is there between the first two.
        PlaceTaken: one of them is not free then, or a hand has put something else there.
        CapReached: the second one's month is full.
    """
    locked = change_event(event, viewer=viewer, version=version)
    if locked.state not in PLANNABLE or locked.ends_at <= now:
        raise EventNotPlannable(_("Meetings are planned while the event is open and not over yet."))
    agendas = _agendas(locked, people)
    words = clean_text(reason, field="reason", max_length=MAX_REASON, min_letters=_FEWEST_LETTERS)
    _require_of_event(locked, before, slot, spot)
    _require_together(locked, agendas, spot)
    sender, receiver, *guests = agendas
    _require_new(sender, receiver)
    request = _create(sender, receiver, words, viewer, now=now)
    request.before, request.fixed_slot = before, slot
    request.fixed_table = spot if isinstance(spot, Table) else None
    request.stand = spot if isinstance(spot, Stand) else None if spot is not None else receiver.stand or sender.stand
    request.save()
    RequestGuest.objects.bulk_create(
        RequestGuest(hub_id=locked.hub_id, request=request, participant=guest) for guest in guests
    )
    _require_free(locked, request)
    take_place_of(request, now=now)
    record_request(request, viewer, "plan")
    save_change(locked, viewer=viewer, action="plan_meeting", changed=["requests"])
    return request


def _agendas(event: Event, people: Sequence[Participant]) -> list[Participant]:
    """The agendas that the meeting goes into, in the order of the people."""
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


def _require_of_event(
    event: Event, before: MeetingRequest | None, slot: Slot | None, spot: Table | Stand | None
) -> None:
    if before is not None and not event.requests.filter(pk=before.pk, state=RequestState.ACCEPTED).exists():
        raise NotFound(_("We cannot find that meeting request."))
    if slot is not None and not event.slots.filter(pk=slot.pk).exists():
        raise NotFound(_("We cannot find that meeting period. Somebody may have removed it."))
    if isinstance(spot, Table) and not event.tables.filter(pk=spot.pk, is_lost=False).exists():
        raise NotFound(_("We cannot find that table at this event, or it cannot be used."))
    if isinstance(spot, Stand) and not event.stands.filter(pk=spot.pk).exists():
        raise NotFound(_("We cannot find that stand at this event."))


def _require_together(event: Event, agendas: Sequence[Participant], spot: Table | Stand | None) -> None:
    """A no, given in public or in private, holds against an organiser too; all of them sound alike."""
    apart = pairs_kept_apart(event)
    for one, other in combinations(agendas, 2):
        colleagues = event.keeps_colleagues_apart and one.organisation_id == other.organisation_id
        declined = requests_between(one, other).filter(state=RequestState.DECLINED).exists()
        if colleagues or declined or not apart.isdisjoint({(one.pk, other.pk), (other.pk, one.pk)}):
            raise KeptApart(
                _("These two are kept apart at this event: %(one)s and %(other)s.")
                % {"one": one.name, "other": other.name}
            )
    if isinstance(spot, Stand) and _avoids(spot, agendas):
        raise KeptApart(_("These people cannot meet at that stand. Choose another place."))


def _avoids(stand: Stand, agendas: Sequence[Participant]) -> bool:
    said = Preference.objects.filter(stand=stand, wanting=Wanting.NO_THANKS).select_related("person__host")
    return bool({host_of(row.person).pk for row in said} & {agenda.pk for agenda in agendas})


def _require_new(sender: Participant, receiver: Participant) -> None:
    there = requests_between(sender, receiver).filter(state__in=OPEN).first()
    if there is None:
        return
    if there.state == RequestState.ACCEPTED:
        raise AlreadyAsked(_("These two have agreed to meet already."), request=str(there.public_id))
    raise _asked_already()


def _create(
    sender: Participant, receiver: Participant, reason: str, viewer: Viewer, *, now: datetime
) -> MeetingRequest:
    words = words_between(sender, receiver, now=now)
    request = request_of(
        sender,
        receiver,
        words,
        now=now,
        origin=RequestOrigin.ORGANISER,
        state=RequestState.ACCEPTED,
        reason=reason,
        expires_at=sender.event.starts_at,
        answered_at=now,
        made_by_id=viewer.user_id,
    )
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        # The database's own word, should a request have come about without the event's lock.
        raise _asked_already() from error
    return request


def _asked_already() -> AlreadyAsked:
    return AlreadyAsked(_("One of these two has asked the other, who has not answered yet."))


def _require_free(event: Event, request: MeetingRequest) -> None:
    """What a hand fixes must be possible, or no timetable at all would be."""
    if request.fixed_slot is None:
        return
    plan = problem_of(event)
    number, wish = plan.slot_number[request.fixed_slot.pk], plan.problem.wishes[plan.wish_of[request.pk]]
    if any(number not in plan.problem.people[person].free for person in wish.people):
        raise PlaceTaken(_("One of them is not free then: away, or in a session. Choose another time."))
    after = request.before.fixed_slot if request.before is not None else None
    if after is not None and after.starts_at <= request.fixed_slot.starts_at:
        raise PlaceTaken(_("Another meeting must come before or after this one. Choose another time."))
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
