"""What is believed of each stage of a contact before any outcome: weights that a person can read, doubt and edit.

Each number has its reason. A standard deviation of 0.4 lets some hundred requests overrule an opinion; features
without an opinion start at nothing and are learned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.engine import features
from matching.engine.bayesian import Prior
from matching.engine.contact_features import NAMES, NEUTRAL, SCALES, relevance
from matching.engine.ladder import RUNGS
from matching.engine.purposes import OPI_LIGHT
from matching.engine.weights import RANKERS

ASKS, ANSWERS, ACCEPTS = "asks", "answers", "accepts"
RUNG_STAGES = tuple(f"rung:{rung.code}" for rung in RUNGS)
STAGES = (ASKS, ANSWERS, ACCEPTS, *RUNG_STAGES)

# How far an opinion may be wrong, in logits a unit of the feature.
_SURE, _USUAL, _UNSURE = 0.3, 0.4, 0.5
# Outcomes after acceptance are rare: what nobody has an opinion on is kept near nothing.
_RUNG_SD = 0.3
_INTERCEPT_SD = 0.7

# A pair as it stands in a usual list, where the base rates hold: a fair match one way, half a match the other way.
_TYPICAL = {
    "need_offer_meaning": 1.0,
    "need_offer_words": 0.5,
    "offer_need_meaning": 0.3,
    "offer_need_words": 0.2,
    "same_need_meaning": 0.3,
    "evidence": 1.2,
    "best_evidence": 0.8,
    "other_role": 0.7,
    "same_kind": 0.2,
    "same_collaboration": 0.3,
    "same_purpose": 0.2,
    "shared_themes": 0.5,
    "same_region": 0.3,
    "same_language": 0.8,
    "named_kind": 0.1,
    "capacity_left": 0.8,
    "freshness": 0.5,
}


def _typical() -> NDArray[np.float64]:
    row = np.array([_TYPICAL.get(name, float(neutral)) for name, neutral in zip(NAMES, NEUTRAL, strict=True)])
    pair = [_TYPICAL.get(name, 0.0) * SCALES.get(name, 1.0) for name in features.NAMES]
    row[NAMES.index("relevance")] = relevance(RANKERS[OPI_LIGHT].scores(np.array([pair])))[0]
    return row


TYPICAL = _typical()


@dataclass(frozen=True)
class PriorWeight:
    """What one unit of a feature is believed to add to the logit, how far that may be wrong, and why."""

    feature: str
    mean: float
    sd: float
    reason: str


@dataclass(frozen=True)
class PriorTable:
    """The opinions about one stage: the share of typical pairs that reach it, and the weights that differ from 0.

    `default_sd` is that of the features without an opinion. A hub that edits a weight does not thereby change the base
    rate: the intercept follows.

    Raises:
        ValueError: a weight names no feature or one twice, or a number is out of range.
    """

    base_rate: float
    base_reason: str
    weights: tuple[PriorWeight, ...]
    intercept_sd: float = _INTERCEPT_SD
    default_sd: float = _USUAL

    def __post_init__(self) -> None:
        named = [weight.feature for weight in self.weights]
        unknown = sorted(set(named) - set(NAMES))
        if unknown:
            raise ValueError(f"There is no feature {', '.join(unknown)}.")
        if len(set(named)) != len(named):
            raise ValueError("A feature has two weights in one table.")
        if not 0.0 < self.base_rate < 1.0:
            raise ValueError("A base rate lies between 0 and 1.")
        deviations = [self.intercept_sd, self.default_sd, *(weight.sd for weight in self.weights)]
        if not all(np.isfinite(weight.mean) for weight in self.weights):
            raise ValueError("A weight is not a number.")
        if not all(0.0 < deviation < np.inf for deviation in deviations):
            raise ValueError("Every standard deviation is above 0.")

    @property
    def means(self) -> NDArray[np.float64]:
        """The believed weights in the order of `NAMES`."""
        by_name = {weight.feature: weight.mean for weight in self.weights}
        return np.array([by_name.get(name, 0.0) for name in NAMES], dtype=np.float64)

    @property
    def deviations(self) -> NDArray[np.float64]:
        """How far each of them may be wrong, in the order of `NAMES`."""
        by_name = {weight.feature: weight.sd for weight in self.weights}
        return np.array([by_name.get(name, self.default_sd) for name in NAMES], dtype=np.float64)

    @property
    def intercept(self) -> float:
        """The intercept with which a typical pair has the base rate, averaged over what the weights may be."""
        variance = self.intercept_sd**2 + float((self.deviations * TYPICAL) ** 2 @ np.ones(len(NAMES)))
        logit = float(np.log(self.base_rate) - np.log1p(-self.base_rate))
        return logit * float(np.sqrt(1.0 + np.pi / 8.0 * variance)) - float(self.means @ TYPICAL)

    def prior(self) -> Prior:
        """The table as the prior of a fit."""
        return Prior(NAMES, self.means, self.deviations, self.intercept, self.intercept_sd)

    def edited(self, means: Mapping[str, float]) -> "PriorTable":
        """The table with a hub's own weights; the sd of a weight stays.

        Raises:
            ValueError: a weight names no feature, or is not a number.
        """
        kept = tuple(
            replace(weight, mean=float(means[weight.feature])) if weight.feature in means else weight
            for weight in self.weights
        )
        known = {weight.feature for weight in kept}
        added = tuple(
            PriorWeight(name, float(mean), self.default_sd, "the hub's own weight")
            for name, mean in sorted(means.items())
            if name not in known
        )
        return replace(self, weights=kept + added)


def edited_tables(
    tables: Mapping[str, PriorTable], overrides: Mapping[str, Mapping[str, float]]
) -> dict[str, PriorTable]:
    """The tables with a hub's edits, {stage: {feature: mean}}.

    Raises:
        ValueError: a stage or a feature is not there, or a weight is not a number.
    """
    unknown = sorted(set(overrides) - set(tables))
    if unknown:
        raise ValueError(f"There is no stage {', '.join(unknown)}.")
    return {stage: table.edited(overrides.get(stage, {})) for stage, table in tables.items()}


_ASKS = PriorTable(
    0.10,
    "assumed: of ten cards shown about one leads to a request, as in other lists of ten",
    (
        # What the two wrote enters once, as each purpose weighs it (matching.engine.weights): an exchange of experience
        # wants likeness, a project wants the other parts. The columns of the pair start at nothing and correct it.
        PriorWeight("relevance", 1.5, _UNSURE, "who is worth a talk is asked, nearly as steeply as people judged"),
        PriorWeight("earlier_relation", 0.3, _UNSURE, "partners are chosen by personal relations today"),
        PriorWeight("declined_before", -0.6, _USUAL, "few ask twice after a no"),
        PriorWeight("freshness", 0.2, _USUAL, "an old statement looks dead"),
        PriorWeight("same_field", 0.3, _USUAL, "the same specialty or municipal field"),
    ),
)
_ANSWERS = PriorTable(
    0.60,
    "22 % were answered at one event without a broker; brokered, mailed and with a reminder: assumed better",
    (
        PriorWeight("answers_history", 0.7, _SURE, "who answered before answers again; the log-odds are smoothed"),
        PriorWeight("capacity_left", 0.7, _USUAL, "a department near its cap answers less: unpredictable days"),
        PriorWeight("earlier_relation", 0.5, _USUAL, "a known sender is answered"),
        PriorWeight("declined_before", -0.5, _USUAL, "who said no does not want to say it again"),
        PriorWeight("small_unit", 0.3, _USUAL, "small provincial hospitals are easier to enter than the big ones"),
        PriorWeight("offer_need_meaning", 0.3, _USUAL, "a request that meets one's need is worth an answer"),
        PriorWeight("same_purpose", 0.2, _USUAL, "one concrete purpose is quickly answered"),
        PriorWeight("same_language", 0.1, _USUAL, "a mail in one's own language is quickly answered"),
        PriorWeight("same_region", 0.1, _USUAL, "near partners know of each other"),
        PriorWeight("freshness", 0.3, _USUAL, "who wrote lately still looks at the hub"),
        PriorWeight("same_field", 0.1, _USUAL, "the request comes to the right desk"),
    ),
)
_ACCEPTS = PriorTable(
    0.50,
    "assumed: half of the answers are yes; 24 of 60 shortlisted experts were even engaged",
    (
        PriorWeight("offer_need_meaning", 0.5, _USUAL, "who is asked says yes to what meets a need of theirs"),
        PriorWeight("offer_need_words", 0.2, _USUAL, "the same, seen in words"),
        PriorWeight("need_offer_meaning", 0.3, _USUAL, "they offer what is asked for"),
        PriorWeight("need_offer_words", 0.1, _USUAL, "the same, seen in words"),
        PriorWeight("same_need_meaning", 0.2, _USUAL, "the same concern is a common cause"),
        PriorWeight("other_role", 0.3, _USUAL, "complementarity: the triple helix needs each part"),
        PriorWeight("same_collaboration", 0.2, _USUAL, "both want the same form of collaboration"),
        PriorWeight("same_purpose", 0.3, _USUAL, "they have said that they do just this"),
        PriorWeight("shared_themes", 0.2, _USUAL, "the theme is on their agenda"),
        PriorWeight("same_region", 0.2, _USUAL, "short ways; a region's hospital serves its region's firms"),
        PriorWeight("named_kind", 0.2, _USUAL, "this kind of party was asked for"),
        PriorWeight("stage_fit", 0.4, _USUAL, "firms offer old off-the-shelf goods, or come too early: stage decides"),
        PriorWeight("capacity_left", 0.4, _USUAL, "no capacity now is a common reason for a no"),
        PriorWeight("accepts_history", 0.7, _SURE, "who said yes before does so again; the log-odds are smoothed"),
        PriorWeight("seeker_history", 0.4, _USUAL, "well prepared seekers are accepted again"),
        PriorWeight("earlier_relation", 0.4, _USUAL, "trust is there already"),
        PriorWeight("declined_before", -0.8, _USUAL, "a no, other than not now, mostly stays one"),
        PriorWeight("small_unit", 0.3, _USUAL, "small provincial hospitals are easier to enter than the big ones"),
        PriorWeight("same_field", 0.4, _USUAL, "'not our field' is a common reason for a no"),
    ),
)
_COMMON_TO_RUNGS = (
    PriorWeight("need_offer_meaning", 0.2, _RUNG_SD, "a better fit carries further"),
    PriorWeight("offer_need_meaning", 0.2, _RUNG_SD, "both sides gain, so both go on"),
    PriorWeight("stage_fit", 0.2, _RUNG_SD, "the right stage for the purpose"),
)
_BY_RUNG: dict[str, tuple[PriorWeight, ...]] = {
    "meeting_held": (
        PriorWeight("same_region", 0.3, _RUNG_SD, "short ways: fewer meetings fall through"),
        PriorWeight("capacity_left", 0.3, _RUNG_SD, "busy days postpone meetings"),
    ),
    "input_received": (
        PriorWeight("same_field", 0.3, _RUNG_SD, "feedback from one's own specialty is of use"),
        PriorWeight("same_purpose", 0.2, _RUNG_SD, "what was asked was clear"),
    ),
    "test_or_evidence": (
        PriorWeight("small_unit", 0.2, _RUNG_SD, "a test site is easier to get in a small place"),
        PriorWeight("same_field", 0.3, _RUNG_SD, "a test needs the right patients and citizens"),
    ),
    "project_formed": (
        PriorWeight("other_role", 0.4, _RUNG_SD, "a project needs firm, knowledge and public part"),
        PriorWeight("same_collaboration", 0.2, _RUNG_SD, "both want the same form of collaboration"),
        PriorWeight("earlier_relation", 0.2, _RUNG_SD, "trust; though projects new to each other count for more"),
    ),
    "funding_raised": (
        PriorWeight("other_role", 0.4, _RUNG_SD, "funders ask for a whole partner circle"),
        PriorWeight("shared_themes", 0.2, _RUNG_SD, "calls follow the strategic themes"),
    ),
    "commercial_result": (
        PriorWeight("seeker_small", -0.1, _RUNG_SD, "small firms sell later, if at all"),
        PriorWeight("same_kind", 0.1, _RUNG_SD, "distribution and supply go from firm to firm"),
    ),
    # Nothing is known of who learns early that a product should stop.
    "stopped_with_learning": (),
}
_RUNG_TABLES = {
    f"rung:{rung.code}": PriorTable(
        rung.base_rate,
        rung.source,
        () if rung.code == "stopped_with_learning" else _COMMON_TO_RUNGS + _BY_RUNG[rung.code],
        default_sd=_RUNG_SD,
    )
    for rung in RUNGS
}
PRIORS: Mapping[str, PriorTable] = {ASKS: _ASKS, ANSWERS: _ANSWERS, ACCEPTS: _ACCEPTS, **_RUNG_TABLES}
