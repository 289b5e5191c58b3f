"""What else may happen to a request: withdrawn, asked again, a meeting agreed and held, closed, a note."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hubs.policies import Viewer, may_broker, may_see_introduction, sides_of
from kernel.errors import InvalidInput, NotAllowed
from matching.domain.introductions.days import COPENHAGEN, local_day
from matching.domain.introductions.errors import AlreadyAsked, TooEarlyToAsk, WrongState
from matching.domain.introductions.life import (
    Event,
    keep,
    lock_introduction,
    lock_parties,
    move,
    not_found,
    require_state,
)
from matching.domain.introductions.pairs import require_awake, require_not_asked, require_writer
from matching.domain.introductions.telling import tell_side
from matching.domain.outcomes.planning import plan_follow_ups
from matching.enums import Channel, DeclineReason, IntroductionState, Side, TimelineKind
from matching.models import Introduction, Quote
from matching.models.introductions import MAX_NOTE_CHARACTERS
from profiles.texts import clean_text

S = IntroductionState
# A meeting further away than this is a slip of the pen.
FURTHEST_MEETING_DAYS = 2 * 366
# A no for these reasons invites a better or later request; the others are a no.
ASKABLE_REASONS = frozenset({DeclineReason.TOO_EARLY, DeclineReason.NO_CAPACITY, DeclineReason.DESCRIPTION_UNCLEAR})


@transaction.atomic
def withdraw_introduction(introduction: Introduction, *, viewer: Viewer, now: datetime) -> Introduction:
    """Take a request back; once sent, it keeps its place in the month: the mail about it has left.

    Raises:
        NotFound, NotAllowed: it is gone, or not the viewer's.
        WrongState: it was answered.
    """
    lock_parties(introduction.seeker, introduction.receiver)
    locked = lock_introduction(introduction)
    require_writer(viewer, locked)
    return end_request(locked, Event(TimelineKind.WITHDRAWN, _own_side(viewer, locked), viewer.user_id), now=now)


def end_request(locked: Introduction, event: Event, *, now: datetime) -> Introduction:
    """Withdraw a locked request and tell whoever had read it or said yes to it, but not the side that withdraws.

    No place of the month comes free: who sends, withdraws and asks again has mailed twice.
    """
    move(locked, S.WITHDRAWN, event, now=now)
    knows = {Side.SEEKER: locked.seeker_consented_at, Side.RECEIVER: locked.receiver_consented_at or locked.seen_at}
    for side, since in knows.items():
        if since is not None and side != event.side:
            tell_side(locked, "introduction_withdrawn", side=side.value, now=now)
    return locked


@transaction.atomic
def ask_again(introduction: Introduction, *, viewer: Viewer, now: datetime) -> Introduction:
    """A new draft with the words of an old request, which stays as it is; asked twice, it is the same draft.

    Raises:
        NotFound, NotAllowed: it is gone, or not the viewer's.
        WrongState: it is still open, or ended in a no that is a no.
        TooEarlyToAsk: they named a day that has not come.
        AlreadyAsked: it was asked again already, or another request between the two is open.
        Paused: one of the two takes a break.
    """
    lock_parties(introduction.seeker, introduction.receiver)
    old = lock_introduction(introduction)
    require_writer(viewer, old)
    _require_askable(old, now)
    again = old.asked_again
    if again is not None and again.state in (S.DRAFT, S.RETURNED):
        return again
    if again is not None:
        raise AlreadyAsked(
            _("This was asked again already. Go on with the newer request."), introduction=str(again.public_id)
        )
    require_awake(old.seeker, old.receiver)
    require_not_asked(old.seeker, old.receiver)
    new = _copy(old, viewer)
    keep(new, Event(TimelineKind.DRAFTED, _own_side(viewer, old), viewer.user_id), now=now)
    old.asked_again = new
    keep(
        old,
        Event(TimelineKind.ASKED_AGAIN, _own_side(viewer, old), viewer.user_id),
        now=now,
        changed=("asked_again",),
    )
    return new


@transaction.atomic
def set_meeting(introduction: Introduction, *, viewer: Viewer, meeting_at: datetime, now: datetime) -> Introduction:
    """Agree on a meeting, or put it off; either side may, once both have said yes.

    Raises:
        NotFound: it is gone, or not open to the viewer.
        WrongState: not both have said yes, or it is closed.
        InvalidInput: the moment lies in the past or more than two years ahead.
    """
    locked = _relation(introduction, viewer)
    require_state(locked, S.ACCEPTED, S.MET)
    if not now <= meeting_at <= now + timedelta(days=FURTHEST_MEETING_DAYS):
        raise InvalidInput(_("Choose a moment from now on, within the next two years."), field="meeting_at")
    locked.meeting_at, locked.met_at = meeting_at, None
    agreed = Event(TimelineKind.MEETING_SET, _own_side(viewer, locked), viewer.user_id, _moment(meeting_at))
    if locked.state == S.MET:
        move(locked, S.ACCEPTED, agreed, now=now, changed=("meeting_at", "met_at"))
    else:
        keep(locked, agreed, now=now, changed=("meeting_at",))
    plan_follow_ups(locked, now=now)
    return locked


@transaction.atomic
def mark_met(introduction: Introduction, *, viewer: Viewer, now: datetime) -> Introduction:
    """Note that the two have met; either side may, and a broker who knows.

    Raises:
        NotFound: it is gone, or not open to the viewer.
        WrongState: not both have said yes, or it is noted already.
    """
    locked = _relation(introduction, viewer)
    require_state(locked, S.ACCEPTED)
    return note_meeting(locked, Event(TimelineKind.MET, _own_side(viewer, locked), viewer.user_id), now=now)


def note_meeting(locked: Introduction, event: Event, *, now: datetime) -> Introduction:
    """Count a locked contact as met: on the agreed moment if that has passed, else now."""
    agreed = locked.meeting_at
    locked.met_at = agreed if agreed is not None and agreed <= now else now
    move(locked, S.MET, event, now=now, changed=("met_at",))
    plan_follow_ups(locked, now=now)
    return locked


@transaction.atomic
def close_introduction(introduction: Introduction, *, viewer: Viewer, now: datetime, note: str = "") -> Introduction:
    """End a contact that both had wanted; its timeline and its outcomes stay.

    Raises:
        NotFound: it is gone, or not open to the viewer.
        WrongState: not both have said yes, or it is closed already.
        InvalidInput: the note cannot be stored.
    """
    locked = _relation(introduction, viewer)
    require_state(locked, S.ACCEPTED, S.MET)
    words = clean_text(note, field="note", max_length=MAX_NOTE_CHARACTERS)
    return move(locked, S.CLOSED, Event(TimelineKind.CLOSED, _own_side(viewer, locked), viewer.user_id, words), now=now)


@transaction.atomic
def add_note(
    introduction: Introduction, *, viewer: Viewer, text: str, staff_only: bool = False, now: datetime
) -> Introduction:
    """Write on the timeline what happened; only the hub's staff may write what only the staff reads.

    Raises:
        NotFound: it is gone, or not open to the viewer.
        NotAllowed: a staff note by somebody who is not staff.
        InvalidInput: the text is empty or cannot be stored.
    """
    locked = _relation(introduction, viewer)
    if staff_only and not viewer.is_staff:
        raise NotAllowed(_("Only the hub's staff may write such a note."))
    words = clean_text(text, field="text", max_length=MAX_NOTE_CHARACTERS, min_letters=2)
    noted = Event(TimelineKind.NOTE, _own_side(viewer, locked), viewer.user_id, words, staff_only)
    return keep(locked, noted, now=now)


def _relation(introduction: Introduction, viewer: Viewer) -> Introduction:
    """The locked request, if the viewer takes part in it or brokers it."""
    locked = lock_introduction(introduction)
    if not may_see_introduction(viewer, locked) or not (sides_of(viewer, locked) or may_broker(viewer)):
        raise not_found()
    return locked


def _own_side(viewer: Viewer, introduction: Introduction) -> str:
    """The side in whose name the viewer acts; empty for the hub."""
    return next((side.value for side in Side if side in sides_of(viewer, introduction)), "")


def _require_askable(old: Introduction, now: datetime) -> None:
    refused = old.state == S.DECLINED and old.decline_reason not in ASKABLE_REASONS
    if refused or old.state not in (S.NOT_NOW, S.EXPIRED, S.WITHDRAWN, S.DECLINED):
        raise WrongState(
            _("This cannot be asked again: the request stands at “%(state)s”.") % {"state": old.get_state_display()},
            state=old.state,
        )
    if old.ask_again_on is not None and local_day(now) < old.ask_again_on:
        raise TooEarlyToAsk(
            _("They asked you to come back on %(day)s. We remind you on that day.")
            % {"day": date_format(old.ask_again_on, "DATE_FORMAT")},
            ask_again_on=old.ask_again_on.isoformat(),
        )


def _copy(old: Introduction, viewer: Viewer) -> Introduction:
    new = Introduction.objects.create(
        hub_id=old.hub_id,
        seeker=old.seeker,
        receiver=old.receiver,
        purpose=old.purpose,
        contact_purpose_id=old.contact_purpose_id,
        opi_step=old.opi_step,
        ip_state_id=old.ip_state_id,
        novelty_checked=old.novelty_checked,
        asked=old.asked,
        minutes=old.minutes,
        # Who asks again speaks for itself, also where a facilitator had brought the two together.
        channel=old.channel if not _own_side(viewer, old) else _own_channel(old),
        # No impression: the pair may look different by now, and the place in the list has had its request.
        project_id=old.project_id,
        made_by_id=viewer.user_id,
        facilitator_id=old.facilitator_id,
        is_simulated=old.is_simulated,
    )
    Quote.objects.bulk_create(
        Quote(
            hub_id=quote.hub_id,
            introduction=new,
            side=quote.side,
            statement_id=quote.statement_id,
            text=quote.text,
            language=quote.language,
        )
        for quote in old.quotes.all()
    )
    return new


def _own_channel(old: Introduction) -> str:
    return Channel.WEB.value if old.channel == Channel.FACILITATOR else old.channel


def _moment(meeting_at: datetime) -> str:
    """For the timeline, in one form that any reader knows."""
    return f"{meeting_at.astimezone(COPENHAGEN):%Y-%m-%d %H:%M}"
