"""The one path from a question to an ordered list of profiles: candidates, features, ranker, diversity."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.domain.asking import Question
from matching.engine.candidates import Found as Candidates
from matching.engine.candidates import Pool
from matching.engine.diversity import diversify
from matching.engine.features import NEUTRAL, PairFeatures, pair_features
from matching.engine.linear_ranker import LinearRanker
from matching.engine.rows import Ids, Mask, RowFilter, StatementRows
from matching.engine.stores import Vectors
from matching.indexing.hub_index import HubIndex

# How many statements are looked at for each asking text, by meaning and by words, and how many profiles in full.
DEPTH = 200
MOST_PROFILES = 200
# A profile may have 500 texts: where fewer profiles than this fill all places, others are looked for as well.
_ENOUGH_PROFILES = 50
_FURTHER_SEARCHES = 4


@dataclass(frozen=True)
class Ranking:
    """All candidates, best first: ids, features and what they add up to; pairs hold ask numbers and statement ids.

    `matrix` and `contributions` are (n, features); `probabilities` (n,); a pair is (ask, statement id), -1 for none.
    `columns` (n, `contact_features.NAMES`) are there when contacts were weighed as well: then `scores` are the
    logarithm of what a contact is expected to be worth.
    """

    profiles: Ids
    kinds: NDArray[np.int16]
    matrix: NDArray[np.float64]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    contributions: NDArray[np.float64]
    need_offer: Ids
    offer_need: Ids
    same_need: Ids
    nearest: Ids
    vectors: Vectors
    columns: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.profiles)

    def take(self, order: NDArray[np.int64]) -> "Ranking":
        """The same candidates in this order, or some of them."""
        return Ranking(**{name: getattr(self, name)[order] for name in self.__dataclass_fields__})

    def diversified_places(self, novelty: float, length: int) -> NDArray[np.int64]:
        """Places of the `length` best, in an order in which neighbours do not say the same."""
        if novelty <= 0:
            return np.arange(min(length, len(self)))
        among = min(3 * length, len(self))
        order = diversify(self.scores[:among], self.vectors[:among], novelty=novelty, length=length)
        return np.array(order, dtype=np.int64)


def rank(index: HubIndex, question: Question, where: RowFilter, ranker: LinearRanker) -> Ranking:
    """Every candidate that passes the filter, best first, ties by profile id."""
    with index.lock:
        pool, rows, positions = candidates(index, question, where)
        facts = index.facts.take(positions)
        features = pair_features(question.asker, pool, rows, facts)
        ranked = _ranked(features, pool, rows, ranker)
        vectors = index.stores.vectors.vectors(ranked.nearest[:, 1]) if len(ranked) else ranked.vectors
        return replace(ranked, vectors=vectors)


def candidates(index: HubIndex, question: Question, where: RowFilter) -> tuple[Pool, StatementRows, Ids]:
    """All passing statements of the profiles that own the best ones, scored, with their rows and places."""
    passing = where.mask(index.rows)
    searcher = index.searcher
    found, places = _found(index, question, where, passing)
    profiles = np.unique(index.rows.profile[places])
    if len(profiles) > MOST_PROFILES:
        first = found.pool(index.rows.statement[places], index.rows.language[places], searcher)
        profiles = _best_profiles(first, index.rows.profile[places])
    positions = np.flatnonzero(passing & np.isin(index.rows.profile, profiles))
    rows = index.rows.take(positions)
    return found.pool(rows.statement, rows.language, searcher), rows, positions


def _found(index: HubIndex, question: Question, where: RowFilter, passing: Mask) -> tuple[Candidates, Ids]:
    """What the stores find and where it stands; goes on without the profiles that fill all the places by themselves."""
    documents = int(passing.sum())
    found = index.searcher.find(question.asks, where, depth=DEPTH, documents=documents)
    places = _places(index, found)
    for _further in range(_FURTHER_SEARCHES):
        loud = np.unique(index.rows.profile[places])
        left = np.unique(index.rows.profile[passing & ~np.isin(index.rows.profile, loud)])
        if len(places) < DEPTH or len(loud) >= _ENOUGH_PROFILES or not len(left):
            break
        others = replace(where, profiles=frozenset(left.tolist()))
        more = index.searcher.find(question.asks, others, depth=DEPTH, documents=documents)
        places = np.union1d(places, _places(index, more))
        found = found.joined(more)
    return found, places


def _places(index: HubIndex, found: Candidates) -> Ids:
    places = index.positions(found.fused(DEPTH))
    return places[places >= 0]


def _best_profiles(pool: Pool, owner: Ids) -> Ids:
    """The `MOST_PROFILES` owners whose best statement scores highest, in order of id."""
    best = pool.score.max(axis=0)
    order = np.lexsort((owner, -best))
    _ids, first = np.unique(owner[order], return_index=True)
    chosen = np.sort(first)[:MOST_PROFILES]
    return np.sort(owner[order][chosen])


def _ranked(features: PairFeatures, pool: Pool, rows: StatementRows, ranker: LinearRanker) -> Ranking:
    scores = ranker.scores(features.matrix)
    nearest = _nearest(pool, rows, features.profiles)
    first = np.unique(rows.profile, return_index=True)[1]
    ranking = Ranking(
        profiles=features.profiles,
        kinds=rows.kind[first],
        matrix=features.matrix,
        scores=scores,
        probabilities=ranker.probabilities(features.matrix),
        contributions=ranker.contributions(features.matrix, NEUTRAL),
        need_offer=_by_statement(features.need_offer, rows),
        offer_need=_by_statement(features.offer_need, rows),
        same_need=_by_statement(features.same_need, rows),
        nearest=nearest,
        vectors=np.empty((len(scores), 0), np.float32),
        columns=np.empty((len(scores), 0)),
    )
    return ranking.take(np.lexsort((features.profiles, -scores)))


def _by_statement(pairs: Ids, rows: StatementRows) -> Ids:
    """Pairs of (ask, column) as (ask, statement id)."""
    if not len(rows):
        return pairs
    return np.stack([pairs[:, 0], np.where(pairs[:, 1] >= 0, rows.statement[pairs[:, 1]], -1)], axis=1)


def _nearest(pool: Pool, rows: StatementRows, profiles: Ids) -> Ids:
    """Each profile's (ask, statement id) of highest score."""
    if not len(rows):
        return np.empty((0, 2), np.int64)
    ask, best = pool.score.argmax(axis=0), pool.score.max(axis=0)
    order = np.lexsort((rows.statement, -best, rows.profile))
    chosen = order[np.unique(rows.profile[order], return_index=True)[1]]
    return np.stack([ask[chosen], rows.statement[chosen]], axis=1).astype(np.int64)
