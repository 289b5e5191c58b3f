"""What a side says to a request: yes, no with a kind reason, or not now; once, in time, for itself only."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hubs.models import User
from hubs.policies import Viewer, may_answer_introduction, may_broker
from hubs.queries import role_of
from kernel.errors import InvalidInput, NotAllowed
from matching.domain.introductions.days import local_day
from matching.domain.introductions.errors import AlreadyAnswered, AnswerTooLate
from matching.domain.introductions.history import new_to_each_other
from matching.domain.introductions.life import Event, keep, lock_introduction, move, not_found, require_state
from matching.domain.introductions.pairs import require_awake
from matching.domain.introductions.telling import tell_side
from matching.domain.outcomes.planning import plan_follow_ups
from matching.enums import (
    ANSWERABLE_STATES,
    CONSENTED_STATES,
    TOLD_BY_PHONE,
    AnswerSource,
    DeclineReason,
    IntroductionState,
    Side,
    TimelineKind,
)
from matching.models import Introduction
from matching.models.introductions import MAX_NOTE_CHARACTERS
from profiles.domain.fields import one_of
from profiles.queries import organisation_ids_of
from profiles.texts import clean_text

LONGEST_WAIT_DAYS = 2 * 366


@transaction.atomic
def mark_seen(introduction: Introduction, *, side: str, actor: User | None, now: datetime) -> Introduction:
    """Note that the asked side has opened the request; only the first time counts, and nothing else changes."""
    locked = lock_introduction(introduction)
    if side != Side.RECEIVER or locked.state != IntroductionState.SENT:
        return locked
    return move(locked, IntroductionState.SEEN, Event(TimelineKind.SEEN, side, actor.pk if actor else None), now=now)


@transaction.atomic
def accept_introduction(
    introduction: Introduction, *, side: str, actor: User | None, now: datetime, source: str = AnswerSource.WEB
) -> Introduction:
    """Say yes for a side; when both have, contact details open and the follow-ups are planned.

    Raises:
        NotFound: the request is gone.
        NotAllowed: the person does not speak for the side.
        AlreadyAnswered: the last word has fallen, or this side has said yes.
        AnswerTooLate: the days to answer have run out.
        Paused: the other side has gone on a break.
    """
    locked = _answerable(introduction, side, actor, now, source)
    require_awake(locked.party(_other(side)))
    setattr(locked, f"{side}_consented_at", now)
    said = _said(TimelineKind.ACCEPTED, side, actor, source)
    changed = (f"{side}_consented_at",)
    if not locked.both_consented:
        return keep(locked, said, now=now, changed=changed)
    locked.new_to_each_other = new_to_each_other(locked.seeker, locked.receiver, before=now)
    move(locked, IntroductionState.ACCEPTED, said, now=now, changed=changed)
    for each in (Side.SEEKER.value, Side.RECEIVER.value):
        tell_side(locked, "introduction_accepted", side=each, now=now)
    plan_follow_ups(locked, now=now)
    return locked


@transaction.atomic
def decline_introduction(
    introduction: Introduction,
    *,
    side: str,
    actor: User | None,
    now: datetime,
    reason: str,
    note: str = "",
    source: str = AnswerSource.WEB,
) -> Introduction:
    """Say no for a side, with one of the kind reasons.

    Raises:
        InvalidInput: no such reason, or the note cannot be stored.
        NotFound, NotAllowed, AlreadyAnswered, AnswerTooLate: as `accept_introduction`.
    """
    locked = _answerable(introduction, side, actor, now, source)
    locked.decline_reason = one_of(reason, DeclineReason.values, field="decline_reason")
    return _refuse(locked, IntroductionState.DECLINED, _said(TimelineKind.DECLINED, side, actor, source), note, now)


@transaction.atomic
def answer_not_now(
    introduction: Introduction,
    *,
    side: str,
    actor: User | None,
    now: datetime,
    ask_again_on: date | None = None,
    note: str = "",
    source: str = AnswerSource.WEB,
) -> Introduction:
    """Say "not now", which is not a no; with a day, the seeker is told on it that it may ask again.

    Raises:
        InvalidInput: the day is not in the next two years, or the note cannot be stored.
        NotFound, NotAllowed, AlreadyAnswered, AnswerTooLate: as `accept_introduction`.
    """
    locked = _answerable(introduction, side, actor, now, source)
    _require_coming_day(ask_again_on, local_day(now))
    locked.ask_again_on = ask_again_on
    return _refuse(locked, IntroductionState.NOT_NOW, _said(TimelineKind.NOT_NOW, side, actor, source), note, now)


def speaks_for(introduction: Introduction, side: str, actor: User | None, source: str) -> bool:
    """Whether the answer may be taken from this person: the side's own people, a broker who heard it by phone.

    A signed link is its own proof of who holds it, so it comes without a person.
    """
    if source == AnswerSource.LINK:
        return True
    if actor is None or not actor.is_active:
        return False
    viewer = Viewer(
        introduction.hub_id,
        role_of(introduction.hub_id, actor.pk),
        actor.pk,
        organisation_ids_of(introduction.hub_id, actor.pk),
    )
    if source == AnswerSource.PHONE:
        return may_broker(viewer)
    return may_answer_introduction(viewer, introduction, side)


def _said(kind: TimelineKind, side: str, actor: User | None, source: str) -> Event:
    """The side's answer; where a broker only passed it on, the entry says so."""
    return Event(kind, side, actor.pk if actor else None, TOLD_BY_PHONE if source == AnswerSource.PHONE else "")


