"""`VectorStore` over FAISS, from none to millions of statements: a base that never changes, and a small delta.

The base may be memory-mapped and shared by all web workers. An upsert or delete switches the old row of the base off
and puts the new one into the delta; `compacted` makes a new base of both.
"""

import threading
from dataclasses import fields
from pathlib import Path

import numpy as np

from matching.engine.faiss_files import read_store, write_store
from matching.engine.faiss_layouts import FLAT, FLAT_UP_TO, INVERTED, LAYOUTS, Base, FlatBase, InvertedBase
from matching.engine.faiss_search import StoreState, best_rows
from matching.engine.recall_tuning import tuned
from matching.engine.row_bitmaps import Bits, are_set, count_set, set_positions, with_cleared
from matching.engine.rows import Ids, RowFilter, StatementRows
from matching.engine.stores import BrokenIndexError, Hits, Vectors
from matching.engine.vector_delta import Delta

RECALL_TARGET = 0.98
_DELTA_AT_LEAST, _DELTA_SHARE, _DEAD_SHARE = 10_000, 0.02, 0.2
_ROUNDING_ALLOWED = 0.1
_QUERY_BLOCK, _CHECK_BLOCK = 64, 8192


class FaissVectorStore:
    """See `VectorStore`. Searches may run while another thread writes: each sees the store before or after."""

    def __init__(self, dimension: int) -> None:
        empty = FlatBase.of(np.empty((0, dimension), dtype=np.float32))
        self._state = StoreState.of(empty, StatementRows.empty(), 1.0)
        self._writing = threading.Lock()

    @classmethod
    def build(
        cls,
        rows: StatementRows,
        vectors: Vectors,
        *,
        layout: str | None = None,
        recall_target: float = RECALL_TARGET,
        queries: Vectors | None = None,
    ) -> "FaissVectorStore":
        """A store of statements (n,) with vectors (n, dimension); the least memory is used for rows in order of id.

        `layout` is "flat" or "inverted", by size unless told. Lists are tuned to `recall_target` (recall@10) on
        `queries` (q, dimension), or on a sample of the vectors.

        Raises:
            BrokenIndexError: shapes do not fit, a value is not finite, or an id stands twice.
        """
        if vectors.ndim != 2 or layout not in (None, *LAYOUTS):
            raise BrokenIndexError(f"Vectors of shape {vectors.shape} cannot be laid out as {layout}.")
        store = cls(vectors.shape[1])
        _check_rows(rows, vectors, store.dimension)
        if not (np.diff(rows.statement) > 0).all():
            order = np.argsort(rows.statement)
            rows, vectors = rows.take(order), vectors[order]
        base, recall = _laid_out(vectors, layout, recall_target, queries)
        store._state = StoreState.of(base, rows, recall)
        return store

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return int(self._state.base.index.d)

    @property
    def layout(self) -> str:
        """How the base lies: "flat" or "inverted"."""
        return self._state.base.layout

    @property
    def measured_recall(self) -> float:
        """Recall@10 of the base against exact search, as measured when it was built."""
        return self._state.recall

    @property
    def needs_compaction(self) -> bool:
        """Whether so much has changed that searches suffer, or too many dead rows are carried along."""
        state = self._state
        dead = len(state.base) - count_set(state.living)
        too_much = max(_DELTA_AT_LEAST, _DELTA_SHARE * len(state.base))
        return len(state.delta) > too_much or dead > max(_DELTA_AT_LEAST, _DEAD_SHARE * len(state.base))

    def __len__(self) -> int:
        return count_set(self._state.living) + len(self._state.delta)

    def upsert(self, rows: StatementRows, vectors: Vectors) -> None:
        """See `VectorStore.upsert`."""
        _check_rows(rows, vectors, self.dimension)
        with self._writing:
            living, delta = self._without(rows.statement)
            self._replace(living, delta.with_rows(rows, vectors))

    def delete(self, statements: Ids) -> None:
        """See `VectorStore.delete`."""
        with self._writing:
            self._replace(*self._without(np.asarray(statements, dtype=np.int64)))

    def _without(self, statements: Ids) -> tuple[Bits, Delta]:
        places = self._state.columns.places(statements)
        return with_cleared(self._state.living, places[places >= 0]), self._state.delta.without(statements)

    def _replace(self, living: Bits, delta: Delta) -> None:
        state = self._state
        self._state = StoreState(state.base, state.columns, living, delta, state.recall)

    def search(self, queries: Vectors, k: int, where: RowFilter) -> Hits:
        """See `VectorStore.search`. A query that is not finite finds nothing: a row of padding.

        Exact for a flat base. Scores are summed in double precision from the vectors as kept, so equal texts tie.

        Raises:
            BrokenIndexError: the queries are of another dimension.
        """
        state = self._state
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise BrokenIndexError(f"Queries of shape {queries.shape} for vectors of dimension {self.dimension}.")
        bits, changed = state.columns.passing(where) & state.living, state.delta.passing(where)
        k = min(k, count_set(bits) + len(changed))
        if k <= 0 or not len(queries):
            return Hits.none(len(queries))
        statements = np.full((len(queries), k), -1, dtype=np.int64)
        scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
        usable = np.flatnonzero(np.isfinite(queries).all(axis=1))
        for start in range(0, len(usable), _QUERY_BLOCK):
            block = usable[start : start + _QUERY_BLOCK]
            statements[block], scores[block] = best_rows(state, queries[block], k, bits, changed)
        return Hits(statements, scores)

    def vectors(self, statements: Ids) -> Vectors:
        """See `VectorStore.vectors`; rounded where an inverted base rounds."""
        state, statements = self._state, np.asarray(statements, dtype=np.int64)
        found = np.full((len(statements), self.dimension), np.nan, dtype=np.float32)
        old, new = state.columns.places(statements), state.delta.places(statements)
        in_base = np.flatnonzero(old >= 0)
        in_base = in_base[are_set(state.living, old[in_base])]
        found[in_base] = state.base.vectors(old[in_base])
        found[new >= 0] = state.delta.vectors[new[new >= 0]]
        return found

    def rows(self) -> StatementRows:
        """See `VectorStore.rows`."""
        rows = self._state.rows()
        return rows.take(np.argsort(rows.statement))

    def compacted(self, *, recall_target: float = RECALL_TARGET) -> "FaissVectorStore":
        """A new store of the living rows alone, all of them in its base.

        An inverted base keeps its centres and rounding, and takes seconds a million rows, until it has doubled or
        halved, or gets vectors unlike all it had. Then, and when a flat one outgrows its layout, this is a new build.
        What is changed in this store meanwhile is not in the new one.
        """
        state = self._state
        rows = state.rows()
        order = np.argsort(rows.statement)
        base, recall = _merged(state, order) or _laid_out(state.vectors()[order], None, recall_target, None)
        new = FaissVectorStore(self.dimension)
        new._state = StoreState.of(base, rows.take(order), recall)
        return new

    def save(self, folder: Path) -> None:
        """Write the living rows into an existing folder, where `load` finds them; compacts first if needed.

        Raises:
            OSError: the disk is full or not writable; the folder is left as it was.
        """
        state = self._state
        if len(state.delta) or count_set(state.living) < len(state.base):
            state = self.compacted()._state
        write_store(folder, state.base, state.columns.rows, state.recall)

    @classmethod
    def load(cls, folder: Path, *, dimension: int, memory_map: bool = True) -> "FaissVectorStore":
        """Read what `save` wrote; memory-mapped, all processes share one copy of it.

        Raises:
            BrokenIndexError: a file is missing, cut off, of another dimension or store, or from a newer version.
        """
        base, rows, manifest = read_store(folder, dimension=dimension, memory_map=memory_map)
        store = cls(dimension)
        store._state = StoreState.of(base, rows, manifest.recall)
        return store


