"""What becomes of a request: a yes or a no with a note, taken back, or nothing until its last day has passed."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from events.domain.locks import lock_event
from events.domain.timetable.day_changes import note_withdrawal
from events.domain.timetable.meeting_places import open_slots
from events.domain.timetable.planning import problem_of
from events.domain.timetable.publishing import place_meeting
from events.domain.wishes.asking import free_place_of, record_request
from events.domain.wishes.telling_wishes import tell_of_request
from events.domain.wishes.wish_errors import MeetingAgreed, NoFreeSlot, SaidNoThanks
from events.domain.wishes.wish_rules import require_meets, require_speaking_for
from events.domain.wishes.wishing import weigh_requests
from events.enums import COMING, EventState, MeetingState, RequestMode, RequestState
from events.models import Meeting, MeetingRequest, Participant
from events.models.wishes import MAX_REASON
from events.queries.taken_back import is_as_taken_back
from events.queries.wishes import (
    OPEN,
    is_hidden,
    is_refused_by_sender,
    is_silent,
    keeps_no_thanks,
    unanswered,
    was_told,
)
from hubs.policies import Viewer
from kernel.errors import DomainError, NotFound
from matching.domain.introductions.days import reminder_at
from matching.domain.introductions.errors import AlreadyAnswered, AnswerTooLate
from profiles.texts import clean_text

logger = logging.getLogger(__name__)
S = RequestState
Step = Callable[[MeetingRequest, datetime], bool]


def answer_request(
    request: MeetingRequest, *, accepts: bool, note: str = "", viewer: Viewer | None = None, now: datetime
) -> MeetingRequest:
    """The receiver's word; without `viewer` its mailed link has let it in. `note` goes to the sender with a no.

    Where the event takes the first free slot, a yes makes the meeting at once. Two who had asked each other without
    knowing meet once: with a yes, what the receiver's side had asked itself is taken back.

    A yes that a "no thanks" of either side keeps from leading to a meeting answers nothing, and what comes of that is
    stored: no caller's transaction may undo it. Nor does a no that adds nothing to the receiver's "no thanks": the
    request comes back as it was, since whoever reads it as taken back would otherwise see it answered.

    Raises:
        NotFound: the request is gone, or nobody on the receiver's side has ever heard of it.
        NotAllowed: the viewer does not speak for the receiver.
        AlreadyAnswered
        AnswerTooLate: also of a yes to somebody whose agenda has said "no thanks" to the receiver since it asked: the
            request is taken back by that.
        SaidNoThanks: a yes to somebody to whom the receiver has said "no thanks"; to its colleagues the request is
            taken back (`AnswerTooLate`), as they read it from then on.
        TakesNoMeetings: a yes of somebody who takes no meetings any more.
        NoFreeSlot: no slot is free for both; nothing was answered.
        InvalidInput: the note is too long.
    """
    with transaction.atomic():
        lock_event(request.event)
        locked = lock_request(request)
        _require_answerable(locked, viewer, accepts=accepts, now=now)
        words = clean_text(note, field="note", max_length=MAX_REASON)
        refusal = _refusal(locked, viewer, now=now) if accepts else None
        if refusal is None and (accepts or not is_silent(locked)):
            _answer(locked, viewer, accepts=accepts, words=words, now=now)
    if refusal is not None:
        raise refusal
    return locked


def _require_answerable(locked: MeetingRequest, viewer: Viewer | None, *, accepts: bool, now: datetime) -> None:
    require_speaking_for(viewer, locked.receiver)
    _require_in_sight(locked, viewer)
    _require_open(locked, now=now)
    if accepts:
        require_meets(locked.receiver, is_self=True)


def _answer(locked: MeetingRequest, viewer: Viewer | None, *, accepts: bool, words: str, now: datetime) -> None:
    if accepts:
        _close(locked, S.ACCEPTED, now=now)
        _withdraw_opposite(locked, viewer)
    else:
        locked.decline_note = words
        _close(locked, S.DECLINED, now=now)
        free_place_of(locked)
    record_request(locked, viewer, "accept" if accepts else "decline")
    if accepts:
        weigh_requests(locked.sender, locked.receiver)
        if locked.event.request_mode == RequestMode.FIRST_FREE:
            _meet_first(locked, viewer, now=now)
    kind = "event_request_accepted" if accepts else "event_request_declined"
    tell_of_request(locked, kind, reader=locked.sender, now=now)


@transaction.atomic
def withdraw_request(
    request: MeetingRequest, *, person: Participant, viewer: Viewer | None = None, now: datetime
) -> MeetingRequest:
    """Take a request back: the sender while it waits, either of the two once it was agreed.

    The other is told of an agreement that is called off, and both of a meeting that stood in the timetable; a request
    that was not answered just goes.

    Raises:
        NotFound, NotAllowed
        AlreadyAnswered: it has ended already.
        MeetingAgreed: the meeting has begun.
    """
    # The event first, as everything that publishes or moves meetings does: nobody waits for the other in a circle.
    lock_event(request.event)
    locked = lock_request(request)
    require_speaking_for(viewer, person)
    mine = {S.ASKED: (locked.sender_id,), S.ACCEPTED: (locked.sender_id, locked.receiver_id)}
    if locked.state not in mine:
        raise _ended()
    if person.pk not in mine[S(locked.state)]:
        raise _ended() if is_as_taken_back(locked) else _gone()
    if Meeting.objects.filter(request=locked, state=MeetingState.PLANNED, slot__starts_at__lte=now).exists():
        raise MeetingAgreed(_("This meeting has begun. Tell the organiser if it was not held."))
    if note_withdrawal(locked, actor=viewer, now=now):
        locked.refresh_from_db()
        return locked
    was_agreed = locked.state == S.ACCEPTED
    _withdraw(locked)
    record_request(locked, viewer, "withdraw")
    if was_agreed:
        other = locked.receiver if person.pk == locked.sender_id else locked.sender
        tell_of_request(locked, "event_request_withdrawn", reader=other, now=now)
    return locked


def expire_due(now: datetime) -> int:
    """Duty: requests whose last day has passed expire, and half-way through each is reminded of once.

    A request one of whose two does not come any more ends as well. Returns how many changed. Each is changed in a
    transaction of its own and looked at again under its lock, so that two workers do nothing twice.
    """
    both_come = Q(sender__state__in=COMING, receiver__state__in=COMING)
    return (
        _each(unanswered(now).filter(expires_at__lte=now), _expire, now)
        + _each(unanswered(now).exclude(both_come), _leave, now)
        + _each(unanswered(now).filter(reminded_at__isnull=True, expires_at__gt=now), _remind, now)
    )


def lock_request(request: MeetingRequest) -> MeetingRequest:
    """The row as it is now, locked until the transaction ends with what else is open between the two.

    Raises:
        NotFound: it is gone.
    """
    pair = (request.sender_id, request.receiver_id)
    between = Q(sender__in=pair, receiver__in=pair, state__in=OPEN)
    rows_of_both = MeetingRequest.objects.select_for_update().filter(Q(pk=request.pk) | between)
    list(rows_of_both.order_by("pk").values_list("pk"))
    people = ("sender", "receiver")
    joined = [f"{side}__participation__profile__organisation" for side in people]
    rows = MeetingRequest.objects.select_related("event", "stand", *joined, *(f"{side}__event" for side in people))
    found = rows.filter(pk=request.pk).first()
    if found is None:
        raise _gone()
    return found


def _require_in_sight(locked: MeetingRequest, viewer: Viewer | None) -> None:
    """A request that silence keeps from the reader is as good as taken back; one's own "no thanks" alone is told."""
    if is_silent(locked) and not (is_hidden(locked) and keeps_no_thanks(viewer, locked.receiver)):
        raise _not_open() if is_as_taken_back(locked) else _gone()


