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


def average_precision(ranked: Sequence[Item], relevant: Collection[Item]) -> float:
    """Mean over the relevant items of the precision at their place; a relevant item that is absent counts 0.

    Raises:
        ValueError: nothing is relevant.
    """
    wanted = set(relevant)
    if not wanted:
        raise ValueError("Average precision needs at least one relevant item.")
    found, total = 0, 0.0
    for place, item in enumerate(ranked, start=1):
        if item in wanted:
            found += 1
            total += found / place
    return total / len(wanted)


def pair_loss(scores: Mapping[Item, float], grades: Mapping[Item, float]) -> tuple[float, float]:
    """(lost, at stake): over pairs with different grades, the grade difference of those ranked wrong, ties half.

    Divide the sums over all lists for the weighted pairwise loss, in [0, 1].

    Source: Stelmakh et al., "A Gold Standard Dataset for the Reviewer Assignment Problem" (2023).
    """
    items = list(grades)
    score = np.array([scores[item] for item in items], dtype=np.float64)
    grade = np.array([grades[item] for item in items], dtype=np.float64)
    better = grade[:, None] - grade[None, :]
    ahead = score[:, None] - score[None, :]
    stake = np.where(better > 0, better, 0.0)
    lost = stake * np.where(ahead < 0, 1.0, np.where(ahead == 0, 0.5, 0.0))
    return float(lost.sum()), float(stake.sum())