def _check_rows(rows: StatementRows, vectors: Vectors, dimension: int) -> None:
    lengths = {len(getattr(rows, column.name)) for column in fields(rows)}
    if lengths != {len(rows)} or vectors.shape != (len(rows), dimension):
        raise BrokenIndexError(f"Vectors {vectors.shape} for {len(rows)} rows of dimension {dimension}.")
    blocks = range(0, len(vectors), _CHECK_BLOCK)
    finite = all(np.isfinite(vectors[at : at + _CHECK_BLOCK]).all() for at in blocks)
    if not finite:
        raise BrokenIndexError("A vector has a value that is not a number.")
    if len(np.unique(rows.statement)) != len(rows):
        raise BrokenIndexError("A statement stands twice among the rows.")


def _laid_out(
    vectors: Vectors, layout: str | None, recall_target: float, queries: Vectors | None
) -> tuple[Base, float]:
    """A base of the vectors, and its recall@10."""
    if layout is None:
        layout = FLAT if len(vectors) <= FLAT_UP_TO else INVERTED
    if layout == FLAT or not len(vectors):
        return FlatBase.of(vectors), 1.0
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    return tuned(InvertedBase.of(vectors), vectors, recall_target=recall_target, queries=queries)


def _merged(state: StoreState, order: Ids) -> tuple[Base, float] | None:
    """The base with what has changed, rows in the given order, if its lists and its rounding still suit them."""
    if not isinstance(state.base, InvertedBase) or not state.base.fits(len(order)):
        return None
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    kept, added = np.split(places, [count_set(state.living)])
    base = state.base.merged(set_positions(state.living), kept, state.delta.vectors, added)
    # What lies outside the range that the rounding was made for is cut off: the corpus has changed.
    errors = np.linalg.norm(base.vectors(added) - state.delta.vectors, axis=1)
    return None if (errors > _ROUNDING_ALLOWED).any() else (base, state.recall)
