"""A hub's own weights and values: checked, recorded, in force at once while nothing has been learnt."""

import pytest

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed
from kernel.models import AuditRecord
from matching.domain.learning.champion import champion_for
from matching.domain.learning.priors import edit_prior, value_rung, weights_in_force
from matching.domain.learning.promoting import promote
from matching.domain.learning.training import train_hub
from matching.engine.contact_features import NAMES
from matching.engine.ladder import VALUES
from matching.enums import IntroductionState
from matching.models import PriorEdit, RankerDecision, RankerVersion
from tests.factories import HubFactory, ProfileFactory, UserFactory
from tests.matching.learning.logs import NOW, ago, ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "without_trees")]


def viewer(hub: Hub, role: Role = Role.HUB_ADMIN) -> Viewer:
    return Viewer(hub_id=hub.pk, role=role, user_id=UserFactory().pk)


def weight(hub: Hub) -> float:
    return float(champion_for(hub.pk).ranker.stages["accepts"].mean[NAMES.index("same_region")])


def edit(who: Viewer, **changes: object) -> PriorEdit | None:
    fields = {"stage": "accepts", "feature": "same_region", "mean": 1.5, "reason": "Vi mødes gerne.", "now": NOW}
    return edit_prior(who, **{**fields, **changes})  # type: ignore[arg-type]


def test_edited_weight_is_in_force_at_once_while_nothing_is_learnt(hub: Hub) -> None:
    other, admin = HubFactory(slug="other", name="Other"), viewer(hub)
    assert weight(hub) == 0.2

    edit(admin)

    assert (weight(hub), weight(other)) == (1.5, 0.2)
    decision = RankerDecision.objects.get(hub=hub)
    assert (decision.reason, decision.decided_by_id) == ("Vi mødes gerne.", admin.user_id)
    record = AuditRecord.objects.get(hub=hub, subject_type="prior_weight")
    assert (record.changed_fields, record.actor_id) == (["accepts.same_region"], admin.user_id)
    assert weights_in_force(hub.pk)["accepts"]["same_region"] == (0.2, 1.5, "Vi mødes gerne.")


def test_experts_weight_comes_back(hub: Hub) -> None:
    admin = viewer(hub)
    edit(admin)

    edit(admin, mean=None, reason="Alligevel ikke.")

    assert weight(hub) == 0.2
    assert PriorEdit.objects.filter(hub=hub).count() == 0
    assert weights_in_force(hub.pk)["accepts"]["same_region"][0:2] == (0.2, 0.2)


def test_edited_weight_waits_for_the_next_ranker_where_something_is_learnt(hub: Hub) -> None:
    admin = viewer(hub)
    firm, ward = ProfileFactory.create_batch(2, hub=hub)
    ask(firm, ward, at=ago(40), state=IntroductionState.ACCEPTED)
    shadow = train_hub(hub.pk, now=NOW)
    assert shadow is not None
    promote(admin, shadow, reason="Fordi.", now=NOW)
    before = weight(hub)

    edit(admin)

    assert weight(hub) == before
    later = train_hub(hub.pk, now=NOW)
    assert later is not None
    promote(admin, later, reason="Fordi.", now=NOW)
    assert weight(hub) == pytest.approx(1.5, abs=0.3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stage": "buys"}, "stage"),
        ({"feature": "paid_for"}, "feature"),
        ({"mean": 5.1}, "mean"),
        ({"mean": float("nan")}, "mean"),
        ({"mean": float("-inf")}, "mean"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_weights_that_make_no_sense_are_refused(hub: Hub, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        edit(viewer(hub), **changes)

    assert refused.value.details["field"] == field
    assert (PriorEdit.objects.count(), RankerVersion.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.ORGANISER, Role.MEMBER, Role.VISITOR])
def test_others_may_not_change_weights_or_values(hub: Hub, role: Role) -> None:
    with pytest.raises(NotAllowed):
        edit(viewer(hub, role))
    with pytest.raises(NotAllowed):
        value_rung(viewer(hub, role), rung="meeting_held", value=3.0, now=NOW)
    assert champion_for(hub.pk).ranker.values == VALUES


def test_value_of_a_rung_is_set_and_put_back(hub: Hub) -> None:
    admin = viewer(hub)

    assert value_rung(admin, rung="project_formed", value=20, now=NOW)["project_formed"] == 20.0
    assert champion_for(hub.pk).ranker.values["project_formed"] == 20.0
    assert value_rung(admin, rung="project_formed", value=None, now=NOW) == VALUES


def test_values_that_make_no_sense_are_refused(hub: Hub) -> None:
    admin = viewer(hub)
    for rung, value in (("gold", 1.0), ("meeting_held", -1.0), ("meeting_held", float("inf"))):
        with pytest.raises(InvalidInput):
            value_rung(admin, rung=rung, value=value, now=NOW)
    *rest, last = VALUES
    for rung in rest:
        value_rung(admin, rung=rung, value=0.0, now=NOW)
    with pytest.raises(InvalidInput, match="worth something"):
        value_rung(admin, rung=last, value=0.0, now=NOW)
