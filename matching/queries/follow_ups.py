"""Finding one follow-up or contact for whoever answers, and what comes next."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from hubs.policies import Viewer, may_broker, sides_of
from kernel.errors import NotFound
from matching.enums import AnswerSource
from matching.models import FollowUp, HubQuestion, Introduction, OutcomeReport


def find_follow_up(hub_id: int, public_id: str) -> FollowUp | None:
    """The follow-up that a link names, with its contact and the earlier answer; none once it was erased."""
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    rows = FollowUp.objects.filter(hub_id=hub_id, public_id=wanted)
    return rows.select_related("introduction__seeker", "introduction__receiver", "report").first()


def find_told_contact(viewer: Viewer, public_id: UUID) -> Introduction:
    """A contact of which the viewer may tell: one of its sides, or a broker of the hub.

    Raises:
        NotFound: there is none, or it is not the viewer's (the two look alike on purpose).
    """
    rows = Introduction.objects.filter(hub_id=viewer.hub_id, public_id=public_id)
    introduction = rows.select_related("seeker__organisation", "receiver__organisation").first()
    if introduction is None or not (sides_of(viewer, introduction) or may_broker(viewer)):
        raise NotFound(_("We cannot find that contact. It may have been removed, or it is not open to you."))
    return introduction


def current_moment(introduction: Introduction, side: str, *, today: date) -> FollowUp | None:
    """The side's latest moment that is due; none before the first."""
    rows = introduction.follow_ups.filter(side=side, due_on__lte=today)
    return rows.select_related("report").order_by("-due_on", "-pk").first()


def next_moment(introduction: Introduction, side: str, *, today: date) -> FollowUp | None:
    """The side's next moment that is still to come; none after the last."""
    return introduction.follow_ups.filter(side=side, due_on__gt=today).order_by("due_on", "pk").first()


def told_at_moment(
    introduction: Introduction, side: str, *, by_phone: bool, today: date
) -> tuple[FollowUp | None, OutcomeReport | None]:
    """The moment that an answer now belongs to, and the earlier answer that it would replace.

    What is heard by phone does not replace what the side told itself (see `report_outcome`).
    """
    moment = current_moment(introduction, side, today=today)
    report = getattr(moment, "report", None)
    if moment is not None and not (report and by_phone and report.source != AnswerSource.PHONE):
        return moment, report
    between = introduction.reports.filter(side=side, follow_up=None)
    phone = between.filter(source=AnswerSource.PHONE)
    return moment, (phone if by_phone else between.exclude(source=AnswerSource.PHONE)).first()


def hub_questions(hub_id: int) -> list[HubQuestion]:
    """All questions that the hub added, those that are asked first, in their order."""
    return list(HubQuestion.objects.filter(hub_id=hub_id).order_by("-is_active", "position", "pk"))
