"""Exact search over statement vectors: one index a kind of statement, rows filtered inside the search.

Rows are only ever appended; a changed row is marked dead and written anew, and a save packs the living rows.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEVER = np.iinfo(np.int32).max
_FILES = ("vectors.faiss", "rows.npz")


class BrokenIndexError(Exception):
    """Vectors or files that cannot be used: wrong dimension, not finite, or not what the columns describe."""


@dataclass(frozen=True)
class StatementRows:
    """Columns beside the vectors, all of shape (n,): what filters and grouping need.

    `kind` and `region` are small numbers given by the caller; `level` grows with secrecy (0 is public);
    `expires` is a proleptic ordinal day, `NEVER` for none.
    """

    statement: Ids
    profile: Ids
    organisation: Ids
    kind: NDArray[np.int16]
    region: NDArray[np.int16]
    level: NDArray[np.int16]
    expires: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.statement)

    def take(self, positions: NDArray[np.int64] | Mask) -> "StatementRows":
        """The rows at `positions` (numbers or a mask), in that order."""
        return StatementRows(**{column.name: getattr(self, column.name)[positions] for column in fields(self)})

    def joined(self, other: "StatementRows") -> "StatementRows":
        """These rows, then the other ones."""
        return StatementRows(
            **{
                column.name: np.concatenate([getattr(self, column.name), getattr(other, column.name)])
                for column in fields(self)
            }
        )

    @classmethod
    def empty(cls) -> "StatementRows":
        """No rows, with the right types."""
        ids, small = np.empty(0, np.int64), np.empty(0, np.int16)
        return cls(ids, ids, ids, small, small, small, np.empty(0, np.int32))


def centred(vectors: Vectors, centre: Vectors | None) -> Vectors:
    """The vectors (n, d) with `centre` (d,) taken off and L2-normalised again; unchanged without a centre.

    Source: Mu and Viswanath, "All-but-the-Top" (ICLR 2018), the mean only.
    """
    if centre is None or not len(vectors):
        return vectors
    moved = vectors - centre
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.ascontiguousarray(moved / np.maximum(lengths, 1e-12), dtype=np.float32)


class StatementIndex:
    """Vectors of one kind of statement with their columns; positions are row numbers and never change."""

    def __init__(self, dimension: int, *, centre: Vectors | None = None) -> None:
        self.dimension = dimension
        self.centre = centre
        self.rows = StatementRows.empty()
        self.alive: Mask = np.empty(0, dtype=np.bool_)
        self._faiss = faiss.IndexFlatIP(dimension)

    def __len__(self) -> int:
        return int(self.alive.sum())

    def add(self, rows: StatementRows, vectors: Vectors) -> None:
        """Append rows with their raw, L2-normalised passage vectors (n, dimension).

        Raises:
            BrokenIndexError: shapes do not fit, or a value is not finite; nothing is added.
        """
        if vectors.shape != (len(rows), self.dimension):
            raise BrokenIndexError(f"Vectors {vectors.shape} for {len(rows)} rows of dimension {self.dimension}.")
        if not np.isfinite(vectors).all():
            raise BrokenIndexError("A vector has a value that is not a number.")
        if len(rows):
            self._faiss.add(centred(np.ascontiguousarray(vectors, dtype=np.float32), self.centre))
            self.rows = self.rows.joined(rows)
            self.alive = np.concatenate([self.alive, np.ones(len(rows), dtype=np.bool_)])

    def remove_profiles(self, profile_ids: list[int]) -> None:
        """Mark every row of these profiles dead."""
        self.alive &= ~np.isin(self.rows.profile, profile_ids)

    def search(self, queries: Vectors, k: int, allowed: Mask) -> tuple[Ids, Vectors]:
        """The k best living, allowed rows for each raw query vector (q, d), by inner product after centring.

        Returns positions (q, k), padded with -1, and scores (q, k), padded with -inf; fewer columns when fewer
        rows are allowed. Equal scores stand in row order.
        """
        usable = allowed & self.alive
        k = min(k, int(usable.sum()))
        if k == 0 or not len(queries):
            shape = (len(queries), 0)
            return np.empty(shape, np.int64), np.empty(shape, np.float32)
        selector = faiss.IDSelectorBitmap(np.packbits(usable, bitorder="little"))
        parameters = faiss.SearchParameters(sel=selector)
        scores, positions = self._faiss.search(centred(queries, self.centre), k, params=parameters)
        return positions, np.where(positions < 0, -np.inf, scores).astype(np.float32)

    def scores(self, queries: Vectors, positions: Ids) -> Vectors:
        """Inner products (q, n) of raw query vectors with the rows at `positions` (n,)."""
        if not len(positions) or not len(queries):
            return np.empty((len(queries), len(positions)), np.float32)
        rows = self._faiss.reconstruct_batch(positions)
        return np.asarray(centred(queries, self.centre) @ rows.T, dtype=np.float32)

    def save(self, folder: Path) -> tuple[str, ...]:
        """Write the living rows into `folder`; returns the names of the files written."""
        living = np.flatnonzero(self.alive)
        packed = faiss.IndexFlatIP(self.dimension)
        if len(living):
            packed.add(self._faiss.reconstruct_batch(living))
        faiss.write_index(packed, str(folder / _FILES[0]))
        rows = self.rows.take(living)
        np.savez(folder / _FILES[1], **{column.name: getattr(rows, column.name) for column in fields(rows)})
        return _FILES

    @classmethod
    def load(cls, folder: Path, *, dimension: int, centre: Vectors | None) -> "StatementIndex":
        """Read what `save` wrote.

        Raises:
            BrokenIndexError: a file is missing, cut off, or of another dimension or length.
        """
        index = cls(dimension, centre=centre)
        try:
            index._faiss = faiss.read_index(str(folder / _FILES[0]))
            with np.load(folder / _FILES[1], allow_pickle=False) as columns:
                index.rows = StatementRows(**{column.name: columns[column.name] for column in fields(StatementRows)})
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            raise BrokenIndexError(f"The index in {folder.name} cannot be read.") from error
        if index._faiss.d != dimension or index._faiss.ntotal != len(index.rows):
            raise BrokenIndexError(f"The index in {folder.name} does not fit its columns or this encoder.")
        index.alive = np.ones(len(index.rows), dtype=np.bool_)
        return index