def _refusal(locked: MeetingRequest, viewer: Viewer | None, *, now: datetime) -> DomainError | None:
    """What answers a yes that no meeting can follow, with what comes of it stored; None where nothing is in the way.

    Where the receiver's agenda has said no thanks, who may know of that reads it. To anybody else of its side the
    request is taken back, while it waits on the sender's. Where it is the sender's agenda, since somebody came to
    share it, nobody asks any more: the request is taken back now, not when they came, so that no moment tells.
    """
    if is_hidden(locked):
        if keeps_no_thanks(viewer, locked.receiver):
            return SaidNoThanks(
                _("You have said no thanks to %(name)s. Take that back first.") % {"name": locked.sender.name}
            )
        MeetingRequest.objects.filter(pk=locked.pk).update(answered_at=now)
        return _not_open()
    if is_refused_by_sender(locked):
        # Nobody's deed, so there is no record of it: one without a name would tell who did not do it.
        _withdraw(locked)
        return _not_open()
    return None


def _gone() -> NotFound:
    return NotFound(_("We cannot find that request. It may have been taken back."))


def _ended() -> AlreadyAnswered:
    return AlreadyAnswered(_("This request has ended already."))


def _not_open() -> AnswerTooLate:
    return AnswerTooLate(_("This request is not open any more."))


