"""How far the expert's table may be trusted, as the hub's own outcomes say: all its doubts made larger or smaller.

A table that foretells what happens is moved little, so that luck in some hundred contacts does not spoil it; one that
is wrong is left behind sooner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import digamma, gammaln

from matching.engine.bayesian import Column, Evidence, Posterior, Prior, fit, log_evidence

# By what factor every standard deviation may be multiplied, and how probable each is beforehand. The mean of the
# squares is 1: without evidence the average is the table itself.
FACTORS = (0.25, 0.5, 1.0, 2.0)
_BEFOREHAND = (0.2, 0.3, 0.3625, 0.1375)
# A factor less probable than this is not worth adding up.
_LEAST_SHARE = 1e-3
# Single opinions may be far off: Student's t with so many degrees of freedom, found in so many rounds.
_FREEDOM = 4.0
_ROUNDS = 3


def fit_with_strength(priors: Mapping[str, Prior], evidence: Mapping[str, Evidence]) -> dict[str, Posterior]:
    """Posteriors of models that share one factor, averaged over what the factor may be given all their evidence.

    Each weight has besides a doubt of its own, so that one opinion that is far off, or turned round, is left behind
    though the others hold. The sd of the intercept is not touched: base rates differ from hub to hub however good the
    weights are. A factor under which a fit does not converge is not considered; without any, the result is that of
    `fit`.

    Raises:
        ValueError: the evidence of a model has other features than its prior.
    Source: D. MacKay, Bayesian interpolation, Neural Computation 4, 1992; J. Hoeting and others, Bayesian model
        averaging, Statistical Science 14, 1999; M. Tipping, Sparse Bayesian learning, JMLR 1, 2001, section 5.1.
    """
    tried: list[dict[str, Posterior]] = []
    scores: list[float] = []
    for factor, probability in zip(FACTORS, _BEFOREHAND, strict=True):
        found = {name: _robust_fit(prior, evidence[name], factor) for name, prior in priors.items()}
        if all(posterior.converged for posterior, _bound in found.values()):
            tried.append({name: posterior for name, (posterior, _bound) in found.items()})
            scores.append(float(np.log(probability)) + sum(bound for _posterior, bound in found.values()))
    if not tried:
        return {name: fit(priors[name], evidence[name]) for name in priors}
    share = np.exp(np.array(scores) - max(scores))
    share = np.where(share < _LEAST_SHARE * share.sum(), 0.0, share)
    return {name: averaged([found[name] for found in tried], share / share.sum()) for name in priors}


def _robust_fit(prior: Prior, evidence: Evidence, factor: float) -> tuple[Posterior, float]:
    """Posterior under a t prior of that scale, and a lower bound of the log evidence, up to a constant.

    Weights and their precisions are told apart as in a variational approximation; the weights are Laplace's.
    """
    scale, shape = prior.sd * factor, (_FREEDOM + 1.0) / 2.0
    rate = np.full(len(scale), shape)
    start, bound = None, -np.inf
    for _round in range(_ROUNDS):
        used = replace(prior, sd=scale * np.sqrt(rate / shape))
        found = fit(used, evidence, start=start)
        if not found.converged:
            return found, -np.inf
        bound = log_evidence(used, evidence, found) - _cost(shape, rate)
        moved = ((found.mean[:-1] - prior.mean) ** 2 + np.diag(found.covariance)[:-1]) / scale**2
        start, rate = found.mean, (_FREEDOM + moved) / 2.0
    return found, bound


def _cost(shape: float, rate: Column) -> float:
    """What it costs the bound that the precisions are gamma (shape, rate) and no constants: their divergence from the
    prior gamma, and the difference of ln(mean) and mean of ln.
    """
    half = _FREEDOM / 2.0
    divergence = (shape - half) * digamma(shape) - gammaln(shape) + gammaln(half)
    divergence = divergence + half * (np.log(rate) - np.log(half)) + shape * (half / rate - 1.0)
    return float(divergence.sum()) + 0.5 * len(rate) * float(np.log(shape) - digamma(shape))


def averaged(posteriors: Sequence[Posterior], share: Column) -> Posterior:
    """The normal distribution with the mean and covariance of a mixture with these shares, which sum to 1."""
    mean = share @ np.stack([each.mean for each in posteriors])
    covariance = np.zeros_like(posteriors[0].covariance)
    for each, weight in zip(posteriors, share, strict=True):
        covariance += weight * (each.covariance + np.outer(each.mean - mean, each.mean - mean))
    return replace(posteriors[0], mean=mean, covariance=covariance)
