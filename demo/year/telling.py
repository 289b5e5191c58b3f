"""What the two sides of a simulated contact tell of it: on the asked day, after a reminder, by telephone, or never."""

from datetime import date, datetime, timedelta

import numpy as np

from demo.year.agenda import clock, working_day
from demo.year.course import current
from demo.year.words import NOTHING, TOLD, one_of
from demo.year.world import World
from matching.domain.introductions.days import local_day
from matching.domain.outcomes.answers import Answer, ToldOutcome
from matching.domain.outcomes.planning import asks_effect
from matching.domain.outcomes.reporting import report_outcome
from matching.enums import (
    CONSENTED_STATES,
    AnswerKind,
    AnswerSource,
    Attribution,
    Counterfactual,
    QuestionForm,
    Rung,
    Side,
    Standing,
)
from matching.models import FollowUp, Introduction

_REPLIES = {Side.SEEKER.value: 0.6, Side.RECEIVER.value: 0.48}
_AFTER_REMINDER, _BY_PHONE = 0.3, 0.4
# How surely a side mentions what came of it: the asked side knows less of what happens at the asker's.
_MENTIONS = {Side.SEEKER.value: 0.9, Side.RECEIVER.value: 0.78}
_EXPECTED_DAYS = 900.0
_ATTRIBUTIONS = (
    (Attribution.MAJOR, 0.3),
    (Attribution.SOME, 0.4),
    (Attribution.LIMITED, 0.2),
    (Attribution.DO_NOT_KNOW, 0.1),
)
_WITHOUT_US = (
    (Counterfactual.NOTHING, 0.3), (Counterfactual.LOWER_75, 0.15), (Counterfactual.LOWER_50, 0.2),
    (Counterfactual.LOWER_25, 0.15), (Counterfactual.SAME, 0.1), (Counterfactual.DO_NOT_KNOW, 0.1),
)  # fmt: skip


def plan_questions(world: World) -> None:
    """Every morning, the last day's included, the sides whose moment has come are asked."""
    day = world.first.date()
    while clock(day, 0) < world.end:
        world.agenda.at(clock(day, 7, 30), lambda now: ask_due(world, now))
        day += timedelta(days=1)


def ask_due(world: World, now: datetime) -> None:
    """Ask those who are due and whose meeting is not still to come; no mail leaves."""
    today = local_day(now)
    rows = FollowUp.objects.filter(
        hub_id=world.hub.pk, due_on__range=(today - timedelta(days=5), today), asked_at=None, report=None,
        introduction__state__in=CONSENTED_STATES, introduction__is_simulated=True,
    )  # fmt: skip
    for row in rows.select_related("introduction").order_by("pk"):
        meeting_at, met_at = row.introduction.meeting_at, row.introduction.met_at
        if met_at is None and meeting_at is not None and local_day(meeting_at) >= today:
            continue
        FollowUp.objects.filter(pk=row.pk).update(asked_at=now)
        _plan_reply(world, row, now)


def _plan_reply(world: World, row: FollowUp, now: datetime) -> None:
    delay = float(world.generator.exponential(3.0))
    replies = world.happens(_REPLIES[row.side])
    if replies:
        world.agenda.at(now + timedelta(days=delay), lambda at: tell(world, row, AnswerSource.LINK, at))
    if replies and delay < 7.0:
        return
    reminded_at = now + timedelta(days=7)
    world.agenda.at(reminded_at, lambda at: _remind(row, at))
    if world.happens(_AFTER_REMINDER):
        answer_at = reminded_at + timedelta(days=float(world.generator.exponential(1.5)))
        world.agenda.at(answer_at, lambda at: tell(world, row, AnswerSource.LINK, at))
    elif world.happens(_BY_PHONE):
        called = working_day(local_day(reminded_at) + timedelta(days=int(world.generator.integers(8, 20))))
        world.agenda.at(clock(called, 13), lambda at: tell(world, row, AnswerSource.PHONE, at))


def _remind(row: FollowUp, now: datetime) -> None:
    FollowUp.objects.filter(pk=row.pk, report=None, reminded_at=None).update(reminded_at=now)


def tell(world: World, row: FollowUp, source: AnswerSource, now: datetime) -> None:
    """Record what the side says; the first answer to a moment stands."""
    if hasattr(FollowUp.objects.select_related("report").get(pk=row.pk), "report"):
        return
    introduction = current(row.introduction)
    answer = _answer(world, introduction, row, local_day(now))
    actor = world.facilitator if source == AnswerSource.PHONE else None
    report_outcome(introduction, side=row.side, answer=answer, source=source, actor=actor, follow_up=row, now=now)


def _answer(world: World, introduction: Introduction, row: FollowUp, today: date) -> Answer:
    if world.happens(0.08):
        return Answer(AnswerKind.DO_NOT_KNOW.value)
    outcomes = tuple(_outcomes(world, introduction, row.side, today))
    hub_answers = {
        question.public_id: ("yes" if world.happens(0.7) else "no")
        for question in world.questions
        if question.form == QuestionForm.YES_NO
        and (not question.moments or row.moment in question.moments)
        and world.happens(0.8)
    }
    if not outcomes:
        kind = AnswerKind.DO_NOT_KNOW if world.happens(0.35) else AnswerKind.NO_BENEFIT
        says = one_of(NOTHING, world.generator) if kind == AnswerKind.NO_BENEFIT and world.happens(0.4) else ""
        return Answer(kind.value, text=says, hub_answers=hub_answers)
    effect = asks_effect(row.moment)
    last = outcomes[-1].rung
    return Answer(
        AnswerKind.OUTCOMES.value,
        outcomes=outcomes,
        attribution=_drawn(world, _ATTRIBUTIONS) if effect else "",
        counterfactual=_drawn(world, _WITHOUT_US) if effect else "",
        text=one_of(TOLD[Rung(last)], world.generator) if world.happens(0.4) else "",
        hub_answers=hub_answers,
    )


def _outcomes(world: World, introduction: Introduction, side: str, today: date) -> list[ToldOutcome]:
    """What has come and is mentioned, then what is expected; nothing comes of two who have not met."""
    if introduction.met_at is None:
        return []
    days = (today - local_day(introduction.met_at)).days
    told = [ToldOutcome(Rung.MEETING_HELD.value)] if world.happens(0.95) else []
    for rung, delay in sorted(world.outcomes.get(introduction.pk, {}).items(), key=lambda each: each[1]):
        if delay <= days and world.happens(_MENTIONS[side]):
            told.append(ToldOutcome(rung, Standing.ACHIEVED.value, _amount(world, rung)))
        elif days < delay < days + _EXPECTED_DAYS and world.happens(0.45):
            told.append(ToldOutcome(rung, Standing.EXPECTED.value))
    return told


def _amount(world: World, rung: str) -> int | None:
    """Whole ten thousands of kroner, where it is money and they care to tell."""
    middle = {Rung.FUNDING_RAISED: 900_000.0, Rung.COMMERCIAL_RESULT: 180_000.0}.get(Rung(rung))
    if middle is None or world.happens(0.3):
        return None
    return int(round(middle * float(np.exp(world.generator.normal(0.0, 0.6))), -4))


def _drawn(world: World, shares: tuple[tuple[str, float], ...]) -> str:
    return str(shares[int(world.generator.choice(len(shares), p=[share for _code, share in shares]))][0])
