"""How the invented parties behave: the truth behind the simulated year, which the ranker is left to find out.

Each table is a logit over the columns that the ranker sees (`matching.engine.contact_features`); beside them every
party has a temper of its own that no column tells. Two truths differ from what the expert believes:

- small provincial hospitals, municipalities and small firms say yes two to three times as often as the large ones; the
  expert believes in a third of that;
- being in the same region does not help at all; the expert believes that it does.

The rates are not measured anywhere: they are made so that a year of a demonstration has something to show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.contact_features import NAMES
from matching.engine.exploration import examination_offset
from matching.engine.ladder import RUNGS
from matching.enums import DeclineReason, Rung

# The spread of tempers, in logits.
TEMPER = 0.2
# The longest that anybody takes to answer; later the request has expired.
_ANSWER_MEDIAN_DAYS = 3.5


@dataclass(frozen=True)
class Truth:
    """One decision: the logit of a neutral pair, and what a unit of each column adds."""

    intercept: float
    weights: Mapping[str, float]

    def chance(self, features: Sequence[float], temper: float = 0.0) -> float:
        """Probability for one pair, whose columns stand in the order of `contact_features.NAMES`."""
        known = dict(zip(NAMES, features, strict=True)) if len(features) == len(NAMES) else {}
        logit = self.intercept + temper + sum(weight * known.get(name, 0.0) for name, weight in self.weights.items())
        return float(1.0 / (1.0 + np.exp(-logit)))


ASKS = Truth(1.75, {"relevance": 1.4, "earlier_relation": -0.2, "declined_before": -1.5, "same_field": 0.3})
ANSWERS = Truth(0.9, {"small_unit": 0.35, "offer_need_meaning": 0.3, "capacity_left": 0.3, "declined_before": -0.5})
ACCEPTS = Truth(
    -0.7,
    {
        "small_unit": 1.1,
        "same_region": 0.0,
        "offer_need_meaning": 0.5,
        "need_offer_meaning": 0.3,
        "shared_themes": 0.3,
        "stage_fit": 0.3,
        "same_field": 0.4,
        "same_purpose": 0.3,
        "earlier_relation": 0.5,
        "seeker_small": 0.1,
        "declined_before": -0.8,
    },
)
# What a contact leads to once the two have met: better fits lead further, and small places test sooner.
_LEADS_FURTHER = {"need_offer_meaning": 0.3, "offer_need_meaning": 0.3}
_TILTS: Mapping[str, Mapping[str, float]] = {
    Rung.TEST_OR_EVIDENCE: {"small_unit": 0.5},
    Rung.PROJECT_FORMED: {"other_role": 0.5},
}


def examined(position: int) -> float:
    """What a place down the list takes from the logit, as the ranker assumes it: the first place nothing."""
    return float(examination_offset(np.array([position]))[0])


def answer_delay_days(generator: np.random.Generator) -> float:
    """Days until somebody who answers does."""
    return float(generator.exponential(_ANSWER_MEDIAN_DAYS / np.log(2.0))) + 0.1


def decline_reason(features: Sequence[float], generator: np.random.Generator) -> str:
    """Why not: more often what the columns of the pair would explain."""
    known = dict(zip(NAMES, features, strict=True)) if len(features) == len(NAMES) else {}
    weights = {
        DeclineReason.NO_CAPACITY: 1.5 + (2.0 if known.get("capacity_left", 1.0) < 0.5 else 0.0),
        DeclineReason.BENEFIT_UNCLEAR: 1.5,
        DeclineReason.NOT_OUR_FIELD: 0.6 + (1.4 if known.get("relevance", 0.0) < -1.0 else 0.0),
        DeclineReason.TOO_EARLY: 0.6 + (1.4 if known.get("stage_fit", 0.0) < 0.0 else 0.0),
        DeclineReason.ALREADY_SOLVED: 0.8,
        DeclineReason.COMMERCIAL_UNCLEAR: 0.6,
        DeclineReason.DESCRIPTION_UNCLEAR: 0.6,
        DeclineReason.OTHER: 0.3,
    }
    shares = np.array(list(weights.values()))
    return list(weights)[int(generator.choice(len(shares), p=shares / shares.sum()))].value


def outcome_days(features: Sequence[float], generator: np.random.Generator) -> dict[str, float]:
    """Days from the meeting to each rung that this contact will reach, the late ones beyond the year."""
    found: dict[str, float] = {}
    for rung in RUNGS:
        if rung.code == Rung.MEETING_HELD:
            continue
        base = float(np.log(rung.base_rate / (1.0 - rung.base_rate)))
        truth = Truth(base, {**_LEADS_FURTHER, **_TILTS.get(rung.code, {})})
        if generator.random() < truth.chance(features):
            found[rung.code] = float(generator.exponential(rung.median_delay_days / np.log(2.0)))
    if Rung.STOPPED_WITH_LEARNING in found:
        # Who has stopped has no project, and nothing is sold.
        found = {
            code: days for code, days in found.items() if code in (Rung.INPUT_RECEIVED, Rung.STOPPED_WITH_LEARNING)
        }
    return found
