"""When both sides of a contact are asked what came of it: rows of the calendar, not of elapsed seconds."""

import calendar
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from kernel.audit import record_change
from matching.enums import Moment, Side
from matching.models import FollowUp, Introduction

FIRST_DAYS = 14
MONTHS = {Moment.THREE_MONTHS: 3, Moment.ONE_YEAR: 12, Moment.TWO_YEARS: 24}


def add_months(day: date, months: int) -> date:
    """The same day of a later month; the month's last day where it is shorter (31 August + 3: 30 November)."""
    month_index = day.year * 12 + day.month - 1 + months
    year, month = month_index // 12, month_index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def due_day(begun: date, moment: Moment) -> date:
    """The day on which the moment is asked about, counted from the day on which the contact began."""
    if moment == Moment.TWO_WEEKS:
        return begun + timedelta(days=FIRST_DAYS)
    return add_months(begun, MONTHS[moment])


def asks_effect(moment: str | None) -> bool:
    """Whether enough time has passed to ask how much the hub meant, and what would have been without it."""
    return moment in MONTHS


def begun_on(introduction: Introduction, *, now: datetime) -> date:
    """The local day from which the moments count: the meeting held or agreed, else the second yes, else today."""
    said_yes = (introduction.seeker_consented_at, introduction.receiver_consented_at)
    second_yes = max(each for each in said_yes if each) if all(said_yes) else now
    begun = introduction.met_at or max(introduction.meeting_at or second_yes, second_yes)
    return timezone.localdate(begun)


@transaction.atomic
def plan_follow_ups(introduction: Introduction, *, now: datetime) -> list[FollowUp]:
    """Both sides' rows of all four moments. Called again when a meeting is agreed or held, it moves what is not asked.

    What was asked or answered already keeps its day; a second call with nothing new changes nothing.
    """
    begun = begun_on(introduction, now=now)
    stored = {(each.side, each.moment): each for each in _locked(introduction)}
    rows, changed = [], False
    for moment in Moment:
        for side in Side:
            row = stored.get((side.value, moment.value))
            if row is None:
                row = FollowUp(hub_id=introduction.hub_id, introduction=introduction, side=side, moment=moment)
            changed |= _set_day(row, due_day(begun, moment))
            rows.append(row)
    if changed:
        _record(introduction, "follow_ups_planned")
    return rows


@transaction.atomic
def cancel_follow_ups(introduction: Introduction) -> int:
    """Take back every question that was neither asked nor answered; returns how many."""
    count, _by_model = introduction.follow_ups.filter(asked_at=None, report=None).delete()
    if count:
        _record(introduction, "follow_ups_cancelled")
    return count


def _locked(introduction: Introduction) -> list[FollowUp]:
    """The stored rows; the introduction is locked, so that two planners do not make the same row twice."""
    Introduction.objects.select_for_update().get(pk=introduction.pk)
    return list(introduction.follow_ups.select_related("report"))


def _set_day(row: FollowUp, day: date) -> bool:
    """Store the day where it is new and may still move."""
    if row.due_on == day or row.asked_at is not None or hasattr(row, "report"):
        return False
    row.due_on = day
    row.save()
    return True


def _record(introduction: Introduction, action: str) -> None:
    """By the clock or another part: whoever caused it is recorded there."""
    record_change(
        introduction.hub_id,
        actor_id=None,
        action=action,
        subject_type="introduction",
        subject_id=introduction.public_id,
    )
