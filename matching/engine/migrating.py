"""Copies what one back end holds into another, so that changing the back end is one command and no encoding."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from matching.engine.rows import Mask, StatementRows
from matching.engine.stores import BrokenIndexError, TermIndex, VectorStore

Progress = Callable[[int, int], None]
Store = TypeVar("Store", VectorStore, TermIndex)

_SAME_NUMBER = 1e-3  # back ends may keep numbers in half precision


@dataclass(frozen=True)
class Migration:
    """How many statements were written into the target, left as they stood there, and removed from it."""

    copied: int
    unchanged: int
    removed: int


def migrate(source: Store, target: Store, *, batch: int = 1000, progress: Progress | None = None) -> Migration:
    """Make `target` hold exactly what `source` holds; both are vector stores, or both indexes of words.

    What stands there already is compared and left, so a run that was broken off is finished by another one, and a
    second run writes nothing. Each statement is whole at any moment; new ones come before old ones go.

    Args:
        source: Read only.
        target: Changed in place.
        batch: Statements read and written at a time.
        progress: Called after each batch with the number of statements done and of all.

    Raises:
        BrokenIndexError: the two are not of one kind, their dimensions differ, or `batch` is below one.
    """
    _check_pair(source, target, batch)
    rows, there = source.rows(), target.rows()
    copied = 0
    for start in range(0, len(rows), batch):
        part = rows.take(np.arange(start, min(start + batch, len(rows))))
        copied += _copy(source, target, part, _same_columns(part, there))
        if progress is not None:
            progress(start + len(part), len(rows))
    superfluous = np.setdiff1d(there.statement, rows.statement)
    for start in range(0, len(superfluous), batch):
        target.delete(superfluous[start : start + batch])
    return Migration(copied, len(rows) - copied, len(superfluous))


def _check_pair(source: VectorStore | TermIndex, target: VectorStore | TermIndex, batch: int) -> None:
    if batch < 1:
        raise BrokenIndexError(f"A batch of {batch} statements would copy nothing: give at least 1.")
    if hasattr(source, "vectors") != hasattr(target, "vectors"):
        raise BrokenIndexError("One of the two holds vectors and the other one words: nothing can be copied.")
    ours, theirs = (getattr(each, "dimension", None) for each in (source, target))
    if ours != theirs:
        raise BrokenIndexError(f"The source holds vectors of {ours} numbers, the target of {theirs}: encode them anew.")


def _copy(source: Any, target: Any, rows: StatementRows, known: Mask) -> int:
    """Write those of `rows` that the target lacks or holds otherwise; returns how many.

    `known` (n,) says whose columns stand in the target already: only the contents of those are compared.
    """
    read = "vectors" if hasattr(source, "vectors") else "documents"
    contents = getattr(source, read)(rows.statement)
    differing = ~known
    if known.any():
        differing[known] = ~_same_contents(
            _at(contents, np.flatnonzero(known)), getattr(target, read)(rows.statement[known])
        )
    if differing.any():
        target.upsert(rows.take(differing), _at(contents, np.flatnonzero(differing)))
    return int(differing.sum())


def _same_columns(rows: StatementRows, there: StatementRows) -> Mask:
    """True (n,) for the rows that stand in `there` (in order of statement) with the same columns."""
    if not len(there):
        return np.zeros(len(rows), dtype=np.bool_)
    places = np.minimum(np.searchsorted(there.statement, rows.statement), len(there) - 1)
    same = np.ones(len(rows), dtype=np.bool_)
    for column in fields(StatementRows):
        same &= getattr(rows, column.name) == getattr(there, column.name)[places]
    return same


def _same_contents(ours: Any, theirs: Any) -> Mask:
    if isinstance(ours, np.ndarray):
        same: Mask = np.isclose(ours, theirs, rtol=0.0, atol=_SAME_NUMBER).all(axis=1)
        return same
    return np.array([one == other for one, other in zip(ours, theirs, strict=True)], dtype=np.bool_)


def _at(contents: Any, places: Any) -> Any:
    """Vectors or documents at these places."""
    return contents[places] if isinstance(contents, np.ndarray) else [contents[place] for place in places]
