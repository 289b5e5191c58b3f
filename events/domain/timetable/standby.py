"""Freed slots for pairs whose wish was not met: offered by an organiser, held when both sides say yes."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.domain.setup.changing import change_event
from events.domain.timetable.meeting_places import Situation, open_slots, open_slots_on, require_open
from events.domain.timetable.planning import Plan, problem_of
from events.domain.timetable.publishing import people_of_wish, place_meeting
from events.domain.timetable.stored_timetables import Spot, published_spots
from events.domain.timetable.telling_meetings import tell_offer
from events.domain.timetable.timetable_errors import OfferGone, PlaceTaken
from events.enums import MeetingState, OfferState
from events.models import Event, Meeting, MeetingRequest, MeetingSide, Participant, Slot, Stand, StandbyOffer, Table
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import NotAllowed, NotFound

logger = logging.getLogger(__name__)
OFFER_LASTS = timedelta(hours=24)
# Nobody can walk to a meeting that begins sooner.
LEAST_NOTICE = timedelta(minutes=10)
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Chance:
    """A wish that was not met and could be now, and where."""

    request: MeetingRequest
    spot: Spot


def chances(plan: Plan, *, now: datetime) -> Iterator[Chance]:
    """Accepted requests without a meeting or an open offer that fit into a free slot to come; worth most first."""
    held = published_spots(plan)
    offered = set(
        StandbyOffer.objects.filter(event=plan.event, state=OfferState.OFFERED).values_list("request_id", flat=True)
    )
    situation = Situation.of(plan, now=now)
    wishes = [wish for wish in range(len(plan.requests)) if wish not in held]
    wishes = [wish for wish in wishes if plan.requests[wish].pk not in offered]
    for wish in sorted(wishes, key=lambda wish: (-plan.problem.wishes[wish].value, wish)):
        coming = (each.first for each in open_slots_on(situation, wish) if _in_time(each.first.slot, now))
        spot = next(coming, None)
        if spot is not None:
            yield Chance(plan.requests[wish], spot)


def _in_time(slot: Slot, now: datetime) -> bool:
    return slot.starts_at >= now + LEAST_NOTICE


@transaction.atomic
def offer_slot(
    request: MeetingRequest,
    *,
    slot: Slot,
    table: Table | None = None,
    stand: Stand | None = None,
    viewer: Viewer,
    now: datetime,
) -> StandbyOffer:
    """Offer a free slot to both sides; the offer that is open already comes back.

    Raises:
        NotAllowed, NotFound, EventCalledOff
        PlaceTaken: it is not free for them, or begins too soon.
        OfferGone: the meeting is held already, or the request is not one that is planned.
    """
    event = change_event(request.event, viewer=viewer)
    open_offer = StandbyOffer.objects.filter(request=request, state=OfferState.OFFERED).first()
    if open_offer is not None:
        return open_offer
    plan = problem_of(event)
    wish = plan.wish_of.get(request.pk)
    if wish is None or wish in published_spots(plan):
        raise OfferGone(_("This meeting has a place already, or somebody of it does not come any more."))
    if not _in_time(slot, now):
        raise PlaceTaken(_("That slot begins too soon to be offered."))
    require_open(plan, wish, Spot(slot, table, stand), now=now)
    offer = StandbyOffer.objects.create(
        hub_id=event.hub_id, event=event, request=request, slot=slot, table=table, stand=stand,
        expires_at=min(now + OFFER_LASTS, slot.starts_at - LEAST_NOTICE),
    )  # fmt: skip
    _record(offer, viewer, "offer_slot")
    tell_offer(offer, people_of_wish(plan, wish), now=now)
    return offer


@transaction.atomic
def offer_all(event: Event, *, viewer: Viewer, now: datetime) -> int:
    """Offer every free slot that some unmet wish fits into, worth most first; how many offers were made.

    Two offers may name the same slot: who says yes first has it.
    """
    change_event(event, viewer=viewer)
    found = [chance for _number, chance in zip(range(MOST_AT_ONCE), chances(problem_of(event), now=now), strict=False)]
    for chance in found:
        spot = chance.spot
        offer_slot(chance.request, slot=spot.slot, table=spot.table, stand=spot.stand, viewer=viewer, now=now)
    return len(found)


@transaction.atomic
def answer_offer(offer: StandbyOffer, *, participant: Participant, accepts: bool, now: datetime) -> StandbyOffer:
    """Say yes or no for one side; when both have said yes, the meeting is held and both are told.

    Saying the same again changes nothing. A slot that somebody else took meanwhile is looked for at another table.

    Raises:
        NotAllowed: the person is neither side of it.
        OfferGone: it has expired, was declined, or the slot was taken.
    """
    lock_event(offer.event)
    row = StandbyOffer.objects.select_related("request__event", "slot", "table", "stand", "event").get(pk=offer.pk)
    side = _side_of(row, participant)
    if row.state == OfferState.TAKEN:
        return row
    if row.state != OfferState.OFFERED or row.expires_at <= now or _is_filled(row):
        raise OfferGone(_("This slot is offered no longer: it was taken, declined, or the time to answer has passed."))
    if not accepts:
        row.state = OfferState.DECLINED
    elif getattr(row, f"{side}_yes_at") is None:
        setattr(row, f"{side}_yes_at", now)
    row.save()
    _record(row, None, "accept_offer" if accepts else "decline_offer")
    if row.sender_yes_at and row.receiver_yes_at and accepts:
        _take(row, now)
    return row


def _side_of(offer: StandbyOffer, participant: Participant) -> str:
    """Which side the person, or whose agenda it shares, is on."""
    agendas = {participant.pk, participant.host_id}
    for side in ("sender", "receiver"):
        person: Participant = getattr(offer.request, side)
        if agendas & {person.pk, person.host_id} - {None}:
            return side
    raise NotAllowed(_("Only the two who would meet can answer."))


def _take(offer: StandbyOffer, now: datetime) -> None:
    """Both said yes: hold it there, or at another free place in the same slot; else the offer has lapsed."""
    offer.state = OfferState.TAKEN
    try:
        spot = _still_open(offer, now)
        place_meeting(offer.request, slot=spot.slot, table=spot.table, stand=spot.stand, now=now, actor=None)
    except PlaceTaken:
        offer.state = OfferState.LAPSED
    offer.save()
    _lapse_filled(StandbyOffer.objects.filter(event=offer.event_id), now)


def _still_open(offer: StandbyOffer, now: datetime) -> Spot:
    plan = problem_of(offer.event)
    wish = plan.wish_of.get(offer.request_id)
    found = [] if wish is None else open_slots(plan, wish, now=now)
    same_slot = [each for each in found if each.first.slot.pk == offer.slot_id]
    if not same_slot:
        raise PlaceTaken(_("That slot or place is no longer part of the event. Choose another one."))
    wanted = Spot(offer.slot, offer.table, offer.stand)
    return next((spot for spot in same_slot[0].spots if spot.key == wanted.key), same_slot[0].first)


@transaction.atomic
def withdraw_offer(offer: StandbyOffer, *, viewer: Viewer) -> StandbyOffer:
    """Offer the slot no longer.

    Raises:
        NotAllowed, NotFound, EventCalledOff
    """
    change_event(offer.event, viewer=viewer)
    if StandbyOffer.objects.filter(pk=offer.pk, state=OfferState.OFFERED).update(state=OfferState.LAPSED):
        _record(offer, viewer, "withdraw_offer")
    offer.refresh_from_db()
    return offer


def lapse_due(now: datetime) -> int:
    """A duty: offers whose time has passed, and those whose slot either side has filled otherwise."""
    events = Event.objects.filter(pk__in=StandbyOffer.objects.filter(state=OfferState.OFFERED).values("event"))
    return sum(_safely(event, now) for event in list(events.order_by("pk")))


def _safely(event: Event, now: datetime) -> int:
    """One event that cannot be done, or was removed meanwhile, does not keep the others waiting."""
    try:
        return _lapse(event, now)
    except NotFound:
        return 0
    except Exception as error:
        logger.error("standby offers: %s in event %s", type(error).__name__, event.pk)
        return 0


@transaction.atomic
def _lapse(event: Event, now: datetime) -> int:
    open_offers = StandbyOffer.objects.filter(event=lock_event(event), state=OfferState.OFFERED)
    lapsed = open_offers.filter(expires_at__lte=now).update(state=OfferState.LAPSED, updated_at=now)
    return lapsed + _lapse_filled(open_offers, now)


def _lapse_filled(offers: QuerySet[StandbyOffer], now: datetime) -> int:
    filled = [row.pk for row in offers.filter(state=OfferState.OFFERED).select_related("request") if _is_filled(row)]
    return offers.filter(pk__in=filled).update(state=OfferState.LAPSED, updated_at=now)


def _is_filled(offer: StandbyOffer) -> bool:
    planned = Q(meeting__state=MeetingState.PLANNED, meeting__slot=offer.slot_id)
    two = [offer.request.sender_id, offer.request.receiver_id]
    busy = MeetingSide.objects.filter(planned, participant__in=two).exists()
    return busy or Meeting.objects.filter(request=offer.request_id, state=MeetingState.PLANNED).exists()


def _record(offer: StandbyOffer, viewer: Viewer | None, action: str) -> None:
    record_change(
        offer.hub_id, actor_id=viewer.user_id if viewer else None, action=action, subject_type="standby_offer",
        subject_id=offer.public_id,
    )  # fmt: skip
