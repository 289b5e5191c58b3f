"""One hub's index in memory: offers, needs and about-texts, and the change up to which it is right."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.engine.centring import Centring
from matching.engine.vectors import Mask, StatementIndex, StatementRows, Vectors
from profiles.enums import StatementKind

KINDS = (StatementKind.OFFER, StatementKind.NEED, StatementKind.ABOUT)


@dataclass(frozen=True)
class IndexVersion:
    """What an index was built from; two with the same version answer alike."""

    encoder: str
    generation: int
    published: int


@dataclass(frozen=True)
class RowFilter:
    """Which rows a search may touch; None means no limit. Levels, kinds and regions as in `indexing.codes`."""

    levels: frozenset[int]
    today: int
    kinds: frozenset[int] | None = None
    regions: frozenset[int] | None = None
    profiles: frozenset[int] | None = None
    without_organisations: frozenset[int] = frozenset()
    without_profiles: frozenset[int] = frozenset()

    def mask(self, rows: StatementRows) -> Mask:
        """True (n,) for the rows that pass: readable, not expired, and of what is asked for."""
        passing = np.isin(rows.level, list(self.levels)) & (rows.expires >= self.today)
        for wanted, column in (
            (self.kinds, rows.kind),
            (self.regions, rows.region),
            (self.profiles, rows.profile),
        ):
            if wanted is not None:
                passing &= np.isin(column, list(wanted))
        for unwanted, column in (
            (self.without_organisations, rows.organisation),
            (self.without_profiles, rows.profile),
        ):
            if unwanted:
                passing &= ~np.isin(column, list(unwanted))
        return passing


class HubIndex:
    """The three statement indexes of a hub, changed and read under one lock."""

    def __init__(self, version: IndexVersion, dimension: int, centring: Centring) -> None:
        self.version = version
        self.dimension = dimension
        self.centring = centring
        self.lock = threading.RLock()
        self.parts = {kind: StatementIndex(dimension) for kind in KINDS}

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts.values())

    @property
    def offers(self) -> StatementIndex:
        """The offers."""
        return self.parts[StatementKind.OFFER]

    @property
    def needs(self) -> StatementIndex:
        """The needs."""
        return self.parts[StatementKind.NEED]

    def replace_profiles(
        self,
        profile_ids: Iterable[int],
        rows: dict[str, tuple[StatementRows, Vectors]],
        version: IndexVersion,
    ) -> None:
        """Put the given rows in place of whatever the profiles had; `version` is what holds afterwards."""
        with self.lock:
            gone = list(profile_ids)
            for kind, part in self.parts.items():
                part.remove_profiles(gone)
                if kind in rows:
                    part.add(*rows[kind])
            self.version = version
