"""What an expert says each feature is worth, purpose by purpose: the starting point that outcomes will move.

The logits come from a logistic fit to the demo's judged pairs, rounded to what a person would defend; where a purpose
wants something else (likeness instead of complementing), the difference stands beside it.
"""

from matching.engine.features import NAMES
from matching.engine.linear_ranker import LinearRanker
from matching.engine.purposes import ERFA, EVENT, OPI_LIGHT, PROJECT

_INTERCEPT = -8.0
# Complementarity: what one seeks the other offers, from another part of the triple helix.
_COMPLEMENT = {
    "need_offer_meaning": 0.7,
    "need_offer_words": 0.5,
    "same_need_meaning": 0.6,
    "evidence": 0.1,
    "other_role": 1.0,
    "same_kind": -0.3,
    "same_collaboration": 0.4,
    "same_purpose": 0.4,
    "shared_themes": 0.6,
    "same_language": 0.2,
    "named_kind": 0.7,
    "same_region": 0.1,
    # Not in the judged pairs, but asked for by those who run such meetings: small.
    "offer_need_meaning": 0.1,
    "stage_fit": 0.1,
}
_CHANGES: dict[str, dict[str, float]] = {
    OPI_LIGHT: {},
    PROJECT: {"same_region": 0.0},
    # At an event both sides have come to be found.
    EVENT: {"offer_need_meaning": 0.2, "offer_need_words": 0.1},
    # Likeness: they wrestle with the same thing, in the same kind of place.
    ERFA: {
        "need_offer_meaning": 0.1,
        "need_offer_words": 0.1,
        "same_need_meaning": 1.2,
        "other_role": 0.0,
        "same_kind": 1.5,
        "same_collaboration": 0.0,
        "same_purpose": 0.2,
        "named_kind": 0.0,
        "stage_fit": 0.0,
    },
}
# In free-text search nothing is known of who asks.
_SEARCH = {"best_evidence": 1.0, "evidence": 0.5, "need_offer_meaning": 0.3, "need_offer_words": 0.4}
# How much a list gives up for not saying the same twice: most where a meeting is short and many are made.
NOVELTY = {OPI_LIGHT: 0.1, PROJECT: 0.15, EVENT: 0.2, ERFA: 0.0}

RANKERS = {purpose: LinearRanker.of(NAMES, _COMPLEMENT | changes, _INTERCEPT) for purpose, changes in _CHANGES.items()}
SEARCH_RANKER = LinearRanker.of(NAMES, _SEARCH)
