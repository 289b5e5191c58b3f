"""How far the expert's table may be trusted, as the hub's own outcomes say: all its doubts made larger or smaller.

A table that foretells what happens is moved little, so that luck in some hundred contacts does not spoil it; one that
is wrong is left behind sooner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from matching.engine.bayesian import Column, Evidence, Posterior, Prior, fit, log_evidence

# By what factor every standard deviation is multiplied, and how surprising a factor of e would be beforehand.
FACTORS = (0.25, 0.5, 1.0, 2.0)
_LOG_FACTOR_SD = 0.7
# A factor less probable than this is not worth adding up.
_LEAST_SHARE = 1e-3


def fit_with_strength(priors: Mapping[str, Prior], evidence: Mapping[str, Evidence]) -> dict[str, Posterior]:
    """Posteriors of models that share one factor, averaged over what the factor may be given all their evidence.

    The sd of the intercept is not touched: base rates differ from hub to hub however good the weights are. A factor
    under which a fit does not converge is not considered; if none converges, the result is that of `fit`.

    Raises:
        ValueError: the evidence of a model has other features than its prior.
    Source: D. MacKay, Bayesian interpolation, Neural Computation 4, 1992; J. Hoeting and others, Bayesian model
        averaging, Statistical Science 14, 1999.
    """
    tried: list[dict[str, Posterior]] = []
    scores: list[float] = []
    for factor in FACTORS:
        scaled = {name: replace(prior, sd=prior.sd * factor) for name, prior in priors.items()}
        found = {name: fit(scaled[name], evidence[name]) for name in priors}
        if all(each.converged for each in found.values()):
            tried.append(found)
            scores.append(sum(log_evidence(scaled[name], evidence[name], found[name]) for name in priors))
            scores[-1] -= 0.5 * (np.log(factor) / _LOG_FACTOR_SD) ** 2
    if not tried:
        return {name: fit(priors[name], evidence[name]) for name in priors}
    share = np.exp(np.array(scores) - max(scores))
    share = np.where(share < _LEAST_SHARE * share.sum(), 0.0, share)
    return {name: averaged([found[name] for found in tried], share / share.sum()) for name in priors}


def averaged(posteriors: Sequence[Posterior], share: Column) -> Posterior:
    """The normal distribution with the mean and covariance of a mixture with these shares, which sum to 1."""
    mean = share @ np.stack([each.mean for each in posteriors])
    covariance = np.zeros_like(posteriors[0].covariance)
    for each, weight in zip(posteriors, share, strict=True):
        covariance += weight * (each.covariance + np.outer(each.mean - mean, each.mean - mean))
    return replace(posteriors[0], mean=mean, covariance=covariance)
