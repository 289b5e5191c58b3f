"""What changed since a store's base was built: few rows, full precision, searched one by one.

A delta never changes; each change makes the next one, so that a search in another thread keeps what it began with.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.engine.rows import Ids, RowFilter, StatementRows
from matching.engine.stores import Vectors

_SMALLEST_ROOM = 64


@dataclass(frozen=True)
class Delta:
    """Living rows in order of arrival; their vectors are the first rows of `_room`, which later deltas may share."""

    rows: StatementRows
    _room: Vectors

    @classmethod
    def empty(cls, dimension: int) -> "Delta":
        """No rows."""
        return cls(StatementRows.empty(), np.empty((0, dimension), dtype=np.float32))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def vectors(self) -> Vectors:
        """Vectors (n, dimension) of the rows."""
        return self._room[: len(self.rows)]

    def with_rows(self, rows: StatementRows, vectors: Vectors) -> "Delta":
        """These rows too; their ids must be new here. Only the newest delta may be continued, and only once."""
        size = len(self) + len(rows)
        room = self._room
        if size > len(room):
            room = np.empty((max(_SMALLEST_ROOM, size, 2 * len(self)), room.shape[1]), dtype=np.float32)
            room[: len(self)] = self.vectors
        room[len(self) : size] = vectors
        return Delta(self.rows.joined(rows), room)

    def without(self, statements: Ids) -> "Delta":
        """The rows of other ids; a copy, if any goes."""
        kept = ~np.isin(self.rows.statement, statements)
        if kept.all():
            return self
        return Delta(self.rows.take(kept), self.vectors[kept])

    def places(self, statements: Ids) -> Ids:
        """Row numbers (n,) of statement ids (n,); -1 for those that are not there."""
        if not len(self):
            return np.full(len(statements), -1, dtype=np.int64)
        order, ids = self._lookup
        places = np.searchsorted(ids, statements).clip(max=len(self) - 1)
        return np.where(ids[places] == statements, order[places], -1)

    @cached_property
    def _lookup(self) -> tuple[Ids, Ids]:
        order = np.argsort(self.rows.statement)
        return order, self.rows.statement[order]

    def passing(self, where: RowFilter) -> Ids:
        """Numbers of the rows that pass, ascending."""
        return np.flatnonzero(where.mask(self.rows))

    def best(self, queries: Vectors, k: int, passing: Ids, slack: Vectors) -> list[Ids]:
        """For each query (q, dimension) the numbers of the k best passing rows, and of all that may tie with them.

        `slack` (q,) is how far two scores of the same vector may lie apart.
        """
        vectors = self.vectors if len(passing) == len(self) else self.vectors[passing]
        if len(passing) <= k:
            return [passing] * len(queries)
        scores = queries @ vectors.T
        cuts = np.partition(scores, len(passing) - k, axis=1)[:, len(passing) - k] - slack
        return [passing[row >= cut] for row, cut in zip(scores, cuts, strict=True)]
