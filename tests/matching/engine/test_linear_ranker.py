"""The ranker's parts add up, its output is a share, and a weight for nothing is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.engine.features import FEATURES, NAMES, NEUTRAL
from matching.engine.linear_ranker import LinearRanker
from matching.engine.purposes import ERFA, EVENT, OPI_LIGHT, PROJECT
from matching.engine.ranker_training import fit_ranker, group_folds
from matching.engine.weights import NOVELTY, RANKERS, SEARCH_RANKER

PURPOSES = {OPI_LIGHT, PROJECT, EVENT, ERFA}


@given(arrays(np.float64, (3, len(NAMES)), elements=st.floats(-10, 20)))
def test_contributions_add_up_to_the_score_above_a_neutral_pair(matrix: np.ndarray) -> None:
    for ranker in (*RANKERS.values(), SEARCH_RANKER):
        parts = ranker.contributions(matrix, NEUTRAL)

        neutral = ranker.scores(NEUTRAL[None, :])[0]
        np.testing.assert_allclose(parts.sum(axis=1), ranker.scores(matrix) - neutral, atol=1e-9)


def test_scores_are_weighted_sums() -> None:
    ranker = LinearRanker.of(("a", "b", "c"), {"a": 2.0, "c": -1.0}, 0.5)

    assert ranker.scores(np.array([[1.0, 9.0, 3.0], [0.0, 9.0, 0.0]])).tolist() == [-0.5, 0.5]


def test_probabilities_are_shares_and_grow_with_the_score() -> None:
    ranker = LinearRanker.of(("a",), {"a": 1.0})

    found = ranker.probabilities(np.array([[-1e6], [-2.0], [0.0], [2.0], [1e6]]))

    assert found[1:4] == pytest.approx([1 / (1 + math.e**2), 0.5, 1 / (1 + math.e**-2)])
    assert (np.diff(found) > 0).all()
    assert found[0] >= 0
    assert found[-1] <= 1


@pytest.mark.parametrize("weights", [{"z": 1.0}, {"a": 1.0, "y": 0.0}])
def test_weight_for_no_feature_is_refused_by_name(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"There is no feature [yz]"):
        LinearRanker.of(("a", "b"), weights)


@pytest.mark.parametrize(
    ("weights", "intercept"), [({"a": float("nan")}, 0.0), ({"a": float("inf")}, 0.0), ({"a": 1.0}, float("nan"))]
)
def test_weight_that_is_no_number_is_refused(weights: dict[str, float], intercept: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        LinearRanker.of(("a",), weights, intercept)


def test_every_purpose_has_a_ranker_and_a_novelty() -> None:
    assert set(RANKERS) == set(NOVELTY) == PURPOSES
    assert all(0.0 <= novelty <= 1.0 for novelty in NOVELTY.values())
    assert {ranker.names for ranker in (*RANKERS.values(), SEARCH_RANKER)} == {NAMES}


def weight(purpose: str, name: str) -> float:
    return float(RANKERS[purpose].weights[NAMES.index(name)])


@pytest.mark.parametrize("purpose", [OPI_LIGHT, PROJECT, EVENT])
def test_complementing_purposes_want_offers_for_needs_from_another_part(purpose: str) -> None:
    assert weight(purpose, "need_offer_meaning") > 0
    assert weight(purpose, "other_role") > 0
    assert weight(purpose, "same_kind") < 0


def test_exchange_of_experience_wants_likeness() -> None:
    assert weight(ERFA, "same_need_meaning") > weight(ERFA, "need_offer_meaning")
    assert weight(ERFA, "same_kind") > 0
    assert weight(ERFA, "other_role") == 0


def test_search_knows_nothing_of_who_asks() -> None:
    known = {name for name in NAMES if name.endswith(("_meaning", "_words", "evidence"))}

    assert {name for name, value in zip(NAMES, SEARCH_RANKER.weights, strict=True) if value} <= known


def test_nearer_is_never_worse() -> None:
    nearness = [number for number, name in enumerate(NAMES) if name.endswith(("_meaning", "_words", "evidence"))]

    for ranker in (*RANKERS.values(), SEARCH_RANKER):
        assert (ranker.weights[nearness] >= 0).all()


def test_fit_finds_what_decides() -> None:
    generator = np.random.default_rng(4)
    matrix = generator.normal(size=(400, 3))

    ranker = fit_ranker(("a", "b", "c"), matrix, matrix[:, 1] - matrix[:, 2] > 0.2)

    assert ranker.names == ("a", "b", "c")
    assert abs(ranker.weights[0]) < 0.5
    assert ranker.weights[1] > 1.0
    assert ranker.weights[2] < -1.0


@pytest.mark.parametrize("relevant", [True, False])
def test_fit_to_one_answer_is_refused(relevant: bool) -> None:
    with pytest.raises(ValueError, match="relevant pairs and others"):
        fit_ranker(("a",), np.ones((4, 1)), np.full(4, relevant))


def test_folds_keep_groups_together() -> None:
    groups = [f"need {number % 30}" for number in range(300)]

    folds = group_folds(groups, 5, np.random.default_rng(1))

    by_group = {
        group: {int(fold) for each, fold in zip(groups, folds, strict=True) if each == group} for group in groups
    }
    assert {len(found) for found in by_group.values()} == {1}
    assert np.bincount(folds).tolist() == [60] * 5


def test_features_are_named_once_and_described() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for feature in FEATURES:
        assert feature.meaning
        assert feature.low <= feature.neutral <= feature.high
