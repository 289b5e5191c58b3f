"""Who ranks: by evidence, by a person with a reason, and back again with one click."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from matching.domain.learning import judging, promoting
from matching.domain.learning.champion import champion_for
from matching.domain.learning.judging import TOO_FEW_LISTS, Judgement, judge
from matching.domain.learning.promoting import (
    NothingToRollBack,
    RanksAlready,
    promote,
    promote_by_evidence,
    roll_back,
)
from matching.domain.learning.training import train_hub
from matching.domain.learning.versions import UnusableRanker
from matching.engine.promotion import BETTER, NOT_BETTER, Decision
from matching.engine.ratio_bootstrap import Interval
from matching.enums import RankerChange, RankerState
from matching.models import RankerDecision, RankerVersion, ShownList
from tests.factories import HubFactory, UserFactory
from tests.matching.learning.logs import NOW, lived_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "without_trees")]


def viewer(hub: Hub, role: Role = Role.FACILITATOR) -> Viewer:
    return Viewer(hub_id=hub.pk, role=role, user_id=UserFactory().pk)


def shadow_of(hub: Hub, days: float = 0.0) -> RankerVersion:
    row = train_hub(hub.pk, now=NOW + timedelta(days=days))
    assert row is not None
    return row


def champion(hub: Hub) -> RankerVersion:
    return RankerVersion.objects.get(hub=hub, state=RankerState.CHAMPION)


def test_facilitator_puts_a_shadow_in_force_with_a_reason(hub: Hub) -> None:
    shadow, broker = shadow_of(hub), viewer(hub)

    promote(broker, shadow, reason="  Den svarer til det, vi ser. ", now=NOW)

    assert champion(hub).pk == shadow.pk
    decision = RankerDecision.objects.filter(hub=hub).first()
    assert decision is not None
    assert (decision.change, decision.reason) == (RankerChange.FACILITATOR, "Den svarer til det, vi ser.")
    assert (decision.before, decision.decided_by_id) == (RankerVersion.objects.get(hub=hub, number=1), broker.user_id)
    entry = champion(hub).card["promotions"][-1]
    assert (entry["change"], entry["before"], entry["reason"]) == ("facilitator", 1, "Den svarer til det, vi ser.")
    record = AuditRecord.objects.get(hub=hub, action="ranker_facilitator")
    assert (record.subject_id, record.actor_id) == (shadow.public_id, broker.user_id)
    assert champion_for(hub.pk).row_id == shadow.pk


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER, Role.VISITOR])
def test_others_may_not_decide_who_ranks(hub: Hub, role: Role) -> None:
    shadow = shadow_of(hub)

    with pytest.raises(NotAllowed):
        promote(viewer(hub, role), shadow, reason="Fordi.", now=NOW)
    with pytest.raises(NotAllowed):
        roll_back(viewer(hub, role), now=NOW)
    assert champion(hub).number == 1


def test_promotion_refuses_no_reason_the_champion_itself_and_another_hubs(hub: Hub) -> None:
    other = HubFactory(slug="other", name="Other")
    shadow, theirs, broker = shadow_of(hub), shadow_of(other), viewer(hub)

    with pytest.raises(InvalidInput):
        promote(broker, shadow, reason="   ", now=NOW)
    with pytest.raises(RanksAlready):
        promote(broker, champion(hub), reason="Fordi.", now=NOW)
    with pytest.raises(NotFound):
        promote(broker, theirs, reason="Fordi.", now=NOW)
    assert (champion(hub).number, champion(other).number) == (1, 1)


def test_promotion_refuses_a_ranker_of_other_features(hub: Hub) -> None:
    shadow = shadow_of(hub)
    shadow.payload["stages"]["asks"]["names"][0] = "paid_for"
    shadow.save(update_fields=["payload"])

    with pytest.raises(UnusableRanker):
        promote(viewer(hub), shadow, reason="Fordi.", now=NOW)

    assert champion(hub).number == 1
    assert RankerDecision.objects.filter(hub=hub).count() == 1


def test_one_click_rolls_back_and_the_next_one_further(hub: Hub) -> None:
    broker = viewer(hub)
    for days in (1, 2):
        promote(broker, shadow_of(hub, days), reason="Fordi.", now=NOW)
    assert champion(hub).number == 3

    roll_back(broker, reason="Listerne blev dårligere.", now=NOW)
    assert champion(hub).number == 2
    roll_back(broker, now=NOW)
    assert champion(hub).number == 1
    with pytest.raises(NothingToRollBack):
        roll_back(broker, now=NOW)

    changes = list(RankerDecision.objects.filter(hub=hub).order_by("pk").values_list("change", "before__number"))
    assert changes == [("first", None), ("facilitator", 1), ("facilitator", 2), ("rollback", 3), ("rollback", 2)]
    assert champion(hub).card["promotions"][-1]["change"] == "rollback"


def test_rolling_back_before_anything_was_trained_says_so(hub: Hub) -> None:
    with pytest.raises(NothingToRollBack):
        roll_back(viewer(hub), now=NOW)


def judged(promote_it: bool) -> Callable[..., Judgement]:
    def found(*_args: object, **_options: object) -> Judgement:
        interval = Interval(0.02, 0.01, 0.03)
        reason = BETTER if promote_it else NOT_BETTER
        decision = Decision(promote_it, reason, interval, interval, interval, 500.0, 300.0, 40, 10)
        return Judgement(None, NOW, 200, 2_000, reason, decision=decision)

    return found


@pytest.mark.parametrize("better", [True, False])
def test_evidence_decides_alone_and_is_kept_in_the_card(
    hub: Hub, better: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow = shadow_of(hub)
    monkeypatch.setattr(promoting, "judge", judged(better))

    found = promote_by_evidence(hub.pk, now=NOW)

    shadow.refresh_from_db()
    assert (found == shadow, champion(hub).number) == ((True, 2) if better else (False, 1))
    assert shadow.card["off_policy"]["promotes"] is better
    latest = RankerDecision.objects.filter(hub=hub).first()
    assert latest is not None
    assert latest.change == (RankerChange.EVIDENCE if better else RankerChange.FIRST)


def test_evidence_promotes_nothing_when_a_person_decided_meanwhile(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    first, broker = shadow_of(hub, 1), viewer(hub)
    second = shadow_of(hub, 2)

    def meanwhile(*args: object, **options: object) -> Judgement:
        promote(broker, first, reason="Fordi.", now=NOW)
        return judged(True)()

    monkeypatch.setattr(promoting, "judge", meanwhile)

    assert promote_by_evidence(hub.pk, now=NOW) is None
    assert champion(hub).pk == first.pk
    second.refresh_from_db()
    assert second.state == RankerState.SHADOW


def test_hub_without_a_shadow_is_not_judged(hub: Hub) -> None:
    assert promote_by_evidence(hub.pk, now=NOW) is None


def test_judgement_of_an_empty_log_says_that_there_are_too_few_lists(hub: Hub) -> None:
    shadow = shadow_of(hub)

    found = judge(hub.pk, champion(hub), shadow, now=NOW)

    assert (found.reason, found.lists, found.promotes, found.difference) == (TOO_FEW_LISTS, 0, False, None)


def test_judgement_compares_both_on_the_later_half_with_a_twin_that_has_not_seen_it(hub: Hub) -> None:
    lived_year(hub)
    shadow = shadow_of(hub)

    found = judge(hub.pk, champion(hub), shadow, now=NOW)

    assert found.comparison is not None
    assert found.since is not None
    assert found.is_twin
    assert 80 < found.lists < 130
    assert found.impressions == 4 * found.lists
    # The lists hold small and large places alike, and the small ones say yes: whoever knows that is worth more.
    assert found.comparison.difference.value > 0
    assert found.comparison.champion.rewarded > 10
    # Chosen by lot, half of the lists speak for small places: a policy that shows them all is worth more than the log.
    assert found.comparison.challenger.sndr.value > found.comparison.champion.sndr.value
    stored = found.to_json()
    assert stored["difference"]["value"] == found.comparison.difference.value
    assert set(stored["champion"]) == {
        "ips", "snips", "dr", "sndr", "ess", "clipped_share", "impressions", "rewarded"
    }  # fmt: skip


def test_shadow_that_knows_who_says_yes_takes_over_by_the_log_alone(hub: Hub) -> None:
    lived_year(hub, weeks=50, firms=8)
    shadow = shadow_of(hub)

    found = promote_by_evidence(hub.pk, now=NOW)

    assert found is not None
    assert found.pk == champion(hub).pk == shadow.pk
    judgement = found.card["off_policy"]
    assert judgement["difference"]["low"] > 0
    assert min(judgement["champion"]["ess"], judgement["shadow"]["ess"]) >= judgement["least_ess"]
    decision = RankerDecision.objects.filter(hub=hub).first()
    assert decision is not None
    assert (decision.change, decision.decided_by) == (RankerChange.EVIDENCE, None)
    assert decision.reason.endswith(f"n = {judgement['lists']}")


def test_judgement_of_a_ranker_against_itself_shows_no_difference(hub: Hub) -> None:
    lived_year(hub, weeks=20)
    shadow_of(hub)

    found = judge(hub.pk, champion(hub), champion(hub), now=NOW)

    assert found.comparison is not None
    assert not found.is_twin
    assert found.comparison.difference.value == pytest.approx(0.0, abs=1e-12)
    assert not found.promotes


def test_judgement_leaves_out_forged_candidates(hub: Hub) -> None:
    lived_year(hub, weeks=20)
    shadow = shadow_of(hub)
    whole = judge(hub.pk, champion(hub), shadow, now=NOW).lists
    last = ShownList.objects.filter(hub=hub).latest("shown_at")
    ShownList.objects.filter(pk=last.pk).update(candidates=b"VBC1 no list at all")

    assert judge(hub.pk, champion(hub), shadow, now=NOW).lists == whole - 1


def test_judgement_of_an_unusable_ranker_says_so(hub: Hub) -> None:
    lived_year(hub, weeks=20)
    shadow, present = shadow_of(hub), champion(hub)
    present.payload = {"version": "forged"}

    assert judge(hub.pk, present, shadow, now=NOW).reason == judging.UNUSABLE
