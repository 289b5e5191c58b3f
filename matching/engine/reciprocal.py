"""Scoring profiles in both directions: what I need against what they offer, what they need against what I offer.

All statements of a profile count once: the best pair in each direction stands for it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.vectors import Ids, Mask, StatementIndex, Vectors

# The seeker's own need decides more than the other side's; both count, since a contact needs two who want it.
OWN_NEED_WEIGHT = 0.6
_MISSING_PENALTY = 0.05
# How many of k rows must belong to different profiles, else the look goes deeper: one profile with hundreds of
# statements must not fill the list and hide the others.
_MIN_PROFILE_SHARE = 0.25


@dataclass(frozen=True)
class Pairs:
    """The best pair of statements for each profile in one direction, sorted by profile id.

    `ours` numbers the query statement, `theirs` is the row position in the index searched; `score` is (n,).
    """

    profile: Ids
    ours: Ids
    theirs: Ids
    score: Vectors


@dataclass(frozen=True)
class Candidate:
    """One ranked profile; a direction without any pair is None."""

    profile_id: int
    score: float
    need_offer: tuple[int, int] | None
    offer_need: tuple[int, int] | None
    need_share: float
    offer_share: float


def best_pairs(index: StatementIndex, queries: Vectors, profiles: Ids, allowed: Mask) -> Pairs:
    """The best allowed pair for each of `profiles`; profiles without any allowed statement are left out."""
    positions = np.flatnonzero(allowed & index.alive & np.isin(index.rows.profile, profiles))
    if not len(positions) or not len(queries):
        empty = np.empty(0, np.int64)
        return Pairs(empty, empty, empty, np.empty(0, np.float32))
    table = index.scores(queries, positions)
    best_query = table.argmax(axis=0)
    best_score = table.max(axis=0)
    owner = index.rows.profile[positions]
    order = np.lexsort((index.rows.statement[positions], -best_score, owner))
    first = np.unique(owner[order], return_index=True)[1]
    chosen = order[first]
    return Pairs(owner[chosen], best_query[chosen].astype(np.int64), positions[chosen], best_score[chosen])


def candidate_profiles(index: StatementIndex, queries: Vectors, k: int, allowed: Mask) -> Ids:
    """Ids of profiles that own one of the k best rows for any query.

    Where few profiles own those rows, twice as many are looked at, until a quarter of k profiles are found or no
    rows are left.
    """
    usable, enough = int((allowed & index.alive).sum()), _MIN_PROFILE_SHARE * k
    while True:
        positions, _scores = index.search(queries, k, allowed)
        found = [np.unique(index.rows.profile[row[row >= 0]]) for row in positions]
        if k >= usable or all(len(profiles) >= enough for profiles in found):
            return np.unique(np.concatenate([np.empty(0, np.int64), *found]))
        k *= 2


def rank_reciprocal(
    *,
    offers: StatementIndex,
    needs: StatementIndex,
    our_needs: Vectors,
    our_offers: Vectors,
    offers_allowed: Mask,
    needs_allowed: Mask,
    depth: int,
) -> list[Candidate]:
    """Profiles by both directions, best first, ties by profile id.

    `our_needs` and `our_offers` are centred query vectors (n, d), either may be empty; `depth` is how many rows are
    looked at for each of them before profiles are scored in full.
    """
    profiles = np.union1d(
        candidate_profiles(offers, our_needs, depth, offers_allowed),
        candidate_profiles(needs, our_offers, depth, needs_allowed),
    )
    forward = best_pairs(offers, our_needs, profiles, offers_allowed)
    backward = best_pairs(needs, our_offers, profiles, needs_allowed)
    need_score, need_share = _aligned(profiles, forward)
    offer_score, offer_share = _aligned(profiles, backward)
    total = _weighted(need_score, offer_score, both=bool(len(our_needs)) and bool(len(our_offers)))
    pairs_forward, pairs_backward = _by_profile(forward), _by_profile(backward)
    order = np.lexsort((profiles, -total))
    return [
        Candidate(
            profile_id=int(profiles[i]),
            score=float(total[i]),
            need_offer=pairs_forward.get(int(profiles[i])),
            offer_need=pairs_backward.get(int(profiles[i])),
            need_share=float(need_share[i]),
            offer_share=float(offer_share[i]),
        )
        for i in order
    ]


def _aligned(profiles: Ids, pairs: Pairs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scores (n,) in the order of `profiles` and their rank share in (0, 1], 1 for the best, 0 for no pair.

    Of equal scores the smaller id stands higher, as in the ranking.

    A profile without a pair gets a little less than the worst that has one: absent, not contradicted.
    """
    scores = np.full(len(profiles), np.nan)
    scores[np.searchsorted(profiles, pairs.profile)] = pairs.score
    share = np.zeros(len(profiles))
    known = np.flatnonzero(~np.isnan(scores))
    if len(known):
        ranked = known[np.lexsort((-profiles[known], scores[known]))]
        share[ranked] = np.arange(1, len(known) + 1) / len(known)
        scores = np.where(np.isnan(scores), scores[known].min() - _MISSING_PENALTY, scores)
    return np.nan_to_num(scores), share


def _weighted(need: NDArray[np.float64], offer: NDArray[np.float64], *, both: bool) -> NDArray[np.float64]:
    if both:
        return OWN_NEED_WEIGHT * need + (1 - OWN_NEED_WEIGHT) * offer
    return need + offer


def _by_profile(pairs: Pairs) -> dict[int, tuple[int, int]]:
    return {
        int(profile): (int(ours), int(theirs))
        for profile, ours, theirs in zip(pairs.profile, pairs.ours, pairs.theirs, strict=True)
    }
