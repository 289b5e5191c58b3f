"""What happens to requests by the clock: one reminder, the last day, "not now" coming back, a meeting day passed.

Each request is changed in a transaction of its own and looked at again under its lock, so that two clocks at once, or
one that stood still for days, do nothing twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from kernel.errors import NotFound
from matching.domain.introductions.changing import note_meeting
from matching.domain.introductions.days import local_day, reminder_at, start_of
from matching.domain.introductions.leaving import settle_paused
from matching.domain.introductions.life import Event, keep, lock_introduction, move
from matching.domain.introductions.sending import asked_sides
from matching.domain.introductions.telling import tell_side
from matching.enums import ANSWERABLE_STATES, IntroductionState, Side, TimelineKind
from matching.models import Introduction, TimelineEntry

logger = logging.getLogger(__name__)
S = IntroductionState
Step = Callable[[Introduction, datetime], bool]


def run_clock(now: datetime) -> int:
    """Do whatever is due by `now` in all hubs; returns how many requests changed."""
    return (
        settle_paused(now)
        + _each(_overdue(now), _expire, now)
        + _each(_unreminded(now), _remind, now)
        + _each(_come_back(now), _offer_again, now)
        + _each(_met(now), _count_as_met, now)
    )


def _each(rows: QuerySet[Introduction], step: Step, now: datetime) -> int:
    """Requests of a demonstration stand still: nobody waits for them, and nobody is mailed."""
    return sum(_safely(row, step, now) for row in list(rows.filter(is_simulated=False).order_by("pk")))


def _safely(row: Introduction, step: Step, now: datetime) -> bool:
    """One request that cannot be changed does not keep the others waiting."""
    try:
        with transaction.atomic():
            return step(lock_introduction(row), now)
    except NotFound:
        return False
    except Exception as error:
        logger.error("introduction clock: %s in hub %s", type(error).__name__, row.hub_id)
        return False


def _overdue(now: datetime) -> QuerySet[Introduction]:
    return Introduction.objects.filter(state__in=ANSWERABLE_STATES, expires_at__lte=now)


def _expire(locked: Introduction, now: datetime) -> bool:
    if locked.state not in ANSWERABLE_STATES or locked.expires_at is None or locked.expires_at > now:
        return False
    waited = [side.value for side in Side if side not in asked_sides(locked)]
    move(locked, S.EXPIRED, Event(TimelineKind.EXPIRED), now=now)
    for side in waited:
        tell_side(locked, "introduction_expired", side=side, now=now)
    return True


def _unreminded(now: datetime) -> QuerySet[Introduction]:
    return Introduction.objects.filter(
        state__in=ANSWERABLE_STATES, reminded_at__isnull=True, expires_at__gt=now, sent_at__lt=now
    )


def _remind(locked: Introduction, now: datetime) -> bool:
    if locked.state not in ANSWERABLE_STATES or locked.reminded_at is not None:
        return False
    if locked.sent_at is None or locked.expires_at is None:
        return False
    if not reminder_at(locked.sent_at, locked.expires_at) <= now < locked.expires_at:
        return False
    locked.reminded_at = now
    keep(locked, Event(TimelineKind.REMINDED), now=now, changed=("reminded_at",))
    for side in asked_sides(locked):
        tell_side(locked, "introduction_reminder", side=side, now=now, not_after=locked.expires_at)
    return True


def _come_back(now: datetime) -> QuerySet[Introduction]:
    return Introduction.objects.filter(
        ~Exists(_returns().filter(introduction=OuterRef("pk"), at__gte=OuterRef("answered_at"))),
        state=S.NOT_NOW,
        ask_again_on__lte=local_day(now),
        asked_again__isnull=True,
        seeker__is_paused=False,
        receiver__is_paused=False,
    ).exclude(declined_by=Side.SEEKER)


def _returns() -> QuerySet[TimelineEntry]:
    """Entries which say that a "not now" has come back: the only reminders on a side's behalf."""
    return TimelineEntry.objects.filter(kind=TimelineKind.REMINDED, side=Side.SEEKER)


def _offer_again(locked: Introduction, now: datetime) -> bool:
    """Tell the seeker that the day has come; it asks again itself, or not.

    A seeker who said "not now" to a proposal is told nothing: that case is back on the facilitators' desk.
    """
    if locked.state != S.NOT_NOW or locked.ask_again_on is None or locked.asked_again_id is not None:
        return False
    if locked.declined_by == Side.SEEKER:
        return False
    if _returns().filter(introduction=locked, at__gte=F("introduction__answered_at")).exists():
        return False
    keep(locked, Event(TimelineKind.REMINDED, Side.SEEKER), now=now)
    tell_side(locked, "introduction_not_now", side=Side.SEEKER, now=now, again=True)
    return True


def _met(now: datetime) -> QuerySet[Introduction]:
    """From the day after: on the day itself a meeting may still be put off."""
    return Introduction.objects.filter(state=S.ACCEPTED, meeting_at__lt=start_of(local_day(now)))


def _count_as_met(locked: Introduction, now: datetime) -> bool:
    if locked.state != S.ACCEPTED or locked.meeting_at is None or local_day(locked.meeting_at) >= local_day(now):
        return False
    note_meeting(locked, Event(TimelineKind.MET), now=now)
    return True
