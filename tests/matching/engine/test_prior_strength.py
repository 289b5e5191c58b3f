"""How far a table is trusted: not at all changed by nothing, more where it foretells, less where it is wrong."""

import numpy as np
import pytest

from matching.engine.bayesian import Evidence, Posterior, Prior, fit
from matching.engine.prior_strength import averaged, fit_with_strength

FEATURES = 12
NAMES = tuple(f"x{number}" for number in range(FEATURES))


def a_prior(mean: float = 0.5) -> Prior:
    return Prior(NAMES, np.full(FEATURES, mean), np.full(FEATURES, 0.4), 0.0, 0.7)


def seen(weights: np.ndarray, rows: int, seed: int = 1) -> Evidence:
    generator = np.random.default_rng(seed)
    matrix = generator.standard_normal((rows, FEATURES))
    label = generator.random(rows) < 1.0 / (1.0 + np.exp(-matrix @ weights))
    return Evidence(matrix, label.astype(float))


def far(posterior: Posterior, weights: np.ndarray) -> float:
    return float(np.abs(posterior.mean[:-1] - weights).mean())


def test_nothing_seen_leaves_the_table() -> None:
    prior = a_prior()

    found = fit_with_strength({"a": prior}, {"a": Evidence(np.empty((0, FEATURES)), np.empty(0))})["a"]

    np.testing.assert_allclose(found.mean, prior.coefficients)
    np.testing.assert_allclose(found.covariance, np.diag(prior.deviations**2), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_table_that_foretells_is_moved_less_by_luck(seed: int) -> None:
    right = np.full(FEATURES, 0.5)
    evidence = seen(right, 200, seed)

    found = fit_with_strength({"a": a_prior()}, {"a": evidence})["a"]

    assert far(found, right) < far(fit(a_prior(), evidence), right)


@pytest.mark.parametrize("seed", range(4))
def test_one_opinion_turned_round_is_left_behind_though_the_others_hold(seed: int) -> None:
    weights = np.full(FEATURES, 0.5)
    weights[3] = -1.5
    evidence = seen(weights, 400, seed)

    found = fit_with_strength({"a": a_prior()}, {"a": evidence})["a"]

    assert far(found, weights) < far(fit(a_prior(), evidence), weights)
    assert found.mean[3] < -0.7


def test_models_share_what_they_say_of_the_table() -> None:
    little, much = seen(np.full(FEATURES, 0.5), 30, 5), seen(np.full(FEATURES, -1.5), 2_000, 6)

    alone = fit_with_strength({"a": a_prior()}, {"a": little})["a"]
    beside = fit_with_strength({"a": a_prior(), "b": a_prior()}, {"a": little, "b": much})["a"]

    assert np.trace(beside.covariance) > np.trace(alone.covariance)


def test_average_is_between_and_wider() -> None:
    low, high = (Posterior(("x",), np.array([at, 0.0]), np.eye(2), True, 3, 1) for at in (0.0, 2.0))

    found = averaged([low, high], np.array([0.5, 0.5]))

    np.testing.assert_allclose(found.mean, [1.0, 0.0])
    np.testing.assert_allclose(found.covariance, [[2.0, 0.0], [0.0, 1.0]])


def test_evidence_about_other_features_is_refused() -> None:
    with pytest.raises(ValueError, match="12 features"):
        fit_with_strength({"a": a_prior()}, {"a": Evidence(np.zeros((2, 3)), np.zeros(2))})
