"""Asking somebody at an event for a meeting, with a reason.

Whoever has said "no thanks" to the sender is asked like everybody else as far as the sender can see: the request
takes its place under both caps, waits, and expires on its day without an answer. The receiver never hears of it. So it
is with a colleague who asks in the name of somebody who has said it: the colleague cannot tell it from silence.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from events.domain.locks import lock_event, lock_people
from events.domain.wishes.pair_words import request_of, words_between
from events.domain.wishes.telling_wishes import tell_of_request
from events.domain.wishes.wish_errors import AskedTooOften, SaidNoThanks, StudentsApart, WishesOnly
from events.domain.wishes.wish_rules import (
    require_bookings,
    require_meets,
    require_pair,
    require_speaking_for,
    require_wishes_open,
)
from events.domain.wishes.wishing import MOST_WISHES, weigh_requests
from events.enums import RequestMode, RequestState, Wanting
from events.models import Event, MeetingRequest, Participant, Preference, Stand
from events.models.wishes import MAX_REASON
from events.queries.wishes import (
    OPEN,
    is_silent,
    keeps_no_thanks,
    learn_both,
    no_thanks_of,
    open_requests_of,
    requests_between,
    silent_requests,
    stand_people,
)
from hubs.policies import Viewer
from kernel.audit import record_change
from kernel.errors import NotFound
from matching.domain.introductions.capacity import free_place, take_place
from matching.domain.introductions.days import deadline
from matching.domain.introductions.errors import AlreadyAsked
from matching.domain.introductions.sending import too_many_open
from matching.enums import Channel
from matching.models import Impression
from profiles.texts import clean_text

# Once more after a request that nobody answered or that was taken back; then it is enough.
MOST_A_PAIR = 2
_FEWEST_LETTERS = 10


@transaction.atomic
def ask_meeting(
    sender: Participant,
    *,
    receiver: Participant,
    reason: str,
    is_must: bool = False,
    impression: Impression | None = None,
    stand: Stand | None = None,
    now: datetime,
    viewer: Viewer | None = None,
) -> MeetingRequest:
    """Ask for a meeting; the other has some days to answer, never longer than wishes are open.

    Raises:
        NotAllowed, NotFound, NotComing, SameOrganisation, WishesClosed, TakesNoMeetings
        InvalidInput: it is one's own person, or no reason.
        NoBookings: at this event nobody books a meeting.
        WishesOnly: at this event the organiser plans from wishes.
        StudentsApart: both are students where students meet experts.
        SaidNoThanks: the sender's own; a colleague who asks in its name hears nothing of it.
        AlreadyAsked, AskedTooOften
        TooManyOpen: as many requests wait as one may have open.
        CapReached: the receiver's month is full.
    """
    require_speaking_for(viewer, sender)
    lock_event(sender.event)
    # What holds is read under the lock: one of them may have cancelled, or given the agenda up, a moment ago.
    own, other = require_pair(*_locked(*require_pair(sender, receiver)))
    event = own.event
    require_wishes_open(event, now=now)
    require_bookings(event)
    _require_requests(event)
    require_meets(own, is_self=True)
    require_meets(other, is_self=False)
    _require_no_students(own, other)
    words = clean_text(reason, field="reason", max_length=MAX_REASON, min_letters=_FEWEST_LETTERS)
    _require_askable(own, other, viewer)
    if open_requests_of(own) >= event.open_requests:
        raise too_many_open(event.open_requests)
    _wish(own, other, is_must=is_must)
    request = _create(own, other, words, stand=_stand_of(other, stand), now=now)
    request.impression, request.made_by_id = impression, viewer.user_id if viewer else None
    request.save(update_fields=["impression", "made_by"])
    take_place_of(request, now=now)
    weigh_requests(own, other)
    record_request(request, viewer, "ask")
    if not is_silent(request):
        tell_of_request(request, "event_request", reader=other, now=now)
    request.refresh_from_db(fields=["is_must"])
    return request


def is_asked_in_these_words(sender: Participant, receiver: Participant, *, reason: str) -> bool:
    """Whether the sender's request to the other waits for an answer with this very reason: a button pressed twice."""
    words = clean_text(reason, field="reason", max_length=MAX_REASON)
    waiting = requests_between(sender, receiver).filter(sender=sender, state=RequestState.ASKED)
    return waiting.filter(reason=words).exists()


def take_place_of(request: MeetingRequest, *, now: datetime) -> None:
    """Take one of the receiver's places of the month, unless meetings here come on top of them.

    Raises:
        CapReached
    """
    if not request.receiver.beside_cap:
        take_place(request.receiver.participation.profile, channel=Channel.EVENT, subject=request.public_id, now=now)


