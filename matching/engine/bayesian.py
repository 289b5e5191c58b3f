"""Logistic regression that starts from an expert's opinion and knows how sure it is: prior in, posterior out.

A hub has some hundred contacts a year, so the prior carries the first months; outcomes that come late are weighed by
how many of them could have been seen by now, so that "not yet" is no "no".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.special import expit

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]

_SYMMETRY = 1e-8


@dataclass(frozen=True)
class Prior:
    """What is believed before any outcome: independent normal weights, `mean` and `sd` (f,), and an intercept.

    Raises:
        ValueError: the shapes differ, a number is not finite, or a standard deviation is not above 0.
    """

    names: tuple[str, ...]
    mean: Column
    sd: Column
    intercept: float
    intercept_sd: float

    def __post_init__(self) -> None:
        if np.shape(self.mean) != (len(self.names),) or np.shape(self.sd) != (len(self.names),):
            raise ValueError("A prior has one mean and one standard deviation for each name.")
        if len(set(self.names)) != len(self.names):
            raise ValueError("A prior names a feature twice.")
        if not (np.isfinite(self.coefficients).all() and np.isfinite(self.deviations).all()):
            raise ValueError("A number of the prior is not finite.")
        if (self.deviations <= 0).any():
            raise ValueError("Every standard deviation of the prior is above 0.")

    @property
    def coefficients(self) -> Column:
        """Means (f + 1,), the intercept last."""
        return np.append(self.mean, self.intercept)

    @property
    def deviations(self) -> Column:
        """Standard deviations (f + 1,), the intercept last."""
        return np.append(self.sd, self.intercept_sd)

    def as_posterior(self) -> "Posterior":
        """The prior as a posterior of no observations."""
        return Posterior(self.names, self.coefficients, np.diag(self.deviations**2), True, 0, 0)


def _none() -> Column:
    return np.empty(0)


@dataclass(frozen=True)
class Evidence:
    """What was seen: features (n, f), and for each row whether the event has come, `label` (n,) 0 or 1.

    `weight` (n,) counts a row so many times. `matured` (n,), 0..1, is the share of all events of that age that would
    be visible by now: a 0 then contributes log(1 - p * matured), a 1 log p. `offset` (n,) is added to the logit and is
    known beforehand, such as how far down a list the pair stood. They default to ones, ones and zeros.

    Raises:
        ValueError: lengths differ, a label is not 0 or 1, or a weight, share or offset is out of range.
    Source: O. Chapelle, Modeling delayed feedback in display advertising, KDD 2014, equations 8 and 9.
    """

    matrix: Matrix
    label: Column
    weight: Column = field(default_factory=_none)
    matured: Column = field(default_factory=_none)
    offset: Column = field(default_factory=_none)

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, dtype=np.float64)
        if matrix.ndim != 2:
            raise ValueError(f"Evidence is a table of rows and features, not of the shape {matrix.shape}.")
        object.__setattr__(self, "matrix", matrix)
        for name, default in (("label", None), ("weight", 1.0), ("matured", 1.0), ("offset", 0.0)):
            values = np.asarray(getattr(self, name), dtype=np.float64)
            if default is not None and not values.size:
                values = np.full(len(matrix), default)
            if values.shape != (len(matrix),):
                raise ValueError(f"{name} has the shape {values.shape}, there are {len(matrix)} rows.")
            if not np.isfinite(values).all():
                raise ValueError(f"{name} holds something that is not a finite number.")
            object.__setattr__(self, name, values)
        if not np.isin(self.label, (0.0, 1.0)).all():
            raise ValueError("A label is 0 or 1.")
        if (self.weight < 0).any():
            raise ValueError("A weight is 0 or more.")
        if (self.matured < 0).any() or (self.matured > 1).any():
            raise ValueError("matured is a share from 0 to 1.")


@dataclass(frozen=True)
class Posterior:
    """A normal belief about weights: `mean` (f + 1,), intercept last, and `covariance` (f + 1, f + 1).

    Raises:
        ValueError: shapes differ, a number is not finite, or the covariance is not symmetric.
    """

    names: tuple[str, ...]
    mean: Column
    covariance: Matrix
    converged: bool
    observations: int
    positives: int
    note: str = ""

    def __post_init__(self) -> None:
        size = len(self.names) + 1
        if np.shape(self.mean) != (size,) or np.shape(self.covariance) != (size, size):
            raise ValueError("A posterior has one mean for each name and one for the intercept, and their covariance.")
        if not (np.isfinite(self.mean).all() and np.isfinite(self.covariance).all()):
            raise ValueError("A number of the posterior is not finite.")
        if not np.allclose(self.covariance, self.covariance.T, rtol=_SYMMETRY, atol=_SYMMETRY):
            raise ValueError("The covariance of the posterior is not symmetric.")

    def logits(self, matrix: Matrix) -> tuple[Column, Column]:
        """Mean and variance (n,) of the logit of each row (n, f); an entry that is not finite counts as 0."""
        design = design_matrix(self.names, matrix)
        return design @ self.mean, np.maximum(((design @ self.covariance) * design).sum(axis=1), 0.0)

    def probabilities(self, matrix: Matrix) -> Column:
        """Probability (n,) of each row, averaged over what the weights may be.

        Source: D. MacKay, The evidence framework applied to classification networks, Neural Computation 4, 1992.
        """
        return moderated(*self.logits(matrix))

    def draws(self, generator: np.random.Generator, count: int) -> Matrix:
        """Weights drawn from the posterior, (count, f + 1)."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        noise = generator.standard_normal((count, len(self.mean)))
        return np.asarray(self.mean + noise @ root.T, dtype=np.float64)

    def of_draws(self, draws: Matrix, matrix: Matrix) -> Matrix:
        """Probability of each row under each drawn set of weights, (count, n)."""
        return np.asarray(expit(draws @ design_matrix(self.names, matrix).T), dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "names": list(self.names),
            "mean": self.mean.tolist(),
            "covariance": self.covariance.tolist(),
            "converged": self.converged,
            "observations": self.observations,
            "positives": self.positives,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], names: Sequence[str] | None = None) -> "Posterior":
        """What `to_json` wrote; with `names`, only if it is about exactly these features in this order.

        Raises:
            ValueError: names are unknown, missing or in another order, or the numbers are no normal distribution.
        """
        refuse_missing_keys(data, ("names", "mean", "covariance", "converged", "observations", "positives"))
        found = tuple(str(name) for name in data["names"])
        if names is not None:
            refuse_other_names(found, names)
        covariance = np.array(data["covariance"], dtype=np.float64)
        posterior = cls(
            found,
            np.array(data["mean"], dtype=np.float64),
            covariance,
            bool(data["converged"]),
            int(data["observations"]),
            int(data["positives"]),
            str(data.get("note", "")),
        )
        if np.linalg.eigvalsh(covariance)[0] < -_SYMMETRY * max(1.0, float(np.abs(covariance).max())):
            raise ValueError("The covariance of the posterior has a negative variance.")
        return posterior


