"""The model card: what it rests on, how well it foretold, and where it fell back."""

import json

import numpy as np
import pytest

from hubs.models import Hub
from matching.domain.learning import holdouts
from matching.domain.learning.cards import CHAIN
from matching.domain.learning.measures import auc, calibration, expected_calibration_error, log_loss
from matching.domain.learning.training import train_hub
from matching.engine.contact_features import NAMES
from matching.engine.ladder import CODES
from matching.engine.priors import STAGES
from matching.enums import IntroductionState
from tests.factories import ProfileFactory
from tests.matching.learning.logs import NOW, ago, ask, features, lived_year, show

pytestmark = pytest.mark.django_db


def card_of(hub: Hub) -> dict[str, object]:
    row = train_hub(hub.pk, now=NOW)
    assert row is not None
    return json.loads(json.dumps(row.card))


def test_card_of_a_lived_year_has_every_part(hub: Hub) -> None:
    lived_year(hub)

    card = card_of(hub)

    assert set(card) == {
        "format", "number", "made_at", "period", "data", "stages", "values", "delays", "metrics", "challenger_ahead",
        "calibration", "slices", "notes", "off_policy", "promotions",
    }  # fmt: skip
    assert set(card["values"]) == set(card["delays"]) == set(CODES)
    accepts = card["stages"]["accepts"]
    assert [each["name"] for each in accepts["features"]] == list(NAMES)
    small = next(each for each in accepts["features"] if each["name"] == "small_unit")
    assert (small["prior"], small["prior_sd"]) == (0.3, 0.4)
    assert small["learned"] > 1.0 > small["learned_sd"]
    assert small["moved"] > 2.0
    assert "easier to enter" in small["reason"]
    metrics = card["metrics"]["accepts"]
    assert metrics["learned"]["log_loss"] < metrics["prior"]["log_loss"]
    assert metrics["learned"]["auc"] > 0.75
    assert metrics["trained_on"] + metrics["held_out"] == accepts["observations"]
    kinds = {(each["dimension"], each["value"]) for each in card["slices"]["accepts"]}
    assert {("kind", "clinician"), ("region", "unknown"), ("warmth", "cold")} <= kinds
    assert sum(one["count"] for one in card["calibration"]["accepts"]) == metrics["held_out"]
    assert "simulated" not in {note["code"] for note in card["notes"]}


def test_card_compares_with_boosted_trees_and_never_uses_them(hub: Hub) -> None:
    lived_year(hub)

    card = card_of(hub)

    tried = card["metrics"]["accepts"]
    assert (tried["challenger"] is None) == bool(tried["challenger_note"])
    assert set(card["challenger_ahead"]) <= set(CHAIN)
    assert tried["challenger_note"] in ("", "too_few_outcomes", "nothing_learned")


def test_card_says_that_trees_had_too_little(hub: Hub) -> None:
    for days in range(30, 90):
        firm, ward = ProfileFactory.create_batch(2, hub=hub)
        state = IntroductionState.ACCEPTED if days % 10 else IntroductionState.DECLINED
        ask(firm, ward, at=ago(days), state=state)

    card = card_of(hub)

    assert card["metrics"]["accepts"]["challenger"] is None
    assert card["metrics"]["accepts"]["challenger_note"] == "too_few_outcomes"
    assert card["metrics"]["asks"] is None


def test_card_names_features_that_never_vary_and_rows_that_cannot_be_read(hub: Hub) -> None:
    firm, ward = ProfileFactory.create_batch(2, hub=hub)
    other = ProfileFactory(hub=hub)
    show(firm, [ward, other], at=ago(60), rows=[features(same_field=1.0), features()])
    show(firm, [ward], at=ago(50), rows=[[1.0]])

    notes = {note["code"]: note for note in card_of(hub)["notes"]}

    assert notes["constant_features"]["stage"] == "asks"
    assert set(notes["constant_features"]["features"]) == set(NAMES) - {"same_field"}
    assert "unreadable_features" in notes


def test_card_says_that_a_stage_did_not_converge(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from matching.engine import bayesian

    firm, ward = ProfileFactory.create_batch(2, hub=hub)
    ask(firm, ward, at=ago(60), state=IntroductionState.ACCEPTED)
    monkeypatch.setattr(bayesian, "_mode", lambda *_args: None)

    card = card_of(hub)

    codes = {(note["code"], note.get("stage")) for note in card["notes"]}
    assert ("not_converged", "accepts") in codes
    assert "did not converge" in card["stages"]["accepts"]["note"]
    assert card["stages"]["accepts"]["intercept"]["learned"] == card["stages"]["accepts"]["intercept"]["prior"]


def test_card_of_simulated_rows_says_so(hub: Hub) -> None:
    firm, ward = ProfileFactory.create_batch(2, hub=hub)
    show(firm, [ward], at=ago(60), is_simulated=True)

    card = card_of(hub)

    assert card["data"]["simulated"] == 1
    assert {"code": "simulated"} in card["notes"]


def test_card_holds_no_names_and_no_ids(hub: Hub) -> None:
    found = lived_year(hub, weeks=12)

    text = json.dumps(card_of(hub))

    people = [*found.firms, *found.departments]
    assert not any(each.name in text or str(each.public_id) in text or each.slug in text for each in people)


def test_later_rows_are_judged_by_a_model_of_the_earlier_ones(hub: Hub) -> None:
    from matching.domain.learning.evidence import evidence_of
    from matching.engine.priors import PRIORS

    lived_year(hub)
    rows = evidence_of(hub.pk, now=NOW).stages["accepts"]

    found = holdouts.hold_out(rows, PRIORS["accepts"], with_challenger=False)

    assert found is not None
    assert found.rows.at.min() > np.quantile(rows.at, holdouts.TRAINED_SHARE, method="lower")
    assert found.trained_on == len(rows) - len(found.rows)
    assert len(set(found.base.tolist())) == 1


def test_log_loss_weighs_rows_and_knows_the_empty_case() -> None:
    said, happened, weight = np.array([0.8, 0.5]), np.array([1.0, 0.0]), np.array([3.0, 1.0])

    assert log_loss(said, happened, weight) == pytest.approx((3 * -np.log(0.8) - np.log(0.5)) / 4)
    assert log_loss(said, happened, np.zeros(2)) is None
    assert log_loss(np.array([1.0]), np.array([0.0]), np.ones(1)) == pytest.approx(-np.log(1e-9))


def test_auc_is_the_share_of_pairs_in_order() -> None:
    assert auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0])) == 0.75
    assert auc(np.array([0.5, 0.5]), np.array([0.0, 1.0])) == 0.5
    assert auc(np.array([0.5, 0.6]), np.ones(2)) is None


def test_calibration_error_is_the_mean_gap_of_bins() -> None:
    said, happened = np.array([0.05, 0.05, 0.95, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])

    bins = calibration(said, happened, np.ones(4))

    assert [(one.low, one.count, one.happened) for one in bins] == [(0.0, 2, 0.5), (0.9, 2, 1.0)]
    assert expected_calibration_error(said, happened, np.ones(4)) == pytest.approx((0.45 * 2 + 0.025 * 2) / 4)
    assert expected_calibration_error(said, happened, np.zeros(4)) is None


def test_every_stage_is_in_the_card_even_without_rows(hub: Hub) -> None:
    card = card_of(hub)

    assert list(card["stages"]) == list(STAGES)
    assert card["stages"]["asks"]["observations"] == 0
