"""One search over a store's base and its delta, from candidates in single precision to an order that never wavers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.faiss_layouts import Base
from matching.engine.row_bitmaps import Bits, RowBitmaps, count_set, packed, set_positions
from matching.engine.rows import Ids, StatementRows
from matching.engine.stores import Vectors
from matching.engine.vector_delta import Delta

# Rows found beyond the k best, so that equal texts around the cut are all there to be put in order.
_BEYOND = 16
_MORE_EACH_TIME = 8
# Two single-precision scores of one vector may differ by this much, for a query of length one.
_SLACK = 1e-5


@dataclass(frozen=True)
class StoreState:
    """What a search sees from its beginning to its end."""

    base: Base
    columns: RowBitmaps
    living: Bits
    delta: Delta
    recall: float

    @classmethod
    def of(cls, base: Base, rows: StatementRows, recall: float) -> "StoreState":
        """A base whose rows all live, and no delta."""
        everything = packed(np.ones(len(rows), dtype=np.bool_))
        return cls(base, RowBitmaps(rows), everything, Delta.empty(base.index.d), recall)

    def rows(self) -> StatementRows:
        """Living rows of the base, then those of the delta."""
        return self.columns.rows.take(set_positions(self.living)).joined(self.delta.rows)

    def vectors(self) -> Vectors:
        """Their vectors (n, dimension), in that order."""
        return np.concatenate([self.base.vectors(set_positions(self.living)), self.delta.vectors])


def best_rows(state: StoreState, queries: Vectors, k: int, bits: Bits, changed: Ids) -> tuple[Ids, Vectors]:
    """Statements and scores (q, k) of the best rows of base and delta, equal scores by statement id."""
    slack = _SLACK * np.linalg.norm(queries, axis=1)
    from_base = _base_candidates(state.base, queries, k, bits, slack)
    from_delta = state.delta.best(queries, k, changed, slack)
    statements = np.full((len(queries), k), -1, dtype=np.int64)
    scores = np.full((len(queries), k), -np.inf, dtype=np.float32)
    for number, (query, old, new) in enumerate(zip(queries, from_base, from_delta, strict=True)):
        ids = np.concatenate([state.columns.rows.statement[old], state.delta.rows.statement[new]])
        rows = np.concatenate([state.base.vectors(old), state.delta.vectors[new]])
        exact = (rows.astype(np.float64) @ query.astype(np.float64)).astype(np.float32)
        order = np.lexsort((ids, -exact))[:k]
        statements[number, : len(order)], scores[number, : len(order)] = ids[order], exact[order]
    return statements, scores


def _base_candidates(base: Base, queries: Vectors, k: int, bits: Bits, slack: Vectors) -> Sequence[Ids]:
    """For each query the positions of its k best rows and of all that may tie with the last of them."""
    passing = count_set(bits)
    found: list[Ids] = [np.empty(0, dtype=np.int64)] * len(queries)
    if not passing:
        return found
    k = min(k, passing)
    for number in np.flatnonzero(slack == 0):
        found[number] = set_positions(bits)[:k]  # To a query of nothing all rows are equal: the first ids win.
    left, count = np.flatnonzero(slack > 0), min(k + _BEYOND, passing)
    while len(left):
        scores, positions = base.search(queries[left], count, bits, passing)
        for number, row in zip(left, positions, strict=True):
            found[number] = row[row >= 0]
        tied = scores[:, -1] >= scores[:, k - 1] - slack[left]
        left = left[tied] if count < passing else left[:0]
        count = min(count * _MORE_EACH_TIME, passing)
    return found
