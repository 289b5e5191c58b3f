"""What the parties of a simulated cluster truly want: logistic, near the expert's table, with a part nobody sees."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from matching.engine.bayesian import moderated
from matching.engine.contact_features import NAMES
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, PRIORS, RUNG_STAGES, STAGES
from matching.engine.simulation.settings import Settings
from matching.engine.simulation.world import Column, Matrix


@dataclass(frozen=True)
class Preferences:
    """True weights (stages, f) and intercepts (stages,), in logits, and the hidden part: `party` (stages, n) and
    `pair` (stages, n, n), seeker first, with standard deviation `hidden_sd` together.
    """

    weights: Matrix
    intercepts: Column
    party: Matrix
    pair: NDArray[np.float32]
    hidden_sd: float

    def true(self, matrix: Matrix, seeker: int, party: NDArray[np.int64]) -> Matrix:
        """Probability of each stage (stages, n), the hidden part included."""
        hidden = self.party[:, party] + self.pair[:, seeker, party]
        return np.asarray(expit(self.logits(matrix) + hidden), dtype=np.float64)

    def observable(self, matrix: Matrix) -> Matrix:
        """The same with the hidden part averaged out: all that features can tell."""
        return moderated(self.logits(matrix), np.full((), self.hidden_sd**2))

    def logits(self, matrix: Matrix) -> Matrix:
        """Logits (stages, n) of what can be observed."""
        return np.asarray(self.weights @ matrix.T + self.intercepts[:, None], dtype=np.float64)


@dataclass(frozen=True)
class ReferenceList:
    """A list by the expert's table, for which the rates hold: who asked, who was shown, with features (k, f)."""

    seeker: int
    party: NDArray[np.int64]
    matrix: Matrix
    attention: Column


def draw_weights(settings: Settings, generator: np.random.Generator) -> Matrix:
    """True weights (stages, f): the expert's, moved at random, or as given."""
    weights = np.stack([PRIORS[stage].means for stage in STAGES])
    spread = np.stack([PRIORS[stage].deviations for stage in STAGES])
    weights = weights + settings.deviation * spread * generator.standard_normal(weights.shape)
    for stage, given in settings.weights.items():
        for name, weight in given.items():
            weights[STAGES.index(stage), NAMES.index(name)] = weight
    return np.asarray(weights, dtype=np.float64)


def draw_preferences(
    settings: Settings, generator: np.random.Generator, reference: Sequence[ReferenceList]
) -> Preferences:
    """Weights and hidden parts at random, and intercepts with which the reference lists have the rates asked for."""
    count, stages = settings.profiles, len(STAGES)
    weights = draw_weights(settings, generator)
    party = settings.hidden_party * generator.standard_normal((stages, count))
    pair = settings.hidden_pair * generator.standard_normal((stages, count, count), dtype=np.float32)
    hidden_sd = float(np.hypot(settings.hidden_party, settings.hidden_pair))
    start = Preferences(weights, np.zeros(stages), party, pair.astype(np.float32), hidden_sd)
    return Preferences(weights, _intercepts(settings, start, reference), party, start.pair, hidden_sd)


def _intercepts(settings: Settings, start: Preferences, reference: Sequence[ReferenceList]) -> Column:
    """Stage by stage, each weighed by how many reach it."""
    logits = np.concatenate(
        [
            start.logits(each.matrix) + start.party[:, each.party] + start.pair[:, each.seeker, each.party]
            for each in reference
        ],
        axis=1,
    )
    reached = np.concatenate([each.attention for each in reference])
    chain = {ASKS: settings.ask_rate, ANSWERS: settings.answer_rate, ACCEPTS: settings.accept_rate}
    rungs = {f"rung:{code}": rate for code, rate in settings.rung_rates.items()}
    found = np.zeros(len(STAGES))
    for place, stage in enumerate(STAGES):
        # A request is counted a card shown, looked at or not; whatever follows, a contact that got so far.
        total = float(len(reached)) if stage == ASKS else float(reached.sum())
        rate = {**chain, **rungs}[stage]
        found[place] = _solved(logits[place], reached, total, rate, stage)
        if stage not in RUNG_STAGES:
            reached = reached * expit(logits[place] + found[place])
    return found


def _solved(logits: Column, weight: Column, total: float, rate: float, stage: str) -> float:
    def excess(intercept: float) -> float:
        return float(weight @ expit(logits + intercept)) / total - rate

    if excess(40.0) <= 0.0:
        raise ValueError(f"{stage} at a rate of {rate:g} is out of reach: too few places of a list are looked at.")
    return float(brentq(excess, -60.0, 40.0, xtol=1e-9))
