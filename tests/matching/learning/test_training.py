"""Training in shadow: whole or not at all, one at a time, and honest where there is little to learn from."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from hubs.models import Hub
from matching.domain.learning import training
from matching.domain.learning.training import LEASE, train_due, train_hub
from matching.domain.learning.versions import KEPT_SHADOWS, ranker_of
from matching.engine.contact_features import NAMES
from matching.engine.priors import STAGES
from matching.engine.ranker import ContactRanker, prior_ranker
from matching.enums import IntroductionState, RankerChange, RankerState
from matching.models import LearningRun, RankerDecision, RankerVersion
from profiles.models import Profile
from tests.factories import HubFactory, ProfileFactory
from tests.matching.learning.logs import NOW, ago, ask, features, lived_year, show, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_trees")]


class Killed(BaseException):
    """The process is gone: nothing may catch this."""


def trained(hub: Hub, days: float = 0.0) -> RankerVersion:
    row = train_hub(hub.pk, now=NOW + timedelta(days=days))
    assert row is not None
    return row


def states(hub: Hub) -> list[tuple[int, str]]:
    return list(RankerVersion.objects.filter(hub=hub).order_by("number").values_list("number", "state"))


def weight(row: RankerVersion, stage: str, feature: str) -> float:
    return float(ranker_of(row).stages[stage].mean[NAMES.index(feature)])


def test_first_training_makes_the_experts_champion_and_a_shadow(hub: Hub) -> None:
    shadow = trained(hub)

    assert states(hub) == [(1, RankerState.CHAMPION), (2, RankerState.SHADOW)]
    decision = RankerDecision.objects.get(hub=hub)
    assert (decision.ranker.number, decision.change, decision.decided_by) == (1, RankerChange.FIRST, None)
    assert ranker_of(decision.ranker).version == "ranker-1"
    run = LearningRun.objects.get(hub=hub)
    assert (run.started_at, run.ended_at, run.ranker, run.note) == (NOW, NOW, shadow, "")


def test_training_on_nothing_is_the_expert_and_says_so(hub: Hub) -> None:
    shadow = trained(hub)

    expert, found = prior_ranker(), ranker_of(shadow)
    assert all(np.array_equal(found.stages[stage].mean, expert.stages[stage].mean) for stage in STAGES)
    assert shadow.card["notes"] == [{"code": "expert"}, *({"code": "no_evidence", "stage": stage} for stage in STAGES)]
    assert (shadow.card["metrics"], shadow.card["off_policy"]) == (dict.fromkeys(STAGES), None)
    assert (shadow.trained_from, shadow.trained_until) == (None, NOW)


def test_training_on_one_class_moves_only_what_it_saw_and_says_so(hub: Hub) -> None:
    for days in range(40, 60):
        firm, ward = ProfileFactory.create_batch(2, hub=hub)
        ask(firm, ward, at=ago(days), state=IntroductionState.ACCEPTED)

    shadow = trained(hub)

    notes = [(note["code"], note.get("stage")) for note in shadow.card["notes"]]
    assert ("one_class", "answers") in notes
    assert ("one_class", "accepts") in notes
    assert ("constant_features", "accepts") in notes
    learned = ranker_of(shadow).stages["accepts"]
    assert (learned.converged, learned.observations, learned.positives) == (True, 20, 20)
    row = np.array([features()])
    assert learned.probabilities(row)[0] > prior_ranker().stages["accepts"].probabilities(row)[0]


def test_training_learns_that_small_places_say_yes_and_keeps_its_numbers(hub: Hub) -> None:
    lived_year(hub)

    shadow = trained(hub)

    assert weight(shadow, "accepts", "small_unit") > 1.0
    card = shadow.card
    assert card["number"] == shadow.number == 2
    assert card["data"]["requests"] == 240
    assert card["data"]["impressions"] == 960
    assert shadow.trained_from is not None
    assert shadow.trained_from < ago(300)


def test_killed_training_leaves_a_run_without_an_end_and_the_next_one_works(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(hub, -10)
    before = states(hub)

    for step in ("evidence_of", "train", "model_card", "_store"):
        with monkeypatch.context() as patch:
            patch.setattr(training, step, _die)
            with pytest.raises(Killed):
                train_hub(hub.pk, now=NOW)
        assert states(hub) == before
        assert LearningRun.objects.filter(hub=hub, ended_at=None, ranker=None).count() == 1
        LearningRun.objects.filter(hub=hub, ended_at=None).update(started_at=NOW - LEASE)
        assert trained(hub).state == RankerState.SHADOW
        RankerVersion.objects.filter(hub=hub, number__gt=2).delete()
        RankerVersion.objects.filter(hub=hub, number=2).update(state=RankerState.SHADOW)
        LearningRun.objects.filter(hub=hub, ended_at=None).delete()


def test_training_killed_while_it_is_stored_undoes_all_of_it(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    trained(hub, -10)
    before = states(hub)
    monkeypatch.setattr(training, "clear_shadows", _die)

    with pytest.raises(Killed):
        train_hub(hub.pk, now=NOW)

    assert states(hub) == before


def _die(*_args: Any, **_options: Any) -> Any:
    raise Killed


def test_two_workers_do_not_train_at_once_and_a_dead_one_is_overtaken(hub: Hub) -> None:
    LearningRun.objects.create(hub=hub, started_at=NOW)

    assert train_hub(hub.pk, now=NOW + LEASE - timedelta(seconds=1)) is None
    assert states(hub) == []
    assert train_hub(hub.pk, now=NOW + LEASE) is not None


def test_failed_training_ends_its_run_with_the_kind_of_error_only(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_options: Any) -> Any:
        raise RuntimeError("Anna Jensen")

    monkeypatch.setattr(training, "evidence_of", fail)

    with pytest.raises(RuntimeError):
        train_hub(hub.pk, now=NOW)

    run = LearningRun.objects.get(hub=hub)
    assert (run.ended_at, run.ranker, run.note) == (NOW, None, "failed: RuntimeError")


def test_each_shadow_retires_the_one_before_and_few_are_kept(hub: Hub) -> None:
    for days in range(40):
        trained(hub, days)

    kept = states(hub)
    assert kept[0] == (1, RankerState.CHAMPION)
    assert kept[-1] == (41, RankerState.SHADOW)
    # The last five, and the first of November and of December.
    assert [number for number, _state in kept[1:-1]] == [2, 13, 36, 37, 38, 39, 40]
    assert {state for _number, state in kept[1:-1]} == {RankerState.RETIRED}
    assert KEPT_SHADOWS == 5


def test_one_hubs_training_touches_no_other(hub: Hub) -> None:
    other = HubFactory(slug="other", name="Other")
    theirs = trained(other, -1)
    firm, ward = ProfileFactory.create_batch(2, hub=other)
    ask(firm, ward, at=ago(40), state=IntroductionState.ACCEPTED)

    ours = trained(hub)

    assert ours.number == 2
    assert ours.card["data"].get("requests", 0) == 0
    theirs.refresh_from_db()
    assert theirs.state == RankerState.SHADOW


def test_erased_profile_is_in_no_later_training(hub: Hub) -> None:
    firm, ward = ProfileFactory.create_batch(2, hub=hub)
    contact = ask(firm, ward, at=ago(40), state=IntroductionState.ACCEPTED)
    tell(contact, "receiver", "meeting_held", at=ago(20))
    assert trained(hub, -1).card["data"]["contacts"] == 1

    ward.delete()

    assert trained(hub).card["data"].get("contacts", 0) == 0


def busy(hub: Hub) -> tuple[Profile, Profile]:
    firm, ward = ProfileFactory.create_batch(2, hub=hub)
    show(firm, [ward], at=ago(0.5))
    return firm, ward


def test_nightly_training_takes_each_hub_once_a_night_and_only_where_something_is_new(hub: Hub) -> None:
    idle = HubFactory(slug="idle", name="Idle")
    firm, ward = busy(hub)

    assert train_due(NOW) == 1
    assert train_due(NOW + timedelta(hours=2)) == 0
    assert train_due(NOW + timedelta(days=1)) == 0
    show(firm, [ward], at=NOW + timedelta(days=1, hours=1))
    assert train_due(NOW + timedelta(days=1, hours=2)) == 1
    assert RankerVersion.objects.filter(hub=idle).count() == 0


def test_nightly_training_of_one_hub_that_fails_goes_on_with_the_next(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = HubFactory(slug="other", name="Other")
    busy(hub)
    busy(other)
    whole = training.evidence_of

    def fail_first(hub_id: int, **options: Any) -> Any:
        if hub_id == hub.pk:
            raise RuntimeError("Anna Jensen")
        return whole(hub_id, **options)

    monkeypatch.setattr(training, "evidence_of", fail_first)

    assert train_due(NOW) == 1
    assert RankerVersion.objects.filter(hub=other, state=RankerState.SHADOW).exists()
    assert [record.getMessage() for record in caplog.records] == [f"Hub {hub.pk} could not be trained: RuntimeError."]
    # Not again before the next night.
    assert train_due(NOW + timedelta(hours=1)) == 0


def test_evidence_may_decide_once_a_month_only(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(training, "promote_by_evidence", lambda *_args, **_options: asked.append("may"))
    monkeypatch.setattr(training, "judge_shadow", lambda *_args, **_options: asked.append("judge"))
    firm, ward = busy(hub)

    for days in range(1, 14):
        show(firm, [ward], at=NOW + timedelta(days=days, hours=-1))
        train_due(NOW + timedelta(days=days))

    assert [place for place, word in enumerate(asked) if word == "may"] == [0, 10]
    assert len(asked) == 13


def test_payload_is_read_back_as_it_was_trained(hub: Hub) -> None:
    lived_year(hub, weeks=6)

    shadow = trained(hub)

    assert isinstance(ranker_of(shadow), ContactRanker)
    assert ranker_of(shadow).version == f"ranker-{shadow.number}"
