"""What the learning ranker may look at: listed with a reason, at unit scale, neutral when unknown, never for sale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.engine import features
from matching.engine.contact_features import (
    ADDED,
    CONTACT_FEATURES,
    HIGH,
    LOW,
    NAMES,
    NEUTRAL,
    SCALES,
    contact_matrix,
    freshness,
    relevance,
    smoothed_log_odds,
)

# Why each column may decide who is shown. A new column needs a reason here that no party can buy.
ALLOWED = {
    "need_offer_meaning": "what we seek and they offer, as both wrote it",
    "need_offer_words": "the same, in words",
    "offer_need_meaning": "what we offer and they seek, as both wrote it",
    "offer_need_words": "the same, in words",
    "same_need_meaning": "both seek the same, as both wrote it",
    "evidence": "how much of what they wrote fits; the logarithm keeps long profiles from winning by length",
    "best_evidence": "their three best statements, however many there are",
    "other_role": "part of the triple helix, from the kind of profile",
    "same_kind": "kind of profile",
    "same_collaboration": "the form of collaboration that both named",
    "same_purpose": "the purpose that both named",
    "shared_themes": "the cluster's themes that both work with",
    "same_region": "where they are",
    "same_language": "what language they wrote in",
    "named_kind": "the kind of party that the statement names",
    "stage_fit": "how far the product is",
    "capacity_left": "the receiver's own cap, and what has been asked of it",
    "answers_history": "what the receiver did with earlier requests",
    "accepts_history": "what the receiver answered to earlier requests",
    "seeker_history": "what others answered to the seeker's requests",
    "earlier_relation": "whether they know each other",
    "declined_before": "whether one has said no to the other",
    "freshness": "when a statement was last changed",
    "small_unit": "size, in favour of neither: the weight is the hub's opinion, and outcomes move it",
    "seeker_small": "size of who seeks, likewise",
    "same_field": "specialty or municipal field",
    "relevance": "the columns of the pair above, as the purpose's published table weighs them",
}
PAIRS = len(features.NAMES)


def test_no_feature_can_be_bought() -> None:
    assert set(NAMES) == set(ALLOWED)
    assert all(ALLOWED.values())


def test_features_are_the_pairs_and_what_contact_adds() -> None:
    assert NAMES == features.NAMES + ADDED
    assert len(set(NAMES)) == len(NAMES)
    assert set(SCALES) <= set(features.NAMES)


def test_features_are_described_and_neutral_within_their_range() -> None:
    for feature in CONTACT_FEATURES:
        assert feature.meaning
        assert feature.low <= feature.neutral <= feature.high
        assert feature.high - feature.low <= 10.0, feature.name


def test_matrix_divides_by_the_scale_and_keeps_the_order() -> None:
    pairs = np.zeros((2, PAIRS))
    pairs[1, features.NAMES.index("need_offer_meaning")] = 6.0
    pairs[1, features.NAMES.index("evidence")] = 10.0

    found = contact_matrix(pairs, {"capacity_left": np.array([0.25, 0.5])})

    assert found[1, NAMES.index("need_offer_meaning")] == 1.5
    assert found[1, NAMES.index("evidence")] == 2.0
    assert found[:, NAMES.index("capacity_left")].tolist() == [0.25, 0.5]


def test_nothing_known_is_neutral() -> None:
    np.testing.assert_array_equal(contact_matrix(features.NEUTRAL[None, :], {}), NEUTRAL[None, :])


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_takes_the_neutral_value(strange: float) -> None:
    found = contact_matrix(np.full((1, PAIRS), strange), {name: np.array([strange]) for name in ADDED})

    np.testing.assert_array_equal(found, NEUTRAL[None, :])


@given(
    arrays(np.float64, (3, PAIRS), elements=st.floats(allow_nan=True, allow_infinity=True)),
    arrays(np.float64, (3,), elements=st.floats(allow_nan=True, allow_infinity=True)),
)
def test_every_value_lies_in_its_range(pairs: np.ndarray, column: np.ndarray) -> None:
    found = contact_matrix(pairs, dict.fromkeys(ADDED, column))

    assert found.shape == (3, len(NAMES))
    assert ((found >= LOW) & (found <= HIGH)).all()


def test_matrix_leaves_its_input_alone() -> None:
    pairs = np.full((1, PAIRS), np.nan)

    contact_matrix(pairs, {})

    assert np.isnan(pairs).all()


def test_no_pairs_are_no_rows() -> None:
    assert contact_matrix(np.empty((0, PAIRS)), {"freshness": np.empty(0)}).shape == (0, len(NAMES))


@pytest.mark.parametrize("name", ["sponsor", "need_offer_meaning"])
def test_column_that_contact_does_not_add_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        contact_matrix(np.zeros((1, PAIRS)), {name: np.ones(1)})


@pytest.mark.parametrize("shape", [(1, PAIRS + 1), (PAIRS,), (1, 0)])
def test_table_of_another_width_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="features"):
        contact_matrix(np.zeros(shape), {})


def test_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"freshness has the shape \(2,\)"):
        contact_matrix(np.zeros((1, PAIRS)), {"freshness": np.ones(2)})


def test_history_is_the_smoothed_deviation_from_the_mean() -> None:
    found = smoothed_log_odds(np.array([0.0, 3.0, 6.0, 0.0]), np.array([0.0, 4.0, 6.0, 6.0]), 0.5)

    assert found[0] == 0.0
    assert found[1:] == pytest.approx([np.log(5 / 3), np.log(8 / 2), -np.log(8 / 2)])


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, 1))
def test_history_has_the_sign_of_what_was_seen(won: int, lost: int, mean: float) -> None:
    trials = won + lost

    found = float(smoothed_log_odds(np.array([float(won)]), np.array([float(trials)]), mean)[0])

    assert np.isfinite(found)
    if trials and 0.01 <= mean <= 0.99 and abs(won / trials - mean) > 1e-9:
        assert np.sign(found) == np.sign(won / trials - mean)


def test_history_of_more_trials_moves_further() -> None:
    trials = np.array([1.0, 2.0, 5.0, 50.0])

    assert (np.diff(smoothed_log_odds(trials, trials, 0.4)) > 0).all()


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_history_in_a_hub_that_always_or_never_answers_is_finite(mean: float) -> None:
    found = smoothed_log_odds(np.array([0.0, 2.0, 4.0]), np.full(3, 4.0), mean)

    assert np.isfinite(found).all()
    assert (np.diff(found) > 0).all()


@pytest.mark.parametrize(
    ("won", "tried", "mean", "strength"),
    [(2, 1, 0.5, 4), (-1, 1, 0.5, 4), (np.nan, 1, 0.5, 4), (1, np.inf, 0.5, 4), (1, 1, 1.5, 4), (1, 1, 0.5, 0)],
)
def test_history_that_cannot_be_is_refused(won: float, tried: float, mean: float, strength: float) -> None:
    with pytest.raises(ValueError, match=r"Successes are counted|mean is a share"):
        smoothed_log_odds(np.array([won]), np.array([tried]), mean, strength)


def test_freshness_falls_to_a_third_in_half_a_year() -> None:
    assert freshness(np.array([-5.0, 0.0, 180.0])).tolist() == [1.0, 1.0, pytest.approx(np.exp(-1))]


def test_relevance_is_half_the_logit_of_the_experts_within_its_range() -> None:
    assert relevance(np.array([-30.0, -8.0, 0.0, 3.0, 30.0])).tolist() == [-5.0, -4.0, 0.0, 1.5, 5.0]
