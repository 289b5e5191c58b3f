"""What the hub's own people see around a contact: `{% case_of introduction as case %}` knows it, for brokers only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.template import RequestContext

from frontend.forms.desk import HandOverForm
from hubs.policies import Viewer, may_broker
from matching.domain.introductions.screening import CRITERIA
from matching.domain.introductions.sending import asked_sides
from matching.enums import ANSWERABLE_STATES, CONSENTED_STATES, IntroductionState, ScreeningMark
from matching.models import Introduction
from matching.queries.desk import colleagues_of
from matching.queries.introductions import NEXT_STEPS, standing_since

register = template.Library()


@dataclass(frozen=True)
class Case:
    """A contact as a case of the hub: whose it is, since when it stands so, what comes next, what can be done."""

    facilitator: str
    is_mine: bool
    state: str
    since: datetime | None
    next_step: str
    may_screen: bool
    may_answer: bool
    may_tell: bool
    marks: tuple[tuple[str, str], ...]
    form: HandOverForm


@register.simple_tag(takes_context=True)
def case_of(context: RequestContext, introduction: Introduction) -> Case | None:
    """The case, for somebody who brokers contacts in its hub; none for everybody else."""
    viewer: Viewer | None = context.get("viewer")
    if viewer is None or not may_broker(viewer) or introduction.hub_id != viewer.hub_id:
        return None
    since = standing_since(Introduction.objects.filter(pk=introduction.pk)).values_list("since", flat=True).first()
    return Case(
        facilitator=str(introduction.facilitator or ""),
        is_mine=introduction.facilitator_id == viewer.user_id,
        state=introduction.get_state_display(),
        since=since,
        next_step=str(NEXT_STEPS[introduction.state]),
        may_screen=introduction.state == IntroductionState.SCREENING,
        may_answer=introduction.state in ANSWERABLE_STATES and bool(asked_sides(introduction)),
        may_tell=introduction.state in CONSENTED_STATES,
        marks=_marks(introduction),
        form=HandOverForm(colleagues=colleagues_of(viewer), auto_id="case-%s"),
    )


def _marks(introduction: Introduction) -> tuple[tuple[str, str], ...]:
    """What was found at screening, in the order of the criteria; what is not known is left out."""
    stored: dict[str, Any] = dict(introduction.screenings.values_list("criterion", "mark"))
    known = ((each, stored.get(each.code, ScreeningMark.UNKNOWN.value)) for each in CRITERIA)
    return tuple((str(each.label), str(ScreeningMark(mark).label)) for each, mark in known if mark != "unknown")