def free_place_of(request: MeetingRequest) -> None:
    """Give the place back: what ends without a meeting has cost nobody's time."""
    free_place(request.public_id)


def record_request(request: MeetingRequest, viewer: Viewer | None, action: str) -> None:
    """Keep who did what with a request."""
    record_change(
        request.hub_id, actor_id=viewer.user_id if viewer else None, action=action,
        subject_type="meeting_request", subject_id=request.public_id, changed_fields=["state"],
    )  # fmt: skip


def last_moment(event: Event, *, now: datetime) -> datetime:
    """Until when a request of now can be answered: the days of the event, cut off where wishes close or it begins."""
    ends = [deadline(now, event.request_days), event.starts_at]
    if event.wishes_close_at is not None:
        ends.append(event.wishes_close_at)
    return max(min(ends), now + timedelta(minutes=1))


def _locked(one: Participant, other: Participant) -> tuple[Participant, Participant]:
    """Both as they are now, under their locks."""
    lock_people((one.pk, other.pk))
    rows = Participant.objects.select_related("event", "participation__profile__organisation")
    found = rows.in_bulk((one.pk, other.pk))
    return found[one.pk], found[other.pk]


def _require_requests(event: Event) -> None:
    if event.request_mode == RequestMode.MUTUAL:
        raise WishesOnly(
            _("At this event the organiser plans from what both wish. Mark them with “must meet” or “would like to”.")
        )


def _require_no_students(sender: Participant, receiver: Participant) -> None:
    if learn_both(sender, receiver):
        raise StudentsApart(
            _("The times here are for students and experts. Talk to %(name)s, a student like you, in a break.")
            % {"name": receiver.name}
        )


def _require_askable(sender: Participant, receiver: Participant, viewer: Viewer | None) -> None:
    name = {"name": receiver.name}
    if keeps_no_thanks(viewer, sender) and receiver.pk in no_thanks_of(sender):
        raise SaidNoThanks(_("You have said no thanks to %(name)s. Take that back first.") % name)
    # What the sender's side never hears of stands in nobody's way: "has asked you already" would tell.
    earlier = list(requests_between(sender, receiver).exclude(pk__in=silent_requests(sender)))
    for row in earlier:
        if row.state in OPEN:
            raise AlreadyAsked(_already(row, sender) % name, request=str(row.public_id))
    ours = [row for row in earlier if row.sender_id == sender.pk]
    if any(row.state == RequestState.DECLINED for row in ours):
        raise AskedTooOften(_("%(name)s has said no. Talk to them at the event if you meet.") % name)
    if len(ours) >= MOST_A_PAIR:
        raise AskedTooOften(_("You have asked %(name)s before. Twice is enough at one event.") % name)


def _already(row: MeetingRequest, sender: Participant) -> str:
    if row.state == RequestState.ACCEPTED:
        return _("You and %(name)s have agreed to meet already.")
    if row.sender_id == sender.pk:
        return _("You have asked %(name)s already, and they have not answered yet.")
    return _("%(name)s has asked you already. Answer that request instead.")


def _wish(sender: Participant, receiver: Participant, *, is_must: bool) -> None:
    """Who asks wishes; a mark that is there stays, unless it is raised. A "no thanks" is raised by nobody.

    Raises:
        TooManyWishes
    """
    found = Preference.objects.filter(person=sender, other=receiver).first()
    wanted = Wanting.MUST if is_must else Wanting.WANT
    if found is None and Preference.objects.filter(person=sender).count() < MOST_WISHES:
        Preference.objects.create(
            hub_id=sender.hub_id, event=sender.event, person=sender, other=receiver, wanting=wanted
        )
    elif found is not None and is_must and found.wanting == Wanting.WANT:
        found.wanting = Wanting.MUST
        found.save(update_fields=["wanting", "updated_at"])


def _stand_of(receiver: Participant, stand: Stand | None) -> Stand | None:
    """The receiver's own stand, or the named one if the receiver stands there.

    Raises:
        NotFound: somebody else's stand.
    """
    if stand is None:
        return receiver.stand
    if stand.event_id != receiver.event_id or receiver.pk not in {each.pk for each in stand_people(stand)}:
        raise NotFound(_("We cannot find that stand at this event."))
    return stand


def _create(
    sender: Participant, receiver: Participant, reason: str, *, stand: Stand | None, now: datetime
) -> MeetingRequest:
    words, last = words_between(sender, receiver, now=now), last_moment(sender.event, now=now)
    request = request_of(sender, receiver, words, now=now, stand=stand, reason=reason, expires_at=last)
    request.save()
    return request
