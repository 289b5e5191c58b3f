"""The course of a simulated request: screened, read, answered or not, met, closed, asked again."""

from datetime import date, datetime, timedelta

from django.db import transaction

from demo.year.agenda import clock, working_day
from demo.year.behaviour import ACCEPTS, ANSWERS, answer_delay_days, decline_reason, outcome_days
from demo.year.words import CLOSED, DECLINED, INTERESTS, NOT_NOW, NOTES, RETURNED, SCREENED, one_of
from demo.year.world import World
from kernel.errors import DomainError
from matching.domain.introductions.answering import (
    accept_introduction,
    answer_not_now,
    decline_introduction,
    mark_seen,
)
from matching.domain.introductions.changing import (
    add_note,
    ask_again,
    close_introduction,
    mark_met,
    set_meeting,
    withdraw_introduction,
)
from matching.domain.introductions.days import local_day, reminder_at
from matching.domain.introductions.declaring import declare_interests
from matching.domain.introductions.life import Event, keep, lock_introduction, move
from matching.domain.introductions.opi import undeclared_sides
from matching.domain.introductions.screening import CRITERIA, screen_introduction
from matching.domain.introductions.sending import asked_sides, submit_introduction
from matching.domain.introductions.telling import tell_side
from matching.enums import (
    ANSWERABLE_STATES,
    AnswerSource,
    IntroductionState,
    ScreeningMark,
    Side,
    TimelineKind,
)
from matching.models import Introduction

S = IntroductionState
_SEEKER_AGREES = 0.85
_MARKS = (ScreeningMark.YES, ScreeningMark.PARTLY, ScreeningMark.UNKNOWN, ScreeningMark.NO)


def follow(world: World, introduction: Introduction, now: datetime) -> None:
    """Put down what becomes of a request that was just handed in or sent."""
    if introduction.state == S.SCREENING:
        read_at = _office_hour(world, local_day(now) + timedelta(days=int(world.generator.integers(1, 3))))
        world.agenda.at(read_at, lambda at: _screen(world, introduction, at))
    elif introduction.state == S.SENT:
        _after_sending(world, introduction)


def features_of(introduction: Introduction) -> list[float]:
    """The pair's columns as they were shown, or as they were when it was sent."""
    return list(introduction.impression.features if introduction.impression else introduction.features)


def current(introduction: Introduction) -> Introduction:
    """The request as it stands now."""
    return Introduction.objects.select_related("seeker__organisation", "receiver__organisation", "impression").get(
        pk=introduction.pk
    )


def _office_hour(world: World, day: date) -> datetime:
    return clock(working_day(day), int(world.generator.integers(9, 16)), int(world.generator.integers(0, 60)))


def _screen(world: World, introduction: Introduction, now: datetime) -> None:
    marks = {each.code: _MARKS[int(world.generator.choice(4, p=(0.5, 0.25, 0.15, 0.1)))].value for each in CRITERIA}
    passes = world.happens(0.85)
    try:
        with transaction.atomic():
            screened = screen_introduction(
                introduction, viewer=world.broker, marks=marks, passes=passes, now=now,
                note=one_of(SCREENED if passes else RETURNED, world.generator),
            )  # fmt: skip
    except DomainError as error:
        # The month is full: it waits for the next one.
        world.refused[error.code] += 1
        world.agenda.at(
            _office_hour(world, local_day(now) + timedelta(days=9)), lambda at: _retry(world, introduction, at)
        )
        return
    if passes:
        _after_sending(world, screened)
    else:
        back_at = _office_hour(world, local_day(now) + timedelta(days=4))
        world.agenda.at(back_at, lambda at: _after_return(world, screened, at))


def _retry(world: World, introduction: Introduction, now: datetime) -> None:
    if current(introduction).state == S.SCREENING:
        _screen(world, introduction, now)


