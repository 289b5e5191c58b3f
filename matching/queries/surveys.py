"""The answers of a hub as rows, for those who count them elsewhere; silence is a row of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from hubs.policies import Viewer, require_broker
from matching.enums import Rung, Side
from matching.models import FollowUp, HubQuestion, Introduction, OutcomeReport

NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class SurveyTable:
    """Column names and rows, all text; codes, not labels, so that two languages can be counted together."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def survey_table(viewer: Viewer, *, since: date | None = None, until: date | None = None) -> SurveyTable:
    """One row for each side and moment that was asked or answered, by the day on which the moment was due.

    Raises:
        NotAllowed: the viewer does not broker for the hub.
    """
    require_broker(viewer)
    questions = list(HubQuestion.objects.filter(hub_id=viewer.hub_id).order_by("position", "pk"))
    columns = (
        "introduction", "simulated", "side", "profile", "profile_kind", "other_profile", "moment", "due_on", "asked_on",
        "answer", "told_on", "source", *Rung.values, *(f"{rung}_dkk" for rung in Rung.values), "attribution",
        "counterfactual", "text", *(f"question: {question.text_en}" for question in questions),
    )  # fmt: skip
    rows = [
        *_asked_rows(viewer.hub_id, since, until, questions),
        *_between_rows(viewer.hub_id, since, until, questions),
    ]
    return SurveyTable(columns, rows)


def _asked_rows(
    hub_id: int, since: date | None, until: date | None, questions: list[HubQuestion]
) -> Iterator[tuple[str, ...]]:
    rows = FollowUp.objects.filter(_within("due_on", since, until), hub_id=hub_id).exclude(asked_at=None, report=None)
    rows = rows.select_related("introduction__seeker", "introduction__receiver", "report")
    for follow_up in rows.prefetch_related("report__outcomes", "report__hub_answers").order_by("due_on", "pk"):
        moment = (follow_up.moment, follow_up.due_on.isoformat(), _day(follow_up.asked_at))
        report = getattr(follow_up, "report", None)
        yield (*_who(follow_up.introduction, follow_up.side), *moment, *_told(report, questions))


def _between_rows(
    hub_id: int, since: date | None, until: date | None, questions: list[HubQuestion]
) -> Iterator[tuple[str, ...]]:
    rows = OutcomeReport.objects.filter(_within("told_at__date", since, until), hub_id=hub_id, follow_up=None)
    rows = rows.select_related("introduction__seeker", "introduction__receiver")
    for report in rows.prefetch_related("outcomes", "hub_answers").order_by("told_at", "pk"):
        yield (*_who(report.introduction, report.side), "", "", "", *_told(report, questions))


def _within(column: str, since: date | None, until: date | None) -> Q:
    condition = Q(**{f"{column}__gte": since}) if since else Q()
    return condition & Q(**{f"{column}__lte": until}) if until else condition


def _who(introduction: Introduction, side: str) -> tuple[str, ...]:
    ours = introduction.party(side)
    theirs = introduction.party(Side.RECEIVER if side == Side.SEEKER else Side.SEEKER)
    simulated = "yes" if introduction.is_simulated else "no"
    return str(introduction.public_id), simulated, side, ours.name, ours.kind, theirs.name


def _told(report: OutcomeReport | None, questions: list[HubQuestion]) -> tuple[str, ...]:
    if report is None:
        return (NO_ANSWER, *("" for _each in range(2 + 2 * len(Rung.values) + 3 + len(questions))))
    told = {outcome.rung: outcome for outcome in report.outcomes.all()}
    answers = {answer.question_id: answer.value for answer in report.hub_answers.all()}
    amounts = (told[rung].amount_dkk if rung in told else None for rung in Rung.values)
    return (
        report.kind, _day(report.told_at), report.source,
        *(told[rung].standing if rung in told else "" for rung in Rung.values),
        *("" if amount is None else str(amount) for amount in amounts),
        report.attribution, report.counterfactual, report.text,
        *(answers.get(question.pk, "") for question in questions),
    )  # fmt: skip


def _day(moment: datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""
