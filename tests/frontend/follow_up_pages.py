"""What the tests of the follow-up pages share: addresses, a question of the hub's own, and what was stored."""

from datetime import timedelta

from django.utils import timezone

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from mailgate.links import sign
from matching.domain.outcomes.questions import QuestionFields, add_question
from matching.models import FollowUp, HubQuestion, OutcomeReport
from tests.factories import MembershipFactory


def begun(days_ago: int) -> str:
    """The day on which a contact began, so that a moment of it is due today."""
    return (timezone.localdate() - timedelta(days=days_ago)).isoformat()


def link_of(follow_up: FollowUp) -> str:
    return f"/en/follow-up/{sign('follow_up', follow_up=str(follow_up.public_id))}/"


def own_question(hub: Hub, form: str = "yes_no", text: str = "Did you talk to a lawyer?") -> HubQuestion:
    broker = MembershipFactory(hub=hub, role=Role.HUB_ADMIN).user
    fields = QuestionFields("Talte I med en jurist?", text, form)
    return add_question(Viewer(hub.pk, Role.HUB_ADMIN, broker.pk), fields=fields)


def told(side: str = "seeker") -> list[tuple[str, list[tuple[str, str]]]]:
    """Kind and rungs of each stored answer of the side."""
    reports = OutcomeReport.objects.filter(side=side).order_by("pk")
    return [(each.kind, list(each.outcomes.values_list("rung", "standing"))) for each in reports]