def _after_return(world: World, introduction: Introduction, now: datetime) -> None:
    """Two of three answer the facilitator's question; the others take the request back."""
    viewer = world.speaker(introduction.seeker)
    if world.happens(0.65):
        try:
            with transaction.atomic():
                follow(world, submit_introduction(introduction, viewer=viewer, now=now), now)
            return
        except DomainError as error:
            world.refused[error.code] += 1
    withdraw_introduction(introduction, viewer=viewer, now=now)


def _after_sending(world: World, introduction: Introduction) -> None:
    sent_at, expires_at = introduction.sent_at, introduction.expires_at
    if sent_at is None or expires_at is None:
        return
    world.agenda.at(reminder_at(sent_at, expires_at) + timedelta(hours=8), lambda at: _remind(world, introduction, at))
    world.agenda.at(expires_at, lambda at: _expire(introduction, at))
    for side in asked_sides(introduction):
        _plan_answer(world, introduction, side, sent_at)


def _plan_answer(world: World, introduction: Introduction, side: str, sent_at: datetime) -> None:
    who = introduction.party(side)
    attention, _warmth = world.tempers[who.pk]
    answers = world.happens(ANSWERS.chance(features_of(introduction), attention))
    delay = answer_delay_days(world.generator)
    read_after = min(float(world.generator.exponential(1.0)), delay * 0.9)
    if answers or world.happens(0.5):
        world.agenda.at(sent_at + timedelta(days=read_after), lambda at: _see(introduction, side, at))
    if answers:
        world.agenda.at(sent_at + timedelta(days=delay), lambda at: _answer(world, introduction, side, at))


def _see(introduction: Introduction, side: str, now: datetime) -> None:
    mark_seen(introduction, side=side, actor=None, now=now)


def _remind(world: World, introduction: Introduction, now: datetime) -> None:
    with transaction.atomic():
        locked = lock_introduction(introduction)
        if locked.state not in ANSWERABLE_STATES or locked.reminded_at is not None:
            return
        locked.reminded_at = now
        keep(locked, Event(TimelineKind.REMINDED), now=now, changed=("reminded_at",))
        for side in asked_sides(locked):
            tell_side(locked, "introduction_reminder", side=side, now=now, not_after=locked.expires_at)
    for side in asked_sides(locked):
        if world.happens(0.2):
            answer_at = now + timedelta(days=float(world.generator.uniform(0.1, 4.0)))
            world.agenda.at(answer_at, lambda at, side=side: _answer(world, introduction, side, at))  # type: ignore[misc]


def _expire(introduction: Introduction, now: datetime) -> None:
    """The real clock leaves a demonstration alone, so the year has its own."""
    with transaction.atomic():
        locked = lock_introduction(introduction)
        if locked.state not in ANSWERABLE_STATES or locked.expires_at is None or locked.expires_at > now:
            return
        waited = [side.value for side in Side if side not in asked_sides(locked)]
        move(locked, S.EXPIRED, Event(TimelineKind.EXPIRED), now=now)
        for side in waited:
            tell_side(locked, "introduction_expired", side=side, now=now)


def _answer(world: World, introduction: Introduction, side: str, now: datetime) -> None:
    """What a side says, if it can still say something."""
    fresh = current(introduction)
    if fresh.state not in ANSWERABLE_STATES or side not in asked_sides(fresh):
        return
    if fresh.expires_at is None or fresh.expires_at <= now:
        return
    _attention, warmth = world.tempers[fresh.party(side).pk]
    says_yes = _SEEKER_AGREES if side == Side.SEEKER else ACCEPTS.chance(features_of(fresh), warmth)
    if world.happens(says_yes):
        accept(world, fresh, side=side, now=now)
    elif world.happens(0.2):
        _say_not_now(world, fresh, side, now)
    else:
        decline_introduction(
            fresh, side=side, actor=None, now=now, source=AnswerSource.LINK,
            reason=decline_reason(features_of(fresh), world.generator),
            note=one_of(DECLINED, world.generator) if world.happens(0.3) else "",
        )  # fmt: skip


