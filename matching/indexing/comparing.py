"""What a store holds beside what it should hold, statement by statement, a part of the hub at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

import numpy as np

from matching.engine.faiss_layouts import INVERTED
from matching.engine.rows import Ids, Mask, StatementRows
from matching.engine.stores import TermDocument, TermIndex, Vectors, VectorStore

_EXACT, _ROUNDED = 1e-3, 0.1  # how far (L2) a vector as kept may lie from the one that was put in


@dataclass(frozen=True)
class Drift:
    """Statement ids by what is wrong with them in one store: `contents` are vectors or words."""

    missing: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    contents: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus or self.columns or self.contents)


class Comparison:
    """Collects what differs between one store and the expected statements, which come in parts."""

    def __init__(self, store: VectorStore | TermIndex) -> None:
        self._store = store
        self._there = store.rows()
        self._profiles: dict[int, int] = {}
        self._wrong: dict[str, list[int]] = {"missing": [], "columns": [], "contents": []}

    def add(self, rows: StatementRows, contents: Vectors | Sequence[TermDocument]) -> None:
        """Compare statements (n,) with their vectors (n, dimension) or words."""
        self._profiles.update(zip(rows.statement.tolist(), rows.profile.tolist(), strict=True))
        places = _places(self._there.statement, rows.statement)
        known: Mask = places >= 0
        self._wrong["missing"] += rows.statement[~known].tolist()
        ours, theirs = rows.take(known), self._there.take(places[known])
        self._wrong["columns"] += ours.statement[~same_columns(ours, theirs)].tolist()
        same = self._same_contents(ours.statement, contents, np.flatnonzero(known))
        self._wrong["contents"] += ours.statement[~same].tolist()

    def drift(self, without: Collection[int]) -> tuple[Drift, set[int]]:
        """What differs, and in which profiles; those in `without` are being changed and say nothing."""
        found = {
            name: [each for each in ids if self._profiles[each] not in without] for name, ids in self._wrong.items()
        }
        extra = ~np.isin(self._there.statement, list(self._profiles)) & ~np.isin(self._there.profile, list(without))
        profiles = {self._profiles[each] for ids in found.values() for each in ids}
        profiles |= set(self._there.profile[extra].tolist())
        wrong = {name: tuple(ids) for name, ids in found.items()}
        return Drift(surplus=tuple(self._there.statement[extra].tolist()), **wrong), profiles

    def _same_contents(self, statements: Ids, contents: Vectors | Sequence[TermDocument], kept: Ids) -> Mask:
        if isinstance(contents, np.ndarray):
            found = self._store.vectors(statements)  # type: ignore[union-attr]  # vectors come with a store of them
            allowed = _ROUNDED if getattr(self._store, "layout", "") == INVERTED else _EXACT
            # Not a number is not near anything.
            near: Mask = np.linalg.norm(found - contents[kept], axis=1) <= allowed
            return near
        there = self._store.documents(statements)  # type: ignore[union-attr]  # and words with an index of them
        return np.array([one == contents[place] for one, place in zip(there, kept, strict=True)], dtype=np.bool_)


def same_columns(ours: StatementRows, theirs: StatementRows) -> Mask:
    """True (n,) where all columns of two equally long sets of rows agree."""
    same: Mask = np.ones(len(ours), dtype=np.bool_)
    for column in fields(StatementRows):
        same &= getattr(ours, column.name) == getattr(theirs, column.name)
    return same


def _places(there: Ids, wanted: Ids) -> Ids:
    """Where the wanted ids stand among those there (ascending), -1 for one that does not."""
    if not len(there):
        return np.full(len(wanted), -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(there, wanted), len(there) - 1)
    return np.where(there[places] == wanted, places, -1)
