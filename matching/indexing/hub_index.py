"""One hub's index as a process has it: columns, vectors, words, and what centres and calibrates them."""

import threading
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from matching.engine.calibration import Background
from matching.engine.candidates import Searcher
from matching.engine.centring import Centring
from matching.engine.features import Facts
from matching.engine.rows import Ids, Mask, RowFilter, StatementRows
from matching.engine.stores import TermDocument, TermIndex, Vectors, VectorStore


@dataclass(frozen=True)
class IndexVersion:
    """What an index was built from; two with the same version answer alike."""

    encoder: str
    generation: int
    published: int


@dataclass(frozen=True)
class Entries:
    """Statements on their way into an index, in order of statement id."""

    rows: StatementRows
    facts: Facts
    vectors: Vectors
    words: list[TermDocument]


@dataclass
class Stores:
    """Where vectors and words are; `shared` when other processes write them, so that this one must not."""

    vectors: VectorStore
    terms: TermIndex
    shared: bool = False


class HubIndex:
    """Columns in memory beside the two stores, changed and read under one lock."""

    def __init__(self, version: IndexVersion, stores: Stores, centring: Centring, background: Background) -> None:
        self.version = version
        self.stores = stores
        self.centring = centring
        self.background = background
        self.lock = threading.RLock()
        self.rows = StatementRows.empty()
        self.facts = Facts.none()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self.stores.vectors.dimension

    @property
    def searcher(self) -> Searcher:
        """The stores with their calibration, as the engine takes them."""
        return Searcher(self.stores.vectors, self.stores.terms, self.background)

    def fill(self, rows: StatementRows, facts: Facts) -> None:
        """Say what the stores hold already; rows in order of statement id."""
        self.rows, self.facts = rows, facts

    def replace_profiles(self, profile_ids: Collection[int], entries: Entries, version: IndexVersion) -> None:
        """Put the entries in place of whatever the profiles had; `version` is what holds afterwards."""
        with self.lock:
            gone: Mask = np.isin(self.rows.profile, list(profile_ids))
            if not self.stores.shared:
                write_entries(self.stores, self.rows.statement[gone], entries)
            if gone.any() or len(entries.rows):
                rows, facts = self.rows.take(~gone).joined(entries.rows), self.facts.take(~gone).joined(entries.facts)
                order = np.argsort(rows.statement, kind="stable")
                self.rows, self.facts = rows.take(order), facts.take(order)
            self.version = version

    def positions(self, statements: Ids) -> Ids:
        """Where these statements stand in the columns; -1 for one that is not there."""
        places = np.searchsorted(self.rows.statement, statements)
        places[places == len(self.rows)] = 0
        if not len(self.rows):
            return np.full(len(statements), -1, dtype=np.int64)
        return np.where(self.rows.statement[places] == statements, places, -1)

    def passing(self, where: RowFilter) -> StatementRows:
        """The rows that pass the filter."""
        return self.rows.take(where.mask(self.rows))


def write_entries(stores: Stores, gone: Ids, entries: Entries) -> None:
    """Take the statements `gone` out of the stores and put the entries in."""
    left = np.setdiff1d(gone, entries.rows.statement)
    if len(left):
        stores.vectors.delete(left)
        stores.terms.delete(left)
    if len(entries.rows):
        stores.vectors.upsert(entries.rows, entries.vectors)
        stores.terms.upsert(entries.rows, entries.words)
