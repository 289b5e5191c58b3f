"""Every opinion has a reason, the base rates hold for a typical pair, and a hub's edit changes just its weight."""

import numpy as np
import pytest

from matching.engine.contact_features import HIGH, LOW, NAMES
from matching.engine.ladder import RUNGS
from matching.engine.priors import (
    ACCEPTS,
    ANSWERS,
    ASKS,
    PRIORS,
    STAGES,
    TYPICAL,
    PriorTable,
    PriorWeight,
    edited_tables,
)

EXPECTED = {ASKS: 0.10, ANSWERS: 0.60, ACCEPTS: 0.50} | {f"rung:{rung.code}": rung.base_rate for rung in RUNGS}


def mean(stage: str, name: str) -> float:
    return float(PRIORS[stage].means[NAMES.index(name)])


def test_every_stage_has_a_table() -> None:
    assert tuple(PRIORS) == STAGES
    assert STAGES[:3] == ("asks", "answers", "accepts")


def test_every_number_has_a_reason() -> None:
    for table in PRIORS.values():
        assert table.base_reason
        for weight in table.weights:
            assert weight.reason, weight.feature
            assert weight.mean != 0.0, weight.feature


@pytest.mark.parametrize("stage", STAGES)
def test_typical_pair_has_the_base_rate(stage: str) -> None:
    posterior = PRIORS[stage].prior().as_posterior()

    assert posterior.probabilities(TYPICAL[None, :])[0] == pytest.approx(EXPECTED[stage])


def test_typical_pair_lies_within_the_features_ranges() -> None:
    assert ((TYPICAL >= LOW) & (TYPICAL <= HIGH)).all()


def test_typical_pair_is_one_of_a_usual_list_to_the_experts() -> None:
    assert -2.0 < TYPICAL[NAMES.index("relevance")] < 1.0


def test_opinions_are_moderate_and_open_to_evidence() -> None:
    # Relevance is no single opinion: it sums what a purpose's table says of the pair, in units of two logits.
    single = np.array([name != "relevance" for name in NAMES])
    for table in PRIORS.values():
        assert np.abs(table.means[single]).max(initial=0.0) <= 1.0
        assert np.abs(table.means).max(initial=0.0) <= 2.0
        assert ((table.deviations >= 0.25) & (table.deviations <= 0.5)).all()


@pytest.mark.parametrize(
    ("stage", "name", "sign"),
    [
        (ASKS, "relevance", 1),
        (ASKS, "need_offer_meaning", 0),
        (ASKS, "declined_before", -1),
        (ANSWERS, "capacity_left", 1),
        (ANSWERS, "small_unit", 1),
        (ANSWERS, "answers_history", 1),
        (ANSWERS, "accepts_history", 0),
        (ACCEPTS, "small_unit", 1),
        (ACCEPTS, "accepts_history", 1),
        (ACCEPTS, "answers_history", 0),
        (ACCEPTS, "declined_before", -1),
        (ACCEPTS, "offer_need_meaning", 1),
        ("rung:project_formed", "other_role", 1),
    ],
)
def test_opinions_have_the_sign_of_the_sources(stage: str, name: str, sign: int) -> None:
    assert np.sign(mean(stage, name)) == sign


def test_edit_changes_its_weight_and_keeps_the_base_rate() -> None:
    tables = edited_tables(PRIORS, {ACCEPTS: {"small_unit": -0.3, "seeker_small": 0.5}})

    changed = tables[ACCEPTS]
    differing = {NAMES[i] for i in np.flatnonzero(changed.means != PRIORS[ACCEPTS].means)}
    assert differing == {"small_unit", "seeker_small"}
    np.testing.assert_array_equal(changed.deviations, PRIORS[ACCEPTS].deviations)
    assert changed.prior().as_posterior().probabilities(TYPICAL[None, :])[0] == pytest.approx(0.5)
    assert tables[ASKS] == PRIORS[ASKS]
    assert mean(ACCEPTS, "small_unit") == 0.3


def test_edit_of_a_typical_feature_moves_the_intercept_against_it() -> None:
    edited = PRIORS[ASKS].edited({"freshness": -0.2})

    assert edited.intercept == pytest.approx(PRIORS[ASKS].intercept + 0.4 * TYPICAL[NAMES.index("freshness")])


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"buys": {"small_unit": 1.0}}, "no stage buys"),
        ({ASKS: {"sponsor": 1.0}}, "no feature sponsor"),
        ({ASKS: {"small_unit": np.nan}}, "not a number"),
    ],
)
def test_edit_of_what_is_not_there_is_refused(overrides: dict[str, dict[str, float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        edited_tables(PRIORS, overrides)


@pytest.mark.parametrize(
    ("weights", "changes", "message"),
    [
        ((PriorWeight("freshness", 0.1, 0.0, "why"),), {}, "above 0"),
        ((PriorWeight("freshness", 0.1, 0.4, "why"),) * 2, {}, "two weights"),
        ((), {"base_rate": 1.0}, "between 0 and 1"),
        ((), {"intercept_sd": np.inf}, "above 0"),
        ((), {"default_sd": -1.0}, "above 0"),
    ],
)
def test_table_that_cannot_be_is_refused(
    weights: tuple[PriorWeight, ...], changes: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        PriorTable(**({"base_rate": 0.5, "base_reason": "why", "weights": weights} | changes))