def _require_open(locked: MeetingRequest, *, now: datetime) -> None:
    if locked.state in (S.ACCEPTED, S.DECLINED):
        raise AlreadyAnswered(_("This request has been answered already, and nothing was changed."))
    if locked.state != S.ASKED or locked.event.state == EventState.CANCELLED:
        raise _not_open()
    if not {locked.sender.state, locked.receiver.state} <= COMING:
        raise AnswerTooLate(_("One of you does not come to the event any more, so this request is not open."))
    if locked.expires_at <= now:
        raise AnswerTooLate(_("The days to answer are over. You can ask them yourself while wishes are open."))


def _close(locked: MeetingRequest, state: RequestState, *, now: datetime) -> None:
    locked.state, locked.answered_at = state, now
    locked.version += 1
    locked.save()


def _withdraw(locked: MeetingRequest) -> None:
    """It ends. When an agreement was made stays: that tells one called off from a question taken back."""
    if locked.state == S.ASKED:
        locked.answered_at = None
    locked.state = S.WITHDRAWN
    locked.version += 1
    locked.save(update_fields=["state", "answered_at", "version", "updated_at"])
    free_place_of(locked)


def _withdraw_opposite(locked: MeetingRequest, viewer: Viewer | None) -> None:
    """What the one who says yes had asked the other itself is answered by that; nobody is told of it twice."""
    opposite = MeetingRequest.objects.filter(sender=locked.receiver_id, receiver=locked.sender_id, state=S.ASKED)
    for row in opposite:
        _withdraw(row)
        record_request(row, viewer, "withdraw")


def _meet_first(locked: MeetingRequest, viewer: Viewer | None, *, now: datetime) -> None:
    """Hold an accepted request in the first slot to come that both and a place have free."""
    plan = problem_of(locked.event)
    wish = plan.wish_of.get(locked.pk)
    spots = [each.spots[0] for each in open_slots(plan, wish, now=now)] if wish is not None else []
    spot = next((each for each in spots if each.slot.starts_at > now), None)
    if spot is None:
        raise NoFreeSlot(_("No time is free for both of you. Open a time in your registration, or say no."))
    place_meeting(locked, slot=spot.slot, table=spot.table, stand=spot.stand, now=now, actor=viewer)


def _each(rows: QuerySet[MeetingRequest], step: Step, now: datetime) -> int:
    return sum(_safely(row, step, now) for row in list(rows.select_related("event")))


def _safely(row: MeetingRequest, step: Step, now: datetime) -> bool:
    """One request that cannot be changed does not keep the others waiting."""
    try:
        with transaction.atomic():
            lock_event(row.event)
            return step(lock_request(row), now)
    except NotFound:
        return False
    except Exception as error:
        logger.error("event requests: %s in event %s", type(error).__name__, row.event_id)
        return False


def _expire(locked: MeetingRequest, now: datetime) -> bool:
    if locked.state != S.ASKED or locked.expires_at > now:
        return False
    locked.state = S.EXPIRED
    locked.version += 1
    locked.save(update_fields=["state", "version", "updated_at"])
    free_place_of(locked)
    tell_of_request(locked, "event_request_expired", reader=locked.sender, now=now)
    return True


def _leave(locked: MeetingRequest, now: datetime) -> bool:
    """One of the two has cancelled: the other's request ends, and a sender who stays is told."""
    if locked.state != S.ASKED or (locked.sender.state in COMING and locked.receiver.state in COMING):
        return False
    _withdraw(locked)
    if locked.sender.state in COMING:
        tell_of_request(locked, "event_request_withdrawn", reader=locked.sender, now=now)
    return True


def _remind(locked: MeetingRequest, now: datetime) -> bool:
    if locked.state != S.ASKED or locked.reminded_at is not None:
        return False
    if not reminder_at(locked.asked_at, locked.expires_at) <= now < locked.expires_at:
        return False
    locked.reminded_at = now
    locked.save(update_fields=["reminded_at"])
    if not is_silent(locked):
        # What was silent until now has not been told: nobody is reminded of what it never heard.
        kind = "event_request_reminder" if was_told(locked) else "event_request"
        tell_of_request(locked, kind, reader=locked.receiver, now=now)
    return True
