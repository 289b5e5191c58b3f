"""The shadow rule: an adapted encoder replaces the base only if it is better at home and no worse elsewhere.

Both are measured as they are served: the built graph, whole texts, centred.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matching.encoder_build.asked_texts import encode_asking
from matching.encoder_build.retrieval_sets import RetrievalSet
from matching.engine.centring import Centring
from matching.engine.encoders import Encoder
from matching.engine.evaluate import ndcg_at_k, recall_at_k
from matching.engine.stores import Vectors

PUBLIC_TOLERANCE = 0.002  # four sentences of two thousand: less than the standard error of such a set
LEAST_QUERIES = 20
_RESAMPLES = 2000
_INTERVAL = (2.5, 97.5)
_DEPTH = 10
Values: TypeAlias = npt.NDArray[np.float64]
Measures: TypeAlias = Mapping[str, Values]
"""A value for each query by the name of the measure."""


@dataclass(frozen=True)
class Comparison:
    """Means of one measure over `queries` queries; the interval is of the mean difference, adapted less base."""

    base: float
    adapted: float
    difference: float
    interval_low: float
    interval_high: float
    queries: int


@dataclass(frozen=True)
class Verdict:
    """Whether the adapted encoder may replace the base, and why in words."""

    promoted: bool
    reasons: tuple[str, ...]


def measure_held_back(encoder: Encoder, texts: RetrievalSet) -> Measures:
    """`recall_at_10` and `ndcg_at_10` of each query."""
    rankings = _rankings(encoder, texts)
    pairs = list(zip(rankings, texts.grades, strict=True))
    return {
        "ndcg_at_10": np.array([ndcg_at_k(ranked, grades, _DEPTH) for ranked, grades in pairs]),
        "recall_at_10": np.array([recall_at_k(ranked, grades.keys(), _DEPTH) for ranked, grades in pairs]),
    }


def measure_public(encoder: Encoder, texts: RetrievalSet) -> Measures:
    """`accuracy_at_1` of each query, and for parallel text `accuracy_at_1_back` of each passage."""
    if not texts.both_ways:
        return {"accuracy_at_1": _first_is_right(_rankings(encoder, texts), texts.grades)}
    left, right = encoder.encode_passages(texts.queries), encoder.encode_passages(texts.passages)
    languages = (*texts.query_languages, *texts.passage_languages)
    centring = Centring.of(np.concatenate([left, right]), languages)
    measures = {}
    for name, asked, spoken, found, written in (
        ("accuracy_at_1", texts.queries, texts.query_languages, right, texts.passage_languages),
        ("accuracy_at_1_back", texts.passages, texts.passage_languages, left, texts.query_languages),
    ):
        queries = centring.apply(encode_asking(encoder, asked), spoken)
        scores = queries @ centring.apply(found, written).T
        measures[name] = (scores.argmax(axis=1) == np.arange(len(asked))).astype(np.float64)
    return measures


def compare(base: Measures, adapted: Measures, *, generator: np.random.Generator) -> dict[str, Comparison]:
    """Each measure before and after, with a paired bootstrap interval (95 %, percentiles of 2,000 resamples).

    Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    return {name: _comparison(base[name], adapted[name], generator) for name in base}


def judge(held_back: Mapping[str, Comparison], public: Mapping[str, Comparison] | None) -> Verdict:
    """The shadow rule.

    Promoted only if on at least 20 held-back queries the interval of nDCG@10's gain lies above 0 and recall@10 is
    not lower, and on a public set no accuracy is more than 0.002 lower.
    """
    against = _against_held_back(held_back)
    if public is None:
        against.append("no public set was measured, so nobody knows what was unlearnt")
    for name, each in (public or {}).items():
        if each.difference < -PUBLIC_TOLERANCE:
            against.append(f"public {name} falls from {each.base:.4f} to {each.adapted:.4f}")
    if against:
        return Verdict(False, tuple(against))
    gain = held_back["ndcg_at_10"]
    words = f"held-back nDCG@10 rises from {gain.base:.4f} to {gain.adapted:.4f}, and the public set is no worse"
    return Verdict(True, (words,))


def _against_held_back(held_back: Mapping[str, Comparison]) -> list[str]:
    gain, recall = held_back["ndcg_at_10"], held_back["recall_at_10"]
    against = []
    if gain.queries < LEAST_QUERIES:
        against.append(f"{gain.queries} held-back queries are too few to tell; {LEAST_QUERIES} are needed")
    if gain.interval_low <= 0:
        span = f"{gain.interval_low:+.4f} to {gain.interval_high:+.4f}"
        against.append(f"held-back nDCG@10 changes by {gain.difference:+.4f}, interval {span}, which is not above 0")
    if recall.difference < 0:
        against.append(f"held-back recall@10 falls from {recall.base:.4f} to {recall.adapted:.4f}")
    return against


def _comparison(base: Values, adapted: Values, generator: np.random.Generator) -> Comparison:
    differences = adapted - base
    draws = generator.integers(len(differences), size=(_RESAMPLES, len(differences)))
    low, high = np.percentile(differences[draws].mean(axis=1), _INTERVAL)
    return Comparison(
        base=round(float(base.mean()), 5),
        adapted=round(float(adapted.mean()), 5),
        difference=round(float(differences.mean()), 5),
        interval_low=round(float(low), 5),
        interval_high=round(float(high), 5),
        queries=len(differences),
    )


def _rankings(encoder: Encoder, texts: RetrievalSet) -> list[list[int]]:
    """Positions of the ten nearest passages that are not hidden for each query, nearest first, ties in order."""
    raw = encoder.encode_passages(texts.passages)
    centring = Centring.of(raw, texts.passage_languages)
    passages = centring.apply(raw, texts.passage_languages)
    queries = centring.apply(encode_asking(encoder, texts.queries), texts.query_languages)
    hidden = texts.hidden or (frozenset(),) * len(texts.queries)
    return [_nearest(passages @ query, own) for query, own in zip(queries, hidden, strict=True)]


def _nearest(scores: Vectors, hidden: Set[int]) -> list[int]:
    order = np.argsort(-scores, kind="stable")[: _DEPTH + len(hidden)]
    return [int(position) for position in order if int(position) not in hidden][:_DEPTH]


def _first_is_right(rankings: Sequence[Sequence[int]], grades: Sequence[Mapping[int, float]]) -> Values:
    pairs = zip(rankings, grades, strict=True)
    return np.array([ranked[0] in good for ranked, good in pairs], dtype=np.float64)
