"""Judging each stage on what came later: a model of the earlier rows says how likely the later ones were.

Three beliefs on the same rows: the expert's, the learnt one, and the bare share of the earlier rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kernel.errors import DomainError
from matching.domain.learning.evidence import StageRows
from matching.domain.learning.measures import Bin, auc, calibration, expected_calibration_error, log_loss
from matching.engine.bayesian import Evidence, Posterior, Prior, fit, moderated
from matching.engine.challenger import monotone_signs, train_challenger
from matching.engine.contact_features import NAMES
from matching.engine.priors import PriorTable

Column = NDArray[np.float64]

# The later three tenths are held out; a row counts once nine tenths of its events could have come.
TRAINED_SHARE = 0.7
LEAST_MATURED = 0.9
LEAST_ROWS = 20
# Trees gain nothing from more rows here, and the night is short.
_MOST_CHALLENGER_ROWS = 20_000
_SEED = 7


@dataclass(frozen=True)
class HeldOut:
    """The later rows of a stage and what each belief said of them, (n,).

    `challenger` is None where there was too little to train boosted trees on; `challenger_note` says why, as a code.
    """

    rows: StageRows
    trained_on: int
    learned: Column
    prior: Column
    base: Column
    challenger: Column | None = None
    challenger_note: str = ""

    def figures(self, said: Column) -> dict[str, float | None]:
        """Log loss, AUC and calibration error of one belief."""
        seen = self.rows.evidence
        return {
            "log_loss": log_loss(said, seen.label, seen.weight),
            "auc": auc(said, seen.label),
            "ece": expected_calibration_error(said, seen.label, seen.weight),
        }

    def bins(self) -> tuple[Bin, ...]:
        """How the learnt probabilities came true."""
        return calibration(self.learned, self.rows.evidence.label, self.rows.evidence.weight)


def hold_out(rows: StageRows, table: PriorTable, *, with_challenger: bool) -> HeldOut | None:
    """Train on the earlier rows and predict the later ones; None where there are too few of either."""
    if len(rows) < LEAST_ROWS:
        return None
    split = np.quantile(rows.at, TRAINED_SHARE, method="lower")
    early = rows.at <= split
    earlier, later = rows.take(early), rows.take(~early & (rows.evidence.matured >= LEAST_MATURED))
    if not len(later) or not len(earlier):
        return None
    prior = table.prior()
    seen, test = earlier.evidence, later.evidence
    share = float((seen.weight @ seen.label + 1.0) / (seen.weight.sum() + 2.0))
    trees, note = _challenged(prior, earlier, later) if with_challenger else (None, "")
    return HeldOut(
        later,
        len(earlier),
        predicted(fit(prior, seen), test),
        predicted(prior.as_posterior(), test),
        np.full(len(later), share),
        trees,
        note,
    )


def predicted(belief: Posterior, evidence: Evidence) -> Column:
    """Probabilities (n,) of the rows where they stood: their offset counts."""
    mean, variance = belief.logits(evidence.matrix)
    return moderated(mean + evidence.offset, variance)


def _challenged(prior: Prior, earlier: StageRows, later: StageRows) -> tuple[Column | None, str]:
    """What boosted trees say of the later rows, or why there are none."""
    few = np.zeros(len(earlier), np.bool_)
    few[np.unique(np.linspace(0, len(earlier) - 1, _MOST_CHALLENGER_ROWS).round().astype(np.int64))] = True
    kept = earlier.take(few)
    try:
        trees = train_challenger(
            NAMES,
            kept.evidence,
            signs=monotone_signs(prior),
            generator=np.random.default_rng(_SEED),
            groups=kept.receiver,
        )
    except DomainError as error:
        return None, error.code
    return trees.probabilities(later.evidence.matrix), ""


def slices(held_out: HeldOut, groups: Mapping[str, NDArray[np.str_]]) -> list[dict[str, object]]:
    """For each group of each dimension: how many held-out rows, the share that happened and that was expected."""
    seen = held_out.rows.evidence
    found: list[dict[str, object]] = []
    for dimension, values in groups.items():
        for value in np.unique(values).tolist():
            inside = (values == value) & (seen.weight > 0)
            if not inside.any():
                continue
            share = seen.weight[inside] / seen.weight[inside].sum()
            found.append(
                {
                    "dimension": dimension,
                    "value": value,
                    "rows": int(inside.sum()),
                    "happened": float(share @ seen.label[inside]),
                    "expected": float(share @ held_out.learned[inside]),
                    "log_loss": log_loss(held_out.learned[inside], seen.label[inside], seen.weight[inside]),
                }
            )
    return found