def _answerable(introduction: Introduction, side: str, actor: User | None, now: datetime, source: str) -> Introduction:
    """The locked request, if this side can still answer it."""
    one_of(side, Side.values, field="side")
    locked = lock_introduction(introduction)
    if not locked.was_sent:
        raise not_found()
    if not speaks_for(locked, side, actor, source):
        raise NotAllowed(_("Only the one who is asked may answer. Sign in with the address that was asked."))
    _require_unanswered(locked, side)
    if locked.state == IntroductionState.EXPIRED or (locked.expires_at is not None and locked.expires_at <= now):
        raise AnswerTooLate(
            _(
                "The days to answer have run out, so nothing was changed. Are you interested after all? "
                "Ask them yourself, or write to the hub."
            )
        )
    require_state(locked, *(IntroductionState(state) for state in ANSWERABLE_STATES))
    if locked.seen_at is None and side == Side.RECEIVER:
        locked.seen_at = now
    return locked


def _require_unanswered(introduction: Introduction, side: str) -> None:
    said = getattr(introduction, f"{side}_consented_at")
    ended = introduction.state in CONSENTED_STATES | {IntroductionState.DECLINED, IntroductionState.NOT_NOW}
    if said is None and not ended:
        return
    last = introduction.answered_at or said
    raise AlreadyAnswered(
        _("This was answered on %(day)s (%(state)s). Nothing was changed; write to the hub if it should be otherwise.")
        % {
            "day": date_format(local_day(last), "DATE_FORMAT") if last else "",
            "state": introduction.get_state_display(),
        },
        state=introduction.state,
    )


def _refuse(
    locked: Introduction,
    to: IntroductionState,
    said: Event,
    note: str,
    now: datetime,
) -> Introduction:
    locked.declined_by = said.side
    locked.decline_note = clean_text(note, field="decline_note", max_length=MAX_NOTE_CHARACTERS)
    move(locked, to, said, now=now, changed=("declined_by", "decline_reason", "decline_note", "ask_again_on"))
    mail = "introduction_not_now" if to == IntroductionState.NOT_NOW else "introduction_declined"
    tell_side(locked, mail, side=_other(said.side), now=now)
    return locked


def _require_coming_day(day: date | None, today: date) -> None:
    if day is None or today < day <= today + timedelta(days=LONGEST_WAIT_DAYS):
        return
    raise InvalidInput(_("Choose a day from tomorrow on, within the next two years."), field="ask_again_on")


def _other(side: str) -> str:
    return Side.RECEIVER.value if side == Side.SEEKER else Side.SEEKER.value
