"""What a contact is worth before it is made: how likely each stage is, and what the hub holds its outcomes to be worth.

Every stage is a model of its own, so that silence teaches about attention and never about fit, and late outcomes do
not disturb what is known early.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matching.engine.bayesian import (
    Evidence,
    Posterior,
    design_matrix,
    moderated,
    refuse_missing_keys,
    refuse_other_names,
)
from matching.engine.contact_features import NAMES, NEUTRAL
from matching.engine.ladder import CODES, values_of
from matching.engine.prior_strength import fit_with_strength
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, PRIORS, RUNG_STAGES, STAGES, PriorTable

Matrix = NDArray[np.float64]
Column = NDArray[np.float64]

_CHAIN = (ASKS, ANSWERS, ACCEPTS)
__all__ = ["ACCEPTS", "ANSWERS", "ASKS", "RUNG_STAGES", "STAGES", "ContactRanker", "prior_ranker", "train"]


@dataclass(frozen=True)
class ContactRanker:
    """One posterior a stage (`STAGES`), all over `contact_features.NAMES`, and the hub's value of each rung.

    Raises:
        ValueError: a stage is missing or unknown, a model is about other features, or values do not fit.
    """

    version: str
    stages: Mapping[str, Posterior]
    values: Mapping[str, float]

    def __post_init__(self) -> None:
        _refuse_stages(self.stages)
        if set(self.stages) != set(STAGES):
            raise ValueError(f"The ranker has no stage {', '.join(sorted(set(STAGES) - set(self.stages)))}.")
        for posterior in self.stages.values():
            refuse_other_names(posterior.names, NAMES)
        object.__setattr__(self, "values", values_of(self.values))

    def expected_value(self, matrix: Matrix) -> Column:
        """P(asks) P(answers) P(yes | answers) sum of P(rung | accepted) value of the rung, for rows (n, f)."""
        return self._worth(self._probabilities(matrix))

    def stage_probabilities(self, matrix: Matrix) -> dict[str, Column]:
        """The probability (n,) of each stage given the one before; of a rung given acceptance."""
        return dict(zip(STAGES, self._probabilities(matrix), strict=True))

    def accepted(self, matrix: Matrix) -> Column:
        """P(asks) P(answers) P(yes | answers): the chance (n,) that showing this pair leads to an accepted contact."""
        return np.asarray(self._probabilities(matrix)[: len(_CHAIN)].prod(axis=0), dtype=np.float64)

    def sampled_values(self, matrix: Matrix, generator: np.random.Generator, draws: int) -> Matrix:
        """Expected values (draws, n), each row under one set of weights drawn from the posteriors."""
        design = design_matrix(NAMES, matrix)
        noise = generator.standard_normal((len(STAGES), draws, len(NAMES) + 1))
        weights = self._means[:, None, :] + noise @ self._roots
        return self._worth(expit(weights @ design.T))

    def contributions(self, matrix: Matrix) -> Matrix:
        """How much higher ln(expected value) is for each feature being what it is and not neutral, (n, f).

        Each feature is put to its neutral value alone, so the parts need not add up to the whole.
        """
        table = design_matrix(NAMES, matrix)[:, :-1]
        rows, columns = np.nonzero(table != NEUTRAL)
        without = table[rows]
        without[np.arange(len(rows)), columns] = NEUTRAL[columns]
        parts = np.zeros_like(table)
        least = np.finfo(np.float64).tiny
        worth, neutral = (np.log(np.maximum(self.expected_value(each), least)) for each in (table, without))
        parts[rows, columns] = worth[rows] - neutral
        return parts

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "version": self.version,
            "stages": {stage: self.stages[stage].to_json() for stage in STAGES},
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ContactRanker":
        """What `to_json` wrote.

        Raises:
            ValueError: stages, features or rungs are not the present ones, or the numbers are no ranker.
        """
        refuse_missing_keys(data, ("version", "stages", "values"))
        stages = {str(stage): Posterior.from_json(each, NAMES) for stage, each in data["stages"].items()}
        missing = sorted(set(CODES) - set(data["values"]))
        if missing:
            raise ValueError(f"The ranker has no value for {', '.join(missing)}.")
        return cls(str(data["version"]), stages, data["values"])

    @cached_property
    def _means(self) -> Matrix:
        return np.stack([self.stages[stage].mean for stage in STAGES])

    @cached_property
    def _covariances(self) -> NDArray[np.float64]:
        return np.stack([self.stages[stage].covariance for stage in STAGES])

    @cached_property
    def _roots(self) -> NDArray[np.float64]:
        """For each stage a matrix R (f + 1, f + 1) with R' R its covariance."""
        values, vectors = np.linalg.eigh(self._covariances)
        return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, :, None] * vectors.transpose(0, 2, 1))

    @cached_property
    def _rung_values(self) -> Column:
        return np.array([self.values[code] for code in CODES], dtype=np.float64)

    def _probabilities(self, matrix: Matrix) -> Matrix:
        """Probability of each stage (stages, n), averaged over what the weights may be."""
        design = design_matrix(NAMES, matrix)
        variance = ((design @ self._covariances) * design).sum(axis=2)
        return moderated(self._means @ design.T, np.maximum(variance, 0.0))

    def _worth(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected value (..., n) of probabilities (stages, ..., n)."""
        chain = probabilities[: len(_CHAIN)].prod(axis=0)
        return np.asarray(chain * np.tensordot(self._rung_values, probabilities[len(_CHAIN) :], axes=1))


def prior_ranker(
    tables: Mapping[str, PriorTable] = PRIORS, values: Mapping[str, float] | None = None, version: str = "prior"
) -> ContactRanker:
    """The ranker at zero outcomes: only the expert's tables and the hub's values.

    Raises:
        ValueError: a stage is missing or unknown, or a value does not fit.
    """
    _refuse_stages(tables)
    return ContactRanker(
        version, {stage: table.prior().as_posterior() for stage, table in tables.items()}, values_of(values)
    )


def train(
    tables: Mapping[str, PriorTable],
    evidence: Mapping[str, Evidence],
    values: Mapping[str, float] | None,
    version: str,
) -> ContactRanker:
    """The ranker after `evidence` by stage: asks of what was shown, answers of what was sent, accepts of what was
    answered, rungs of what was accepted.

    How far the tables are trusted is learned too, once for each stage up to acceptance and once for all rungs. A stage
    without evidence, or whose fit does not converge, stays at its prior; its posterior says so.

    Raises:
        ValueError: a stage is missing or unknown, evidence has other features, or a value does not fit.
    """
    _refuse_stages(evidence)
    before = prior_ranker(tables, values, version)
    learned: dict[str, Posterior] = {}
    for group in ((ASKS,), (ANSWERS,), (ACCEPTS,), RUNG_STAGES):
        seen = {stage: evidence[stage] for stage in group if stage in evidence}
        learned |= fit_with_strength({stage: tables[stage].prior() for stage in seen}, seen)
    return ContactRanker(version, {**before.stages, **learned}, before.values)


def _refuse_stages(stages: Mapping[str, object]) -> None:
    unknown = sorted(set(stages) - set(STAGES))
    if unknown:
        raise ValueError(f"There is no stage {', '.join(unknown)}.")
