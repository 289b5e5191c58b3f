"""Exact search over statement vectors: one index a kind of statement, rows filtered inside the search.

Rows are only ever appended; a changed row is marked dead and written anew, and a save packs the living rows.
"""

import errno
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEVER = np.iinfo(np.int32).max
_FILES = ("vectors.faiss", "rows.npz")
# FAISS replaces these constructors when it is imported; its annotations still tell of the ones before.
_bitmap_selector: Any = faiss.IDSelectorBitmap
_search_parameters: Any = faiss.SearchParameters


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


class StatementIndex:
    """Vectors of one kind of statement with their columns; positions are row numbers and never change."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.rows = StatementRows.empty()
        self.alive: Mask = np.empty(0, dtype=np.bool_)
        self._faiss: Any = faiss.IndexFlatIP(dimension)

    def __len__(self) -> int:
        return int(self.alive.sum())

    def add(self, rows: StatementRows, vectors: Vectors) -> None:
        """Append rows with their L2-normalised passage vectors (n, dimension).

        Raises:
            BrokenIndexError: shapes do not fit, or a value is not finite; nothing is added.
        """
        if vectors.shape != (len(rows), self.dimension):
            raise BrokenIndexError(f"Vectors {vectors.shape} for {len(rows)} rows of dimension {self.dimension}.")
        if not np.isfinite(vectors).all():
            raise BrokenIndexError("A vector has a value that is not a number.")
        if len(rows):
            self._faiss.add(np.ascontiguousarray(vectors, dtype=np.float32))
            self.rows = self.rows.joined(rows)
            self.alive = np.concatenate([self.alive, np.ones(len(rows), dtype=np.bool_)])

    def remove_profiles(self, profile_ids: list[int]) -> None:
        """Mark every row of these profiles dead."""
        self.alive &= ~np.isin(self.rows.profile, profile_ids)

    def search(self, queries: Vectors, k: int, allowed: Mask) -> tuple[Ids, Vectors]:
        """The k best living, allowed rows for each query vector (q, d), by inner product.

        Returns positions (q, k), padded with -1, and scores (q, k), padded with -inf; fewer columns when fewer
        rows are allowed. Equal scores stand in row order; which of them are kept where k cuts through is open.
        """
        usable = allowed & self.alive
        k = min(k, int(usable.sum()))
        if k == 0 or not len(queries):
            shape = (len(queries), 0)
            return np.empty(shape, np.int64), np.empty(shape, np.float32)
        bits: Any = np.packbits(usable, bitorder="little")
        parameters = _search_parameters(sel=_bitmap_selector(bits))
        scores, positions = self._faiss.search(np.ascontiguousarray(queries, dtype=np.float32), k, params=parameters)
        scores = np.where(positions < 0, -np.inf, scores).astype(np.float32)
        order = np.lexsort((positions, -scores), axis=1)
        return np.take_along_axis(positions, order, axis=1), np.take_along_axis(scores, order, axis=1)

    def scores(self, queries: Vectors, positions: Ids) -> Vectors:
        """Inner products (q, n) of query vectors with the rows at `positions` (n,).

        Summed in double precision: in single precision the same vector scores differently from place to place,
        and equal texts would not tie.
        """
        if not len(positions) or not len(queries):
            return np.empty((len(queries), len(positions)), np.float32)
        rows = self._faiss.reconstruct_batch(positions)
        products = queries.astype(np.float64) @ rows.T.astype(np.float64)
        return np.asarray(products, dtype=np.float32)

    def save(self, folder: Path) -> tuple[str, ...]:
        """Write the living rows into `folder`; returns the names of the files written.

        Raises:
            OSError: the disk is full or not writable.
        """
        living = np.flatnonzero(self.alive)
        packed = faiss.IndexFlatIP(self.dimension)
        if len(living):
            packed.add(self._faiss.reconstruct_batch(living))
        try:
            faiss.write_index(packed, str(folder / _FILES[0]))
        except RuntimeError as error:  # FAISS has no other word for a full disk.
            raise OSError(errno.EIO, f"FAISS could not write: {error}") from error
        rows = self.rows.take(living)
        np.savez(folder / _FILES[1], **{column.name: getattr(rows, column.name) for column in fields(rows)})
        return _FILES

    @classmethod
    def load(cls, folder: Path, *, dimension: int) -> "StatementIndex":
        """Read what `save` wrote.

        Raises:
            BrokenIndexError: a file is missing, cut off, or of another dimension or length.
        """
        index = cls(dimension)
        try:
            index._faiss = faiss.read_index(str(folder / _FILES[0]))
            with (folder / _FILES[1]).open("rb") as file, np.load(file, allow_pickle=False) as columns:
                index.rows = StatementRows(**{column.name: columns[column.name] for column in fields(StatementRows)})
        except (OSError, EOFError, RuntimeError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise BrokenIndexError(f"The index in {folder.name} cannot be read.") from error
        if index._faiss.d != dimension or index._faiss.ntotal != len(index.rows):
            raise BrokenIndexError(f"The index in {folder.name} does not fit its columns or this encoder.")
        index.alive = np.ones(len(index.rows), dtype=np.bool_)
        return index
