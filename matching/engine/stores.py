"""The two ways of finding statements, by meaning and by words, as protocols that every back end answers alike.

FAISS with tantivy in each process, or Milvus beside it: one suite of contract tests runs over both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.engine.rows import Ids, RowFilter, StatementRows

Vectors = NDArray[np.float32]


class BrokenIndexError(Exception):
    """Vectors or files that cannot be used: wrong dimension, not finite, or not what the columns describe."""


@dataclass(frozen=True)
class Hits:
    """Statement ids (q, k), best first, padded with -1, and their scores (q, k), padded with -inf.

    Equal scores stand in order of statement id. Fewer columns when fewer rows pass the filter.
    """

    statements: Ids
    scores: Vectors

    @classmethod
    def none(cls, queries: int) -> "Hits":
        """No column at all."""
        return cls(np.empty((queries, 0), np.int64), np.empty((queries, 0), np.float32))


@dataclass(frozen=True)
class TermDocument:
    """The words of one statement: its own text, its context (about-text, keywords, names) and its language."""

    text: str
    context: str
    language: str


@dataclass(frozen=True)
class TermQuery:
    """Words to look for in one language, as anybody may write them: never a query syntax; `weight` scales its score.

    With `ways` it stands for one thing that can be said in several ways, this text being one of them: the best way
    counts and the others do not add up, and a way of several words counts only where all of them are.
    """

    text: str
    language: str
    weight: float = 1.0
    ways: tuple["TermQuery", ...] = ()


def spread_out(queries: Sequence[TermQuery]) -> list[TermQuery]:
    """The queries without ways, for an index that can only add up: all ways of a thing together weigh what it does."""
    plain: list[TermQuery] = []
    for query in queries:
        share = query.weight / (1 + len(query.ways))
        plain += [TermQuery(each.text, each.language, share) for each in (query, *query.ways)]
    return plain


class VectorStore(Protocol):
    """L2-normalised, centred passage vectors by statement id; the score is the inner product."""

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def __len__(self) -> int: ...

    def upsert(self, rows: StatementRows, vectors: Vectors) -> None:
        """Put statements (n,) with vectors (n, dimension) in, in place of those with the same id.

        Raises:
            BrokenIndexError: shapes do not fit, a value is not finite, or an id stands twice; nothing is changed.
        """
        ...

    def delete(self, statements: Ids) -> None:
        """Take statements out; ids that are not there are passed over."""
        ...

    def search(self, queries: Vectors, k: int, where: RowFilter) -> Hits:
        """The k best passing statements for each query vector (q, dimension)."""
        ...

    def vectors(self, statements: Ids) -> Vectors:
        """Their vectors (n, dimension) in that order; a row of NaN for an id that is not there."""
        ...

    def rows(self) -> StatementRows:
        """All living rows in order of statement id."""
        ...


class TermIndex(Protocol):
    """Words of statements with Danish and English stemming, folding and letter n-grams; the score is BM25's."""

    def __len__(self) -> int: ...

    def upsert(self, rows: StatementRows, documents: Sequence[TermDocument]) -> None:
        """Put statements (n,) with their words in, in place of those with the same id.

        Raises:
            BrokenIndexError: lengths do not fit, or an id stands twice; nothing is changed.
        """
        ...

    def delete(self, statements: Ids) -> None:
        """Take statements out; ids that are not there are passed over."""
        ...

    def search(self, queries: Sequence[TermQuery], k: int, where: RowFilter) -> Hits:
        """The k best passing statements for all the queries taken together: Hits of one row.

        Only statements that share a word (or enough letters) with a query are hits. Text without any word gives none.
        """
        ...

    def rows(self) -> StatementRows:
        """All living rows in order of statement id."""
        ...

    def documents(self, statements: Ids) -> list[TermDocument]:
        """Their words in that order; empty ones for an id that is not there."""
        ...