def accept(world: World, introduction: Introduction, *, side: str, now: datetime, meets: bool = True) -> None:
    """A side says yes; once both have, the meeting and what will come of it are put down."""
    agreed = accept_introduction(introduction, side=side, actor=None, now=now, source=AnswerSource.LINK)
    if not agreed.both_consented:
        return
    fresh = current(agreed)
    world.outcomes[fresh.pk] = outcome_days(features_of(fresh), world.generator)
    for undeclared in undeclared_sides(fresh):
        if world.happens(0.8):
            world.agenda.at(now + timedelta(days=1), lambda at, side=undeclared: _declare(world, fresh, side, at))  # type: ignore[misc]
    if world.happens(0.85) and meets:
        world.agenda.at(
            now + timedelta(days=float(world.generator.uniform(0.2, 3.0))), lambda at: _agree(world, fresh, at)
        )
    if world.happens(0.3):
        later = local_day(now) + timedelta(days=int(world.generator.integers(110, 220)))
        world.agenda.at(clock(working_day(later), 15), lambda at: _close(world, fresh, at))


def _say_not_now(world: World, introduction: Introduction, side: str, now: datetime) -> None:
    day = local_day(now) + timedelta(days=int(world.generator.integers(25, 80)))
    answer_not_now(
        introduction, side=side, actor=None, now=now, source=AnswerSource.LINK, ask_again_on=day,
        note=one_of(NOT_NOW, world.generator),
    )  # fmt: skip
    world.agenda.at(clock(day, 8), lambda at: _come_back(world, introduction, at))


def _come_back(world: World, introduction: Introduction, now: datetime) -> None:
    with transaction.atomic():
        locked = lock_introduction(introduction)
        keep(locked, Event(TimelineKind.REMINDED, Side.SEEKER), now=now)
        tell_side(locked, "introduction_not_now", side=Side.SEEKER, now=now, again=True)
    if world.happens(0.6):
        again_at = _office_hour(world, local_day(now) + timedelta(days=2))
        world.agenda.at(again_at, lambda at: _ask_again(world, introduction, at))


def _ask_again(world: World, introduction: Introduction, now: datetime) -> None:
    viewer = world.speaker(introduction.seeker)
    try:
        with transaction.atomic():
            again = ask_again(introduction, viewer=viewer, now=now)
            follow(world, submit_introduction(again, viewer=viewer, now=now), now)
    except DomainError as error:
        world.refused[error.code] += 1


def _declare(world: World, introduction: Introduction, side: str, now: datetime) -> None:
    has_interests = world.happens(0.06)
    declare_interests(
        introduction, side=side, has_interests=has_interests, actor=None, now=now, source=AnswerSource.LINK,
        text=one_of(INTERESTS, world.generator) if has_interests else "",
    )  # fmt: skip


def _agree(world: World, introduction: Introduction, now: datetime) -> None:
    day = working_day(local_day(now) + timedelta(days=int(world.generator.integers(4, 18))))
    meeting_at = clock(day, int(world.generator.integers(9, 16)))
    viewer = world.speaker(introduction.seeker)
    set_meeting(introduction, viewer=viewer, meeting_at=meeting_at, now=now)
    if world.happens(0.9):
        world.agenda.at(meeting_at + timedelta(hours=3), lambda at: _meet(world, introduction, at))
    if world.happens(0.12):
        world.agenda.at(meeting_at + timedelta(days=1), lambda at: _note(world, introduction, at))


def _meet(world: World, introduction: Introduction, now: datetime) -> None:
    if current(introduction).state == S.ACCEPTED:
        mark_met(introduction, viewer=world.speaker(introduction.seeker), now=now)


def _note(world: World, introduction: Introduction, now: datetime) -> None:
    add_note(introduction, viewer=world.broker, text=one_of(NOTES, world.generator), staff_only=True, now=now)


def _close(world: World, introduction: Introduction, now: datetime) -> None:
    if current(introduction).state in (S.ACCEPTED, S.MET):
        note = one_of(CLOSED, world.generator)
        close_introduction(introduction, viewer=world.speaker(introduction.seeker), now=now, note=note)
