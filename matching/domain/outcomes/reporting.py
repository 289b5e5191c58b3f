"""Storing what one side says came of a contact: its own earlier word for the moment is replaced, nobody else's."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hubs.models import User
from kernel.audit import record_change
from kernel.errors import DomainError, InvalidInput, NotFound
from matching.domain.outcomes.answers import Answer, clean_hub_answers
from matching.domain.outcomes.questions import questions_at
from matching.enums import AnswerSource, Side, TimelineKind
from matching.models import FollowUp, HubAnswer, HubQuestion, Introduction, Outcome, OutcomeReport, TimelineEntry


class NoContactYet(DomainError):
    """Before both said yes there is no contact of which anything could come."""

    code = "no_contact_yet"
    status = 409


def require_contact(introduction: Introduction) -> None:
    """Stop where there is no contact of which anything could be told.

    Raises:
        NoContactYet: the two have not both said yes.
    """
    if not introduction.both_consented:
        raise NoContactYet(_("What came of a contact can be told once both sides have said yes."))


@transaction.atomic
def report_outcome(
    introduction: Introduction,
    *,
    side: str,
    answer: Answer,
    source: str,
    now: datetime,
    actor: User | None = None,
    follow_up: FollowUp | None = None,
) -> OutcomeReport:
    """Store an answer; without a follow-up it belongs to the side's latest moment that is due, if there is one.

    The side's own word replaces its own earlier one for the moment, and what a facilitator had heard. What a
    facilitator hears never replaces the side's own word: it is kept beside it, as told between the moments.
    An answer that comes after the last moment is taken as any other; `told_at` says when it came.

    Raises:
        InvalidInput: the answer breaks a rule of `Answer.cleaned`, or is about another contact.
        NoContactYet: the two have not both said yes.
        NotFound: the contact was erased meanwhile; nothing is stored.
    """
    locked = _locked(introduction)
    moment = _follow_up(locked, side, follow_up, now=now)
    checked = answer.cleaned()
    asked = questions_at(locked.hub_id, moment.moment if moment else None)
    hub_answers = clean_hub_answers(checked.hub_answers, questions=asked)
    report, is_new = _slot(locked, side, moment, source)
    report.kind, report.source, report.told_at = checked.kind, source, now
    report.attribution, report.counterfactual = checked.attribution, checked.counterfactual
    report.text, report.recorded_by = checked.text, actor if source == AnswerSource.PHONE else None
    report.save()
    _store_parts(report, checked, hub_answers)
    _record(report, actor, is_new=is_new, now=now)
    return report


def _locked(introduction: Introduction) -> Introduction:
    """The contact as it is stored now; two answers of one second come one after the other."""
    locked = Introduction.objects.select_for_update().filter(pk=introduction.pk).first()
    if locked is None:
        raise NotFound(_("This contact has been deleted. Nothing was stored."))
    require_contact(locked)
    return locked


def _follow_up(introduction: Introduction, side: str, given: FollowUp | None, *, now: datetime) -> FollowUp | None:
    """The moment that is answered."""
    if side not in Side.values or (given and (given.introduction_id, given.side) != (introduction.pk, side)):
        raise InvalidInput(_("This answer belongs to another contact. Open the link of the mail once more."))
    rows = introduction.follow_ups.filter(side=side)
    if given is not None:
        return rows.filter(pk=given.pk).first()
    return rows.filter(due_on__lte=timezone.localdate(now)).order_by("-due_on", "-pk").first()


def _slot(introduction: Introduction, side: str, follow_up: FollowUp | None, source: str) -> tuple[OutcomeReport, bool]:
    """The report to write into, and whether it is a new one."""
    by_phone = source == AnswerSource.PHONE
    reports = introduction.reports.filter(side=side)
    stored = reports.filter(follow_up=follow_up).first() if follow_up else None
    if follow_up is None or (stored and by_phone and stored.source != AnswerSource.PHONE):
        between = reports.filter(follow_up=None)
        phone = between.filter(source=AnswerSource.PHONE)
        follow_up, stored = None, (phone if by_phone else between.exclude(source=AnswerSource.PHONE)).first()
    if stored is not None:
        return stored, False
    fresh = OutcomeReport(hub_id=introduction.hub_id, introduction=introduction, follow_up=follow_up, side=side)
    return fresh, True


def _store_parts(report: OutcomeReport, answer: Answer, hub_answers: dict[HubQuestion, str]) -> None:
    report.outcomes.all().delete()
    report.hub_answers.filter(question__is_active=True).delete()
    Outcome.objects.bulk_create(
        Outcome(
            hub_id=report.hub_id,
            report=report,
            rung=told.rung,
            standing=told.standing,
            amount_dkk=told.amount_dkk,
        )
        for told in answer.outcomes
    )
    HubAnswer.objects.bulk_create(
        HubAnswer(hub_id=report.hub_id, report=report, question=question, value=value)
        for question, value in hub_answers.items()
    )


def _record(report: OutcomeReport, actor: User | None, *, is_new: bool, now: datetime) -> None:
    """The relation's timeline tells of the first word only; the audit record of every one."""
    if is_new:
        TimelineEntry.objects.create(
            hub_id=report.hub_id,
            introduction_id=report.introduction_id,
            kind=TimelineKind.OUTCOME,
            side=report.side,
            actor=actor,
            at=now,
        )
    record_change(
        report.hub_id,
        actor_id=actor.pk if actor else None,
        action="outcome_told" if is_new else "outcome_changed",
        subject_type="outcome_report",
        subject_id=report.public_id,
        changed_fields=("kind", "outcomes", "attribution", "counterfactual", "text", "hub_answers"),
    )
