"""Measures of ranked lists: formula, denominator and the empty case are stated with each."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item", bound=Hashable)


def recall_at_k(ranked: Sequence[Item], relevant: Collection[Item], k: int) -> float:
    """Relevant items among the first k, divided by all relevant items.

    Raises:
        ValueError: nothing is relevant (such a query says nothing and must be left out by the caller), or k < 1.
    """
    if not relevant or k < 1:
        raise ValueError("Recall needs at least one relevant item and k of at least 1.")
    return len(set(ranked[:k]) & set(relevant)) / len(set(relevant))


def ndcg_at_k(ranked: Sequence[Item], grades: Mapping[Item, float], k: int) -> float:
    """Discounted gain of the first k, divided by that of the best possible order; gain is 2^grade - 1.

    Raises:
        ValueError: no item has a grade above 0, or k < 1.
    Source: Järvelin and Kekäläinen, ACM TOIS 20(4), 2002; gain as in Burges et al., ICML 2005.
    """
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:k]
    if not best or k < 1:
        raise ValueError("nDCG needs at least one item with a grade above 0 and k of at least 1.")
    return _discounted_gain([grades.get(item, 0.0) for item in ranked[:k]]) / _discounted_gain(best)


def _discounted_gain(grades: Sequence[float]) -> float:
    gains = np.exp2(np.asarray(grades, dtype=np.float64)) - 1.0
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())


def share_ranked_right(ranked: Sequence[Item], pairs: Collection[tuple[Item, Item]]) -> float:
    """Share of (better, worse) pairs in which the better stands before the worse; absent items stand last.

    Two absent items count as wrong.

    Raises:
        ValueError: there is no pair.
    """
    if not pairs:
        raise ValueError("There is no pair to compare.")
    place = {item: number for number, item in enumerate(ranked)}
    last = len(ranked)
    return sum(place.get(better, last) < place.get(worse, last) for better, worse in pairs) / len(pairs)
