"""Columns and vectors for index tests, with every column that a test does not name filled plainly."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.engine.vectors import NEVER, StatementIndex, StatementRows, Vectors


def statement_rows(statements: Sequence[int], profiles: Sequence[int] | None = None) -> StatementRows:
    """Public rows without expiry; each statement its own profile unless told."""
    ids = np.array(statements, dtype=np.int64)
    owners = ids if profiles is None else np.array(profiles, dtype=np.int64)
    small = np.zeros(len(ids), dtype=np.int16)
    return StatementRows(ids, owners, owners + 1000, small, small, small, np.full(len(ids), NEVER, dtype=np.int32))


def unit_vectors(generator: np.random.Generator, count: int, dimension: int) -> Vectors:
    """Random float32 vectors (count, dimension) of length one."""
    table = generator.normal(size=(count, dimension))
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)


def filled_index(vectors: Vectors, profiles: Sequence[int] | None = None) -> StatementIndex:
    """An index with statements 0..n-1."""
    index = StatementIndex(vectors.shape[1])
    index.add(statement_rows(range(len(vectors)), profiles), vectors)
    return index


def all_rows(index: StatementIndex) -> NDArray[np.bool_]:
    """A mask that lets every row pass."""
    return np.ones(len(index.alive), dtype=np.bool_)
