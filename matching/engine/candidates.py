"""Candidates by meaning and by words: two lists for each asking text, fused by rank, then scored the same way.

Ranks are what two kinds of score have in common, so they decide who is looked at; calibrated scores decide the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.engine.calibration import Background, no_words, standardise_words
from matching.engine.rows import Ids, RowFilter
from matching.engine.stores import Hits, TermIndex, TermQuery, Vectors, VectorStore

RANK_CONSTANT = 60
# Measured on the public partner benchmark and the judged pairs: see docs/matching.md.
WORDS_WEIGHT = 1.0
# A few words typed into a search box say little by their vector and much by themselves.
SHORT_WORDS_WEIGHT = 2.0
_HITS = ("statements", "scores")


@dataclass(frozen=True)
class Ask:
    """One text that asks: its centred vector (dimension,), its words, and what these weigh beside meaning."""

    vector: Vectors
    terms: tuple[TermQuery, ...]
    words_weight: float = WORDS_WEIGHT


@dataclass(frozen=True)
class Pool:
    """Statements (n,) in order of id, with calibrated nearness by meaning and by words for each ask, (asks, n).

    `weights` (asks,) say what words weigh beside meaning.
    """

    statements: Ids
    meaning: Vectors
    words: Vectors
    weights: Vectors

    @property
    def score(self) -> Vectors:
        """Both together (asks, n)."""
        return self.meaning + self.weights[:, None] * self.words

    def take(self, columns: NDArray[np.int64] | NDArray[np.bool_]) -> "Pool":
        """Only these statements."""
        return Pool(self.statements[columns], self.meaning[:, columns], self.words[:, columns], self.weights)


@dataclass(frozen=True)
class Searcher:
    """The two stores with what calibrates their scores."""

    vectors: VectorStore
    terms: TermIndex
    background: Background

    def find(self, asks: Sequence[Ask], where: RowFilter, *, depth: int, documents: int) -> "Found":
        """The `depth` best statements by meaning and as many by words for each ask.

        `documents` is how many statements pass the filter: what the mean of all word scores is taken over.
        """
        queries = stacked(asks, self.vectors.dimension)
        by_meaning = self.vectors.search(queries, depth, where) if len(asks) else Hits.none(0)
        by_words = [self.terms.search(ask.terms, depth, where) for ask in asks]
        weights = np.array([ask.words_weight for ask in asks], dtype=np.float32)
        return Found(queries, weights, by_meaning, by_words, documents)


@dataclass(frozen=True)
class Found:
    """What the stores found for some asks, before anything is weighed."""

    queries: Vectors
    weights: Vectors
    by_meaning: Hits
    by_words: list[Hits]
    documents: int

    def joined(self, other: "Found") -> "Found":
        """What a further search for the same asks found as well, among other statements."""
        meaning = [np.hstack([getattr(each.by_meaning, name) for each in (self, other)]) for name in _HITS]
        words = [
            Hits(*(np.hstack([getattr(hits, name) for hits in pair]) for name in _HITS))
            for pair in zip(self.by_words, other.by_words, strict=True)
        ]
        return replace(self, by_meaning=Hits(*meaning), by_words=words)

    def fused(self, depth: int) -> Ids:
        """Ids, in order, of statements that stand among the `depth` best of an ask by reciprocal rank fusion.

        Source: Cormack, Clarke and Büttcher, SIGIR 2009.
        """
        best = [
            fuse_ranks([row[row >= 0], words.statements.ravel()], depth)
            for row, words in zip(self.by_meaning.statements, self.by_words, strict=True)
        ]
        return np.unique(np.concatenate([np.empty(0, np.int64), *best]))

    def pool(self, statements: Ids, languages: NDArray[np.int16], searcher: Searcher) -> Pool:
        """These statements (sorted ids) with languages (n,), scored for every ask."""
        # Rounded, since the last digits of equal products depend on where they stand in the table.
        products = np.round(self.queries @ searcher.vectors.vectors(statements).T, 5)
        meaning = searcher.background.standardise(self.queries, products, languages)
        words = np.empty_like(meaning)
        for number, hits in enumerate(self.by_words):
            words[number] = self._words(hits, statements)
        return Pool(statements, np.nan_to_num(meaning, nan=0.0), words, self.weights)

    def _words(self, hits: Hits, statements: Ids) -> Vectors:
        """Calibrated word scores (n,) of `statements`; one that is not among the hits shares no word."""
        scores, found = hits.scores.ravel(), hits.statements.ravel()
        result = np.full(len(statements), no_words(scores, self.documents), dtype=np.float32)
        if len(found) and len(statements):
            places = np.searchsorted(statements, found)
            places[places == len(statements)] = 0
            there = statements[places] == found
            result[places[there]] = standardise_words(scores, self.documents)[there]
        return result


def fuse_ranks(lists: Sequence[Ids], depth: int) -> Ids:
    """The `depth` best ids over several ranked lists, best first, ties by id."""
    ids = np.concatenate([np.empty(0, np.int64), *lists])
    shares = np.concatenate([np.empty(0), *(1.0 / (RANK_CONSTANT + 1 + np.arange(len(each))) for each in lists)])
    unique, inverse = np.unique(ids, return_inverse=True)
    total = np.bincount(inverse, weights=shares, minlength=len(unique))
    return unique[np.lexsort((unique, -total))[:depth]]


def stacked(asks: Sequence[Ask], dimension: int) -> Vectors:
    """The asks' vectors (asks, dimension)."""
    if not asks:
        return np.empty((0, dimension), np.float32)
    return np.ascontiguousarray(np.stack([ask.vector for ask in asks]), dtype=np.float32)
