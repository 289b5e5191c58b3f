"""The posterior is the one that slow methods find, stays proper whatever comes in, and weighs what is late."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from matching.engine.bayesian import Evidence, Posterior, Prior, fit

NAMES = ("a", "b", "c")
TRUTH = np.array([1.0, -0.8, 0.3, -0.5])


def prior(sd: float = 0.5, intercept: float = -0.2) -> Prior:
    return Prior(NAMES, np.array([0.2, 0.0, -0.1]), np.full(3, sd), intercept, 1.0)


def seen(count: int, seed: int = 1, *, late: bool = False) -> Evidence:
    """Outcomes of `TRUTH`; when late, each is visible by now with the probability `matured`."""
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(count, 3))
    happened = generator.random(count) < expit(matrix @ TRUTH[:3] + TRUTH[3])
    matured = generator.random(count) if late else np.ones(count)
    visible = happened & (generator.random(count) < matured)
    return Evidence(matrix, visible.astype(float), matured=matured)


def loss(weights: np.ndarray, before: Prior, evidence: Evidence) -> float:
    """Minus the log posterior, written out from its definition."""
    p = expit(evidence.matrix @ weights[:3] + weights[3] + evidence.offset)
    likely = np.log(np.maximum(np.where(evidence.label > 0, p, 1 - p * evidence.matured), 1e-300))
    z = (weights - before.coefficients) / before.deviations
    return float(-(evidence.weight @ likely) + 0.5 * z @ z)


def curvature(weights: np.ndarray, before: Prior, evidence: Evidence, step: float = 1e-4) -> np.ndarray:
    """Second differences of `loss`."""
    size = len(weights)
    found = np.empty((size, size))
    for i, j in np.ndindex(size, size):
        at = [
            loss(weights + one * step * np.eye(size)[i] + other * step * np.eye(size)[j], before, evidence)
            for one in (1, -1)
            for other in (1, -1)
        ]
        found[i, j] = (at[0] - at[1] - at[2] + at[3]) / (4 * step**2)
    return found


@pytest.mark.parametrize("late", [False, True])
def test_fit_finds_the_mode_and_curvature_of_a_slow_method(late: bool) -> None:
    plain = seen(300, late=late)
    generator = np.random.default_rng(3)
    evidence = Evidence(plain.matrix, plain.label, generator.random(300) * 3, plain.matured, generator.normal(size=300))

    found = fit(prior(), evidence)

    slow = minimize(loss, prior().coefficients, args=(prior(), evidence), method="BFGS", options={"gtol": 1e-7})
    assert found.converged
    np.testing.assert_allclose(found.mean, slow.x, atol=2e-5)
    np.testing.assert_allclose(
        found.covariance, np.linalg.inv(curvature(found.mean, prior(), evidence)), rtol=2e-3, atol=1e-5
    )


def test_enough_evidence_finds_the_truth_within_its_own_uncertainty() -> None:
    found = fit(prior(), seen(20_000))

    z = (found.mean - TRUTH) / np.sqrt(np.diag(found.covariance))
    assert np.abs(z).max() < 3.5
    assert np.sqrt(np.diag(found.covariance)).max() < 0.03


def test_late_outcomes_are_no_refusals() -> None:
    evidence = seen(20_000, late=True)

    weighed = fit(prior(), evidence)
    naive = fit(prior(), Evidence(evidence.matrix, evidence.label))

    z = (weighed.mean - TRUTH) / np.sqrt(np.diag(weighed.covariance))
    assert np.abs(z).max() < 3.5
    assert naive.mean[3] < TRUTH[3] - 0.5
    complete = fit(prior(), seen(20_000))
    assert (np.diag(weighed.covariance) > np.diag(complete.covariance)).all()


def test_not_yet_of_today_teaches_nothing() -> None:
    matrix = np.random.default_rng(1).normal(size=(50, 3))

    found = fit(prior(), Evidence(matrix, np.zeros(50), matured=np.zeros(50)))

    np.testing.assert_allclose(found.mean, prior().coefficients)
    np.testing.assert_allclose(found.covariance, np.diag(prior().deviations ** 2))


def test_known_offset_is_not_learned() -> None:
    plain = seen(20_000)
    generator = np.random.default_rng(2)
    offset = -2.0 * generator.random(20_000)
    happened = generator.random(20_000) < expit(plain.matrix @ TRUTH[:3] + TRUTH[3] + offset)

    found = fit(prior(), Evidence(plain.matrix, happened.astype(float), offset=offset))

    assert np.abs(found.mean - TRUTH).max() < 0.08


@pytest.mark.parametrize("negated", [(0,), (0, 1, 2)])
def test_opinions_of_the_wrong_sign_are_overruled_by_some_hundred_requests(negated: tuple[int, ...]) -> None:
    opinion = TRUTH[:3].copy()
    opinion[list(negated)] *= -1

    found = fit(Prior(NAMES, opinion, np.full(3, 0.4), TRUTH[3], 0.7), seen(400))

    assert np.abs(found.mean - TRUTH).max() < 0.4
    np.testing.assert_array_equal(np.sign(found.mean[:2]), np.sign(TRUTH[:2]))


@given(st.integers(0, 10_000), st.integers(0, 40), st.booleans())
@settings(max_examples=60)
def test_any_evidence_gives_a_proper_posterior_that_is_no_less_sure(seed: int, count: int, late: bool) -> None:
    generator = np.random.default_rng(seed)
    matrix = generator.choice([-3.0, 0.0, 1.0, 100.0], (count, 3))
    label = (generator.random(count) < generator.choice([0.0, 0.5, 1.0])).astype(float)
    matured = generator.choice([0.0, 0.3, 0.999, 1.0], count) if late else np.ones(count)

    found = fit(prior(), Evidence(matrix, label, matured=matured))

    assert found.converged
    assert np.linalg.eigvalsh(found.covariance)[0] > 0
    assert np.isfinite(found.probabilities(matrix)).all()
    if not late:
        assert (np.diag(found.covariance) <= prior().deviations ** 2 + 1e-9).all()


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_order_of_rows_does_not_matter_and_a_weight_repeats_a_row(seed: int) -> None:
    evidence = seen(30, seed, late=True)
    generator = np.random.default_rng(seed)
    times = generator.integers(0, 4, 30)
    repeated = generator.permutation(np.repeat(np.arange(30), times))

    once = fit(prior(), Evidence(evidence.matrix, evidence.label, times.astype(float), evidence.matured))
    many = fit(
        prior(), Evidence(evidence.matrix[repeated], evidence.label[repeated], matured=evidence.matured[repeated])
    )

    np.testing.assert_allclose(once.mean, many.mean, atol=1e-6)
    np.testing.assert_allclose(once.covariance, many.covariance, atol=1e-6)


def test_no_evidence_leaves_the_prior() -> None:
    found = fit(prior(), Evidence(np.empty((0, 3)), np.empty(0)))

    np.testing.assert_allclose(found.mean, prior().coefficients)
    np.testing.assert_allclose(found.covariance, np.diag(prior().deviations ** 2))
    assert (found.converged, found.observations, found.positives) == (True, 0, 0)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_class_moves_the_base_rate_and_stays_finite(label: float) -> None:
    found = fit(prior(), Evidence(np.zeros((500, 3)), np.full(500, label)))

    assert found.converged
    assert np.sign(found.mean[3] - prior().intercept) == (1 if label else -1)
    np.testing.assert_allclose(found.mean[:3], prior().mean)


def test_separable_evidence_stays_finite() -> None:
    matrix = np.zeros((400, 3))
    matrix[:, 0] = np.linspace(-1, 1, 400)

    found = fit(prior(sd=5.0), Evidence(matrix, (matrix[:, 0] > 0).astype(float)))

    assert found.converged
    assert 5 < found.mean[0] < 100


def test_constant_column_shares_its_weight_with_the_intercept() -> None:
    evidence = seen(2_000)
    matrix = evidence.matrix.copy()
    matrix[:, 2] = 1.0

    found = fit(prior(), Evidence(matrix, evidence.label))

    assert found.converged
    assert found.covariance[2, 3] < 0
    assert found.logits(np.array([[0.0, 0.0, 1.0]]))[1][0] < 0.01


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_column_that_is_no_number_counts_nothing_and_is_told(strange: float) -> None:
    evidence = seen(500)
    matrix, zero = evidence.matrix.copy(), evidence.matrix.copy()
    matrix[:, 2], zero[:, 2] = strange, 0.0

    found = fit(prior(), Evidence(matrix, evidence.label))

    np.testing.assert_array_equal(found.mean, fit(prior(), Evidence(zero, evidence.label)).mean)
    assert found.note == "500 values were not finite and counted as 0."
    assert found.mean[2] == pytest.approx(prior().mean[2], abs=1e-6)
    np.testing.assert_array_equal(found.probabilities(matrix), found.probabilities(zero))


@pytest.mark.parametrize(("steps", "size"), [(1, 1.0), (0, 1.0), (50, 1e200)])
def test_fit_that_does_not_converge_falls_back_to_the_prior_and_says_so(steps: int, size: float) -> None:
    evidence = seen(500)

    found = fit(prior(), Evidence(evidence.matrix * size, evidence.label), most_steps=steps)

    assert not found.converged
    assert f"did not converge in {steps} steps: the prior is used" in found.note
    np.testing.assert_array_equal(found.mean, prior().coefficients)
    np.testing.assert_array_equal(found.covariance, np.diag(prior().deviations ** 2))
    assert found.observations == 500


def test_counts_leave_out_rows_without_weight() -> None:
    found = fit(prior(), Evidence(np.zeros((4, 3)), np.array([1.0, 1, 0, 0]), np.array([1.0, 0, 2, 0])))

    assert (found.observations, found.positives) == (2, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": np.array([0.0, 2.0])}, "0 or 1"),
        ({"label": np.array([0.0, np.nan])}, "label holds something"),
        ({"label": np.array([0.0])}, "label has the shape"),
        ({"weight": np.array([1.0, -1.0])}, "weight is 0 or more"),
        ({"weight": np.ones(3)}, "weight has the shape"),
        ({"matured": np.array([0.0, 1.1])}, "share from 0 to 1"),
        ({"matured": np.array([0.0, -0.1])}, "share from 0 to 1"),
        ({"offset": np.array([0.0, np.inf])}, "offset holds something"),
        ({"matrix": np.zeros(2)}, "table of rows"),
    ],
)
def test_evidence_that_cannot_be_is_refused(change: dict[str, np.ndarray], message: str) -> None:
    fields = {"matrix": np.zeros((2, 3)), "label": np.zeros(2)} | change

    with pytest.raises(ValueError, match=message):
        Evidence(**fields)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": np.zeros(2)}, "one mean"),
        ({"sd": np.array([1.0, 0.0, 1.0])}, "above 0"),
        ({"sd": np.array([1.0, np.nan, 1.0])}, "not finite"),
        ({"intercept": np.inf}, "not finite"),
        ({"names": ("a", "b", "a")}, "twice"),
    ],
)
def test_prior_that_cannot_be_is_refused(change: dict[str, object], message: str) -> None:
    fields = {"names": NAMES, "mean": np.zeros(3), "sd": np.ones(3), "intercept": 0.0, "intercept_sd": 1.0} | change

    with pytest.raises(ValueError, match=message):
        Prior(**fields)


@pytest.mark.parametrize("shape", [(2, 4), (2, 2), (3,)])
def test_table_of_another_width_is_refused(shape: tuple[int, ...]) -> None:
    posterior = prior().as_posterior()

    with pytest.raises(ValueError, match="3 features"):
        posterior.logits(np.zeros(shape))
    if len(shape) == 2:
        with pytest.raises(ValueError, match="3 features"):
            fit(prior(), Evidence(np.zeros(shape), np.zeros(2)))


def test_logits_have_the_mean_and_variance_of_drawn_weights() -> None:
    posterior, matrix = fit(prior(), seen(50)), np.array([[1.0, 2.0, -1.0], [0.0, 0.0, 0.0]])

    draws = posterior.draws(np.random.default_rng(1), 40_000)

    logits = draws @ np.hstack([matrix, np.ones((2, 1))]).T
    mean, variance = posterior.logits(matrix)
    np.testing.assert_allclose(logits.mean(axis=0), mean, atol=0.02)
    np.testing.assert_allclose(logits.var(axis=0), variance, rtol=0.03)
    np.testing.assert_allclose(np.cov(draws.T), posterior.covariance, atol=0.01)


def test_probabilities_are_averaged_over_the_weights() -> None:
    posterior, matrix = fit(prior(), seen(20)), np.random.default_rng(1).normal(size=(5, 3)) * 2

    averaged = posterior.of_draws(posterior.draws(np.random.default_rng(1), 40_000), matrix).mean(axis=0)

    found = posterior.probabilities(matrix)
    np.testing.assert_allclose(found, averaged, atol=0.015)
    sure = expit(posterior.logits(matrix)[0])
    assert (np.abs(found - 0.5) < np.abs(sure - 0.5)).all()


def test_draws_repeat_with_their_seed() -> None:
    posterior = fit(prior(), seen(20))

    first, second, other = (posterior.draws(np.random.default_rng(seed), 3) for seed in (7, 7, 8))

    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)
    assert posterior.draws(np.random.default_rng(7), 0).shape == (0, 4)


def test_posterior_survives_json() -> None:
    posterior = fit(prior(), seen(60))

    found = Posterior.from_json(json.loads(json.dumps(posterior.to_json())), NAMES)

    assert found.to_json() == posterior.to_json()
    np.testing.assert_array_equal(found.covariance, posterior.covariance)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ["a", "b", "paid"]}, "unknown paid; missing c"),
        ({"names": ["b", "a", "c"]}, "another order"),
        ({"names": ["a", "b"]}, "missing c"),
        ({"mean": [0.0, 0.0, 0.0, None]}, "not finite"),
        ({"mean": [0.0, 0.0, 0.0, float("nan")]}, "not finite"),
        ({"mean": [0.0]}, "one mean for each name"),
        ({"covariance": [[1, 0, 0, 5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}, "not symmetric"),
        ({"covariance": [[1, 2, 0, 0], [2, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}, "negative variance"),
    ],
)
def test_stored_posterior_that_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Posterior.from_json(prior().as_posterior().to_json() | change, NAMES)


def test_stored_posterior_that_lacks_a_part_is_refused() -> None:
    stored = prior().as_posterior().to_json()
    del stored["covariance"]

    with pytest.raises(ValueError, match="has no covariance"):
        Posterior.from_json(stored, NAMES)