def refuse_missing_keys(data: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Say what a stored model lacks.

    Raises:
        ValueError: one of `keys` is not there.
    """
    missing = [key for key in keys if key not in data]
    if missing:
        raise ValueError(f"The stored model has no {', '.join(missing)}.")


def refuse_other_names(found: Sequence[str], wanted: Sequence[str]) -> None:
    """Say how the features of a stored model differ from the present ones.

    Raises:
        ValueError: `found` is not `wanted`, name by name.
    """
    unknown, missing = sorted(set(found) - set(wanted)), sorted(set(wanted) - set(found))
    parts = [f"unknown {', '.join(unknown)}"] * bool(unknown) + [f"missing {', '.join(missing)}"] * bool(missing)
    if parts:
        raise ValueError(f"The features of this model are not the present ones: {'; '.join(parts)}.")
    if tuple(found) != tuple(wanted):
        raise ValueError("The features of this model are in another order.")


def design_matrix(names: Sequence[str], matrix: Matrix) -> Matrix:
    """Rows (n, f + 1) with a one for the intercept last; what is not finite counts as 0.

    Raises:
        ValueError: the table has another number of columns than there are names.
    """
    table = np.asarray(matrix, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != len(names):
        raise ValueError(f"The model has {len(names)} features; this table has the shape {table.shape}.")
    design = np.ones((len(table), len(names) + 1))
    design[:, :-1] = table
    if not np.isfinite(design).all():
        design[~np.isfinite(design)] = 0.0
    return design


def moderated(mean: Column, variance: Column) -> Column:
    """Expected probability of a logit that is normal with this mean and variance, by MacKay's approximation."""
    return np.asarray(expit(mean / np.sqrt(1.0 + np.pi / 8.0 * variance)), dtype=np.float64)


@dataclass(frozen=True)
class _LogPosterior:
    """Log posterior density of the weights, up to a constant, with its slope and curvature."""

    design: Matrix
    happened: NDArray[np.bool_]
    weight: Column
    hidden: Column  # ln(1 - matured): what is added to a logit when all that is known is "not yet"
    offset: Column
    centre: Column
    precision: Column

    def value(self, weights: Column) -> float:
        eta = self.design @ weights + self.offset
        likely = np.where(self.happened, eta, np.logaddexp(0.0, eta + self.hidden)) - np.logaddexp(0.0, eta)
        return float(self.weight @ likely - 0.5 * self.precision @ (weights - self.centre) ** 2)

    def slope_and_information(self, weights: Column) -> tuple[Column, Matrix, Matrix | None]:
        """Slope, observed information, and a positive definite stand-in when that may be indefinite (else None)."""
        eta = self.design @ weights + self.offset
        p = expit(eta)
        still = np.where(self.happened, 1.0, expit(eta + self.hidden))
        slope = self.design.T @ (self.weight * (still - p)) - self.precision * (weights - self.centre)
        complete, unseen = p * (1.0 - p), still * (1.0 - still)
        stand_in = self._information(complete) if (unseen > complete).any() else None
        return slope, self._information(complete - unseen), stand_in

    def expected_information(self, weights: Column) -> Matrix:
        """Fisher information of what can be seen by now, never indefinite."""
        p, matured = expit(self.design @ weights + self.offset), -np.expm1(self.hidden)
        return self._information(matured * p * (1.0 - p) ** 2 / np.maximum(1.0 - matured * p, 1e-12))

    def _information(self, curvature: Column) -> Matrix:
        weighted = self.design * (self.weight * curvature)[:, None]
        return np.asarray(self.design.T @ weighted + np.diag(self.precision), dtype=np.float64)


def fit(prior: Prior, evidence: Evidence, *, most_steps: int = 50, start: Column | None = None) -> Posterior:
    """Posterior of `prior` given `evidence`: its mode by Newton's method, its covariance by Laplace's approximation.

    Whatever the evidence (none, one class, constant columns, separable), the prior keeps the posterior proper. Entries
    of the matrix that are not finite count as 0, and the note says how many. If `most_steps` do not reach the mode,
    the prior is returned, with `converged` false and a note. `start` (f + 1,) is where the search begins, by default at
    the prior; the mode of nearly the same problem saves steps.

    Raises:
        ValueError: the evidence has another number of features than the prior.
    Source: C. Bishop, Pattern Recognition and Machine Learning, 2006, sections 4.3.3 and 4.5.1.
    """
    problem = _problem(prior, evidence)
    strange = int((~np.isfinite(evidence.matrix)).sum())
    notes = [f"{strange} values were not finite and counted as 0."] if strange else []
    counted = evidence.weight > 0
    observations, positives = int(counted.sum()), int((counted & (evidence.label > 0)).sum())
    with np.errstate(over="ignore", invalid="ignore"):
        mode = _mode(problem, most_steps, problem.centre if start is None else start)
        covariance = _covariance(problem, mode) if mode is not None else None
    if mode is None or covariance is None:
        notes.append(f"The fit did not converge in {most_steps} steps: the prior is used.")
        mode, covariance = None, np.diag(prior.deviations**2)
    converged, mean = mode is not None, prior.coefficients if mode is None else mode
    return Posterior(prior.names, mean, covariance, converged, observations, positives, " ".join(notes))


def log_evidence(prior: Prior, evidence: Evidence, posterior: Posterior) -> float:
    """How well `prior` foretold the evidence: ln of its probability, by Laplace's approximation at `posterior`, which
    `fit` made of the two. Priors over the same features can be compared by it.

    Source: D. MacKay, Bayesian interpolation, Neural Computation 4, 1992, section 2.
    """
    problem = _problem(prior, evidence)
    _sign, volume = np.linalg.slogdet(posterior.covariance)
    return problem.value(posterior.mean) + 0.5 * float(volume) + 0.5 * float(np.log(problem.precision).sum())


def _problem(prior: Prior, evidence: Evidence) -> _LogPosterior:
    with np.errstate(divide="ignore"):
        hidden = np.log1p(-evidence.matured)
    return _LogPosterior(
        design_matrix(prior.names, evidence.matrix),
        evidence.label > 0,
        evidence.weight,
        hidden,
        evidence.offset,
        prior.coefficients,
        prior.deviations**-2.0,
    )


def _mode(problem: _LogPosterior, most_steps: int, weights: Column) -> Column | None:
    """The weights of highest density, or None when they are not reached."""
    value = problem.value(weights)
    for _ in range(most_steps):
        slope, information, stand_in = problem.slope_and_information(weights)
        step = _solved(information, slope)
        if step is None and stand_in is not None:
            step = _solved(stand_in, slope)
        if step is None:
            return None
        gain = float(slope @ step)
        if gain < 1e-8 + 1e-11 * abs(value):
            return np.asarray(weights + step, dtype=np.float64)
        found = _uphill(problem, weights, value, step, gain)
        if found is None:
            return None
        weights, value = found
    return None


def _uphill(
    problem: _LogPosterior, weights: Column, value: float, step: Column, gain: float
) -> tuple[Column, float] | None:
    """The first of the whole step, its half, its quarter, ... that gains a fair part of what its slope promises."""
    for halving in range(40):
        share = 0.5**halving
        tried = weights + share * step
        reached = problem.value(tried)
        if reached >= value + 1e-4 * share * gain:
            return tried, reached
    return None


def _solved(information: Matrix, slope: Column) -> Column | None:
    if not (np.isfinite(information).all() and np.isfinite(slope).all()):
        return None
    try:
        return np.asarray(cho_solve(cho_factor(information, lower=True), slope), dtype=np.float64)
    except LinAlgError:
        return None


def _covariance(problem: _LogPosterior, mode: Column) -> Matrix | None:
    """Inverse of the observed information, or of the expected one where the observed is indefinite."""
    for information in (problem.slope_and_information(mode)[1], problem.expected_information(mode)):
        inverse = _solved(information, np.eye(len(mode)))
        if inverse is not None and np.isfinite(inverse).all():
            return (inverse + inverse.T) / 2.0
    return None
