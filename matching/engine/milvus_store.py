"""Vectors in Milvus: for hubs that outgrow one machine, or whose web processes stand on several."""

import numpy as np

from matching.engine.milvus_collections import (
    COLUMNS,
    DECIMALS,
    MilvusCollection,
    Scored,
    SearchedField,
    row_records,
)
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.milvus_filters import filter_expression
from matching.engine.rows import Ids, RowFilter, StatementRows
from matching.engine.stores import BrokenIndexError, Hits, Vectors

EXACT_UNTIL = 200_000
_GRAPH = {"M": 16, "efConstruction": 200}


class MilvusVectorStore:
    """A `VectorStore` in one collection of its own.

    Vectors stand apart from words because they come and go apart: a new encoder means new vectors beside the old
    ones, and every row of a Milvus collection must have all of its vectors at once.

    Scores are rounded to six places: a segment on disk and one in memory add up the same products in another order.

    Args:
        connection: Where; it may serve other collections too, and stays open when this store is dropped.
        name: Of the collection; letters, digits and underscores.
        dimension: Length of each vector.
        exact: Compare with every row; otherwise a graph (HNSW) is searched. Right up to about EXACT_UNTIL rows. It
            counts when the collection is made: to change it, migrate into a new one.

    Raises:
        BrokenIndexError: the collection holds something else, or vectors of another dimension.
        MilvusUnreachable: nobody answers.
    """

    def __init__(self, connection: MilvusConnection, name: str, dimension: int, *, exact: bool = True) -> None:
        index, options = ("FLAT", {}) if exact else ("HNSW", _GRAPH)
        searched = SearchedField("vector", "IP", index, options, dimension=dimension)
        self._dimension = dimension
        self._collection = MilvusCollection(connection, name, [searched])

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return self._dimension

    def __len__(self) -> int:
        return len(self._collection)

    def upsert(self, rows: StatementRows, vectors: Vectors) -> None:
        """Put statements in, in place of those with the same id.

        Raises:
            BrokenIndexError: shapes do not fit, a value is not finite, or an id stands twice; nothing is changed.
        """
        check_rows(rows, len(vectors))
        self._check_dimension(vectors)
        table = np.ascontiguousarray(vectors, dtype=np.float32)
        if not np.isfinite(table).all():
            raise BrokenIndexError("A vector holds a value that is not a finite number. Encode the text again.")
        self._collection.upsert(
            {**record, "vector": vector} for record, vector in zip(row_records(rows), table, strict=True)
        )

    def delete(self, statements: Ids) -> None:
        """Take statements out; ids that are not there are passed over."""
        self._collection.delete(statements)

    def search(self, queries: Vectors, k: int, where: RowFilter) -> Hits:
        """The k best passing statements for each query vector (q, dimension), of which Milvus gives 16,384 at most.

        A query that is not finite finds nothing: a row of padding.

        Raises:
            BrokenIndexError: the queries are of another dimension.
        """
        self._check_dimension(queries)
        expression = filter_expression(where)
        if k < 1 or not len(queries) or expression is None:
            return Hits.none(len(queries))
        table = np.ascontiguousarray(queries, dtype=np.float32)
        usable = np.flatnonzero(np.isfinite(table).all(axis=1))
        hits: list[Scored] = [[] for _ in table]
        found = self._collection.search("vector", list(table[usable]), k, expression)
        for place, scored in zip(usable.tolist(), found, strict=True):
            hits[place] = ranked(scored, k)
        return table_of(hits)

    def vectors(self, statements: Ids) -> Vectors:
        """Their vectors (n, dimension) in that order; a row of NaN for an id that is not there."""
        table = np.full((len(statements), self.dimension), np.nan, dtype=np.float32)
        found = self._collection.fetch(statements, ["vector"])
        for place, statement in enumerate(statements.tolist()):
            if statement in found:
                table[place] = found[statement]["vector"]
        return table

    def rows(self) -> StatementRows:
        """All living rows in order of statement id."""
        return self._collection.rows()

    def drop(self) -> None:
        """Remove the collection with all that is in it."""
        self._collection.drop()

    def _check_dimension(self, vectors: Vectors) -> None:
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise BrokenIndexError(
                f"Vectors of shape {vectors.shape} do not fit a store of dimension {self.dimension}."
            )


def check_rows(rows: StatementRows, given: int) -> None:
    """Refuse rows that stand twice, or that are not as many in each column as what comes with them."""
    if {len(getattr(rows, name)) for name in COLUMNS} != {given}:
        raise BrokenIndexError(f"{len(rows)} rows came with {given} vectors or texts: each row needs one.")
    if len(np.unique(rows.statement)) != len(rows):
        raise BrokenIndexError("A statement stands twice among the rows to write.")


def ranked(found: Scored, k: int) -> Scored:
    """The k best by score, equal scores by statement id."""
    rounded = [(statement, round(score, DECIMALS)) for statement, score in found]
    return sorted(rounded, key=lambda hit: (-hit[1], hit[0]))[:k]


def table_of(found: list[Scored]) -> Hits:
    """Ranked lists side by side, the shorter ones padded."""
    longest = max(map(len, found), default=0)
    statements = np.full((len(found), longest), -1, dtype=np.int64)
    scores = np.full((len(found), longest), -np.inf, dtype=np.float32)
    for place, hits in enumerate(found):
        for rank, (statement, score) in enumerate(hits):
            statements[place, rank], scores[place, rank] = statement, score
    return Hits(statements, scores)
