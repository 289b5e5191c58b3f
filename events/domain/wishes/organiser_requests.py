"""A meeting that an organiser plans between people: for who joins late, or for two whom the day should bring together.

It becomes an agreed request; the next timetable or repair places it, within everybody's own times and maximum.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.domain.setup.changing import change_event, save_change
from events.domain.wishes.asking import record_request, take_place_of
from events.domain.wishes.hand_checks import (
    agendas_of,
    require_free,
    require_of_event,
    require_plannable_by_hand,
    require_to_come,
    require_together,
)
from events.domain.wishes.pair_words import request_of, words_between
from events.enums import RequestOrigin, RequestState
from events.models import Event, MeetingRequest, Participant, RequestGuest, Slot, Stand, Table
from events.models.wishes import MAX_REASON
from events.queries.wishes import OPEN, requests_between
from hubs.policies import Viewer
from matching.domain.introductions.errors import AlreadyAsked
from profiles.texts import clean_text

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
        NoBookings: at this event nobody books a meeting.
        NotComing, TakesNoMeetings: one of them.
        KeptApart: the event's rules, a no, or somebody's private wish; which, is not told.
        AlreadyAsked: an open request, or an agreed one, is there between the first two.
        PlaceTaken: one of them is not free then, a hand has put something else there, or that time has begun.
        CapReached: the second one's month is full.
    """
    locked = change_event(event, viewer=viewer, version=version)
    require_plannable_by_hand(locked, now=now)
    agendas = agendas_of(locked, people)
    words = clean_text(reason, field="reason", max_length=MAX_REASON, min_letters=_FEWEST_LETTERS)
    require_of_event(locked, before, slot, spot)
    require_to_come(slot, now=now)
    require_together(locked, agendas, spot)
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
    require_free(locked, request)
    take_place_of(request, now=now)
    record_request(request, viewer, "plan")
    save_change(locked, viewer=viewer, action="plan_meeting", changed=["requests"])
    return request


def _require_new(sender: Participant, receiver: Participant) -> None:
    there = requests_between(sender, receiver).filter(state__in=OPEN).first()
    if there is None:
        return
    if there.state == RequestState.ACCEPTED:
        raise AlreadyAsked(
            _(
                "These two have agreed to meet already. Under “Requests and rules” you can give their meeting a time, "
                "an order or guests."
            ),
            request=str(there.public_id),
        )
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
